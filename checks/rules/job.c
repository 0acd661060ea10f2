#include "checks/rules/rules.h"

/* virDomainJobOperation. */
enum { JOB_BACKUP = 9 };

static const struct {
	const char *name;
	enum reason_id id;
} operations[] = {
	{ "of unknown kind", VSM2003 },
	{ "start", VSM2003 },
	{ "save", VSM2003 },
	{ "restore", VSM2003 },
	{ "incoming migration", VSM2002 },
	{ "outgoing migration", VSM2002 },
	{ "snapshot", VSM2003 },
	{ "snapshot revert", VSM2003 },
	{ "dump", VSM2003 },
	[JOB_BACKUP] = { "backup", VSM2009 },
	{ "snapshot deletion", VSM2003 },
};

/* A backup that is read from outside ends with the guest, and nothing else has begun to wait for it. */
static bool ends_with_the_guest(const struct facts *f)
{
	return f->settings->move == MOVE_RESTART && f->vm.job_operation == JOB_BACKUP;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	size_t op = (size_t)f->vm.job_operation;

	(void)c;
	if (!f->vm.has_job || ends_with_the_guest(f))
		return;
	if (f->vm.job_operation < 0 || op >= ARRAY_LEN(operations))
		op = 0;
	struct finding *found = finding_add(out, operations[op].id, rule_vm(f), operations[op].name,
		arena_printf(out->arena, "%d", f->vm.job_percent));
	finding_detail(out, found, NULL, operations[op].name, "no job");
}

const struct rule rule_job = {
	.name = "job",
	.what = "whether another job runs for the virtual system",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_JOB),
	.run = run,
};
