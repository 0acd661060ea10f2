/*
 * Whether QEMU over there can use the disks' images: that they are what the disks say, and can be
 * written to. Only a probe shows it, and only where it may open the files before they are given to
 * the guest; that it cannot be had is no reason to refuse.
 */
#include "checks/rules/rules.h"

static bool made_anew(const struct facts *f, size_t i)
{
	return rule_copied(f, i) && f->disks_there[i].exists == TRI_NO;
}

/* What is there, and is written to. */
static bool used(const struct facts *f, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];

	bool part = rule_is(d->type, "block") && !rule_is(d->format, "raw");

	return facts_disk_path(f, i) && (part || !rule_is(d->type, "block")) && !d->readonly &&
	       !made_anew(f, i);
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source)
			return true;
	return false;
}

/* What a pool's folder takes shows when libvirt makes something in it. */
static void made(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];

	if (facts_known(f, FACT_DST_STORAGE) && made_anew(f, i) &&
		f->disks_there[i].pool == TRI_YES)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether an image for disk %s can be made on the target host",
				rule_name(d->target)),
			NULL,
			"libvirt knows a pool's room as of its last refresh, and not whether its "
			"folder can be written to");
}

/* No probe opens a device for writing: the host would look for new partitions on it. */
static void device(const struct vm_disk *d, struct findings *out)
{
	if (d->source && rule_is(d->type, "block") && !d->readonly && !rule_is(d->device, "cdrom"))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether %s can be written to on the target host, for disk %s",
				d->source, rule_name(d->target)),
			NULL, "libvirt does not show it");
}

/* Only QEMU sees whether it is the right one, with the image in hand. */
static void secret(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	bool opened = rule_started(f) && f->probe.unlocked && f->probe.unlocked[i];

	if (d->source && d->encrypted && !opened)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the secret of disk %s opens it on the target host",
				rule_name(d->target)),
			NULL, "its value may be another there");
}

static bool open_question(const struct facts *f)
{
	if (!rule_is(f->dst.type, "QEMU"))
		return false;
	return !rule_started(f) || (f->probe.looked_at_images && f->probe.images == TRI_UNKNOWN);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char **names = NULL;
	size_t n = 0;

	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		made(f, i, out);
		device(&f->config.disks[i], out);
		secret(f, i, out);
	}
	if (!open_question(f))
		return;
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (used(f, i))
			*ARENA_PUSH(out->arena, names, n) = rule_name(f->config.disks[i].target);
	if (n)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether QEMU on the target host can write to, and reads as what "
				"it "
				"is, the image of disk %s",
				rule_join(out->arena, names, n)),
			NULL, rule_started(f) ? f->probe.images_why : "only a probe shows it");
}

const struct rule rule_disk_images = {
	.name = "disk-images",
	.what = "whether the hypervisor of the target host can use the disks' images",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.advisory = true,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
