/* A session daemon instantiates no filters, so it misses none. */
#include "checks/rules/rules.h"

#include <string.h>

static bool session(const char *uri)
{
	const char *path = uri ? strstr(uri, "/session") : NULL;

	return path && (path[8] == '\0' || path[8] == '?');
}

static bool probed(const struct facts *f, size_t i)
{
	return rule_started(f) && f->probe.nics && f->probe.nics[i];
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (vm->nics[i].filter)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics && !session(f->dst.uri); i++) {
		const struct vm_nic *nic = &f->config.nics[i];
		enum tri there = f->nics_there[i].filter;

		if (nic->filter && there == TRI_UNKNOWN)
			finding_unknown(out,
				arena_printf(out->arena,
					"whether network filter %s is there on the target host",
					nic->filter),
				NULL, "libvirt did not tell");
		if (nic->filter && there == TRI_YES && !probed(f, i))
			finding_unknown(out,
				arena_printf(out->arena,
					"whether filter %s has what it needs on the target host",
					nic->filter),
				NULL, "its rules may want other variables there");
		if (!nic->filter || there != TRI_NO)
			continue;
		finding_detail(out, finding_add(out, VSM4405, nic->filter, rule_name(nic->mac)),
			arena_printf(out->arena, "interface %s", rule_name(nic->mac)),
			"no such filter", nic->filter);
	}
}

const struct rule rule_nwfilters = {
	.name = "nwfilters",
	.what = "whether the network filters are there on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NWFILTERS),
	.run = run,
};
