/* What a host is: type, versions, names, size, capabilities. */
#include "checks/hypervisor/cache.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What does not change while a connection lasts. */
struct identity {
	const char *type, *name;
	unsigned long hv_version, lib_version;
};

static struct box *ask_identity(struct side *s)
{
	struct box *b = box_new();
	struct identity *id = arena_alloc(b->arena, sizeof *id);
	const char *type = virConnectGetType(s->v);
	char *name;

	if (!type) {
		box_unref(b);
		return NULL;
	}
	b->value = id;
	id->type = strcasecmp(type, "test") == 0 ? "Test" : arena_strdup(b->arena, type);
	if (side_more(s, "reading the host's name")) {
		name = virConnectGetHostname(s->v);
		id->name = arena_strdup(b->arena, name);
		free(name);
	}
	if (side_more(s, "reading the hypervisor's version") &&
		virConnectGetVersion(s->v, &id->hv_version) < 0)
		id->hv_version = 0;
	if (side_more(s, "reading libvirt's version") &&
		virConnectGetLibVersion(s->v, &id->lib_version) < 0)
		id->lib_version = 0;
	return b;
}

/* How large the host is: asked for anew every few minutes, for CPUs are added and taken away. */
static struct box *ask_size(struct side *s, const char *key)
{
	struct box *b = box_new();

	b->value = arena_alloc(b->arena, sizeof(virNodeInfo));
	if (virNodeGetInfo(s->v, b->value) < 0) {
		box_unref(b);
		return NULL;
	}
	cache_put(conn_cache(s->conn), s->generation, key, b);
	return b;
}

static void gather_size(struct side *s, enum fact host_id)
{
	const char *key = side_aged(s, "size");
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);
	const virNodeInfo *info;

	if (!b && !side_begin(s, host_id, "reading the host's size"))
		return;
	if (!b)
		b = ask_size(s, key);
	if (!b) {
		side_failed(s, host_id);
		return;
	}
	box_keep(s->arena, b);
	info = b->value;
	s->host->memory_kib = info->memory;
	s->host->cpus = info->cpus;
	facts_set_known(s->f, host_id);
}

static void gather_identity(struct side *s, enum fact host_id)
{
	struct box *b = cache_get(conn_cache(s->conn), s->generation, "identity");
	const struct identity *id;

	if (!b && side_begin(s, host_id, "asking what the host is")) {
		b = ask_identity(s);
		if (!b)
			side_failed(s, host_id);
		else if (((struct identity *)b->value)->name)
			cache_put(conn_cache(s->conn), s->generation, "identity", b);
	}
	if (!b)
		return;
	box_keep(s->arena, b);
	id = b->value;
	s->driver = s->host->type = id->type;
	s->host->name = id->name;
	s->host->hv_version = id->hv_version;
	s->host->lib_version = id->lib_version;
	s->host->simulated = side_is_test(s);
	gather_size(s, host_id);
}

static struct box *ask_caps(struct side *s, enum fact id)
{
	char *text = virConnectGetCapabilities(s->v);
	struct host_caps *caps;
	struct box *b;
	struct err e;

	if (!text) {
		side_failed(s, id);
		return NULL;
	}
	b = box_new();
	b->value = caps = arena_alloc(b->arena, sizeof *caps);
	if (vxml_caps(text, b->arena, caps, &e) < 0) {
		facts_set_unknown(s->f, id, arena_strdup(s->arena, e.text), NULL);
		box_unref(b);
		b = NULL;
	}
	free(text);
	return b;
}

static void gather_caps(struct side *s, enum fact id)
{
	const char *key = side_aged(s, "capabilities");
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);

	if (!b && side_begin(s, id, "reading the host's capabilities")) {
		b = ask_caps(s, id);
		if (b)
			cache_put(conn_cache(s->conn), s->generation, key, b);
	}
	if (!b)
		return;
	box_keep(s->arena, b);
	s->host->caps = *(struct host_caps *)b->value;
	facts_set_known(s->f, id);
}

/* On Linux there are so many, and libvirt wants to be told exactly. */
enum { LINUX_STATS = 4, MOST_STATS = 16 };

static const char reading_memory[] = "reading the free memory of the target host";

static bool other_stats(struct side *s, virNodeMemoryStats *stats, int *n)
{
	*n = 0;
	if (virGetLastErrorCode() == VIR_ERR_NO_SUPPORT || !side_more(s, reading_memory) ||
		virNodeGetMemoryStats(s->v, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, n, 0) < 0 ||
		*n <= 0 || *n > MOST_STATS || !side_more(s, reading_memory))
		return false;
	return virNodeGetMemoryStats(s->v, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, n, 0) == 0;
}

