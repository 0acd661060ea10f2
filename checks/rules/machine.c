/*
 * The capabilities list machine types for the usual emulator of an architecture; for another
 * emulator only the domain capabilities know.
 */
#include "checks/rules/rules.h"

#include <string.h>

static bool listed(const struct facts *f, bool *told)
{
	const struct vm_config *vm = &f->config;

	for (size_t i = 0; i < f->dst.caps.n_guests; i++) {
		const struct caps_guest *g = &f->dst.caps.guests[i];

		if (!rule_is(g->arch, vm->arch) || !rule_is(g->virt, vm->virt))
			continue;
		*told |= g->n_machines > 0 && (!vm->emulator || rule_is(g->emulator, vm->emulator));
		if (rule_has(g->machines, g->n_machines, vm->machine))
			return true;
	}
	return false;
}

static bool applies(const struct vm_config *vm)
{
	return vm->machine != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct domcaps *d = &f->domcaps;
	bool told = false;

	(void)c;
	if (!f->config.machine || listed(f, &told))
		return;
	if (facts_known(f, FACT_DST_DOMCAPS) && d->supported != TRI_UNKNOWN)
		told = d->supported == TRI_NO &&
		       (told || (d->error && strstr(d->error, "machine")));
	if (told)
		finding_detail(out, finding_add(out, VSM4103, f->config.machine), NULL, d->error,
			f->config.machine);
}

const struct rule rule_machine = {
	.name = "machine",
	.what = "whether the target host has the machine type",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
