/*
 * libvirt lets a guest with USB devices go: each is unplugged here and plugged in there, where one
 * like it must be, unless its startupPolicy allows its absence.
 */
#include "checks/rules/rules.h"

static bool dropped(const struct vm_hostdev *dev, enum move move)
{
	return rule_is(dev->startup_policy, "optional") ||
	       (rule_is(dev->startup_policy, "requisite") && (move & MOVE_HOT));
}

static void one(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_hostdev *dev = &f->config.hostdevs[i];
	const char *address = rule_name(dev->address);
	const char *object = arena_printf(out->arena, "host device %s", address);
	enum tri there = facts_known(f, FACT_DST_NODEDEVS) ? f->hostdevs_there[i] : TRI_UNKNOWN;

	finding_detail(out, finding_add(out, VSM5011, address), object, "usb", NULL);
	if (there == TRI_YES || dropped(dev, f->settings->move))
		return;
	if (there == TRI_NO)
		finding_detail(
			out, finding_add(out, VSM4501, address, "usb"), object, "absent", address);
	else
		finding_unknown(out,
			arena_printf(
				out->arena, "whether the target host has USB device %s", address),
			NULL, "libvirt did not tell");
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_hostdevs; i++)
		if (rule_is(vm->hostdevs[i].type, "usb"))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_hostdevs; i++)
		if (rule_is(f->config.hostdevs[i].type, "usb"))
			one(f, i, out);
}

const struct rule rule_usb = {
	.name = "usb",
	.what = "whether the target host has the USB devices",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
