#include "checks/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "checks/apply.h"
#include "checks/engine.h"
#include "checks/hypervisor/hv.h"
#include "checks/hypervisor/probe.h"
#include "checks/settle.h"
#include "checks/verdict.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/pool.h"
#include "daemon/base/quota.h"

enum { PROBE_RESERVE_MS = 200 };

/* A reload replaces the configuration; what was handed out stays valid until checks_free. */
struct config {
	struct check_config c;
	struct config *older;
};

struct checks {
	struct hv *hv;
	struct timers *timers;
	struct pool *late; /* for what must hold up neither timers nor connections */
	pthread_mutex_t lock;
	struct config *config;
	struct quota *quota; /* checks under way, by principal */
};

/*
 * A check and its gather. The owner of the check, the gather and the timer hold a reference each:
 * the gather may end long after the answer was given, and reads the check's input until then.
 * Whoever sets `answered` first gives the answer; the other only drops its reference.
 */
struct run {
	struct check c; /* first: a struct check is the run it is part of */
	atomic_uint refs;
	atomic_bool answered;
	struct checks *cs;
	struct check_config config;
	struct arena *input; /* the check's arena as it was before the start */
	struct facts *facts;
	struct hv_gather gather;
	struct hv_probe probe;
	struct timer timer;
	struct work work;
	int64_t started, deadline;
};

static struct run *run_of(struct check *c)
{
	return (struct run *)c;
}

#define RUN_OF(p, member) ((struct run *)((char *)(p)-offsetof(struct run, member)))

