/* An interface whose device on the host has a name of its own: libvirt makes it anew over there, and
 * gives up when there is such a device already; or somebody else has made it (managed='no'). */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (vm->nics[i].tap)
			return true;
	return false;
}

static void one(const struct vm_nic *nic, enum tri there, struct findings *out)
{
	const char *object = arena_printf(out->arena, "interface %s", rule_name(nic->mac));

	if (there == TRI_UNKNOWN)
		finding_unknown(out,
			arena_printf(out->arena,
				nic->tap_given ? "whether device %s is there on the target host"
					       : "whether the device name %s is free on the "
						 "target host",
				nic->tap),
			NULL, "libvirt did not tell");
	else if (nic->tap_given && there == TRI_NO)
		finding_detail(out, finding_add(out, VSM4404, nic->tap, rule_name(nic->mac)),
			object, "no such device", nic->tap);
	else if (!nic->tap_given && there == TRI_YES)
		finding_detail(out,
			finding_add(out, VSM4901,
				arena_printf(out->arena, "a device %s is there already", nic->tap)),
			object, nic->tap, "a name that is free, or none");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics; i++)
		if (f->config.nics[i].tap)
			one(&f->config.nics[i], f->nics_there[i].tap_taken, out);
}

const struct rule rule_tap_names = {
	.name = "tap-names",
	.what = "whether the names of the interfaces' devices are free on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_BRIDGES),
	.run = run,
};
