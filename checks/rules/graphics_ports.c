/* Fixed ports of graphics and of character devices that listen. Those of other virtual systems
 * show; those of other programs do not. */
#include "checks/rules/rules.h"

#include <stdlib.h>

static bool anywhere(const char *host)
{
	return !host || rule_is(host, "0.0.0.0") || rule_is(host, "::") || rule_is(host, "*");
}

/* Two that listen on one port get in each other's way unless their addresses are apart. */
static bool collide(const char *a, const char *b)
{
	return anywhere(a) || anywhere(b) || rule_is(a, b);
}

/* A port that is wanted: by graphics, for which libvirt keeps it, or by a character device. */
struct wanted {
	int port;
	const char *kind, *name;
	const char *host; /* where it listens; NULL: everywhere */
	bool graphics, udp; /* else TCP, of another device */
};

static const struct peer *user_of(const struct facts *f, const struct wanted *w)
{
	for (size_t i = 0; i < f->n_peers && !w->udp; i++) {
		const struct peer *p = &f->peers[i];

		if (!p->active || rule_is(p->uuid, f->config.uuid))
			continue;
		for (size_t k = 0; k < p->n_ports; k++) {
			const char *host = p->port_hosts ? p->port_hosts[k] : NULL;

			if (p->ports[k] == w->port &&
				((w->graphics && !host) || collide(w->host, host)))
				return p;
		}
	}
	return NULL;
}

static void one(const struct facts *f, const struct wanted *w, struct findings *out)
{
	const struct peer *p = w->port > 0 ? user_of(f, w) : NULL;
	const char *number = arena_printf(out->arena, "%d", w->port);
	bool shown = rule_started(f) && (w->graphics ? f->probe.listens : f->probe.binds);

	if (p)
		finding_detail(out, finding_add(out, VSM4512, number, w->name, rule_name(p->name)),
			arena_printf(out->arena, "%s %s", w->kind, w->name), number, "a free port");
	else if (w->port > 0 && !shown)
		finding_unknown(out,
			arena_printf(out->arena,
				"whether port %s of %s is free of other programs on the target "
				"host",
				number, w->name),
			NULL, "libvirt shows only the ports of virtual systems");
}

static void graphics(const struct facts *f, const struct vm_graphics *g, struct findings *out)
{
	struct wanted w = {
		.kind = "graphics", .name = rule_name(g->type), .host = g->listen, .graphics = true
	};

	w.port = g->port;
	one(f, &w, out);
	w.port = g->tls_port;
	one(f, &w, out);
	w.port = g->websocket;
	one(f, &w, out);
}

static void other(const struct facts *f, const struct vm_port *port, struct findings *out)
{
	struct wanted w = {
		.port = atoi(port->port),
		.kind = port->kind,
		.name = port->name,
		.host = port->host,
		.udp = port->udp,
	};

	one(f, &w, out);
}

static bool applies(const struct vm_config *vm)
{
	return vm->n_graphics > 0 || vm->n_ports > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_graphics; i++)
		if (!f->config.graphics[i].autoport)
			graphics(f, &f->config.graphics[i], out);
	for (size_t i = 0; i < f->config.n_ports; i++)
		other(f, &f->config.ports[i], out);
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
