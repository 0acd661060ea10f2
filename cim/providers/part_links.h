/*
 * Associations inside a virtual system, and from its parts to the pools of the host: one row of a
 * table for each. Of one virtual system they are made without a look at the others.
 */
#ifndef VSMIGD_CIM_PROVIDERS_PART_LINKS_H
#define VSMIGD_CIM_PROVIDERS_PART_LINKS_H

#include "cim/cim.h"

/* For rows of any class that the table knows. */
void part_links_enumerate(struct cim_op *op);
void part_links_get(struct cim_op *op);
void part_links_involve(struct cim_op *op);

/* CIM_HostedResourcePool */
void hosted_pool_enumerate(struct cim_op *op);
void hosted_pool_involve(struct cim_op *op);

#endif
