#include "checks/apply.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/apply_device.h"

struct apply {
	const struct vm_config *stored;
	const struct settings *s;
	struct arena *a;
	struct vm_config *out;
	struct findings *fs;
	struct device *seen;
	size_t n_seen;
};

static bool same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

static const char *text_of(const struct setting *s)
{
	return s->n > 0 ? s->values[0] : "";
}

static const char *or_none(const char *s)
{
	return s ? s : "none";
}

/* A property that says nothing about what would run. */
static bool says_nothing(const char *name)
{
	static const char *const names[] = {
		"InstanceID",
		"Caption",
		"Description",
		"ElementName",
		"Generation",
		"Notes",
		"ConfigurationID",
		"ConfigurationName",
		"SoID",
		"SoOrgID",
		"ChangeableType",
		"ComponentSetting",
		"CreationTime",
		"ConfigurationDataRoot",
		"ConfigurationFile",
		"SnapshotDataRoot",
		"SuspendDataRoot",
		"LogDataRoot",
		"SwapFileDataRoot",
		"RecoveryFile",
		"AutomaticStartupAction",
		"AutomaticStartupActionDelay",
		"AutomaticStartupActionSequenceNumber",
		"AutomaticShutdownAction",
		"AutomaticRecoveryAction",
		"ResourceType",
		"OtherResourceType",
		"Parent",
		"AutomaticAllocation",
		"AutomaticDeallocation",
		"ConsumerVisibility",
		"MappingBehavior",
		"Weight",
		"Reservation",
		"AllocationUnits",
		"VirtualQuantityUnits",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static void unmapped(struct apply *ap, const char *object, const char *prop)
{
	if (ap->fs)
		finding_unknown(ap->fs, arena_printf(ap->fs->arena, "%s.%s", object, prop), NULL,
			"this service does not know what it would change in the virtual system");
}

/* The system as a whole. */

static void system_abi(struct apply *ap, const struct setting *s, const char *from)
{
	if (ap->fs)
		finding_detail(ap->fs,
			finding_add(ap->fs, VSM3008, s->name, or_none(from), text_of(s),
				move_name(ap->s->move)),
			arena_printf(ap->fs->arena, "NewSystemSettingData.%s", s->name), text_of(s),
			from);
}

/* libvirt makes files and folders of that name, in one of its own; "NAME.xml.new" is the longest. */
static bool names_a_file(const char *name)
{
	return strlen(name) <= NAME_MAX - strlen(".xml.new") &&
	       !strchr(name + strspn(name, "/"), '/') && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static void set_name(struct apply *ap, const struct setting *s)
{
	if (ap->fs && !names_a_file(text_of(s)))
		finding_detail(ap->fs,
			finding_add(ap->fs, VSM3012, s->name, "of any kind",
				"a name has no slash within, at most 247 bytes, and is neither . "
				"nor .."),
			"NewSystemSettingData.ElementName", text_of(s), "a file name");
	if (*text_of(s))
		ap->out->name = text_of(s);
}

/* Another UUID would be another virtual system, in every kind of move. Some clients put the name
 * where others put the UUID. */
static void set_uuid(struct apply *ap, const struct setting *s)
{
	if (!same(text_of(s), ap->stored->uuid) && !same(text_of(s), ap->stored->name))
		system_abi(ap, s, ap->stored->uuid);
}

static void set_type(struct apply *ap, const struct setting *s)
{
	if (same(text_of(s), ap->stored->virt))
		return;
	system_abi(ap, s, ap->stored->virt);
}

static void set_instance(struct apply *ap, const struct setting *s)
{
	const char *id = text_of(s);
	size_t uuid = ap->stored->uuid ? strlen(ap->stored->uuid) : 0;

	if (strncmp(id, "vsmigd:", 7) == 0 &&
		strncasecmp(id + 7, or_none(ap->stored->uuid), uuid) != 0)
		system_abi(ap, s, ap->stored->uuid);
}

static void apply_system(struct apply *ap)
{
	static const struct {
		const char *name;
		void (*set)(struct apply *ap, const struct setting *s);
	} rows[] = {
		{ "ElementName", set_name },
		{ "VirtualSystemIdentifier", set_uuid },
		{ "VirtualSystemType", set_type },
		{ "InstanceID", set_instance },
	};
	const struct new_system *sys = ap->s->system;

	for (size_t i = 0; sys && i < sys->n; i++) {
		const struct setting *s = &sys->props[i];
		size_t k = 0;

		while (k < ARRAY_LEN(rows) && strcasecmp(rows[k].name, s->name) != 0)
			k++;
		if (k < ARRAY_LEN(rows))
			rows[k].set(ap, s);
		else if (!says_nothing(s->name))
			unmapped(ap, "NewSystemSettingData", s->name);
	}
}

/* One device. */

struct change {
	struct apply *ap;
	const struct new_resource *r;
	struct device dev;
	const struct setting *s;
};

static const char *object(const struct change *c, struct arena *a)
{
	return arena_printf(a, "NewResourceSettingData[%zu]", c->r->index);
}

static void change_unmapped(const struct change *c)
{
	unmapped(c->ap, object(c, c->ap->a), c->s->name);
}

/* libvirt compares what the guest sees with what it saw, even for a guest that boots anew. */
static void device_abi(const struct change *c, const char *from, const char *to)
{
	struct findings *fs = c->ap->fs;

	if (!fs)
		return;
	const char *index = arena_printf(fs->arena, "%zu", c->r->index);
	const char *what =
		arena_printf(fs->arena, "%s from %s to %s", c->s->name, or_none(from), to);
	finding_detail(fs, finding_add(fs, VSM3009, index, c->dev.name, what), object(c, fs->arena),
		to, from);
}

/* Bytes in one allocation unit, spaces and case aside; 0: not a unit of memory that we know. */
static uint64_t unit_bytes(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "byte", 1 },
		{ "bytes", 1 },
		{ "kilobytes", 1024 },
		{ "kb", 1024 },
		{ "byte*2^10", 1024 },
		{ "megabytes", 1048576 },
		{ "mb", 1048576 },
		{ "byte*2^20", 1048576 },
		{ "gigabytes", 1073741824 },
		{ "gb", 1073741824 },
		{ "byte*2^30", 1073741824 },
		{ "byte*10^3", 1000 },
		{ "byte*10^6", 1000000 },
	};
	char plain[32];
	size_t n = 0;

	for (; *unit && n < sizeof plain - 1; unit++)
		if (*unit != ' ')
			plain[n++] = *unit;
	plain[n] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcasecmp(units[i].name, plain) == 0)
			return units[i].bytes;
	return 0;
}

