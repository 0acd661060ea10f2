#include "checks/rank.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/engine.h"
#include "checks/hypervisor/hv.h"
#include "checks/verdict.h"
#include "daemon/base/clock.h"

struct state {
	struct ranking r; /* first: a struct ranking is the state it is part of */
	struct checks *cs;
	struct hv_source *source; /* owns r.asked; NULL: nothing is gathered */
	pthread_mutex_t lock;
	size_t next, running, at_once;
	bool pumping; /* somebody starts checks, or is about to, and looks again before he ends */
	struct work pump;
	struct timer again; /* pumps, when there was no connection to be had */
};

enum { AGAIN_MS = 5 };

static struct state *state_of(struct ranking *r)
{
	return (struct state *)r;
}

struct ranking *ranking_new(void)
{
	struct state *s = mem_calloc(1, sizeof *s);

	pthread_mutex_init(&s->lock, NULL);
	s->r.asked = check_new();
	return &s->r;
}

void ranking_free(struct ranking *r)
{
	struct state *s = state_of(r);

	if (!r)
		return;
	for (size_t i = 0; i < r->n_checks; i++)
		check_free(r->checks[i]);
	free(r->checks);
	if (s->source)
		hv_source_unref(s->source);
	else
		check_free(r->asked);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The order. */

size_t ranking_warnings(const struct check *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_findings; i++)
		n += finding_severity(&c->findings[i]) == SEVERITY_WARNING;
	return n;
}

static int by_number(uint64_t less_first, uint64_t than)
{
	return less_first < than ? -1 : less_first > than;
}

static int by_rank(const void *pa, const void *pb)
{
	const struct check *a = *(struct check *const *)pa, *b = *(struct check *const *)pb;
	int order = by_number(!a->migratable, !b->migratable);

	if (order == 0)
		order = by_number(ranking_warnings(a), ranking_warnings(b));
	if (order == 0)
		order = by_number(b->free_memory, a->free_memory);
	return order != 0 ? order
			  : strcasecmp(a->destination ? a->destination : "",
				    b->destination ? b->destination : "");
}

void ranking_sort(struct check **checks, size_t n)
{
	if (n > 1)
		qsort(checks, n, sizeof *checks, by_rank);
}

/* Whether the input has a fault that does not lie in the host's name. */
static bool asked_wrongly(const struct check *c)
{
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];
		bool of_host = f->id == VSM1004 || f->id == VSM1005 ||
			       (f->id == VSM1001 && strcmp(f->args[0], "DestinationHost") == 0);

		if (f->effect == EFFECT_RC4 && !of_host)
			return true;
	}
	return false;
}

static void finish(struct state *s)
{
	struct ranking *r = &s->r;
	bool wrong = r->asked->n_defects || (!r->asked->vm && !r->asked->vm_is_host);

	for (size_t i = 0; i < r->n_checks; i++)
		wrong |= asked_wrongly(r->checks[i]);
	r->code = wrong ? CHECK_INVALID_PARAMETER : CHECK_DONE;
	ranking_sort(r->checks, r->n_checks);
	r->done(r);
}

/* The checks. */

static void look_again(struct timer *t)
{
	struct state *s = (struct state *)(void *)((char *)t - offsetof(struct state, again));

	engine_aside(s->cs, &s->pump);
}

/* The thread that told a check's last may not have left its connection yet, and others may use
 * all there are: without a place a check would be refused for what does not lie in its host. */
static bool has_place(const struct state *s)
{
	return clock_ms() >= s->r.asked->deadline || hv_has_room(engine_hv(s->cs));
}

/* Locked. Starts what there is room for; a check may be answered while it is being started. */
static void start_some(struct state *s)
{
	s->pumping = true;
	while (s->next < s->r.n_checks && s->running < s->at_once) {
		struct check *c;

		if (!has_place(s)) {
			timers_add(engine_timers(s->cs), &s->again, clock_in(AGAIN_MS), look_again);
			return;
		}
		c = s->r.checks[s->next++];
		s->running++;
		pthread_mutex_unlock(&s->lock);
		checks_start(s->cs, c);
		pthread_mutex_lock(&s->lock);
	}
	s->pumping = false;
}

/* Locked; gives up the lock. Whoever sees the last check answered is the last to touch s. */
static void go_on(struct state *s)
{
	bool over;

	start_some(s);
	over = !s->pumping && s->running == 0 && s->next == s->r.n_checks;
	pthread_mutex_unlock(&s->lock);
	if (over)
		finish(s);
}

static void pump(struct work *w)
{
	struct state *s = (struct state *)(void *)((char *)w - offsetof(struct state, pump));

	pthread_mutex_lock(&s->lock);
	go_on(s);
}

/* On a thread of the connection that told the last, which is in use as long as that is here: who
 * comes next starts elsewhere, for he may need its place. */
static void answered(struct check *c)
{
	struct state *s = c->arg;
	bool more, over;

	pthread_mutex_lock(&s->lock);
	s->running--;
	more = !s->pumping && s->next < s->r.n_checks;
	over = !s->pumping && !more && s->running == 0;
	s->pumping |= more;
	pthread_mutex_unlock(&s->lock);
	if (more)
		engine_aside(s->cs, &s->pump);
	else if (over)
		finish(s);
}

static void add_check(struct state *s, const char *host)
{
	const struct check *asked = s->r.asked;
	struct check *c = check_new();

	c->vm = asked->vm;
	c->vm_is_host = asked->vm_is_host;
	c->settings = asked->settings;
	c->defects = asked->defects;
	c->n_defects = asked->n_defects;
	c->deadline = asked->deadline;
	c->destination = *host ? host : NULL;
	c->source = s->source;
	c->done = answered;
	c->arg = s;
	s->r.checks[s->r.n_checks++] = c;
}

static bool came_before(const struct ranking *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(r->hosts[i], r->hosts[n]) == 0)
			return true;
	return false;
}

static void add_checks(struct state *s)
{
	struct ranking *r = &s->r;
	size_t n = 0;
	const struct hv_host *all =
		r->n_hosts ? NULL : hv_hosts(engine_hv(s->cs), r->asked->arena, &n);

	r->checks = mem_calloc(r->n_hosts + n + 1, sizeof(struct check *));
	for (size_t i = 0; i < n; i++)
		add_check(s, all[i].name);
	for (size_t i = 0; i < r->n_hosts; i++)
		if (!came_before(r, i))
			add_check(s, r->hosts[i]);
}

/* A connection is still in use for a moment when its check is answered, or longer when a twin is
 * being removed: with two for each check there is one that can be closed for the next. */
static size_t room_for_checks(struct hv *hv)
{
	size_t n = hv_max_destinations(hv) / 2;

	return n == 0 ? 1 : n < RANK_AT_ONCE ? n : RANK_AT_ONCE;
}

void ranking_start(struct checks *cs, struct ranking *r)
{
	struct state *s = state_of(r);
	struct check *asked = r->asked;
	int64_t limit = clock_in(checks_config(cs)->timeout_ms);

	s->cs = cs;
	s->pump.run = pump;
	s->at_once = room_for_checks(engine_hv(cs));
	asked->deadline = asked->deadline < limit ? asked->deadline : limit;
	if (asked->settings.move == 0)
		asked->settings.move = move_of_type(asked->settings.type);
	add_checks(s);
	if (r->n_checks && verdict_needs_facts(asked)) {
		s->source = engine_ask_source(cs, asked);
		for (size_t i = 0; i < r->n_checks; i++)
			r->checks[i]->source = s->source;
	}
	pthread_mutex_lock(&s->lock);
	go_on(s);
}
