/* The threads of a connection. */
#include "checks/hypervisor/conn_inner.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdlib.h>

enum { THREAD_IDLE_MS = 30000 };

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

	conn_settle(c, &s->timer, &s->fired);
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

	conn_unlink_task(c, t);
	begin_stint(c, s, t->deadline);
	virConnectRef(v);
	pthread_mutex_unlock(&c->lock);
	t->access = ACCESS_OPEN;
	t->v = v;
	t->generation = w->generation;
	conn_run_task(t);
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

void conn_wake_threads(struct conn *c)
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
		conn_fail_all(
			c, ACCESS_FAILED, "no thread can be started; raise the limit of tasks");
	/* All who wait there are of this generation, for whoever was not has been woken to leave:
	 * as many as there is to do are enough. */
	for (size_t n = c->queued < c->waiting ? c->queued : c->waiting; n; n--)
		pthread_cond_signal(&c->work);
}
