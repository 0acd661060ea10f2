#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!rule_hosts_same(f))
		return;
	const char *id = f->dst.caps.uuid ? f->dst.caps.uuid : out->dst;
	struct finding *found = finding_add(out, VSM3001, rule_name(f->dst.name));
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)), id,
		"another host");
}

const struct rule rule_same_host = {
	.name = "same-host",
	.what = "whether source and target are different hosts",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST) | FACT_BIT(FACT_SRC_CAPS) |
		 FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
