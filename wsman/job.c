#include "wsman/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/count.h"

/* Of an operation: its starter has not returned yet; it has, without an answer; it is done. */
enum state { OP_NONE, OP_STARTING, OP_PARKED, OP_DONE };

static struct job *job_new(struct wsman *w, struct wsman_call *call)
{
	struct job *j = mem_calloc(1, sizeof *j);

	j->w = w;
	j->call = call;
	j->req = call->req;
	j->nameless = !call->user_agent;
	j->arena = arena_new();
	atomic_init(&j->refs, 1);
	pthread_mutex_lock(&w->lock);
	w->jobs++;
	pthread_mutex_unlock(&w->lock);
	count_add(COUNT_REQUESTS, 1);
	return j;
}

static void job_unref(struct job *j)
{
	struct wsman *w = j->w;

	if (atomic_fetch_sub(&j->refs, 1) != 1)
		return;
	envelope_free(&j->env);
	arena_free(j->arena);
	arena_free(j->op_arena);
	free(j);
	pthread_mutex_lock(&w->lock);
	if (--w->jobs == 0)
		pthread_cond_broadcast(&w->idle);
	pthread_mutex_unlock(&w->lock);
}

/* Whoever gets true is the one to answer. */
static bool claim(struct job *j)
{
	return !atomic_exchange(&j->answered, true);
}

static void give_back(struct job *j, int status)
{
	struct wsman_call *call = j->call;

	call->status = status;
	call->req.audit.status = status;
	call->reply_type = call->reply.len ? charset_media_type(j->env.charset) : NULL;
	call->close = false;
	j->call = NULL;
	count_add(COUNT_REQUESTS, -1);
	call->done(call);
}

struct reply_head job_head(const struct job *j, const char *action)
{
	return (struct reply_head){
		.to = j->env.reply_to,
		.action = action,
		.relates_to = j->env.message_id,
		.extra = j->reply_parameters,
	};
}

/* After claim. Reads of the job only what no longer changes: the timer's side calls it too. */
static void answer_fault(struct job *j, const struct fault *f)
{
	struct reply_head head = job_head(j, NULL);
	struct wsman_call *call = j->call;
	auto_buf struct buf utf8 = { 0 };

	if (f->http) {
		give_back(j, f->http);
		return;
	}
	head.extra = j->fault_parameters;
	reply_fault(&utf8, &head, f, call->anonymous ? "" : j->w->host_name);
	reply_encode(&call->reply, &utf8, j->env.charset);
	snprintf(call->req.audit.fault, sizeof call->req.audit.fault, "%s", fault_name(f->id));
	count_add(COUNT_FAULTS_TOTAL, 1);
	give_back(j, 500);
}

static void fail(struct job *j)
{
	if (!claim(j))
		return;
	j->call->req.audit = j->req.audit;
	answer_fault(j, &j->fault);
}

int job_reply_encoded(struct job *j, const struct buf *reply)
{
	if (!claim(j))
		return 0;
	j->call->req.audit = j->req.audit;
	buf_add(&j->call->reply, reply->data, reply->len);
	give_back(j, 200);
	return 0;
}

int job_reply(struct job *j, const struct reply_head *head, const struct buf *body)
{
	auto_buf struct buf utf8 = { 0 };

	if (!claim(j))
		return 0;
	j->call->req.audit = j->req.audit;
	reply_write(&utf8, head, body->data ? body->data : "", body->len);
	reply_encode(&j->call->reply, &utf8, j->env.charset);
	give_back(j, 200);
	j->replied = true;
	return 0;
}

void job_start(struct wsman *w, struct wsman_call *call, int (*handler)(struct job *j))
{
	struct job *j = job_new(w, call);

	if (handler(j) < 0)
		fail(j);
	job_unref(j);
}

static int timed_out(struct job *j)
{
	return fault_set(&j->fault, FAULT_TIMED_OUT, NULL);
}

int job_set_deadline(struct job *j)
{
	int64_t ms = j->env.timeout_ms, received = j->req.received, at;

	if (ms < 0 || ms > j->w->config.operation_timeout_ms)
		ms = j->w->config.operation_timeout_ms;
	if (ms == 0)
		return timed_out(j);
	at = received ? received + ms : clock_in(ms);
	if (at < j->req.deadline || j->req.deadline == 0)
		j->req.deadline = at;
	return 0;
}

