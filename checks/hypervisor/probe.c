#include "checks/hypervisor/probe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/hypervisor/conn_inner.h"
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/side.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

/*
 * A job: a probe, or a sweep. Who holds it: the list, until it has run; its timer, until that fired
 * or was cancelled; and of a probe, whoever makes its twin. Until there is one the job sleeps.
 */
struct job {
	struct conn_task task, source_task;
	struct probes *ps;
	struct conn *conn, *source; /* source: a probe's */
	struct arena *arena;
	char *host; /* the source host's UUID */
	struct probe_twins twins;
	const char *vm; /* its UUID */
	const char *key; /* the twins' text: equal ones are one probe */
	struct probe_facts covers;
	struct hv_probe *asker; /* NULL once answered */
	const char *why; /* it is answered without a result, because */
	struct probe_result result;
	struct timer timer;
	struct work work;
	struct job *next, *others; /* others: to be answered along with it */
	unsigned refs, attempts;
	bool sweep, running, sleeping;
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
	bool closed;
};

struct probes *probes_new(struct conn_env *env)
{
	struct probes *ps = mem_calloc(1, sizeof *ps);

	ps->env = env;
	pthread_mutex_init(&ps->lock, NULL);
	return ps;
}

void probes_live(struct probes *ps, const char *uuid, bool live)
{
	struct live *l, **link;

	pthread_mutex_lock(&ps->lock);
	if (live) {
		l = mem_calloc(1, sizeof *l);
		memcpy(l->uuid, uuid, strnlen(uuid, sizeof l->uuid - 1));
		l->next = ps->live;
		ps->live = l;
	} else {
		for (link = &ps->live; *link && strcmp((*link)->uuid, uuid) != 0;)
			link = &(*link)->next;
		l = *link;
		if (l)
			*link = l->next;
		free(l);
	}
	pthread_mutex_unlock(&ps->lock);
}

bool probes_is_live(struct probes *ps, const char *uuid)
{
	bool found = false;

	pthread_mutex_lock(&ps->lock);
	for (const struct live *l = ps->live; l && !found; l = l->next)
		found = strcmp(l->uuid, uuid) == 0;
	pthread_mutex_unlock(&ps->lock);
	return found;
}

static void job_free(struct job *j)
{
	probe_twins_clear(&j->twins);
	arena_free(j->arena);
	conn_unref(j->conn);
	conn_unref(j->source);
	free(j->host);
	free(j);
}

static void drop(struct job *j)
{
	bool last;

	pthread_mutex_lock(&j->ps->lock);
	last = --j->refs == 0;
	pthread_mutex_unlock(&j->ps->lock);
	if (last)
		job_free(j);
}

static struct hv_probe *take_asker(struct job *j)
{
	struct hv_probe *p;

	pthread_mutex_lock(&j->ps->lock);
	p = take(j->asker);
	pthread_mutex_unlock(&j->ps->lock);
	return p;
}

/* Locked. */
static void unlink_job(struct job *j)
{
	struct job **link = &j->ps->jobs;

	while (*link && *link != j)
		link = &(*link)->next;
	if (*link)
		*link = j->next;
	j->next = NULL;
}

/* Locked. */
static void append_job(struct job *j)
{
	struct job **link = &j->ps->jobs;

	while (*link)
		link = &(*link)->next;
	*link = j;
}

static void run_job(struct conn_task *task);

/* Locked: the first job of one kind, of a connection that has none running. */
static void kick_kind(struct probes *ps, const struct conn *conn, bool twin)
{
	struct job *first = NULL;

	for (struct job *j = ps->jobs; j; j = j->next) {
		if (j->conn != conn || j->sleeping || j->sweep == twin)
			continue;
		if (j->running)
			return;
		if (!first)
			first = j;
	}
	if (!first)
		return;
	first->running = true;
	first->task = (struct conn_task){ .run = run_job,
		.deadline = first->asker ? first->asker->deadline : clock_in(PROBE_SWEEP_MS) };
	conn_submit(first->conn, &first->task);
}

/* Locked. A sweep holds up no twin: it may wait long for a domain that libvirt does not let go. */
static void kick(struct probes *ps, const struct conn *conn)
{
	kick_kind(ps, conn, true);
	kick_kind(ps, conn, false);
}

