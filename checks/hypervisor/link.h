/*
 * The network interface of this host by which something is reached, as the kernel tells: libvirt
 * shows neither routes nor addresses of a host.
 */
#ifndef VSMIGD_HV_LINK_H
#define VSMIGD_HV_LINK_H

#include "checks/facts.h"

#include <sys/socket.h>

/* Sets name, or why; up and mbit. Sends nothing. Text is static or in the arena. */
void link_look(const struct sockaddr *to, unsigned size, struct arena *a, struct link_facts *out);
/*
 * An address as text. False for anything else: what a client gives for an address is not looked up
 * as a name, for whoever asks could have this host wait for name servers of his.
 */
bool link_address(const char *text, struct sockaddr_storage *out, socklen_t *size);

#endif
