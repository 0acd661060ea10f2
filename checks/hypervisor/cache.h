/*
 * What a host told once and does not change while a connection lasts: capabilities, domain
 * capabilities, CPU comparisons; and, in a cache of its own, what holds until an event says
 * otherwise. An entry is a box: parsed once, then shared by reference.
 */
#ifndef VSMIGD_HV_CACHE_H
#define VSMIGD_HV_CACHE_H

#include <stdint.h>

#include "daemon/base/mem.h"

struct box { /* immutable once it is in a cache */
	_Atomic unsigned refs;
	struct arena *arena;
	void *value; /* in the arena */
};

/* An empty box with one reference, to be filled by its maker. */
struct box *box_new(void);
struct box *box_ref(struct box *b);
void box_unref(void *box);
/* Makes arena a keep the box: the caller's reference is given up when a is freed. */
void box_keep(struct arena *a, struct box *b);

struct cache;

struct cache *cache_new(void);
void cache_free(struct cache *c);
/* Forgets everything; only results of this generation are taken from now on. */
void cache_begin(struct cache *c, unsigned generation);
/* How long ago that was, in milliseconds. */
int64_t cache_age(struct cache *c);
/* A reference to the box of this key, or NULL. */
struct box *cache_get(struct cache *c, unsigned generation, const char *key);
/* Takes a reference of its own, unless the generation has passed; what had this key before goes.
 * Full, the oldest goes. */
void cache_put(struct cache *c, unsigned generation, const char *key, struct box *b);

#endif
