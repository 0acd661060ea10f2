/* What the migration service can do, its default settings, and the association between. */
#ifndef VSMIGD_CIM_PROVIDERS_CAPABILITIES_H
#define VSMIGD_CIM_PROVIDERS_CAPABILITIES_H

#include "cim/cim.h"

void capabilities_enumerate(struct cim_op *op);
void default_settings_enumerate(struct cim_op *op);
void element_capabilities_enumerate(struct cim_op *op);

#endif
