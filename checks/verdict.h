/*
 * From facts to an answer: every rule runs, every finding is kept, one code is chosen. Pure, so
 * that any answer can be had again from recorded facts.
 */
#ifndef VSMIGD_CHECKS_VERDICT_H
#define VSMIGD_CHECKS_VERDICT_H

#include "checks/check.h"
#include "checks/facts.h"

/* Whether there is anything to gather: a VM, and a kind of move. Else f is NULL below. */
bool verdict_needs_facts(const struct check *c);
/* Whether the destination is one that may be looked at: its text has a format that is offered. */
bool verdict_destination_usable(const struct check *c, const struct check_config *config);

/* Fills in the answer of c, in c->arena. f: NULL when nothing was gathered. */
void verdict_reach(struct check *c, const struct facts *f, const struct check_config *config);
/*
 * The answer when the deadline passed first: code 3, and what was learned by then. seconds: how
 * long it was waited for. f: what is known for sure (facts_without_target), or NULL.
 */
void verdict_timed_out(struct check *c, double seconds, const char *step, const struct facts *f,
	const struct check_config *config);

#endif
