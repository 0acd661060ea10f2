#include "checks/rules/idset.h"
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->numa_nodes != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *set = f->config.numa_nodes;
	const char *cells = f->dst.caps.numa_nodes;
	bool lacking = false;

	(void)c;
	if (!set)
		return;
	if (!cells) {
		finding_unknown(out, "whether the NUMA nodes of the guest's placement are there",
			NULL, "the target host's capabilities do not list its nodes");
		return;
	}
	for (unsigned node = 0; node <= idset_top(set); node++)
		lacking |= idset_has(set, node) && !idset_has(cells, node);
	if (lacking)
		finding_detail(out, finding_add(out, VSM4204, set, cells), "numatune", cells, set);
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