/* In bytes, as the caller's unit says. Without a unit only a number that is the present size in
 * bytes, KiB or MiB is understood, as that. */
static uint64_t bytes_asked(const struct change *c, uint64_t have_kib)
{
	const char *unit = setting_text(c->r->props, c->r->n, "AllocationUnits");
	uint64_t n = strtoull(text_of(c->s), NULL, 10), bytes = unit ? unit_bytes(unit) : 0;

	if (unit)
		return bytes && n > UINT64_MAX / bytes ? UINT64_MAX : n * bytes;
	return n == have_kib || n == have_kib / 1024 || n == have_kib * 1024 ? have_kib * 1024 : 0;
}

static void set_memory(struct change *c)
{
	uint64_t have = c->ap->stored->memory_kib, bytes = bytes_asked(c, have);

	if (bytes == 0 && setting_text(c->r->props, c->r->n, "AllocationUnits")) {
		change_unmapped(c);
		return;
	}
	if (bytes / 1024 == have || (bytes && bytes / 1024 == c->ap->stored->current_kib))
		return;
	device_abi(c, arena_printf(c->ap->a, "%" PRIu64 " KiB", have),
		bytes ? arena_printf(c->ap->a, "%" PRIu64 " KiB", bytes / 1024) : text_of(c->s));
	if (bytes)
		c->ap->out->memory_kib = c->ap->out->current_kib = bytes / 1024;
}

static void set_vcpus(struct change *c)
{
	unsigned have = c->ap->stored->vcpus;
	unsigned long n = strtoul(text_of(c->s), NULL, 10);

	if (n == have || n == c->ap->stored->vcpus_current)
		return;
	device_abi(c, arena_printf(c->ap->a, "%u", have), text_of(c->s));
	c->ap->out->vcpus = c->ap->out->vcpus_current = n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
}

static void set_mac(struct change *c)
{
	struct vm_nic *nic = &c->ap->out->nics[c->dev.i];

	if (device_same_mac(nic->mac, text_of(c->s)))
		return;
	device_abi(c, nic->mac, text_of(c->s));
	nic->mac = text_of(c->s);
}

static void set_model(struct change *c)
{
	struct vm_nic *nic = &c->ap->out->nics[c->dev.i];

	if (nic->model && strcmp(nic->model, text_of(c->s)) == 0)
		return;
	device_abi(c, nic->model, text_of(c->s));
	nic->model = text_of(c->s);
}

/* The name in "default", "vsmigd:pool:network:default" or a path with InstanceID="...". */
static const char *pool_name(struct apply *ap, const char *text)
{
	static const char pool[] = "vsmigd:pool:";
	const char *quoted = strstr(text, "InstanceID=\""), *colon;

	if (!quoted)
		quoted = strstr(text, "Name=\"");
	if (quoted) {
		quoted = strchr(quoted, '"') + 1;
		text = arena_strndup(ap->a, quoted, strcspn(quoted, "\""));
	}
	if (strncmp(text, pool, sizeof pool - 1) != 0)
		return text;
	colon = strchr(text + sizeof pool - 1, ':');
	return colon ? colon + 1 : text;
}

