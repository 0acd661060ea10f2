/*
 * Starting the VM on the target opens every disk there. Removable media have a rule of their own;
 * disks that are copied may be created.
 */
#include "checks/rules/rules.h"

#include <string.h>

static const char *object(const struct vm_disk *d, struct findings *out)
{
	return arena_printf(out->arena, "disk %s", rule_name(d->target));
}

/* A guest that starts anew starts without a disk that may be absent. */
static bool dropped(const struct facts *f, const struct vm_disk *d)
{
	return rule_is(d->startup_policy, "optional") && !(f->settings->move & MOVE_HOT);
}

static void source_lacks(
	const struct facts *f, const struct vm_disk *d, const char *source, struct findings *out)
{
	struct finding *found = rule_new_value_absent(f, out, source);

	if (!found)
		found = finding_add(out, VSM4302, rule_name(d->target), source);
	finding_detail(out, found, object(d, out), "absent", source);
	if (dropped(f, d))
		found->effect = EFFECT_NONE;
}

static bool same_folder(const char *a, const char *b)
{
	const char *x = a ? strrchr(a, '/') : NULL, *y = b ? strrchr(b, '/') : NULL;

	return x && y && x - a == y - b && strncmp(a, b, (size_t)(x - a)) == 0;
}

/* Images below the disk's own: where it was found, those beside it are taken to be too. */
static void backing(const struct facts *f, const struct vm_disk *d, const struct disk_there *there,
	struct findings *out)
{
	if (there->base_absent) {
		source_lacks(f, d, there->base_absent, out);
		return;
	}
	for (size_t i = 0; i < d->n_backing; i++) {
		const char *source = d->backing_sources ? d->backing_sources[i] : NULL;

		if (source && !rule_shown(f, source) &&
			(there->exists != TRI_YES || !same_folder(source, d->source)))
			finding_unknown(out,
				arena_printf(out->arena,
					"whether %s below disk %s is there on the target host",
					source, rule_name(d->target)),
				NULL, "images below a disk are not looked for");
	}
}

/* A probe that could open the images has opened all that are below. */
static void chain(const struct facts *f, const struct vm_disk *d, struct findings *out)
{
	static const char *const formats[] = { "qcow2", "qcow", "qed", "vmdk", "vhdx" };

	if (d->chain_known || !rule_has(formats, ARRAY_LEN(formats), d->format) ||
		f->settings->move == MOVE_OFFLINE || f->src.simulated ||
		(rule_started(f) &&
			(f->probe.images == TRI_YES || rule_is_new_value(f, d->source))))
		return;
	finding_unknown(out,
		arena_printf(out->arena,
			"whether the images below disk %s are there on the target host, if there "
			"are any",
			rule_name(d->target)),
		NULL, "what is stored of the virtual system does not name them");
}

/* libvirt passes on the images below that the configuration names, not those that it found itself:
 * from here they look alike. */
static void below_a_copy(const struct facts *f, const struct vm_disk *d, struct findings *out)
{
	for (size_t i = 0; !rule_started(f) && i < d->n_backing; i++)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether %s below disk %s is there on the target host",
				rule_name(d->backing_sources ? d->backing_sources[i] : NULL),
				rule_name(d->target)),
			NULL, "a copy needs it only if the stored configuration names it");
}

static void one(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	const struct disk_there *there = &f->disks_there[i];

	struct finding *found = rule_pool_lacks(d, there, out);

	if (found && dropped(f, d))
		found->effect = EFFECT_NONE;
	if (found)
		return;
	if (rule_copied(f, i)) {
		below_a_copy(f, d, out);
		return;
	}
	if (there->exists == TRI_NO)
		source_lacks(f, d, d->source, out);
	else if (there->exists == TRI_UNKNOWN)
		finding_unknown(out,
			arena_printf(out->arena, "whether disk %s is there on the target host",
				rule_name(d->target)),
			NULL, there->why ? there->why : "no storage pool there covers it");
	backing(f, d, there, out);
	chain(f, d, out);
}

/* Given anew, an image may be that of another disk: QEMU lets one write to it, or many read. */
static void used_twice(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];

	for (size_t k = 0; f->settings->n_resources && k < i; k++) {
		const struct vm_disk *other = &f->config.disks[k];

		if (!rule_is(d->source, other->source) || !rule_is(d->type, other->type) ||
			(d->readonly && other->readonly) || (d->shareable && other->shareable))
			continue;
		finding_detail(out,
			finding_add(out, VSM4901,
				arena_printf(out->arena, "disks %s and %s would have one image",
					rule_name(other->target), rule_name(d->target))),
			object(d, out), d->source, "an image of its own");
		return;
	}
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (d->source && !rule_is(d->device, "cdrom") && !rule_is(d->device, "floppy"))
			one(f, i, out);
		if (d->source)
			used_twice(f, i, out);
	}
}

const struct rule rule_disk_there = {
	.name = "disk-there",
	.what = "whether the target host has the disks",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_STORAGE),
	.run = run,
};
