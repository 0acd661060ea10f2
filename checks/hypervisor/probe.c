#include "checks/hypervisor/probe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/hypervisor/probe_job.h"
#include "checks/hypervisor/side.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

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
	scout_clear(&j->scout);
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

/* Locked: the first job that may run now, of a connection that has none running: a sweep or none. */
static void kick_kind(struct probes *ps, const struct conn *conn, bool sweep)
{
	struct job *first = NULL;

	for (struct job *j = ps->jobs; j; j = j->next) {
		if (j->conn != conn || j->sleeping || (j->kind == JOB_SWEEP) != sweep)
			continue;
		if (j->running)
			return;
		if (!first && !(j->kind == JOB_SCOUT && ps->scouts == PROBE_SCOUTS))
			first = j;
	}
	if (!first)
		return;
	ps->scouts += first->kind == JOB_SCOUT;
	first->running = true;
	first->task = (struct conn_task){ .run = job_run,
		.deadline = first->asker ? first->asker->deadline : clock_in(PROBE_SWEEP_MS) };
	conn_submit(first->conn, &first->task);
}

/* Locked. A sweep holds up no twin: it may wait long for a domain that libvirt does not let go. */
static void kick(struct probes *ps, const struct conn *conn)
{
	kick_kind(ps, conn, false);
	kick_kind(ps, conn, true);
}

/* Answers. */

static void free_arena(void *arena)
{
	arena_free(arena);
}

/* The group of facts that it finds out. */
static enum fact fact_of(const struct job *j)
{
	return j->kind == JOB_SCOUT ? FACT_WAY : FACT_DST_PROBE;
}

/* What came of those that ran, which may be another's; NULL: it is known. */
static const char *tell(struct job *j, const struct job *ran, struct facts *f)
{
	if (j->kind == JOB_SCOUT) {
		scout_tell(&j->scout, &ran->passed, f, f->dst_arena, &f->way);
		return f->way.through == TRI_UNKNOWN ? f->way.text : NULL;
	}
	f->probe = j->covers;
	probe_twins_tell(&j->twins, &ran->result, j->arena, &f->probe);
	/* What they cover lives in the job's. */
	arena_defer(f->dst_arena, free_arena, take(j->arena));
	return f->probe.started == TRI_UNKNOWN ? f->probe.text : NULL;
}

/* With the lock released: nobody else refers to the asker any more. */
static void answer(struct job *j, struct hv_probe *p, const struct job *ran, const char *why)
{
	enum fact id = fact_of(j);
	struct facts *f = p->facts;

	if (ran)
		why = tell(j, ran, f);
	if (why)
		facts_set_unknown(f, id, why, NULL);
	else
		facts_set_known(f, id);
	p->done(p);
}

/* Gives up the timer's reference, when it has not fired. Locked. */
static void disarm(struct job *j)
{
	if (j->timer.fire && timers_cancel(j->ps->env->timers, &j->timer))
		j->refs--;
	j->timer.fire = NULL;
}

static void answer_one(struct job *j, const struct job *ran, const char *why)
{
	struct hv_probe *p = take_asker(j);

	if (p)
		answer(j, p, ran, why);
}

/* Answers a chain of jobs that are in the list no more, and lets go of them. */
static void answer_all(struct job *answers, const struct job *ran, const char *why)
{
	for (struct job *j = answers, *next; j; j = next) {
		next = j->next;
		answer_one(j, ran, why);
		drop(j);
	}
}

static bool same_probe(const struct job *a, const struct job *b)
{
	return a->conn == b->conn && a->kind == b->kind && a->key && b->key && !b->running &&
	       strcmp(a->key, b->key) == 0;
}

void job_take_companions(struct job *j)
{
	struct job **end = &j->others;

	for (struct job *o = j->ps->jobs, *next; o; o = next) {
		next = o->next;
		if (o == j || !same_probe(j, o))
			continue;
		unlink_job(o);
		o->running = true;
		*end = o;
		end = &o->next;
	}
}

/* On a thread aside: timers must not be held up. */
static void run_late(struct work *w)
{
	struct job *j = CONTAINER(w, struct job, work);

	answer_one(j, NULL, j->why);
	drop(j);
}

