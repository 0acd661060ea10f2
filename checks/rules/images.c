/*
 * Firmware, NVRAM and boot ROMs are memory of the guest, as large as their files, and a running guest
 * takes only memory of its own size: "Size mismatch" is what QEMU says when it has arrived. The
 * files' sizes on the source are looked at; those on the target a twin has had as disks.
 */
#include "checks/rules/rules.h"

/* A ROM's place is as large as a power of two. */
static uint64_t place(const struct vm_image *image, uint64_t size)
{
	uint64_t n = 1;

	if (image->kind != IMAGE_ROM)
		return size;
	while (n < size)
		n *= 2;
	return n;
}

static uint64_t size_there(const struct facts *f, const char *path)
{
	for (size_t i = 0; path && rule_started(f) && f->probe.sizes && i < f->probe.n_paths; i++)
		if (f->probe.sizes[i] && rule_is(f->probe.paths[i].path, path))
			return f->probe.sizes[i];
	return 0;
}

static void differs(const struct vm_image *image, const struct image_here *seen, uint64_t there,
	struct findings *out)
{
	const char *here = rule_number(out->arena, seen->size);
	const char *found = rule_number(out->arena, there);
	const char *why =
		arena_printf(out->arena, "%s, %s, has %s bytes on the target host, and %s here",
			image->user, seen->there, found, here);

	finding_detail(out, finding_add(out, VSM4901, why), image->user, found, here);
}

static void one(const struct facts *f, const struct vm_image *image, const struct image_here *seen,
	struct findings *out)
{
	uint64_t there = size_there(f, seen->there);

	if (seen->absent || (image->kind == IMAGE_NVRAM && !seen->there))
		return; /* another rule's, or made as the template is */
	if (seen->size && there && place(image, seen->size) == place(image, there))
		return;
	if (seen->size && there)
		differs(image, seen, there, out);
	else if (image->path)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether %s is of the same size on the target host", image->path),
			NULL,
			seen->size ? "only a guest that starts there shows it"
				   : "what the guest began with cannot be looked at");
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_images > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; f->images && i < f->config.n_images; i++)
		one(f, &f->config.images[i], &f->images[i], out);
}

const struct rule rule_images = {
	.name = "images",
	.what = "whether firmware and boot ROMs are of the same size",
	.moves = MOVE_HOT,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
