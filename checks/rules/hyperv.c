/* KVM's blocker; an emulated CPU has no such pass-through. */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (rule_is(f->config.hyperv_mode, "passthrough") && rule_is(f->config.virt, "kvm"))
		finding_detail(
			out, finding_add(out, VSM4113, NULL), "hyperv", "passthrough", "custom");
}

const struct rule rule_hyperv = {
	.name = "hyperv",
	.what = "whether Hyper-V enlightenments can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
