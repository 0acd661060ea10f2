/* QEMU blocks, and libvirt says so first. */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	bool invtsc = rule_is(vm->cpu_migratable, "off") && rule_is(vm->virt, "kvm");

	(void)c;
	for (size_t i = 0; i < vm->n_cpu_features; i++) {
		const struct vm_feature *it = &vm->cpu_features[i];

		if (rule_is(it->name, "invtsc"))
			invtsc = !rule_is(it->policy, "disable") && !rule_is(it->policy, "forbid");
	}
	if (invtsc && !vm->has_tsc_frequency)
		finding_detail(out, finding_add(out, VSM4108, NULL), "CPU", "no TSC frequency",
			"<timer name='tsc' frequency='...'/>");
}

const struct rule rule_invtsc = {
	.name = "invtsc",
	.what = "whether the guest depends on an invariant TSC",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
