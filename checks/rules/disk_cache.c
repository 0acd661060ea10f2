/*
 * QEMU 4.0 and later drops the target's page cache of a file when the guest arrives; before it,
 * libvirt refuses cached disks on what is not a cluster file system.
 */
#include "checks/rules/rules.h"

static bool safe(const struct facts *f, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];

	return !d->source || d->readonly || d->shareable || rule_is(d->type, "network") ||
	       f->disks_here[i].coherent != TRI_NO || rule_is(d->cache, "none") ||
	       rule_is(d->cache, "directsync") || f->settings->move == MOVE_LIVE_COPY;
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
	unsigned long version = f->src.hv_version;

	(void)c;
	if (!rule_is(f->src.type, "QEMU") || version == 0 || version >= VERSION(4, 0, 0))
		return;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];
		const char *cache = d->cache ? d->cache : "default";

		if (safe(f, i))
			continue;
		struct finding *found = finding_add(out, VSM4308, rule_name(d->target), cache);
		finding_detail(out, found,
			arena_printf(out->arena, "disk %s", rule_name(d->target)), cache,
			"none or directsync");
	}
}

const struct rule rule_disk_cache = {
	.name = "disk-cache",
	.what = "whether cached disks can be migrated",
	.moves = MOVE_HOT,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_VM_DISK_FS),
	.run = run,
};
