/*
 * An NVMe disk is a device of its host, which libvirt calls unsafe. Persistent reservations are
 * kept by the storage for the source host; libvirt moves the guest without them.
 */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];
		const char *target = rule_name(d->target);
		const char *object = arena_printf(out->arena, "disk %s", target);

		if (rule_is(d->type, "nvme"))
			finding_detail(out, finding_add(out, VSM4309, target, d->type), object,
				d->type, "a disk on shared storage");
		if (d->reservations)
			rule_policy(finding_detail(out, finding_add(out, VSM4315, target), object,
					    "persistent reservations", "none"),
				c->refuse_reservations);
	}
}

const struct rule rule_disk_kind = {
	.name = "disk-kind",
	.what = "whether a disk is a device of the source host",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
