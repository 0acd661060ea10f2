/* A guest that boots anew may have host devices, if the target has them at the same place. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_hostdevs; i++)
		if (!rule_is(vm->hostdevs[i].type, "usb"))
			return true;
	return false;
}

static void one(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_hostdev *dev = &f->config.hostdevs[i];
	const char *address = rule_name(dev->address), *type = rule_name(dev->type);
	bool mdev = rule_is(dev->type, "mdev");

	if (f->hostdevs_there[i] == TRI_NO)
		finding_detail(out, finding_add(out, mdev ? VSM4502 : VSM4501, address, type),
			arena_printf(out->arena, "host device %s", address), "absent", address);
	else if (f->hostdevs_there[i] == TRI_UNKNOWN)
		finding_unknown(out,
			arena_printf(out->arena, "whether the target host has %s device %s", type,
				address),
			NULL, "libvirt did not tell");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_hostdevs; i++)
		if (!rule_is(f->config.hostdevs[i].type, "usb"))
			one(f, i, out);
}

const struct rule rule_hostdevs_there = {
	.name = "hostdevs-there",
	.what = "whether the target host has the host devices",
	.moves = MOVE_RESTART,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NODEDEVS),
	.run = run,
};
