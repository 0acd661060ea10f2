#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_disks > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	/* The ones that the domain capabilities tell about. */
	static const char *const told[] = { "ide", "scsi", "virtio", "usb", "sata", "fdc" };

	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];
		const char *target = rule_name(d->target);

		if (!rule_has(told, ARRAY_LEN(told), d->bus) ||
			rule_offers(f, "disk/bus", d->bus) != TRI_NO)
			continue;
		const struct domcaps_enum *e = rule_enum(f, "disk/bus");
		finding_detail(out,
			finding_add(
				out, VSM4317, arena_printf(out->arena, "bus %s", d->bus), target),
			arena_printf(out->arena, "disk %s", target),
			rule_join(out->arena, e->values, e->n), d->bus);
	}
}

const struct rule rule_disk_bus = {
	.name = "disk-bus",
	.what = "whether the disk buses are supported",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
