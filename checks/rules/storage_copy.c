/*
 * A live move with storage: libvirt creates the file on the target when a pool's path holds it,
 * silently reuses what is there, and mirrors into it.
 */
#include "checks/rules/rules.h"

static const char *object(const struct vm_disk *d, struct findings *out)
{
	return arena_printf(out->arena, "disk %s", rule_name(d->target));
}

/* With those before it that are made in the same pool. */
static uint64_t room_needed(const struct facts *f, size_t i)
{
	uint64_t need = 0;

	for (size_t k = 0; k <= i; k++)
		if (rule_copied(f, k) && f->disks_there[k].exists == TRI_NO &&
			(k == i || rule_is(f->disks_there[k].room, f->disks_there[i].room)))
			need += f->disks_here[k].capacity;
	return need;
}

/* libvirt has the new image allocated in full, whatever its format and however empty the old. */
static void space(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	const struct disk_there *there = &f->disks_there[i];
	uint64_t need = room_needed(f, i);

	if (need == 0 || !there->pool_told)
		finding_unknown(out,
			arena_printf(out->arena, "whether the target host has room for disk %s",
				rule_name(d->target)),
			NULL, need ? "libvirt did not tell how much" : "its size is not known");
	if (need == 0 || !there->pool_told || need <= there->pool_free)
		return;
	const char *found = rule_gib(out->arena, there->pool_free);
	const char *needed = rule_gib(out->arena, need);
	finding_detail(out, finding_add(out, VSM4311, rule_name(d->target), found, needed),
		object(d, out), found, needed);
}

static void cannot_create(const struct vm_disk *d, const char *why, struct findings *out)
{
	finding_detail(out, finding_add(out, VSM4312, rule_name(d->target), rule_name(d->type)),
		object(d, out), why, d->source);
}

/* What libvirt creates is an empty image of the disk's format and size. */
static const char *cannot_be_empty(const struct vm_disk *d)
{
	if (d->encrypted)
		return "libvirt creates no encrypted image";
	return d->slice_offset ? "libvirt creates a file of the slice's size alone" : NULL;
}

static void absent(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	const struct disk_there *there = &f->disks_there[i];
	bool file = rule_is(d->type, "file"), volume = rule_is(d->type, "volume");

	if ((!file && !volume) || there->pool != TRI_YES)
		cannot_create(d, "no storage pool covers it", out);
	else if (cannot_be_empty(d))
		cannot_create(d, cannot_be_empty(d), out);
	else if (there->folder_gone)
		cannot_create(d, "the storage pool's folder is gone", out);
	else
		space(f, i, out);
}

static void size_unknown(const struct vm_disk *d, const char *why, struct findings *out)
{
	finding_unknown(out,
		arena_printf(out->arena, "whether %s on the target host has disk %s's size",
			rule_name(d->source), rule_name(d->target)),
		NULL, why);
}

/* A device is as large as it is: what matters is what a format makes of it, but for none. */
static void into_device(const struct vm_disk *d, const struct disk_here *here,
	const struct disk_there *there, struct findings *out)
{
	if (!rule_is(d->format, "raw") || here->capacity == 0 || here->capacity != there->capacity)
		size_unknown(d, "it is a device, which libvirt does not look into", out);
}

/* The mirror wants two images of one size; QEMU opens the one over there as what the disk is. */
static void written_into(const struct facts *f, const struct vm_disk *d,
	const struct disk_here *here, const struct disk_there *there, bool refused,
	struct findings *out)
{
	const char *is = rule_number(out->arena, there->capacity);
	const char *wanted = rule_number(out->arena, here->capacity);

	if (there->format && d->format && !rule_is(there->format, d->format)) {
		is = there->format;
		wanted = d->format;
	} else if (there->capacity == 0 || here->capacity == 0) {
		if (!refused && f->probe.images != TRI_YES)
			size_unknown(d, "no storage pool there has seen it", out);
		return;
	} else if (there->capacity == here->capacity) {
		return;
	}
	finding_detail(out, finding_add(out, VSM4312, rule_name(d->target), rule_name(d->type)),
		object(d, out), arena_printf(out->arena, "%s, with %s", rule_name(d->source), is),
		wanted);
}

/* Given a new path, the disk is not copied onto itself, wherever it lies now. */
static bool elsewhere(const struct facts *f, size_t i)
{
	return i < f->stored.n_disks && f->stored.disks[i].source &&
	       !rule_is(f->stored.disks[i].source, f->config.disks[i].source);
}

static void one(const struct facts *f, size_t i, const struct check_config *c, struct findings *out)
{
	bool refuse = c->refuse_overwrite && !f->settings->allow_overwrite;
	const struct vm_disk *d = &f->config.disks[i];
	const struct disk_there *there = &f->disks_there[i];
	const struct disk_here *here = &f->disks_here[i];

	if (here->shared_fs == TRI_YES && !elsewhere(f, i)) {
		const char *what =
			arena_printf(out->arena, "disk %s on shared storage", rule_name(d->target));

		struct finding *found = finding_add(out, VSM3005, "MigrationType 32771", what);

		finding_detail(out, found, object(d, out), here->fs ? here->fs : "shared",
			"local storage");
		/* Over the network QEMU takes no lock, and copies the disk onto itself. */
		if (rule_is(d->type, "network"))
			rule_policy(found, refuse);
	} else if (there->exists == TRI_NO) {
		absent(f, i, out);
	} else if (there->exists == TRI_UNKNOWN && there->pool != TRI_YES && refuse) {
		/* Without a pool only a file that is there already would do, and none may be. */
		cannot_create(d, "no storage pool covers it", out);
	} else if (there->exists == TRI_YES &&
		   (rule_is(d->type, "file") || rule_is(d->type, "volume"))) {
		struct finding *found = finding_add(out, VSM4313, d->source, rule_name(d->target));

		rule_policy(finding_detail(out, found, object(d, out), d->source, "no such file"),
			refuse);
		written_into(f, d, here, there, refuse, out);
	} else if (there->exists == TRI_YES && f->probe.images != TRI_YES) {
		into_device(d, here, there, out);
	} else if (there->exists == TRI_UNKNOWN) {
		finding_unknown(out,
			arena_printf(out->arena,
				"whether disk %s can be copied to the target "
				"host",
				rule_name(d->target)),
			NULL, there->why ? there->why : "no storage pool there covers it");
	}
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source && !vm->disks[i].readonly)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		if (rule_copied(f, i))
			one(f, i, c, out);
	}
}

const struct rule rule_storage_copy = {
	.name = "storage-copy",
	.what = "whether the disks can be copied",
	.moves = MOVE_LIVE_COPY,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_VM_DISK_FS) | FACT_BIT(FACT_DST_STORAGE),
	.run = run,
};