static void resume(struct job *j)
{
	if (!atomic_load(&j->answered) && j->resume(j) < 0)
		fail(j);
	job_unref(j);
}

/* The timer lets go of the job, here or in on_deadline, which is under way then. */
static void stop_timer(struct job *j)
{
	if (timers_cancel(j->w->timers, &j->timer))
		job_unref(j);
}

static struct job *job_of_work(struct work *w, size_t offset)
{
	return (struct job *)((char *)w - offset);
}

static void run_resumed(struct work *w)
{
	struct job *j = job_of_work(w, offsetof(struct job, resumed));

	stop_timer(j);
	resume(j);
}

static void run_expired(struct work *w)
{
	struct job *j = job_of_work(w, offsetof(struct job, expired));
	struct fault f;

	fault_set(&f, FAULT_TIMED_OUT, NULL);
	if (claim(j))
		answer_fault(j, &f);
	if (j->forget && j->forget(j))
		job_unref(j);
	job_unref(j);
}

/* A full queue must not lose an answer: it is given right here then. */
static void push_or_run(struct job *j, struct work *w, void (*run)(struct work *w))
{
	struct err e;

	w->run = run;
	if (pool_push(j->w->workers, w, &e) < 0)
		run(w);
}

static void on_deadline(struct timer *t)
{
	struct job *j = (struct job *)((char *)t - offsetof(struct job, timer));

	push_or_run(j, &j->expired, run_expired);
}

void job_wake(struct job *j)
{
	int starting = OP_STARTING;

	/* While the starter is still on its way out of cim_run, it goes on with the job itself. */
	if (!atomic_compare_exchange_strong(&j->state, &starting, OP_DONE))
		push_or_run(j, &j->resumed, run_resumed);
}

static void on_done(struct cim_op *op)
{
	job_wake((struct job *)op);
}

static void park(struct job *j)
{
	int starting = OP_STARTING;

	atomic_fetch_add(&j->refs, 1);
	timers_add(j->w->timers, &j->timer, j->req.deadline, on_deadline);
	if (atomic_compare_exchange_strong(&j->state, &starting, OP_PARKED))
		return;
	stop_timer(j);
	resume(j);
}

int job_park(struct job *j, void (*start)(struct job *j), bool (*forget)(struct job *j),
	int (*then)(struct job *j))
{
	if (clock_ms() >= j->req.deadline)
		return timed_out(j);
	j->resume = then;
	j->forget = forget;
	/* After the deadline the audit record is written from what is known by now. */
	j->call->req.audit = j->req.audit;
	atomic_fetch_add(&j->refs, 1);
	atomic_store(&j->state, OP_STARTING);
	start(j);
	if (atomic_load(&j->state) == OP_DONE)
		resume(j);
	else
		park(j);
	return 0;
}

static void run_op(struct job *j)
{
	cim_run(j->w->cim, &j->op);
}

int job_run_op(struct job *j, int (*then)(struct job *j))
{
	if (!j->op_arena)
		j->op_arena = arena_new();
	j->op.arena = j->op_arena;
	j->op.req = &j->req;
	j->op.done = on_done;
	return job_park(j, run_op, NULL, then);
}

static size_t limit_of(const struct job *j)
{
	size_t own = j->w->config.max_envelope;

	return j->env.max_size && j->env.max_size < own ? (size_t)j->env.max_size : own;
}

size_t job_budget(const struct job *j, const struct reply_head *head)
{
	size_t limit = limit_of(j), around = reply_overhead(head, j->env.charset);

	return limit > around ? limit - around : 0;
}

int job_too_large(struct job *j)
{
	bool ours = !j->env.max_size || j->env.max_size > j->w->config.max_envelope;

	return fault_set(&j->fault, ours ? FAULT_SERVICE_ENVELOPE : FAULT_MAX_ENVELOPE_SIZE, NULL);
}

struct cim_style job_style(const struct job *j)
{
	/* ".../wscim/1/" + "*" is for queries; under a wmi/ URI classes have the same prefix as "*". */
	bool all = j->uri.kind == CIM_URI_ALL && !strstr(j->uri.prefix, "/wmi/");

	return (struct cim_style){
		.prefix = all ? CIM_URI_DMTF : j->uri.prefix,
		.address = j->env.reply_to,
	};
}
