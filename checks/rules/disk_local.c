/*
 * libvirt calls the move unsafe and refuses it: a file that is written to, on a file system that it
 * does not count as shared, unless it is copied. Read-only and empty drives pass. Restart starts
 * the guest from whatever stands at that path on the target, which nobody wants. A new path given
 * with the move cures only a Restart: of a running guest libvirt asks where its disks are now.
 */
#include "checks/rules/rules.h"

static void refuse(const struct facts *f, const struct check_config *c, const struct vm_disk *d,
	const struct disk_here *here, struct findings *out)
{
	struct finding *found =
		finding_add(out, VSM4301, rule_name(d->target), rule_name(d->source));

	finding_detail(out, found, arena_printf(out->arena, "disk %s", rule_name(d->target)),
		here->fs ? here->fs : "a local file system", "a shared file system");
	if (!(f->settings->move & MOVE_HOT))
		rule_policy(found, c->refuse_local_restart);
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
		const struct vm_disk *d = &rule_disks(f)[i];
		const struct disk_here *here = &f->disks_here[i];

		if (!d->source || d->readonly || rule_copied(f, i) ||
			(!rule_is(d->type, "file") && !rule_is(d->type, "volume")))
			continue;
		if (here->shared_fs == TRI_NO)
			refuse(f, c, d, here, out);
		else if (here->shared_fs == TRI_UNKNOWN && here->why)
			finding_unknown(out,
				arena_printf(out->arena, "whether disk %s is on shared storage",
					rule_name(d->target)),
				NULL, here->why);
	}
}

const struct rule rule_disk_local = {
	.name = "disk-local",
	.what = "whether the disks are on shared storage",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_VM_DISK_FS),
	.run = run,
};
