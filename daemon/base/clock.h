/*
 * Time: monotonic milliseconds, and deadlines on that clock. A deadline is the int64_t value of
 * clock_ms() at which something has to have ended; CLOCK_NEVER never passes.
 */
#ifndef VSMIGD_BASE_CLOCK_H
#define VSMIGD_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_ms(void);
/* The deadline ms from now; a sum that would overflow is CLOCK_NEVER. */
int64_t clock_in(int64_t ms);
/* Milliseconds left, never below 0; INT64_MAX for CLOCK_NEVER. */
int64_t clock_left(int64_t deadline);
/* As clock_left, cut to what poll(2) takes: -1 for CLOCK_NEVER, else 0..INT_MAX. */
int clock_poll(int64_t deadline);

#endif
