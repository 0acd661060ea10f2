#include "daemon/base/timer.h"
#include "daemon/base/clock.h"
#include "daemon/base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* A binary heap; heap[0] is unused so that place 0 means "not pending". */
struct timers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	struct timer **heap;
	size_t n, cap;
	int64_t asleep_until; /* 0: awake, or about to be */
	bool closing;
};

static void put(struct timers *ts, struct timer *t, size_t place)
{
	ts->heap[place] = t;
	t->place = place;
}

static void rise(struct timers *ts, struct timer *t, size_t i)
{
	for (; i > 1 && ts->heap[i / 2]->at > t->at; i /= 2)
		put(ts, ts->heap[i / 2], i);
	put(ts, t, i);
}

static void sink(struct timers *ts, struct timer *t, size_t i)
{
	for (size_t child; (child = i * 2) <= ts->n; i = child) {
		if (child < ts->n && ts->heap[child + 1]->at < ts->heap[child]->at)
			child++;
		if (ts->heap[child]->at >= t->at)
			break;
		put(ts, ts->heap[child], i);
	}
	put(ts, t, i);
}

static void take_out(struct timers *ts, struct timer *t)
{
	size_t hole = t->place;
	struct timer *last = ts->heap[ts->n--];

	t->place = 0;
	if (last == t)
		return;
	if (hole > 1 && ts->heap[hole / 2]->at > last->at)
		rise(ts, last, hole);
	else
		sink(ts, last, hole);
}

static void wait_until(struct timers *ts, int64_t at)
{
	struct timespec until = { .tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000 };

	ts->asleep_until = at;
	if (at == CLOCK_NEVER)
		pthread_cond_wait(&ts->wake, &ts->lock);
	else
		pthread_cond_timedwait(&ts->wake, &ts->lock, &until);
	ts->asleep_until = 0;
}

static void *run(void *arg)
{
	struct timers *ts = arg;

	pthread_setname_np(pthread_self(), "timers");
	pthread_mutex_lock(&ts->lock);
	while (!ts->closing) {
		if (ts->n == 0) {
			wait_until(ts, CLOCK_NEVER);
			continue;
		}
		struct timer *t = ts->heap[1];
		if (t->at > clock_ms()) {
			wait_until(ts, t->at);
			continue;
		}
		take_out(ts, t);
		pthread_mutex_unlock(&ts->lock);
		t->fire(t);
		pthread_mutex_lock(&ts->lock);
	}
	pthread_mutex_unlock(&ts->lock);
	return NULL;
}

struct timers *timers_new(void)
{
	struct timers *ts = mem_calloc(1, sizeof *ts);
	pthread_condattr_t attr;
	sigset_t all, old;

	pthread_mutex_init(&ts->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&ts->wake, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&ts->thread, NULL, run, ts) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ts;
}

void timers_free(struct timers *ts)
{
	if (!ts)
		return;
	pthread_mutex_lock(&ts->lock);
	ts->closing = true;
	pthread_cond_signal(&ts->wake);
	pthread_mutex_unlock(&ts->lock);
	pthread_join(ts->thread, NULL);
	pthread_cond_destroy(&ts->wake);
	pthread_mutex_destroy(&ts->lock);
	free(ts->heap);
	free(ts);
}

void timers_add(struct timers *ts, struct timer *t, int64_t at, void (*fire)(struct timer *t))
{
	pthread_mutex_lock(&ts->lock);
	t->at = at;
	t->fire = fire;
	if (ts->n + 2 > ts->cap) {
		ts->cap = ts->cap ? ts->cap * 2 : 16;
		ts->heap = mem_realloc(ts->heap, ts->cap, sizeof(struct timer *));
	}
	ts->n++;
	rise(ts, t, ts->n);
	/* What it sleeps for may be cancelled by now: then it wakes once for nothing, instead of
	 * being woken for each that comes. */
	if (at < ts->asleep_until) {
		ts->asleep_until = 0;
		pthread_cond_signal(&ts->wake);
	}
	pthread_mutex_unlock(&ts->lock);
}

bool timers_cancel(struct timers *ts, struct timer *t)
{
	bool pending;

	pthread_mutex_lock(&ts->lock);
	pending = t->place != 0;
	if (pending)
		take_out(ts, t);
	pthread_mutex_unlock(&ts->lock);
	return pending;
}