/* The deadline of the asker. A job that runs goes on without it. */
static void too_late(struct timer *timer)
{
	struct job *j = CONTAINER(timer, struct job, timer);
	struct err e;

	pthread_mutex_lock(&j->ps->lock);
	j->timer.fire = NULL;
	j->why = j->kind == JOB_SCOUT ? "the migration of an empty guest did not end in time"
				      : "the probe on the target host did not end in time";
	if (!j->running) {
		j->why = j->sleeping ? "the source host did not tell in time what would be moved"
				     : "other probes took all the time";
		unlink_job(j);
		j->refs--; /* the list's */
		kick(j->ps, j->conn);
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

static struct job *job_new(
	struct probes *ps, enum job_kind kind, struct conn *conn, const char *host)
{
	struct job *j = mem_calloc(1, sizeof *j);

	j->kind = kind;
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
		if (j->conn == conn && j->kind == JOB_SWEEP) {
			j->again = j->running; /* it may have been passed over already */
			return;
		}
	j = job_new(ps, JOB_SWEEP, conn, host);
	append_job(j);
	kick(ps, conn);
}

void job_end_sweep(struct job *j, bool again)
{
	struct probes *ps = j->ps;

	pthread_mutex_lock(&ps->lock);
	again = (again || j->again) && j->attempts < PROBE_SWEEPS && !ps->closed;
	j->again = false;
	if (again)
		sleep_on(j);
	else
		unlink_job(j);
	kick(ps, j->conn);
	pthread_mutex_unlock(&ps->lock);
	if (!again)
		drop(j);
}

/* Locked: there is room for one more, wherever it is to go. */
static void scout_back(struct probes *ps)
{
	ps->scouts--;
	for (const struct job *j = ps->jobs; j; j = j->next)
		if (j->kind == JOB_SCOUT && !j->running)
			kick(ps, j->conn);
}

void job_answer(struct job *j)
{
	struct job *others;

	pthread_mutex_lock(&j->ps->lock);
	others = take(j->others);
	disarm(j);
	for (struct job *o = others; o; o = o->next)
		disarm(o);
	pthread_mutex_unlock(&j->ps->lock);
	answer_one(j, j, NULL);
	answer_all(others, j, NULL);
}

void job_end(struct job *j, bool left_there, bool left_here)
{
	struct probes *ps = j->ps;

	pthread_mutex_lock(&ps->lock);
	unlink_job(j);
	if (left_there && !ps->closed)
		add_sweep(ps, j->conn, j->host);
	if (left_here && !ps->closed)
		add_sweep(ps, j->source, j->host);
	if (j->kind == JOB_SCOUT)
		scout_back(ps);
	kick(ps, j->conn);
	pthread_mutex_unlock(&ps->lock);
	job_answer(j);
	drop(j); /* the list's */
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

/* NULL: there can be none. */
static const char *prepare(struct job *j, struct facts *f, const char *xml, struct err *e)
{
	if (j->kind == JOB_SCOUT)
		return scout_make(&j->scout, f, j->arena, e);
	f->move_xml = arena_strdup(f->dst_arena, xml);
	return probe_twins_make(&j->twins, f, j->arena, &j->covers, e);
}

/* Gives up the maker's reference. */
static void source_told(struct job *j, const char *xml)
{
	struct hv_probe *p = take_asker(j);
	struct err e = { 0 };
	const char *key;
	bool ready;

	if (p) {
		key = prepare(j, p->facts, xml, &e);
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
	source_told(j, text);
	free(text);
}

static void start(struct hv *hv, struct hv_probe *p, enum job_kind kind)
{
	struct probes *ps = hv->probes;
	struct facts *f = p->facts;
	struct conn *conn = f->dst.open_uri ? hv_destination(hv, f->dst.open_uri) : NULL;
	bool ask = kind == JOB_TWINS && side_moves_running(f);
	struct job *j;

	if (!conn) {
		facts_set_unknown(f, kind == JOB_SCOUT ? FACT_WAY : FACT_DST_PROBE,
			"too many hypervisor connections are in use", NULL);
		p->done(p);
		return;
	}
	j = job_new(ps, kind, conn, f->src.caps.uuid);
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
	if (ask)
		conn_submit(hv->source, &j->source_task);
	else
		source_told(j, NULL);
}

void hv_probe_start(struct hv *hv, struct hv_probe *p)
{
	start(hv, p, JOB_TWINS);
}

void hv_scout_start(struct hv *hv, struct hv_probe *p)
{
	start(hv, p, JOB_SCOUT);
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
