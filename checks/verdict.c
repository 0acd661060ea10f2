#include "checks/verdict.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checks/hypervisor/hv.h"
#include "checks/rule.h"

/* In the order in which they decide. */
static const struct {
	enum effect effect;
	enum check_code code;
} order[] = {
	{ EFFECT_RC4, CHECK_INVALID_PARAMETER },
	{ EFFECT_RC1, CHECK_NOT_SUPPORTED },
	{ EFFECT_RC3, CHECK_TIMEOUT },
	{ EFFECT_RC2, CHECK_FAILED },
	{ EFFECT_RC5, CHECK_INVALID_STATE },
	{ EFFECT_RC6, CHECK_INCOMPATIBLE },
};
static_assert(ARRAY_LEN(order) == EFFECT_COUNT - 2, "every code has its place");

static const struct {
	enum host_format format;
	const char *name;
} formats[] = {
	{ FORMAT_NAME, "domain name" },
	{ FORMAT_IPV4, "IPv4 address" },
	{ FORMAT_IPV6, "IPv6 address" },
};

/* What a verdict is made of, on its way. */
struct judge {
	const struct facts *f;
	const struct check_config *config;
	struct findings fs;
	size_t n_rules;
	struct gap *gaps;
	size_t n_gaps;
};

/* Rules that could not run for one and the same reason. */
struct gap {
	const char *what; /* theirs, joined */
	const char *why, *driver;
	enum fact fact;
	bool skipped, matters;
};

/* The input. */

static const char *format_name(enum host_format format)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (formats[i].format == format)
			return formats[i].name;
	return "text of no known format";
}

static const char *offered_formats(unsigned offered, struct arena *a)
{
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (offered & formats[i].format)
			text = text ? arena_printf(a, "%s, %s", text, formats[i].name)
				    : formats[i].name;
	return text ? text : "none";
}

bool verdict_destination_usable(const struct check *c, const struct check_config *config)
{
	return c->destination && (host_format_of(c->destination) & config->formats);
}

bool verdict_needs_facts(const struct check *c)
{
	return c->vm && !c->vm_is_host && c->settings.move != 0;
}

static bool has_defect(const struct check *c, enum reason_id id, const char *arg)
{
	for (size_t i = 0; i < c->n_defects; i++)
		if (c->defects[i].id == id && c->defects[i].args[0] &&
			strcmp(c->defects[i].args[0], arg) == 0)
			return true;
	return false;
}

static bool destination_is_defective(const struct check *c)
{
	for (size_t i = 0; i < c->n_defects; i++)
		if (c->defects[i].id == VSM1014)
			return true;
	return has_defect(c, VSM1001, "DestinationSystem");
}

static void missing(const struct check *c, struct judge *j, const char *parameter)
{
	if (has_defect(c, VSM1001, parameter))
		return;
	finding_detail(&j->fs, finding_add(&j->fs, VSM1001, parameter), parameter, "absent", NULL);
}

static void judge_destination(const struct check *c, struct judge *j)
{
	const char *offered = offered_formats(j->config->formats, j->fs.arena);
	enum host_format format = host_format_of(c->destination);

	if (!c->destination && destination_is_defective(c))
		return;
	if (!c->destination)
		missing(c, j, "DestinationHost");
	else if (format == FORMAT_BAD)
		finding_detail(&j->fs, finding_add(&j->fs, VSM1004, c->destination, offered),
			"DestinationHost", c->destination, offered);
	else if (!(format & j->config->formats))
		finding_detail(&j->fs,
			finding_add(&j->fs, VSM1005, c->destination, format_name(format), offered),
			"DestinationHost", format_name(format), offered);
}

