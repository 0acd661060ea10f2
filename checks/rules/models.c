/* Devices that QEMU marks as unmigratable, by what libvirt calls them. */
#include "checks/rules/rules.h"

static const struct {
	const char *kind, *model;
	enum reason_id id;
} blocked[] = {
	{ "sound", "usb", VSM4508 },
	{ "sound", "virtio", VSM4508 },
	{ "crypto", "virtio", VSM4508 },
	{ "iommu", "amd", VSM4508 },
	{ "input", "passthrough", VSM4509 },
};

static void one(const struct vm_named *dev, enum reason_id id, struct findings *out)
{
	const char *name = rule_name(dev->alias ? dev->alias : dev->kind);
	struct finding *found = id == VSM4507 ? finding_add(out, id, name)
				: id == VSM4508
					? finding_add(out, id, name, dev->model)
					: finding_add(out, id, name, rule_name(dev->source));

	finding_detail(out, found, arena_printf(out->arena, "%s %s", dev->kind, name),
		id == VSM4507 ? "accel3d" : dev->model, "a device that can be migrated");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_devices; i++) {
		const struct vm_named *dev = &f->config.devices[i];

		if (rule_is(dev->kind, "video") && dev->accel3d)
			one(dev, VSM4507, out);
		for (size_t k = 0; k < ARRAY_LEN(blocked); k++)
			if (rule_is(dev->kind, blocked[k].kind) &&
				rule_is(dev->model, blocked[k].model))
				one(dev, blocked[k].id, out);
	}
	for (size_t i = 0; i < f->config.n_chardevs; i++) {
		const struct vm_chardev *dev = &f->config.chardevs[i];

		if (rule_is(dev->target_type, "usb-serial"))
			finding_detail(out,
				finding_add(out, VSM4508,
					rule_name(dev->alias ? dev->alias : dev->kind),
					dev->target_type),
				dev->kind, dev->target_type, "a device that can be migrated");
	}
}

const struct rule rule_models = {
	.name = "models",
	.what = "whether the hypervisor can migrate the device models",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
