#include "checks/rules/rules.h"

static void one(const struct facts *f, const struct vm_nic *nic, const struct nic_there *there,
	const char *device, struct findings *out)
{
	if (there->exists == TRI_UNKNOWN) {
		finding_unknown(out,
			arena_printf(out->arena,
				"whether bridge or device %s is there on the target host", device),
			NULL, there->why ? there->why : "libvirt did not tell");
		return;
	}
	if (there->exists != TRI_NO)
		return;
	struct finding *found = rule_new_value_absent(f, out, device);
	if (!found)
		found = finding_add(out, VSM4404, device, rule_name(nic->mac));
	finding_detail(out, found, arena_printf(out->arena, "interface %s", rule_name(nic->mac)),
		"no such device", device);
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (rule_is(vm->nics[i].type, "bridge") || rule_is(vm->nics[i].type, "direct"))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *nic = &f->config.nics[i];
		const char *device = rule_is(nic->type, "bridge")   ? nic->bridge
				     : rule_is(nic->type, "direct") ? nic->dev
								    : NULL;

		if (device)
			one(f, nic, &f->nics_there[i], device, out);
	}
}

const struct rule rule_bridges = {
	.name = "bridges",
	.what = "whether the bridges are there on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_BRIDGES),
	.run = run,
};
