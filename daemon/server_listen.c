#include "daemon/server_impl.h"
#include "daemon/base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often a free port is looked for that is free on all addresses. */
enum { PORT_TRIES = 32 };

void server_listen_peer(
	const struct sockaddr_storage *a, struct in6_addr *from, char *text, size_t room)
{
	char name[INET6_ADDRSTRLEN] = "?";

	memset(from, 0, sizeof *from);
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)a;

		from->s6_addr[10] = from->s6_addr[11] = 0xff;
		memcpy(from->s6_addr + 12, &in->sin_addr, 4);
		inet_ntop(AF_INET, &in->sin_addr, name, sizeof name);
		snprintf(text, room, "%s:%u", name, ntohs(in->sin_port));
	} else if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

		*from = in6->sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(from)) {
			inet_ntop(AF_INET, from->s6_addr + 12, name, sizeof name);
			snprintf(text, room, "%s:%u", name, ntohs(in6->sin6_port));
		} else {
			inet_ntop(AF_INET6, from, name, sizeof name);
			snprintf(text, room, "[%s]:%u", name, ntohs(in6->sin6_port));
		}
	} else {
		snprintf(text, room, "local");
	}
}

static int name_listener(struct listener *l, const char *what, struct err *e)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof a;
	struct in6_addr from;

	if (getsockname(l->fd, (struct sockaddr *)&a, &len) < 0)
		return err_set(e, ERR_IO, "%s has no address: %s", what, strerror(errno));
	server_listen_peer(&a, &from, l->name, sizeof l->name);
	return 0;
}

static unsigned port_of(const struct listener *l)
{
	return (unsigned)strtoul(strrchr(l->name, ':') + 1, NULL, 10);
}

static void add_listener(struct server *s, int fd)
{
	struct listener *l = &s->listeners[s->n_listeners++];

	l->source = SOURCE_LISTENER;
	l->fd = fd;
}

static int bind_error(const char *address, unsigned port, int why, struct err *e)
{
	const char *remedy = "see [listener] in the configuration";

	if (why == EADDRINUSE)
		remedy = "another program listens there (`ss -ltnp` names it)";
	else if (why == EACCES)
		remedy = "a port below 1024 needs CAP_NET_BIND_SERVICE";
	else if (why == EADDRNOTAVAIL)
		remedy = "no interface of this machine has this address";
	return err_set(e, ERR_IO, "cannot listen on %s port %u: %s; %s", address, port,
		strerror(why), remedy);
}

/* What is set on the listening socket is inherited by the connections. */
static int open_socket(const struct addrinfo *ai)
{
	const int on = 1;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
		(ai->ai_family != AF_INET6 ||
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
		bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

/* *why becomes the errno of the failure, 0 if it is none of the system's. */
static int listen_on(struct server *s, const char *address, unsigned port, int *why, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *ai;
	char service[16];
	int fd;

	*why = 0;
	snprintf(service, sizeof service, "%u", port);
	if (getaddrinfo(address, service, &hints, &ai) != 0)
		return err_set(e, ERR_CONFIG,
			"%s is not an IPv4 or IPv6 address; names of hosts and "
			"interfaces are not taken here",
			address);
	fd = open_socket(ai);
	*why = fd < 0 ? errno : 0;
	freeaddrinfo(ai);
	if (fd < 0)
		return bind_error(address, port, *why, e);
	add_listener(s, fd);
	return name_listener(&s->listeners[s->n_listeners - 1], address, e);
}

/* A kernel without IPv6 still serves the default, which names both. */
static bool family_missing(const char *address, int why)
{
	return why == EAFNOSUPPORT || (why == EADDRNOTAVAIL && strcmp(address, "::") == 0);
}

static int listen_on_all(struct server *s, const struct server_config *c, int *why, struct err *e)
{
	unsigned port = c->port;

	for (size_t i = 0; i < c->n_addresses; i++) {
		int r = listen_on(s, c->addresses[i], port, why, e);

		if (r < 0 && (c->n_addresses == 1 || !family_missing(c->addresses[i], *why)))
			return r;
		if (r == 0)
			port = port_of(&s->listeners[0]);
	}
	if (!s->n_listeners)
		return err_set(
			e, ERR_CONFIG, "there is no address to listen on; set [listener] address");
	return 0;
}

/* Our own copy: closing it ends our part, and the service manager keeps its socket. */
static int adopt(struct server *s, int given, struct err *e)
{
	int listening = 0, on = 1, fd, flags;
	socklen_t len = sizeof listening;

	if (getsockopt(given, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0 || !listening)
		return err_set(e, ERR_CONFIG,
			"file descriptor %d, handed over by the service manager, "
			"is not a listening stream socket",
			given);
	fd = fcntl(given, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return err_set(e, ERR_IO, "cannot copy socket %d: %s", given, strerror(errno));
	add_listener(s, fd);
	s->listeners[s->n_listeners - 1].adopted = true;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_set(e, ERR_IO, "cannot prepare socket %d: %s", given, strerror(errno));
	/* No effect on a local socket, which needs none. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return name_listener(&s->listeners[s->n_listeners - 1], "a socket handed over", e);
}

int server_listen_open(struct server *s, const struct server_config *c, struct err *e)
{
	int r = 0, why;

	s->listeners = mem_calloc(c->n_fds ? c->n_fds : c->n_addresses, sizeof *s->listeners);
	for (size_t i = 0; i < c->n_fds; i++) {
		r = adopt(s, c->fds[i], e);
		if (r < 0)
			return r;
	}
	if (c->n_fds)
		return 0;
	for (int i = 0; i < PORT_TRIES; i++) {
		r = listen_on_all(s, c, &why, e);
		if (r == 0 || c->port || why != EADDRINUSE)
			break;
		server_listen_close(s);
	}
	return r;
}

void server_listen_refuse(struct server *s)
{
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (!s->listeners[i].adopted)
			shutdown(s->listeners[i].fd, SHUT_RD);
	}
}

void server_listen_close(struct server *s)
{
	while (s->n_listeners)
		close(s->listeners[--s->n_listeners].fd);
}
