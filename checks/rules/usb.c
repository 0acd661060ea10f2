#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_hostdevs; i++) {
		const struct vm_hostdev *dev = &f->config.hostdevs[i];
		const char *address = rule_name(dev->address);

		if (!rule_is(dev->type, "usb"))
			continue;
		finding_detail(out, finding_add(out, VSM5011, address),
			arena_printf(out->arena, "host device %s", address), "usb", NULL);
		finding_unknown(out,
			arena_printf(
				out->arena, "whether the target host has USB device %s", address),
			NULL, "its devices are not asked for yet");
	}
}

const struct rule rule_usb = {
	.name = "usb",
	.what = "whether USB devices are passed through",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
