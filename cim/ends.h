/*
 * The far ends of associations: references, each once, in the order in which they came, and the
 * instances that are known of them. All of it lives in an arena, and nothing is ever removed.
 */
#ifndef VSMIGD_CIM_ENDS_H
#define VSMIGD_CIM_ENDS_H

#include "cim/value.h"

struct ends;

struct end {
	const struct cim_ref *ref;
	const struct cim_instance *instance; /* NULL: not known yet */
	bool wanted; /* among those of ends_wanted */
};

struct ends *ends_new(struct arena *a);
/* Adds the reference to those that are wanted, unless it is one already. */
void ends_want(struct ends *e, const struct cim_ref *ref);
/* Remembers the instance, wanted or not. */
void ends_know(struct ends *e, const struct cim_instance *i);
/* The n-th that is wanted; NULL behind the last. */
struct end *ends_wanted(const struct ends *e, size_t n);

#endif
