#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->hugepages;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	uint64_t size = f->dst.page_kib, need;

	(void)c;
	if (size == 0) {
		finding_unknown(out, "whether enough huge pages are free", NULL,
			"the target host has none of a usual size");
		return;
	}
	need = (f->config.memory_kib + size - 1) / size;
	if (need <= f->dst.free_pages) {
		finding_unknown(out, "whether the target host has a file system of huge pages",
			NULL, "libvirt does not show it, nor does a probe need it");
		return;
	}
	if (f->config.hugepages_partly) {
		finding_unknown(out, "whether enough huge pages are free", NULL,
			"not all of the guest's memory is of the same pages");
		return;
	}
	const char *found = rule_number(out->arena, f->dst.free_pages);
	const char *needed = rule_number(out->arena, need);
	finding_detail(out, finding_add(out, VSM4203, needed, found, rule_mib(out->arena, size)),
		"hugepages", found, needed);
}

const struct rule rule_hugepages = {
	.name = "hugepages",
	.what = "whether enough huge pages are free",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_PAGES),
	.run = run,
};
