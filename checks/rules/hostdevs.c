/* libvirt lets USB devices pass, and PCI ones that a migration team unplugs; nothing else. */
#include "checks/rules/rules.h"

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
		finding_detail(out, finding_add(out, mdev ? VSM4502 : VSM4501, address, type),
			arena_printf(out->arena, "host device %s", address), type,
			"no passed-through device");
	}
}

const struct rule rule_hostdevs = {
	.name = "hostdevs",
	.what = "whether host devices are passed through",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
