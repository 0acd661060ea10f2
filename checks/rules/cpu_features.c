/*
 * The target's hypervisor compares. A guest whose CPU libvirt does not check (check='none') starts
 * without the features that are missing.
 */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->cpu_model || vm->cpu_mode;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *why = f->cpu.why ? f->cpu.why : "no more is known";

	(void)c;
	if (f->cpu.fits == TRI_UNKNOWN && f->config.cpu_model)
		finding_unknown(
			out, "whether the target host has the guest's CPU features", NULL, why);
	if (f->cpu.fits != TRI_NO)
		return;
	struct finding *found = finding_detail(out, finding_add(out, VSM4104, why), "CPU", why,
		f->config.cpu_model ? f->config.cpu_model : f->config.cpu_mode);
	if (rule_is(f->config.cpu_check, "none"))
		found->effect = EFFECT_NONE;
}

const struct rule rule_cpu_features = {
	.name = "cpu-features",
	.what = "whether the target host has the guest's CPU features",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CPU),
	.run = run,
};
