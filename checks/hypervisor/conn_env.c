#include "checks/hypervisor/conn_env.h"
#include "daemon/base/clock.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct spawned {
	struct conn_env *env;
	const char *name;
	void (*fn)(void *arg);
	void *arg;
};

void conn_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

bool conn_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until)
{
	struct timespec at = { .tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000 };

	if (until == CLOCK_NEVER)
		return pthread_cond_wait(cond, lock) == 0;
	return pthread_cond_timedwait(cond, lock, &at) != ETIMEDOUT;
}

static void nothing(struct work *w)
{
	free(w);
}

void conn_env_init(struct conn_env *env, struct timers *timers)
{
	struct work *first = mem_calloc(1, sizeof *first);
	struct err e;

	*env = (struct conn_env){ .timers = timers, .threads = 4, .idle_ms = 300000 };
	pthread_mutex_init(&env->lock, NULL);
	conn_cond_init(&env->gone);
	env->late = pool_new("hv-late", 2, 0);
	/* With one thread running, the pool takes whatever is pushed until it is freed. */
	first->run = nothing;
	if (pool_push(env->late, first, &e) < 0)
		abort();
}

size_t conn_env_wait(struct conn_env *env, int64_t deadline)
{
	size_t left;

	pthread_mutex_lock(&env->lock);
	while (env->alive && conn_cond_wait(&env->gone, &env->lock, deadline))
		;
	left = env->alive;
	pthread_mutex_unlock(&env->lock);
	return left;
}

void conn_env_clear(struct conn_env *env)
{
	pool_free(env->late);
	pthread_cond_destroy(&env->gone);
	pthread_mutex_destroy(&env->lock);
}

static void count_alive(struct conn_env *env, int n)
{
	pthread_mutex_lock(&env->lock);
	env->alive += (size_t)n;
	pthread_cond_broadcast(&env->gone);
	pthread_mutex_unlock(&env->lock);
}

static void *run(void *arg)
{
	struct spawned s = *(struct spawned *)arg;

	free(arg);
	pthread_setname_np(pthread_self(), s.name);
	s.fn(s.arg);
	count_alive(s.env, -1);
	return NULL;
}

/* Signals are the main thread's business. */
bool conn_env_spawn(struct conn_env *env, const char *name, void (*fn)(void *arg), void *arg)
{
	struct spawned *s = mem_calloc(1, sizeof *s);
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int r;

	*s = (struct spawned){ env, name, fn, arg };
	count_alive(env, 1);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, &attr, run, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (r == 0)
		return true;
	count_alive(env, -1);
	free(s);
	return false;
}
