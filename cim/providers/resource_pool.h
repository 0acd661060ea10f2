/* CIM_ResourcePool: what the host has to give to virtual systems. */
#ifndef VSMIGD_CIM_PROVIDERS_RESOURCE_POOL_H
#define VSMIGD_CIM_PROVIDERS_RESOURCE_POOL_H

#include "cim/providers/inventory.h"

/* What of an inventory the pools are made of. */
#define RESOURCE_POOL_WANT (HV_WANT_HOST | HV_WANT_POOLS | HV_WANT_NETWORKS)

void resource_pool_enumerate(struct cim_op *op);
/* The InstanceIDs of all pools. */
const char **resource_pool_ids(struct arena *a, const struct hv_inventory *inv, size_t *n);

#endif
