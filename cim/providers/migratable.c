#include "cim/providers/migratable.h"

#include <stdio.h>

#include "checks/hypervisor/hv.h"
#include "cim/codec.h"
#include "cim/registry.h"
#include "daemon/base/clock.h"

/* Where a method has its argument: M##To##HOW. */
#define CHECK_PLACE(how, name)                                                                     \
	CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableTo##how##_a_##name
#define EXPLAIN_PLACE(how, name)                                                                   \
	VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableTo##how##_a_##name
#define SAME(arg, place) _Static_assert((int)(arg) == (int)(place), #place)
#define SAME_PLACE(arg, how, name)                                                                 \
	SAME(arg, CHECK_PLACE(how, name));                                                         \
	SAME(arg, EXPLAIN_PLACE(how, name))
#define SAME_PLACES(how)                                                                           \
	SAME_PLACE(MIGRATABLE_ARG_SYSTEM, how, ComputerSystem);                                    \
	SAME_PLACE(MIGRATABLE_ARG_DESTINATION, how, Destination##how);                             \
	SAME_PLACE(MIGRATABLE_ARG_MIGRATION, how, MigrationSettingData);                           \
	SAME_PLACE(MIGRATABLE_ARG_NEW_SYSTEM, how, NewSystemSettingData);                          \
	SAME_PLACE(MIGRATABLE_ARG_NEW_RESOURCES, how, NewResourceSettingData);                     \
	SAME_PLACE(MIGRATABLE_ARG_COUNT, how, IsMigratable)
SAME_PLACES(Host);
SAME_PLACES(System);
SAME(EXPLAIN_PLACE(Host, CheckCode), EXPLAIN_PLACE(System, CheckCode));
SAME(EXPLAIN_PLACE(Host, Findings), EXPLAIN_PLACE(System, Findings));
SAME(EXPLAIN_PLACE(Host, Simulated), EXPLAIN_PLACE(System, Simulated));

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
	checks_leave(op->cim->checks, &op->req->who, 1);
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
	op->args[EXPLAIN_PLACE(Host, CheckCode)] = cim_value_uint(op->arena, (uint64_t)c->code);
	op->args[EXPLAIN_PLACE(Host, Findings)] = cim_value_strs(op->arena, texts, c->n_findings);
	op->args[EXPLAIN_PLACE(Host, Simulated)] = cim_value_bool(op->arena, c->simulated);
	op->ret = cim_value_uint(op->arena, 0);
	check_free(c);
	checks_leave(op->cim->checks, &op->req->who, 1);
	registry_answer(op);
}

/* migratable_read_args, or the other. */
typedef void read_args(
	struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT], const char *host);

static void start(struct cim_op *op, read_args *read, void (*done)(struct check *c))
{
	const char *host = hv_host_name(op->cim->hv);
	struct request_audit *audit = &op->req->audit;
	struct check *c;

	if (checks_enter(op->cim->checks, &op->req->who, 1, &op->err) < 0) {
		registry_answer(op);
		return;
	}
	c = check_new();
	read(c, op->args, host);
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
	start(op, migratable_read_args, checked);
}

void migratable_explain(struct cim_op *op)
{
	start(op, migratable_read_args, explained);
}

void migratable_check_system(struct cim_op *op)
{
	start(op, migratable_read_system_args, checked);
}

void migratable_explain_system(struct cim_op *op)
{
	start(op, migratable_read_system_args, explained);
}
