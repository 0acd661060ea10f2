/* QEMU's agent channel blocks, whether it shares a clipboard or not, up to version 10.0. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_chardevs > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!rule_is(f->src.type, "QEMU") || f->src.hv_version >= VERSION(10, 1, 0))
		return;
	for (size_t i = 0; i < f->config.n_chardevs; i++) {
		const struct vm_chardev *dev = &f->config.chardevs[i];
		const char *name = rule_name(dev->alias ? dev->alias : dev->target_name);

		if (rule_is(dev->type, "qemu-vdagent"))
			finding_detail(out, finding_add(out, VSM4516, name),
				arena_printf(out->arena, "channel %s", name), "type='qemu-vdagent'",
				"no such channel");
	}
}

const struct rule rule_clipboard = {
	.name = "clipboard",
	.what = "whether a clipboard channel blocks",
	.moves = MOVE_HOT,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST),
	.run = run,
};
