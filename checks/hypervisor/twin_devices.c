/* What becomes of a twin's devices. */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

static bool keep_as_it_is(struct twin *t, xmlNode *n)
{
	(void)t;
	(void)n;
	return true;
}

/* The device is there for the guest; at its other end is nothing. */
static bool chardev(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "target", "address", NULL };
	static const char *const attrs[] = { "type", NULL };
	xmlNode *target;

	twin_note_tls(t, n);
	twin_keep(n, kept);
	twin_keep_attrs(n, attrs);
	twin_set(n, "type", "null");
	target = vxml_child(n, "target");
	if (target)
		twin_unset(target, "state");
	return !target || !vxml_attr_is(target, "type", "guestfwd");
}

/* A port that libvirt chose is chosen anew; one that is fixed must be free there. Which of the two
 * a websocket's is, what is sent to the target tells, and what is stored. */
static void graphics_ports(const struct twin *t, xmlNode *n)
{
	if (t->f->vm.active && !t->f->move_xml)
		twin_unset(n, "websocket");
	if (!vxml_attr_is(n, "autoport", "yes"))
		return;
	twin_unset(n, "port");
	twin_unset(n, "tlsPort");
}

static bool graphics(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "listen", "channel", NULL };
	static const char *const attrs[] = { "type", "port", "tlsPort", "autoport", "websocket",
		"listen", "keymap", "defaultMode", "sharePolicy", NULL };
	static const char *const listen_attrs[] = { "type", "address", "network", NULL };

	if (!vxml_attr_is(n, "type", "vnc") && !vxml_attr_is(n, "type", "spice"))
		return false;
	twin_keep(n, kept);
	twin_keep_attrs(n, attrs);
	graphics_ports(t, n);
	t->listens = true;
	XML_EACH(listen, n, "listen")
	{
		twin_keep_attrs(listen, listen_attrs);
		if (!vxml_attr_is(listen, "type", "network"))
			continue;
		/* What a live network had given. */
		twin_unset(listen, "address");
		twin_unset(n, "listen");
	}
	return true;
}

static bool video(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "model", "address", NULL };
	xmlNode *accel = vxml_at(n, "model/acceleration");

	(void)t;
	twin_keep(n, kept);
	if (accel)
		twin_drop(accel);
	return true;
}

static bool sound(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "codec", "address", NULL };

	(void)t;
	twin_keep(n, kept);
	return true;
}

/* Every backend but "none" reaches for something of the host. */
static bool audio(struct twin *t, xmlNode *n)
{
	static const char *const none[] = { NULL }, *const attrs[] = { "id", "type", NULL };

	(void)t;
	twin_keep(n, none);
	twin_keep_attrs(n, attrs);
	twin_set(n, "type", "none");
	return true;
}

static bool input(struct twin *t, xmlNode *n)
{
	(void)t;
	return !vxml_attr_is(n, "type", "passthrough") && !vxml_attr_is(n, "type", "evdev");
}

static bool rng(struct twin *t, xmlNode *n)
{
	xmlNode *backend = vxml_child(n, "backend");

	if (vxml_attr_is(backend, "model", "random"))
		twin_path(t, PROBE_RNG, 0, vxml_text(t->a, backend));
	return !vxml_attr_is(backend, "model", "egd");
}

/* Other kinds than DIMMs are made of files, or of memory that cannot be left untouched. */
static bool memory(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "target", "address", NULL };

	(void)t;
	twin_keep(n, kept);
	return vxml_attr_is(n, "model", "dimm");
}

/* The number of a guest that does not fix it is one that happens to be free on the source. */
static bool vsock(struct twin *t, xmlNode *n)
{
	xmlNode *cid = vxml_child(n, "cid");

	(void)t;
	if (vxml_attr_is(cid, "auto", "yes"))
		twin_unset(cid, "address");
	return true;
}

static bool filesystem(struct twin *t, xmlNode *n)
{
	static const char *const kept[] = { "source", "target", "address", NULL };
	static const char *const attrs[] = { "type", "accessmode", NULL };
	const xmlNode *driver = vxml_child(n, "driver");

	if (!vxml_attr_is(n, "type", "mount") ||
		(driver && xmlHasProp((xmlNode *)driver, BAD_CAST "type") &&
			!vxml_attr_is(driver, "type", "path")))
		return false;
	twin_path(t, PROBE_SHARE, 0, vxml_attr(t->a, vxml_child(n, "source"), "dir"));
	twin_keep(n, kept);
	twin_keep_attrs(n, attrs);
	twin_add(n, "readonly");
	return true;
}

static bool controller(struct twin *t, xmlNode *n)
{
	(void)t;
	/* A controller of passed-through USB or PCI devices has nothing behind it any more. */
	return !vxml_attr_is(n, "type", "xenbus");
}

static const struct {
	const char *name;
	bool (*change)(struct twin *t, xmlNode *n); /* false: it is left out */
} table[] = {
	{ "emulator", keep_as_it_is },
	{ "disk", twin_disk },
	{ "interface", twin_nic },
	{ "controller", controller },
	{ "filesystem", filesystem },
	{ "serial", chardev },
	{ "parallel", chardev },
	{ "console", chardev },
	{ "channel", chardev },
	{ "graphics", graphics },
	{ "video", video },
	{ "sound", sound },
	{ "audio", audio },
	{ "input", input },
	{ "hub", keep_as_it_is },
	{ "watchdog", keep_as_it_is },
	{ "memballoon", keep_as_it_is },
	{ "rng", rng },
	{ "panic", keep_as_it_is },
	{ "memory", memory },
	{ "iommu", keep_as_it_is },
	{ "vsock", vsock },
	{ "crypto", keep_as_it_is },
};

static bool change(struct twin *t, xmlNode *n)
{
	xmlNode *alias = vxml_child(n, "alias");

	if (alias)
		twin_drop(alias);
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (vxml_is(n, table[i].name))
			return !n->ns && table[i].change(t, n);
	return false;
}

void twin_devices(struct twin *t, xmlNode *devices)
{
	xmlNode *next;

	for (xmlNode *n = vxml_child(devices, NULL); n; n = next) {
		next = vxml_next(n, NULL);
		if (!change(t, n))
			twin_drop(n);
	}
	twin_images(t);
	twin_extra_disks(t, devices);
	twin_ports(t, devices);
}
