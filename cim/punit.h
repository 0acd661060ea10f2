/*
 * Programmatic units (DSP0004 annex C), as far as a data rate needs them.
 */
#ifndef VSMIGD_CIM_PUNIT_H
#define VSMIGD_CIM_PUNIT_H

#include <stdbool.h>

/* "percent". */
bool punit_is_percent(const char *text);
/*
 * "bit / second" or "byte / second", with factors behind: "* 10^6", "* 2^20", "* 1000".
 */
bool punit_is_data_rate(const char *text);

#endif
