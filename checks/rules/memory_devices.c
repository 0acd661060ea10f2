#include "checks/rules/rules.h"

static void dimm(const struct vm_memdev *dev, struct findings *out)
{
	const char *name = rule_name(dev->alias);

	if (dev->slot && dev->base)
		return;
	finding_detail(out, finding_add(out, VSM4205, name),
		arena_printf(out->arena, "memory device %s", name), "no address", "slot and base");
}

/*
 * QEMU carries the content along, into the file of that name over there. Where it is absent libvirt
 * fails to give it to the guest's user or, with dynamic_ownership = 0, lets QEMU make a new one;
 * which of the two it does no interface shows.
 */
static void backed(const struct facts *f, const struct check_config *c, const struct vm_memdev *dev,
	struct findings *out)
{
	const char *name = rule_name(dev->alias), *path = dev->path ? dev->path : dev->model;
	struct finding *found = finding_add(out, VSM4206, name, path);
	const char *object = arena_printf(out->arena, "memory device %s", name);
	bool absent = rule_path(f, PATH_MEMORY, dev->path) == TRI_NO;

	finding_detail(
		out, found, object, absent ? "absent" : path, "storage that both hosts have");
	if (!rule_is(dev->model, "sgx-epc"))
		rule_policy(found, absent && c->refuse_memory_file);
	if (!absent && dev->path)
		finding_unknown(out,
			arena_printf(
				out->arena, "whether %s on the target host suits %s", path, object),
			NULL, "libvirt does not show the size of files that no storage pool holds");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	static const char *const local[] = { "nvdimm", "virtio-pmem", "sgx-epc" };

	for (size_t i = 0; i < f->config.n_memdevs; i++) {
		const struct vm_memdev *dev = &f->config.memdevs[i];

		if (rule_is(dev->model, "dimm"))
			dimm(dev, out);
		else if (rule_has(local, ARRAY_LEN(local), dev->model))
			backed(f, c, dev, out);
	}
}

const struct rule rule_memory_devices = {
	.name = "memory-devices",
	.what = "whether memory devices can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
