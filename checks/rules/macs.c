/* libvirt never looks; two guests with one address on one network take each other's packets. */
#include "checks/rules/rules.h"

#include <strings.h>

static const char *network_of(const struct vm_nic *nic)
{
	return nic->network ? nic->network : nic->bridge;
}

static bool uses(const struct peer *p, const struct vm_nic *nic)
{
	for (size_t i = 0; i < p->n_macs; i++)
		if (p->macs[i] && strcasecmp(p->macs[i], nic->mac) == 0 &&
			rule_is(p->networks[i], network_of(nic)))
			return true;
	return false;
}

static void one(const struct facts *f, const struct vm_nic *nic, const struct check_config *c,
	struct findings *out)
{
	for (size_t i = 0; i < f->n_peers; i++) {
		const struct peer *p = &f->peers[i];

		if (rule_is(p->uuid, f->config.uuid) || !uses(p, nic))
			continue;
		struct finding *found =
			finding_add(out, VSM4409, nic->mac, network_of(nic), rule_name(p->name));
		finding_detail(out, found, arena_printf(out->arena, "interface %s", nic->mac),
			p->name, "an address of its own");
		rule_policy(found, p->active && c->refuse_duplicate_mac);
	}
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_nics > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_nics; i++)
		if (f->config.nics[i].mac && network_of(&f->config.nics[i]))
			one(f, &f->config.nics[i], c, out);
}

const struct rule rule_macs = {
	.name = "macs",
	.what = "whether a MAC address is in use on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMAINS),
	.run = run,
};
