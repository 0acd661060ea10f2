/*
 * A migration of a guest with nothing in it was tried, from the source to the target, with the
 * transport that the VM would take: what it met, the VM meets. What is not evaluated because none was
 * is said by the rules it is about, and what it said of addresses that were given, and of credentials,
 * by "addresses" and "transport".
 */
#include "checks/rules/rules.h"

static void refused(const struct facts *f, struct findings *out)
{
	struct finding *found = finding_add(out, VSM4901, f->way.text);
	const char *remedy =
		f->way.named == TRI_NO
			? "See why /etc/libvirt/hooks/qemu of the target refuses a machine of "
			  "this name. If it is because of what is in its configuration, it was "
			  "asked about an empty guest, which you can have left out: [check] "
			  "probe_hooks = no in vsmigd.conf."
			: rule_hook_remedy(f->way.text);

	finding_detail(out, found, "migration", f->way.text, "a migration that gets through");
	if (remedy)
		found->remedy = remedy;
}

static void tls_only(const struct facts *f, struct findings *out)
{
	struct finding *found = finding_add(out, VSM3004, "without TLS",
		"the source or the target host, whose qemu.conf has migrate_tls_force",
		"3 (TLS), 4 (TLS Strict)");

	finding_detail(out, found, "TransportType", f->way.text, "TLS");
	found->remedy = "Ask for TransportType 3 (TLS), or set migrate_tls_force = 0 in "
			"/etc/libvirt/qemu.conf of both hosts.";
}

static void no_port(const struct facts *f, struct findings *out)
{
	struct finding *found = finding_add(out, VSM4901, f->way.text);

	finding_detail(out, found, "migration port", "none free",
		f->settings->move == MOVE_LIVE_COPY ? "a free port, and another for disks"
						    : "a free port");
	found->remedy =
		"Wait until other migrations to the target have ended, end what else listens "
		"on its ports for them, or widen migration_port_min and migration_port_max in "
		"its /etc/libvirt/qemu.conf.";
}

static void cut(const struct facts *f, struct findings *out)
{
	struct finding *found;

	if (f->settings->n_addresses)
		return;
	found = finding_add(out, VSM2010, rule_target(f),
		arena_printf(out->arena, "the source's QEMU does not get to the target's: %s",
			f->way.text));
	finding_detail(out, found, "migration data", f->way.text, "a way to the target");
	found->remedy =
		"Open the ports for migrations of the target (49152 to 49215, unless its "
		"/etc/libvirt/qemu.conf has others) to this host, and see that the target's own "
		"name, or migration_host in its qemu.conf, is one that leads there from here.";
}

static void nowhere_to_wait(const struct facts *f, struct findings *out)
{
	if (!f->settings->n_addresses)
		refused(f, out);
}

static void credentials(const struct facts *f, struct findings *out)
{
	if (!settings_tls(f->settings))
		refused(f, out);
}

static void (*const reasons[])(const struct facts *f, struct findings *out) = {
	[WAY_OTHER] = refused,
	[WAY_TLS_ONLY] = tls_only,
	[WAY_NO_PORT] = no_port,
	[WAY_HOOK] = refused,
	[WAY_CREDENTIALS] = credentials,
	[WAY_ADDRESS] = nowhere_to_wait,
	[WAY_CUT] = cut,
	[WAY_SILENT] = cut,
};
_Static_assert(ARRAY_LEN(reasons) == WAY_CAUSE_COUNT, "every cause has its reason");

static void passed(const struct facts *f, struct findings *out)
{
	bool begun = f->way.cause == WAY_CUT || f->way.cause == WAY_SILENT;

	finding_add(out, VSM6001, "way",
		arena_printf(out->arena, "%s, in %lld ms",
			begun ? "both hosts let the migration of a guest with nothing in it begin, "
				"which is all that this move needs"
			: f->way.copies == TRI_YES
				? "a guest with nothing in it, and one with a disk, were moved "
				  "from "
				  "the source to the target host, and removed"
				: "a guest with nothing in it was moved from the source to the "
				  "target host, and removed",
			(long long)f->way.took_ms));
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (rule_through(f))
		passed(f, out);
	else if (facts_known(f, FACT_WAY) && f->way.through == TRI_NO)
		reasons[f->way.cause](f, out);
}

const struct rule rule_way = {
	.name = "way",
	.what = "whether a migration gets through to the target host",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
