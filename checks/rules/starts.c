/*
 * What shows in nothing but a guest that starts: the devices that the target's QEMU was built with,
 * and what the target's qemu.conf, its log daemon and its hooks make of a guest. A probe finds out.
 */
#include "checks/rules/rules.h"

static const char *models(const struct facts *f, struct arena *a)
{
	const struct vm_config *vm = &f->config;
	const char *list = NULL;

	for (size_t i = 0; i < vm->n_devices; i++) {
		const char *one = vm->devices[i].model
					  ? arena_printf(a, "%s %s", vm->devices[i].kind,
						    vm->devices[i].model)
					  : vm->devices[i].kind;

		list = list ? arena_printf(a, "%s, %s", list, one) : one;
	}
	return list ? arena_printf(a, " (among them %s)", list) : "";
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU") ||
		facts_known(f, FACT_DST_PROBE))
		return;
	finding_unknown(out,
		arena_printf(out->arena,
			"whether the target's QEMU has the models of all devices%s, and its host's "
			"own settings let such a guest start: addresses, ports, certificates and "
			"keymaps of displays, hooks, the log daemon; and whether its BIOS and boot "
			"ROMs are as large as here",
			models(f, out->arena)),
		NULL, "only a guest that starts there shows it, and none was started");
}

const struct rule rule_starts = {
	.name = "starts",
	.what = "whether the target host's own settings let such a guest start",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
