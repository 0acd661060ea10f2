/* The files of the host that a domain's XML names and that are no disks: each must be there, or be
 * creatable, wherever the guest starts. */
#include "checks/hypervisor/vxml.h"

#include <string.h>

struct paths {
	struct arena *a;
	struct vm_path *items;
	size_t n;
};

static void push(struct paths *p, enum vm_path_kind kind, const char *user, const char *path)
{
	if (path && path[0] == '/')
		*ARENA_PUSH(p->a, p->items, p->n) = (struct vm_path){ kind, user, path, 0 };
}

/* What was pushed since the first one is opened by QEMU itself. */
static void owned(struct paths *p, size_t first, enum vm_path_owner owner)
{
	for (; first < p->n; first++)
		p->items[first].owner = owner;
}

/* What libvirt places itself it places anew over there. */
static bool libvirts_own(const char *path)
{
	return strncmp(path, "/var/lib/libvirt/qemu/", 22) == 0 ||
	       strncmp(path, "/run/libvirt/qemu/", 18) == 0;
}

/* A file that is made where it is absent. */
static void push_made(struct paths *p, const char *user, const char *path)
{
	if (path && !libvirts_own(path))
		push(p, PATH_FOLDER, user, path);
}

static const char *with(struct paths *p, const char *what, const char *name)
{
	return name ? arena_printf(p->a, "%s %s", what, name) : what;
}

static void boot_files(struct paths *p, const xmlNode *root)
{
	static const char *const places[] = { "kernel", "initrd", "dtb", "acpi/table" };
	const xmlNode *os = vxml_child(root, "os");
	size_t first = p->n;

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		push(p, PATH_FILE, places[i], vxml_text(p->a, vxml_at(os, places[i])));
	XML_EACH(sysinfo, root, "sysinfo")
	XML_EACH(entry, sysinfo, "entry")
	push(p, PATH_FILE, "the firmware's configuration", vxml_attr(p->a, entry, "file"));
	owned(p, first, PATH_GIVEN);
}

/* Any device may have a boot ROM of its own. */
static void roms(struct paths *p, const xmlNode *devices)
{
	size_t first = p->n;

	XML_EACH(device, devices, NULL)
	{
		const char *user = with(p, "the boot ROM of", (const char *)device->name);
		const char *file = vxml_attr(p->a, vxml_child(device, "rom"), "file");

		push(p, PATH_FILE, user, file);
	}
	owned(p, first, PATH_KEPT);
}

static void shares(struct paths *p, const xmlNode *devices)
{
	XML_EACH(share, devices, "filesystem")
	{
		const xmlNode *source = vxml_child(share, "source");
		const char *target = vxml_attr(p->a, vxml_child(share, "target"), "dir");

		push(p, PATH_FILE, with(p, "share", target), vxml_attr(p->a, source, "dir"));
		push(p, PATH_FILE, with(p, "share", target), vxml_attr(p->a, source, "file"));
		push(p, PATH_FILE, with(p, "share", target), vxml_attr(p->a, source, "socket"));
	}
}

/* The far end of a character device, or of a source of random numbers. */
static void far_end(struct paths *p, const char *user, const xmlNode *n)
{
	static const struct {
		const char *type;
		enum vm_path_kind kind;
	} types[] = {
		{ "file", PATH_FOLDER },
		{ "unix", PATH_FOLDER },
		{ "pipe", PATH_PIPE },
		{ "dev", PATH_DEVICE },
	};
	const xmlNode *source = vxml_child(n, "source");
	const char *path = vxml_attr(p->a, source, "path");
	bool connects = vxml_attr_is(source, "mode", "connect");

	if (vxml_attr_is(vxml_child(source, "reconnect"), "enabled", "yes"))
		return; /* it starts without */
	for (size_t k = 0; path && k < ARRAY_LEN(types); k++)
		if (vxml_attr_is(n, "type", types[k].type) && !libvirts_own(path))
			push(p, connects ? PATH_FILE : types[k].kind, user, path);
}

