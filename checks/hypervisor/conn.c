#include "checks/hypervisor/conn.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREAD_IDLE_MS = 30000 };

enum conn_state { CONN_CLOSED, CONN_OPENING, CONN_OPEN, CONN_BROKEN };

#define CONTAINER(p, type, member) ((type *)(void *)((char *)(p) - offsetof(type, member)))

/* One try to open. Belongs to its thread; the connection points to it while it waits for it. */
struct opener {
	struct conn *conn;
	struct timer timer;
	bool fired, abandoned;
	_Atomic(const char *) stage;
};

/*
 * What libvirt's close callback refers to. It is ours alone: drivers inside this process accept
 * a callback and forget it, and never call its free function. Once unregistering has returned,
 * the callback neither runs nor will.
 */
struct watch {
	struct conn *conn;
	bool broken;
};

/* A task being run: when it overstays, its thread counts as stuck. Lives on the thread's stack. */
struct stint {
	struct conn *conn;
	struct stint *next, **link;
	struct timer timer;
	bool fired, stuck;
};

/* Something to be closed by a thread of its own: closing may speak to a host that hangs, and
 * unregistering waits for a callback that runs. */
struct closing {
	struct work work;
	virConnectPtr v;
	struct watch *watch;
};

struct conn {
	_Atomic unsigned refs;
	struct conn_env *env;
	char *uri;
	bool keep;
	struct cache *cache;

	pthread_mutex_t lock;	/* of all below; libvirt is never called under it */
	pthread_cond_t work;	/* for threads that wait for a task */
	pthread_cond_t settled;	/* a timer that could not be cancelled has fired */
	enum conn_state state;
	bool ended;
	unsigned generation;
	virConnectPtr v;
	struct watch *watch;
	struct conn_task *first, **last;
	size_t queued, pending;	/* pending: queued, running or failing */
	unsigned threads, waiting; /* of this generation */
	struct opener *opener;
	unsigned stuck;
	struct stint *stints;
	int64_t idle_since;
	struct timer idle_timer;
	bool idle_armed;	/* the timer is pending, or firing right now */
	enum access fail_access;
	int64_t fail_until;
	char fail_text[OPEN_TEXT];
};

static void start_opener(struct conn *c);

struct conn *conn_new(struct conn_env *env, const char *uri, bool keep)
{
	struct conn *c = mem_calloc(1, sizeof *c);

	c->refs = 1;
	c->env = env;
	c->uri = mem_strdup(uri);
	c->keep = keep;
	c->cache = cache_new();
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

/* Waits until a timer's fire() has let go; `fired` is set under the lock by fire(). */
static void settle(struct conn *c, struct timer *t, bool *fired)
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

/* Runs a task and lets go of it: it may be freed by run, and by then no timer knows it. */
static void run_task(struct conn_task *t)
{
	struct conn *c = t->conn;

	if (t->armed)
		settle(c, &t->timer, &t->fired);
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

	run_task(t);
	conn_unref(c);
}

static void unlink_task(struct conn *c, struct conn_task *t)
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

	unlink_task(c, t);
	t->access = access;
	snprintf(t->text, sizeof t->text, "%s", text);
	t->work.run = run_late;
	if (pool_push(c->env->late, &t->work, &e) < 0)
		abort(); /* it has a thread and no cap, and outlives the connections */
}

static void fail_all(struct conn *c, enum access access, const char *text)
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
		const char *stage = c->opener ? c->opener->stage : "waiting for earlier calls to end";

		snprintf(text, sizeof text, "no answer in time (%s)", stage);
		fail_task(c, t, ACCESS_TIMEOUT, text);
	}
	pthread_cond_broadcast(&c->settled);
	pthread_mutex_unlock(&c->lock);
}

struct worker {
	struct conn *conn;
	unsigned generation;
};

