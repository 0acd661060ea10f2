/* libvirt refuses for the metadata alone, and an offline move too. */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *n = rule_number(out->arena, f->vm.snapshots);

	(void)c;
	if (f->vm.snapshots > 0)
		finding_detail(out, finding_add(out, VSM4310, n), NULL, n, "0");
}

const struct rule rule_snapshots = {
	.name = "snapshots",
	.what = "whether the virtual system has snapshots",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_SNAPSHOTS),
	.run = run,
};
