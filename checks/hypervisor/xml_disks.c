/* A domain's disks, and the secrets that they need. */
#include "checks/hypervisor/vxml.h"

#include <string.h>

/* Where each type of disk names its source. */
static const char *source_of(const xmlNode *source, struct arena *a, const char *type)
{
	static const struct {
		const char *type, *attr;
	} rows[] = {
		{ "file", "file" },
		{ "block", "dev" },
		{ "dir", "dir" },
		{ "network", "name" },
		{ "vhostuser", "path" },
		{ "vhostvdpa", "dev" },
	};

	for (size_t i = 0; type && i < ARRAY_LEN(rows); i++)
		if (strcmp(type, rows[i].type) == 0)
			return vxml_attr(a, source, rows[i].attr);
	return NULL;
}

static const char *nvme_source(const xmlNode *source, struct arena *a)
{
	const xmlNode *at = vxml_child(source, "address");

	return arena_printf(a, "%04x:%02x:%02x.%x/%u", (unsigned)xml_attr_u64(at, "domain"),
		(unsigned)xml_attr_u64(at, "bus"), (unsigned)xml_attr_u64(at, "slot"),
		(unsigned)xml_attr_u64(at, "function"),
		(unsigned)xml_attr_u64(source, "namespace"));
}

static void read_source(const xmlNode *source, struct arena *a, struct vm_disk *disk)
{
	disk->source = source_of(source, a, disk->type);
	if (!source || !disk->type)
		return;
	if (strcmp(disk->type, "network") == 0)
		disk->protocol = vxml_attr(a, source, "protocol");
	if (strcmp(disk->type, "nvme") == 0)
		disk->source = nvme_source(source, a);
	if (strcmp(disk->type, "volume") == 0) {
		disk->pool = vxml_attr(a, source, "pool");
		disk->volume = vxml_attr(a, source, "volume");
		if (disk->pool && disk->volume)
			disk->source = arena_printf(a, "%s/%s", disk->pool, disk->volume);
	}
}

/* <backingStore> elements nest, the next lower image inside its parent. */
static void read_backing(const xmlNode *disk, struct arena *a, struct vm_disk *out)
{
	const char **formats = NULL, **sources = NULL;
	size_t n_sources = 0, n_veiled = 0;
	bool *veiled = NULL;

	for (const xmlNode *b = vxml_child(disk, "backingStore"); b;
		b = vxml_child(b, "backingStore")) {
		const xmlNode *source = vxml_child(b, "source");

		out->chain_ends = !source; /* an empty element ends the chain */
		if (!source)
			break;
		*ARENA_PUSH(a, formats, out->n_backing) =
			vxml_attr(a, vxml_child(b, "format"), "type");
		*ARENA_PUSH(a, sources, n_sources) = source_of(source, a, vxml_attr(a, b, "type"));
		*ARENA_PUSH(a, veiled, n_veiled) =
			vxml_child(source, "encryption") || vxml_child(source, "slices");
	}
	out->backing_veiled = veiled;
	out->backing_formats = formats;
	out->backing_sources = sources;
}

struct secrets {
	struct arena *a;
	struct vm_secret *items;
	size_t n;
};

/* `default_type` is the usage type when the reference does not spell one that libvirt looks up:
 * a passphrase of an encrypted volume is filed under "volume". */
static void push_secret(struct secrets *s, const xmlNode *secret, const char *user,
	const char *disk, const char *default_type)
{
	const char *type = vxml_attr(s->a, secret, "type");

	if (!secret)
		return;
	if (default_type && (!type || strcmp(type, "passphrase") == 0))
		type = default_type;
	*ARENA_PUSH(s->a, s->items, s->n) = (struct vm_secret){
		.user = user,
		.disk = disk,
		.usage_type = type,
		.uuid = vxml_attr(s->a, secret, "uuid"),
		.usage = vxml_attr(s->a, secret, "usage"),
	};
}

/* <auth> and <encryption> stand in <source> or, as of old, in the disk itself. */
static void disk_secrets(struct secrets *s, const xmlNode *disk, const char *target)
{
	const xmlNode *places[] = { disk, vxml_child(disk, "source") };
	const char *user = arena_printf(s->a, "disk %s", target ? target : "?");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		push_secret(s, vxml_at(places[i], "auth/secret"), user, target, NULL);
		XML_EACH(secret, vxml_child(places[i], "encryption"), "secret")
		push_secret(s, secret, user, target, "volume");
	}
	for (const xmlNode *b = vxml_child(disk, "backingStore"); b;
		b = vxml_child(b, "backingStore")) {
		push_secret(s, vxml_at(b, "source/auth/secret"), user, target, NULL);
		XML_EACH(secret, vxml_at(b, "source/encryption"), "secret")
		push_secret(s, secret, user, target, "volume");
	}
}

static void tpm_secrets(struct secrets *s, const xmlNode *devices)
{
	const xmlNode *encryption = vxml_at(devices, "tpm/backend/encryption");
	const char *uuid = vxml_attr(s->a, encryption, "secret");

	if (uuid)
		*ARENA_PUSH(s->a, s->items, s->n) =
			(struct vm_secret){ .user = "tpm", .uuid = uuid, .usage_type = "vtpm" };
}

static void read_disk(const xmlNode *n, struct arena *a, struct vm_disk *disk)
{
	const xmlNode *driver = vxml_child(n, "driver"), *target = vxml_child(n, "target");
	const xmlNode *source = vxml_child(n, "source");

	*disk = (struct vm_disk){
		.target = vxml_attr(a, target, "dev"),
		.bus = vxml_attr(a, target, "bus"),
		.device = vxml_attr(a, n, "device"),
		.type = vxml_attr(a, n, "type"),
		.format = vxml_attr(a, driver, "type"),
		.cache = vxml_attr(a, driver, "cache"),
		.startup_policy = vxml_attr(a, source, "startupPolicy"),
		.serial = vxml_text(a, vxml_child(n, "serial")),
		.model = vxml_attr(a, n, "model"),
		.alias = vxml_attr(a, vxml_child(n, "alias"), "name"),
		.readonly = vxml_child(n, "readonly") != NULL,
		.shareable = vxml_child(n, "shareable") != NULL,
		.transient = vxml_child(n, "transient") != NULL,
		.mirror = vxml_child(n, "mirror") != NULL,
		.reservations = vxml_child(source, "reservations") != NULL,
		.chain_known = vxml_child(n, "backingStore") != NULL,
		.encrypted = vxml_child(n, "encryption") || vxml_child(source, "encryption"),
		.sliced = vxml_child(source, "slices") != NULL,
		.slice_offset = xml_attr_u64(vxml_at(source, "slices/slice"), "offset"),
	};
	XML_EACH(label, source, "seclabel")
	disk->keeps_owner |=
		vxml_attr_is(label, "model", "dac") && vxml_attr_is(label, "relabel", "no");
	if (!disk->device)
		disk->device = "disk";
	if (!disk->type)
		disk->type = "file";
	read_source(source, a, disk);
	read_backing(n, a, disk);
}

void vxml_domain_disks(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct secrets secrets = { .a = a };

	XML_EACH(n, devices, "disk")
	{
		struct vm_disk *disk = ARENA_PUSH(a, out->disks, out->n_disks);

		read_disk(n, a, disk);
		disk_secrets(&secrets, n, disk->target);
	}
	tpm_secrets(&secrets, devices);
	out->secrets = secrets.items;
	out->n_secrets = secrets.n;
}