/* Where an interface names what it is connected to; NULL: in no way that is known here. */
static const char **connection_of(struct vm_nic *nic)
{
	if (same(nic->type, "network"))
		return &nic->network;
	if (same(nic->type, "bridge"))
		return &nic->bridge;
	return same(nic->type, "direct") ? &nic->dev : NULL;
}

static void set_connection(struct change *c)
{
	struct vm_nic had = c->ap->stored->nics[c->dev.i];
	const char **old = connection_of(&had), **now = connection_of(&c->ap->out->nics[c->dev.i]);
	const char *name = pool_name(c->ap, text_of(c->s));

	/* Of several properties that mean it, one may be changed and the others sent as read. */
	if (!now)
		change_unmapped(c);
	else if (!*old || strcmp(*old, name) != 0)
		*now = name;
}

static void set_source(struct change *c)
{
	const char *had = c->ap->stored->disks[c->dev.i].source;
	struct vm_disk *disk = &c->ap->out->disks[c->dev.i];
	const char *path = text_of(c->s);

	if (had && strcmp(had, path) == 0)
		return;
	if (*path != '/') {
		change_unmapped(c);
		return;
	}
	disk->source = path;
	disk->type = strncmp(path, "/dev/", 5) == 0 ? "block" : "file";
	disk->pool = disk->volume = NULL;
	disk->n_backing = 0;
	disk->chain_known = false;
}

static void set_target(struct change *c)
{
	struct vm_disk *disk = &c->ap->out->disks[c->dev.i];

	if (disk->target && strcmp(disk->target, text_of(c->s)) == 0)
		return;
	device_abi(c, disk->target, text_of(c->s));
	disk->target = text_of(c->s);
}

/* A volume of another pool, under its own name. */
static bool moves_to_pool(struct change *c, const char *name)
{
	struct vm_disk *disk = &c->ap->out->disks[c->dev.i];

	if (!disk->volume || !*name)
		return false;
	disk->pool = name;
	disk->source = arena_printf(c->ap->a, "%s/%s", name, disk->volume);
	disk->n_backing = 0;
	return true;
}

/* What a device is taken from on this host, as it is read here, says nothing about another one. */
static void set_pool(struct change *c)
{
	static const char *const pools[] = {
		[DEVICE_MEMORY] = "vsmigd:pool:memory:",
		[DEVICE_VCPU] = "vsmigd:pool:processor:",
		[DEVICE_DISK] = "vsmigd:pool:storage:",
	};
	const char *prefix = pools[c->dev.kind], *text = text_of(c->s);
	bool known = strncmp(text, prefix, strlen(prefix)) == 0;

	if (known && c->dev.kind == DEVICE_DISK)
		known = same(pool_name(c->ap, text), c->ap->stored->disks[c->dev.i].pool) ||
			moves_to_pool(c, pool_name(c->ap, text));
	if (!known)
		change_unmapped(c);
}

/* A device is one; Hyper-V's settings say so of each. */
static void set_one(struct change *c)
{
	if (strcmp(text_of(c->s), "1") != 0)
		change_unmapped(c);
}

/* Of the other devices nothing can be changed, but what is read may be sent back. */
static void keep_model(struct change *c)
{
	struct device_other d;

	if (!device_other(c->ap->stored, c->dev.i, &d) || !same(d.model, text_of(c->s)))
		change_unmapped(c);
}

/* Every place that has the path of the character device, such as a console that is its serial port. */
static void set_path(struct change *c, const char *old, const char *path)
{
	struct vm_config *out = c->ap->out;
	struct vm_path *paths = arena_array(c->ap->a, out->n_paths, sizeof *paths);

	for (size_t i = 0; i < out->n_paths; i++) {
		paths[i] = out->paths[i];
		if (strcmp(paths[i].path, old) == 0)
			paths[i].path = path;
	}
	out->paths = paths;
}

static void keep_address(struct change *c)
{
	struct device_other d;
	const char *old = device_path(c->ap->stored, c->dev.i);

	if (old && text_of(c->s)[0] == '/') {
		set_path(c, old, text_of(c->s));
		return;
	}
	if (!device_other(c->ap->stored, c->dev.i, &d) || !same(d.address, text_of(c->s)))
		change_unmapped(c);
}

