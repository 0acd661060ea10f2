/* Character devices and interfaces that connect to a server when the guest starts: it does not start
 * when nobody answers. A server of the host itself is another one over there; a probe finds out
 * whether there is one (twin_ports.c). */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_far_ports > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_far_ports; i++) {
		const struct vm_port *p = &f->config.far_ports[i];

		if (rule_started(f) && f->probe.far && host_is_loopback(p->host))
			continue;
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host reaches %s port %s, to which %s connects",
				rule_name(p->host), p->port, p->name),
			NULL, "only a connection tells, and it would be taken for the guest's");
	}
}

const struct rule rule_connects = {
	.name = "connects",
	.what = "whether what the guest's devices connect to is there",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
