#include "cim/providers/part_links.h"

#include <string.h>
#include <strings.h>

#include "cim/providers/device.h"
#include "cim/providers/links.h"
#include "cim/providers/resource_pool.h"
#include "cim/providers/resource_settings.h"
#include "cim/providers/system.h"
#include "cim/providers/system_settings.h"
#include "cim/uri.h"

/* What all rows ask for, so that a walk over several of them gathers once. */
enum { WANT = INVENTORY_PARTS | HV_WANT_NEXT | HV_WANT_SIZES | HV_WANT_NETWORKS };

/* Values of CIM_ElementSettingData. */
enum { YES = 1, NO = 2 };

enum end { VM, SETTINGS, NEXT, PART, DEVICE, POOL };

/* A place in a virtual system: the whole, a part of it, one of the devices that the part is. */
struct place {
	const struct hv_inv_vm *vm;
	const struct part *part;
	size_t device;
};

static const struct cim_ref *make_ref(
	struct arena *a, const char *class, const struct cim_key *keys, size_t n)
{
	struct cim_key *copy = arena_array(a, n, sizeof *copy);
	struct cim_ref *r = arena_alloc(a, sizeof *r);

	memcpy(copy, keys, n * sizeof *keys);
	*r = (struct cim_ref){
		.class_name = class, .ns = CIM_NS_DEFAULT, .keys = copy, .n_keys = n
	};
	return r;
}

static const struct cim_ref *by_id(struct arena *a, const char *class, const char *id)
{
	return make_ref(a, class, (const struct cim_key[]){ { "InstanceID", id, NULL } }, 1);
}

static const struct cim_ref *vm_ref(struct arena *a, const struct place *p)
{
	const struct cim_key keys[] = {
		{ "CreationClassName", "CIM_ComputerSystem", NULL },
		{ "Name", p->vm->vm.uuid, NULL },
	};

	return make_ref(a, "CIM_ComputerSystem", keys, ARRAY_LEN(keys));
}

static const struct cim_ref *settings_ref(struct arena *a, const struct place *p)
{
	return by_id(a, "CIM_VirtualSystemSettingData", inventory_vm_id(a, p->vm));
}

static const struct cim_ref *next_ref(struct arena *a, const struct place *p)
{
	return by_id(a, "CIM_VirtualSystemSettingData", inventory_next_id(a, p->vm));
}

static const struct cim_ref *part_ref(struct arena *a, const struct place *p)
{
	return by_id(a, resource_settings_class(p->part->kind)->name,
		inventory_part_id(a, p->vm, p->part->name));
}

static const struct cim_ref *device_ref(struct arena *a, const struct place *p)
{
	const char *class = device_class(p->part->kind)->name;
	const struct cim_key keys[] = {
		{ "CreationClassName", class, NULL },
		{ "DeviceID", device_id(a, p->part, p->device), NULL },
		{ "SystemCreationClassName", "CIM_ComputerSystem", NULL },
		{ "SystemName", p->vm->vm.uuid, NULL },
	};

	return make_ref(a, class, keys, ARRAY_LEN(keys));
}

static const struct cim_ref *pool_ref(struct arena *a, const struct place *p)
{
	return by_id(a, "CIM_ResourcePool", p->part->pool);
}

static const struct cim_ref *(*const refs[])(struct arena *a, const struct place *p) = {
	[VM] = vm_ref,
	[SETTINGS] = settings_ref,
	[NEXT] = next_ref,
	[PART] = part_ref,
	[DEVICE] = device_ref,
	[POOL] = pool_ref,
};

/* The settings that a virtual system has now it has again, unless others are stored for its next
 * start, or none are. */
static void fill_current(struct arena *a, struct cim_instance *i, const struct hv_inv_vm *vm)
{
	bool again = vm->vm.persistent && !system_settings_next_differs(vm);

	cim_set_uint(a, i, CIM_ElementSettingData_p_IsCurrent, YES);
	cim_set_uint(a, i, CIM_ElementSettingData_p_IsNext, again ? YES : NO);
}

static void fill_next(struct arena *a, struct cim_instance *i, const struct hv_inv_vm *vm)
{
	(void)vm;
	cim_set_uint(a, i, CIM_ElementSettingData_p_IsCurrent, NO);
	cim_set_uint(a, i, CIM_ElementSettingData_p_IsNext, YES);
}

#define ENDS(name, one, two) &cim_class_CIM_##name, CIM_##name##_p_##one, CIM_##name##_p_##two

static const struct link {
	const struct cim_class *class;
	size_t first_property, second_property;
	enum end first, second;
	void (*fill)(struct arena *a, struct cim_instance *i, const struct hv_inv_vm *vm);
} links[] = {
	{ ENDS(SettingsDefineState, ManagedElement, SettingData), VM, SETTINGS, NULL },
	{ ENDS(SettingsDefineState, ManagedElement, SettingData), DEVICE, PART, NULL },
	{ ENDS(ElementSettingData, ManagedElement, SettingData), VM, SETTINGS, fill_current },
	{ ENDS(ElementSettingData, ManagedElement, SettingData), VM, NEXT, fill_next },
	{ ENDS(VirtualSystemSettingDataComponent, GroupComponent, PartComponent), SETTINGS, PART,
		NULL },
	{ ENDS(SystemDevice, GroupComponent, PartComponent), VM, DEVICE, NULL },
	{ ENDS(ResourceAllocationFromPool, Antecedent, Dependent), POOL, PART, NULL },
	{ ENDS(ElementAllocatedFromPool, Antecedent, Dependent), POOL, DEVICE, NULL },
};

static bool has(const struct link *l, enum end end)
{
	return l->first == end || l->second == end;
}