/* CIM_StorageAllocationSettingData.Access: 1 readable, 2 writeable, 3 both; 0 is not told. */
static void set_access(struct change *c)
{
	struct vm_disk *disk = &c->ap->out->disks[c->dev.i];
	unsigned long access = strtoul(text_of(c->s), NULL, 10);

	if (access == 0 || (access == 1) == disk->readonly)
		return;
	device_abi(c, disk->readonly ? "read-only" : "writable",
		access == 1 ? "read-only" : "writable");
	disk->readonly = access == 1;
}

static const struct {
	enum device_kind kind;
	const char *name;
	void (*set)(struct change *c);
} changes[] = {
	{ DEVICE_MEMORY, "VirtualQuantity", set_memory },
	{ DEVICE_MEMORY, "PoolID", set_pool },
	{ DEVICE_VCPU, "VirtualQuantity", set_vcpus },
	{ DEVICE_VCPU, "PoolID", set_pool },
	{ DEVICE_NIC, "Address", set_mac },
	{ DEVICE_NIC, "ResourceSubType", set_model },
	{ DEVICE_NIC, "Connection", set_connection },
	{ DEVICE_NIC, "HostResource", set_connection },
	{ DEVICE_NIC, "PoolID", set_connection },
	{ DEVICE_NIC, "VirtualQuantity", set_one },
	{ DEVICE_DISK, "HostResource", set_source },
	{ DEVICE_DISK, "Connection", set_source },
	{ DEVICE_DISK, "AddressOnParent", set_target },
	{ DEVICE_DISK, "Access", set_access },
	{ DEVICE_DISK, "PoolID", set_pool },
	{ DEVICE_OTHER, "ResourceSubType", keep_model },
	{ DEVICE_OTHER, "HostResource", keep_address },
	{ DEVICE_OTHER, "VirtualQuantity", set_one },
};

static void change_device(struct change *c)
{
	for (size_t i = 0; i < c->r->n; i++) {
		size_t k = 0;

		c->s = &c->r->props[i];
		while (k < ARRAY_LEN(changes) &&
			(changes[k].kind != c->dev.kind ||
				strcasecmp(changes[k].name, c->s->name) != 0))
			k++;
		if (k < ARRAY_LEN(changes))
			changes[k].set(c);
		else if (!says_nothing(c->s->name))
			change_unmapped(c);
	}
}

/* libvirt compares the devices of both configurations: none may be added on the way. */
static void refuse_device(const struct change *c)
{
	struct findings *fs = c->ap->fs;

	if (fs)
		finding_detail(fs, finding_add(fs, VSM3011, move_name(c->ap->s->move)),
			object(c, fs->arena), c->dev.name, "a device of the virtual system");
}

static bool seen_before(struct apply *ap, const struct device *d)
{
	bool listed = d->kind == DEVICE_DISK || d->kind == DEVICE_NIC;

	for (size_t i = 0; i < ap->n_seen; i++)
		if (ap->seen[i].kind == d->kind && ap->seen[i].i == d->i &&
			(listed || same(ap->seen[i].name, d->name)))
			return true;
	*ARENA_PUSH(ap->a, ap->seen, ap->n_seen) = *d;
	return false;
}

static void apply_resource(struct apply *ap, const struct new_resource *r)
{
	struct change c = { .ap = ap, .r = r, .dev = device_of(ap->stored, r) };
	struct findings *fs = ap->fs;

	if (c.dev.kind == DEVICE_NONE) {
		if (fs)
			finding_detail(fs,
				finding_add(fs, VSM3010, arena_printf(fs->arena, "%zu", r->index),
					c.dev.name),
				object(&c, fs->arena), c.dev.name,
				"a device of the virtual system");
		return;
	}
	if (seen_before(ap, &c.dev)) {
		if (fs)
			finding_detail(fs, finding_add(fs, VSM3014, c.dev.name),
				object(&c, fs->arena), "a second element", "one element");
		return;
	}
	if (c.dev.kind == DEVICE_NEW)
		refuse_device(&c);
	else
		change_device(&c);
}

/* With the room up to the next power of two that ARENA_PUSH counts on. */
static void *copy(struct arena *a, const void *items, size_t n, size_t size)
{
	size_t room = 1;
	void *p;

	while (room < n)
		room *= 2;
	p = arena_array(a, room, size);
	if (n > 0)
		memcpy(p, items, n * size);
	return p;
}

void apply_settings(const struct vm_config *stored, const struct settings *s, struct arena *a,
	struct vm_config *out, struct findings *fs)
{
	struct apply ap = { .stored = stored, .s = s, .a = a, .out = out, .fs = fs };

	*out = *stored;
	out->disks = copy(a, stored->disks, stored->n_disks, sizeof *out->disks);
	out->nics = copy(a, stored->nics, stored->n_nics, sizeof *out->nics);
	apply_system(&ap);
	for (size_t i = 0; i < s->n_resources; i++)
		apply_resource(&ap, &s->resources[i]);
}
