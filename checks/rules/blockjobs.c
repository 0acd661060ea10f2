#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->vm.n_blockjobs; i++) {
		const struct blockjob *job = &f->vm.blockjobs[i];
		struct finding *found =
			finding_add(out, VSM2008, rule_name(job->disk), rule_name(job->type));

		finding_detail(out, found,
			arena_printf(out->arena, "disk %s", rule_name(job->disk)), job->type,
			"no block job");
	}
}

const struct rule rule_blockjobs = {
	.name = "blockjobs",
	.what = "whether a block job is active",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_BLOCKJOBS),
	.run = run,
};
