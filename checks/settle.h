/*
 * When a probe is worth its while, and what it settles (checks/hypervisor/probe.h is the probe).
 */
#ifndef VSMIGD_CHECKS_SETTLE_H
#define VSMIGD_CHECKS_SETTLE_H

#include "checks/check.h"
#include "checks/facts.h"

/*
 * Whether a twin is to be started: `c` is the answer that the facts give without one. With
 * `probe = auto` it must be a yes for a guest that would start there: some things of a host show in
 * nothing but that, such as where its displays listen, the devices that its QEMU was built with, or
 * a hook that refuses. With `always` whatever the answer.
 */
bool settle_wanted(const struct check *c, const struct facts *f, const struct check_config *config);
/* As settle_wanted, for an answer that is still to be made: of `c` the input counts alone. */
bool settle_possible(
	const struct check *c, const struct facts *f, const struct check_config *config);
/* A twin that started has shown what it needed: what was unknown of that is there. */
void settle_facts(struct facts *f);

#endif
