/* A domain's devices other than disks. */
#include "checks/hypervisor/vxml.h"

#include <string.h>

static const char *alias_of(const xmlNode *n, struct arena *a)
{
	return vxml_attr(a, vxml_child(n, "alias"), "name");
}

/*
 * A live interface of a libvirt network is shown as what the network made of it, "bridge" or
 * "direct"; the network's name stays in the source, and that is what the target host needs.
 */
static const char *nic_type(const xmlNode *n, const xmlNode *source, struct arena *a)
{
	const char *network = vxml_attr(a, source, "network");

	return network ? "network" : vxml_attr(a, n, "type");
}

/* A name of libvirt's own choice is chosen anew wherever the guest starts. */
static const char *tap_of(const xmlNode *n, struct arena *a)
{
	static const char *const own[] = { "vnet", "vif", "macvtap", "macvlan" };
	const char *name = vxml_attr(a, vxml_child(n, "target"), "dev");

	for (size_t i = 0; name && i < ARRAY_LEN(own); i++)
		if (strncmp(name, own[i], strlen(own[i])) == 0)
			return NULL;
	return name;
}

static void read_nics(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	XML_EACH(n, devices, "interface")
	{
		const xmlNode *source = vxml_child(n, "source");

		*ARENA_PUSH(a, out->nics, out->n_nics) = (struct vm_nic){
			.mac = vxml_attr(a, vxml_child(n, "mac"), "address"),
			.type = nic_type(n, source, a),
			.network = vxml_attr(a, source, "network"),
			.portgroup = vxml_attr(a, source, "portgroup"),
			.bridge = vxml_attr(a, source, "bridge"),
			.dev = vxml_attr(a, source, "dev"),
			.model = vxml_attr(a, vxml_child(n, "model"), "type"),
			.driver = vxml_attr(a, vxml_child(n, "driver"), "name"),
			.filter = vxml_attr(a, vxml_child(n, "filterref"), "filter"),
			.teaming = vxml_attr(a, vxml_child(n, "teaming"), "type"),
			.backend = vxml_attr(a, vxml_child(n, "backend"), "type"),
			.alias = alias_of(n, a),
			.tap = tap_of(n, a),
			.tap_given = vxml_attr_is(vxml_child(n, "target"), "managed", "no"),
			.passthrough = vxml_attr_is(source, "mode", "passthrough"),
		};
	}
}

static const char *pci_text(const xmlNode *at, struct arena *a)
{
	return arena_printf(a, "%04x:%02x:%02x.%x", (unsigned)xml_attr_u64(at, "domain"),
		(unsigned)xml_attr_u64(at, "bus"), (unsigned)xml_attr_u64(at, "slot"),
		(unsigned)xml_attr_u64(at, "function"));
}

static const char *usb_text(const xmlNode *source, struct arena *a)
{
	const xmlNode *at = vxml_child(source, "address"), *vendor = vxml_child(source, "vendor");

	if (vendor)
		return arena_printf(a, "%04x:%04x", (unsigned)xml_attr_u64(vendor, "id"),
			(unsigned)xml_attr_u64(vxml_child(source, "product"), "id"));
	return arena_printf(a, "bus %u device %u", (unsigned)xml_attr_u64(at, "bus"),
		(unsigned)xml_attr_u64(at, "device"));
}

static const char *hostdev_text(const xmlNode *n, const char *type, struct arena *a)
{
	const xmlNode *source = vxml_child(n, "source"), *at = vxml_child(source, "address");

	if (!type)
		return NULL;
	if (strcmp(type, "pci") == 0)
		return pci_text(at, a);
	if (strcmp(type, "usb") == 0)
		return usb_text(source, a);
	if (strcmp(type, "mdev") == 0)
		return vxml_attr(a, at, "uuid");
	if (strcmp(type, "scsi_host") == 0)
		return vxml_attr(a, source, "wwpn");
	return vxml_attr(a, vxml_child(source, "adapter"), "name");
}

