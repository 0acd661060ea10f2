/* RankDestinations: one virtual system and many destinations, told as embedded verdicts. */
#include <stdio.h>

#include "checks/hypervisor/hv.h"
#include "checks/rank.h"
#include "cim/codec.h"
#include "cim/providers/migratable.h"
#include "cim/registry.h"

#define PLACE(name) VSMIG_MigrationAdvisor_m_RankDestinations_a_##name
#define PROPERTY(name) VSMIG_DestinationVerdict_p_##name

/* What a reply has around its texts, and each of them. */
enum { AROUND = 1024, AROUND_EACH = 64 };

/* What takes more octets in UTF-8 than so many times the room does not fit in UTF-16 either. */
enum { SURELY_TOO_LARGE = 3 };

static bool is_told(const struct finding *f, bool all)
{
	return all || finding_severity(f) != SEVERITY_INFO;
}

static void set_findings(struct arena *a, struct cim_instance *i, const struct check *c, bool all)
{
	const struct cim_instance **list = arena_array(a, c->n_findings, sizeof *list);
	size_t n = 0;

	for (size_t k = 0; k < c->n_findings; k++)
		if (is_told(&c->findings[k], all))
			list[n++] = migratable_finding(a, c, &c->findings[k]);
	cim_set_instances(a, i, PROPERTY(Findings), list, n);
}

static const char *verdict_text(struct arena *a, const struct check *c, bool all)
{
	auto_arena struct arena *scratch = arena_new();
	auto_buf struct buf text = { 0 };
	struct cim_instance *i =
		cim_instance_new(scratch, &cim_class_VSMIG_DestinationVerdict, CIM_NS_DEFAULT);

	cim_set_str(scratch, i, PROPERTY(Host), c->destination != NULL ? c->destination : "");
	cim_set_uint(scratch, i, PROPERTY(CheckCode), (uint64_t)c->code);
	if (c->code == CHECK_DONE)
		cim_set_bool(scratch, i, PROPERTY(IsMigratable), c->migratable);
	set_findings(scratch, i, c, all);
	if (c->free_memory != 0)
		cim_set_uint(scratch, i, PROPERTY(FreeMemory), c->free_memory);
	if (c->memory_needed != 0)
		cim_set_uint(scratch, i, PROPERTY(MemoryNeeded), c->memory_needed);
	cim_set_bool(scratch, i, PROPERTY(Simulated), c->simulated);
	cim_instance_to_cimxml(&text, i);
	return arena_strndup(a, text.data, text.len);
}

/*
 * Puts the ranking into the answer; false when that is too large. No more is made than it takes to
 * be sure of that: the part that is there is too large by itself.
 */
static bool set_ranking(struct cim_op *op, const struct ranking *r, bool all)
{
	const char **texts = arena_array(op->arena, r->n_checks, sizeof *texts);
	size_t size = AROUND, most = op->room == 0 ? SIZE_MAX : SURELY_TOO_LARGE * op->room, i;

	for (i = 0; i < r->n_checks && size - AROUND - i * AROUND_EACH <= most; i++) {
		auto_buf struct buf escaped = { 0 };

		texts[i] = verdict_text(op->arena, r->checks[i], all);
		buf_xml(&escaped, texts[i]);
		size += escaped.len + AROUND_EACH;
	}
	op->args[PLACE(Ranking)] = cim_value_strs(op->arena, texts, i);
	return op->room == 0 || size <= op->room;
}

static void fill_audit(struct request_audit *audit, const struct ranking *r)
{
	size_t used = 0;

	for (size_t i = 0; i < r->n_checks && used < sizeof audit->destination; i++)
		used += (size_t)snprintf(audit->destination + used,
			sizeof audit->destination - used, "%s%s", i > 0 ? "," : "",
			r->checks[i]->destination != NULL ? r->checks[i]->destination : "");
	audit->check_code = (int)r->code;
	audit->migratable = r->code == 0 && r->n_checks > 0 && r->checks[0]->migratable;
	if (r->n_checks > 0)
		check_deciding_ids(r->checks[0], audit->findings, sizeof audit->findings);
}

/* So many of a ranking's checks are under way at once. */
static size_t checks_at_once(const struct cim_op *op, const struct ranking *r)
{
	size_t n = r->n_hosts;

	if (n == 0)
		hv_hosts(op->cim->hv, op->arena, &n);
	return n < 1 ? 1 : n < RANK_AT_ONCE ? n : RANK_AT_ONCE;
}

static void ranked(struct ranking *r)
{
	struct cim_op *op = r->arg;

	fill_audit(&op->req->audit, r);
	if (!set_ranking(op, r, true))
		set_ranking(op, r, false);
	op->ret = cim_value_uint(op->arena, (uint64_t)r->code);
	checks_leave(op->cim->checks, &op->req->who, r->entered);
	ranking_free(r);
	registry_answer(op);
}

/* A client that has no way to send an empty array sends one empty element. */
static void read_hosts(struct ranking *r, const struct cim_value *v)
{
	const char **hosts = arena_array(r->asked->arena, v->n, sizeof *hosts);
	bool blank = true;

	for (size_t i = 0; i < v->n; i++) {
		hosts[i] = migratable_trimmed(
			r->asked->arena, v->data[i].str != NULL ? v->data[i].str : "");
		blank = blank && *hosts[i] == '\0';
	}
	r->hosts = hosts;
	r->n_hosts = blank ? 0 : v->n;
}

void migratable_rank(struct cim_op *op)
{
	const struct cim_value args[MIGRATABLE_ARG_COUNT] = {
		[MIGRATABLE_ARG_SYSTEM] = op->args[PLACE(ComputerSystem)],
		[MIGRATABLE_ARG_MIGRATION] = op->args[PLACE(MigrationSettingData)],
	};
	const char *host = hv_host_name(op->cim->hv);
	struct request_audit *audit = &op->req->audit;
	struct ranking *r;

	if (op->args[PLACE(Hosts)].n > RANK_MAX_HOSTS) {
		err_set(&op->err, ERR_LIMIT, "Hosts names %zu destinations; %d are the limit",
			op->args[PLACE(Hosts)].n, RANK_MAX_HOSTS);
		registry_answer(op);
		return;
	}
	r = ranking_new();
	migratable_read_args(r->asked, args, host);
	read_hosts(r, &op->args[PLACE(Hosts)]);
	r->entered = checks_at_once(op, r);
	if (checks_enter(op->cim->checks, &op->req->who, r->entered, &op->err) < 0) {
		ranking_free(r);
		registry_answer(op);
		return;
	}
	snprintf(audit->vm, sizeof audit->vm, "%s",
		r->asked->vm_is_host   ? host
		: r->asked->vm != NULL ? r->asked->vm
				       : "");
	r->asked->deadline = migratable_deadline(op->req);
	r->done = ranked;
	r->arg = op;
	ranking_start(op->cim->checks, r);
}
