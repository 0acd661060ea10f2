/* Addresses of the destination, as far as anything tells: its name, and its own networks. */
#include "checks/hypervisor/link.h"
#include "checks/hypervisor/open.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void add(struct side *s, const char *address)
{
	const char **all = (const char **)s->host->addresses;

	if (!address)
		return;
	*ARENA_PUSH(s->arena, all, s->host->n_addresses) = arena_strdup(s->arena, address);
	s->host->addresses = all;
}

/* This service runs on the source, unless the source is named by a host of its own. */
static bool source_is_here(const struct side *s)
{
	struct open_target source;

	return open_parse(s->hv->source_uri, &source) && !source.host[0];
}

/* A name, or an address as text, looked up. */
struct resolved {
	enum tri known;
	struct sockaddr_storage first;
	socklen_t size;
};

/* Names are looked up once in some minutes. */
static const struct resolved *resolve(struct side *s, const char *name)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	const char *key =
		arena_printf(s->arena, "resolves %s %lld", name, side_period(s, EVENTS_AGE_MS));
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);
	struct resolved *res;
	int r;

	if (!b) {
		r = getaddrinfo(name, "9", &hints, &list);
		b = box_new();
		b->value = res = arena_alloc(b->arena, sizeof *res);
		res->known = r == 0 ? TRI_YES : r == EAI_NONAME ? TRI_NO : TRI_UNKNOWN;
		if (r == 0) {
			memcpy(&res->first, list->ai_addr, list->ai_addrlen);
			res->size = list->ai_addrlen;
			freeaddrinfo(list);
		}
		cache_put(conn_cache(s->conn), s->generation, key, b);
	}
	box_keep(s->arena, b);
	return b->value;
}

/* Which interface has an address is looked up once in a minute, and when that one is gone. */
enum { OWNER_AGE_MS = 60000 };

static const char *owner_key(struct side *s, const struct sockaddr_storage *address)
{
	char text[NI_MAXHOST];

	if (getnameinfo((const struct sockaddr *)address, sizeof *address, text, sizeof text, NULL,
		    0, NI_NUMERICHOST) != 0)
		return NULL;
	return arena_printf(s->arena, "owner %s %lld", text, side_period(s, OWNER_AGE_MS));
}

static bool kept_owner(struct side *s, const char *key, struct link_facts *link)
{
	struct box *b = key ? cache_get(conn_cache(s->conn), s->generation, key) : NULL;

	if (!b)
		return false;
	box_keep(s->arena, b);
	link->name = b->value;
	return link_state(link);
}

static void find_owner(
	struct side *s, const struct sockaddr_storage *address, struct link_facts *link)
{
	const char *key = owner_key(s, address);
	struct box *b;

	if (kept_owner(s, key, link))
		return;
	b = box_new();
	box_keep(s->arena, b);
	link->name = b->value = (char *)link_owner(address, b->arena);
	if (!link->name || !link_state(link))
		link->why = "no interface has the address that is sent from";
	else if (key)
		cache_put(conn_cache(s->conn), s->generation, key, b);
}

static void look_at_link(struct side *s, const struct resolved *to, struct link_facts *link)
{
	struct sockaddr_storage from;

	if (link_route((const struct sockaddr *)&to->first, to->size, &from) == TRI_YES)
		find_owner(s, &from, link);
	else
		link->why = "no route leads there";
}

/* Whether the source has a route to each of the addresses that were given. */
static void look_for_ways(struct side *s)
{
	const struct settings *set = s->f->settings;
	enum tri *ways = arena_array(s->arena, set->n_addresses, sizeof *ways);
	struct sockaddr_storage to, from;
	socklen_t size;

	for (size_t i = 0; i < set->n_addresses; i++)
		if (link_address(set->addresses[i], &to, &size))
			ways[i] = link_route((const struct sockaddr *)&to, size, &from);
	s->f->ways = ways;
}

/* The first address that was given and may do; when none does, the first. */
static const char *address_given(struct side *s)
{
	const struct settings *set = s->f->settings;
	size_t at;

	if (!set || !set->n_addresses)
		return NULL;
	look_for_ways(s);
	at = facts_data_address(s->f);
	return set->addresses[at < set->n_addresses ? at : 0];
}

/* What the source's QEMU will be told to connect to, and the interface that leads there. */
static void look_at_way(struct side *s)
{
	const char *name = s->host->name, *to;
	struct link_facts *link = &s->f->link;
	struct resolved given = { .known = TRI_NO };
	const struct resolved *r;

	if (side_is_test(s) || !name)
		return;
	if (!source_is_here(s)) {
		link->why = "this service does not run on the source host";
		return;
	}
	r = resolve(s, name);
	s->host->name_resolves = r->known;
	to = address_given(s);
	if (to) {
		if (link_address(to, &given.first, &given.size))
			given.known = TRI_YES;
		r = &given;
	}
	link->to = to ? to : name;
	link->why = r == &given ? "what is to be connected to is no address"
				: "the target's name does not resolve here";
	if (r->known == TRI_YES)
		look_at_link(s, r, link);
}

/* Asked of the resolver only when the caller named addresses to send the data to. */
static void look_up_target(struct side *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	struct open_target target;
	char text[NI_MAXHOST];

	if (!s->f->settings || s->f->settings->n_addresses == 0 || !open_parse(s->uri, &target) ||
		!target.host[0] || getaddrinfo(target.host, NULL, &hints, &list) != 0)
		return;
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof text, NULL, 0,
			    NI_NUMERICHOST) == 0)
			add(s, text);
	freeaddrinfo(list);
}

void gather_addresses(struct side *s)
{
	look_up_target(s);
	look_at_way(s);
}

struct networks {
	virNetworkPtr *items;
	int n;
};

static void networks_free(struct networks *l)
{
	for (int i = 0; i < l->n; i++)
		virNetworkFree(l->items[i]);
	free(l->items);
}

/* On an address of its own, not on every one or on loopback, which all hosts have. */
static bool listens_somewhere(const struct vm_config *config)
{
	for (size_t i = 0; i < config->n_graphics; i++) {
		const char *listen = config->graphics[i].listen;

		if (listen && strcmp(listen, "0.0.0.0") != 0 && listen[0] != ':' &&
			strncmp(listen, "127.", 4) != 0)
			return true;
	}
	return false;
}

static void add_network(struct side *s, virNetworkPtr net)
{
	struct vxml_network xml;
	struct err e;
	char *text;

	if (!side_more(s, "reading networks of the target host"))
		return;
	text = virNetworkGetXMLDesc(net, 0);
	if (text && vxml_network(text, s->arena, &xml, &e) == 0)
		for (size_t i = 0; i < xml.n_addresses; i++)
			add(s, xml.addresses[i]);
	free(text);
}

void gather_listen(struct side *s)
{
	__attribute__((cleanup(networks_free))) struct networks all = { 0 };

	if (!listens_somewhere(&s->f->config) ||
		!side_more(s, "listing networks of the target host"))
		return;
	all.n = virConnectListAllNetworks(s->v, &all.items, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
	if (all.n < 0)
		all.n = 0;
	for (int i = 0; i < all.n; i++)
		add_network(s, all.items[i]);
}