static void overstay(struct timer *timer)
{
	struct stint *s = CONTAINER(timer, struct stint, timer);
	struct conn *c = s->conn;

	pthread_mutex_lock(&c->lock);
	s->fired = s->stuck = true;
	count_add(COUNT_HV_STUCK, 1);
	pthread_cond_broadcast(&c->settled);
	pthread_mutex_unlock(&c->lock);
}

static void begin_stint(struct conn *c, struct stint *s, int64_t deadline)
{
	*s = (struct stint){ .conn = c, .next = c->stints, .link = &c->stints };
	if (s->next)
		s->next->link = &s->next;
	c->stints = s;
	timers_add(c->env->timers, &s->timer, deadline, overstay);
}

static void end_stint(struct stint *s)
{
	struct conn *c = s->conn;

	settle(c, &s->timer, &s->fired);
	if (s->stuck)
		count_add(COUNT_HV_STUCK, -1);
	pthread_mutex_lock(&c->lock);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	pthread_mutex_unlock(&c->lock);
}

/* Under the lock, which it keeps only while it does not wait. NULL: the thread is to end. */
static struct conn_task *next_task(struct worker *w)
{
	struct conn *c = w->conn;
	int64_t until = clock_in(THREAD_IDLE_MS);
	bool in_time = true;

	while (in_time && !c->first && c->state == CONN_OPEN && c->generation == w->generation) {
		c->waiting++;
		in_time = conn_cond_wait(&c->work, &c->lock, until);
		if (c->generation == w->generation)
			c->waiting--;
	}
	if (!c->first || c->state != CONN_OPEN || c->generation != w->generation)
		return NULL;
	return c->first;
}

static void work_on(struct worker *w, struct conn_task *t, struct stint *s)
{
	struct conn *c = w->conn;
	virConnectPtr v = c->v;

	unlink_task(c, t);
	begin_stint(c, s, t->deadline);
	virConnectRef(v);
	pthread_mutex_unlock(&c->lock);
	t->access = ACCESS_OPEN;
	t->v = v;
	t->generation = w->generation;
	run_task(t);
	virConnectClose(v);
	end_stint(s);
	conn_unref(c); /* the task's; the thread has one of its own */
	pthread_mutex_lock(&c->lock);
}

static void serve(void *arg)
{
	struct worker w = *(struct worker *)arg;
	struct conn *c = w.conn;
	struct conn_task *t;
	struct stint s;

	free(arg);
	pthread_mutex_lock(&c->lock);
	while ((t = next_task(&w)))
		work_on(&w, t, &s);
	if (c->generation == w.generation)
		c->threads--;
	pthread_mutex_unlock(&c->lock);
	conn_unref(c);
}

/* Under the lock, with the connection open: there are threads enough for what is queued. */
static void wake_threads(struct conn *c)
{
	size_t need = c->queued > c->waiting ? c->queued - c->waiting : 0;

	for (; need && c->threads < c->env->threads; need--) {
		struct worker *w = mem_calloc(1, sizeof *w);

		*w = (struct worker){ conn_ref(c), c->generation };
		if (!conn_env_spawn(c->env, "hv-call", serve, w)) {
			conn_unref(c);
			free(w);
			break;
		}
		c->threads++;
	}
	if (!c->threads)
		fail_all(c, ACCESS_FAILED, "no thread can be started; raise the limit of tasks");
	pthread_cond_broadcast(&c->work);
}

static void on_close(virConnectPtr v, int reason, void *arg);

static void free_watch(struct watch *w)
{
	conn_unref(w->conn);
	free(w);
}

static void run_closing(void *arg)
{
	struct closing *k = arg;

	if (k->watch) {
		virConnectUnregisterCloseCallback(k->v, on_close);
		free_watch(k->watch);
	}
	virConnectClose(k->v);
	free(k);
}

static void run_closing_late(struct work *w)
{
	run_closing(w); /* work is the first member */
}

