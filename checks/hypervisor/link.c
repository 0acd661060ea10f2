#include "checks/hypervisor/link.h"

#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool same(const struct sockaddr *a, const struct sockaddr *b)
{
	if (!a || a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return a->sa_family == AF_INET6 &&
	       memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		       &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

/* What an interface is told to be able to; 0 when it tells nothing. */
static uint64_t speed(int s, const char *name)
{
	struct ethtool_cmd cmd = { .cmd = ETHTOOL_GSET };
	struct ifreq request = { .ifr_data = (char *)&cmd };
	uint32_t mbit;

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (ioctl(s, SIOCETHTOOL, &request) < 0)
		return 0;
	mbit = ethtool_cmd_speed(&cmd);
	return mbit == (uint32_t)SPEED_UNKNOWN ? 0 : mbit;
}

/* The interface that has the address. */
static void owner(int s, const struct sockaddr *address, struct arena *a, struct link_facts *out)
{
	struct ifaddrs *all = NULL;

	out->why = "no interface has the address that is sent from";
	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *i = all; i && !out->name; i = i->ifa_next) {
		if (!same(i->ifa_addr, address))
			continue;
		out->name = arena_strdup(a, i->ifa_name);
		out->up = i->ifa_flags & IFF_RUNNING;
		out->mbit = speed(s, out->name);
	}
	freeifaddrs(all);
}

bool link_address(const char *text, struct sockaddr_storage *out, socklen_t *size)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *list = NULL;

	/* The port is any: without one there is no route to ask for. */
	if (getaddrinfo(text, "9", &hints, &list) != 0)
		return false;
	memcpy(out, list->ai_addr, list->ai_addrlen);
	*size = list->ai_addrlen;
	freeaddrinfo(list);
	return true;
}

void link_look(const struct sockaddr *to, unsigned size, struct arena *a, struct link_facts *out)
{
	struct sockaddr_storage own = { 0 };
	socklen_t len = sizeof own;
	/* To connect a datagram socket asks for the route, and sends nothing. */
	int s = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	out->why = "no route leads there";
	if (s < 0)
		return;
	if (connect(s, to, size) == 0 && getsockname(s, (struct sockaddr *)&own, &len) == 0)
		owner(s, (const struct sockaddr *)&own, a, out);
	close(s);
}
