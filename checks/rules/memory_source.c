#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->memory_source != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *type = f->config.memory_source;

	(void)c;
	if (rule_is(type, "file") && f->settings->move != MOVE_OFFLINE)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target's folder for memory in files has room for %s",
				rule_mib(out->arena, f->config.memory_kib)),
			NULL, "libvirt shows neither the folder nor its file system");
	if (rule_offers(f, "memoryBacking/sourceType", type) != TRI_NO)
		return;
	const struct domcaps_enum *e = rule_enum(f, "memoryBacking/sourceType");
	finding_detail(out, finding_add(out, VSM4207, type), "memoryBacking",
		rule_join(out->arena, e->values, e->n), type);
}

const struct rule rule_memory_source = {
	.name = "memory-source",
	.what = "whether the memory backing is supported",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
