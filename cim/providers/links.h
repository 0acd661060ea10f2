/*
 * Associations between what there is one of (the host, the services, their capabilities and
 * settings, the profiles), and from these to every virtual system: one row of a table for each.
 */
#ifndef VSMIGD_CIM_PROVIDERS_LINKS_H
#define VSMIGD_CIM_PROVIDERS_LINKS_H

#include "cim/cim.h"

/* For rows of any class that the table knows. */
void links_enumerate(struct cim_op *op);
void links_involve(struct cim_op *op);
/* Adds those of the row's class in which no virtual system is, and ends nothing. */
void links_single(struct cim_op *op);

#endif
