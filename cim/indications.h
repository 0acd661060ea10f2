/*
 * Indications: what happens to virtual systems, as instances of CIM_InstCreation,
 * CIM_InstModification and CIM_InstDeletion with the CIM_ComputerSystem in SourceInstance.
 *
 * A change that no property of the CIM_ComputerSystem shows is no indication. Functions may be
 * called from any thread.
 */
#ifndef VSMIGD_CIM_INDICATIONS_H
#define VSMIGD_CIM_INDICATIONS_H

#include "cim/cim.h"

struct indications;

/* One that happened; whoever keeps it holds a reference. It is never changed. */
struct indication {
	_Atomic unsigned refs;
	struct arena *arena;
	const struct cim_instance *instance;
};
struct indication *indication_ref(struct indication *i);
void indication_unref(struct indication *i);

/*
 * told() is called from one thread at a time, in the order of what happened; the indication is the
 * caller's unless it takes a reference. The cim outlives the indications.
 */
struct indications *indications_new(
	struct cim *cim, void (*told)(void *arg, struct indication *i), void *arg);
/* told() is not being called any more when this returns. Nobody may be waiting. */
void indications_free(struct indications *in);

/* While somebody holds them the hypervisor is listened to. */
void indications_hold(struct indications *in);
void indications_drop(struct indications *in);

/*
 * Calls done() exactly once, perhaps before it returns, when from then on nothing is missed; err
 * says why not: -ERR_UNAVAILABLE, -ERR_TIMEOUT, -ERR_IO, -ERR_UNSUPPORTED. What it needs is in the
 * arena, which lives until done. They are held meanwhile.
 */
void indications_ready(struct indications *in, struct arena *a,
	void (*done)(void *arg, const struct err *e), void *arg);

#endif