/*
 * Free, buffers and cached: what a new guest can have without anything being swapped out. The
 * total goes by what the kernel counts, for virNodeGetInfo misses memory that was added while the
 * host ran (measured: 4 of 24 GiB).
 */
static bool memory_stats(struct side *s, uint64_t *kib)
{
	static const char *const fields[] = {
		VIR_NODE_MEMORY_STATS_FREE,
		VIR_NODE_MEMORY_STATS_BUFFERS,
		VIR_NODE_MEMORY_STATS_CACHED,
	};
	virNodeMemoryStats stats[MOST_STATS];
	int n = LINUX_STATS;

	*kib = 0;
	if (virNodeGetMemoryStats(s->v, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) < 0 &&
		!other_stats(s, stats, &n))
		return false;
	for (int i = 0; i < n; i++) {
		for (size_t j = 0; j < ARRAY_LEN(fields); j++)
			if (strcmp(stats[i].field, fields[j]) == 0)
				*kib += stats[i].value;
		if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) == 0 &&
			stats[i].value > s->host->memory_kib)
			s->host->memory_kib = stats[i].value;
	}
	return true;
}

static void gather_memory(struct side *s)
{
	unsigned long long bytes;

	if (!side_begin(s, FACT_DST_MEMORY, reading_memory))
		return;
	if (memory_stats(s, &s->host->free_kib)) {
		facts_set_known(s->f, FACT_DST_MEMORY);
		return;
	}
	if (!side_more(s, reading_memory))
		return;
	bytes = virNodeGetFreeMemory(s->v);
	if (bytes == 0) {
		if (virGetLastErrorCode() == VIR_ERR_OK || side_is_test(s))
			facts_set_unknown(s->f, FACT_DST_MEMORY, "the driver says 0", s->driver);
		else
			side_failed(s, FACT_DST_MEMORY);
		return;
	}
	/* The test driver gives KiB where every other gives bytes. */
	s->host->free_kib = side_is_test(s) ? bytes : bytes / 1024;
	facts_set_known(s->f, FACT_DST_MEMORY);
}

struct cpumap {
	const unsigned char *online;
	size_t n;
};

static struct box *ask_cpumap(struct side *s)
{
	unsigned char *map = NULL, *copy;
	unsigned online = 0;
	struct cpumap *out;
	struct box *b;
	size_t bytes;
	int n = virNodeGetCPUMap(s->v, &map, &online, 0);

	if (n < 0)
		return NULL;
	b = box_new();
	b->value = out = arena_alloc(b->arena, sizeof *out);
	bytes = ((size_t)n + 7) / 8;
	copy = arena_alloc(b->arena, bytes);
	if (map)
		memcpy(copy, map, bytes);
	free(map);
	*out = (struct cpumap){ copy, (size_t)n };
	return b;
}

static void gather_cpumap(struct side *s)
{
	const char *key = side_aged(s, "cpus");
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);
	const struct cpumap *map;

	if (!b) {
		if (!side_begin(s, FACT_DST_CPUMAP, "reading the CPUs of the target host"))
			return;
		b = ask_cpumap(s);
		if (!b) {
			side_failed(s, FACT_DST_CPUMAP);
			return;
		}
		cache_put(conn_cache(s->conn), s->generation, key, b);
	}
	box_keep(s->arena, b);
	map = b->value;
	s->host->online = map->online;
	s->host->n_online = map->n;
	facts_set_known(s->f, FACT_DST_CPUMAP);
}

void gather_host(struct side *s, enum fact host_id, enum fact caps_id)
{
	gather_identity(s, host_id);
	if (host_id == FACT_DST_HOST) {
		gather_memory(s);
		gather_cpumap(s);
	}
	gather_caps(s, caps_id);
}

/*
 * How many vCPUs a guest may have there. For an emulated ("qemu") guest libvirt's answer is a
 * number from long ago that it does not hold anybody to; the domain capabilities know better.
 */
void gather_capacity(struct side *s)
{
	const char *virt = s->f->config.virt, *key;
	struct box *b;
	int n;

	if (!virt || strcmp(virt, "qemu") == 0)
		return;
	key = arena_printf(s->arena, "vcpus %s", virt);
	b = cache_get(conn_cache(s->conn), s->generation, key);
	if (!b) {
		if (!side_more(s, "reading the limit of virtual CPUs"))
			return;
		n = virConnectGetMaxVcpus(s->v, virt);
		b = box_new();
		b->value = arena_alloc(b->arena, sizeof(unsigned));
		*(unsigned *)b->value = n > 0 ? (unsigned)n : 0;
		cache_put(conn_cache(s->conn), s->generation, key, b);
	}
	box_keep(s->arena, b);
	s->host->max_vcpus = *(unsigned *)b->value;
}
