/* Hyper-V's planned virtual system is to libvirt an inactive definition of the same name and UUID. */
#include "checks/rules/rules.h"

#include <strings.h>

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *id = f->settings->planned_vm, *uuid = f->config.uuid;
	const struct name_clash *there = &f->same_uuid;
	bool ours = id && uuid && strcasecmp(id, uuid) == 0;

	(void)c;
	if (!id || (ours && there->taken == TRI_YES && !there->active &&
			   rule_is(there->name, f->config.name)))
		return;
	finding_detail(out, finding_add(out, VSM3015, id, rule_target(f)),
		"DestinationPlannedVirtualSystemId",
		!ours			  ? id
		: there->taken == TRI_YES ? there->name
					  : "no such virtual system",
		"an inactive virtual system of the same name and UUID");
}

const struct rule rule_planned = {
	.name = "planned",
	.what = "whether the planned virtual system is on the target host",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NAMES),
	.run = run,
};