static void read_hostdevs(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct vm_hostdev *items = NULL;

	XML_EACH(n, devices, "hostdev")
	{
		const char *type = vxml_attr(a, n, "type");

		*ARENA_PUSH(a, items, out->n_hostdevs) = (struct vm_hostdev){
			.type = type,
			.address = hostdev_text(n, type, a),
			.model = vxml_attr(a, n, "model"),
			.teaming = vxml_attr(a, vxml_child(n, "teaming"), "type"),
			.startup_policy = vxml_attr(a, vxml_child(n, "source"), "startupPolicy"),
			.alias = alias_of(n, a),
		};
	}
	out->hostdevs = items;
}

static void read_filesystems(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	static const char *const sources[] = { "dir", "name", "file", "dev", "socket", "usage" };
	struct vm_filesystem *items = NULL;

	XML_EACH(n, devices, "filesystem")
	{
		const xmlNode *source = vxml_child(n, "source");
		struct vm_filesystem *fs = ARENA_PUSH(a, items, out->n_filesystems);

		*fs = (struct vm_filesystem){
			.driver = vxml_attr(a, vxml_child(n, "driver"), "type"),
			.target = vxml_attr(a, vxml_child(n, "target"), "dir"),
		};
		for (size_t i = 0; i < ARRAY_LEN(sources) && !fs->source; i++)
			fs->source = vxml_attr(a, source, sources[i]);
		fs->external_socket = fs->source && vxml_attr_is(source, "socket", fs->source);
		if (!fs->driver)
			fs->driver = "path"; /* what QEMU does when none is named: 9p */
	}
	out->filesystems = items;
}

static const char *first_attr(const xmlNode *n, struct arena *a, const char *const names[2])
{
	const char *value = vxml_attr(a, n, names[0]);

	return value ? value : vxml_attr(a, n, names[1]);
}

static void read_chardev(const xmlNode *n, struct arena *a, struct vm_chardev *dev)
{
	const xmlNode *source = vxml_child(n, "source"), *log = vxml_child(n, "log");

	*dev = (struct vm_chardev){
		.kind = arena_strdup(a, (const char *)n->name),
		.alias = alias_of(n, a),
		.type = vxml_attr(a, n, "type"),
		.path = first_attr(source, a, (const char *const[]){ "path", "channel" }),
		.host = vxml_attr(a, source, "host"),
		.service = vxml_attr(a, source, "service"),
		.mode = vxml_attr(a, source, "mode"),
		.target_name = vxml_attr(a, vxml_child(n, "target"), "name"),
		.target_type = vxml_attr(a, vxml_child(n, "target"), "type"),
		.state = vxml_attr(a, vxml_child(n, "target"), "state"),
		.log_file = vxml_attr(a, log, "file"),
	};
	dev->log_file_given = dev->log_file != NULL;
}

static void read_chardevs(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	static const char *const kinds[] = { "serial", "parallel", "console", "channel" };
	const xmlNode *serial = vxml_child(devices, "serial");
	struct vm_chardev *items = NULL;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		XML_EACH(n, devices, kinds[i])
		{
			/* The first console is the first serial device, shown a second time. */
			if (serial && vxml_is(n, "console") &&
				vxml_attr_is(vxml_child(n, "target"), "type", "serial"))
				continue;
			read_chardev(n, a, ARENA_PUSH(a, items, out->n_chardevs));
		}
	}
	out->chardevs = items;
}

static void read_graphics(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct vm_graphics *items = NULL;

	XML_EACH(n, devices, "graphics")
	{
		const xmlNode *listen = vxml_child(n, "listen");
		const char *address = vxml_attr(a, listen, "address");

		*ARENA_PUSH(a, items, out->n_graphics) = (struct vm_graphics){
			.type = vxml_attr(a, n, "type"),
			.listen_type = vxml_attr(a, listen, "type"),
			.listen = address ? address : vxml_attr(a, n, "listen"),
			.listen_network = vxml_attr(a, listen, "network"),
			.port = (int)xml_attr_i64(n, "port"),
			.tls_port = (int)xml_attr_i64(n, "tlsPort"),
			.websocket = (int)xml_attr_i64(n, "websocket"),
			.autoport = vxml_attr_is(n, "autoport", "yes"),
		};
	}
	out->graphics = items;
}

