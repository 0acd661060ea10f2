/* libvirt shows the files of its storage pools, and no others. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_paths > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_paths; i++) {
		const struct vm_path *p = &f->config.paths[i];

		if (rule_shown(f, p->path))
			continue;
		finding_unknown(out,
			arena_printf(out->arena,
				"whether %s can be used on the target host, for %s", p->path,
				p->user),
			NULL, "libvirt shows no files but those of storage pools");
	}
}

const struct rule rule_host_paths = {
	.name = "host-paths",
	.what = "whether the files that the guest names are there on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
