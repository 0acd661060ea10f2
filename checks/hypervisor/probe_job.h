/*
 * The jobs of the probe: what waits for a connection and what runs there. probe.c has the queue and the
 * answers, probe_run.c what a job does.
 */
#ifndef VSMIGD_HV_PROBE_JOB_H
#define VSMIGD_HV_PROBE_JOB_H

#include "checks/hypervisor/conn_inner.h"
#include "checks/hypervisor/probe_inner.h"

enum job_kind { JOB_TWINS, JOB_SCOUT, JOB_SWEEP };

/*
 * Who holds it: the list, until it has run; its timer, until that fired or was cancelled; and of
 * twins, whoever makes them. Until there are some the job sleeps.
 */
struct job {
	enum job_kind kind;
	struct conn_task task, source_task;
	struct probes *ps;
	struct conn *conn, *source; /* source: NULL of a sweep */
	struct arena *arena;
	char *host; /* the source host's UUID */
	const char *key; /* equal ones are one probe */
	struct hv_probe *asker; /* NULL once answered */
	const char *why; /* it is answered without a result, because */
	struct timer timer;
	struct work work;
	struct job *next, *others; /* others: to be answered along with it */
	unsigned refs, attempts;
	bool running, sleeping;
	bool again; /* a sweep: once more when it ends */

	/* JOB_TWINS */
	struct probe_twins twins;
	const char *vm; /* its UUID */
	struct probe_facts covers;
	struct probe_result result;

	/* JOB_SCOUT */
	struct scout scout;
	struct scout_result passed;
};

struct live {
	char uuid[VIR_UUID_STRING_BUFLEN];
	struct live *next;
};

struct probes {
	struct conn_env *env;
	pthread_mutex_t lock; /* of all below, and of the jobs' links and askers */
	struct job *jobs; /* in the order they came */
	struct live *live;
	unsigned scouts; /* under way */
	bool closed;
};

/* On a thread of its connection, or when there is none. */
void job_run(struct conn_task *task);

/* Locked: those that wait for the same are taken out of the line, and answered along with it; until then
 * their timers may answer them. */
void job_take_companions(struct job *j);
/* Answers it, and those, with its result; again, nobody. Who ran it holds the list's reference. */
void job_answer(struct job *j);
/* It is over: answers whom nobody has answered, and lets the next one run. left: something of it is there
 * still, and is to be swept. */
void job_end(struct job *j, bool left_there, bool left_here);
/* A sweep that ends; again: it is tried once more later. */
void job_end_sweep(struct job *j, bool again);

#endif
