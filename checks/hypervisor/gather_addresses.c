/* The addresses that the destination's name stands for. */
#include "checks/hypervisor/open.h"
#include "checks/hypervisor/side.h"

#include <netdb.h>
#include <sys/socket.h>

/* Asked of the resolver only when the caller named addresses to send the data to. */
void gather_addresses(struct side *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	struct open_target target;
	const char **found = NULL;
	char text[NI_MAXHOST];

	if (!s->f->settings || s->f->settings->n_addresses == 0 || !open_parse(s->uri, &target) ||
		!target.host[0] || getaddrinfo(target.host, NULL, &hints, &list) != 0)
		return;
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof text, NULL, 0,
			    NI_NUMERICHOST) == 0)
			*ARENA_PUSH(s->arena, found, s->host->n_addresses) =
				arena_strdup(s->arena, text);
	freeaddrinfo(list);
	s->host->addresses = found;
}