static void judge_input(const struct check *c, struct judge *j)
{
	for (size_t i = 0; i < c->n_defects; i++) {
		const struct check_defect *d = &c->defects[i];
		struct finding *f =
			finding_add(&j->fs, d->id, d->args[0], d->args[1], d->args[2], d->args[3]);

		f->object = arena_strdup(j->fs.arena, d->object);
	}
	if (!c->vm && !c->vm_is_host && c->n_defects == 0)
		missing(c, j, "ComputerSystem");
	judge_destination(c, j);
	if (c->vm_is_host)
		finding_add(&j->fs, VSM9001, "A migration of the host itself");
	if (c->settings.move == 0 &&
		!has_defect(c, VSM1009, arena_printf(j->fs.arena, "%u", c->settings.type)))
		finding_add(&j->fs, VSM9001,
			arena_printf(j->fs.arena, "MigrationType %u", c->settings.type));
}

/* The source, and what every answer stands on. */

static const char *seconds_text(struct arena *a, double seconds)
{
	return arena_printf(a, "%.3g", seconds);
}

static void judge_source(struct judge *j)
{
	const struct host_facts *src = &j->f->src;
	const char *why = src->access_text ? src->access_text : "no more is known";

	if (src->access == ACCESS_LOST)
		finding_add(&j->fs, VSM9002,
			arena_printf(
				j->fs.arena, "the connection to the source host broke: %s", why));
	else if (src->access != ACCESS_OPEN)
		finding_detail(&j->fs, finding_add(&j->fs, VSM2020, why), "source host", why,
			"an open connection");
	else if (src->type && !hv_type_migrates(src->type))
		finding_add(&j->fs, VSM9001,
			arena_printf(j->fs.arena,
				"A migration of virtual systems of hypervisor type %s", src->type));
}

static bool no_such_vm(const struct facts *f)
{
	return facts_known(f, FACT_VM) && !f->vm.uuid;
}

/* Why nothing could be known of it, when a finding of its own says so; else NULL. */
static const char *excuse(const struct facts *f, enum fact id)
{
	if (f->src.access != ACCESS_OPEN)
		return "the source host could not be asked";
	if (no_such_vm(f))
		return "there is no such virtual system";
	if (id >= FACT_DST_HOST && f->dst.access == ACCESS_NOT_TRIED)
		return "no target host was asked";
	if (id >= FACT_DST_HOST && f->dst.access != ACCESS_OPEN &&
		f->dst.access != ACCESS_MAINTENANCE)
		return "the target host could not be asked";
	return NULL;
}

static const char *skipped_for(const struct facts *f, enum fact id)
{
	const char *why = excuse(f, id);

	return why ? why : f->state[id].skipped ? f->state[id].why : NULL;
}

static void judge_vm(struct judge *j)
{
	const struct facts *f = j->f;

	if (no_such_vm(f))
		finding_detail(&j->fs, finding_add(&j->fs, VSM1003, f->vm_text ? f->vm_text : ""),
			"ComputerSystem", f->vm_text, NULL);
}

/* An answer that rests on none of these would be no answer. */
static void judge_ground(const struct check *c, struct judge *j)
{
	static const enum fact ground[] = {
		FACT_VM,
		FACT_VM_STATE,
		FACT_VM_CONFIG,
		FACT_SRC_HOST,
		FACT_DST_HOST,
	};
	const struct facts *f = j->f;

	if (f->dst.access == ACCESS_TIMEOUT)
		finding_add(&j->fs, VSM9003, seconds_text(j->fs.arena, (double)c->took_ms / 1000),
			"opening a connection to the target host");
	for (size_t i = 0; i < ARRAY_LEN(ground); i++) {
		enum fact id = ground[i];

		if (facts_known(f, id) || excuse(f, id))
			continue;
		if (f->state[id].denied && id < FACT_SRC_HOST)
			finding_detail(&j->fs, finding_add(&j->fs, VSM9004, j->fs.vm), NULL,
				f->state[id].why, "a service that libvirt lets read it");
		else
			finding_add(&j->fs, VSM9002,
				arena_printf(j->fs.arena, "%s could not be had: %s", fact_text(id),
					f->state[id].why ? f->state[id].why : "no more is known"));
		return;
	}
}

/* The rules. */

static bool same_gap(const struct gap *g, const struct gap *x)
{
	if (g->skipped != x->skipped || strcmp(g->why, x->why) != 0)
		return false;
	return g->skipped ||
	       (g->fact == x->fact &&
		       (g->driver == x->driver ||
			       (g->driver && x->driver && strcmp(g->driver, x->driver) == 0)));
}

