/*
 * Without an address in the request, libvirt on the target makes the migration URI from its own
 * host name and refuses one that begins with "localhost".
 */
#include "checks/rules/rules.h"

#include <string.h>

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	static const char local[] = "localhost";
	const char *name = f->dst.name;

	(void)c;
	if (!rule_is(f->dst.type, "QEMU") || !name || strncmp(name, local, sizeof local - 1) != 0 ||
		f->settings->n_addresses > 0 || rule_through(f))
		return;
	struct finding *found = finding_add(out, VSM4004, name);
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)), name,
		"a name that the source host resolves");
	found->way_shows = true; /* its qemu.conf may have a migration_host */
}

const struct rule rule_target_localhost = {
	.name = "target-localhost",
	.what = "whether the target host knows a usable name of its own",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_DST_HOST),
	.run = run,
};
