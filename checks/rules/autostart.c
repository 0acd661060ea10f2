#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->vm.autostart)
		finding_add(out, VSM5021, NULL);
}

const struct rule rule_autostart = {
	.name = "autostart",
	.what = "whether autostart is set",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_STATE),
	.run = run,
};
