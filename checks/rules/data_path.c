/*
 * The source's QEMU connects to the target's: to an address that was given, else to the name that
 * the target has for itself, unless its qemu.conf says another. Nothing listens there before a
 * move begins: only one that is tried shows it (rule "way").
 */
#include "checks/rules/rules.h"

/* Told to wait at the address that was given, the target did; whoever moves may leave that to it. */
static void untold(const char *to, struct findings *out)
{
	finding_unknown(out,
		arena_printf(out->arena,
			"whether the target waits at %s of its own accord, should the migration "
			"not tell it to (VIR_MIGRATE_PARAM_LISTEN_ADDRESS)",
			to),
		NULL, "the migration that was tried did");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;
	bool by_name = s->n_addresses == 0;
	size_t at = facts_data_address(f);
	const char *to = by_name ? f->dst.name : at < s->n_addresses ? s->addresses[at] : NULL;

	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU") || (!by_name && !to) ||
		(by_name && (rule_way_fails(f, WAY_CUT) || rule_way_fails(f, WAY_SILENT))) ||
		rule_way_fails(f, WAY_CREDENTIALS))
		return;
	if (!rule_through(f))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the source's QEMU reaches the target's at %s",
				rule_name(to)),
			NULL,
			rule_way_why(f,
				by_name && f->dst.name_resolves == TRI_NO
					? "this name does not resolve here, and libvirt does not "
					  "show whether the target's qemu.conf has another"
					: "nothing listens there before the move begins"));
	else if (!by_name)
		untold(to, out);
}

const struct rule rule_data_path = {
	.name = "data-path",
	.what = "whether the source's hypervisor reaches the target's",
	.moves = MOVE_HOT,
	.advisory = true,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
