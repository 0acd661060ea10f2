/* The ports on which a domain's devices listen, other than its graphics. */
#include "checks/hypervisor/vxml.h"

struct places {
	struct arena *a;
	struct vm_config *out;
};

static void push(const struct places *p, const xmlNode *device, const char *host, const char *port,
	bool udp, bool far)
{
	struct vm_config *out = p->out;
	const char *alias = vxml_attr(p->a, vxml_child(device, "alias"), "name");
	const char *kind = arena_strdup(p->a, (const char *)device->name);
	struct vm_port it = {
		.kind = kind, .name = alias ? alias : kind, .host = host, .port = port, .udp = udp
	};

	if (port && far)
		*ARENA_PUSH(p->a, out->far_ports, out->n_far_ports) = it;
	else if (port)
		*ARENA_PUSH(p->a, out->ports, out->n_ports) = it;
}

/* Serial ports, channels, redirected USB devices, sources of random numbers and the like. A UDP
 * port that nobody listens on stops no guest. */
static void of_source(const struct places *p, const xmlNode *device, const xmlNode *n)
{
	bool tcp = vxml_attr_is(n, "type", "tcp"), udp = vxml_attr_is(n, "type", "udp");

	XML_EACH(source, n, "source")
	{
		bool binds = vxml_attr_is(source, "mode", "bind");

		/* One that connects again and again starts without. */
		if (vxml_attr_is(vxml_child(source, "reconnect"), "enabled", "yes"))
			continue;
		if (tcp || (udp && binds))
			push(p, device, vxml_attr(p->a, source, "host"),
				vxml_attr(p->a, source, "service"), udp, !binds);
	}
}

static void of_interface(const struct places *p, const xmlNode *n)
{
	const xmlNode *source = vxml_child(n, "source"), *local = vxml_child(source, "local");

	/* One of type client starts without its server. */
	if (vxml_attr_is(n, "type", "server"))
		push(p, n, vxml_attr(p->a, source, "address"), vxml_attr(p->a, source, "port"),
			false, false);
	if (vxml_attr_is(n, "type", "udp"))
		push(p, n, vxml_attr(p->a, local, "address"), vxml_attr(p->a, local, "port"), true,
			false);
}

void vxml_domain_ports(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	const struct places p = { a, out };
	const xmlNode *serial = vxml_child(devices, "serial");

	XML_EACH(n, devices, NULL)
	{
		/* The first console is the first serial device, shown a second time. */
		if (serial && vxml_is(n, "console") &&
			vxml_attr_is(vxml_child(n, "target"), "type", "serial"))
			continue;
		if (vxml_is(n, "interface"))
			of_interface(&p, n);
		else
			of_source(&p, n, n);
		if (vxml_is(n, "rng"))
			of_source(&p, n, vxml_child(n, "backend"));
	}
}
