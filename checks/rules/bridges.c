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

/* A device that an interface has for itself: of other guests that have it libvirt knows, and of other
 * programs nobody. */
static void exclusive(const struct facts *f, const struct vm_nic *nic, struct findings *out)
{
	for (size_t i = 0; facts_known(f, FACT_DST_DOMAINS) && i < f->n_peers; i++) {
		const struct peer *p = &f->peers[i];

		if (!p->active || rule_is(p->uuid, f->config.uuid) ||
			!rule_has(p->devices, p->n_devices, nic->dev))
			continue;
		finding_detail(out,
			finding_add(out, VSM4901,
				arena_printf(
					out->arena, "%s has the device %s", p->name, nic->dev)),
			arena_printf(out->arena, "interface %s", rule_name(nic->mac)), p->name,
			"a device that nobody else has");
		return;
	}
	finding_unknown(out,
		arena_printf(out->arena, "whether device %s is free on the target host", nic->dev),
		NULL, "libvirt does not show who has it");
}

/* One that belongs to a bridge, or to a bond, takes nobody else. */
static void unfit(const struct vm_nic *nic, struct findings *out)
{
	finding_unknown(out,
		arena_printf(out->arena, "whether device %s takes the interface on the target host",
			nic->dev),
		NULL, "libvirt does not show what else it is used for");
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
		if (f->nics_there[i].exists != TRI_YES || !rule_is(nic->type, "direct") ||
			!nic->dev)
			continue;
		if (nic->passthrough)
			exclusive(f, nic, out);
		else if (!rule_started(f) || !f->probe.nics || !f->probe.nics[i])
			unfit(nic, out);
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
