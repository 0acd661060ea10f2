#include "checks/hypervisor/conn_inner.h"
#include "daemon/base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conn *conn_new(struct conn_env *env, const char *uri, bool keep)
{
	struct conn *c = mem_calloc(1, sizeof *c);

	c->refs = 1;
	c->env = env;
	c->uri = mem_strdup(uri);
	c->keep = keep;
	c->cache = cache_new();
	c->inventory = cache_new();
	c->events = events_new();
	c->last = &c->first;
	c->idle_since = clock_ms();
	pthread_mutex_init(&c->lock, NULL);
	conn_cond_init(&c->work);
	conn_cond_init(&c->settled);
	return c;
}

struct conn *conn_ref(struct conn *c)
{
	atomic_fetch_add(&c->refs, 1);
	return c;
}

void conn_unref(struct conn *c)
{
	if (!c || atomic_fetch_sub(&c->refs, 1) > 1)
		return;
	cache_free(c->cache);
	cache_free(c->inventory);
	events_unref(c->events);
	pthread_cond_destroy(&c->settled);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	free(c->uri);
	free(c);
}

const char *conn_uri(const struct conn *c)
{
	return c->uri;
}

struct cache *conn_cache(struct conn *c)
{
	return c->cache;
}

struct cache *conn_inventory(struct conn *c)
{
	return c->inventory;
}

struct events *conn_events(struct conn *c)
{
	return c->events;
}

void conn_settle(struct conn *c, struct timer *t, bool *fired)
{
	bool gone;

	pthread_mutex_lock(&c->lock);
	gone = *fired;
	pthread_mutex_unlock(&c->lock);
	if (gone || timers_cancel(c->env->timers, t))
		return;
	pthread_mutex_lock(&c->lock);
	while (!*fired)
		pthread_cond_wait(&c->settled, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void conn_run_task(struct conn_task *t)
{
	struct conn *c = t->conn;

	if (t->armed)
		conn_settle(c, &t->timer, &t->fired);
	t->run(t);
	pthread_mutex_lock(&c->lock);
	c->pending--;
	c->idle_since = clock_ms();
	pthread_mutex_unlock(&c->lock);
}

static void run_late(struct work *w)
{
	struct conn_task *t = CONTAINER(w, struct conn_task, work);
	struct conn *c = t->conn;

	conn_run_task(t);
	conn_unref(c);
}

void conn_unlink_task(struct conn *c, struct conn_task *t)
{
	struct conn_task **link = &c->first;

	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	if (c->last == &t->next)
		c->last = link;
	t->queued = false;
	c->queued--;
}

/* Under the lock. */
static void fail_task(struct conn *c, struct conn_task *t, enum access access, const char *text)
{
	struct err e;

	conn_unlink_task(c, t);
	t->access = access;
	snprintf(t->text, sizeof t->text, "%s", text);
	t->work = (struct work){ .run = run_late };
	if (pool_push(c->env->late, &t->work, &e) < 0)
		abort(); /* it has a thread and no cap, and outlives the connections */
}

void conn_fail_all(struct conn *c, enum access access, const char *text)
{
	while (c->first)
		fail_task(c, c->first, access, text);
}

/* The deadline of a task that still waits. */
static void task_late(struct timer *timer)
{
	struct conn_task *t = CONTAINER(timer, struct conn_task, timer);
	struct conn *c = t->conn;
	char text[OPEN_TEXT];

	pthread_mutex_lock(&c->lock);
	t->fired = true;
	if (t->queued) {
		const char *stage =
			c->opener ? c->opener->stage : "waiting for earlier calls to end";

		snprintf(text, sizeof text, "no answer in time (%s)", stage);
		fail_task(c, t, ACCESS_TIMEOUT, text);
	}
	pthread_cond_broadcast(&c->settled);
	pthread_mutex_unlock(&c->lock);
}

/* Under the lock: the task is queued, and something is done about it. */
static void attend(struct conn *c, struct conn_task *t)
{
	if (c->ended || c->env->closing)
		fail_task(c, t, ACCESS_LOST, "the service is shutting down");
	else if (c->state == CONN_OPEN)
		conn_wake_threads(c);
	else if (c->state != CONN_OPENING && clock_ms() < c->fail_until)
		fail_task(c, t, c->fail_access, c->fail_text);
	else if (c->state != CONN_OPENING)
		conn_start_opener(c);
}

void conn_submit(struct conn *c, struct conn_task *t)
{
	conn_ref(c);
	pthread_mutex_lock(&c->lock);
	t->conn = c;
	t->v = NULL;
	t->next = NULL;
	t->fired = false;
	t->queued = t->armed = true;
	t->timer = (struct timer){ 0 };
	*c->last = t;
	c->last = &t->next;
	c->queued++;
	c->pending++;
	/* Before anybody can take the task: from then on it may be gone at any time. */
	timers_add(c->env->timers, &t->timer, t->deadline, task_late);
	attend(c, t);
	pthread_mutex_unlock(&c->lock);
}

void conn_wake(struct conn *c)
{
	pthread_mutex_lock(&c->lock);
	if (!c->ended && (c->state == CONN_CLOSED || c->state == CONN_BROKEN))
		conn_start_opener(c);
	pthread_mutex_unlock(&c->lock);
}

bool conn_idle(struct conn *c, int64_t *since)
{
	bool idle;

	pthread_mutex_lock(&c->lock);
	idle = c->pending == 0;
	*since = c->idle_since;
	pthread_mutex_unlock(&c->lock);
	return idle;
}

/* Timers belong to somebody who may be gone before a stuck thread is: none stays armed. */
static void disarm(struct conn *c)
{
	for (struct stint *s = c->stints; s; s = s->next)
		if (!s->fired && timers_cancel(c->env->timers, &s->timer))
			s->fired = true;
	if (c->opener && timers_cancel(c->env->timers, &c->opener->timer))
		conn_abandon(c->opener);
}

void conn_close(struct conn *c)
{
	bool idle_timer;

	pthread_mutex_lock(&c->lock);
	c->ended = true;
	conn_fail_all(c, ACCESS_LOST, "the service is shutting down");
	disarm(c);
	conn_drop(c, CONN_CLOSED);
	idle_timer = c->idle_armed && timers_cancel(c->env->timers, &c->idle_timer);
	pthread_mutex_unlock(&c->lock);
	if (idle_timer)
		conn_unref(c);
}
