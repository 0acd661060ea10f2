/* Opening, closing, and what happens when the other side goes away. */
#include "checks/hypervisor/conn_inner.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * What libvirt's close callback refers to. It is ours alone: drivers inside this process accept
 * a callback and forget it, and never call its free function. Once unregistering has returned,
 * the callback neither runs nor will.
 */
struct watch {
	struct conn *conn;
	struct subscription subscription;
	bool broken;
};

/* Something to be closed by a thread of its own: closing may speak to a host that hangs, and
 * unregistering waits for a callback that runs. */
struct closing {
	struct work work;
	virConnectPtr v;
	struct watch *watch;
};

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
		events_unsubscribe(k->v, &k->watch->subscription);
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

void conn_drop(struct conn *c, enum conn_state state)
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
	bool ours;

	(void)v;
	(void)reason;
	pthread_mutex_lock(&c->lock);
	w->broken = true;
	ours = c->watch == w;
	if (ours) {
		conn_drop(c, CONN_BROKEN);
		if (c->first)
			conn_start_opener(c);
		/* The watch is being closed by a thread of its own. */
		conn_ref(c);
	}
	pthread_mutex_unlock(&c->lock);
	if (!ours)
		return;
	events_lost(c->events);
	conn_unref(c);
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
		conn_drop(c, CONN_CLOSED);
	c->idle_armed = again;
	pthread_mutex_unlock(&c->lock);
	if (!again)
		conn_unref(c);
}

void conn_abandon(struct opener *o)
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
	conn_fail_all(c, ACCESS_TIMEOUT, text);
	pthread_cond_broadcast(&c->settled);
}

static void opener_late(struct timer *timer)
{
	struct opener *o = CONTAINER(timer, struct opener, timer);
	struct conn *c = o->conn;

	pthread_mutex_lock(&c->lock);
	if (c->opener == o)
		conn_abandon(o);
	o->fired = true;
	pthread_cond_broadcast(&c->settled);
	pthread_mutex_unlock(&c->lock);
}

static struct watch *watch_new(struct conn *c, virConnectPtr v)
{
	struct watch *w = mem_calloc(1, sizeof *w);

	w->conn = conn_ref(c);
	if (virConnectRegisterCloseCallback(v, on_close, w, NULL) == 0) {
		events_subscribe(c->events, v, &w->subscription);
		return w;
	}
	events_mute(c->events);
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
	cache_begin(c->inventory, c->generation);
	count_add(COUNT_HV_CONNECTIONS, 1);
	if (!c->keep && !c->idle_armed) {
		conn_ref(c);
		c->idle_armed = true;
		timers_add(c->env->timers, &c->idle_timer, clock_in(c->env->idle_ms), look_idle);
	}
	conn_wake_threads(c);
}

/* Under the lock. What failed at once may be tried again at once: a host that is back shall not
 * have to wait. */
static void not_open(struct conn *c, enum access access, const char *text)
{
	int64_t remember = clock_ms() - c->open_began;

	c->state = CONN_CLOSED;
	c->fail_access = access;
	c->fail_until = clock_in(remember < CONN_REMEMBER_MS ? remember : CONN_REMEMBER_MS);
	snprintf(c->fail_text, sizeof c->fail_text, "%s", text);
	conn_fail_all(c, access, text);
}

/* Under the lock. */
static void opener_back(
	struct opener *o, enum access access, virConnectPtr v, struct watch *w, const char *text)
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
	conn_settle(c, &o->timer, &o->fired);
	pthread_mutex_lock(&c->lock);
	opener_back(o, access, v, w, text);
	pthread_mutex_unlock(&c->lock);
	conn_unref(c);
	free(o);
}

void conn_start_opener(struct conn *c)
{
	struct opener *o;

	if (c->stuck >= CONN_STUCK_EACH || c->env->stuck >= CONN_STUCK_ALL) {
		conn_fail_all(
			c, ACCESS_TIMEOUT, "earlier attempts to open this connection still hang");
		return;
	}
	o = mem_calloc(1, sizeof *o);
	o->conn = conn_ref(c);
	o->stage = "opening the hypervisor connection";
	c->opener = o;
	c->open_began = clock_ms();
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
