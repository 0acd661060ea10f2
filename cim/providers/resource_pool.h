/* CIM_ResourcePool: what the host has to give to virtual systems. */
#ifndef VSMIGD_CIM_PROVIDERS_RESOURCE_POOL_H
#define VSMIGD_CIM_PROVIDERS_RESOURCE_POOL_H

#include "cim/providers/inventory.h"

void resource_pool_enumerate(struct cim_op *op);

#endif
