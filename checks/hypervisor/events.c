#include "checks/hypervisor/events.h"
#include "checks/hypervisor/twin.h"
#include "daemon/base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { REMEMBERED = 256 };

struct events {
	_Atomic unsigned refs;
	pthread_mutex_t lock; /* of all below */
	bool told[TOPIC_COUNT];
	unsigned revision[TOPIC_COUNT];
	/* The domains of the last events, at their revision modulo REMEMBERED. */
	struct change {
		unsigned revision;
		unsigned char uuid[VIR_UUID_BUFLEN];
	} changes[REMEMBERED];
	struct events_listener *listener;
};

struct events *events_new(void)
{
	struct events *e = mem_calloc(1, sizeof *e);

	e->refs = 1;
	for (enum topic t = 0; t < TOPIC_COUNT; t++)
		e->revision[t] = 1;
	pthread_mutex_init(&e->lock, NULL);
	return e;
}

void events_unref(struct events *e)
{
	if (!e || atomic_fetch_sub(&e->refs, 1) > 1)
		return;
	pthread_mutex_destroy(&e->lock);
	free(e);
}

static void unref(void *arg)
{
	events_unref(arg);
}

static void happened(struct events *e, enum topic t)
{
	pthread_mutex_lock(&e->lock);
	e->revision[t]++;
	pthread_mutex_unlock(&e->lock);
}

/* Under the lock: so that a listener that is taken away is not being called. */
static void tell(struct events *e, const struct events_note *note)
{
	if (e->listener)
		e->listener->told(e->listener, note);
}

void events_listen(struct events *e, struct events_listener *l)
{
	pthread_mutex_lock(&e->lock);
	e->listener = l;
	pthread_mutex_unlock(&e->lock);
}

void events_lost(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	tell(e, NULL);
	pthread_mutex_unlock(&e->lock);
}

static void domain_changed(struct events *e, virDomainPtr dom, int event, int detail)
{
	struct events_note note = {
		.name = virDomainGetName(dom), .event = event, .detail = detail
	};
	struct change *c;

	if (twin_is_name(note.name))
		return;
	if (virDomainGetUUID(dom, note.uuid) < 0)
		memset(note.uuid, 0, sizeof note.uuid);
	pthread_mutex_lock(&e->lock);
	c = &e->changes[++e->revision[TOPIC_DOMAINS] % REMEMBERED];
	c->revision = e->revision[TOPIC_DOMAINS];
	memcpy(c->uuid, note.uuid, sizeof c->uuid);
	tell(e, &note);
	pthread_mutex_unlock(&e->lock);
}

static int on_lifecycle(virConnectPtr v, virDomainPtr dom, int event, int detail, void *arg)
{
	(void)v;
	domain_changed(arg, dom, event, detail);
	return 0;
}

/* A title is metadata to libvirt. */
static void on_metadata(virConnectPtr v, virDomainPtr dom, int type, const char *uri, void *arg)
{
	(void)v;
	(void)uri;
	if (type == VIR_DOMAIN_METADATA_TITLE)
		domain_changed(arg, dom, -1, 0);
}

static void on_device(virConnectPtr v, virDomainPtr dom, const char *alias, void *arg)
{
	(void)v;
	(void)alias;
	domain_changed(arg, dom, -1, 0);
}

static void on_network(virConnectPtr v, virNetworkPtr net, int event, int detail, void *arg)
{
	(void)v;
	(void)net;
	(void)event;
	(void)detail;
	happened(arg, TOPIC_NETWORKS);
}

static void on_pool(virConnectPtr v, virStoragePoolPtr pool, int event, int detail, void *arg)
{
	(void)v;
	(void)pool;
	(void)event;
	(void)detail;
	happened(arg, TOPIC_POOLS);
}

/* A subscription that is refused leaves the reference with us. */
static int held(struct events *e, int id)
{
	if (id < 0)
		events_unref(e);
	return id;
}

static struct events *ref(struct events *e)
{
	atomic_fetch_add(&e->refs, 1);
	return e;
}

static int subscribe_domains(
	struct events *e, virConnectPtr v, int id, virConnectDomainEventGenericCallback call)
{
	return held(e, virConnectDomainEventRegisterAny(v, NULL, id, call, ref(e), unref));
}

void events_subscribe(struct events *e, virConnectPtr v, struct subscription *s)
{
	s->lifecycle = subscribe_domains(
		e, v, VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
	s->metadata = subscribe_domains(
		e, v, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata));
	s->added = subscribe_domains(
		e, v, VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device));
	s->removed = subscribe_domains(
		e, v, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device));
	s->network =
		held(e, virConnectNetworkEventRegisterAny(v, NULL, VIR_NETWORK_EVENT_ID_LIFECYCLE,
				VIR_NETWORK_EVENT_CALLBACK(on_network), ref(e), unref));
	s->pool = held(e,
		virConnectStoragePoolEventRegisterAny(v, NULL, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
			VIR_STORAGE_POOL_EVENT_CALLBACK(on_pool), ref(e), unref));
	pthread_mutex_lock(&e->lock);
	e->told[TOPIC_DOMAINS] = s->lifecycle >= 0;
	e->told[TOPIC_NETWORKS] = s->network >= 0;
	e->told[TOPIC_POOLS] = s->pool >= 0;
	pthread_mutex_unlock(&e->lock);
}

void events_mute(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	memset(e->told, 0, sizeof e->told);
	pthread_mutex_unlock(&e->lock);
}

void events_unsubscribe(virConnectPtr v, const struct subscription *s)
{
	const int domain[] = { s->lifecycle, s->metadata, s->added, s->removed };

	for (size_t i = 0; i < ARRAY_LEN(domain); i++)
		if (domain[i] >= 0)
			virConnectDomainEventDeregisterAny(v, domain[i]);
	if (s->network >= 0)
		virConnectNetworkEventDeregisterAny(v, s->network);
	if (s->pool >= 0)
		virConnectStoragePoolEventDeregisterAny(v, s->pool);
}

unsigned events_revision(struct events *e, enum topic t)
{
	unsigned revision;

	pthread_mutex_lock(&e->lock);
	revision = e->told[t] ? e->revision[t] : 0;
	pthread_mutex_unlock(&e->lock);
	return revision;
}

bool events_touched(struct events *e, const unsigned char *uuid, unsigned since)
{
	unsigned now;
	bool touched;

	pthread_mutex_lock(&e->lock);
	now = e->revision[TOPIC_DOMAINS];
	touched = since == 0 || !e->told[TOPIC_DOMAINS] || now - since >= REMEMBERED;
	for (unsigned r = since + 1; !touched && r <= now; r++)
		touched = memcmp(e->changes[r % REMEMBERED].uuid, uuid, VIR_UUID_BUFLEN) == 0;
	pthread_mutex_unlock(&e->lock);
	return touched;
}