static void close_aside(struct conn_env *env, virConnectPtr v, struct watch *watch)
{
	struct closing *k = mem_calloc(1, sizeof *k);
	struct err e;

	*k = (struct closing){ .work.run = run_closing_late, .v = v, .watch = watch };
	if (!conn_env_spawn(env, "hv-close", run_closing, k) &&
			pool_push(env->late, &k->work, &e) < 0)
		abort(); /* it has a thread and no cap, and outlives the connections */
}

/* Under the lock. */
static void drop(struct conn *c, enum conn_state state)
{
	if (c->v) {
		close_aside(c->env, c->v, c->watch);
		count_add(COUNT_HV_CONNECTIONS, -1);
	}
	c->v = NULL;
	c->watch = NULL;
	c->state = state;
	pthread_cond_broadcast(&c->work);
}

/* On the event loop's thread: keepalive got no answer, or the other side closed. */
static void on_close(virConnectPtr v, int reason, void *arg)
{
	struct watch *w = arg;
	struct conn *c = w->conn;

	(void)v;
	(void)reason;
	pthread_mutex_lock(&c->lock);
	w->broken = true;
	if (c->watch == w) {
		drop(c, CONN_BROKEN);
		if (c->first)
			start_opener(c);
	}
	pthread_mutex_unlock(&c->lock);
}

/* Closes what nobody used for a while, else looks again later. */
static void look_idle(struct timer *timer)
{
	struct conn *c = CONTAINER(timer, struct conn, idle_timer);
	int64_t at;
	bool again;

	pthread_mutex_lock(&c->lock);
	at = c->pending ? clock_in(c->env->idle_ms) : c->idle_since + c->env->idle_ms;
	again = c->state == CONN_OPEN && !c->ended && at > clock_ms();
	if (again)
		timers_add(c->env->timers, timer, at, look_idle);
	else if (c->state == CONN_OPEN)
		drop(c, CONN_CLOSED);
	c->idle_armed = again;
	pthread_mutex_unlock(&c->lock);
	if (!again)
		conn_unref(c);
}

/* Under the lock. */
static void abandon(struct opener *o)
{
	struct conn *c = o->conn;
	char text[OPEN_TEXT];

	snprintf(text, sizeof text, "no connection after %d s (%s)", CONN_OPEN_MS / 1000, o->stage);
	o->fired = o->abandoned = true;
	c->opener = NULL;
	c->state = CONN_CLOSED;
	c->stuck++;
	atomic_fetch_add(&c->env->stuck, 1);
	count_add(COUNT_HV_STUCK, 1);
	fail_all(c, ACCESS_TIMEOUT, text);
	pthread_cond_broadcast(&c->settled);
}

static void opener_late(struct timer *timer)
{
	struct opener *o = CONTAINER(timer, struct opener, timer);
	struct conn *c = o->conn;

	pthread_mutex_lock(&c->lock);
	if (c->opener == o)
		abandon(o);
	o->fired = true;
	pthread_cond_broadcast(&c->settled);
	pthread_mutex_unlock(&c->lock);
}

static struct watch *watch_new(struct conn *c, virConnectPtr v)
{
	struct watch *w = mem_calloc(1, sizeof *w);

	w->conn = conn_ref(c);
	if (virConnectRegisterCloseCallback(v, on_close, w, NULL) == 0)
		return w;
	free_watch(w);
	return NULL;
}

/* Under the lock. */
static void install(struct conn *c, virConnectPtr v, struct watch *w)
{
	c->v = v;
	c->watch = w;
	c->state = CONN_OPEN;
	c->generation++;
	c->threads = c->waiting = 0;
	c->idle_since = clock_ms();
	cache_begin(c->cache, c->generation);
	count_add(COUNT_HV_CONNECTIONS, 1);
	if (!c->keep && !c->idle_armed) {
		conn_ref(c);
		c->idle_armed = true;
		timers_add(c->env->timers, &c->idle_timer, clock_in(c->env->idle_ms), look_idle);
	}
	wake_threads(c);
}

