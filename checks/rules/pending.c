/*
 * A running VM takes its stored configuration along unchanged. What differs between the two by
 * nature (aliases, ports, labels, an expanded CPU) says nothing and is not looked at.
 */
#include "checks/rules/rules.h"

static bool disks_differ(const struct vm_config *a, const struct vm_config *b)
{
	if (a->n_disks != b->n_disks)
		return true;
	for (size_t i = 0; i < a->n_disks; i++) {
		const char *x = a->disks[i].source, *y = b->disks[i].source;

		if (!rule_is(a->disks[i].target, b->disks[i].target) || !x != !y ||
			(x && !rule_is(x, y)))
			return true;
	}
	return false;
}

static bool nics_differ(const struct vm_config *a, const struct vm_config *b)
{
	if (a->n_nics != b->n_nics)
		return true;
	for (size_t i = 0; i < a->n_nics; i++) {
		const char *x = a->nics[i].network, *y = b->nics[i].network;

		if (!rule_is(a->nics[i].mac, b->nics[i].mac) || !x != !y || (x && !rule_is(x, y)))
			return true;
	}
	return false;
}

static const char *difference(const struct vm_config *now, const struct vm_config *next)
{
	if (now->memory_kib != next->memory_kib)
		return "memory";
	if (now->vcpus != next->vcpus)
		return "vCPUs";
	if (!rule_is(now->machine, next->machine))
		return "machine type";
	if (disks_differ(now, next))
		return "disks";
	if (nics_differ(now, next))
		return "interfaces";
	if (now->n_hostdevs != next->n_hostdevs || now->n_filesystems != next->n_filesystems ||
		now->n_graphics != next->n_graphics)
		return "devices";
	return NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *what = f->next.name ? difference(&f->stored, &f->next) : NULL;

	(void)c;
	if (what)
		finding_detail(out, finding_add(out, VSM5006, NULL), what, "changed", "as it runs");
}

const struct rule rule_pending = {
	.name = "pending",
	.what = "whether changes wait for the next start",
	.moves = MOVE_HOT,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_VM_NEXT),
	.run = run,
};
