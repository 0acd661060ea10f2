/*
 * What is on the destination: names and UUIDs taken, MAC addresses, ports and CIDs in use,
 * migrations under way. One call lists all domains, live; the configuration of each is read again
 * only when an event told of it, when it began or ended, and after some minutes.
 */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_PEERS = 1000 };

/* A domain as it was read at a revision; its box holds a struct peer. */
struct known {
	unsigned char uuid[VIR_UUID_BUFLEN];
	unsigned revision;
	struct box *box;
};

struct inventory {
	struct known *items;
	size_t n;
};

struct domain_list {
	virDomainPtr *items;
	int n;
};

static void domain_list_free(struct domain_list *l)
{
	for (int i = 0; i < l->n; i++)
		virDomainFree(l->items[i]);
	free(l->items);
}

static void read_nics(struct arena *a, const struct vm_config *config, struct peer *out)
{
	const char **macs = arena_array(a, config->n_nics, sizeof *macs);
	const char **networks = arena_array(a, config->n_nics, sizeof *networks);
	const char **devices = NULL;

	for (size_t i = 0; i < config->n_nics; i++) {
		const struct vm_nic *nic = &config->nics[i];

		macs[i] = nic->mac;
		if (nic->dev)
			*ARENA_PUSH(a, devices, out->n_devices) = nic->dev;
		networks[i] = nic->network ? nic->network : nic->bridge ? nic->bridge : nic->dev;
	}
	out->devices = devices;
	out->macs = macs;
	out->networks = networks;
	out->n_macs = config->n_nics;
}

struct ports {
	int *items;
	const char **hosts;
	size_t n_hosts;
};

static void push_port(
	struct arena *a, struct ports *ports, struct peer *out, int port, const char *host)
{
	if (port <= 0)
		return;
	*ARENA_PUSH(a, ports->items, out->n_ports) = port;
	*ARENA_PUSH(a, ports->hosts, ports->n_hosts) = host;
}

/* A port that a stored configuration leaves to libvirt is not in use; a live one is. */
static void read_ports(struct arena *a, const struct vm_config *config, struct peer *out)
{
	struct ports ports = { 0 };

	for (size_t i = 0; i < config->n_graphics; i++) {
		push_port(a, &ports, out, config->graphics[i].port, NULL);
		push_port(a, &ports, out, config->graphics[i].tls_port, NULL);
		push_port(a, &ports, out, config->graphics[i].websocket, NULL);
	}
	for (size_t i = 0; i < config->n_ports; i++) {
		const struct vm_port *p = &config->ports[i];

		if (!p->udp)
			push_port(a, &ports, out, atoi(p->port), p->host ? p->host : "0.0.0.0");
	}
	out->ports = ports.items;
	out->port_hosts = ports.hosts;
}

static bool is_active(virDomainPtr dom)
{
	return virDomainGetID(dom) != (unsigned)-1;
}

/* NULL: it went away meanwhile, or there is no time. */
static struct box *read_peer(struct side *s, virDomainPtr dom)
{
	struct vm_config config;
	struct peer *out;
	struct box *b;
	struct err e;
	char *text;

	if (!side_more(s, "reading the virtual systems of the target host"))
		return NULL;
	text = virDomainGetXMLDesc(dom, 0);
	if (!text)
		return NULL;
	b = box_new();
	if (vxml_domain(text, b->arena, &config, &e) < 0) {
		free(text);
		box_unref(b);
		return NULL;
	}
	free(text);
	b->value = out = arena_alloc(b->arena, sizeof *out);
	*out = (struct peer){
		.name = config.name,
		.uuid = config.uuid,
		.vsock_cid = config.vsock_cid,
		.vcpus = config.vcpus_current ? config.vcpus_current : config.vcpus,
		.active = is_active(dom),
	};
	read_nics(b->arena, &config, out);
	read_ports(b->arena, &config, out);
	return b;
}

static struct box *known_before(
	struct side *s, const struct inventory *old, const unsigned char *uuid, bool active)
{
	for (size_t i = 0; old && i < old->n; i++) {
		const struct known *k = &old->items[i];
		const struct peer *p = k->box->value;

		if (memcmp(k->uuid, uuid, sizeof k->uuid) != 0)
			continue;
		return p->active == active &&
				       !events_touched(conn_events(s->conn), uuid, k->revision)
			       ? box_ref(k->box)
			       : NULL;
	}
	return NULL;
}

/* QEMU's driver tells the job of a guest that arrives only to the source; here it is an error, and
 * the guest is paused until it is there. */
static bool is_arriving(struct side *s, virDomainPtr dom)
{
	int state, reason;

	return virGetLastErrorCode() == VIR_ERR_OPERATION_UNSUPPORTED &&
	       side_more(s, "reading the state of a virtual system there") &&
	       virDomainGetState(dom, &state, &reason, 0) == 0 && state == VIR_DOMAIN_PAUSED &&
	       (reason == VIR_DOMAIN_PAUSED_STARTING_UP || reason == VIR_DOMAIN_PAUSED_MIGRATION);
}

