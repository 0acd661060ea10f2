/*
 * libvirt never looks at free memory. It must be there for memory that is locked or allocated
 * beforehand; else the kernel overcommits, and refusing is policy.
 */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	bool must = vm->locked || vm->prealloc;
	uint64_t have = f->dst.free_kib, want = facts_memory_needed(f);

	if (have == 0 || want <= have)
		return;
	const char *found = rule_mib(out->arena, have), *needed = rule_mib(out->arena, want);
	bool refuse = must || c->refuse_overcommit;
	struct finding *it = finding_add(out, refuse ? VSM4202 : VSM5004, needed, found);
	finding_detail(out, it, "memory", found, needed);
	if (!must)
		rule_policy(it, refuse);
}

const struct rule rule_memory_free = {
	.name = "memory-free",
	.what = "whether the target host has enough free memory",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_MEMORY),
	.run = run,
};
