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

/* A running guest shows the port that libvirt chose for its websocket like one that is fixed, and
 * has it whether the other ports are chosen or not; what is stored tells the two apart. */
static enum tri websocket_fixed(const struct facts *f, size_t i)
{
	const struct vm_config *next = &f->next;
	int now = f->config.graphics[i].websocket;

	if (!(f->settings->move & MOVE_HOT))
		return TRI_YES;
	if (!facts_known(f, FACT_VM_NEXT) || !next->name || i >= next->n_graphics)
		return TRI_UNKNOWN;
	return next->graphics[i].websocket == now ? TRI_YES
	       : next->graphics[i].websocket < 0  ? TRI_NO
						  : TRI_UNKNOWN;
}

static void websocket(const struct facts *f, size_t i, struct wanted *w, struct findings *out)
{
	enum tri fixed = websocket_fixed(f, i);

	w->port = f->config.graphics[i].websocket;
	if (fixed == TRI_YES)
		one(f, w, out);
	else if (fixed == TRI_UNKNOWN && w->port > 0 && !(rule_started(f) && f->probe.listens))
		finding_unknown(out,
			arena_printf(out->arena,
				"whether port %d of %s's websocket is free on the target host, if "
				"it is a fixed one",
				w->port, w->name),
			NULL, "libvirt shows a port that it chose like one that is fixed");
}

static void graphics(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_graphics *g = &f->config.graphics[i];
	struct wanted w = {
		.kind = "graphics", .name = rule_name(g->type), .host = g->listen, .graphics = true
	};

	if (!g->autoport) {
		w.port = g->port;
		one(f, &w, out);
		w.port = g->tls_port;
		one(f, &w, out);
	}
	websocket(f, i, &w, out);
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
		graphics(f, i, out);
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
