/* The CPUs that what runs on the target has already, and this guest's: more than there are is how
 * many a host is run, so it is said and refuses nothing. */
#include "checks/rules/rules.h"

#include <strings.h>

static unsigned vcpus_of(const struct vm_config *vm)
{
	return vm->vcpus_current ? vm->vcpus_current : vm->vcpus;
}

/* Of what runs there, the guest itself aside: a move that is under way has it there already. */
static uint64_t in_use(const struct facts *f)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < f->n_peers; i++) {
		const struct peer *p = &f->peers[i];

		if (p->active &&
			!(p->uuid && f->config.uuid && strcasecmp(p->uuid, f->config.uuid) == 0))
			sum += p->vcpus;
	}
	return sum;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	unsigned own = vcpus_of(&f->config);
	uint64_t all = own + in_use(f);

	(void)c;
	/* A guest that is too large alone has a finding of its own. */
	if (f->dst.cpus == 0 || own > f->dst.cpus || all <= f->dst.cpus)
		return;
	const char *found = rule_number(out->arena, f->dst.cpus);
	const char *needed = rule_number(out->arena, all);
	const char *what = arena_printf(out->arena,
		"its running virtual systems would have %s virtual CPUs, and it has %s CPUs",
		needed, found);
	finding_detail(out, finding_add(out, VSM5024, what), "vcpu", found, needed);
}

const struct rule rule_overcommit_all = {
	.name = "overcommit-all",
	.what = "whether the target host has as many CPUs as all of its virtual systems",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST) | FACT_BIT(FACT_DST_DOMAINS),
	.run = run,
};
