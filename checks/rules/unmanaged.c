/* UnmanagedVhds: disks that a move with storage leaves alone. Each must be one of the VM's. */
#include "checks/rules/rules.h"

static bool known(const struct facts *f, const char *text)
{
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (rule_names_disk(text, &f->config.disks[i]))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;

	(void)c;
	for (size_t i = 0; i < s->n_unmanaged; i++) {
		const char *at = arena_printf(out->arena, "UnmanagedVhds[%zu]", i);

		if (!known(f, s->unmanaged[i]))
			finding_detail(out, finding_add(out, VSM3010, at, s->unmanaged[i]), at,
				s->unmanaged[i], "a disk of the virtual system");
	}
}

const struct rule rule_unmanaged = {
	.name = "unmanaged-disks",
	.what = "whether the unmanaged disks are the virtual system's",
	.moves = MOVE_LIVE_COPY,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
