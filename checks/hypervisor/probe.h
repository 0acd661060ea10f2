/*
 * The probe: does a guest that needs the same things start on the destination?
 *
 * A throw-away twin of the virtual system (twin.h says what it is made of) is created on the
 * destination by virDomainCreateXML, paused and with autodestroy, and destroyed at once. No guest
 * code runs, nothing is sent. If it starts, what it needs of the host is there; if not, libvirt's
 * error says what is missing (enum probe_cause), unless the failure is the twin's own, which says
 * nothing of the VM.
 *
 * One at a time for each connection, in a queue of its own that holds no thread. Of several that
 * wait for the same twin one is started for all: an answer is as fresh as the question when the
 * start came after it. A call that overstays the deadline is left alone: the asker is answered,
 * and the twin is destroyed by the thread that started it, whenever that comes back.
 *
 * Others with next to nothing in them follow it there: twin.h says which. What two of these would have
 * QEMU open, it is first started with at once: most need no more than that.
 *
 * And the scout (scout.h), a job of its own: does a migration get there? It goes from the source to
 * the destination, and takes its turn among the twins there; of those under way to several
 * destinations there are a few at a time. It is the same for most virtual systems, so that many that
 * wait share one. It has the same kind of name, and the source's connection is swept likewise. A no is
 * told before it has been taken away, and until then it keeps its turn.
 *
 * Nothing stays behind:
 * - autodestroy removes the twin when this process dies or its connection breaks
 * - a libvirtd that is killed forgets autodestroy, and finds the paused twin when it is started
 *   again: once on every new connection, twins of ours that are not live are destroyed. After a
 *   connection broke under a twin it is opened again for this, tried for ten minutes
 * - of a scout the guard (guard.h) takes the place of autodestroy
 * - every twin carries the source host's UUID, the daemon's instance (boot, PID namespace, PID,
 *   start time) and an expiry. One of this host is ours when its daemon is this one, or is dead;
 *   whosesoever has expired is destroyed by anybody. Another daemon's live twin is left alone
 * - what libvirt itself cannot let go of (a record without a process) is passed over: it runs
 *   nothing, and its name is the only thing that it takes
 * - names are used again (vsmigd-probe-HOST, vsmigd-probe-HOST-2, ...), so that libvirt's log
 *   files of them do not pile up
 */
#ifndef VSMIGD_HV_PROBE_H
#define VSMIGD_HV_PROBE_H

#include "checks/hypervisor/hv.h"

struct hv_probe {
	struct facts *facts; /* gathered, of a destination that can be probed */
	int64_t deadline;
	/* Exactly once, any thread, at the latest at the deadline: facts->probe and FACT_DST_PROBE
	 * are set, or facts->way and FACT_WAY. Known: it started, or got through, or not; unknown: why
	 * it could not be found out. */
	void (*done)(struct hv_probe *p);
	void *arg;
};

/* Why there can be no probe between these two hosts; NULL: there can be one. */
const char *hv_probe_hindrance(const struct facts *f);
void hv_probe_start(struct hv *hv, struct hv_probe *p);
/* Likewise of a scout; the source too must be QEMU's. */
void hv_scout_start(struct hv *hv, struct hv_probe *p);

#endif