static void read_memdevs(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct vm_memdev *items = NULL;

	XML_EACH(n, devices, "memory")
	{
		const xmlNode *at = vxml_child(n, "address");

		*ARENA_PUSH(a, items, out->n_memdevs) = (struct vm_memdev){
			.model = vxml_attr(a, n, "model"),
			.path = vxml_text(a, vxml_at(n, "source/path")),
			.slot = vxml_attr(a, at, "slot"),
			.base = vxml_attr(a, at, "base"),
			.alias = alias_of(n, a),
		};
	}
	out->memdevs = items;
}

/* Where each kind of device has its model: an attribute of its own, of <model>, or its type. */
static const struct kind {
	const char *name, *model_attr, *model_child, *child_attr;
} kinds[] = {
	{ "sound", "model", NULL, NULL },
	{ "video", NULL, "model", "type" },
	{ "crypto", "model", NULL, NULL },
	{ "iommu", "model", NULL, NULL },
	{ "vsock", "model", NULL, NULL },
	{ "rng", "model", NULL, NULL },
	{ "input", "type", NULL, NULL },
	{ "watchdog", "model", NULL, NULL },
	{ "redirdev", "type", NULL, NULL },
	{ "panic", "model", NULL, NULL },
	{ "smartcard", "mode", NULL, NULL },
	{ "memballoon", "model", NULL, NULL },
	{ "controller", "model", NULL, NULL },
};

static const char *device_source(const xmlNode *n, struct arena *a)
{
	const xmlNode *source = vxml_child(n, "source");
	const char *text = first_attr(source, a, (const char *const[]){ "evdev", "dev" });

	return text ? text : vxml_text(a, vxml_child(n, "backend"));
}

static void read_device(
	const xmlNode *n, const struct kind *k, struct arena *a, struct vm_named *dev)
{
	const xmlNode *model = vxml_child(n, k->model_child);

	*dev = (struct vm_named){
		.kind = k->name,
		.model = k->model_attr ? vxml_attr(a, n, k->model_attr)
				       : vxml_attr(a, model, k->child_attr),
		.backend = first_attr(
			vxml_child(n, "backend"), a, (const char *const[]){ "model", "type" }),
		.alias = alias_of(n, a),
		.source = device_source(n, a),
		.accel3d = vxml_attr_is(vxml_child(model, "acceleration"), "accel3d", "yes"),
	};
}

static void read_devices(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct vm_named *items = NULL;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		XML_EACH(n, devices, kinds[i].name)
	read_device(n, &kinds[i], a, ARENA_PUSH(a, items, out->n_devices));
	out->devices = items;
}

static void read_shmem(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	XML_EACH(n, devices, "shmem")
	{
		const char *model = vxml_attr(a, vxml_child(n, "model"), "type");
		bool peer = !vxml_attr_is(n, "role", "master");

		/* The first is shown; of several, one that cannot move goes before one that can. */
		if (out->n_shmem++ == 0 || (peer && !out->shmem_peer)) {
			out->shmem_role = vxml_attr(a, n, "role");
			out->shmem_name = vxml_attr(a, n, "name");
			out->shmem_model = model;
		}
		out->shmem_peer |= peer;
		out->shmem_legacy |= !model || strcmp(model, "ivshmem") == 0;
	}
}

void vxml_domain_devices(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	const xmlNode *cid = vxml_at(devices, "vsock/cid"), *lease = vxml_child(devices, "lease");

	read_nics(devices, a, out);
	read_hostdevs(devices, a, out);
	read_filesystems(devices, a, out);
	read_chardevs(devices, a, out);
	vxml_domain_ports(devices, a, out);
	read_graphics(devices, a, out);
	read_memdevs(devices, a, out);
	read_devices(devices, a, out);
	read_shmem(devices, a, out);
	out->tpm_backend = vxml_attr(a, vxml_at(devices, "tpm/backend"), "type");
	out->tpm_source = vxml_attr(a, vxml_at(devices, "tpm/backend/source"), "path");
	out->lease = vxml_text(a, vxml_child(lease, "key"));
	out->lockspace = vxml_text(a, vxml_child(lease, "lockspace"));
	if (!vxml_attr_is(cid, "auto", "yes"))
		out->vsock_cid = (unsigned)xml_attr_u64(cid, "address");
}
