/* libvirt lets a difference of 250 parts in a million pass, and any where it does not know whether
 * the host can scale: there QEMU finds out. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->has_tsc_frequency;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	uint64_t want = f->config.tsc_frequency, have = f->dst.caps.tsc_frequency;
	uint64_t off = want > have ? want - have : have - want;

	(void)c;
	if (!f->config.has_tsc_frequency || !rule_is(f->config.virt, "kvm") || want == 0 ||
		f->dst.caps.tsc_scaling == TRI_YES || (have && off <= have / 4000))
		return;
	if (!have || f->dst.caps.tsc_scaling == TRI_UNKNOWN) {
		finding_unknown(out, "whether the target host has the TSC frequency", NULL,
			have ? "its capabilities do not tell whether it can scale its own"
			     : "its capabilities do not tell its own");
		return;
	}
	const char *found = rule_number(out->arena, have), *needed = rule_number(out->arena, want);
	finding_detail(out, finding_add(out, VSM4109, needed, found), "CPU", found, needed);
}

const struct rule rule_tsc = {
	.name = "tsc",
	.what = "whether the target host has the TSC frequency",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
