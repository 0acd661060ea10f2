/* Sets of numbers in libvirt's spelling, "0-3,^2,8": CPUs and NUMA nodes. */
#ifndef VSMIGD_CHECKS_RULES_IDSET_H
#define VSMIGD_CHECKS_RULES_IDSET_H

#include <stdbool.h>

#define IDSET_MAX 8192 /* libvirt knows no larger CPU or node */

/* Whether the set holds id. A set that is not in that spelling holds what stands before the slip. */
bool idset_has(const char *set, unsigned id);
/* The largest number in the set's text, at most IDSET_MAX. */
unsigned idset_top(const char *set);

#endif
