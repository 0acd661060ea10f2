/* VSMIG_DestinationHost: the destinations known by name. */
#ifndef VSMIGD_CIM_PROVIDERS_DESTINATION_HOST_H
#define VSMIGD_CIM_PROVIDERS_DESTINATION_HOST_H

#include "cim/cim.h"

void destination_host_enumerate(struct cim_op *op);

#endif
