#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->vsock_cid != 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *cid = rule_number(out->arena, f->config.vsock_cid);

	(void)c;
	for (size_t i = 0; f->config.vsock_cid != 0 && i < f->n_peers; i++) {
		const struct peer *p = &f->peers[i];

		if (p->active && p->vsock_cid == f->config.vsock_cid &&
			!rule_is(p->uuid, f->config.uuid))
			finding_detail(out, finding_add(out, VSM4513, cid, rule_name(p->name)),
				"vsock", cid, "a free CID");
	}
}

const struct rule rule_vsock = {
	.name = "vsock",
	.what = "whether the vsock CID is free on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMAINS),
	.run = run,
};
