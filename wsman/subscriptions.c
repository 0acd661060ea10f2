#include "wsman/subscriptions.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cim/uri.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

enum { BUCKETS = 256 };

struct subscription {
	struct timer timer; /* first: the timer thread gets the subscription from it */
	struct subscriptions *all;
	struct subscription *next;
	char name[DIGEST_UUID_SIZE];
	struct principal who;
	struct arena *arena;
	struct subscription_wish wish;
	int64_t expires;
	unsigned refs; /* the table's, the timer's, a batch's; under the lock of all */
	bool open; /* in the table */
	bool out; /* a batch of it is */
	struct subscription_wait *wait;
	struct indication **events; /* a ring of config.events */
	size_t first, n;
	uint64_t dropped;
};

struct subscriptions {
	pthread_mutex_t lock;
	pthread_cond_t gone; /* alive fell */
	struct timers *timers;
	struct indications *source;
	struct subscriptions_config config;
	bool draining;
	size_t alive; /* subscriptions in memory */
	struct subscription *buckets[BUCKETS];
};

static void told(void *arg, struct indication *i)
{
	subscriptions_publish(arg, i);
}

struct subscriptions *subscriptions_new(
	struct timers *timers, struct cim *cim, const struct subscriptions_config *c)
{
	struct subscriptions *ss = mem_calloc(1, sizeof *ss);

	pthread_mutex_init(&ss->lock, NULL);
	pthread_cond_init(&ss->gone, NULL);
	ss->timers = timers;
	ss->config = *c;
	if (cim)
		ss->source = indications_new(cim, told, ss);
	return ss;
}

struct indications *subscriptions_source(struct subscriptions *ss)
{
	return ss->source;
}

/* The name is random, so its first octets are as good a hash as any. */
static struct subscription **bucket_of(struct subscriptions *ss, const char *name)
{
	unsigned hash = 0;

	for (size_t i = 0; i < 8 && name[i]; i++)
		hash = hash * 31 + (unsigned char)name[i];
	return &ss->buckets[hash % BUCKETS];
}

/* Under the lock, as all below until the functions of the header. */
static void unref(struct subscription *s)
{
	struct subscriptions *ss = s->all;

	if (--s->refs)
		return;
	arena_free(s->arena);
	free(s->events);
	free(s);
	ss->alive--;
	pthread_cond_broadcast(&ss->gone);
}

static struct indication *take_first(struct subscription *s)
{
	struct indication *i = s->events[s->first];

	s->first = (s->first + 1) % s->all->config.events;
	s->n--;
	return i;
}

/* Whoever waits for s is to be woken by wake_all, when the lock is given up. */
static void release_wait(
	struct subscription *s, enum subscription_why why, struct subscription_wait **woken)
{
	struct subscription_wait *w = s->wait;

	if (!w)
		return;
	s->wait = NULL;
	w->at = NULL;
	w->why = why;
	w->next = *woken;
	*woken = w;
}

/* Without the lock. */
static void wake_all(struct subscription_wait *woken)
{
	while (woken) {
		struct subscription_wait *next = woken->next;

		woken->wake(woken);
		woken = next;
	}
}

static void end(struct subscription *s, struct subscription_wait **woken)
{
	struct subscription **at = bucket_of(s->all, s->name);

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->open = false;
	count_add(COUNT_SUBSCRIPTIONS, -1);
	release_wait(s, SUBSCRIPTION_ENDED, woken);
	while (s->n)
		indication_unref(take_first(s));
	if (s->all->source)
		indications_drop(s->all->source);
	if (timers_cancel(s->all->timers, &s->timer))
		unref(s);
	unref(s);
}

static void on_expiry(struct timer *t);

static void arm(struct subscription *s)
{
	s->refs++;
	s->timer = (struct timer){ 0 };
	timers_add(s->all->timers, &s->timer, s->expires, on_expiry);
}

static void on_expiry(struct timer *t)
{
	struct subscription *s = (struct subscription *)t;
	struct subscriptions *ss = s->all;
	struct subscription_wait *woken = NULL;

	pthread_mutex_lock(&ss->lock);
	if (s->open && s->expires > clock_ms())
		arm(s); /* it was renewed at the last moment */
	else if (s->open)
		end(s, &woken);
	unref(s);
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
}

static void set_expiry(struct subscription *s, int64_t lifetime_ms)
{
	int64_t most = s->all->config.lifetime_ms;

	s->expires = clock_in(lifetime_ms < 0 || lifetime_ms > most ? most : lifetime_ms);
}

static struct subscription *find(struct subscriptions *ss, const char *name)
{
	struct subscription *s = *bucket_of(ss, name);

	while (s && strcmp(s->name, name) != 0)
		s = s->next;
	return s;
}

static struct subscription *find_own(struct subscriptions *ss, const struct principal *who,
	const char *name, enum fault_id unknown, struct fault *f)
{
	struct subscription *s = find(ss, name);

	if (!s)
		fault_set(f, unknown, "There is no such subscription, or it has ended.");
	else if (!principal_same(&s->who, who))
		fault_set(f, FAULT_ACCESS_DENIED, "The subscription belongs to somebody else.");
	else
		return s;
	return NULL;
}

