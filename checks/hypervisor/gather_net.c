/* Networks, bridges and filters of the VM's interfaces. */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_type(const struct vm_nic *nic, const char *type)
{
	return nic->type && strcmp(nic->type, type) == 0;
}

static bool of_network(const struct vm_nic *nic)
{
	return is_type(nic, "network") && nic->network;
}

/* What a network is, as it was since its last event. Port groups come and go without one: who
 * needs them reads it anew. */
static const struct vxml_network *read_network(
	struct side *s, virNetworkPtr net, const char *name, bool anew)
{
	const char *key;
	struct box *b = side_kept(s, TOPIC_NETWORKS, name, &key);
	struct err e;
	char *text;

	if (b && !anew)
		return b->value;
	if (!side_more(s, "reading networks"))
		return NULL;
	text = virNetworkGetXMLDesc(net, 0);
	b = box_new();
	b->value = arena_alloc(b->arena, sizeof(struct vxml_network));
	if (!text || vxml_network(text, b->arena, b->value, &e) < 0) {
		box_unref(b);
		b = NULL;
	}
	free(text);
	if (b)
		side_keep(s, key, b);
	return b ? b->value : NULL;
}

static enum tri has_portgroup(const struct vxml_network *net, const char *name)
{
	for (size_t i = 0; i < net->n_portgroups; i++)
		if (net->portgroups[i] && strcmp(net->portgroups[i], name) == 0)
			return TRI_YES;
	return TRI_NO;
}

/* The networks that are active, from one call for all interfaces. */
struct networks {
	virNetworkPtr *items;
	int n;
};

static void networks_free(struct networks *l)
{
	for (int i = 0; i < l->n; i++)
		virNetworkFree(l->items[i]);
	free(l->items);
}

static virNetworkPtr active_network(const struct networks *l, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (strcmp(virNetworkGetName(l->items[i]), name) == 0)
			return l->items[i];
	return NULL;
}

/* Each of its devices goes to one interface alone. */
static bool lends_whole(const struct vxml_network *net)
{
	return net->forward && strcmp(net->forward, "passthrough") == 0 && net->n_devs;
}

static void describe(
	struct side *s, virNetworkPtr net, const struct vm_nic *nic, struct nic_there *out)
{
	const struct vxml_network *xml = read_network(s, net, nic->network, nic->portgroup != NULL);

	/* Nor of a device that is lent out. */
	if (xml && lends_whole(xml) && !nic->portgroup)
		xml = read_network(s, net, nic->network, true);
	if (!xml)
		return;
	out->exclusive = lends_whole(xml);
	out->n_free = xml->n_free;
	out->forward = xml->forward;
	out->bridge = xml->bridge;
	out->more = xml->more;
	if (nic->portgroup)
		out->portgroup = has_portgroup(xml, nic->portgroup);
}

static void ask_device(struct side *s, const char *device, bool bridge, struct nic_there *out);

/* Which of several devices is given out next changes without an event. */
static const struct vxml_network *lender(
	struct side *s, virNetworkPtr net, const struct vm_nic *nic)
{
	const struct vxml_network *xml = read_network(s, net, nic->network, false);

	return xml && xml->n_devs > 1 ? read_network(s, net, nic->network, true) : xml;
}

/* A network that lends out a bridge or devices of the host is active without them. That they are
 * there is kept as long as what the network is; that they are not is not. */
static void ask_lent(
	struct side *s, virNetworkPtr net, const struct vm_nic *nic, struct nic_there *out)
{
	const struct vxml_network *xml = side_is_test(s) ? NULL : lender(s, net, nic);
	const char *one, *key, *missing = s->missing;
	struct nic_there there = { 0 };
	bool bridge;

	if (!xml || !xml->forward || strcmp(xml->forward, "hostdev") == 0)
		return;
	bridge = strcmp(xml->forward, "bridge") == 0 && xml->bridge;
	one = bridge ? xml->bridge : xml->bridge ? NULL : xml->dev;
	if (!one || side_kept(s, TOPIC_NETWORKS,
			    arena_printf(s->arena, "%s on %s", nic->network, one), &key))
		return;
	ask_device(s, one, bridge, &there);
	s->missing = missing; /* it is not the network that cannot be asked for */
	if (there.exists == TRI_NO)
		out->lacks = arena_strdup(s->arena, one);
	else if (there.exists == TRI_YES)
		side_keep(s, key, box_new());
	else
		out->doubt = arena_strdup(s->arena, one);
}

