/*
 * The network interface of this host by which something is reached, as the kernel tells: libvirt
 * shows neither routes nor addresses of a host.
 */
#ifndef VSMIGD_HV_LINK_H
#define VSMIGD_HV_LINK_H

#include "checks/facts.h"

struct sockaddr;

/* Sets name, or why; up and mbit. Sends nothing. Text is static or in the arena. */
void link_look(const struct sockaddr *to, unsigned size, struct arena *a, struct link_facts *out);

#endif
