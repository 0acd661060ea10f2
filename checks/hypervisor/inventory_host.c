/* What the source has to give: processors and memory, storage pools, networks. */
#include "checks/hypervisor/inventory.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int inventory_host(struct inventory *g)
{
	unsigned long long free_memory;
	const char *driver;
	virNodeInfo node;

	if (inventory_call(g) < 0)
		return -g->got.err.code;
	if (virNodeGetInfo(g->v, &node) < 0)
		return inventory_failed(g);
	g->got.host.cpus = node.cpus;
	g->got.host.memory_kib = node.memory;
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	free_memory = virNodeGetFreeMemory(g->v);
	driver = virConnectGetType(g->v);
	/* The test driver gives KiB where every other gives octets. */
	g->got.host.free_kib =
		driver && strcasecmp(driver, "test") == 0 ? free_memory : free_memory / 1024;
	return 0;
}

struct pools {
	virStoragePoolPtr *items;
	int n;
};

static void pools_free(struct pools *p)
{
	for (int i = 0; i < p->n; i++)
		virStoragePoolFree(p->items[i]);
	free(p->items);
}

static int pool_by_name(const void *a, const void *b)
{
	virStoragePoolPtr const *x = a, *y = b;

	return strcmp(virStoragePoolGetName(*x), virStoragePoolGetName(*y));
}

/* One that went away meanwhile is known by its name alone. */
static void read_pool(struct inventory *g, virStoragePoolPtr pool, struct hv_inv_pool *out,
	struct pool_seen *place)
{
	auto_free char *text = virStoragePoolGetXMLDesc(pool, 0);
	struct vxml_pool xml = { 0 };
	virStoragePoolInfo info;
	struct err e;

	*out = (struct hv_inv_pool){
		.name = arena_strdup(g->arena, virStoragePoolGetName(pool)),
		.state = -1,
	};
	if (text && vxml_pool(text, g->arena, &xml, &e) == 0)
		out->type = xml.type;
	if (virStoragePoolGetInfo(pool, &info) == 0) {
		out->state = info.state;
		out->sized = info.state != VIR_STORAGE_POOL_INACTIVE && info.capacity > 0;
		out->capacity = info.capacity;
		out->allocation = info.allocation;
	}
	*place = (struct pool_seen){
		.name = out->name,
		.type = xml.type,
		.target = xml.target,
		.active = out->state > VIR_STORAGE_POOL_BUILDING,
	};
}

/* A driver without storage has no pools. */
int inventory_pools(struct inventory *g)
{
	__attribute__((cleanup(pools_free))) struct pools all = { 0 };
	size_t n;

	if (inventory_call(g) < 0)
		return -g->got.err.code;
	all.n = virConnectListAllStoragePools(g->v, &all.items, 0);
	if (all.n < 0) {
		all.n = 0;
		return virGetLastErrorCode() == VIR_ERR_NO_SUPPORT ? 0 : inventory_failed(g);
	}
	n = (size_t)all.n;
	if (n > 1)
		qsort(all.items, n, sizeof *all.items, pool_by_name);
	g->got.pools = arena_array(g->arena, n, sizeof *g->got.pools);
	g->places = arena_array(g->arena, n, sizeof *g->places);
	for (size_t i = 0; i < n; i++) {
		if (inventory_call(g) < 0 || inventory_call(g) < 0)
			return -g->got.err.code;
		read_pool(g, all.items[i], &g->got.pools[i], &g->places[i]);
	}
	g->got.n_pools = n;
	return 0;
}

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

static int network_by_name(const void *a, const void *b)
{
	virNetworkPtr const *x = a, *y = b;

	return strcmp(virNetworkGetName(*x), virNetworkGetName(*y));
}

/* Sorted; a driver without networks has none. */
static int list_networks(struct inventory *g, unsigned flags, struct networks *out)
{
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	out->n = virConnectListAllNetworks(g->v, &out->items, flags);
	if (out->n < 0) {
		out->n = 0;
		return virGetLastErrorCode() == VIR_ERR_NO_SUPPORT ? 0 : inventory_failed(g);
	}
	if (out->n > 1)
		qsort(out->items, (size_t)out->n, sizeof *out->items, network_by_name);
	return 0;
}

static void read_network(struct inventory *g, virNetworkPtr net, struct hv_inv_network *out)
{
	auto_free char *text = virNetworkGetXMLDesc(net, 0);
	struct vxml_network xml = { 0 };
	struct err e;

	out->name = arena_strdup(g->arena, virNetworkGetName(net));
	if (!text || vxml_network(text, g->arena, &xml, &e) < 0)
		return;
	out->forward = xml.forward;
	out->bridge = xml.bridge;
}

int inventory_networks(struct inventory *g)
{
	__attribute__((cleanup(networks_free))) struct networks all = { 0 }, active = { 0 };
	size_t n;

	if (list_networks(g, 0, &all) < 0 ||
		list_networks(g, VIR_CONNECT_LIST_NETWORKS_ACTIVE, &active) < 0)
		return -g->got.err.code;
	n = (size_t)all.n;
	g->got.networks = arena_array(g->arena, n, sizeof *g->got.networks);
	for (size_t i = 0; i < n; i++) {
		if (inventory_call(g) < 0)
			return -g->got.err.code;
		read_network(g, all.items[i], &g->got.networks[i]);
		g->got.networks[i].active =
			active.n > 0 && bsearch(&all.items[i], active.items, (size_t)active.n,
						sizeof *active.items, network_by_name) != NULL;
	}
	g->got.n_networks = n;
	return 0;
}
