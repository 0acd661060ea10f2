/* Fixed ports of graphics and of character devices that listen. Those of other virtual systems
 * show; those of other programs do not. */
#include "checks/rules/rules.h"

#include <stdlib.h>

static const struct peer *user_of(const struct facts *f, int port)
{
	for (size_t i = 0; i < f->n_peers; i++)
		for (size_t k = 0; f->peers[i].active && k < f->peers[i].n_ports; k++)
			if (f->peers[i].ports[k] == port &&
				!rule_is(f->peers[i].uuid, f->config.uuid))
				return &f->peers[i];
	return NULL;
}

static void one(
	const struct facts *f, int port, const char *kind, const char *type, struct findings *out)
{
	const struct peer *p = port > 0 ? user_of(f, port) : NULL;
	const char *number = arena_printf(out->arena, "%d", port);
	bool shown = rule_started(f) && f->probe.listens;

	if (p)
		finding_detail(out, finding_add(out, VSM4512, number, type, rule_name(p->name)),
			arena_printf(out->arena, "%s %s", kind, type), number, "a free port");
	else if (port > 0 && !(shown && rule_is(kind, "graphics")))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether port %s of %s is free of other programs on the target "
				"host",
				number, type),
			NULL, "libvirt shows only the ports of virtual systems");
}

static bool listens(const struct vm_chardev *dev)
{
	return rule_is(dev->mode, "bind") && dev->service;
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_chardevs; i++)
		if (listens(&vm->chardevs[i]))
			return true;
	return vm->n_graphics > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const struct vm_graphics *g = &f->config.graphics[i];

		if (g->autoport)
			continue;
		one(f, g->port, "graphics", rule_name(g->type), out);
		one(f, g->tls_port, "graphics", rule_name(g->type), out);
	}
	for (size_t i = 0; i < f->config.n_chardevs; i++) {
		const struct vm_chardev *dev = &f->config.chardevs[i];

		if (listens(dev))
			one(f, atoi(dev->service), rule_name(dev->kind),
				rule_name(dev->alias ? dev->alias : dev->kind), out);
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
