#include "cim/providers/resource_settings.h"

#include <string.h>

#include "checks/apply_device.h"
#include "cim/uri.h"

/* Values of CIM_ResourceAllocationSettingData.ResourceType. */
enum {
	TYPE_OTHER = 1,
	TYPE_PROCESSOR = 3,
	TYPE_MEMORY = 4,
	TYPE_ETHERNET = 10,
	TYPE_DEVICE = 13,
	TYPE_FLOPPY = 14,
	TYPE_CD = 15,
	TYPE_SERIAL = 21,
	TYPE_PARALLEL = 22,
	TYPE_GRAPHICS = 24,
	TYPE_LOGICAL_DISK = 31,
};

#define BASE cim_class_CIM_ResourceAllocationSettingData
#define PROP(i, name) cim_index_in((i)->class, &BASE, CIM_ResourceAllocationSettingData_p_##name)

/* The settings of one part while they are made. */
struct making {
	struct arena *a;
	struct cim_instance *i;
	const struct hv_inv_vm *vm;
	const struct part *part;
};

static void set_type(struct making *m, uint64_t type)
{
	cim_set_uint(m->a, m->i, PROP(m->i, ResourceType), type);
}

static void set_quantity(struct making *m, uint64_t n, const char *units)
{
	cim_set_uint(m->a, m->i, PROP(m->i, VirtualQuantity), n);
	cim_set_str(m->a, m->i, PROP(m->i, AllocationUnits), units);
}

static void set_list(struct making *m, size_t prop, const char *one)
{
	if (one != NULL)
		cim_set_strs(m->a, m->i, prop, &one, 1);
}

static void make_memory(struct making *m)
{
	set_type(m, TYPE_MEMORY);
	set_quantity(m, m->vm->config->memory_kib, "byte * 2^10");
	cim_set_str(m->a, m->i, PROP(m->i, PoolID), m->part->pool);
}

static void make_vcpu(struct making *m)
{
	set_type(m, TYPE_PROCESSOR);
	set_quantity(m, m->vm->config->vcpus_current, "count");
	cim_set_str(m->a, m->i, PROP(m->i, PoolID), m->part->pool);
}

static uint64_t disk_type(const struct vm_disk *d)
{
	if (strcmp(d->device, "cdrom") == 0)
		return TYPE_CD;
	return strcmp(d->device, "floppy") == 0 ? TYPE_FLOPPY : TYPE_LOGICAL_DISK;
}

/* A disk that names its pool is from there whatever its path; of the others the pool is found by
 * the path, and would have to be changed with it. */
static void make_disk(struct making *m)
{
	const struct vm_disk *d = &m->vm->config->disks[m->part->i];

	set_type(m, disk_type(d));
	set_list(m, PROP(m->i, HostResource), d->source);
	cim_set_str(m->a, m->i, PROP(m->i, AddressOnParent), d->target);
	cim_set_uint(m->a, m->i, CIM_StorageAllocationSettingData_p_Access, inventory_access(d));
	if (d->pool != NULL)
		cim_set_str(m->a, m->i, PROP(m->i, PoolID), m->part->pool);
}

static const char *connection_of(const struct vm_nic *nic)
{
	if (nic->type == NULL)
		return NULL;
	if (strcmp(nic->type, "network") == 0)
		return nic->network;
	if (strcmp(nic->type, "bridge") == 0)
		return nic->bridge;
	return strcmp(nic->type, "direct") == 0 ? nic->dev : NULL;
}

static void make_nic(struct making *m)
{
	const struct vm_nic *nic = &m->vm->config->nics[m->part->i];

	set_type(m, TYPE_ETHERNET);
	set_quantity(m, 1, "count");
	cim_set_str(m->a, m->i, PROP(m->i, ResourceSubType), nic->model);
	cim_set_str(m->a, m->i, PROP(m->i, Address), nic->mac);
	cim_set_str(m->a, m->i, PROP(m->i, PoolID), m->part->pool);
	set_list(m, PROP(m->i, Connection), connection_of(nic));
}

static uint64_t other_type(const char *kind)
{
	static const struct {
		const char *kind;
		uint64_t type;
	} rows[] = {
		{ "hostdev", TYPE_DEVICE },
		{ "serial", TYPE_SERIAL },
		{ "parallel", TYPE_PARALLEL },
		{ "memory", TYPE_MEMORY },
		{ "video", TYPE_GRAPHICS },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].kind, kind) == 0)
			return rows[i].type;
	return TYPE_OTHER;
}

static void make_other(struct making *m)
{
	struct device_other d;
	uint64_t type;

	if (!device_other(m->vm->config, m->part->i, &d))
		return;
	type = other_type(d.kind);
	set_type(m, type);
	if (type == TYPE_OTHER)
		cim_set_str(m->a, m->i, PROP(m->i, OtherResourceType), d.kind);
	cim_set_str(m->a, m->i, PROP(m->i, ResourceSubType), d.model);
	set_quantity(m, 1, "count");
	set_list(m, PROP(m->i, HostResource), d.address);
}

static const struct kind {
	const struct cim_class *class;
	void (*make)(struct making *m);
} kinds[] = {
	[PART_MEMORY] = { &BASE, make_memory },
	[PART_VCPU] = { &cim_class_CIM_ProcessorAllocationSettingData, make_vcpu },
	[PART_DISK] = { &cim_class_CIM_StorageAllocationSettingData, make_disk },
	[PART_NIC] = { &cim_class_CIM_EthernetPortAllocationSettingData, make_nic },
	[PART_OTHER] = { &BASE, make_other },
};
_Static_assert(ARRAY_LEN(kinds) == PART_KIND_COUNT, "a kind of part without settings");

const struct cim_class *resource_settings_class(enum part_kind kind)
{
	return kinds[kind].class;
}

const struct cim_instance *resource_settings_instance(
	struct arena *a, const struct hv_inv_vm *vm, const struct part *part)
{
	const struct cim_class *c = kinds[part->kind].class;
	struct making m = { a, cim_instance_new(a, c, CIM_NS_DEFAULT), vm, part };

	cim_set_str(a, m.i, PROP(m.i, InstanceID), inventory_part_id(a, vm, part->name));
	cim_set_str(a, m.i, PROP(m.i, ElementName), part->name);
	kinds[part->kind].make(&m);
	return m.i;
}

static void add_all(struct cim_op *op, const struct hv_inventory *inv)
{
	const struct cim_class *class = inventory_class(op);

	for (size_t v = 0; v < inv->n_vms; v++) {
		size_t n;
		const struct part *parts = inventory_parts(op->arena, &inv->vms[v], &n);

		for (size_t i = 0; i < n; i++)
			if (kinds[parts[i].kind].class == class)
				registry_add(op, resource_settings_instance(
							 op->arena, &inv->vms[v], &parts[i]));
	}
}

void resource_settings_enumerate(struct cim_op *op)
{
	inventory_row(op, INVENTORY_PARTS, NULL, add_all);
}

void resource_settings_get(struct cim_op *op)
{
	inventory_row(op, INVENTORY_PARTS, inventory_ref_uuid(op), add_all);
}
