/* Such a guest sees the CPU it runs on: only its twin can take over while it runs. */
#include "checks/rules/rules.h"

static const char *lacking(
	const struct host_caps *src, const struct host_caps *dst, struct arena *a)
{
	const char **names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < src->n_cpu_features; i++) {
		bool there = false;

		for (size_t k = 0; k < dst->n_cpu_features && !there; k++)
			there = rule_is(src->cpu_features[i].name, dst->cpu_features[k].name);
		if (!there)
			*ARENA_PUSH(a, names, n) = src->cpu_features[i].name;
	}
	return n > 0 ? arena_printf(a, "features missing: %s", rule_join(a, names, n)) : NULL;
}

static const char *difference(
	const struct host_caps *src, const struct host_caps *dst, struct arena *a)
{
	if (src->cpu_vendor && dst->cpu_vendor && !rule_is(src->cpu_vendor, dst->cpu_vendor))
		return arena_printf(a, "%s here, %s there", src->cpu_vendor, dst->cpu_vendor);
	if (src->cpu_model && dst->cpu_model && !rule_is(src->cpu_model, dst->cpu_model))
		return arena_printf(a, "%s here, %s there", src->cpu_model, dst->cpu_model);
	return lacking(src, dst, a);
}

static bool applies(const struct vm_config *vm)
{
	return rule_is(vm->cpu_mode, "host-passthrough") || rule_is(vm->cpu_mode, "maximum");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *mode = f->config.cpu_mode, *why;

	(void)c;
	if (!rule_is(f->config.virt, "kvm") ||
		(!rule_is(mode, "host-passthrough") && !rule_is(mode, "maximum")))
		return;
	why = difference(&f->src.caps, &f->dst.caps, out->arena);
	if (why)
		finding_detail(out, finding_add(out, VSM4107, why), "CPU", why, "the same CPU");
}

const struct rule rule_cpu_passthrough = {
	.name = "cpu-passthrough",
	.what = "whether the host CPUs are alike",
	.moves = MOVE_HOT,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_CAPS) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
