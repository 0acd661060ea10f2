/* What a job does on the threads of its connections. */
#include <string.h>

#include "checks/hypervisor/probe_job.h"
#include "daemon/base/clock.h"

static void run_sweep(struct job *j)
{
	job_end_sweep(j, j->task.access != ACCESS_OPEN || !probe_sweep(j->ps, j->task.v, j->host));
}

static void begin(struct job *j)
{
	pthread_mutex_lock(&j->ps->lock);
	job_take_companions(j);
	pthread_mutex_unlock(&j->ps->lock);
}

static void run_twins(struct job *j)
{
	struct probe_result *r = &j->result;

	begin(j);
	*r = (struct probe_result){ .started = TRI_UNKNOWN };
	if (j->task.access == ACCESS_OPEN)
		probe_twins_try(&j->twins, j->ps, j->task.v, j->host, &j->covers, r);
	else
		memcpy(r->text, j->task.text, sizeof j->task.text);
	job_end(j, r->left, false);
}

/* The source's connection, handed from a thread of its own to the one that waits for it. */
struct handed {
	struct conn_task task;
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool done;
	virConnectPtr v; /* NULL: for this reason */
	char text[OPEN_TEXT];
};

static void hand(struct conn_task *t)
{
	struct handed *h = CONTAINER(t, struct handed, task);

	pthread_mutex_lock(&h->lock);
	if (t->access == ACCESS_OPEN) {
		virConnectRef(t->v);
		h->v = t->v;
	}
	memcpy(h->text, t->text, sizeof t->text);
	h->done = true;
	pthread_cond_signal(&h->told);
	pthread_mutex_unlock(&h->lock);
}

/* A task is run by its deadline, with a connection or without; nobody waits there for us. */
static virConnectPtr get_source(struct job *j, struct scout_result *out)
{
	struct handed h = { .task = { .run = hand, .deadline = j->task.deadline } };

	pthread_mutex_init(&h.lock, NULL);
	conn_cond_init(&h.told);
	conn_submit(j->source, &h.task);
	pthread_mutex_lock(&h.lock);
	while (!h.done)
		conn_cond_wait(&h.told, &h.lock, CLOCK_NEVER);
	pthread_mutex_unlock(&h.lock);
	pthread_cond_destroy(&h.told);
	pthread_mutex_destroy(&h.lock);
	if (!h.v)
		memcpy(out->text, h.text, sizeof h.text);
	return h.v;
}

/* Nobody waits until it is taken away; whoever comes next does. */
static void decided(void *arg)
{
	job_answer(arg);
}

/* On a thread of the destination's, as twins are: those of the source are few, and many want them. */
static void pass(struct job *j)
{
	struct scout_route route = {
		.ps = j->ps,
		.env = j->ps->env,
		.host = j->host,
		.to = j->task.v,
		.from_uri = conn_uri(j->source),
		.to_uri = conn_uri(j->conn),
		.until = j->task.deadline,
		.decided = decided,
		.arg = j,
	};

	route.from = get_source(j, &j->passed);
	if (!route.from)
		return;
	scout_try(&j->scout, &route, &j->passed);
	virConnectClose(route.from);
}

static void run_scout(struct job *j)
{
	begin(j);
	j->passed = (struct scout_result){ .through = TRI_UNKNOWN };
	if (j->task.access == ACCESS_OPEN)
		pass(j);
	else
		memcpy(j->passed.text, j->task.text, sizeof j->task.text);
	job_end(j, j->passed.left_there, j->passed.left_here);
}

void job_run(struct conn_task *task)
{
	static void (*const run[])(struct job * j) = {
		[JOB_TWINS] = run_twins,
		[JOB_SCOUT] = run_scout,
		[JOB_SWEEP] = run_sweep,
	};
	struct job *j = CONTAINER(task, struct job, task);

	run[j->kind](j);
}
