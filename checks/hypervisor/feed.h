/*
 * What changes among the virtual systems of the source, as it changes: made, changed, gone.
 *
 * While somebody holds the feed it knows all virtual systems: they are listed once, and kept up
 * by libvirt's events, each of which is looked into in its order. What an event says of the state
 * counts, not what the state is by the time that we ask: a machine that was started and paused
 * at once is told of twice. When the connection was lost, or events came faster than they can be
 * looked into, everything is listed again and the differences are told: several changes of one
 * machine are one then. While the source cannot be reached the feed tries again by itself.
 */
#ifndef VSMIGD_HV_FEED_H
#define VSMIGD_HV_FEED_H

#include "checks/hypervisor/hv.h"

struct hv_feed;

enum { HV_FEED_NOTES = 1024 }; /* events that wait to be looked into; beyond, all is listed anew */

struct hv_change {
	const struct hv_vm *before, *after; /* NULL: there was none, there is none */
	int64_t at; /* milliseconds since 1970 */
};

/*
 * changed() is called from one thread at a time, in order, without any lock of ours held; what it
 * is given lives until it returns. The hv outlives the feed.
 */
struct hv_feed *hv_feed_new(
	struct hv *hv, void (*changed)(void *arg, const struct hv_change *c), void *arg);
/* changed() is not being called any more when this returns. Nobody may be waiting. */
void hv_feed_free(struct hv_feed *f);

/* Somebody wants to be told; the last to drop ends it. */
void hv_feed_hold(struct hv_feed *f);
void hv_feed_drop(struct hv_feed *f);

/*
 * Waits, without a thread, until the feed knows all virtual systems, so that no change from then
 * on is missed. done() is called exactly once, perhaps before hv_feed_ready returns, by the
 * deadline of a listing at the latest; err says why not: -ERR_UNAVAILABLE, -ERR_TIMEOUT, -ERR_IO,
 * or -ERR_UNSUPPORTED when this hypervisor tells of no changes. The feed is held meanwhile.
 */
struct hv_feed_wait {
	void (*done)(struct hv_feed_wait *w);
	struct err err;
	struct hv_feed_wait *next;
};
void hv_feed_ready(struct hv_feed *f, struct hv_feed_wait *w);

#endif
