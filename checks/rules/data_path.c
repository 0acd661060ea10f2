/*
 * The source's QEMU connects to the target's: to an address that was given, else to the name that
 * the target has for itself, unless its qemu.conf says another. Nothing listens there before the
 * move begins, so nobody can try.
 */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;
	bool by_name = s->n_addresses == 0;
	size_t at = facts_data_address(f);
	const char *to = by_name ? f->dst.name : at < s->n_addresses ? s->addresses[at] : NULL;

	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU") || (!by_name && !to))
		return;
	finding_unknown(out,
		arena_printf(out->arena, "whether the source's QEMU reaches the target's at %s",
			rule_name(to)),
		NULL,
		by_name && f->dst.name_resolves == TRI_NO
			? "this name does not resolve here, and libvirt does not show whether the "
			  "target's qemu.conf has another"
			: "nothing listens there before the move begins");
}

const struct rule rule_data_path = {
	.name = "data-path",
	.what = "whether the source's hypervisor reaches the target's",
	.moves = MOVE_HOT,
	.advisory = true,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
