/*
 * libvirt opens the same path on the target. A host's device node there is another device, if it
 * is there at all; a file begins anew.
 */
#include "checks/rules/rules.h"

/* Whatever that device is, libvirt connects the guest with it. */
static void device(const struct facts *f, const char *name, const char *path, const char *object,
	struct findings *out)
{
	enum tri there = rule_path(f, PATH_DEVICE, path);

	if (there == TRI_NO) {
		finding_detail(out, finding_add(out, VSM4510, name, path), object, "absent", path);
		return;
	}
	finding_detail(out, finding_add(out, VSM5026, name, path), object, path,
		"a pty or socket, or the same device");
	if (there == TRI_UNKNOWN)
		finding_unknown(out,
			arena_printf(out->arena, "whether %s is there on the target host, for %s",
				path, name),
			NULL, "libvirt did not tell");
}

static void one(const struct facts *f, const struct vm_chardev *dev, struct findings *out)
{
	const char *name = rule_name(dev->alias ? dev->alias : dev->kind);
	const char *path = rule_name(dev->path);
	const char *object =
		dev->alias ? arena_printf(out->arena, "%s %s", rule_name(dev->kind), name) : name;

	if (rule_is(dev->type, "dev"))
		device(f, name, path, object, out);
	if (rule_is(dev->type, "file"))
		finding_detail(out, finding_add(out, VSM5013, name, path), object, path, NULL);
	if (dev->log_file)
		finding_detail(out, finding_add(out, VSM5013, name, dev->log_file), object,
			dev->log_file, NULL);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_chardevs; i++)
		one(f, &f->config.chardevs[i], out);
}

const struct rule rule_chardevs = {
	.name = "chardevs",
	.what = "whether character devices are bound to the source host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
