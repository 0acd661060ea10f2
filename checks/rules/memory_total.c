/*
 * The kernel gives no such mapping even to a guest that would never touch all of it, unless there is
 * swap, which libvirt does not tell of, or the mapping is of a file and shared: a twin shows.
 */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	uint64_t have = f->dst.memory_kib, want = f->config.memory_kib;

	(void)c;
	if (have == 0 || want <= have)
		return;
	const char *found = rule_mib(out->arena, have), *needed = rule_mib(out->arena, want);
	finding_detail(out, finding_add(out, VSM4201, needed, found), "memory", found, needed)
		->presumed = true;
}

const struct rule rule_memory_total = {
	.name = "memory-total",
	.what = "whether the guest is larger than the target host's memory",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
