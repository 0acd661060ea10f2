#include "cim/providers/system_settings.h"

#include <string.h>
#include <strings.h>

#include "cim/uri.h"

/* Values of the schema's maps. */
enum { STARTUP_NONE = 2, STARTUP_ALWAYS = 4, WANT = INVENTORY_PARTS | HV_WANT_NEXT };

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

static bool same_disk(const struct vm_disk *a, const struct vm_disk *b)
{
	return same(a->target, b->target) && same(a->device, b->device) && same(a->bus, b->bus) &&
	       same(a->type, b->type) && same(a->source, b->source) && a->readonly == b->readonly;
}

static bool same_nic(const struct vm_nic *a, const struct vm_nic *b)
{
	return same(a->mac, b->mac) && same(a->type, b->type) && same(a->model, b->model) &&
	       same(a->network, b->network) &&
	       (a->network != NULL || (same(a->bridge, b->bridge) && same(a->dev, b->dev)));
}

static bool same_devices(const struct vm_config *a, const struct vm_config *b)
{
	if (a->n_disks != b->n_disks || a->n_nics != b->n_nics || a->n_hostdevs != b->n_hostdevs ||
		a->n_memdevs != b->n_memdevs || a->n_chardevs != b->n_chardevs ||
		a->n_devices != b->n_devices)
		return false;
	for (size_t i = 0; i < a->n_disks; i++)
		if (!same_disk(&a->disks[i], &b->disks[i]))
			return false;
	for (size_t i = 0; i < a->n_nics; i++)
		if (!same_nic(&a->nics[i], &b->nics[i]))
			return false;
	return true;
}

bool system_settings_next_differs(const struct hv_inv_vm *vm)
{
	const struct vm_config *a = vm->config, *b = vm->next;

	return a != NULL && b != NULL &&
	       !(same(a->name, b->name) && same(a->title, b->title) && same(a->virt, b->virt) &&
		       a->memory_kib == b->memory_kib && a->vcpus == b->vcpus &&
		       a->vcpus_current == b->vcpus_current && same_devices(a, b));
}

static void add_settings(
	struct cim_op *op, const struct hv_inv_vm *vm, const struct vm_config *c, const char *id)
{
	struct arena *a = op->arena;
	struct cim_instance *i =
		cim_instance_new(a, &cim_class_CIM_VirtualSystemSettingData, CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_VirtualSystemSettingData_p_InstanceID, id);
	cim_set_str(a, i, CIM_VirtualSystemSettingData_p_ElementName,
		c->name != NULL ? c->name : vm->vm.name);
	cim_set_str(a, i, CIM_VirtualSystemSettingData_p_Description, c->title);
	cim_set_str(a, i, CIM_VirtualSystemSettingData_p_VirtualSystemIdentifier, vm->vm.uuid);
	cim_set_str(a, i, CIM_VirtualSystemSettingData_p_VirtualSystemType, c->virt);
	cim_set_uint(a, i, CIM_VirtualSystemSettingData_p_AutomaticStartupAction,
		vm->autostart ? STARTUP_ALWAYS : STARTUP_NONE);
	registry_add(op, i);
}

static void add_all(struct cim_op *op, const struct hv_inventory *inv)
{
	for (size_t i = 0; i < inv->n_vms; i++) {
		const struct hv_inv_vm *vm = &inv->vms[i];

		if (vm->config != NULL)
			add_settings(op, vm, vm->config, inventory_vm_id(op->arena, vm));
		if (system_settings_next_differs(vm))
			add_settings(op, vm, vm->next, inventory_next_id(op->arena, vm));
	}
}

void system_settings_enumerate(struct cim_op *op)
{
	inventory_row(op, WANT, NULL, add_all);
}

void system_settings_get(struct cim_op *op)
{
	inventory_row(op, WANT, inventory_ref_uuid(op), add_all);
}
