/*
 * What a host says by itself: that a domain, a network or a pool of it began, ended or changed.
 *
 * A connection has one such object for as long as it exists; each time it is opened the new
 * virConnectPtr is subscribed. What was read of a topic holds as long as its revision does, which
 * is read before. libvirt's thread of events calls in here and only counts.
 *
 * Events do not tell everything (a port group that is added to a network, a domain that is changed
 * by other means than libvirt's): nothing is kept for longer than EVENTS_AGE_MS because of them.
 */
#ifndef VSMIGD_HV_EVENTS_H
#define VSMIGD_HV_EVENTS_H

#include <stdbool.h>

#include "checks/hypervisor/virt.h"

enum { EVENTS_AGE_MS = 300000 };
enum topic { TOPIC_DOMAINS, TOPIC_NETWORKS, TOPIC_POOLS, TOPIC_COUNT };

struct events;

/* What one virConnectPtr was subscribed to. */
struct subscription {
	int lifecycle, metadata, added, removed, network, pool; /* callback ids, -1: not offered */
};

/* One thing that happened to one domain; name is good during the call only. */
struct events_note {
	unsigned char uuid[VIR_UUID_BUFLEN];
	const char *name;
	int event, detail; /* virDomainEventType; -1: it was changed otherwise */
};

/*
 * Somebody who wants to know at once, on libvirt's thread of events, with no more than a lock and
 * a queue. note NULL: the connection was lost, and whatever happens until the next one is opened
 * remains untold.
 */
struct events_listener {
	void (*told)(struct events_listener *l, const struct events_note *note);
};

struct events *events_new(void);
void events_unref(struct events *e);
/* From now on, or NULL: no more; then the listener is not being called either. */
void events_listen(struct events *e, struct events_listener *l);
/* Call libvirt, on the thread that opens or closes v. */
void events_subscribe(struct events *e, virConnectPtr v, struct subscription *s);
/* A connection that told us broke. */
void events_lost(struct events *e);
/* v tells nothing. */
void events_mute(struct events *e);
void events_unsubscribe(virConnectPtr v, const struct subscription *s);
/* 0: this host does not tell, so nothing of the topic may be kept. */
unsigned events_revision(struct events *e, enum topic t);
/* Whether anything happened to a domain since that revision, as far as is remembered. */
bool events_touched(struct events *e, const unsigned char *uuid, unsigned since);

#endif
