#include "checks/hypervisor/link.h"

#include <errno.h>
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

const char *link_owner(const struct sockaddr_storage *address, struct arena *a)
{
	struct ifaddrs *all = NULL;
	const char *name = NULL;

	if (getifaddrs(&all) < 0)
		return NULL;
	for (const struct ifaddrs *i = all; i && !name; i = i->ifa_next)
		if (same(i->ifa_addr, (const struct sockaddr *)address))
			name = arena_strdup(a, i->ifa_name);
	freeifaddrs(all);
	return name;
}

bool link_state(struct link_facts *out)
{
	struct ifreq request = { 0 };
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool known;

	if (s < 0)
		return false;
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", out->name);
	known = ioctl(s, SIOCGIFFLAGS, &request) == 0;
	out->up = known && (request.ifr_flags & IFF_RUNNING);
	out->mbit = known ? speed(s, out->name) : 0;
	close(s);
	return known;
}

enum tri link_route(const struct sockaddr *to, unsigned size, struct sockaddr_storage *from)
{
	socklen_t len = sizeof *from;
	/* To connect a datagram socket asks for the route, and sends nothing. */
	int s = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found;

	if (s < 0)
		return errno == EAFNOSUPPORT ? TRI_NO : TRI_UNKNOWN;
	memset(from, 0, sizeof *from);
	found = connect(s, to, size) == 0 && getsockname(s, (struct sockaddr *)from, &len) == 0;
	close(s);
	return found ? TRI_YES : TRI_NO;
}
