/*
 * The ports of the VM's devices other than graphics. The twin has not these devices' far ends, for it
 * must not answer anybody: it binds the ports for channels that nobody in it reads.
 *
 * To what a device connects the twin must not connect: somebody would take it for the VM. Of a
 * server on the VM's own host there is another over there, or none; whether there is shows in how
 * another twin fails, which wants the same port for itself.
 */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

enum { PORTS = 16 }; /* in one twin */

static void end(xmlNode *channel, const char *mode, const char *host, const char *port)
{
	xmlNode *source = twin_add(channel, "source");

	twin_set(source, "mode", mode);
	twin_set(source, "host", host);
	twin_set(source, "service", port);
}

static void bind_port(struct arena *a, xmlNode *devices, const struct vm_port *port, size_t number)
{
	xmlNode *channel = twin_add(devices, "channel"), *target;

	twin_set(channel, "type", port->udp ? "udp" : "tcp");
	end(channel, "bind", port->host ? port->host : "0.0.0.0", port->port);
	if (port->udp)
		end(channel, "connect", "127.0.0.1", "9"); /* to which nothing is sent */
	else
		twin_set(twin_add(channel, "protocol"), "type", "raw");
	target = twin_add(channel, "target");
	twin_set(target, "type", "virtio");
	twin_set(target, "name", arena_printf(a, "vsmigd%zu", number));
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
}

/*
 * Libvirt tells of its credentials to nobody, but QEMU opens those of a channel with TLS as it starts,
 * and finds them where it finds those of a migration, unless the host's configuration sets the two
 * apart. Port 0 is any that is free; it is gone with the twin.
 */
void twin_tls(struct twin *t, xmlNode *devices)
{
	static const struct vm_port any = { .host = "127.0.0.1", .port = "0" };

	t->tls = settings_tls(t->f->settings);
	if (!t->tls)
		return;
	bind_port(t->a, devices, &any, PORTS);
	twin_set(vxml_child(xmlGetLastChild(devices), "source"), "tls", "yes");
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

/* On any port. The first address that does is taken: no other is asked about beside it. */
size_t twin_addresses(
	const struct facts *f, xmlDoc *twin, struct arena *a, struct twin_far *out, size_t max)
{
	const struct settings *s = f->settings;
	struct vm_port *port;
	xmlNode *devices;
	size_t n = 0;

	if (!s || !(s->move & MOVE_HOT))
		return 0;
	for (size_t i = 0; i < s->n_addresses; i++)
		if (facts_target_has(f, s->addresses[i]) == TRI_YES)
			return 0;
	for (size_t i = 0; i < s->n_addresses && n < max; i++) {
		if (facts_target_has(f, s->addresses[i]) != TRI_UNKNOWN)
			continue;
		port = arena_alloc(a, sizeof *port);
		*port = (struct vm_port){ .host = arena_strdup(a, s->addresses[i]), .port = "0" };
		out[n] = (struct twin_far){ port, twin_bare(twin, &devices) };
		bind_port(a, devices, port, 0);
		n++;
	}
	return n;
}

/*
 * To connect is the client's part, which opens the client's credentials. Nobody can listen on port 0,
 * so that nobody is talked to, and the next attempt would be made when the twin is long gone.
 */
xmlDoc *twin_client(const struct facts *f, xmlDoc *twin, struct arena *a)
{
	static const struct vm_port nowhere = { .host = "127.0.0.1", .port = "0" };
	xmlNode *devices, *source, *reconnect;
	xmlDoc *doc;

	if (!settings_tls(f->settings))
		return NULL;
	doc = twin_bare(twin, &devices);
	bind_port(a, devices, &nowhere, PORTS);
	source = vxml_child(xmlGetLastChild(devices), "source");
	twin_set(source, "mode", "connect");
	twin_set(source, "tls", "yes");
	reconnect = twin_add(source, "reconnect");
	twin_set(reconnect, "enabled", "yes");
	twin_set(reconnect, "timeout", "3600");
	return doc;
}