static unsigned count_of(const struct subscriptions *ss, const struct principal *who)
{
	unsigned n = 0;

	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct subscription *s = ss->buckets[i]; s; s = s->next)
			n += principal_same(&s->who, who);
	return n;
}

static int check_room(struct subscriptions *ss, const struct principal *who, struct fault *f)
{
	if (ss->draining)
		return fault_set(f, FAULT_EVENT_SOURCE, "The service is shutting down.");
	if (count_of(ss, who) < ss->config.most)
		return 0;
	return fault_set(f, FAULT_QUOTA_LIMIT,
		"Too many subscriptions (%u) are open: unsubscribe from some.", ss->config.most);
}

/* The oldest makes room for the newest. */
static void enqueue(struct subscription *s, struct indication *i)
{
	size_t room = s->all->config.events;

	if (s->n == room) {
		indication_unref(take_first(s));
		s->dropped++;
	}
	s->events[(s->first + s->n++) % room] = indication_ref(i);
}

static void put_back(struct subscription *s, struct indication *i)
{
	size_t room = s->all->config.events;

	if (s->n == room) {
		indication_unref(i);
		s->dropped++;
		return;
	}
	s->first = (s->first + room - 1) % room;
	s->events[s->first] = i;
	s->n++;
}

static bool is_wanted(const struct subscription *s, const struct cim_instance *i)
{
	return cim_class_is(i->class, s->wish.class) &&
	       (!s->wish.query || cim_query_matches(s->wish.query, i));
}

void subscriptions_publish(struct subscriptions *ss, struct indication *i)
{
	struct subscription_wait *woken = NULL;

	pthread_mutex_lock(&ss->lock);
	for (size_t b = 0; b < BUCKETS; b++) {
		for (struct subscription *s = ss->buckets[b]; s; s = s->next) {
			if (!is_wanted(s, i->instance))
				continue;
			enqueue(s, i);
			if (!s->out)
				release_wait(s, SUBSCRIPTION_EVENTS, &woken);
		}
	}
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
}

void subscriptions_drain(struct subscriptions *ss)
{
	struct subscription_wait *woken = NULL;

	pthread_mutex_lock(&ss->lock);
	ss->draining = true;
	for (size_t b = 0; b < BUCKETS; b++)
		for (struct subscription *s = ss->buckets[b]; s; s = s->next)
			release_wait(s, SUBSCRIPTION_ENDED, &woken);
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
}

void subscriptions_free(struct subscriptions *ss)
{
	struct subscription_wait *woken = NULL;

	if (!ss)
		return;
	/* From here on nothing is published; what is held is dropped below. */
	pthread_mutex_lock(&ss->lock);
	for (size_t b = 0; b < BUCKETS; b++)
		while (ss->buckets[b])
			end(ss->buckets[b], &woken);
	while (ss->alive)
		pthread_cond_wait(&ss->gone, &ss->lock);
	pthread_mutex_unlock(&ss->lock);
	indications_free(ss->source);
	pthread_cond_destroy(&ss->gone);
	pthread_mutex_destroy(&ss->lock);
	free(ss);
}

int subscriptions_room(struct subscriptions *ss, const struct principal *who, struct fault *f)
{
	int ret;

	pthread_mutex_lock(&ss->lock);
	ret = check_room(ss, who, f);
	pthread_mutex_unlock(&ss->lock);
	return ret;
}

static struct subscription *make(struct subscriptions *ss, const struct principal *who,
	struct arena *arena, const struct subscription_wish *wish)
{
	struct subscription *s = mem_calloc(1, sizeof *s), **at;

	digest_uuid(s->name);
	s->all = ss;
	s->who = *who;
	s->arena = arena;
	s->wish = *wish;
	s->events = mem_calloc(ss->config.events, sizeof(struct indication *));
	s->refs = 1;
	s->open = true;
	at = bucket_of(ss, s->name);
	s->next = *at;
	*at = s;
	ss->alive++;
	count_add(COUNT_SUBSCRIPTIONS, 1);
	if (ss->source)
		indications_hold(ss->source);
	set_expiry(s, wish->lifetime_ms);
	arm(s);
	return s;
}

int subscriptions_open(struct subscriptions *ss, const struct principal *who, struct arena *arena,
	const struct subscription_wish *wish, char name[DIGEST_UUID_SIZE], int64_t *left,
	struct fault *f)
{
	struct subscription *s;
	int ret;

	pthread_mutex_lock(&ss->lock);
	ret = check_room(ss, who, f);
	if (ret == 0) {
		s = make(ss, who, arena, wish);
		memcpy(name, s->name, sizeof s->name);
		*left = clock_left(s->expires);
	}
	pthread_mutex_unlock(&ss->lock);
	return ret;
}

bool subscriptions_has(struct subscriptions *ss, const char *name)
{
	bool has;

	pthread_mutex_lock(&ss->lock);
	has = find(ss, name) != NULL;
	pthread_mutex_unlock(&ss->lock);
	return has;
}