/* A far end that is at hand need not be fetched, each with a look of its own at its machine. */
static void know(struct cim_op *op, const struct link *l, const struct place *p)
{
	if (op->ends == NULL)
		return;
	if (has(l, DEVICE))
		registry_know(op, device_instance(op->arena, p->vm, p->part, p->device));
	if (has(l, PART))
		registry_know(op, resource_settings_instance(op->arena, p->vm, p->part));
}

static void add(struct cim_op *op, const struct link *l, const struct place *p)
{
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(a, l->class, CIM_NS_DEFAULT);

	cim_set_ref(a, i, l->first_property, refs[l->first](a, p));
	cim_set_ref(a, i, l->second_property, refs[l->second](a, p));
	if (l->fill != NULL)
		l->fill(a, i, p->vm);
	know(op, l, p);
	registry_add(op, i);
}

/* A configuration may name a pool or a network that is not there. */
static bool pool_is_there(const struct hv_inventory *inv, const struct part *part)
{
	const char *name = part->pool != NULL ? inventory_pool_name(part->pool) : NULL;

	if (name == NULL || part->kind == PART_MEMORY || part->kind == PART_VCPU)
		return name != NULL;
	for (size_t i = 0; part->kind == PART_NIC && i < inv->n_networks; i++)
		if (strcmp(inv->networks[i].name, name) == 0)
			return true;
	for (size_t i = 0; part->kind == PART_DISK && i < inv->n_pools; i++)
		if (strcmp(inv->pools[i].name, name) == 0)
			return true;
	return false;
}

static void add_parts(
	struct cim_op *op, const struct hv_inventory *inv, const struct link *l, struct place p)
{
	size_t n;
	const struct part *parts = inventory_parts(op->arena, p.vm, &n);

	for (size_t i = 0; i < n; i++) {
		size_t devices = has(l, DEVICE) ? device_count(p.vm, &parts[i]) : 1;

		if (has(l, POOL) && !pool_is_there(inv, &parts[i]))
			continue;
		p.part = &parts[i];
		for (p.device = 0; p.device < devices; p.device++)
			add(op, l, &p);
	}
}

static void add_all(struct cim_op *op, const struct hv_inventory *inv)
{
	const struct cim_class *class = inventory_class(op);

	for (size_t v = 0; v < inv->n_vms; v++) {
		const struct place p = { .vm = &inv->vms[v] };

		for (size_t k = 0; k < ARRAY_LEN(links) && p.vm->config != NULL; k++) {
			const struct link *l = &links[k];

			if (l->class != class ||
				(has(l, NEXT) && !system_settings_next_differs(p.vm)))
				continue;
			if (has(l, PART) || has(l, DEVICE))
				add_parts(op, inv, l, p);
			else
				add(op, l, &p);
		}
	}
}

/* The UUID of the virtual system that a reference is about; "": of none; NULL: of a pool, which
 * may have to do with all. */
static const char *uuid_of(const struct cim_op *op, const struct cim_ref *r)
{
	const struct cim_key *id = cim_ref_key(r, "InstanceID");
	const struct cim_key *name = cim_ref_key(r, "SystemName");

	if (id != NULL && id->text != NULL)
		return strcasecmp(r->class_name, "CIM_ResourcePool") == 0
			       ? NULL
			       : inventory_uuid(op->arena, id->text);
	if (name == NULL)
		name = cim_ref_key(r, "Name");
	if (name == NULL || name->text == NULL ||
		strcasecmp(name->text, hv_host_name(op->cim->hv)) == 0)
		return "";
	return name->text;
}

static void ask(struct cim_op *op, const char *uuid)
{
	links_single(op);
	inventory_row(op, WANT, uuid, add_all);
}

void part_links_enumerate(struct cim_op *op)
{
	ask(op, NULL);
}

/* Both ends are about one virtual system, or the other is a pool. */
void part_links_get(struct cim_op *op)
{
	const char *uuid = NULL;

	for (size_t i = 0; i < op->ref->n_keys && (uuid == NULL || *uuid == '\0'); i++)
		if (op->ref->keys[i].ref != NULL)
			uuid = uuid_of(op, op->ref->keys[i].ref);
	ask(op, uuid != NULL ? uuid : "");
}

void part_links_involve(struct cim_op *op)
{
	ask(op, uuid_of(op, cim_ref_of(op->arena, op->object)));
}

static void add_pools(struct cim_op *op, const struct hv_inventory *inv)
{
	struct arena *a = op->arena;
	const struct cim_ref *host = cim_ref_of(a, system_host(op));
	size_t n;
	const char **ids = resource_pool_ids(a, inv, &n);

	for (size_t k = 0; k < n; k++) {
		struct cim_instance *i =
			cim_instance_new(a, &cim_class_CIM_HostedResourcePool, CIM_NS_DEFAULT);

		cim_set_ref(a, i, CIM_HostedResourcePool_p_GroupComponent, host);
		cim_set_ref(a, i, CIM_HostedResourcePool_p_PartComponent,
			by_id(a, "CIM_ResourcePool", ids[k]));
		registry_add(op, i);
	}
}

void hosted_pool_enumerate(struct cim_op *op)
{
	inventory_row(op, RESOURCE_POOL_WANT, NULL, add_pools);
}

/* A system that is not the host has no pools. */
void hosted_pool_involve(struct cim_op *op)
{
	const struct cim_ref *object = cim_ref_of(op->arena, op->object);

	if (cim_class_is(op->object->class, &cim_class_CIM_ComputerSystem) &&
		*uuid_of(op, object) != '\0')
		registry_done(op);
	else
		hosted_pool_enumerate(op);
}
