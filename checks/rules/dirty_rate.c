/*
 * A guest that changes its memory faster than it can be sent never finishes a live move, unless
 * something slows it. To measure takes a second and a job of the guest's, so only a measurement
 * that somebody made is looked at, however old it is.
 */
#include "checks/rules/rules.h"

/* What most links carry at least: that of 1 Gbit/s. */
enum { USUAL_MIB = 119 };

static uint64_t capacity(const struct facts *f)
{
	return f->link.mbit ? f->link.mbit * 1000000 / 8 / 1048576 : USUAL_MIB;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	uint64_t mib = capacity(f);

	(void)c;
	if (!rule_is(f->src.type, "QEMU") || f->vm.state != VM_RUNNING)
		return;
	if (!f->vm.dirty_measured) {
		finding_unknown(out, "how fast the guest changes its memory", NULL,
			"nobody measured it, as `virsh domdirtyrate-calc` would");
		return;
	}
	if (f->vm.dirty_mib < mib)
		return;
	const char *found =
		arena_printf(out->arena, "%s MiB/s", rule_number(out->arena, f->vm.dirty_mib));
	finding_detail(out, finding_add(out, VSM5017, found), "memory", found,
		arena_printf(out->arena, "less than %s MiB/s", rule_number(out->arena, mib)));
}

const struct rule rule_dirty_rate = {
	.name = "dirty-rate",
	.what = "how fast the guest changes its memory",
	.moves = MOVE_LIVE | MOVE_LIVE_COPY,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_STATE) | FACT_BIT(FACT_VM_DIRTY) | FACT_BIT(FACT_SRC_HOST),
	.run = run,
};
