/* CIM_ComputerSystem: the host, and every virtual system on it as libvirt lists them. */
#ifndef VSMIGD_CIM_PROVIDERS_SYSTEM_H
#define VSMIGD_CIM_PROVIDERS_SYSTEM_H

#include "cim/cim.h"

void system_enumerate(struct cim_op *op);
/* One look-up by the key Name. */
void system_get(struct cim_op *op);

#endif