static void ask_network(struct side *s, const struct networks *running, const struct vm_nic *nic,
	struct nic_there *out)
{
	virNetworkPtr active = active_network(running, nic->network);
	auto_net virNetworkPtr net = NULL;

	if (active) {
		out->exists = out->active = TRI_YES;
		describe(s, active, nic, out);
		ask_lent(s, active, nic, out);
		return;
	}
	if (!side_more(s, "looking for networks on the target host"))
		return;
	net = virNetworkLookupByName(s->v, nic->network);
	out->exists = side_tri(s, net != NULL, VIR_ERR_NO_NETWORK, &out->why);
	if (!net)
		return;
	out->active = TRI_NO;
	describe(s, net, nic, out);
}

static bool wants_networks(const struct vm_config *config)
{
	for (size_t i = 0; i < config->n_nics; i++)
		if (of_network(&config->nics[i]))
			return true;
	return false;
}

void gather_networks(struct side *s)
{
	__attribute__((cleanup(networks_free))) struct networks running = { 0 };
	const struct vm_config *config = &s->f->config;

	if (!wants_networks(config)) {
		facts_set_known(s->f, FACT_DST_NETWORKS);
		return;
	}
	if (!side_begin(s, FACT_DST_NETWORKS, "listing the networks of the target host"))
		return;
	running.n =
		virConnectListAllNetworks(s->v, &running.items, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
	if (running.n < 0) {
		running.n = 0;
		side_failed(s, FACT_DST_NETWORKS);
		return;
	}
	for (size_t i = 0; i < config->n_nics; i++)
		if (of_network(&config->nics[i]))
			ask_network(s, &running, &config->nics[i], &s->f->nics_there[i]);
	side_end(s, FACT_DST_NETWORKS);
}

/* What the network is on the source. */
static const struct vxml_network *network_here(struct side *s, const char *name)
{
	auto_net virNetworkPtr net = NULL;
	const char *key;
	struct box *b = side_kept(s, TOPIC_NETWORKS, name, &key);

	if (b)
		return b->value;
	if (!side_more(s, "reading networks of the source host"))
		return NULL;
	net = virNetworkLookupByName(s->v, name);
	return net ? read_network(s, net, name, false) : NULL;
}

/* The same network on the source, to see whether the two differ. */
void gather_networks_here(struct side *s)
{
	const struct vm_config *config = &s->f->config;

	for (size_t i = 0; i < config->n_nics; i++) {
		const struct vxml_network *xml = of_network(&config->nics[i])
							 ? network_here(s, config->nics[i].network)
							 : NULL;

		if (!xml)
			continue;
		s->f->nics_there[i].forward_here = xml->forward;
		s->f->nics_there[i].bridge_here = xml->bridge;
	}
}

struct devices {
	virNodeDevicePtr *items;
	int n;
};

static void devices_free(struct devices *d)
{
	for (int i = 0; i < d->n; i++)
		virNodeDeviceFree(d->items[i]);
	free(d->items);
}

/* The rest of such a name: the device's hardware address, of 6 bytes, 20 of InfiniBand, 4 of
 * tunnels, or none. Something else is the rest of another device's name. */
static bool is_address(const char *rest)
{
	size_t n = strlen(rest);

	for (size_t i = 0; i < n; i++)
		if (i % 3 == 0 ? rest[i] != '_' : !isxdigit((unsigned char)rest[i]))
			return false;
	return n == 0 || n == 4 * 3 || n == 6 * 3 || n == 20 * 3;
}

/* libvirt calls the device of "br-0" with some MAC "net_br_0_52_54_...". */
bool side_names_device(const char *node, const char *device)
{
	if (!node || strncmp(node, "net_", 4) != 0)
		return false;
	node += 4;
	for (; *device; device++, node++)
		if (*node != (isalnum((unsigned char)*device) ? *device : '_'))
			return false;
	return is_address(node);
}

static enum tri find_node_device(struct side *s, const char *device, const char **why)
{
	__attribute__((cleanup(devices_free))) struct devices all = { 0 };

	if (!side_more(s, "looking for network devices on the target host"))
		return TRI_UNKNOWN;
	all.n = virConnectListAllNodeDevices(
		s->v, &all.items, VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET);
	if (all.n < 0) {
		all.n = 0;
		return side_tri(s, false, -1, why);
	}
	for (int i = 0; i < all.n; i++)
		if (side_names_device(virNodeDeviceGetName(all.items[i]), device))
			return TRI_YES;
	/* A host without a single network device is a driver that does not look. */
	if (!all.n)
		*why = "the target host lists no network devices";
	return all.n ? TRI_NO : TRI_UNKNOWN;
}

/* What is none cannot be one end of a guest's cable; but switches of other makers are called
 * otherwise. */
static bool is_bridge(struct side *s, virInterfacePtr iface)
{
	const char *type = NULL;
	struct err e;
	char *text;

	if (side_is_test(s) || !side_more(s, "looking at bridges of the target host"))
		return true;
	text = virInterfaceGetXMLDesc(iface, 0);
	if (text && vxml_interface_type(text, s->arena, &type, &e) < 0)
		type = NULL;
	free(text);
	return !type || strcmp(type, "bridge") == 0;
}

/*
 * Present when either driver knows it. Absent when libvirt's interface driver says so and its
 * list of devices, where there is one, agrees: one of them may know only what is configured.
 */
static void ask_device(struct side *s, const char *device, bool bridge, struct nic_there *out)
{
	auto_iface virInterfacePtr iface = NULL;
	enum tri interface = TRI_UNKNOWN, node;
	const char *interface_missing;

	if (!side_more(s, "looking for bridges on the target host"))
		return;
	s->missing = NULL;
	iface = virInterfaceLookupByName(s->v, device);
	interface = side_tri(s, iface != NULL, VIR_ERR_NO_INTERFACE, &out->why);
	out->exists = interface;
	if (interface == TRI_YES && bridge && !is_bridge(s, iface)) {
		out->exists = TRI_UNKNOWN;
		out->why = "a device of that name is there, which libvirt does not call a bridge";
	}
	if (interface == TRI_YES)
		return;
	interface_missing = s->missing;
	s->missing = NULL;
	node = find_node_device(s, device, &out->why);
	if (node != TRI_UNKNOWN)
		out->exists = node;
	if (out->exists != TRI_UNKNOWN)
		out->why = s->missing = NULL;
	else if (!s->missing)
		s->missing = interface_missing;
}

static void ask_tap(struct side *s, const char *name, struct nic_there *out)
{
	struct nic_there there = { 0 };

	if (side_is_test(s))
		return; /* it names every interface's device */
	ask_device(s, name, false, &there);
	out->tap_taken = there.exists;
}

void gather_bridges(struct side *s)
{
	const struct vm_config *config = &s->f->config;
	const char *missing = NULL;

	s->missing = NULL;
	for (size_t i = 0; i < config->n_nics; i++) {
		const struct vm_nic *nic = &config->nics[i];
		const char *device = is_type(nic, "bridge")   ? nic->bridge
				     : is_type(nic, "direct") ? nic->dev
							      : NULL;

		if (device)
			ask_device(s, device, is_type(nic, "bridge"), &s->f->nics_there[i]);
		if (nic->tap)
			ask_tap(s, nic->tap, &s->f->nics_there[i]);
		if (s->missing)
			missing = s->missing;
	}
	s->missing = missing;
	side_end(s, FACT_DST_BRIDGES);
}

void gather_nwfilters(struct side *s)
{
	const struct vm_config *config = &s->f->config;

	s->missing = NULL;
	for (size_t i = 0; i < config->n_nics; i++) {
		auto_nwfilter virNWFilterPtr filter = NULL;
		const char *why = NULL;

		if (!config->nics[i].filter || !side_more(s, "looking for network filters"))
			continue;
		filter = virNWFilterLookupByName(s->v, config->nics[i].filter);
		s->f->nics_there[i].filter = side_tri(s, filter != NULL, VIR_ERR_NO_NWFILTER, &why);
	}
	side_end(s, FACT_DST_NWFILTERS);
}