/* Answers. */

static void free_arena(void *arena)
{
	arena_free(arena);
}

/* With the lock released: nobody else refers to the asker any more. */
static void answer(struct job *j, struct hv_probe *p, const struct probe_result *r, const char *why)
{
	struct facts *f = p->facts;

	if (r) {
		f->probe = j->covers;
		probe_twins_tell(&j->twins, r, j->arena, &f->probe);
		/* What it covers lives in the job's. */
		arena_defer(f->dst_arena, free_arena, take(j->arena));
		why = f->probe.text;
	}
	if (r && r->started != TRI_UNKNOWN)
		facts_set_known(f, FACT_DST_PROBE);
	else
		facts_set_unknown(f, FACT_DST_PROBE, why, NULL);
	p->done(p);
}

/* Gives up the timer's reference, when it has not fired. Locked. */
static void disarm(struct job *j)
{
	if (j->timer.fire && timers_cancel(j->ps->env->timers, &j->timer))
		j->refs--;
	j->timer.fire = NULL;
}

/* Answers a chain of jobs that are in the list no more, and lets go of them. */
static void answer_all(struct job *answers, const struct probe_result *r, const char *why)
{
	for (struct job *j = answers, *next; j; j = next) {
		struct hv_probe *p = take_asker(j);

		next = j->next;
		if (p)
			answer(j, p, r, why);
		drop(j);
	}
}

static bool same_probe(const struct job *a, const struct job *b)
{
	return a->conn == b->conn && a->key && b->key && !b->running && strcmp(a->key, b->key) == 0;
}

/*
 * Locked, when the job is about to be started: takes those that wait for the same twin out of the
 * line. They are answered along with it; until then their timers may answer them.
 */
static struct job *companions(struct job *j)
{
	struct job *all = NULL, **end = &all;

	for (struct job *o = j->ps->jobs, *next; o; o = next) {
		next = o->next;
		if (o == j || !same_probe(j, o))
			continue;
		unlink_job(o);
		*end = o;
		end = &o->next;
	}
	return all;
}

/* On a thread aside: timers must not be held up. */
static void run_late(struct work *w)
{
	struct job *j = CONTAINER(w, struct job, work);
	struct hv_probe *p = take_asker(j);

	if (p)
		answer(j, p, NULL, j->why);
	drop(j);
}

/* The deadline of the asker. A job that runs goes on without it. */
static void too_late(struct timer *timer)
{
	struct job *j = CONTAINER(timer, struct job, timer);
	struct err e;

	pthread_mutex_lock(&j->ps->lock);
	j->timer.fire = NULL;
	j->why = "the probe on the target host did not end in time";
	if (!j->running) {
		j->why = j->sleeping ? "the source host did not tell in time what would be moved"
				     : "other probes on the target host took all the time";
		unlink_job(j);
		j->refs--; /* the list's */
	}
	pthread_mutex_unlock(&j->ps->lock);
	j->work.run = run_late;
	if (pool_push(j->ps->env->late, &j->work, &e) < 0)
		run_late(&j->work);
}

/* Sweeps that could not be done, and are tried again. */

static void wake_sweep(struct timer *timer)
{
	struct job *j = CONTAINER(timer, struct job, timer);

	pthread_mutex_lock(&j->ps->lock);
	j->timer.fire = NULL;
	j->sleeping = false;
	j->refs--; /* the timer's; the list has one */
	kick(j->ps, j->conn);
	pthread_mutex_unlock(&j->ps->lock);
}

/* Locked: to the end of the line, for later. */
static void sleep_on(struct job *j)
{
	j->attempts++;
	j->running = false;
	j->sleeping = true;
	j->refs++;
	unlink_job(j);
	append_job(j);
	j->timer = (struct timer){ 0 };
	timers_add(j->ps->env->timers, &j->timer, clock_in(PROBE_SWEEP_AGAIN_MS), wake_sweep);
}

static struct job *job_new(struct probes *ps, struct conn *conn, const char *host)
{
	struct job *j = mem_calloc(1, sizeof *j);

