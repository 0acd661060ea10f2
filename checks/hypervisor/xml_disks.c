/* A domain's disks, and the secrets that they need. */
#include "checks/hypervisor/xml.h"

#include <string.h>

/* Where each type of disk names its source. */
static const char *source_of(const xmlNode *source, struct arena *a, const char *type)
{
	static const struct { const char *type, *attr; } rows[] = {
		{ "file", "file" }, { "block", "dev" }, { "dir", "dir" }, { "network", "name" },
		{ "vhostuser", "path" }, { "vhostvdpa", "dev" },
	};

	for (size_t i = 0; type && i < ARRAY_LEN(rows); i++)
		if (strcmp(type, rows[i].type) == 0)
			return xml_attr(a, source, rows[i].attr);
	return NULL;
}

static const char *nvme_source(const xmlNode *source, struct arena *a)
{
	const xmlNode *at = xml_child(source, "address");

	return arena_printf(a, "%04x:%02x:%02x.%x/%u", (unsigned)xml_attr_u64(at, "domain"),
		(unsigned)xml_attr_u64(at, "bus"), (unsigned)xml_attr_u64(at, "slot"),
		(unsigned)xml_attr_u64(at, "function"), (unsigned)xml_attr_u64(source, "namespace"));
}

static void read_source(const xmlNode *source, struct arena *a, struct vm_disk *disk)
{
	disk->source = source_of(source, a, disk->type);
	if (!source || !disk->type)
		return;
	if (strcmp(disk->type, "network") == 0)
		disk->protocol = xml_attr(a, source, "protocol");
	if (strcmp(disk->type, "nvme") == 0)
		disk->source = nvme_source(source, a);
	if (strcmp(disk->type, "volume") == 0) {
		disk->pool = xml_attr(a, source, "pool");
		disk->volume = xml_attr(a, source, "volume");
		if (disk->pool && disk->volume)
			disk->source = arena_printf(a, "%s/%s", disk->pool, disk->volume);
	}
}

/* <backingStore> elements nest, the next lower image inside its parent. */
static void read_backing(const xmlNode *disk, struct arena *a, struct vm_disk *out)
{
	const char **formats = NULL, **sources = NULL;
	size_t n_sources = 0;

	for (const xmlNode *b = xml_child(disk, "backingStore"); b; b = xml_child(b, "backingStore")) {
		const xmlNode *source = xml_child(b, "source");

		if (!source)
			break; /* an empty element ends the chain */
		*ARENA_PUSH(a, formats, out->n_backing) = xml_attr(a, xml_child(b, "format"), "type");
		*ARENA_PUSH(a, sources, n_sources) = source_of(source, a, xml_attr(a, b, "type"));
	}
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
	const char *type = xml_attr(s->a, secret, "type");

	if (!secret)
		return;
	if (default_type && (!type || strcmp(type, "passphrase") == 0))
		type = default_type;
	*ARENA_PUSH(s->a, s->items, s->n) = (struct vm_secret){
		.user = user, .disk = disk, .usage_type = type,
		.uuid = xml_attr(s->a, secret, "uuid"), .usage = xml_attr(s->a, secret, "usage"),
	};
}

/* <auth> and <encryption> stand in <source> or, as of old, in the disk itself. */
static void disk_secrets(struct secrets *s, const xmlNode *disk, const char *target)
{
	const xmlNode *places[] = { disk, xml_child(disk, "source") };
	const char *user = arena_printf(s->a, "disk %s", target ? target : "?");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		push_secret(s, xml_at(places[i], "auth/secret"), user, target, NULL);
		XML_EACH(secret, xml_child(places[i], "encryption"), "secret")
			push_secret(s, secret, user, target, "volume");
	}
	for (const xmlNode *b = xml_child(disk, "backingStore"); b; b = xml_child(b, "backingStore")) {
		push_secret(s, xml_at(b, "source/auth/secret"), user, target, NULL);
		XML_EACH(secret, xml_at(b, "source/encryption"), "secret")
			push_secret(s, secret, user, target, "volume");
	}
}

static void tpm_secrets(struct secrets *s, const xmlNode *devices)
{
	const xmlNode *encryption = xml_at(devices, "tpm/backend/encryption");
	const char *uuid = xml_attr(s->a, encryption, "secret");

	if (uuid)
		*ARENA_PUSH(s->a, s->items, s->n) = (struct vm_secret){
			.user = "tpm", .uuid = uuid, .usage_type = "vtpm"
		};
}

static void read_disk(const xmlNode *n, struct arena *a, struct vm_disk *disk)
{
	const xmlNode *driver = xml_child(n, "driver"), *target = xml_child(n, "target");
	const xmlNode *source = xml_child(n, "source");

	*disk = (struct vm_disk){
		.target = xml_attr(a, target, "dev"),
		.bus = xml_attr(a, target, "bus"),
		.device = xml_attr(a, n, "device"),
		.type = xml_attr(a, n, "type"),
		.format = xml_attr(a, driver, "type"),
		.cache = xml_attr(a, driver, "cache"),
		.startup_policy = xml_attr(a, source, "startupPolicy"),
		.serial = xml_text(a, xml_child(n, "serial")),
		.model = xml_attr(a, n, "model"),
		.readonly = xml_child(n, "readonly") != NULL,
		.shareable = xml_child(n, "shareable") != NULL,
		.transient = xml_child(n, "transient") != NULL,
		.mirror = xml_child(n, "mirror") != NULL,
		.reservations = xml_child(source, "reservations") != NULL,
		.encrypted = xml_child(n, "encryption") || xml_child(source, "encryption"),
	};
	if (!disk->device)
		disk->device = "disk";
	if (!disk->type)
		disk->type = "file";
	read_source(source, a, disk);
	read_backing(n, a, disk);
}

void xml_domain_disks(const xmlNode *devices, struct arena *a, struct vm_config *out)
{
	struct secrets secrets = { .a = a };

	XML_EACH(n, devices, "disk") {
		struct vm_disk *disk = ARENA_PUSH(a, out->disks, out->n_disks);

		read_disk(n, a, disk);
		disk_secrets(&secrets, n, disk->target);
	}
	tpm_secrets(&secrets, devices);
	out->secrets = secrets.items;
	out->n_secrets = secrets.n;
}
