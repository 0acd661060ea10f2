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

static void gather_identity(struct side *s, enum fact host_id)
{
	struct box *b = cache_get(conn_cache(s->conn), s->generation, "identity");
	const struct identity *id;
	virNodeInfo info;

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
	if (!side_begin(s, host_id, "reading the host's size"))
		return;
	if (virNodeGetInfo(s->v, &info) < 0) {
		side_failed(s, host_id);
		return;
	}
	s->host->memory_kib = info.memory;
	s->host->cpus = info.cpus;
	facts_set_known(s->f, host_id);
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
	struct box *b = cache_get(conn_cache(s->conn), s->generation, "capabilities");

	if (!b && side_begin(s, id, "reading the host's capabilities")) {
		b = ask_caps(s, id);
		if (b)
			cache_put(conn_cache(s->conn), s->generation, "capabilities", b);
	}
	if (!b)
		return;
	box_keep(s->arena, b);
	s->host->caps = *(struct host_caps *)b->value;
	facts_set_known(s->f, id);
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
	virNodeMemoryStats stats[16];
	int n = 0;

	*kib = 0;
	if (virNodeGetMemoryStats(s->v, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) < 0 ||
		n <= 0 || (size_t)n > ARRAY_LEN(stats) ||
		virNodeGetMemoryStats(s->v, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) < 0)
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

	if (!side_begin(s, FACT_DST_MEMORY, "reading the free memory of the target host"))
		return;
	if (memory_stats(s, &s->host->free_kib)) {
		facts_set_known(s->f, FACT_DST_MEMORY);
		return;
	}
	if (!side_more(s, "reading the free memory of the target host"))
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

static void gather_cpumap(struct side *s)
{
	unsigned char *map = NULL, *copy;
	unsigned online = 0;
	size_t bytes;
	int n;

	if (!side_begin(s, FACT_DST_CPUMAP, "reading the CPUs of the target host"))
		return;
	n = virNodeGetCPUMap(s->v, &map, &online, 0);
	if (n < 0) {
		side_failed(s, FACT_DST_CPUMAP);
		return;
	}
	bytes = ((size_t)n + 7) / 8;
	copy = arena_alloc(s->arena, bytes);
	if (map)
		memcpy(copy, map, bytes);
	free(map);
	s->host->online = copy;
	s->host->n_online = (size_t)n;
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
	const char *virt = s->f->config.virt;
	int n;

	if (!virt || strcmp(virt, "qemu") == 0 ||
		!side_more(s, "reading the limit of virtual CPUs"))
		return;
	n = virConnectGetMaxVcpus(s->v, virt);
	if (n > 0)
		s->host->max_vcpus = (unsigned)n;
}
