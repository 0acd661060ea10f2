/*
 * Subscriptions (DSP0226 10): who wants to be told of what, and what was not fetched yet.
 *
 * A subscription has a name that nobody can guess, belongs to the principal that opened it, and
 * ends when it expires, when its user says so, or with the service. What happens is queued once
 * for all, by reference; a queue that is full loses its oldest and says how many. One Pull at a
 * time waits for a subscription, as an entry and not as a thread. Any thread may call.
 */
#ifndef VSMIGD_WSMAN_SUBSCRIPTIONS_H
#define VSMIGD_WSMAN_SUBSCRIPTIONS_H

#include "cim/indications.h"
#include "cim/query.h"
#include "daemon/base/digest.h"
#include "daemon/base/timer.h"
#include "wsman/faults.h"

struct subscriptions;

struct subscriptions_config {
	unsigned most; /* open at once for one principal */
	unsigned events; /* that wait in one of them */
	int64_t lifetime_ms; /* the longest until it is renewed */
};

/* cim NULL, for tests: what happens comes from subscriptions_publish alone. */
struct subscriptions *subscriptions_new(
	struct timers *timers, struct cim *cim, const struct subscriptions_config *c);
/* Ends all; nobody may be waiting: subscriptions_drain and the end of all jobs come before. */
void subscriptions_free(struct subscriptions *ss);
/* Whoever waits is woken with SUBSCRIPTION_ENDED, at once and from now on; none opens any more. */
void subscriptions_drain(struct subscriptions *ss);
/* NULL without a cim. */
struct indications *subscriptions_source(struct subscriptions *ss);
/* Queues what happened where it is wanted, and wakes who waits for it. */
void subscriptions_publish(struct subscriptions *ss, struct indication *i);

/* What somebody wants. class: of the indications, or above them; all in the arena. */
struct subscription_wish {
	const struct cim_class *class;
	const struct cim_query *query; /* NULL: all of the class */
	const char *resource_uri, *ns; /* what a Pull must repeat; ns may be NULL */
	int64_t lifetime_ms; /* -1: as long as may be; cut to that otherwise */
};

/* Whether there may be one more: FAULT_QUOTA_LIMIT, or FAULT_EVENT_SOURCE when draining. */
int subscriptions_room(struct subscriptions *ss, const struct principal *who, struct fault *f);
/*
 * Opens one; the arena is taken over on success. *left: until it expires. The source is held by
 * the caller meanwhile and by the subscription from then on.
 */
int subscriptions_open(struct subscriptions *ss, const struct principal *who, struct arena *arena,
	const struct subscription_wish *wish, char name[DIGEST_UUID_SIZE], int64_t *left,
	struct fault *f);
/* Whether there is one of that name, whoever's. */
bool subscriptions_has(struct subscriptions *ss, const char *name);

/* R10.2.9.5-4: whether a Pull may come with that EPR; FAULT_HEADER_REQUIRED when it is another. */
int subscriptions_check(struct subscriptions *ss, const struct principal *who, const char *name,
	const char *resource_uri, const char *ns, struct fault *f);

/*
 * The three operations on one: FAULT_ACCESS_DENIED when it is somebody else's, `unknown` when
 * there is none. Renewed: lifetime_ms as in the wish; *left as it is then.
 */
int subscriptions_renew(struct subscriptions *ss, const struct principal *who, const char *name,
	int64_t lifetime_ms, int64_t *left, struct fault *f);
int subscriptions_status(struct subscriptions *ss, const struct principal *who, const char *name,
	int64_t *left, struct fault *f);
int subscriptions_end(
	struct subscriptions *ss, const struct principal *who, const char *name, struct fault *f);

enum subscription_why { SUBSCRIPTION_EVENTS, SUBSCRIPTION_ENDED, SUBSCRIPTION_SUPERSEDED };

/* A Pull that waits. Its memory is the waiter's until wake() was called or forget said true. */
struct subscription_wait {
	void (*wake)(struct subscription_wait *w); /* once, without a lock of ours, any thread */
	enum subscription_why why;
	/* The subscriptions' own. */
	struct subscription *at;
	struct subscription_wait *next;
};

/*
 * Waits until there is something to fetch: wake() may be called before it returns. A Pull that
 * waits already is woken with SUBSCRIPTION_SUPERSEDED: its client may long be gone.
 */
void subscriptions_wait(struct subscriptions *ss, const struct principal *who, const char *name,
	struct subscription_wait *w);
/* Waits no longer. False: wake() was called, or is about to be. */
bool subscriptions_forget(struct subscriptions *ss, struct subscription_wait *w);

/* What a Pull fetches; the events are referred to until it is given back. */
struct subscription_batch {
	struct subscription *of;
	const struct subscription_wish *wish; /* lives until it is given back */
	struct indication **events; /* the oldest first; in the arena of the caller */
	size_t n;
	size_t waiting; /* further ones */
	uint64_t dropped; /* lost before the first of them, since that was last told */
};

/*
 * Takes up to `most` events out. FAULT_INVALID_CONTEXT when there is no such subscription,
 * FAULT_CONCURRENCY while another batch of it is out.
 */
int subscriptions_take(struct subscriptions *ss, const struct principal *who, const char *name,
	size_t most, struct arena *a, struct subscription_batch *b, struct fault *f);
/* The first `sent` were delivered, and with `told` what was dropped: the rest waits again. */
void subscriptions_give_back(
	struct subscriptions *ss, struct subscription_batch *b, size_t sent, bool told);

#endif
