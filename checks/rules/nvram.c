#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->config.nvram)
		finding_add(out, VSM5023, f->config.nvram);
}

const struct rule rule_nvram = {
	.name = "nvram",
	.what = "whether the guest has an NVRAM file",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
