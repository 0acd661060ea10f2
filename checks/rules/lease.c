#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->config.lease)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether lease %s is available on the target "
				"host",
				f->config.lease),
			NULL, "libvirt does not tell of lock managers");
}

const struct rule rule_lease = {
	.name = "lease",
	.what = "whether lock manager leases are available",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
