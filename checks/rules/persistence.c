#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->vm.persistent)
		return;
	if (f->settings->move & MOVE_HOT) {
		finding_add(out, VSM5005, NULL);
		return;
	}
	struct finding *found =
		finding_add(out, VSM3017, move_name(f->settings->move), "transient");
	finding_detail(out, found, NULL, "transient", "persistent");
}

const struct rule rule_persistence = {
	.name = "persistence",
	.what = "whether the virtual system has a persistent configuration",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_STATE),
	.run = run,
};