/* Moves in and out of the host, counted only where their number is limited. */
static void count_migration(struct side *s, virDomainPtr dom)
{
	virTypedParameterPtr params = NULL;
	int type = 0, n = 0, operation = 0;

	if (!s->host->max_migrations || !is_active(dom) ||
		!side_more(s, "counting migrations of the target host"))
		return;
	if (virDomainGetJobStats(dom, &type, &params, &n, 0) < 0) {
		s->host->migrations += is_arriving(s, dom);
		return;
	}
	virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	virTypedParamsFree(params, n);
	s->host->migrations += type != VIR_DOMAIN_JOB_NONE &&
			       (operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN ||
				       operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT);
}

static void note_clash(struct side *s, virDomainPtr dom, struct name_clash *out)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";

	virDomainGetUUIDString(dom, uuid);
	out->taken = TRI_YES;
	out->name = arena_strdup(s->arena, virDomainGetName(dom));
	out->uuid = arena_strdup(s->arena, uuid);
	out->active = is_active(dom);
	if (side_more(s, "reading the state of a virtual system there") &&
		virDomainGetState(dom, &out->state, &out->reason, 0) < 0)
		out->state = VIR_DOMAIN_NOSTATE;
}

static void find_clashes(struct side *s, const struct domain_list *all)
{
	const char *want_name = s->f->config.name, *want_uuid = s->f->config.uuid;
	char uuid[VIR_UUID_STRING_BUFLEN];

	s->f->same_name.taken = s->f->same_uuid.taken = TRI_NO;
	for (int i = 0; i < all->n; i++) {
		const char *name = virDomainGetName(all->items[i]);

		if (want_name && name && strcmp(name, want_name) == 0)
			note_clash(s, all->items[i], &s->f->same_name);
		if (want_uuid && virDomainGetUUIDString(all->items[i], uuid) == 0 &&
			strcasecmp(uuid, want_uuid) == 0)
			note_clash(s, all->items[i], &s->f->same_uuid);
	}
	facts_set_known(s->f, FACT_DST_NAMES);
}

static void unref_all(void *arg)
{
	struct inventory *inv = arg;

	for (size_t i = 0; i < inv->n; i++)
		box_unref(inv->items[i].box);
}

static void read_all(struct side *s, const struct domain_list *all, const struct inventory *old,
	struct inventory *out)
{
	unsigned revision = events_revision(conn_events(s->conn), TOPIC_DOMAINS);

	for (int i = 0; i < all->n; i++) {
		struct known k = { .revision = revision };

		if (twin_is_name(virDomainGetName(all->items[i])))
			continue;
		virDomainGetUUID(all->items[i], k.uuid);
		k.box = known_before(s, old, k.uuid, is_active(all->items[i]));
		if (!k.box)
			k.box = read_peer(s, all->items[i]);
		if (k.box)
			out->items[out->n++] = k;
		count_migration(s, all->items[i]);
	}
}

/* Each check has a list of its own, for who is active is said by the call just made. */
static void gather_peers(struct side *s, const struct domain_list *all)
{
	const char *key = arena_printf(s->arena, "domains %lld", side_period(s, EVENTS_AGE_MS));
	struct box *old = cache_get(conn_inventory(s->conn), s->generation, key);
	struct box *new = box_new();
	struct inventory *inv = new->value = arena_alloc(new->arena, sizeof *inv);
	struct peer *peers = arena_array(s->arena, (size_t)all->n, sizeof *peers);

	inv->items = arena_array(new->arena, (size_t)all->n, sizeof *inv->items);
	inv->n = 0;
	arena_defer(new->arena, unref_all, inv);
	read_all(s, all, old ? old->value : NULL, inv);
	for (size_t i = 0; i < inv->n; i++)
		peers[i] = *(struct peer *)inv->items[i].box->value;
	s->f->peers = peers;
	s->f->n_peers = inv->n;
	cache_put(conn_inventory(s->conn), s->generation, key, new);
	box_keep(s->arena, new);
	box_unref(old);
}

void gather_domains(struct side *s)
{
	__attribute__((cleanup(domain_list_free))) struct domain_list all = { 0 };

	if (!side_begin(s, FACT_DST_NAMES, "listing the virtual systems of the target host")) {
		side_begin(s, FACT_DST_DOMAINS, "listing the virtual systems of the target host");
		return;
	}
	all.n = virConnectListAllDomains(s->v, &all.items, 0);
	if (all.n < 0) {
		all.n = 0;
		side_failed(s, FACT_DST_NAMES);
		s->f->state[FACT_DST_DOMAINS] = s->f->state[FACT_DST_NAMES];
		return;
	}
	find_clashes(s, &all);
	if (all.n > MAX_PEERS) {
		facts_set_unknown(s->f, FACT_DST_DOMAINS,
			"there are more virtual systems than are looked at", NULL);
		return;
	}
	gather_peers(s, &all);
	s->missing = NULL;
	side_end(s, FACT_DST_DOMAINS);
}
