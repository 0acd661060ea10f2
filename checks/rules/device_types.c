/* What the target's QEMU was built with, as far as the domain capabilities tell. */
#include "checks/rules/rules.h"

static void one(const struct facts *f, const char *path, const char *what, const char *type,
	struct findings *out)
{
	if (rule_offers(f, path, type) != TRI_NO)
		return;
	const struct domcaps_enum *e = rule_enum(f, path);
	finding_detail(out, finding_add(out, VSM4514, what, type), what,
		rule_join(out->arena, e->values, e->n), type);
}

/* Only what the list of any version would name if it were there. */
static void named(const struct facts *f, const struct vm_named *dev, struct findings *out)
{
	static const char *const videos[] = { "vga", "cirrus", "qxl", "virtio", "vmvga", "bochs" };
	static const char *const sources[] = { "random", "egd", "builtin" };

	if (rule_is(dev->kind, "video") && rule_has(videos, ARRAY_LEN(videos), dev->model))
		one(f, "video/modelType", "Video", dev->model, out);
	if (rule_is(dev->kind, "rng") && rule_has(sources, ARRAY_LEN(sources), dev->backend))
		one(f, "rng/backendModel", "Random number source", dev->backend, out);
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_chardevs > 0 || vm->n_graphics > 0 || vm->n_devices > 0 || vm->tpm_backend ||
	       vm->n_filesystems > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	static const char *const displays[] = { "vnc", "spice" };
	const struct vm_config *vm = &f->config;

	(void)c;
	for (size_t i = 0; i < vm->n_graphics; i++)
		if (rule_has(displays, ARRAY_LEN(displays), vm->graphics[i].type))
			one(f, "graphics/type", "Graphics", vm->graphics[i].type, out);
	for (size_t i = 0; i < vm->n_devices; i++)
		named(f, &vm->devices[i], out);
	for (size_t i = 0; i < vm->n_chardevs; i++)
		if (rule_is(vm->chardevs[i].type, "spicevmc"))
			one(f, "channel/type", "Channel", "spicevmc", out);
	one(f, "tpm/backendModel", "TPM backend", vm->tpm_backend, out);
	for (size_t i = 0; i < vm->n_filesystems; i++)
		one(f, "filesystem/driverType", "Filesystem driver", vm->filesystems[i].driver,
			out);
}

const struct rule rule_device_types = {
	.name = "device-types",
	.what = "whether the target hypervisor has the device types",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
