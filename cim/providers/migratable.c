#include "cim/providers/migratable.h"

#include <stdio.h>

#include "checks/hypervisor/hv.h"
#include "cim/codec.h"
#include "cim/registry.h"
#include "daemon/base/clock.h"

#define CHECK_PLACE(name)                                                                          \
	CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableToHost_a_##name
#define EXPLAIN_PLACE(name) VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToHost_a_##name
#define SAME_PLACE(arg, name)                                                                      \
	_Static_assert((int)(arg) == (int)CHECK_PLACE(name), #name);                               \
	_Static_assert((int)(arg) == (int)EXPLAIN_PLACE(name), #name)
SAME_PLACE(MIGRATABLE_ARG_SYSTEM, ComputerSystem);
SAME_PLACE(MIGRATABLE_ARG_DESTINATION, DestinationHost);
SAME_PLACE(MIGRATABLE_ARG_MIGRATION, MigrationSettingData);
SAME_PLACE(MIGRATABLE_ARG_NEW_SYSTEM, NewSystemSettingData);
SAME_PLACE(MIGRATABLE_ARG_NEW_RESOURCES, NewResourceSettingData);
SAME_PLACE(MIGRATABLE_ARG_COUNT, IsMigratable);

enum { OUT_MIGRATABLE = MIGRATABLE_ARG_COUNT };

/* The check ends before the operation does, so that its answer is code 3 and not a fault. */
int64_t migratable_deadline(const struct request *req)
{
	if (req->deadline == CLOCK_NEVER)
		return CLOCK_NEVER;
	return req->received + (req->deadline - req->received) / 10 * 9;
}

static void fill_audit(struct request_audit *audit, const struct check *c)
{
	audit->check_code = (int)c->code;
	audit->migratable = c->code == CHECK_DONE && c->migratable;
	check_deciding_ids(c, audit->findings, sizeof audit->findings);
	if (c->last_step != NULL)
		snprintf(audit->step, sizeof audit->step, "%s", c->last_step);
}

/* IsMigratable has a value only when a check was made: VERDICT.md. */
static void set_migratable(struct cim_op *op, const struct check *c)
{
	if (c->code == CHECK_DONE)
		op->args[OUT_MIGRATABLE] = cim_value_bool(op->arena, c->migratable);
}

static void checked(struct check *c)
{
	struct cim_op *op = c->arg;

	fill_audit(&op->req->audit, c);
	set_migratable(op, c);
	op->ret = cim_value_uint(op->arena, (uint64_t)c->code);
	check_free(c);
	registry_answer(op);
}

static const char *finding_text(struct arena *a, const struct check *c, const struct finding *f)
{
	auto_buf struct buf text = { 0 };

	cim_instance_to_cimxml(&text, migratable_finding(a, c, f));
	return arena_strndup(a, text.data, text.len);
}

static void explained(struct check *c)
{
	struct cim_op *op = c->arg;
	const char **texts = arena_array(op->arena, c->n_findings, sizeof *texts);

	for (size_t i = 0; i < c->n_findings; i++)
		texts[i] = finding_text(op->arena, c, &c->findings[i]);
	fill_audit(&op->req->audit, c);
	set_migratable(op, c);
	op->args[EXPLAIN_PLACE(CheckCode)] = cim_value_uint(op->arena, (uint64_t)c->code);
	op->args[EXPLAIN_PLACE(Findings)] = cim_value_strs(op->arena, texts, c->n_findings);
	op->args[EXPLAIN_PLACE(Simulated)] = cim_value_bool(op->arena, c->simulated);
	op->ret = cim_value_uint(op->arena, 0);
	check_free(c);
	registry_answer(op);
}

static void start(struct cim_op *op, void (*done)(struct check *c))
{
	const char *host = hv_host_name(op->cim->hv);
	struct request_audit *audit = &op->req->audit;
	struct check *c = check_new();

	migratable_read_args(c, op->args, host);
	snprintf(audit->vm, sizeof audit->vm, "%s",
		c->vm_is_host	? host
		: c->vm != NULL ? c->vm
				: "");
	snprintf(audit->destination, sizeof audit->destination, "%s",
		c->destination != NULL ? c->destination : "");
	c->deadline = migratable_deadline(op->req);
	c->done = done;
	c->arg = op;
	checks_start(op->cim->checks, c);
}

void migratable_check(struct cim_op *op)
{
	start(op, checked);
}

void migratable_explain(struct cim_op *op)
{
	start(op, explained);
}