static void chardevs(struct paths *p, const xmlNode *devices)
{
	static const char *const kinds[] = { "serial", "parallel", "console", "channel",
		"smartcard", "redirdev" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		XML_EACH(n, devices, kinds[i])
		{
			far_end(p, kinds[i], n);
			push_made(p, with(p, "the log of", kinds[i]),
				vxml_attr(p->a, vxml_child(n, "log"), "file"));
		}
	}
	XML_EACH(n, devices, "rng")
	{
		const xmlNode *backend = vxml_child(n, "backend");
		const char *path = vxml_text(p->a, backend);

		far_end(p, "rng", backend);
		/* Every host has these. */
		if (path && strcmp(path, "/dev/urandom") != 0 && strcmp(path, "/dev/random") != 0)
			push(p, PATH_FILE, "random numbers", path);
	}
}

/* What an interface runs, or reaches its host by. */
static void interfaces(struct paths *p, const xmlNode *devices)
{
	XML_EACH(n, devices, "interface")
	{
		const xmlNode *source = vxml_child(n, "source"),
			      *backend = vxml_child(n, "backend");
		bool made = vxml_attr_is(source, "mode", "server");

		push(p, PATH_FILE, "the script of interface",
			vxml_attr(p->a, vxml_child(n, "script"), "path"));
		push(p, PATH_FILE, "the device of interface", vxml_attr(p->a, backend, "tap"));
		push(p, PATH_FILE, "the device of interface", vxml_attr(p->a, backend, "vhost"));
		push(p, made ? PATH_FOLDER : PATH_FILE, "interface",
			vxml_attr(p->a, source, "path"));
	}
}

/* Input devices of the host, and disks of it whose use is limited. */
static void host_devices(struct paths *p, const xmlNode *root, const xmlNode *devices)
{
	XML_EACH(n, devices, "input")
	{
		const xmlNode *source = vxml_child(n, "source");

		push(p, PATH_FILE, "input", vxml_attr(p->a, source, "dev"));
		push(p, PATH_FILE, "input", vxml_attr(p->a, source, "evdev"));
	}
	XML_EACH(n, devices, "graphics")
	push(p, PATH_FILE, "graphics", vxml_attr(p->a, vxml_child(n, "gl"), "rendernode"));
	XML_EACH(n, vxml_child(root, "blkiotune"), "device")
	push(p, PATH_FILE, "blkiotune", vxml_text(p->a, vxml_child(n, "path")));
}

static void output(struct paths *p, const xmlNode *devices)
{
	size_t first = p->n;

	XML_EACH(n, devices, "graphics")
	{
		push_made(p, "graphics", vxml_attr(p->a, n, "socket"));
		XML_EACH(listen, n, "listen")
		push_made(p, "graphics", vxml_attr(p->a, listen, "socket"));
	}
	owned(p, first, PATH_KEPT);
}

static void nvram(struct paths *p, const xmlNode *root)
{
	const xmlNode *n = vxml_at(root, "os/nvram");
	const char *file = vxml_attr(p->a, vxml_child(n, "source"), "file");

	file = file ? file : vxml_text(p->a, n);
	push_made(p, "NVRAM", file);
	push(p, PATH_TEMPLATE, "NVRAM's template", vxml_attr(p->a, n, "template"));
}

static void memory(struct paths *p, const xmlNode *devices)
{
	XML_EACH(n, devices, "memory")
	push(p, PATH_MEMORY, "a memory device", vxml_text(p->a, vxml_at(n, "source/path")));
}

void vxml_domain_paths(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *devices = vxml_child(root, "devices");
	struct paths p = { .a = a };

	boot_files(&p, root);
	roms(&p, devices);
	shares(&p, devices);
	chardevs(&p, devices);
	interfaces(&p, devices);
	host_devices(&p, root, devices);
	memory(&p, devices);
	output(&p, devices);
	nvram(&p, root);
	vxml_domain_args(root, a, out, &p.items, &p.n);
	out->paths = p.items;
	out->n_paths = p.n;
	vxml_domain_images(root, a, out);
}
