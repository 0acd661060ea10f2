/*
 * What the providers of the model share: the inventory that they make instances of, and how what
 * is in it is named.
 *
 * A virtual system is its configuration and its parts. A part is memory, the processors, a disk,
 * an interface, or another device that libvirt has named; it is the settings of a resource and,
 * where CIM has a class for it, one or more devices.
 */
#ifndef VSMIGD_CIM_PROVIDERS_INVENTORY_H
#define VSMIGD_CIM_PROVIDERS_INVENTORY_H

#include "checks/hypervisor/hv_inventory.h"
#include "cim/registry.h"

/* Virtual systems with their parts, and which pool each is from. */
#define INVENTORY_PARTS (HV_WANT_VMS | HV_WANT_CONFIG | HV_WANT_POOLS)

/*
 * Gathers what is wanted, of all virtual systems or of the one whose UUID is `only` ("" is none's),
 * unless a row before this one has; then calls `add`, which adds instances and ends nothing. On failure the
 * row ends with the error.
 */
void inventory_row(struct cim_op *op, unsigned want, const char *only,
	void (*add)(struct cim_op *op, const struct hv_inventory *i));

/* The class of the row that is being asked. */
const struct cim_class *inventory_class(const struct cim_op *op);

/*
 * The UUID of the virtual system that an InstanceID is about, "vsmigd:UUID...", in the arena;
 * "" when it is about none, which selects nothing.
 */
const char *inventory_uuid(struct arena *a, const char *instance_id);
/* The same of the InstanceID in op->ref. */
const char *inventory_ref_uuid(const struct cim_op *op);

enum part_kind { PART_MEMORY, PART_VCPU, PART_DISK, PART_NIC, PART_OTHER, PART_KIND_COUNT };

struct part {
	enum part_kind kind;
	size_t i; /* of config's disks or nics; for device_other */
	const char *name; /* DEVICE of "vsmigd:UUID:DEVICE" */
	const char *pool; /* the InstanceID of the pool it is from; NULL: none is known */
};

/* The parts of a virtual system; none when its configuration is not known. */
struct part *inventory_parts(struct arena *a, const struct hv_inv_vm *vm, size_t *n);

/* "vsmigd:UUID:DEVICE", "vsmigd:UUID", "vsmigd:UUID:persistent" */
const char *inventory_part_id(struct arena *a, const struct hv_inv_vm *vm, const char *name);
const char *inventory_vm_id(struct arena *a, const struct hv_inv_vm *vm);
const char *inventory_next_id(struct arena *a, const struct hv_inv_vm *vm);

/* InstanceIDs of pools. */
#define POOL_PROCESSOR "vsmigd:pool:processor:0"
#define POOL_MEMORY "vsmigd:pool:memory:0"
const char *inventory_network_pool(struct arena *a, const char *network);
const char *inventory_storage_pool(struct arena *a, const char *pool);
/* What libvirt calls the pool of such an InstanceID. */
const char *inventory_pool_name(const char *id);

/* CIM_EnabledLogicalElement.EnabledState of what a virtual system is made of: there is no device
 * without a machine that runs. */
uint64_t inventory_enabled(const struct hv_inv_vm *vm);
/* 1 or 3: StorageExtent.Access, StorageAllocationSettingData.Access. */
uint64_t inventory_access(const struct vm_disk *disk);

#endif
