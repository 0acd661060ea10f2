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

/* Two interfaces of one network are asked for once. */
static const struct nic_there *same_before(const struct facts *f, size_t i)
{
	const struct vm_nic *nics = f->config.nics;

	for (size_t j = 0; j < i; j++)
		if (is_type(&nics[j], "network") && nics[j].network &&
			strcmp(nics[j].network, nics[i].network) == 0 && !nics[j].portgroup &&
			!nics[i].portgroup)
			return &f->nics_there[j];
	return NULL;
}

static bool read_network(struct side *s, virNetworkPtr net, struct vxml_network *out)
{
	struct err e;
	char *text;
	bool ok;

	if (!side_more(s, "reading networks"))
		return false;
	text = virNetworkGetXMLDesc(net, 0);
	ok = text && vxml_network(text, s->arena, out, &e) == 0;
	free(text);
	return ok;
}

static enum tri has_portgroup(const struct vxml_network *net, const char *name)
{
	for (size_t i = 0; i < net->n_portgroups; i++)
		if (net->portgroups[i] && strcmp(net->portgroups[i], name) == 0)
			return TRI_YES;
	return TRI_NO;
}

static void ask_network(struct side *s, const struct vm_nic *nic, struct nic_there *out)
{
	auto_net virNetworkPtr net = NULL;
	struct vxml_network xml;
	int active;

	if (!side_more(s, "looking for networks on the target host"))
		return;
	net = virNetworkLookupByName(s->v, nic->network);
	out->exists = side_tri(s, net != NULL, VIR_ERR_NO_NETWORK, &out->why);
	if (!net || !side_more(s, "looking for networks on the target host"))
		return;
	active = virNetworkIsActive(net);
	if (active >= 0)
		out->active = active ? TRI_YES : TRI_NO;
	if (!read_network(s, net, &xml))
		return;
	out->forward = xml.forward;
	out->bridge = xml.bridge;
	if (nic->portgroup)
		out->portgroup = has_portgroup(&xml, nic->portgroup);
}

void gather_networks(struct side *s)
{
	const struct vm_config *config = &s->f->config;

	s->missing = NULL;
	for (size_t i = 0; i < config->n_nics; i++) {
		struct nic_there *out = &s->f->nics_there[i];
		const struct nic_there *before;

		if (!is_type(&config->nics[i], "network") || !config->nics[i].network)
			continue;
		before = same_before(s->f, i);
		if (!before) {
			ask_network(s, &config->nics[i], out);
			continue;
		}
		/* Not the whole struct: the source's thread writes other fields of it. */
		out->exists = before->exists;
		out->active = before->active;
		out->forward = before->forward;
		out->bridge = before->bridge;
		out->why = before->why;
	}
	side_end(s, FACT_DST_NETWORKS);
}

/* The same network on the source, to see whether the two differ. */
void gather_networks_here(struct side *s)
{
	const struct vm_config *config = &s->f->config;

	for (size_t i = 0; i < config->n_nics; i++) {
		struct vxml_network xml;
		auto_net virNetworkPtr net = NULL;

		if (!is_type(&config->nics[i], "network") || !config->nics[i].network ||
			!side_more(s, "reading networks of the source host"))
			continue;
		net = virNetworkLookupByName(s->v, config->nics[i].network);
		if (!net || !read_network(s, net, &xml))
			continue;
		s->f->nics_there[i].forward_here = xml.forward;
		s->f->nics_there[i].bridge_here = xml.bridge;
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

/* libvirt calls the device of "br-0" with some MAC "net_br_0_52_54_...". */
static bool names_device(const char *node, const char *device)
{
	if (!node || strncmp(node, "net_", 4) != 0)
		return false;
	node += 4;
	for (; *device; device++, node++)
		if (*node != (isalnum((unsigned char)*device) ? *device : '_'))
			return false;
	return *node == '_' || *node == '\0';
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
		if (names_device(virNodeDeviceGetName(all.items[i]), device))
			return TRI_YES;
	/* A host without a single network device is a driver that does not look. */
	if (!all.n)
		*why = "the target host lists no network devices";
	return all.n ? TRI_NO : TRI_UNKNOWN;
}

/*
 * Present when either driver knows it. Absent when libvirt's interface driver says so and its
 * list of devices, where there is one, agrees: one of them may know only what is configured.
 */
static void ask_device(struct side *s, const char *device, struct nic_there *out)
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
			ask_device(s, device, &s->f->nics_there[i]);
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
