#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	const char *name = rule_name(vm->shmem_name);
	const char *why = vm->shmem_legacy ? "the legacy model ivshmem"
			  : vm->shmem_peer ? "its role is peer"
					   : NULL;

	(void)c;
	if (vm->n_shmem > 0 && why)
		finding_detail(out, finding_add(out, VSM4503, name, why),
			arena_printf(out->arena, "shared memory %s", name), why,
			"model ivshmem-plain or ivshmem-doorbell, role master");
}

const struct rule rule_shmem = {
	.name = "shmem",
	.what = "whether shared memory devices can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
