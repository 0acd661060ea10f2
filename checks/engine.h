/*
 * What rankings need of the engine.
 */
#ifndef VSMIGD_CHECKS_ENGINE_H
#define VSMIGD_CHECKS_ENGINE_H

#include "checks/check.h"
#include "daemon/base/pool.h"

/*
 * Asks the source once for several checks, which are as `model` in all but the destination, and
 * are given the result as check->source. Takes the model over: it lives as long as the result,
 * so the checks may refer to its text. The caller unrefs the result (checks/hypervisor/hv.h).
 */
struct hv_source *engine_ask_source(struct checks *cs, struct check *model);
/* Runs w on a thread that belongs to no connection. */
void engine_aside(struct checks *cs, struct work *w);
/* The hypervisors that the checks ask, and the timers. */
struct hv *engine_hv(struct checks *cs);
struct timers *engine_timers(struct checks *cs);

#endif
