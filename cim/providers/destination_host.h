/* VSMIG_DestinationHost: the destinations known by name. */
#ifndef VSMIGD_CIM_PROVIDERS_DESTINATION_HOST_H
#define VSMIGD_CIM_PROVIDERS_DESTINATION_HOST_H

#include "cim/cim.h"

void destination_host_enumerate(struct cim_op *op);
/*
 * A libvirt URI as it may be shown, in the arena: without the user, who may come with a
 * password, and without parameters, which name key files and programs.
 */
const char *destination_host_public_uri(struct arena *a, const char *uri);

#endif
