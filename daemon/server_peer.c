#include "daemon/server_impl.h"
#include "daemon/base/digest.h"
#include "daemon/base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Few connections share a slot at the usual caps; the lists do the rest. */
enum { SLOTS = 1024 };

struct peer {
	struct peer *next;
	uint64_t key;
	unsigned conns;
};

struct peers {
	pthread_mutex_t lock;
	size_t conns;
	uint64_t seed;
	struct peer *slots[SLOTS];
};

struct peers *server_peer_new(void)
{
	struct peers *p = mem_calloc(1, sizeof *p);

	pthread_mutex_init(&p->lock, NULL);
	digest_random(&p->seed, sizeof p->seed);
	return p;
}

void server_peer_free(struct peers *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		while (p->slots[i]) {
			struct peer *next = p->slots[i]->next;

			free(p->slots[i]);
			p->slots[i] = next;
		}
	}
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/*
 * One IPv4 address, or one IPv6 network of 64 bits, since that is what one customer gets. No
 * public IPv6 network begins with the zeros of a mapped IPv4 address.
 */
static uint64_t key_of(const struct in6_addr *from)
{
	uint64_t key;

	memcpy(&key, from->s6_addr + (IN6_IS_ADDR_V4MAPPED(from) ? 8 : 0), sizeof key);
	return key;
}

/* Where the pointer to the peer with this key is, or would be. */
static struct peer **find(struct peers *p, uint64_t key)
{
	/* Spreads well and is not for clients to foresee; see Fibonacci hashing. */
	uint64_t hash = (key ^ p->seed) * UINT64_C(0x9e3779b97f4a7c15);
	struct peer **at = &p->slots[(hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> 54];

	while (*at && (*at)->key != key)
		at = &(*at)->next;
	return at;
}

bool server_peer_admit(struct peers *p, const struct in6_addr *from, const struct server_limits *l)
{
	uint64_t key = key_of(from);
	struct peer **at;
	bool ok;

	pthread_mutex_lock(&p->lock);
	at = find(p, key);
	ok = p->conns < l->connections && (*at ? (*at)->conns : 0) < l->connections_per_address;
	if (ok) {
		if (!*at) {
			*at = mem_calloc(1, sizeof **at);
			(*at)->key = key;
		}
		(*at)->conns++;
		p->conns++;
	}
	pthread_mutex_unlock(&p->lock);
	return ok;
}

void server_peer_leave(struct peers *p, const struct in6_addr *from)
{
	struct peer **at, *peer;

	pthread_mutex_lock(&p->lock);
	at = find(p, key_of(from));
	peer = *at;
	p->conns--;
	if (--peer->conns == 0) {
		*at = peer->next;
		free(peer);
	}
	pthread_mutex_unlock(&p->lock);
}
