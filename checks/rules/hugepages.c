#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->config.hugepages)
		finding_unknown(out, "whether enough huge pages are free", NULL,
			"the target host's huge pages are not asked for yet");
}

const struct rule rule_hugepages = {
	.name = "hugepages",
	.what = "whether enough huge pages are free",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
