#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	static const char *const anywhere[] = { "0.0.0.0", "::", "127.0.0.1", "::1", "localhost" };

	(void)c;
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const struct vm_graphics *g = &f->config.graphics[i];

		if (!g->listen || (g->listen_type && !rule_is(g->listen_type, "address")) ||
			rule_has(anywhere, ARRAY_LEN(anywhere), g->listen))
			continue;
		finding_unknown(out,
			arena_printf(out->arena,
				"whether the target host has the address %s that %s listens on",
				g->listen, rule_name(g->type)),
			NULL, "libvirt tells no addresses of a host");
	}
}

const struct rule rule_graphics_listen = {
	.name = "graphics-listen",
	.what = "whether graphics can listen on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
