/*
 * Threads that run queued work, in order of arrival; but what is marked as long lets what came
 * later and is short go ahead, so that a heap of the first does not hold up the second. Where both
 * wait, one in LONG_TURN is a long one.
 *
 * A struct work is embedded in what it works on and must stay valid until its run() is entered;
 * run() may free it. Pushing synchronises: what the pusher wrote before, run() sees.
 * All functions may be called from any thread, except where said.
 */
#ifndef VSMIGD_BASE_POOL_H
#define VSMIGD_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/err.h"

struct work {
	struct work *next; /* the pool's, while queued */
	void (*run)(struct work *w);
	bool is_long; /* set before pool_push */
};

enum { LONG_TURN = 8 };

struct pool;

/*
 * A pool of up to `threads` threads, started when work needs them, with at most `max_queued`
 * entries waiting (0: no cap). `name` (15 characters at most) names the threads.
 */
struct pool *pool_new(const char *name, unsigned threads, size_t max_queued);
/* Queues w. Returns 0, or -ERR_BUSY when max_queued are waiting or the pool is closing. */
int pool_push(struct pool *p, struct work *w, struct err *e);
/* How many threads run something right now, and how many entries wait. */
size_t pool_busy(struct pool *p);
size_t pool_waiting(struct pool *p);
/*
 * Refuses new work, runs what is queued, joins the threads and frees the pool. Not from one of
 * its own threads. pool_free(NULL) does nothing.
 */
void pool_free(struct pool *p);

#endif
