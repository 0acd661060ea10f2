#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!f->dst.maintenance && f->dst.access != ACCESS_MAINTENANCE)
		return;
	struct finding *found = finding_add(out, VSM2015, rule_target(f));
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)),
		"maintenance = yes", "maintenance = no");
	rule_policy(found, true);
}

const struct rule rule_target_maintenance = {
	.name = "target-maintenance",
	.what = "whether the target host is in maintenance",
	.moves = MOVE_ANY,
	.run = run,
};
