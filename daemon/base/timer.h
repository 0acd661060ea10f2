/*
 * One-shot timers, fired from one thread of their own.
 *
 * A struct timer is embedded in what it belongs to, zeroed before its first use. fire() runs on
 * the timer thread and must be short: take a lock, set a flag, push work. Functions may be
 * called from any thread.
 */
#ifndef VSMIGD_BASE_TIMER_H
#define VSMIGD_BASE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timers;

struct timer {
	int64_t at; /* clock_ms() at which to fire */
	size_t place; /* the heap's; 0: not pending */
	void (*fire)(struct timer *t);
};

struct timers *timers_new(void);
/* Ends the thread; pending timers never fire. timers_free(NULL) does nothing. */
void timers_free(struct timers *ts);
/* Arms t, which is not pending. CLOCK_NEVER is allowed and never fires. */
void timers_add(struct timers *ts, struct timer *t, int64_t at, void (*fire)(struct timer *t));
/*
 * Disarms t. True: it was pending and will not fire. False: it has fired, or is firing on the
 * timer thread at this moment: the owner must then wait for, or leave freeing to, fire().
 */
bool timers_cancel(struct timers *ts, struct timer *t);

#endif
