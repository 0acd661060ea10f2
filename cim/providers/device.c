#include "cim/providers/device.h"

#include <ctype.h>
#include <string.h>

#include "cim/uri.h"

/* Values of the schema's maps. */
enum {
	NOT_APPLICABLE = 12,
	CPU_ENABLED = 1,
	LINK_ETHERNET = 2,
	READ_WRITE = 3,
	NAME_OTHER = 1,
	KIB = 1024,
	WANT = INVENTORY_PARTS | HV_WANT_SIZES,
};

#define PROP(i, name)                                                                              \
	cim_index_in((i)->class, &cim_class_CIM_LogicalDevice, CIM_LogicalDevice_p_##name)

/* One device while it is made. */
struct making {
	struct arena *a;
	struct cim_instance *i;
	const struct hv_inv_vm *vm;
	const struct part *part;
};

static void make_processor(struct making *m)
{
	cim_set_uint(m->a, m->i, CIM_Processor_p_NumberOfEnabledCores, 1);
	if (m->vm->active)
		cim_set_uint(m->a, m->i, CIM_Processor_p_CPUStatus, CPU_ENABLED);
}

static void make_memory(struct making *m)
{
	const struct vm_config *c = m->vm->config;

	cim_set_bool(m->a, m->i, CIM_Memory_p_Volatile, true);
	cim_set_uint(m->a, m->i, CIM_Memory_p_Access, READ_WRITE);
	cim_set_uint(m->a, m->i, CIM_Memory_p_BlockSize, KIB);
	cim_set_uint(m->a, m->i, CIM_Memory_p_NumberOfBlocks, c->memory_kib);
	cim_set_uint(m->a, m->i, CIM_Memory_p_ConsumableBlocks, c->current_kib);
}

/* libvirt's target tells the disks of a guest apart; it need not be their name in the guest. */
static void make_disk(struct making *m)
{
	const struct vm_disk *d = &m->vm->config->disks[m->part->i];
	uint64_t bytes = m->vm->disk_bytes != NULL ? m->vm->disk_bytes[m->part->i] : 0;

	cim_set_str(m->a, m->i, CIM_LogicalDisk_p_Name, d->target);
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_NameFormat, NAME_OTHER);
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_NameNamespace, NAME_OTHER);
	cim_set_str(m->a, m->i, CIM_LogicalDisk_p_Caption, d->device);
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_Access, inventory_access(d));
	if (bytes == 0)
		return;
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_BlockSize, 1);
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_NumberOfBlocks, bytes);
	cim_set_uint(m->a, m->i, CIM_LogicalDisk_p_ConsumableBlocks, bytes);
}

/* Twelve hexadecimal digits, as the schema asks. */
static const char *plain_mac(struct arena *a, const char *mac)
{
	char *out = arena_strdup(a, mac), *to = out;

	for (const char *p = mac; *p != '\0'; p++)
		if (isxdigit((unsigned char)*p))
			*to++ = (char)toupper((unsigned char)*p);
	*to = '\0';
	return out;
}

static void make_port(struct making *m)
{
	const struct vm_nic *nic = &m->vm->config->nics[m->part->i];
	const char *mac;

	cim_set_uint(m->a, m->i, CIM_EthernetPort_p_LinkTechnology, LINK_ETHERNET);
	if (nic->mac == NULL)
		return;
	mac = plain_mac(m->a, nic->mac);
	cim_set_str(m->a, m->i, CIM_EthernetPort_p_PermanentAddress, mac);
	cim_set_strs(m->a, m->i, CIM_EthernetPort_p_NetworkAddresses, &mac, 1);
}

static const struct {
	const struct cim_class *class;
	void (*make)(struct making *m);
} kinds[PART_KIND_COUNT] = {
	[PART_MEMORY] = { &cim_class_CIM_Memory, make_memory },
	[PART_VCPU] = { &cim_class_CIM_Processor, make_processor },
	[PART_DISK] = { &cim_class_CIM_LogicalDisk, make_disk },
	[PART_NIC] = { &cim_class_CIM_EthernetPort, make_port },
};

const struct cim_class *device_class(enum part_kind kind)
{
	return kinds[kind].class;
}

size_t device_count(const struct hv_inv_vm *vm, const struct part *part)
{
	if (kinds[part->kind].class == NULL)
		return 0;
	return part->kind == PART_VCPU ? vm->config->vcpus_current : 1;
}

const char *device_id(struct arena *a, const struct part *part, size_t n)
{
	return part->kind == PART_VCPU ? arena_printf(a, "%s%zu", part->name, n) : part->name;
}

const struct cim_instance *device_instance(
	struct arena *a, const struct hv_inv_vm *vm, const struct part *part, size_t n)
{
	const struct cim_class *c = kinds[part->kind].class;
	struct making m = { a, cim_instance_new(a, c, CIM_NS_DEFAULT), vm, part };
	const char *id = device_id(a, part, n);

	cim_set_str(a, m.i, PROP(m.i, SystemCreationClassName), "CIM_ComputerSystem");
	cim_set_str(a, m.i, PROP(m.i, SystemName), vm->vm.uuid);
	cim_set_str(a, m.i, PROP(m.i, CreationClassName), c->name);
	cim_set_str(a, m.i, PROP(m.i, DeviceID), id);
	cim_set_str(a, m.i, PROP(m.i, ElementName), id);
	cim_set_uint(a, m.i, PROP(m.i, EnabledState), inventory_enabled(vm));
	cim_set_uint(a, m.i, PROP(m.i, RequestedState), NOT_APPLICABLE);
	cim_set_uint(a, m.i, PROP(m.i, TransitioningToState), NOT_APPLICABLE);
	kinds[part->kind].make(&m);
	return m.i;
}

static void add_all(struct cim_op *op, const struct hv_inventory *inv)
{
	const struct cim_class *class = inventory_class(op);

	for (size_t v = 0; v < inv->n_vms; v++) {
		const struct hv_inv_vm *vm = &inv->vms[v];
		size_t n;
		const struct part *parts = inventory_parts(op->arena, vm, &n);

		for (size_t i = 0; i < n; i++)
			for (size_t d = 0; kinds[parts[i].kind].class == class &&
					   d < device_count(vm, &parts[i]);
				d++)
				registry_add(op, device_instance(op->arena, vm, &parts[i], d));
	}
}

/* Only disks have sizes to ask for. */
static unsigned want(const struct cim_op *op)
{
	return inventory_class(op) == &cim_class_CIM_LogicalDisk ? WANT : INVENTORY_PARTS;
}

void device_enumerate(struct cim_op *op)
{
	inventory_row(op, want(op), NULL, add_all);
}

void device_get(struct cim_op *op)
{
	const struct cim_key *system = cim_ref_key(op->ref, "SystemName");

	inventory_row(
		op, want(op), system != NULL && system->text != NULL ? system->text : "", add_all);
}