	j->refs = 1;
	j->ps = ps;
	j->conn = conn_ref(conn);
	j->arena = arena_new();
	j->host = mem_strdup(host);
	return j;
}

/* Locked. */
static void add_sweep(struct probes *ps, struct conn *conn, const char *host)
{
	struct job *j;

	for (j = ps->jobs; j; j = j->next)
		if (j->conn == conn && j->sweep)
			return; /* one is on its way */
	j = job_new(ps, conn, host);
	j->sweep = true;
	append_job(j);
	kick(ps, conn);
}

static bool swept(struct job *j)
{
	return j->task.access == ACCESS_OPEN && probe_sweep(j->ps, j->task.v, j->host);
}

static void run_sweep(struct job *j)
{
	bool again = !swept(j);

	pthread_mutex_lock(&j->ps->lock);
	again = again && j->attempts < PROBE_SWEEPS && !j->ps->closed;
	if (again)
		sleep_on(j);
	else
		unlink_job(j);
	kick(j->ps, j->conn);
	pthread_mutex_unlock(&j->ps->lock);
	if (!again)
		drop(j);
}

static void try_twin(struct job *j)
{
	struct probe_result *r = &j->result;

	*r = (struct probe_result){ .started = TRI_UNKNOWN };
	if (j->task.access == ACCESS_OPEN)
		probe_twins_try(&j->twins, j->ps, j->task.v, j->host, &j->covers, r);
	else
		memcpy(r->text, j->task.text, sizeof j->task.text);
}

static void end_probe(struct job *j)
{
	struct probes *ps = j->ps;
	struct probe_result r = j->result;

	pthread_mutex_lock(&ps->lock);
	unlink_job(j);
	j->next = take(j->others);
	for (struct job *o = j; o; o = o->next)
		disarm(o);
	if (r.left && !ps->closed)
		add_sweep(ps, j->conn, j->host);
	if (r.client_left && !ps->closed)
		add_sweep(ps, j->source, j->host);
	kick(ps, j->conn);
	pthread_mutex_unlock(&ps->lock);
	answer_all(j, &r, NULL);
}

static void run_client(struct conn_task *task)
{
	struct job *j = CONTAINER(task, struct job, source_task);

	if (task->access == ACCESS_OPEN)
		probe_twins_try_client(&j->twins, j->ps, task->v, j->host, &j->result);
	end_probe(j);
}

static void run_probe(struct job *j)
{
	struct probes *ps = j->ps;

	pthread_mutex_lock(&ps->lock);
	j->others = companions(j);
	for (struct job *o = j->others; o; o = o->next)
		o->running = true;
	pthread_mutex_unlock(&ps->lock);
	try_twin(j);
	if (!j->twins.client || j->result.started != TRI_YES) {
		end_probe(j);
		return;
	}
	j->source_task = (struct conn_task){ .run = run_client, .deadline = j->task.deadline };
	conn_submit(j->source, &j->source_task);
}

static void run_job(struct conn_task *task)
{
	struct job *j = CONTAINER(task, struct job, task);

	if (j->sweep)
		run_sweep(j);
	else
		run_probe(j);
}

/* From outside. */

const char *hv_probe_hindrance(const struct facts *f)
{
	if (f->src.simulated || f->dst.simulated)
		return "a simulated host starts nothing";
	if (!f->dst.type || strcasecmp(f->dst.type, "QEMU") != 0)
		return "only QEMU starts a guest that does not run";
	if (!facts_known(f, FACT_SRC_CAPS) || !f->src.caps.uuid)
		return "the source host has no UUID to sign a probe with";
	if (!facts_known(f, FACT_DST_CAPS) || !f->dst.caps.uuid)
		return "the target host has no UUID";
	if (strcasecmp(f->src.caps.uuid, f->dst.caps.uuid) == 0)
		return "source and target are the same host";
	return NULL;
}

/* Locked: the asker waits on, for the twin that there is now. False: its time is over, or this
 * service's. */
static bool get_ready(struct job *j, struct hv_probe *p, const char *key)
{
	if (!j->timer.fire)
		return false;
	j->key = key;
	j->asker = p;
	j->sleeping = false;
	kick(j->ps, j->conn);
	return true;
}

