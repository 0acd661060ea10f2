/*
 * The domain capabilities list the firmware that the target's packages announce. A loader of a
 * distribution's path with none listed beside it is missing; one elsewhere may still be there.
 */
#include "checks/rules/rules.h"

#include <string.h>

static bool sibling_listed(const struct domcaps *d, const char *path)
{
	size_t dir = (size_t)(strrchr(path, '/') - path + 1);

	for (size_t i = 0; i < d->n_loaders; i++)
		if (strncmp(d->loaders[i], path, dir) == 0)
			return true;
	return false;
}

static struct finding *refuse(
	struct findings *out, const char *name, const char *const *list, size_t n)
{
	return finding_detail(
		out, finding_add(out, VSM4114, name), NULL, rule_join(out->arena, list, n), name);
}

static void loader(const struct facts *f, struct findings *out)
{
	const struct domcaps *d = &f->domcaps;
	const char *path = f->config.loader;

	if (rule_started(f) || rule_has(d->loaders, d->n_loaders, path))
		return;
	if (f->loader_there == TRI_NO)
		refuse(out, path, d->loaders, d->n_loaders);
	else if (f->loader_there == TRI_YES)
		finding_unknown(out, "whether the firmware can be used", NULL,
			arena_printf(out->arena,
				"%s is there, but not among what the target host announces", path));
	else if (strncmp(path, "/usr/", 5) == 0 && !sibling_listed(d, path))
		refuse(out, path, d->loaders, d->n_loaders)->presumed = true;
	else
		finding_unknown(out, "whether the firmware is there", NULL,
			arena_printf(out->arena, "%s is not among what the target host announces",
				path));
}

/* A BIOS image, which nobody announces. */
static void rom(const struct facts *f, struct findings *out)
{
	const char *path = f->config.loader;

	if (rule_started(f))
		return;
	if (f->loader_there == TRI_NO)
		finding_detail(out, finding_add(out, VSM4114, path), NULL, "absent", path);
	else
		finding_unknown(out, arena_printf(out->arena, "whether %s can be used", path), NULL,
			"libvirt does not announce firmware of this kind");
}

/* libvirt offers what its descriptors tell of, whether the files are there or not; it lists those
 * that are. */
static void chosen_there(const struct domcaps *d, const struct vm_config *vm, struct findings *out)
{
	const char *firmware = vm->firmware;

	if (d->firmware_told && !rule_has(d->firmwares, d->n_firmwares, firmware))
		refuse(out, firmware, d->firmwares, d->n_firmwares);
	else if (vm->loader_secure && d->loader_supported && !d->loader_secure)
		finding_detail(out, finding_add(out, VSM4114, "with secure boot"), NULL, "none",
			"efi with secure boot");
	else if (rule_is(firmware, "efi") && d->loader_supported && d->n_loaders == 0)
		refuse(out, firmware, d->loaders, d->n_loaders);
}

static bool applies(const struct vm_config *vm)
{
	return vm->firmware || vm->loader;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	const struct domcaps *d = &f->domcaps;

	(void)c;
	if (d->supported != TRI_YES)
		return;
	if (vm->loader && rule_is(vm->loader_type, "pflash"))
		loader(f, out);
	else if (vm->loader && vm->loader[0] == '/')
		rom(f, out);
	else if (vm->firmware && !vm->loader)
		chosen_there(d, vm, out);
}

const struct rule rule_firmware = {
	.name = "firmware",
	.what = "whether the firmware is there",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
