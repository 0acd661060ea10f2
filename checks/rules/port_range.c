/*
 * Libvirt on the target takes a port of its range for every move, even for one that carries no data,
 * and one more for disks that are copied. It shows neither the range nor what is left of it; nor whether
 * either host's qemu.conf takes only migrations by TLS (migrate_tls_force), be it without data, nor what
 * a hook says to a machine of this name.
 */
#include "checks/rules/rules.h"

static void hooks(const struct facts *f, struct findings *out)
{
	bool named = f->way.named == TRI_YES;

	if (f->hook_there == TRI_NO)
		return;
	finding_unknown(out,
		arena_printf(out->arena, "whether %s on the target host refuses %s",
			f->hook_there == TRI_YES ? "the hook /etc/libvirt/hooks/qemu"
						 : "a hook in /etc/libvirt/hooks",
			named ? "this machine for what is in its configuration, or when it starts "
				"there"
			      : "a machine of this name"),
		NULL,
		named ? "it was asked about the name alone"
		      : "the migration that was tried was of another name");
}

static void second_port(const struct facts *f, struct findings *out)
{
	const char *why = f->way.copies_text;

	if (f->settings->move != MOVE_LIVE_COPY || f->way.copies == TRI_YES)
		return;
	finding_unknown(out,
		"whether a second port for migrations, for the disks, is free on the "
		"target host and can be reached from here",
		NULL, why && why[0] ? why : "the migration that was tried was without disks");
}

static void untried(const struct facts *f, struct findings *out)
{
	bool copy = f->settings->move == MOVE_LIVE_COPY;

	finding_unknown(out,
		arena_printf(out->arena, "whether %s for migrations %s free on the target host%s%s",
			copy ? "two ports" : "a port", copy ? "are" : "is",
			settings_tls(f->settings) ? "" : ", neither host insists on TLS",
			f->hook_there == TRI_NO ? "" : ", and no hook there refuses"),
		NULL,
		rule_way_why(f,
			"libvirt does not show the range that it takes them from, what else "
			"qemu.conf says of migrations, nor what a hook answers"));
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU"))
		return;
	if (!f->way.asked || !facts_known(f, FACT_WAY)) {
		untried(f, out);
		return;
	}
	hooks(f, out);
	second_port(f, out);
}

const struct rule rule_port_range = {
	.name = "port-range",
	.what = "whether a port for migrations is free on the target host",
	.moves = MOVE_ANY,
	.advisory = true,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
