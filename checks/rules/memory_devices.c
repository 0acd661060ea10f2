#include "checks/rules/rules.h"

static void dimm(const struct vm_memdev *dev, struct findings *out)
{
	const char *name = rule_name(dev->alias);

	if (dev->slot && dev->base)
		return;
	finding_detail(out, finding_add(out, VSM4205, name),
		arena_printf(out->arena, "memory device %s", name), "no address", "slot and base");
}

/* QEMU carries the content; whether the backing is the right one over there nobody checks. */
static void backed(const struct vm_memdev *dev, struct findings *out)
{
	const char *name = rule_name(dev->alias), *path = dev->path ? dev->path : dev->model;
	struct finding *found = finding_add(out, VSM4206, name, path);

	finding_detail(out, found, arena_printf(out->arena, "memory device %s", name), path,
		"storage that both hosts have");
	if (!rule_is(dev->model, "sgx-epc"))
		rule_policy(found, true);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	static const char *const local[] = { "nvdimm", "virtio-pmem", "sgx-epc" };

	(void)c;
	for (size_t i = 0; i < f->config.n_memdevs; i++) {
		const struct vm_memdev *dev = &f->config.memdevs[i];

		if (rule_is(dev->model, "dimm"))
			dimm(dev, out);
		else if (rule_has(local, ARRAY_LEN(local), dev->model))
			backed(dev, out);
	}
}

const struct rule rule_memory_devices = {
	.name = "memory-devices",
	.what = "whether memory devices can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
