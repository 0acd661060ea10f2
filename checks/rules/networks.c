#include "checks/rules/rules.h"

static const char *object(const struct vm_nic *nic, struct findings *out)
{
	return arena_printf(out->arena, "interface %s", rule_name(nic->mac));
}

static void absent(const struct facts *f, const struct vm_nic *nic, struct findings *out)
{
	struct finding *found = rule_new_value_absent(f, out, nic->network);

	if (!found)
		found = finding_add(out, VSM4401, nic->network, rule_name(nic->mac));
	finding_detail(out, found, object(nic, out), "no such network", nic->network);
}

/* libvirt takes the network's own settings when the port group is unknown: the guest arrives, on
 * another VLAN maybe. */
static void no_portgroup(const struct vm_nic *nic, struct findings *out)
{
	struct finding *found = finding_add(out, VSM4403, rule_name(nic->portgroup), nic->network);

	finding_detail(out, found, object(nic, out), "no such port group", nic->portgroup);
	found->effect = EFFECT_NONE;
}

static size_t wanted(const struct facts *f, const char *network)
{
	size_t n = 0;

	for (size_t i = 0; i < f->config.n_nics; i++)
		n += rule_is(f->config.nics[i].network, network);
	return n;
}

static void one(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_nic *nic = &f->config.nics[i];
	const struct nic_there *there = &f->nics_there[i];
	bool probed = rule_started(f) && f->probe.nics && f->probe.nics[i];

	if (there->exists == TRI_NO) {
		absent(f, nic, out);
	} else if (there->exists == TRI_UNKNOWN) {
		finding_unknown(out,
			arena_printf(out->arena,
				"whether network %s is there on the target "
				"host",
				nic->network),
			NULL, there->why ? there->why : "libvirt did not tell");
	} else if (there->active == TRI_NO) {
		finding_detail(out, finding_add(out, VSM4402, nic->network), object(nic, out),
			"inactive", "active");
	}
	if (there->exclusive && there->active == TRI_YES && there->n_free < wanted(f, nic->network))
		finding_detail(out,
			finding_add(out, VSM4901,
				arena_printf(out->arena,
					"network %s has no device left for the interface",
					nic->network)),
			object(nic, out), rule_number(out->arena, there->n_free),
			rule_number(out->arena, wanted(f, nic->network)));
	else if (there->more && there->active == TRI_YES && !probed)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether network %s takes the interface on the target host",
				nic->network),
			NULL, "a device, a switch or a shaping of traffic has a part in it there");
	if (there->lacks)
		finding_detail(out, finding_add(out, VSM4404, there->lacks, rule_name(nic->mac)),
			object(nic, out), "no such device", there->lacks);
	if (there->doubt)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host has a bridge or device %s, of network %s",
				there->doubt, nic->network),
			NULL, "libvirt did not tell, or shows something else of that name");
	if (nic->portgroup && there->exists == TRI_YES && there->portgroup == TRI_NO)
		no_portgroup(nic, out);
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (rule_is(vm->nics[i].type, "network"))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *nic = &f->config.nics[i];

		if (rule_is(nic->type, "network") && nic->network)
			one(f, i, out);
	}
}

const struct rule rule_networks = {
	.name = "networks",
	.what = "whether the networks are there on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NETWORKS),
	.run = run,
};