/* Under the lock. */
static void not_open(struct conn *c, enum access access, const char *text)
{
	c->state = CONN_CLOSED;
	c->fail_access = access;
	c->fail_until = clock_in(CONN_REMEMBER_MS);
	snprintf(c->fail_text, sizeof c->fail_text, "%s", text);
	fail_all(c, access, text);
}

/* Under the lock. */
static void opener_back(struct opener *o, enum access access, virConnectPtr v, struct watch *w,
	const char *text)
{
	struct conn *c = o->conn;

	if (o->abandoned) {
		c->stuck--;
		atomic_fetch_sub(&c->env->stuck, 1);
		count_add(COUNT_HV_STUCK, -1);
	} else {
		c->opener = NULL;
	}
	if (v && (o->abandoned || c->ended || (w && w->broken))) {
		close_aside(c->env, v, w);
		v = NULL;
		text = "the connection broke as soon as it was open";
		access = ACCESS_LOST;
	}
	if (o->abandoned)
		return;
	if (v)
		install(c, v, w);
	else
		not_open(c, access, text);
}

static void run_opener(void *arg)
{
	struct opener *o = arg;
	struct conn *c = o->conn;
	char text[OPEN_TEXT] = "";
	virConnectPtr v = NULL;
	struct watch *w = NULL;
	enum access access;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	access = open_hypervisor(c->uri, clock_in(CONN_PROBE_MS), &o->stage, &v, text);
	if (v)
		w = watch_new(c, v);
	settle(c, &o->timer, &o->fired);
	pthread_mutex_lock(&c->lock);
	opener_back(o, access, v, w, text);
	pthread_mutex_unlock(&c->lock);
	conn_unref(c);
	free(o);
}

/* Under the lock. */
static void start_opener(struct conn *c)
{
	struct opener *o;

	if (c->stuck >= CONN_STUCK_EACH || c->env->stuck >= CONN_STUCK_ALL) {
		fail_all(c, ACCESS_TIMEOUT, "earlier attempts to open this connection still hang");
		return;
	}
	o = mem_calloc(1, sizeof *o);
	o->conn = conn_ref(c);
	o->stage = "opening the hypervisor connection";
	c->opener = o;
	c->state = CONN_OPENING;
	timers_add(c->env->timers, &o->timer, clock_in(CONN_OPEN_MS), opener_late);
	if (conn_env_spawn(c->env, "hv-open", run_opener, o))
		return;
	/* The timer may be firing: it finds that c->opener is not o, and is left the memory. */
	c->opener = NULL;
	not_open(c, ACCESS_FAILED, "no thread can be started; raise the limit of tasks");
	if (timers_cancel(c->env->timers, &o->timer)) {
		conn_unref(c);
		free(o);
	}
}

/* Under the lock: the task is queued, and something is done about it. */
static void attend(struct conn *c, struct conn_task *t)
{
	if (c->ended || c->env->closing)
		fail_task(c, t, ACCESS_LOST, "the service is shutting down");
	else if (c->state == CONN_OPEN)
		wake_threads(c);
	else if (c->state != CONN_OPENING && clock_ms() < c->fail_until)
		fail_task(c, t, c->fail_access, c->fail_text);
	else if (c->state != CONN_OPENING)
		start_opener(c);
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
		start_opener(c);
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
		abandon(c->opener);
}

void conn_close(struct conn *c)
{
	bool idle_timer;

	pthread_mutex_lock(&c->lock);
	c->ended = true;
	fail_all(c, ACCESS_LOST, "the service is shutting down");
	disarm(c);
	drop(c, CONN_CLOSED);
	idle_timer = c->idle_armed && timers_cancel(c->env->timers, &c->idle_timer);
	pthread_mutex_unlock(&c->lock);
	if (idle_timer)
		conn_unref(c);
}
