#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct host_facts *dst = &f->dst;

	(void)c;
	if (dst->max_migrations == 0 || dst->migrations < dst->max_migrations)
		return;
	struct finding *found = finding_add(
		out, VSM2017, rule_number(out->arena, dst->max_migrations), rule_target(f));
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)),
		arena_printf(out->arena, "%u migrations under way", dst->migrations),
		arena_printf(out->arena, "fewer than %u", dst->max_migrations));
	rule_policy(found, true);
}

const struct rule rule_target_limit = {
	.name = "target-limit",
	.what = "how many migrations the target host is busy with",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_DST_DOMAINS),
	.run = run,
};