/* Locked: out of a list that it may have left already. */
static void give_up(struct job *j)
{
	if (!j->timer.fire)
		return;
	disarm(j);
	unlink_job(j);
	j->refs--;
	j->running = true; /* for a timer that fires just now */
}

/* Gives up the maker's reference. */
static void twin_told(struct job *j, const char *xml)
{
	struct hv_probe *p = take_asker(j);
	struct err e = { 0 };
	const char *key;
	bool ready;

	if (p) {
		p->facts->move_xml = arena_strdup(p->facts->dst_arena, xml);
		key = probe_twins_make(&j->twins, p->facts, j->arena, &j->covers, &e);
		pthread_mutex_lock(&j->ps->lock);
		ready = key && get_ready(j, p, key);
		if (!ready)
			give_up(j);
		pthread_mutex_unlock(&j->ps->lock);
		if (!ready)
			answer(j, p, NULL,
				key ? j->why : arena_strdup(p->facts->dst_arena, e.text));
	}
	drop(j);
}

/* As the target would get it: without what only this host knows, or has chosen itself. Asked for
 * when a probe starts, for what is refused without one needs none. */
static void ask_source(struct conn_task *t)
{
	struct job *j = CONTAINER(t, struct job, source_task);
	auto_dom virDomainPtr dom = t->access == ACCESS_OPEN ? side_find_domain(t->v, j->vm) : NULL;
	char *text = dom ? virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_MIGRATABLE) : NULL;

	if (t->access == ACCESS_OPEN)
		count_add(COUNT_HV_CALLS_TOTAL, dom ? 2 : 1);
	twin_told(j, text);
	free(text);
}

void hv_probe_start(struct hv *hv, struct hv_probe *p)
{
	struct probes *ps = hv->probes;
	struct facts *f = p->facts;
	struct conn *conn = f->dst.open_uri ? hv_destination(hv, f->dst.open_uri) : NULL;
	bool running = side_moves_running(f);
	struct job *j;

	if (!conn) {
		facts_set_unknown(
			f, FACT_DST_PROBE, "too many hypervisor connections are in use", NULL);
		p->done(p);
		return;
	}
	j = job_new(ps, conn, f->src.caps.uuid);
	conn_unref(conn); /* the job has its own */
	j->source = conn_ref(hv->source);
	j->vm = arena_strdup(j->arena, f->vm.uuid);
	j->why = "the service is shutting down";
	j->asker = p;
	j->sleeping = true;
	j->refs = 3;
	j->source_task = (struct conn_task){ .run = ask_source, .deadline = p->deadline };
	pthread_mutex_lock(&ps->lock);
	append_job(j);
	timers_add(ps->env->timers, &j->timer, p->deadline, too_late);
	pthread_mutex_unlock(&ps->lock);
	if (running)
		conn_submit(hv->source, &j->source_task);
	else
		twin_told(j, NULL);
}

void probes_met(struct probes *ps, struct conn *conn, unsigned generation, const char *host)
{
	pthread_mutex_lock(&ps->lock);
	if (!ps->closed && conn->swept != generation) {
		conn->swept = generation;
		add_sweep(ps, conn, host);
	}
	pthread_mutex_unlock(&ps->lock);
}

/* Locked: what is not running leaves the list. Its timer, if it fires just now, finds no asker. */
static struct job *idle_jobs(struct probes *ps)
{
	struct job *all = NULL;

	for (struct job *j = ps->jobs, *next; j; j = next) {
		next = j->next;
		if (j->running)
			continue;
		disarm(j);
		unlink_job(j);
		j->running = true; /* for a timer that fires just now */
		j->next = all;
		all = j;
	}
	return all;
}

void probes_close(struct probes *ps)
{
	struct job *idle;

	pthread_mutex_lock(&ps->lock);
	ps->closed = true;
	idle = idle_jobs(ps);
	pthread_mutex_unlock(&ps->lock);
	answer_all(idle, NULL, "the service is shutting down");
}

void probes_free(struct probes *ps)
{
	if (!ps)
		return;
	pthread_mutex_destroy(&ps->lock);
	free(ps);
}