/* Whether an unknown of the rule could have refused this move. */
static bool matters(const struct rule *r, enum move move)
{
	return !r->advisory && !(r->warns & move);
}

static void add_gap(struct judge *j, const struct rule *r, enum fact id, enum move move)
{
	const struct fact_state *st = &j->f->state[id];
	const char *skipped = skipped_for(j->f, id);
	struct gap g = {
		.what = r->what,
		.why = skipped	 ? skipped
		       : st->why ? st->why
				 : "no more is known",
		.driver = st->driver,
		.fact = id,
		.skipped = skipped,
		.matters = matters(r, move),
	};

	for (size_t i = 0; i < j->n_gaps; i++) {
		if (!same_gap(&j->gaps[i], &g))
			continue;
		j->gaps[i].what = arena_printf(j->fs.arena, "%s; %s", j->gaps[i].what, r->what);
		j->gaps[i].matters |= g.matters;
		return;
	}
	*ARENA_PUSH(j->fs.arena, j->gaps, j->n_gaps) = g;
}

/* The fact that keeps the rule from running; FACT_COUNT: none. What was skipped goes first, for
 * it was said already. */
static enum fact unknown_of(const struct judge *j, const struct rule *r)
{
	enum fact first = FACT_COUNT;

	for (enum fact id = 0; id < FACT_COUNT; id++) {
		if (!(r->needs & FACT_BIT(id)) || facts_known(j->f, id))
			continue;
		if (skipped_for(j->f, id))
			return id;
		if (first == FACT_COUNT)
			first = id;
	}
	return first;
}

static void run_rule(struct judge *j, const struct rule *r, enum move move)
{
	size_t first = j->fs.n;

	j->fs.rule = r->name;
	r->run(j->f, j->config, &j->fs);
	j->fs.rule = NULL;
	j->n_rules++;
	for (size_t i = first; i < j->fs.n; i++) {
		struct finding *f = &j->fs.items[i];

		if (move & r->warns)
			f->effect = EFFECT_NONE;
		if (f->id == VSM6002 && matters(r, move) && j->config->unknown == UNKNOWN_REFUSE)
			f->effect = EFFECT_RC2;
	}
}

static void add_gap_finding(struct judge *j, const struct gap *g)
{
	struct finding *f;

	if (g->skipped) {
		finding_add(&j->fs, VSM6003, g->what, g->why);
		return;
	}
	f = finding_unknown(&j->fs, g->what, g->driver,
		g->driver ? fact_text(g->fact)
			  : arena_printf(j->fs.arena, "%s could not be had: %s", fact_text(g->fact),
				    g->why));
	if (f && g->matters && j->config->unknown == UNKNOWN_REFUSE)
		f->effect = EFFECT_RC2;
}

static bool applies(const struct facts *f, const struct rule *r)
{
	return !r->applies || !facts_known(f, FACT_VM_CONFIG) || r->applies(&f->config);
}

static void run_rules(struct judge *j, enum move move)
{
	for (size_t i = 0; rules[i]; i++) {
		enum fact id;

		if (!(rules[i]->moves & move) || !applies(j->f, rules[i]))
			continue;
		id = unknown_of(j, rules[i]);
		if (id == FACT_COUNT)
			run_rule(j, rules[i], move);
		else
			add_gap(j, rules[i], id, move);
	}
	for (size_t i = 0; i < j->n_gaps; i++)
		add_gap_finding(j, &j->gaps[i]);
}

/* A twin that started has shown that what was concluded without it is not so. */
static void drop_presumed(struct judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->fs.n; i++)
		if (!j->fs.items[i].presumed)
			j->fs.items[n++] = j->fs.items[i];
	j->fs.n = n;
}

/* The answer. */

static bool has_effect(const struct findings *fs, enum effect effect)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->items[i].effect == effect)
			return true;
	return false;
}

