#include "checks/rules/rules.h"

#include <string.h>

static const char *difference(const struct nic_there *it, struct arena *a)
{
	const char *here = it->forward_here ? it->forward_here : "isolated";
	const char *there = it->forward ? it->forward : "isolated";

	if (!rule_is(here, there))
		return arena_printf(a, "forward mode %s here, %s there", here, there);
	/* For a network of libvirt's own making the bridge is only a name. */
	if (rule_is(here, "bridge") && it->bridge && it->bridge_here &&
		strcmp(it->bridge, it->bridge_here) != 0)
		return arena_printf(a, "bridge %s here, %s there", it->bridge_here, it->bridge);
	return NULL;
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
		const struct nic_there *it = &f->nics_there[i];
		const char *why;

		if (!rule_is(nic->type, "network") || !nic->network || it->exists != TRI_YES ||
			(!it->forward_here && !it->bridge_here))
			continue;
		why = difference(it, out->arena);
		if (why)
			finding_detail(out, finding_add(out, VSM5020, nic->network, why),
				arena_printf(out->arena, "interface %s", rule_name(nic->mac)), why,
				NULL);
	}
}

const struct rule rule_network_differs = {
	.name = "network-differs",
	.what = "whether the networks are the same on both hosts",
	.moves = MOVE_ANY,
	.advisory = true,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NETWORKS),
	.run = run,
};
