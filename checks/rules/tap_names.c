/* An interface whose device on the host has a name of its own: libvirt makes it anew over there, and
 * gives up when there is such a device already. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (vm->nics[i].tap)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *nic = &f->config.nics[i];
		const char *object = arena_printf(out->arena, "interface %s", rule_name(nic->mac));

		if (nic->tap && f->nics_there[i].tap_taken == TRI_YES)
			finding_detail(out,
				finding_add(out, VSM4901,
					arena_printf(out->arena, "a device %s is there already",
						nic->tap)),
				object, nic->tap, "a name that is free, or none");
		else if (nic->tap && f->nics_there[i].tap_taken == TRI_UNKNOWN)
			finding_unknown(out,
				arena_printf(out->arena,
					"whether the device name %s is free on the target host",
					nic->tap),
				NULL, "libvirt did not tell");
	}
}

const struct rule rule_tap_names = {
	.name = "tap-names",
	.what = "whether the names of the interfaces' devices are free on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_BRIDGES),
	.run = run,
};
