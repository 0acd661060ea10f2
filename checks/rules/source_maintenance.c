#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *name = f->src.name ? f->src.name : "the source host";

	if (!c->source_maintenance)
		return;
	struct finding *found = finding_add(out, VSM2016, name);
	finding_detail(out, found, arena_printf(out->arena, "host %s", name), "maintenance = yes",
		"maintenance = no");
	rule_policy(found, true);
}

const struct rule rule_source_maintenance = {
	.name = "source-maintenance",
	.what = "whether the source host lets virtual systems go",
	.moves = MOVE_ANY,
	.run = run,
};
