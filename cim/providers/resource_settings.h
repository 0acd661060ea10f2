/*
 * CIM_ResourceAllocationSettingData and its kinds: the configuration of each part of a virtual
 * system, such that it can be sent back as NewResourceSettingData, as it is or changed.
 */
#ifndef VSMIGD_CIM_PROVIDERS_RESOURCE_SETTINGS_H
#define VSMIGD_CIM_PROVIDERS_RESOURCE_SETTINGS_H

#include "cim/providers/inventory.h"

/* Of the row's class: one function for the rows of all four. */
void resource_settings_enumerate(struct cim_op *op);
void resource_settings_get(struct cim_op *op);

/* The settings of one part. */
const struct cim_instance *resource_settings_instance(
	struct arena *a, const struct hv_inv_vm *vm, const struct part *part);
/* Their class. */
const struct cim_class *resource_settings_class(enum part_kind kind);

#endif