static bool same_resource(
	const struct subscription_wish *wish, const char *resource_uri, const char *ns)
{
	return strcasecmp(wish->resource_uri, resource_uri) == 0 &&
	       cim_ns_same(wish->ns ? wish->ns : CIM_NS_DEFAULT, ns ? ns : CIM_NS_DEFAULT);
}

int subscriptions_check(struct subscriptions *ss, const struct principal *who, const char *name,
	const char *resource_uri, const char *ns, struct fault *f)
{
	struct subscription *s;
	int ret;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_INVALID_CONTEXT, f);
	ret = s ? 0 : -1;
	if (s && !same_resource(&s->wish, resource_uri, ns))
		ret = fault_set(f, FAULT_HEADER_REQUIRED,
			"The ResourceURI and SelectorSet are not those of the subscription.");
	pthread_mutex_unlock(&ss->lock);
	return ret;
}

int subscriptions_renew(struct subscriptions *ss, const struct principal *who, const char *name,
	int64_t lifetime_ms, int64_t *left, struct fault *f)
{
	struct subscription *s;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_UNABLE_TO_RENEW, f);
	if (s) {
		set_expiry(s, lifetime_ms);
		*left = clock_left(s->expires);
		/* A timer that goes off at this moment finds what was renewed, and is armed anew. */
		if (timers_cancel(ss->timers, &s->timer)) {
			arm(s);
			unref(s);
		}
	}
	pthread_mutex_unlock(&ss->lock);
	return s ? 0 : -1;
}

int subscriptions_status(struct subscriptions *ss, const struct principal *who, const char *name,
	int64_t *left, struct fault *f)
{
	struct subscription *s;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_EVENT_MESSAGE, f);
	if (s)
		*left = clock_left(s->expires);
	pthread_mutex_unlock(&ss->lock);
	return s ? 0 : -1;
}

int subscriptions_end(
	struct subscriptions *ss, const struct principal *who, const char *name, struct fault *f)
{
	struct subscription_wait *woken = NULL;
	struct subscription *s;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_EVENT_MESSAGE, f);
	if (s)
		end(s, &woken);
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
	return s ? 0 : -1;
}

void subscriptions_wait(struct subscriptions *ss, const struct principal *who, const char *name,
	struct subscription_wait *w)
{
	struct subscription_wait *woken = NULL;
	struct subscription *s;
	struct fault f;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_INVALID_CONTEXT, &f);
	w->at = NULL;
	w->next = NULL;
	if (s && !ss->draining) {
		release_wait(s, SUBSCRIPTION_SUPERSEDED, &woken);
		w->at = s;
		s->wait = w;
		if ((s->n || s->dropped) && !s->out)
			release_wait(s, SUBSCRIPTION_EVENTS, &woken);
	} else {
		w->why = SUBSCRIPTION_ENDED;
		woken = w;
	}
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
}

bool subscriptions_forget(struct subscriptions *ss, struct subscription_wait *w)
{
	bool waiting;

	pthread_mutex_lock(&ss->lock);
	waiting = w->at != NULL;
	if (waiting)
		w->at->wait = NULL;
	w->at = NULL;
	pthread_mutex_unlock(&ss->lock);
	return waiting;
}

int subscriptions_take(struct subscriptions *ss, const struct principal *who, const char *name,
	size_t most, struct arena *a, struct subscription_batch *b, struct fault *f)
{
	struct subscription *s;
	int ret = -1;

	pthread_mutex_lock(&ss->lock);
	s = find_own(ss, who, name, FAULT_INVALID_CONTEXT, f);
	if (s && s->out) {
		fault_set(f, FAULT_CONCURRENCY, "Another Pull of this subscription is answered.");
	} else if (s) {
		s->out = true;
		s->refs++;
		*b = (struct subscription_batch){ .of = s, .wish = &s->wish };
		b->dropped = s->dropped;
		s->dropped = 0;
		b->events = arena_array(a, s->n < most ? s->n : most, sizeof *b->events);
		while (s->n && b->n < most)
			b->events[b->n++] = take_first(s);
		b->waiting = s->n;
		ret = 0;
	}
	pthread_mutex_unlock(&ss->lock);
	return ret;
}

void subscriptions_give_back(
	struct subscriptions *ss, struct subscription_batch *b, size_t sent, bool told_dropped)
{
	struct subscription_wait *woken = NULL;
	struct subscription *s = b->of;

	pthread_mutex_lock(&ss->lock);
	s->out = false;
	s->dropped += told_dropped ? 0 : b->dropped;
	for (size_t i = b->n; i-- > 0;) {
		if (i < sent || !s->open)
			indication_unref(b->events[i]);
		else
			put_back(s, b->events[i]);
	}
	if (s->n || s->dropped)
		release_wait(s, SUBSCRIPTION_EVENTS, &woken);
	unref(s);
	pthread_mutex_unlock(&ss->lock);
	wake_all(woken);
}
