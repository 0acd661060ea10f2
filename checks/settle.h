/*
 * When a probe is worth its while, and what it settles (checks/hypervisor/probe.h is the probe).
 */
#ifndef VSMIGD_CHECKS_SETTLE_H
#define VSMIGD_CHECKS_SETTLE_H

#include "checks/check.h"
#include "checks/facts.h"

enum trial {
	TRIAL_START, /* of a twin on the target */
	TRIAL_WAY /* of a migration from the source to the target, of a guest with nothing in it */
};

/*
 * Whether it is to be tried: `c` is the answer that the facts give without. With `probe = auto` it
 * must be a yes, for a guest that would start there, or of the way for any that is to go there: some
 * things of a host show in nothing but that, such as where its displays listen, the devices that its
 * QEMU was built with, a hook that refuses, a port that a firewall closes. With `always` whatever the
 * answer.
 */
bool settle_wanted(enum trial trial, const struct check *c, const struct facts *f,
	const struct check_config *config);
/* As settle_wanted, for an answer that is still to be made: of `c` the input counts alone. */
bool settle_possible(enum trial trial, const struct check *c, const struct facts *f,
	const struct check_config *config);
/* A twin that started has shown what it needed: what was unknown of that is there. */
void settle_facts(struct facts *f);

#endif
