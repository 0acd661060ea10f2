/*
 * The network interface of this host by which something is reached, as the kernel tells: libvirt
 * shows neither routes nor addresses of a host.
 */
#ifndef VSMIGD_HV_LINK_H
#define VSMIGD_HV_LINK_H

#include "checks/facts.h"

#include <sys/socket.h>

/* The address that is sent from to get there. NO: no route leads there. Sends nothing. */
enum tri link_route(const struct sockaddr *to, unsigned size, struct sockaddr_storage *from);
/* The interface that has the address, in the arena; NULL: none has it. Lists all interfaces. */
const char *link_owner(const struct sockaddr_storage *address, struct arena *a);
/* Sets up and mbit of out->name; false: there is no such interface. */
bool link_state(struct link_facts *out);
/*
 * An address as text. False for anything else: what a client gives for an address is not looked up
 * as a name, for whoever asks could have this host wait for name servers of his.
 */
bool link_address(const char *text, struct sockaddr_storage *out, socklen_t *size);

#endif
