#include "checks/rules/rules.h"

static void one(struct findings *out, enum reason_id id, unsigned long src, unsigned long dst)
{
	if (src == 0 || dst == 0 || dst >= src)
		return;
	const char *found = rule_version(out->arena, dst), *needed = rule_version(out->arena, src);
	finding_detail(out, finding_add(out, id, found, needed), "target host", found, needed);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	one(out, VSM5001, f->src.hv_version, f->dst.hv_version);
	one(out, VSM5002, f->src.lib_version, f->dst.lib_version);
}

const struct rule rule_versions = {
	.name = "versions",
	.what = "whether the target host is older",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
