#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->vm.checkpoints > 0)
		finding_add(out, VSM5007, rule_number(out->arena, f->vm.checkpoints));
}

const struct rule rule_checkpoints = {
	.name = "checkpoints",
	.what = "whether checkpoints would be left behind",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CHECKPOINTS),
	.run = run,
};
