/*
 * A volume is found by the name of its pool, which may be of other storage over there: the guest
 * would go on with other data, which libvirt does not notice. Hosts have many names, so one that
 * differs is worth a warning; another export or device of them is other storage.
 */
#include "checks/rules/rules.h"

static void one(const struct vm_disk *d, const struct check_config *c, const struct disk_here *here,
	const struct disk_there *there, struct findings *out)
{
	bool source = here->pool_source && there->pool_source &&
		      !rule_is(here->pool_source, there->pool_source);
	bool host =
		here->pool_host && there->pool_host && !rule_is(here->pool_host, there->pool_host);
	const char *a, *b;

	if (!d->pool || (!source && !host))
		return;
	a = arena_printf(
		out->arena, "%s %s", rule_name(here->pool_host), rule_name(here->pool_source));
	b = arena_printf(
		out->arena, "%s %s", rule_name(there->pool_host), rule_name(there->pool_source));
	rule_policy(finding_detail(out, finding_add(out, VSM4305, d->pool, a, b),
			    arena_printf(out->arena, "disk %s", rule_name(d->target)), b, a),
		source && c->refuse_other_pool);
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].pool)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (!rule_copied(f, i))
			one(&f->config.disks[i], c, &f->disks_here[i], &f->disks_there[i], out);
}

const struct rule rule_disk_pool = {
	.name = "disk-pool",
	.what = "whether the storage pools are the same on both hosts",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_VM_DISK_FS) | FACT_BIT(FACT_DST_STORAGE),
	.run = run,
};
