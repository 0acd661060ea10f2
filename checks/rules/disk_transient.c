#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const char *target = rule_name(f->config.disks[i].target);

		if (f->config.disks[i].transient)
			finding_detail(out, finding_add(out, VSM4306, target),
				arena_printf(out->arena, "disk %s", target), "transient",
				"a lasting disk");
	}
}

const struct rule rule_disk_transient = {
	.name = "disk-transient",
	.what = "whether a disk is transient",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
