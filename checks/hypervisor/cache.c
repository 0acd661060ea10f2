#include "checks/hypervisor/cache.h"
#include "daemon/base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_SIZE = 64 };

struct cache {
	pthread_mutex_t lock;
	unsigned generation;
	int64_t began;
	size_t next; /* the slot to be used next, the oldest */
	struct slot {
		char *key;
		struct box *box;
	} slots[CACHE_SIZE];
};

struct box *box_new(void)
{
	struct box *b = mem_calloc(1, sizeof *b);

	b->refs = 1;
	b->arena = arena_new();
	return b;
}

struct box *box_ref(struct box *b)
{
	atomic_fetch_add(&b->refs, 1);
	return b;
}

void box_unref(void *box)
{
	struct box *b = box;

	if (!b || atomic_fetch_sub(&b->refs, 1) > 1)
		return;
	arena_free(b->arena);
	free(b);
}

void box_keep(struct arena *a, struct box *b)
{
	arena_defer(a, box_unref, b);
}

struct cache *cache_new(void)
{
	struct cache *c = mem_calloc(1, sizeof *c);

	pthread_mutex_init(&c->lock, NULL);
	return c;
}

static void empty(struct slot *s)
{
	free(s->key);
	box_unref(s->box);
	*s = (struct slot){ 0 };
}

static void empty_all(struct cache *c)
{
	for (size_t i = 0; i < CACHE_SIZE; i++)
		empty(&c->slots[i]);
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	empty_all(c);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void cache_begin(struct cache *c, unsigned generation)
{
	pthread_mutex_lock(&c->lock);
	empty_all(c);
	c->generation = generation;
	c->began = clock_ms();
	pthread_mutex_unlock(&c->lock);
}

int64_t cache_age(struct cache *c)
{
	int64_t began;

	pthread_mutex_lock(&c->lock);
	began = c->began;
	pthread_mutex_unlock(&c->lock);
	return clock_ms() - began;
}

static struct slot *find(struct cache *c, unsigned generation, const char *key)
{
	for (size_t i = 0; generation == c->generation && i < CACHE_SIZE; i++)
		if (c->slots[i].key && strcmp(c->slots[i].key, key) == 0)
			return &c->slots[i];
	return NULL;
}

struct box *cache_get(struct cache *c, unsigned generation, const char *key)
{
	struct box *b = NULL;
	struct slot *s;

	pthread_mutex_lock(&c->lock);
	s = find(c, generation, key);
	if (s)
		b = box_ref(s->box);
	pthread_mutex_unlock(&c->lock);
	return b;
}

void cache_put(struct cache *c, unsigned generation, const char *key, struct box *b)
{
	struct slot *s;

	pthread_mutex_lock(&c->lock);
	if (generation == c->generation) {
		s = find(c, generation, key);
		if (!s) {
			s = &c->slots[c->next];
			c->next = (c->next + 1) % CACHE_SIZE;
		}
		empty(s);
		*s = (struct slot){ mem_strdup(key), box_ref(b) };
	}
	pthread_mutex_unlock(&c->lock);
}
