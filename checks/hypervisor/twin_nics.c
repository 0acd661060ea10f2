/* A twin's interfaces: other addresses, links down, and nobody told who they are. */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"
#include "daemon/base/digest.h"

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* A network whose interfaces are devices of the host lends one to the twin; it must not. */
static bool takes_device(const struct twin *t, const struct vm_nic *nic, const xmlNode *n)
{
	static const char *const modes[] = { "hostdev", "passthrough" };
	const char *forward = t->f->nics_there ? t->f->nics_there[t->nic].forward : NULL;

	if (is(nic->type, "direct") && vxml_attr_is(vxml_child(n, "source"), "mode", "passthrough"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (is(forward, modes[i]))
			return true;
	return false;
}

/* Port profiles of switches (802.1Qbg, 802.1Qbh) and controllers know a guest by them. */
static bool tells_who(xmlNode *n)
{
	xmlNode *port = vxml_child(n, "virtualport"), *parameters = vxml_child(port, "parameters");

	if (!port)
		return false;
	if (parameters)
		twin_unset(parameters, "interfaceid"); /* libvirt makes another */
	return !vxml_attr_is(port, "type", "openvswitch");
}

void twin_new_macs(const xmlNode *devices, struct arena *a)
{
	XML_EACH(n, devices, "interface")
	{
		xmlNode *mac = vxml_child(n, "mac");
		unsigned char r[5];

		if (!mac)
			mac = twin_add(n, "mac");
		digest_random(r, sizeof r);
		twin_set(mac, "address",
			arena_printf(
				a, "02:%02x:%02x:%02x:%02x:%02x", r[0], r[1], r[2], r[3], r[4]));
	}
}

static void set_source(struct twin *t, xmlNode *n, const struct vm_nic *nic)
{
	xmlNode *source = vxml_child(n, "source");
	const char *mode = NULL;

	if (source && is(nic->type, "direct"))
		mode = vxml_attr(t->a, source, "mode");
	if (source)
		twin_drop(source);
	if (is(nic->type, "user"))
		return;
	source = twin_add(n, "source");
	if (is(nic->type, "network")) {
		twin_set(source, "network", nic->network);
		if (nic->portgroup)
			twin_set(source, "portgroup", nic->portgroup);
	} else if (is(nic->type, "bridge")) {
		twin_set(source, "bridge", nic->bridge);
	} else {
		twin_set(source, "dev", nic->dev);
		if (mode)
			twin_set(source, "mode", mode);
	}
}

static bool fits(const struct vm_nic *nic)
{
	return (is(nic->type, "network") && nic->network) ||
	       (is(nic->type, "bridge") && nic->bridge) || (is(nic->type, "direct") && nic->dev) ||
	       is(nic->type, "user");
}

bool twin_nic(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "source", "virtualport", "model", "driver", "filterref",
		"vlan", "address", "rom", NULL };
	static const char *const attrs[] = { "type", NULL };
	const struct vm_nic *nic;

	if (t->nic >= t->f->config.n_nics)
		return false;
	nic = &t->f->config.nics[t->nic];
	if (!fits(nic) || takes_device(t, nic, n) || tells_who(n)) {
		t->nic++;
		return false;
	}
	twin_keep(n, kept);
	twin_keep_attrs(n, attrs);
	twin_set(n, "type", nic->type);
	set_source(t, n, nic);
	twin_path(t, PROBE_KERNEL, 0, vxml_attr(t->a, vxml_child(n, "rom"), "file"));
	twin_set(twin_add(n, "link"), "state", "down");
	t->nics[t->nic++] = true;
	return true;
}
