/* CIM_VirtualSystemSettingData: what each virtual system is, its resources excepted. */
#ifndef VSMIGD_CIM_PROVIDERS_SYSTEM_SETTINGS_H
#define VSMIGD_CIM_PROVIDERS_SYSTEM_SETTINGS_H

#include "cim/providers/inventory.h"

void system_settings_enumerate(struct cim_op *op);
void system_settings_get(struct cim_op *op);

/* Whether a virtual system that is started anew would be another than the one that runs: what
 * settings say of it is compared, no more. */
bool system_settings_next_differs(const struct hv_inv_vm *vm);

#endif
