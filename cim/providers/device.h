/* The devices of virtual systems: CIM_Processor, CIM_Memory, CIM_LogicalDisk, CIM_EthernetPort. */
#ifndef VSMIGD_CIM_PROVIDERS_DEVICE_H
#define VSMIGD_CIM_PROVIDERS_DEVICE_H

#include "cim/providers/inventory.h"

/* Of the row's class: one function for the rows of all four. */
void device_enumerate(struct cim_op *op);
void device_get(struct cim_op *op);

/* What a part is as devices: their class (NULL: CIM has none for it), how many, and the DeviceID
 * of each in the arena. */
const struct cim_class *device_class(enum part_kind kind);
size_t device_count(const struct hv_inv_vm *vm, const struct part *part);
const struct cim_instance *device_instance(
	struct arena *a, const struct hv_inv_vm *vm, const struct part *part, size_t n);
const char *device_id(struct arena *a, const struct part *part, size_t n);

#endif
