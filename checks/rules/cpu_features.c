/*
 * The target's hypervisor compares. What libvirt does not check when the guest starts, it starts
 * without: with check='none', and for an emulated CPU with anything but check='full', which is what
 * the CPU of a running guest has.
 *
 * The comparison is with what QEMU reports that it can give. It gives more to who asks by name (topoext,
 * extra features of match='strict'), so that a twin that starts with this CPU knows better.
 */
#include "checks/rules/rules.h"

static bool checked(const struct vm_config *vm)
{
	if (rule_is(vm->cpu_check, "none"))
		return false;
	return rule_is(vm->cpu_check, "full") || !rule_is(vm->virt, "qemu");
}

static bool applies(const struct vm_config *vm)
{
	return vm->cpu_model || vm->cpu_mode;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *why = f->cpu.why ? f->cpu.why : "no more is known";

	(void)c;
	for (size_t i = 0; i < f->config.n_cpu_features && !rule_started(f); i++)
		if (rule_is(f->config.cpu_features[i].policy, "force"))
			finding_unknown(out,
				arena_printf(out->arena,
					"whether the target host gives CPU feature %s",
					f->config.cpu_features[i].name),
				NULL, "libvirt compares no feature that is forced");
	if (f->cpu.fits == TRI_UNKNOWN && f->config.cpu_model)
		finding_unknown(
			out, "whether the target host has the guest's CPU features", NULL, why);
	if (f->cpu.fits != TRI_NO)
		return;
	struct finding *found = finding_detail(out, finding_add(out, VSM4104, why), "CPU", why,
		f->config.cpu_model ? f->config.cpu_model : f->config.cpu_mode);
	found->presumed = true;
	if (!checked(&f->config))
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
