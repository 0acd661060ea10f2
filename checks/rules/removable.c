/*
 * A medium that is absent on the target stops the guest there, unless its startupPolicy lets
 * libvirt drop it: "optional" always, "requisite" when the guest is not started cold.
 */
#include "checks/rules/rules.h"

static bool dropped(const struct vm_disk *d, enum move move)
{
	return rule_is(d->startup_policy, "optional") ||
	       (rule_is(d->startup_policy, "requisite") && (move & MOVE_HOT));
}

static void one(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	const struct disk_there *there = &f->disks_there[i];
	const char *target = rule_name(d->target);
	struct finding *lack = rule_pool_lacks(d, there, out);
	bool absent = there->exists == TRI_NO;
	enum reason_id id = absent && !dropped(d, f->settings->move) ? VSM4316 : VSM5010;

	bool local = facts_known(f, FACT_VM_DISK_FS) && f->disks_here[i].shared_fs == TRI_NO;
	/* A twin has only shown that something of that name is there. */
	bool there_too = there->exists == TRI_YES && !(rule_started(f) && local);

	bool shared = rule_is(d->type, "network") || (!absent && facts_known(f, FACT_VM_DISK_FS) &&
							     f->disks_here[i].shared_fs == TRI_YES);

	if (lack && dropped(d, f->settings->move))
		lack->effect = EFFECT_NONE;
	if (lack || there_too)
		return;
	struct finding *found = id == VSM4316 ? rule_new_value_absent(f, out, d->source) : NULL;
	if (!shared)
		finding_detail(out, found ? found : finding_add(out, id, target, d->source),
			arena_printf(out->arena, "disk %s", target),
			absent			   ? "absent"
			: there->exists == TRI_YES ? "another of the same name"
						   : "not known",
			d->source);
	if (there->exists == TRI_UNKNOWN && !dropped(d, f->settings->move))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the medium of %s is there on the target host", target),
			NULL, there->why ? there->why : "no storage pool there covers it");
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source && (rule_is(vm->disks[i].device, "cdrom") ||
						   rule_is(vm->disks[i].device, "floppy")))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (d->source && !rule_copied(f, i) &&
			(rule_is(d->device, "cdrom") || rule_is(d->device, "floppy")))
			one(f, i, out);
	}
}

const struct rule rule_removable = {
	.name = "removable",
	.what = "whether removable media are there on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_STORAGE),
	.run = run,
};
