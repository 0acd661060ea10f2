/* With KVM libvirt compares the enlightenments with those that the host's kernel offers; without
 * some the guest starts all the same. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_hyperv_features > 0 && rule_is(vm->virt, "kvm");
}

static bool dispensable(const char *name)
{
	static const char *const names[] = { "relaxed", "vapic", "spinlocks", "vendor_id" };

	return rule_has(names, ARRAY_LEN(names), name);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct domcaps_enum *e = rule_enum(f, "hyperv/features");

	(void)c;
	for (size_t i = 0; i < f->config.n_hyperv_features; i++) {
		const char *name = f->config.hyperv_features[i];

		if (rule_offers(f, "hyperv/features", name) == TRI_NO) {
			struct finding *found = finding_add(out, VSM4115, name);

			finding_detail(
				out, found, "hyperv", rule_join(out->arena, e->values, e->n), name);
			if (dispensable(name))
				found->effect = EFFECT_NONE;
		} else if (!e && !dispensable(name)) {
			finding_unknown(out, "whether the target host has the Hyper-V features",
				NULL, "its domain capabilities do not list them");
		}
	}
}

const struct rule rule_hyperv_features = {
	.name = "hyperv-features",
	.what = "whether the target host has the Hyper-V features",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
