/*
 * What keeps a running guest where it is, and what no public interface of libvirt shows: that it is to
 * end with the connection that started it (auto-destroy), and what QEMU itself has against a
 * migration beyond what the configuration has.
 */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->vm.active && rule_is(f->src.type, "QEMU"))
		finding_unknown(out,
			"whether the virtual system is to end with the connection that started it "
			"(auto-destroy), "
			"and whether its QEMU has a reason against a migration that its "
			"configuration does not show",
			NULL, "libvirt tells of both only when a migration begins");
}

const struct rule rule_hidden = {
	.name = "hidden",
	.what = "whether anything that nobody shows keeps the virtual system here",
	.moves = MOVE_HOT,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_STATE) | FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
