/* What the migration service can do, and its default settings. */
#ifndef VSMIGD_CIM_PROVIDERS_CAPABILITIES_H
#define VSMIGD_CIM_PROVIDERS_CAPABILITIES_H

#include "cim/cim.h"

void capabilities_enumerate(struct cim_op *op);
void default_settings_enumerate(struct cim_op *op);
const struct cim_instance *capabilities_instance(struct cim_op *op);
const struct cim_instance *default_settings_instance(struct cim_op *op);

#endif
