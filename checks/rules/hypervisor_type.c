#include "checks/rules/rules.h"

#include <strings.h>

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!f->src.type || !f->dst.type || strcasecmp(f->src.type, f->dst.type) == 0)
		return;
	struct finding *found = finding_add(out, VSM3002, rule_target(f), f->dst.type, f->src.type);
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)), f->dst.type,
		f->src.type);
}

const struct rule rule_hypervisor_type = {
	.name = "hypervisor-type",
	.what = "whether both hosts run the same type of hypervisor",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
