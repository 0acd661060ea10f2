#include "checks/rules/rules.h"

static const struct peer *user_of(const struct facts *f, int port)
{
	for (size_t i = 0; i < f->n_peers; i++)
		for (size_t k = 0; f->peers[i].active && k < f->peers[i].n_ports; k++)
			if (f->peers[i].ports[k] == port &&
				!rule_is(f->peers[i].uuid, f->config.uuid))
				return &f->peers[i];
	return NULL;
}

static void one(const struct facts *f, int port, const char *type, struct findings *out)
{
	const struct peer *p = port > 0 ? user_of(f, port) : NULL;

	if (!p)
		return;
	const char *number = arena_printf(out->arena, "%d", port);
	finding_detail(out, finding_add(out, VSM4512, number, type, rule_name(p->name)),
		arena_printf(out->arena, "graphics %s", type), number, "a free port");
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_graphics > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const struct vm_graphics *g = &f->config.graphics[i];

		if (g->autoport)
			continue;
		one(f, g->port, rule_name(g->type), out);
		one(f, g->tls_port, rule_name(g->type), out);
	}
}

const struct rule rule_graphics_ports = {
	.name = "graphics-ports",
	.what = "whether fixed ports are free on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMAINS),
	.run = run,
};