static void unref(struct run *r)
{
	if (atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	arena_free(r->c.arena);
	arena_free(r->input);
	facts_free(r->facts);
	free(r);
}

static void add_config(struct checks *cs, const struct check_config *c)
{
	struct config *new = mem_calloc(1, sizeof *new);

	new->c = *c;
	new->older = cs->config;
	cs->config = new;
}

struct checks *checks_new(const struct check_config *c, struct hv *hv, struct timers *timers)
{
	struct checks *cs = mem_calloc(1, sizeof *cs);

	cs->hv = hv;
	cs->timers = timers;
	cs->late = pool_new("checks", 1, 0);
	cs->quota = quota_new();
	pthread_mutex_init(&cs->lock, NULL);
	add_config(cs, c);
	return cs;
}

void checks_free(struct checks *cs)
{
	if (!cs)
		return;
	pool_free(cs->late);
	quota_free(cs->quota);
	for (struct config *c = cs->config, *older; c; c = older) {
		older = c->older;
		free(c);
	}
	pthread_mutex_destroy(&cs->lock);
	free(cs);
}

void checks_set_config(struct checks *cs, const struct check_config *c)
{
	pthread_mutex_lock(&cs->lock);
	add_config(cs, c);
	pthread_mutex_unlock(&cs->lock);
}

const struct check_config *checks_config(struct checks *cs)
{
	const struct check_config *c;

	pthread_mutex_lock(&cs->lock);
	c = &cs->config->c;
	pthread_mutex_unlock(&cs->lock);
	return c;
}

int checks_enter(struct checks *cs, const struct principal *who, size_t n, struct err *e)
{
	unsigned most = checks_config(cs)->max_checks;

	if (quota_take(cs->quota, who, n, most ? most : SIZE_MAX))
		return 0;
	return err_set(e, ERR_BUSY,
		"too many checks of this user are under way (%u are the limit); wait until some "
		"are answered",
		most);
}

void checks_leave(struct checks *cs, const struct principal *who, size_t n)
{
	quota_give(cs->quota, who, n);
}

struct check *check_new(void)
{
	struct run *r = mem_calloc(1, sizeof *r);

	atomic_init(&r->refs, 1);
	r->c.arena = arena_new();
	r->c.deadline = CLOCK_NEVER;
	return &r->c;
}

void check_free(struct check *c)
{
	if (c)
		unref(run_of(c));
}

void check_defect(struct check *c, enum reason_id id, const char *object, const char *a1,
	const char *a2, const char *a3)
{
	struct check_defect *d;

	if (c->n_defects == CHECK_MAX_DEFECTS)
		return;
	d = ARENA_PUSH(c->arena, c->defects, c->n_defects);
	*d = (struct check_defect){
		.id = id,
		.object = arena_strdup(c->arena, object),
		.args = { arena_strdup(c->arena, a1), arena_strdup(c->arena, a2),
			arena_strdup(c->arena, a3) },
	};
}

/* The last that is done to the run here: its owner may free the check within done. */
static void finish(struct run *r)
{
	count_add(COUNT_CHECKS, -1);
	count_add(COUNT_CHECKS_TOTAL, 1);
	r->c.done(&r->c);
}

/* The target's half of the facts may be written at any time: what the source told is all that can
 * be looked at. */
static void time_out(struct run *r)
{
	const char *step = hv_gather_step(&r->gather);
	struct facts *known = r->facts && atomic_load(&r->gather.source_told)
				      ? facts_without_target(r->facts)
				      : NULL;

	verdict_timed_out(
		&r->c, (double)(r->deadline - r->started) / 1000, step, known, &r->config);
	facts_free(known);
	finish(r);
}

static void run_late(struct work *w)
{
	struct run *r = RUN_OF(w, work);

	r->c.took_ms = clock_ms() - r->started;
	time_out(r);
	unref(r);
}

static void timer_fired(struct timer *t)
{
	struct run *r = RUN_OF(t, timer);
	struct err e;

	if (atomic_exchange(&r->answered, true)) {
		unref(r);
		return;
	}
	r->work.run = run_late;
	if (pool_push(r->cs->late, &r->work, &e) < 0)
		run_late(&r->work);
}

/* All is known that will be: the answer, unless the timer gave it already. */
static void conclude(struct run *r)
{
	if (atomic_exchange(&r->answered, true)) {
		unref(r);
		return;
	}
	if (timers_cancel(r->cs->timers, &r->timer))
		unref(r);
	r->c.took_ms = clock_ms() - r->started;
	if (clock_left(r->deadline) == 0) {
		time_out(r);
	} else {
		verdict_reach(&r->c, r->facts, &r->config);
		finish(r);
	}
	unref(r);
}

/* Without an answer from the probe there is still one from the facts: time is left for it. */
static int64_t probe_deadline(const struct run *r)
{
	int64_t reserve = (r->deadline - r->started) / 10;

	return r->deadline - (reserve > PROBE_RESERVE_MS ? reserve : PROBE_RESERVE_MS);
}

/* The answer as it is so far decides whether anything is tried; nobody but the run sees it. It is
 * made from the input alone: the deadline may pass just now, and the real answer be written. */
static bool wants(struct run *r, enum trial trial)
{
	struct check draft = {
		.vm = r->c.vm,
		.vm_is_host = r->c.vm_is_host,
		.destination = r->c.destination,
		.settings = r->c.settings,
		.defects = r->c.defects,
		.n_defects = r->c.n_defects,
	};
	struct check_config config = r->config;
	bool wanted;

	if (!settle_possible(trial, &r->c, r->facts, &r->config) || atomic_load(&r->answered) ||
		clock_left(probe_deadline(r)) == 0)
		return false;
	/* What refuses because it is unknown may be settled. */
	config.unknown = UNKNOWN_ALLOW;
	draft.arena = arena_new();
	verdict_reach(&draft, r->facts, &config);
	wanted = settle_wanted(trial, &draft, r->facts, &r->config);
	arena_free(draft.arena);
	return wanted;
}

static void try_out(struct run *r, void (*start)(struct hv *hv, struct hv_probe *p),
	void (*done)(struct hv_probe *p))
{
	r->probe = (struct hv_probe){
		.facts = r->facts,
		.deadline = probe_deadline(r),
		.done = done,
	};
	start(r->cs->hv, &r->probe);
}

static void scouted(struct hv_probe *p)
{
	conclude(RUN_OF(p, probe));
}

static void try_way(struct run *r)
{
	if (!wants(r, TRIAL_WAY)) {
		conclude(r);
		return;
	}
	atomic_store(&r->gather.target_step, "trying a migration to the target host");
	r->facts->way.asked = true;
	r->facts->way.by_name = r->config.probe_hooks;
	try_out(r, hv_scout_start, scouted);
}

static void probed(struct hv_probe *p)
{
	struct run *r = RUN_OF(p, probe);

	settle_facts(r->facts);
	try_way(r);
}

static void gathered(struct hv_gather *g)
{
	struct run *r = RUN_OF(g, gather);

	if (!settle_possible(TRIAL_START, &r->c, r->facts, &r->config)) {
		try_way(r);
		return;
	}
	/* What is refused as it is has no need of a way either. */
	if (!wants(r, TRIAL_START)) {
		conclude(r);
		return;
	}
	atomic_store(&g->target_step, "starting a probe on the target host");
	r->facts->probe.asked = true;
	try_out(r, hv_probe_start, probed);
}

static void prepare(struct hv_gather *g)
{
	struct facts *f = g->facts;

	apply_settings(&f->stored, f->settings, f->arena, &f->config, NULL);
}

/* The facts keep their own copy of nothing: the input arena outlives the gather. */
static void start_gather(struct run *r)
{
	struct check *c = &r->c;
	struct facts *f = r->facts = facts_new();

	f->vm_text = c->vm;
	f->settings = &c->settings;
	if (verdict_destination_usable(c, &r->config)) {
		f->destination = c->destination;
		f->format = host_format_of(c->destination);
	}
	r->gather = (struct hv_gather){
		.facts = f,
		.deadline = r->deadline,
		.prepare = prepare,
		.source = c->source,
		.done = gathered,
	};
	atomic_store(&r->gather.step, "waiting for the source host");
	atomic_fetch_add(&r->refs, 2);
	timers_add(r->cs->timers, &r->timer, r->deadline, timer_fired);
	hv_gather_start(r->cs->hv, &r->gather);
}

void checks_start(struct checks *cs, struct check *c)
{
	struct run *r = run_of(c);
	int64_t limit;

	r->cs = cs;
	r->config = *checks_config(cs);
	r->started = clock_ms();
	limit = clock_in(r->config.timeout_ms);
	r->deadline = c->deadline = c->deadline < limit ? c->deadline : limit;
	/* Results go to an arena of their own: the gather may still be reading the input. */
	r->input = c->arena;
	c->arena = arena_new();
	if (c->settings.move == 0)
		c->settings.move = move_of_type(c->settings.type);
	count_add(COUNT_CHECKS, 1);
	if (!verdict_needs_facts(c)) {
		verdict_reach(c, NULL, &r->config);
		finish(r);
	} else if (clock_left(r->deadline) == 0) {
		atomic_store(&r->gather.step, "waiting for its turn");
		time_out(r);
	} else {
		start_gather(r);
	}
}

static void free_model(void *model)
{
	check_free(model);
}

struct hv_source *engine_ask_source(struct checks *cs, struct check *model)
{
	struct facts *f = facts_new();
	struct hv_gather like = {
		.facts = f,
		.deadline = model->deadline,
		.prepare = prepare,
	};

	f->vm_text = model->vm;
	f->settings = &model->settings;
	arena_defer(f->arena, free_model, model);
	return hv_source_start(cs->hv, &like);
}

void engine_aside(struct checks *cs, struct work *w)
{
	struct err e;

	if (pool_push(cs->late, w, &e) < 0)
		w->run(w);
}

struct hv *engine_hv(struct checks *cs)
{
	return cs->hv;
}

struct timers *engine_timers(struct checks *cs)
{
	return cs->timers;
}
