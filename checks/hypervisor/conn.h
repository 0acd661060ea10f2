/*
 * A kept connection to one hypervisor, with a queue and threads of its own.
 *
 * A task waits in the queue until the connection is open and a thread is free; a closed or broken
 * connection is opened by the first task that comes. All tasks share one opener. libvirt's open
 * cannot be cancelled: an opener that takes longer than CONN_OPEN_MS is abandoned (it is counted
 * as stuck until it comes back), its tasks fail, and the next task may try again while not too
 * many hang. A failure to open is remembered as long as it took, so that a storm of tasks does not
 * become a storm of connections.
 *
 * A task is run exactly once: on a thread of the connection with an open virConnectPtr, or,
 * when that cannot be had by its deadline, on a thread for such failures.
 */
#ifndef VSMIGD_HV_CONN_H
#define VSMIGD_HV_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "checks/facts.h"
#include "checks/hypervisor/cache.h"
#include "checks/hypervisor/conn_env.h"
#include "checks/hypervisor/events.h"
#include "checks/hypervisor/open.h"

enum {
	CONN_OPEN_MS = 30000, /* an opener is abandoned after */
	CONN_PROBE_MS = 10000, /* a host that does not answer TCP is unreachable after */
	CONN_REMEMBER_MS = 1000, /* a failure is tried again after, at the latest */
	CONN_STUCK_EACH = 2, /* abandoned openers of one connection */
	CONN_STUCK_ALL = 32, /* and of all together */
};

struct conn;

struct conn_task {
	/* set by the submitter, whose memory this is until run is entered */
	void (*run)(struct conn_task *t);
	int64_t deadline;
	/* set when run is called; v is valid until run returns */
	struct conn *conn;
	enum access access; /* ACCESS_OPEN: v is there; else text says why not */
	virConnectPtr v;
	unsigned generation;
	char text[OPEN_TEXT];
	/* the connection's own */
	struct conn_task *next;
	struct timer timer;
	struct work work;
	bool queued, armed, fired;
};

/* `keep`: never closed for being idle. One reference for the caller. */
struct conn *conn_new(struct conn_env *env, const char *uri, bool keep);
struct conn *conn_ref(struct conn *c);
void conn_unref(struct conn *c);
void conn_submit(struct conn *c, struct conn_task *t);
/* Opens the connection when it is not, for whoever comes later. */
void conn_wake(struct conn *c);
/* Nothing is queued or running; how long ago that began goes to *since (clock_ms). */
bool conn_idle(struct conn *c, int64_t *since);
/* Fails what waits, closes, takes nothing more. Threads and openers end by themselves. */
void conn_close(struct conn *c);

const char *conn_uri(const struct conn *c);
struct cache *conn_cache(struct conn *c);
/* What holds until an event says otherwise, and the events. */
struct cache *conn_inventory(struct conn *c);
struct events *conn_events(struct conn *c);

#endif
