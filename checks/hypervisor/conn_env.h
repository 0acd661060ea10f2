/*
 * What all connections share: timers, limits, the threads that are alive. The owner outlives
 * every thread and connection; when a thread never ends, so does this.
 */
#ifndef VSMIGD_HV_CONN_ENV_H
#define VSMIGD_HV_CONN_ENV_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/pool.h"
#include "daemon/base/timer.h"

struct conn_env {
	struct timers *timers;
	struct pool *late; /* runs tasks that no connection could run */
	_Atomic unsigned threads; /* for each connection */
	_Atomic int64_t idle_ms;
	_Atomic bool closing;
	_Atomic int stuck; /* abandoned openers */
	pthread_mutex_t lock; /* of alive */
	pthread_cond_t gone; /* alive fell */
	size_t alive; /* threads */
};

void conn_env_init(struct conn_env *env, struct timers *timers);
/* A detached thread that conn_env_wait waits for; false when there can be none. */
bool conn_env_spawn(struct conn_env *env, const char *name, void (*fn)(void *arg), void *arg);
/* Waits for all threads until the deadline; returns how many are left. */
size_t conn_env_wait(struct conn_env *env, int64_t deadline);
/* Only when no thread is left; runs what waits in `late`. */
void conn_env_clear(struct conn_env *env);

/* Condition variables on the clock of deadlines. */
void conn_cond_init(pthread_cond_t *cond);
/* False when the time had come. */
bool conn_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until);

#endif
