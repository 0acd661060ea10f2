#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	unsigned vcpus = vm->vcpus_current ? vm->vcpus_current : vm->vcpus;

	(void)c;
	if (f->dst.cpus == 0 || vcpus <= f->dst.cpus)
		return;
	const char *found = rule_number(out->arena, f->dst.cpus);
	const char *needed = rule_number(out->arena, vcpus);
	finding_detail(out, finding_add(out, VSM5003, needed, found), "vcpu", found, needed);
}

const struct rule rule_overcommit = {
	.name = "overcommit",
	.what = "whether the target host has as many CPUs",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
