#include "checks/rules/idset.h"
#include "checks/rules/rules.h"

/*
 * The kernel takes an affinity as long as one CPU of it is online; with the cpuset controller
 * libvirt may need all of them, which is why the rest is worth a warning.
 */

static bool online(const struct facts *f, unsigned cpu)
{
	return cpu < f->dst.n_online && (f->dst.online[cpu / 8] >> (cpu % 8) & 1);
}

static void one(const struct facts *f, const char *set, struct findings *out)
{
	unsigned there = 0, missing = 0;

	for (unsigned cpu = 0; cpu <= idset_top(set); cpu++) {
		if (!idset_has(set, cpu))
			continue;
		if (online(f, cpu))
			there++;
		else
			missing++;
	}
	if (missing == 0)
		return;
	struct finding *found = finding_detail(out, finding_add(out, VSM4111, set), "vcpu",
		arena_printf(out->arena, "%zu CPUs", f->dst.n_online), set);
	if (there > 0)
		found->effect = EFFECT_NONE;
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_pinned > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_pinned; i++) {
		const char *set = f->config.pinned[i];

		if (!rule_has(f->config.pinned, i, set))
			one(f, set, out);
	}
}

const struct rule rule_pinning = {
	.name = "pinning",
	.what = "whether the CPUs that the guest is pinned to are there",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CPUMAP),
	.run = run,
};
