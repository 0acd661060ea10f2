#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	unsigned max = facts_known(f, FACT_DST_DOMCAPS) && f->domcaps.max_vcpus
			       ? f->domcaps.max_vcpus
			       : f->dst.max_vcpus;

	(void)c;
	if (max == 0)
		finding_unknown(out, "whether the target host supports so many virtual CPUs", NULL,
			"libvirt did not tell how many");
	if (max == 0 || f->config.vcpus <= max)
		return;
	const char *found = rule_number(out->arena, max);
	const char *needed = rule_number(out->arena, f->config.vcpus);
	finding_detail(out, finding_add(out, VSM4110, needed, found), "vcpu", found, needed);
}

const struct rule rule_vcpus = {
	.name = "vcpus",
	.what = "whether the target host supports so many virtual CPUs",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
