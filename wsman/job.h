/*
 * One request under way inside wsman/: what is known of it, and its way from a worker through
 * the object manager back to a worker, while its deadline may end it at any moment.
 *
 * Handlers (dispatch.h) run on a worker and return 0 when the answer was given or an operation
 * was started, or -1 with j->fault filled. Several things hold a job: the worker that runs it,
 * the operation, the timer; it is freed, with its arenas, when the last lets go. So an answer
 * that comes from a provider after the deadline finds all its memory, and nobody to tell.
 */
#ifndef VSMIGD_WSMAN_JOB_H
#define VSMIGD_WSMAN_JOB_H

#include <pthread.h>
#include <stdatomic.h>

#include "cim/cim.h"
#include "cim/codec.h"
#include "wsman/contexts.h"
#include "wsman/envelope.h"
#include "wsman/identify.h"
#include "wsman/reply.h"
#include "wsman/subscriptions.h"
#include "wsman/wsman.h"

struct wsman {
	struct wsman_config config;
	struct cim *cim;
	struct pool *workers;
	struct timers *timers;
	struct contexts *contexts;
	struct subscriptions *subscriptions;
	struct identify *identify;
	char *host_name;
	pthread_mutex_t lock;
	pthread_cond_t idle; /* jobs became 0 */
	size_t jobs;
};

struct job {
	struct cim_op op; /* first: done() gets the job from it */
	struct timer timer;
	struct work resumed; /* queued when a parked operation is done */
	struct work expired; /* queued when the deadline passed */
	struct wsman *w;
	struct wsman_call *call; /* the daemon's again once answered */
	struct request req; /* a copy: the call's may be gone before the operation ends */
	struct arena *arena;
	struct arena *op_arena; /* of the operation; an enumeration takes it over */
	struct envelope env;
	struct fault fault;
	const char *reply_parameters, *fault_parameters; /* headers for the reply; NULL: none */

	/* set by dispatch */
	struct cim_uri uri;
	const struct cim_class *class; /* NULL when the URI is for all classes */
	const struct cim_method *method;
	struct cim_ref ref; /* class, namespace and keys of the request */
	void *detail; /* the handler's own, in op_arena */

	int (*resume)(struct job *j);
	bool (*forget)(struct job *j);
	bool nameless; /* the client sent no User-Agent: libmi.h */
	bool replied; /* by job_reply, and not by the deadline before it */
	atomic_int refs, state;
	atomic_bool answered;
};

/* Runs `handler` on a new job for the call. */
void job_start(struct wsman *w, struct wsman_call *call, int (*handler)(struct job *j));
/* Lowers the deadline to what the request asks for and the configuration allows. */
int job_set_deadline(struct job *j);
/*
 * Runs j->op, prepared by the caller except for arena, request and done, and then `resume`, on
 * this thread or later on a worker; never when the deadline came first. Returns 0, or -1 when
 * the deadline has passed already.
 */
int job_run_op(struct job *j, int (*resume)(struct job *j));
/*
 * The same for whatever else is waited for: runs `start`, which sees to it that job_wake(j) is
 * called exactly once, perhaps before it returns. `forget`, unless NULL, is asked when the
 * deadline came first: true says that job_wake will not be called any more, and was not.
 */
int job_park(struct job *j, void (*start)(struct job *j), bool (*forget)(struct job *j),
	int (*resume)(struct job *j));
void job_wake(struct job *j);
/* A head for the reply with this action, which stays the caller's. */
struct reply_head job_head(const struct job *j, const char *action);
/* Answers with a body. Returns 0. */
int job_reply(struct job *j, const struct reply_head *head, const struct buf *body);
/* Answers with octets that are encoded already. Returns 0. */
int job_reply_encoded(struct job *j, const struct buf *reply);
/* How many octets the body of a reply with this head may take, in the charset of the reply. */
size_t job_budget(const struct job *j, const struct reply_head *head);
/* Fails because the reply would not fit: by the client's limit or by ours. */
int job_too_large(struct job *j);
/* What goes into EPRs and elements of the reply. */
struct cim_style job_style(const struct job *j);

#endif