static void summary(struct findings *fs, int64_t took_ms, size_t n_rules)
{
	size_t count[SEVERITY_ERROR + 1] = { 0 };

	for (size_t i = 0; i < fs->n; i++)
		count[finding_severity(&fs->items[i])]++;
	finding_add(fs, VSM6005, arena_printf(fs->arena, "%lld", (long long)took_ms),
		arena_printf(fs->arena, "%zu", n_rules),
		arena_printf(fs->arena, "%zu", count[SEVERITY_ERROR]),
		arena_printf(fs->arena, "%zu", count[SEVERITY_WARNING]));
}

/* Errors, warnings, information; within each in the order they were found. */
static void sort(struct findings *fs)
{
	struct finding *sorted = arena_array(fs->arena, fs->n, sizeof *sorted);
	size_t n = 0;

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < fs->n; i++)
			if ((int)finding_severity(&fs->items[i]) == severity)
				sorted[n++] = fs->items[i];
	fs->items = sorted;
}

static void answer(struct check *c, struct findings *fs, size_t n_rules)
{
	c->code = CHECK_DONE;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (!has_effect(fs, order[i].effect))
			continue;
		c->code = order[i].code;
		break;
	}
	c->migratable = c->code == CHECK_DONE && !has_effect(fs, EFFECT_FALSE);
	summary(fs, c->took_ms, n_rules);
	sort(fs);
	c->findings = fs->items;
	c->n_findings = fs->n;
}

static struct judge judge_of(
	struct check *c, const struct facts *f, const struct check_config *config)
{
	struct judge j = { .f = f, .config = config, .fs = { .arena = c->arena, .vm = c->vm } };

	if (!f)
		return j;
	c->vm_name = arena_strdup(c->arena, f->vm.name);
	c->vm_uuid = arena_strdup(c->arena, f->vm.uuid);
	c->simulated = f->src.simulated || f->dst.simulated;
	c->memory_needed = facts_memory_needed(f) * 1024;
	if (facts_known(f, FACT_DST_MEMORY))
		c->free_memory = f->dst.free_kib * 1024;
	j.fs.vm = c->vm_name ? c->vm_name : c->vm;
	if (f->dst.uri)
		j.fs.dst = hv_public_uri(c->arena, f->dst.uri);
	return j;
}

void verdict_reach(struct check *c, const struct facts *f, const struct check_config *config)
{
	struct judge j = judge_of(c, f, config);

	judge_input(c, &j);
	if (f) {
		judge_source(&j);
		judge_vm(&j);
		judge_ground(c, &j);
		run_rules(&j, c->settings.move);
		if (facts_known(f, FACT_DST_PROBE) && f->probe.started == TRI_YES)
			drop_presumed(&j);
	}
	answer(c, &j.fs, j.n_rules);
}

void verdict_timed_out(struct check *c, double seconds, const char *step, const struct facts *f,
	const struct check_config *config)
{
	struct judge j = judge_of(c, f, config);
	const char *last = step ? step : "waiting for a hypervisor";

	c->last_step = arena_strdup(c->arena, last);
	finding_detail(&j.fs, finding_add(&j.fs, VSM9003, seconds_text(c->arena, seconds), last),
		NULL, last, "an answer in time");
	judge_input(c, &j);
	if (f) {
		judge_source(&j);
		judge_vm(&j);
		run_rules(&j, c->settings.move);
	}
	answer(c, &j.fs, j.n_rules);
}

void check_deciding_ids(const struct check *c, char *out, size_t size)
{
	enum effect effect = EFFECT_FALSE;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (order[i].code == c->code)
			effect = order[i].effect;
	for (size_t i = 0; i < c->n_findings; i++) {
		const char *id = reason_get(c->findings[i].id)->id;

		/* Past the deadline everything that was learned of the move counts. */
		bool counts = c->findings[i].effect == effect ||
			      (c->code == CHECK_TIMEOUT && c->findings[i].effect != EFFECT_NONE &&
				      c->findings[i].effect != EFFECT_RC2);

		if (!counts || strstr(out, id) || used + strlen(id) + 2 > size)
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "," : "", id);
	}
}
