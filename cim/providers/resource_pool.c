#include "cim/providers/resource_pool.h"

#include "cim/uri.h"

/* Values of the schema's maps. */
enum {
	TYPE_PROCESSOR = 3,
	TYPE_MEMORY = 4,
	TYPE_ETHERNET = 10,
	TYPE_LOGICAL_DISK = 31,
	STATUS_OK = 2,
	STATUS_DEGRADED = 3,
	STATUS_STARTING = 8,
	STATUS_STOPPED = 10,
	STATUS_LOST = 13, /* lost communication */
};

#define BYTES "byte"
#define KIB "byte * 2^10"
#define COUNT "count"

static struct cim_instance *add_pool(
	struct cim_op *op, const char *id, const char *name, uint64_t type, bool primordial)
{
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_ResourcePool, CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_ResourcePool_p_InstanceID, id);
	cim_set_str(a, i, CIM_ResourcePool_p_PoolID, id);
	cim_set_str(a, i, CIM_ResourcePool_p_ElementName, name);
	cim_set_uint(a, i, CIM_ResourcePool_p_ResourceType, type);
	cim_set_bool(a, i, CIM_ResourcePool_p_Primordial, primordial);
	registry_add(op, i);
	return i;
}

static void set_capacity(struct cim_op *op, struct cim_instance *i, uint64_t all, const char *units)
{
	if (all == 0)
		return;
	cim_set_uint(op->arena, i, CIM_ResourcePool_p_Capacity, all);
	cim_set_str(op->arena, i, CIM_ResourcePool_p_AllocationUnits, units);
}

static void set_consumed(
	struct cim_op *op, struct cim_instance *i, uint64_t used, uint64_t all, const char *units)
{
	cim_set_uint(op->arena, i, CIM_ResourcePool_p_CurrentlyConsumedResource, used);
	cim_set_uint(op->arena, i, CIM_ResourcePool_p_MaxConsumableResource, all);
	cim_set_str(op->arena, i, CIM_ResourcePool_p_ConsumedResourceUnits, units);
}

static void add_host(struct cim_op *op, const struct hv_inv_host *host)
{
	struct cim_instance *i = add_pool(op, POOL_PROCESSOR, "Processors", TYPE_PROCESSOR, true);

	set_capacity(op, i, host->cpus, COUNT);
	i = add_pool(op, POOL_MEMORY, "Memory", TYPE_MEMORY, true);
	set_capacity(op, i, host->memory_kib, KIB);
	if (host->free_kib > 0 && host->free_kib <= host->memory_kib)
		set_consumed(op, i, host->memory_kib - host->free_kib, host->memory_kib, KIB);
}

static void add_network(struct cim_op *op, const struct hv_inv_network *net)
{
	const char *id = inventory_network_pool(op->arena, net->name);
	struct cim_instance *i = add_pool(op, id, net->name, TYPE_ETHERNET, false);
	uint64_t status = net->active ? STATUS_OK : STATUS_STOPPED;

	cim_set_uints(op->arena, i, CIM_ResourcePool_p_OperationalStatus, &status, 1);
	cim_set_str(op->arena, i, CIM_ResourcePool_p_ResourceSubType, net->forward);
}

/* By virStoragePoolState, whose numbers are part of libvirt's stable interface. */
static void set_pool_status(struct cim_op *op, struct cim_instance *i, int state)
{
	static const uint64_t statuses[] = {
		STATUS_STOPPED, /* inactive */
		STATUS_STARTING, /* building */
		STATUS_OK, /* running */
		STATUS_DEGRADED, /* degraded */
		STATUS_LOST, /* inaccessible */
	};

	if (state >= 0 && (size_t)state < ARRAY_LEN(statuses))
		cim_set_uints(
			op->arena, i, CIM_ResourcePool_p_OperationalStatus, &statuses[state], 1);
}

static void add_storage(struct cim_op *op, const struct hv_inv_pool *pool)
{
	const char *id = inventory_storage_pool(op->arena, pool->name);
	struct cim_instance *i = add_pool(op, id, pool->name, TYPE_LOGICAL_DISK, false);

	set_pool_status(op, i, pool->state);
	cim_set_str(op->arena, i, CIM_ResourcePool_p_ResourceSubType, pool->type);
	if (!pool->sized)
		return;
	set_capacity(op, i, pool->capacity, BYTES);
	set_consumed(op, i, pool->allocation, pool->capacity, BYTES);
}

static void add_all(struct cim_op *op, const struct hv_inventory *inv)
{
	add_host(op, &inv->host);
	for (size_t i = 0; i < inv->n_networks; i++)
		add_network(op, &inv->networks[i]);
	for (size_t i = 0; i < inv->n_pools; i++)
		add_storage(op, &inv->pools[i]);
}

/* One is found among all: there are few. */
void resource_pool_enumerate(struct cim_op *op)
{
	inventory_row(op, RESOURCE_POOL_WANT, NULL, add_all);
}

const char **resource_pool_ids(struct arena *a, const struct hv_inventory *inv, size_t *n)
{
	const char **ids = arena_array(a, 2 + inv->n_networks + inv->n_pools, sizeof *ids);

	*n = 0;
	ids[(*n)++] = POOL_PROCESSOR;
	ids[(*n)++] = POOL_MEMORY;
	for (size_t i = 0; i < inv->n_networks; i++)
		ids[(*n)++] = inventory_network_pool(a, inv->networks[i].name);
	for (size_t i = 0; i < inv->n_pools; i++)
		ids[(*n)++] = inventory_storage_pool(a, inv->pools[i].name);
	return ids;
}
