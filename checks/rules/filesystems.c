/*
 * libvirt before 10.0 refuses every virtiofs share; later ones ask the daemon behind it. QEMU
 * refuses a 9p share only while the guest has it mounted, which cannot be seen from outside. A guest
 * that starts anew needs a virtiofsd over there.
 */
#include "checks/rules/rules.h"

static void anew(const struct vm_filesystem *fs, struct findings *out)
{
	if (rule_is(fs->driver, "virtiofs") && !fs->external_socket)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host has virtiofsd, for share %s",
				rule_name(fs->target)),
			NULL, "libvirt does not show it, and a probe shares nothing");
}

static void one(const struct facts *f, const struct vm_filesystem *fs, struct findings *out)
{
	const char *name = rule_name(fs->target);
	const char *object = arena_printf(out->arena, "filesystem %s", name);

	if (rule_is(fs->driver, "path"))
		finding_detail(out, finding_add(out, VSM5012, name), object, fs->driver, NULL);
	if (!rule_is(fs->driver, "virtiofs"))
		return;
	if (f->src.lib_version >= VERSION(10, 0, 0))
		finding_unknown(out,
			arena_printf(out->arena, "whether share %s can be migrated", name), NULL,
			"only its virtiofs daemon knows");
	else
		finding_detail(out, finding_add(out, VSM4504, name, fs->driver), object, fs->driver,
			"no virtiofs share");
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_filesystems > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_filesystems; i++)
		if (f->settings->move & MOVE_HOT)
			one(f, &f->config.filesystems[i], out);
		else
			anew(&f->config.filesystems[i], out);
}

const struct rule rule_filesystems = {
	.name = "filesystems",
	.what = "whether file system shares can be migrated",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST),
	.run = run,
};
