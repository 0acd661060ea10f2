/*
 * The inside of a connection, shared by conn.c (the queue), conn_work.c (the threads that run
 * tasks) and conn_open.c (opening and closing). Functions marked "locked" want the lock held.
 */
#ifndef VSMIGD_HV_CONN_INNER_H
#define VSMIGD_HV_CONN_INNER_H

#include <stddef.h>

#include "checks/hypervisor/conn.h"

struct watch;

enum conn_state { CONN_CLOSED, CONN_OPENING, CONN_OPEN, CONN_BROKEN };

#define CONTAINER(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

/* One try to open. Belongs to its thread; the connection points to it while it waits for it. */
struct opener {
	struct conn *conn;
	struct timer timer;
	bool fired, abandoned;
	_Atomic(const char *) stage;
};

/* A task being run: when it overstays, its thread counts as stuck. Lives on the thread's stack. */
struct stint {
	struct conn *conn;
	struct stint *next, **link;
	struct timer timer;
	bool fired, stuck;
};

struct conn {
	_Atomic unsigned refs;
	struct conn_env *env;
	char *uri;
	bool keep;
	struct cache *cache, *inventory;
	struct events *events;

	pthread_mutex_t lock; /* of all below; libvirt is never called under it */
	pthread_cond_t work; /* for threads that wait for a task */
	pthread_cond_t settled; /* a timer that could not be cancelled has fired */
	enum conn_state state;
	bool ended;
	unsigned generation;
	virConnectPtr v;
	struct watch *watch;
	struct conn_task *first, **last;
	size_t queued, pending; /* pending: queued, running or failing */
	unsigned threads, waiting; /* of this generation */
	struct opener *opener;
	unsigned stuck;
	struct stint *stints;
	int64_t idle_since;
	struct timer idle_timer;
	bool idle_armed; /* the timer is pending, or firing right now */
	enum access fail_access;
	int64_t fail_until, open_began;
	char fail_text[OPEN_TEXT];
	unsigned swept; /* the probes': the generation that was swept of twins */
};

/* Waits until a timer's fire() has let go; fire() sets `fired` under the lock. */
void conn_settle(struct conn *c, struct timer *t, bool *fired);
/* Runs a task and lets go of it: run may free it, and by then no timer knows it. */
void conn_run_task(struct conn_task *t);
/* Locked. */
void conn_unlink_task(struct conn *c, struct conn_task *t);
/* Locked: whatever waits fails. */
void conn_fail_all(struct conn *c, enum access access, const char *text);
/* Locked, with the connection open: there are threads enough for what is queued. */
void conn_wake_threads(struct conn *c);
/* Locked: begins to open, or fails what waits when that cannot be. */
void conn_start_opener(struct conn *c);
/* Locked: the opener is not waited for any longer. */
void conn_abandon(struct opener *o);
/* Locked: closes the connection, if it is open, on a thread aside. */
void conn_drop(struct conn *c, enum conn_state state);

#endif
