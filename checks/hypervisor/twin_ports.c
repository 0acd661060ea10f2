/*
 * The ports of the VM's devices other than graphics. The twin has not these devices' far ends, for it
 * must not answer anybody: it binds the ports for channels that nobody in it reads.
 *
 * To what a device connects the twin must not connect: somebody would take it for the VM. By UDP it does,
 * which sends nothing, and shows whether the target knows the name and has a route. Of a server on the
 * VM's own host there is another over there, or none; whether there is shows in how another twin fails,
 * which wants the same port for itself.
 */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

enum { PORTS = 16, ROUTES = 8 }; /* in one twin */

static void end(xmlNode *channel, const char *mode, const char *host, const char *port)
{
	xmlNode *source = twin_add(channel, "source");

	twin_set(source, "mode", mode);
	twin_set(source, "host", host);
	twin_set(source, "service", port);
}

static xmlNode *add_channel(struct arena *a, xmlNode *devices, const char *type, size_t number)
{
	xmlNode *channel = twin_add(devices, "channel"), *target = twin_add(channel, "target");

	twin_set(channel, "type", type);
	twin_set(target, "type", "virtio");
	twin_set(target, "name", arena_printf(a, "vsmigd%zu", number));
	return channel;
}

static void bind_port(struct arena *a, xmlNode *devices, const struct vm_port *port, size_t number)
{
	xmlNode *channel = add_channel(a, devices, port->udp ? "udp" : "tcp", number);

	end(channel, "bind", port->host ? port->host : "0.0.0.0", port->port);
	if (port->udp)
		end(channel, "connect", "127.0.0.1", "9"); /* to which nothing is sent */
	else
		twin_set(twin_add(channel, "protocol"), "type", "raw");
}

/* A name of a service may be one of TCP alone. */
static bool has_route_to_show(const struct vm_port *port)
{
	return port->host && *port->host && !host_is_loopback(port->host) && *port->port &&
	       port->port[strspn(port->port, "0123456789")] == '\0';
}

static void look_for_routes(const struct twin *t, xmlNode *devices)
{
	const struct vm_config *vm = &t->f->config;

	for (size_t i = 0; i < vm->n_far_ports && i < ROUTES; i++)
		if (has_route_to_show(&vm->far_ports[i]))
			end(add_channel(t->a, devices, "udp", PORTS + i), "connect",
				vm->far_ports[i].host, vm->far_ports[i].port);
}

void twin_note_tls(struct twin *t, const xmlNode *device)
{
	XML_EACH(source, device, "source")
	{
		const char *tls = vxml_attr(t->a, source, "tls");
		const char *port = vxml_attr(t->a, source, "service");

		if (tls && port)
			*ARENA_PUSH(t->a, t->tls_ports, t->n_tls_ports) =
				(struct twin_tls_port){ port, tls };
	}
}

/* What the VM leaves to the configuration of its host, the target's decides. */
static void same_tls(const struct twin *t, xmlNode *channel, const char *port)
{
	for (size_t i = 0; i < t->n_tls_ports; i++)
		if (strcmp(t->tls_ports[i].port, port) == 0)
			twin_set(vxml_child(channel, "source"), "tls", t->tls_ports[i].tls);
}

void twin_ports(struct twin *t, xmlNode *devices)
{
	const struct vm_config *vm = &t->f->config;

	for (size_t i = 0; i < vm->n_ports && vm->n_ports <= PORTS; i++) {
		bind_port(t->a, devices, &vm->ports[i], i);
		if (!vm->ports[i].udp)
			same_tls(t, xmlGetLastChild(devices), vm->ports[i].port);
		t->binds = true;
	}
	look_for_routes(t, devices);
}

size_t twin_far(
	const struct facts *f, xmlDoc *twin, struct arena *a, struct twin_far *out, size_t max)
{
	const struct vm_config *vm = &f->config;
	xmlNode *devices;
	size_t n = 0;

	for (size_t i = 0; i < vm->n_far_ports; i++) {
		if (!host_is_loopback(vm->far_ports[i].host))
			continue;
		if (n == max)
			return max + 1;
		out[n] = (struct twin_far){ &vm->far_ports[i], twin_bare(twin, &devices) };
		bind_port(a, devices, &vm->far_ports[i], 0);
		n++;
	}
	return n;
}
