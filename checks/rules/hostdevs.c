/*
 * libvirt lets USB devices pass, and PCI ones that a migration team unplugs. Since QEMU itself tells
 * what it cannot migrate (6.0), libvirt (read in 9.0) asks it alone, and QEMU has nothing against a
 * SCSI device, if there is one at the same place over there; all others it still refuses.
 */
#include "checks/rules/rules.h"

static bool qemu_decides(const struct facts *f)
{
	return f->src.lib_version >= VERSION(9, 0, 0) && f->src.hv_version >= VERSION(6, 0, 0);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_hostdevs; i++) {
		const struct vm_hostdev *dev = &f->config.hostdevs[i];
		const char *address = rule_name(dev->address), *type = rule_name(dev->type);
		bool mdev = rule_is(dev->type, "mdev");

		if (rule_is(dev->type, "usb") ||
			(rule_is(dev->type, "pci") && rule_is(dev->teaming, "transient")))
			continue;
		if (rule_is(dev->type, "scsi") && qemu_decides(f)) {
			finding_unknown(out,
				arena_printf(out->arena,
					"whether the target host has SCSI device %s", address),
				NULL, "libvirt did not tell");
			continue;
		}
		finding_detail(out, finding_add(out, mdev ? VSM4502 : VSM4501, address, type),
			arena_printf(out->arena, "host device %s", address), type,
			"no passed-through device");
	}
}

const struct rule rule_hostdevs = {
	.name = "hostdevs",
	.what = "whether host devices are passed through",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST),
	.run = run,
};
