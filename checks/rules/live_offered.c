#include "checks/rules/rules.h"

static void one(struct findings *out, const struct host_facts *h, const char *which)
{
	if (!h->caps.has_migration || h->caps.live)
		return;
	struct finding *found = finding_add(out, VSM4005, which);
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_name(h->name)),
		"no live migration", "live migration");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	one(out, &f->src, "The source host");
	one(out, &f->dst, "The target host");
	if (!f->src.caps.has_migration || !f->dst.caps.has_migration)
		finding_unknown(out, "whether the hypervisors offer live migration",
			rule_name(f->src.type), "migration features in its capabilities");
}

const struct rule rule_live_offered = {
	.name = "live-offered",
	.what = "whether the hypervisors offer live migration",
	.moves = MOVE_LIVE | MOVE_LIVE_COPY,
	.needs = FACT_BIT(FACT_SRC_CAPS) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
