#include "checks/rules/idset.h"
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->numa_nodes != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *set = f->config.numa_nodes;
	unsigned cells = f->dst.caps.numa_nodes;
	bool lacking = false;

	(void)c;
	if (!set || cells == 0)
		return;
	for (unsigned node = cells; node <= idset_top(set); node++)
		lacking |= idset_has(set, node);
	if (!lacking)
		return;
	const char *found = rule_number(out->arena, cells);
	finding_detail(out, finding_add(out, VSM4204, set, found), "numatune", found, set);
}

const struct rule rule_numa = {
	.name = "numa",
	.what = "whether the NUMA nodes of the guest's placement are there",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
