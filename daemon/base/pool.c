#include "daemon/base/pool.h"
#include "daemon/base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct lane {
	struct work *first, **last;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct lane lanes[2]; /* short, long */
	unsigned turn; /* of a long one, when it comes to LONG_TURN */
	size_t waiting, max_waiting, busy;
	unsigned started, wanted;
	bool closing;
	char name[16];
	pthread_t threads[];
};

struct pool *pool_new(const char *name, unsigned threads, size_t max_queued)
{
	struct pool *p = mem_calloc(1, sizeof *p + threads * sizeof *p->threads);

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	for (size_t i = 0; i < ARRAY_LEN(p->lanes); i++)
		p->lanes[i].last = &p->lanes[i].first;
	p->max_waiting = max_queued;
	p->wanted = threads;
	snprintf(p->name, sizeof p->name, "%s", name);
	return p;
}

/* Something waits. */
static struct work *next_work(struct pool *p)
{
	bool both = p->lanes[0].first && p->lanes[1].first;
	bool take_long = both ? ++p->turn % LONG_TURN == 0 : p->lanes[1].first != NULL;
	struct lane *l = &p->lanes[take_long];
	struct work *w = l->first;

	l->first = w->next;
	if (!l->first)
		l->last = &l->first;
	p->waiting--;
	w->next = NULL;
	return w;
}

static void *serve(void *arg)
{
	struct pool *p = arg;

	pthread_setname_np(pthread_self(), p->name);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!p->waiting && !p->closing)
			pthread_cond_wait(&p->wake, &p->lock);
		if (!p->waiting)
			break;
		struct work *w = next_work(p);
		p->busy++;
		pthread_mutex_unlock(&p->lock);
		w->run(w);
		pthread_mutex_lock(&p->lock);
		p->busy--;
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Threads take no signals: those are the main thread's business. */
static bool start_thread(struct pool *p)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&p->threads[p->started], NULL, serve, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r == 0)
		p->started++;
	return r == 0;
}

int pool_push(struct pool *p, struct work *w, struct err *e)
{
	int r = 0;

	pthread_mutex_lock(&p->lock);
	if (p->closing || (p->max_waiting && p->waiting >= p->max_waiting)) {
		r = err_set(e, ERR_BUSY, "the queue of %s is full (%zu waiting); try again later",
			p->name, p->waiting);
	} else if (p->started < p->wanted && p->busy + p->waiting >= p->started &&
		   !start_thread(p) && p->started == 0) {
		r = err_set(e, ERR_BUSY,
			"no thread can be started for %s; raise the limit of tasks", p->name);
	} else {
		struct lane *l = &p->lanes[w->is_long];

		w->next = NULL;
		*l->last = w;
		l->last = &w->next;
		p->waiting++;
		/*
		 * Under the lock: once the work is taken, the pool may be freed. Busy threads look
		 * by themselves.
		 */
		if (p->busy < p->started)
			pthread_cond_signal(&p->wake);
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

size_t pool_busy(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->busy;
	pthread_mutex_unlock(&p->lock);
	return n;
}

size_t pool_waiting(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->waiting;
	pthread_mutex_unlock(&p->lock);
	return n;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
