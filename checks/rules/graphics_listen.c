/*
 * libvirt tells no addresses of a host but those of its own networks. But a guest that runs here
 * listens on its address, so the source has it, and an address has one host. Only that of
 * libvirt's default network is on most.
 */
#include "checks/rules/rules.h"

#include <string.h>

static bool anywhere(const struct vm_graphics *g)
{
	static const char *const addresses[] = { "0.0.0.0", "::", "::1", "localhost" };

	return !g->listen || (g->listen_type && !rule_is(g->listen_type, "address")) ||
	       strncmp(g->listen, "127.", 4) == 0 ||
	       rule_has(addresses, ARRAY_LEN(addresses), g->listen);
}

static void refuse(const struct vm_graphics *g, struct findings *out)
{
	struct finding *found = finding_add(out, VSM4511, g->listen);

	finding_detail(out, found, arena_printf(out->arena, "graphics %s", rule_name(g->type)),
		"an address of the source host", g->listen);
	found->presumed = true;
}

static void one(const struct facts *f, const struct vm_graphics *g, struct findings *out)
{
	bool ours = facts_known(f, FACT_VM_STATE) && f->vm.active;

	if (g->listen_network && !(rule_started(f) && f->probe.listens))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host has the network %s whose address %s "
				"listens on",
				g->listen_network, rule_name(g->type)),
			NULL, "only the networks of interfaces are looked for");
	if (anywhere(g) || (rule_started(f) && f->probe.listens) ||
		rule_is(g->listen, f->destination) ||
		rule_has(f->dst.addresses, f->dst.n_addresses, g->listen))
		return;
	if (ours && !rule_is(g->listen, "192.168.122.1"))
		refuse(g, out);
	else
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host has the address %s that %s listens on",
				g->listen, rule_name(g->type)),
			NULL, "libvirt tells no addresses of a host");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_graphics; i++)
		one(f, &f->config.graphics[i], out);
}

const struct rule rule_graphics_listen = {
	.name = "graphics-listen",
	.what = "whether graphics can listen on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
