#include "wsman/contexts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/count.h"

enum { BUCKETS = 256 };

struct context {
	struct timer timer; /* first: the timer thread gets the context from it */
	struct contexts *all;
	struct context *next;
	char name[DIGEST_UUID_SIZE];
	struct principal who;
	struct arena *arena;
	void *state;
	size_t size; /* of the arena when it was opened; it grows no more */
	int64_t expires;
	bool lent;
	bool ended; /* unlinked; only the timer thread knows it still */
	bool firing; /* the timer went off and on_idle has not had its turn yet */
};

struct contexts {
	pthread_mutex_t lock;
	pthread_cond_t quiet; /* no timer is going off any more */
	struct timers *timers;
	int64_t idle_ms;
	unsigned most;
	size_t memory;
	unsigned firing;
	struct context *buckets[BUCKETS];
};

struct contexts *contexts_new(struct timers *timers, int64_t idle_ms, unsigned most, size_t memory)
{
	struct contexts *cs = mem_calloc(1, sizeof *cs);

	pthread_mutex_init(&cs->lock, NULL);
	pthread_cond_init(&cs->quiet, NULL);
	cs->timers = timers;
	cs->idle_ms = idle_ms;
	cs->most = most;
	cs->memory = memory;
	return cs;
}

/* The name is random, so its first octets are as good a hash as any. */
static struct context **bucket_of(struct contexts *cs, const char *name)
{
	unsigned hash = 0;

	for (size_t i = 0; i < 8 && name[i]; i++)
		hash = hash * 31 + (unsigned char)name[i];
	return &cs->buckets[hash % BUCKETS];
}

static void free_context(struct context *c)
{
	arena_free(c->arena);
	free(c);
}

/*
 * Takes the context out of the table; frees it unless its timer is going off, when on_idle
 * does. Called with the lock held and the timer not pending.
 */
static void drop(struct contexts *cs, struct context *c)
{
	struct context **at = bucket_of(cs, c->name);

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	count_add(COUNT_CONTEXTS, -1);
	c->ended = true;
	if (!c->firing)
		free_context(c);
}

static void on_idle(struct timer *t);

static void arm(struct contexts *cs, struct context *c)
{
	int64_t at = clock_in(cs->idle_ms);

	timers_add(cs->timers, &c->timer, at < c->expires ? at : c->expires, on_idle);
}

/* Stops the timer; when that is too late, notes that on_idle is still to come. */
static void disarm(struct contexts *cs, struct context *c)
{
	if (timers_cancel(cs->timers, &c->timer))
		return;
	c->firing = true;
	cs->firing++;
}

/*
 * Whoever borrowed the context between the timer's going off and this moment set `firing`: then
 * the context is either in use, back and to be armed again, or ended and to be freed here.
 */
static void on_idle(struct timer *t)
{
	struct context *c = (struct context *)t;
	struct contexts *cs = c->all;
	bool overtaken;

	pthread_mutex_lock(&cs->lock);
	overtaken = c->firing;
	c->firing = false;
	if (!overtaken)
		drop(cs, c);
	else if (c->ended)
		free_context(c);
	else if (!c->lent)
		arm(cs, c);
	if (overtaken && --cs->firing == 0)
		pthread_cond_broadcast(&cs->quiet);
	pthread_mutex_unlock(&cs->lock);
}

void contexts_free(struct contexts *cs)
{
	if (!cs)
		return;
	pthread_mutex_lock(&cs->lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		while (cs->buckets[i]) {
			struct context *c = cs->buckets[i];

			if (!c->firing)
				disarm(cs, c);
			drop(cs, c);
		}
	}
	while (cs->firing)
		pthread_cond_wait(&cs->quiet, &cs->lock);
	pthread_mutex_unlock(&cs->lock);
	pthread_cond_destroy(&cs->quiet);
	pthread_mutex_destroy(&cs->lock);
	free(cs);
}

/* Whether the principal may have one more, that holds `size`. Called with the lock held. */
static bool has_room(
	const struct contexts *cs, const struct principal *who, size_t size, struct fault *f)
{
	size_t memory = size;
	unsigned n = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct context *c = cs->buckets[i]; c; c = c->next) {
			if (!principal_same(&c->who, who))
				continue;
			memory += c->size;
			n++;
		}
	}
	if (n < cs->most && (n == 0 || memory <= cs->memory))
		return true;
	fault_set(f, FAULT_QUOTA_LIMIT,
		"Too many enumerations are open (%u, which would hold %zu KiB with this one): "
		"pull them to their end, or release them.",
		n, memory / 1024);
	return false;
}

struct context *contexts_open(struct contexts *cs, const struct principal *who, struct arena *arena,
	void *state, int64_t expires, struct fault *f)
{
	struct context **at, *c = NULL;

	pthread_mutex_lock(&cs->lock);
	if (has_room(cs, who, arena_used(arena), f)) {
		c = mem_calloc(1, sizeof *c);
		digest_uuid(c->name);
		c->all = cs;
		c->who = *who;
		c->arena = arena;
		c->state = state;
		c->size = arena_used(arena);
		c->expires = expires;
		c->lent = true;
		at = bucket_of(cs, c->name);
		c->next = *at;
		*at = c;
		count_add(COUNT_CONTEXTS, 1);
	}
	pthread_mutex_unlock(&cs->lock);
	return c;
}

static struct context *find(
	struct contexts *cs, const struct principal *who, const char *name, struct fault *f)
{
	struct context *c = *bucket_of(cs, name);

	while (c && strcmp(c->name, name) != 0)
		c = c->next;
	if (!c)
		fault_set(f, FAULT_INVALID_CONTEXT, NULL);
	else if (!principal_same(&c->who, who))
		fault_set(f, FAULT_ACCESS_DENIED, "The enumeration belongs to somebody else.");
	else if (c->lent)
		fault_set(f, FAULT_CONCURRENCY, NULL);
	else
		return c;
	return NULL;
}

struct context *contexts_borrow(
	struct contexts *cs, const struct principal *who, const char *name, struct fault *f)
{
	struct context *c;

	pthread_mutex_lock(&cs->lock);
	c = find(cs, who, name, f);
	if (c) {
		c->lent = true;
		if (!c->firing)
			disarm(cs, c);
	}
	pthread_mutex_unlock(&cs->lock);
	return c;
}

void contexts_return(struct contexts *cs, struct context *c)
{
	pthread_mutex_lock(&cs->lock);
	c->lent = false;
	if (!c->firing)
		arm(cs, c);
	pthread_mutex_unlock(&cs->lock);
}

void contexts_end(struct contexts *cs, struct context *c)
{
	pthread_mutex_lock(&cs->lock);
	drop(cs, c);
	pthread_mutex_unlock(&cs->lock);
}

void *context_state(const struct context *c)
{
	return c->state;
}

const char *context_name(const struct context *c)
{
	return c->name;
}
