#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *type = f->config.launch_security;

	(void)c;
	if (type)
		finding_detail(
			out, finding_add(out, VSM4601, type), "launchSecurity", type, "none");
}

const struct rule rule_launch_security = {
	.name = "launch-security",
	.what = "whether guest memory is encrypted",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
