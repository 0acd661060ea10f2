/* A twin's disks: raw, read-only, shareable, and nobody's owner changed. */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool type_fits(const xmlNode *disk)
{
	static const char *const types[] = { "file", "block", "network", "volume", "dir" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (vxml_attr_is(disk, "type", types[i]))
			return true;
	return false;
}

static bool unmanaged(const struct settings *s, const struct vm_disk *d)
{
	for (size_t i = 0; i < s->n_unmanaged; i++)
		if (is(d->target, s->unmanaged[i]) || is(d->source, s->unmanaged[i]))
			return true;
	return false;
}

bool twin_copies(const struct facts *f, const struct vm_disk *d)
{
	return f->settings && f->settings->move == MOVE_LIVE_COPY && !d->readonly &&
	       !d->shareable && !unmanaged(f->settings, d);
}

/* Of a disk that is copied the images below are opened all the same, where the configuration that
 * is sent names them. */
static void note_bases(struct twin *t, const xmlNode *disk)
{
	for (const xmlNode *b = vxml_child(disk, "backingStore"); b && t->f->move_xml;
		b = vxml_child(b, "backingStore"))
		twin_path(t, PROBE_BACKING, t->disk,
			vxml_attr(t->a, vxml_child(b, "source"), "file"));
}

/* What a server of blocks gives away is locked by nobody: it can be opened as the VM opens it, and
 * refuses a writer when it refuses this one. What is no raw image a writer would touch. */
static bool served(const struct vm_disk *d)
{
	return is(d->type, "network") && is(d->protocol, "nbd") && d->format && !d->encrypted;
}

/* Opened with its key: unlike an image with tables of its own, it holds up nobody who writes. */
static bool has_key(const xmlNode *disk, const struct vm_disk *d)
{
	const xmlNode *below = vxml_at(disk, "source/encryption"),
		      *own = vxml_child(disk, "encryption");

	return (!d->format || is(d->format, "raw")) && !d->sliced &&
	       vxml_attr_is(below ? below : own, "format", "luks");
}

/* Nobody writes to an image that is newly given: it can be read as what it is to be. */
static bool newly_given(const struct twin *t, const struct vm_disk *d)
{
	return t->disk < t->f->stored.n_disks && d->source && is(d->type, "file") &&
	       !d->encrypted && t->f->stored.disks[t->disk].source && d->format &&
	       !is(t->f->stored.disks[t->disk].source, d->source) &&
	       !(t->f->disks_here && t->f->disks_here[t->disk].alias == TRI_YES);
}

/* Read past the host's cache where the VM does so: nothing stale may stay in it. */
static void rewrite_driver(xmlNode *disk)
{
	xmlNode *driver = vxml_child(disk, "driver");
	bool direct = vxml_attr_is(driver, "cache", "none") ||
		      vxml_attr_is(driver, "cache", "directsync");

	if (driver)
		twin_drop(driver);
	driver = twin_add(disk, "driver");
	twin_set(driver, "name", "qemu");
	/* QEMU makes a file system of a folder, and there is no other way to take one. */
	twin_set(driver, "type", vxml_attr_is(disk, "type", "dir") ? "fat" : "raw");
	if (direct)
		twin_set(driver, "cache", "none");
}

static void rewrite_source(struct twin *t, xmlNode *disk)
{
	static const char *const kept[] = { "host", "auth", "initiator", "snapshot", "config",
		"ssl", "cookies", "timeout", "slices", "encryption", NULL };
	static const char *const attrs[] = { "file", "dev", "dir", "protocol", "name", "tls",
		"query", "pool", "volume", "mode", "startupPolicy", NULL };
	xmlNode *source = vxml_child(disk, "source");

	if (!source)
		return;
	twin_keep(source, kept);
	twin_keep_attrs(source, attrs);
	/* The twin begins, the VM arrives: then libvirt drops a requisite medium that is absent, but no
	 * hard disk. */
	if ((t->f->settings->move & MOVE_HOT) && vxml_attr_is(disk, "device", "disk"))
		twin_unset(source, "startupPolicy");
	if ((t->f->settings->move & MOVE_HOT) && vxml_attr_is(source, "startupPolicy", "requisite"))
		twin_set(source, "startupPolicy", "optional");
	twin_no_relabel(t, source);
}

/* What NewResourceSettingData named. */
static void new_source(struct twin *t, xmlNode *disk, const struct vm_disk *d)
{
	xmlNode *source = vxml_child(disk, "source");
	const struct vm_disk *old = &t->f->stored.disks[t->disk];

	if (t->disk >= t->f->stored.n_disks || !d->source || is(old->source, d->source))
		return;
	if (!source)
		source = twin_add(disk, "source");
	if (is(d->type, "volume")) {
		twin_set(source, "pool", d->pool);
		twin_set(source, "volume", d->volume);
	} else {
		twin_unset(source, "pool");
		twin_unset(source, "volume");
		twin_unset(source, "file");
		twin_unset(source, "dev");
		twin_set(source, is(d->type, "block") ? "dev" : "file", d->source);
	}
	twin_set(disk, "type", d->type);
}

static bool removable(const struct vm_disk *d)
{
	return is(d->device, "cdrom") || is(d->device, "floppy");
}

/* IDE and SATA know no read-only hard disks, and a CD drive wants a lock that the running VM has:
 * such a disk is only to be found, as an extra one. */
static bool elsewhere(const struct vm_disk *d)
{
	return (is(d->bus, "ide") || is(d->bus, "sata")) && !removable(d) && d->source &&
	       (is(d->type, "file") || is(d->type, "block"));
}

static void choose_device(xmlNode *disk, const struct vm_disk *d)
{
	bool ide = is(d->bus, "ide") || is(d->bus, "sata");

	if (!removable(d))
		twin_set(disk, "device", ide ? "cdrom" : "disk");
}

static void choose_encryption(struct twin *t, xmlNode *disk, const struct vm_disk *d)
{
	static const char *const places[] = { "encryption", "source/encryption" };

	t->unlocked[t->disk] = has_key(disk, d);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		xmlNode *n = vxml_at(disk, places[i]);

		if (n && !t->unlocked[t->disk])
			twin_drop(n);
	}
}

static void note_paths(struct twin *t, const struct vm_disk *d)
{
	if (d->source && (is(d->type, "file") || is(d->type, "block") || is(d->type, "dir")))
		twin_path(t, PROBE_DISK, t->disk, d->source);
	for (size_t i = 0; d->backing_sources && i < d->n_backing; i++)
		if (d->backing_sources[i] && d->backing_sources[i][0] == '/')
			twin_path(t, PROBE_BACKING, t->disk, d->backing_sources[i]);
}

bool twin_disk(struct twin *t, xmlNode *disk)
{
	static const char *const kept[] = { "driver", "source", "target", "address", "auth",
		"encryption", NULL };
	static const char *const attrs[] = { "type", "device", NULL };
	static const char *const target_attrs[] = { "dev", "bus", NULL };
	const struct vm_disk *d;
	bool as_it_is;

	if (t->disk >= t->f->config.n_disks)
		return false;
	d = &t->f->config.disks[t->disk];
	if (!type_fits(disk) || twin_copies(t->f, d)) {
		note_bases(t, disk);
		t->disk++;
		return false;
	}
	if (elsewhere(d)) {
		note_paths(t, d);
		t->disks[t->disk++] = true;
		return false;
	}
	twin_keep(disk, kept);
	twin_keep_attrs(disk, attrs);
	twin_keep_attrs(vxml_child(disk, "target"), target_attrs);
	choose_device(disk, d);
	new_source(t, disk, d);
	rewrite_driver(disk);
	as_it_is = newly_given(t, d) || served(d);
	if (as_it_is)
		twin_set(vxml_child(disk, "driver"), "type", d->format);
	rewrite_source(t, disk);
	choose_encryption(t, disk, d);
	if (!served(d) || d->readonly || removable(d) || !is(d->format, "raw"))
		twin_add(disk, "readonly");
	if (!as_it_is && !vxml_attr_is(disk, "device", "floppy") && !is(d->type, "dir"))
		twin_add(disk, "shareable");
	note_paths(t, d);
	t->disks[t->disk++] = true;
	return true;
}

static unsigned scsi_controllers(const xmlNode *devices)
{
	unsigned next = 0;

	XML_EACH(n, devices, "controller")
	{
		unsigned index = (unsigned)xml_attr_u64(n, "index");

		if (vxml_attr_is(n, "type", "scsi") && index >= next)
			next = index + 1;
	}
	return next;
}

xmlNode *twin_extra_disk(
	struct arena *a, xmlNode *devices, const char *type, const char *path, size_t i)
{
	xmlNode *disk = twin_add(devices, "disk"), *n;

	twin_set(disk, "type", type);
	twin_set(disk, "device", "disk");
	rewrite_driver(disk);
	twin_set(twin_add(disk, "source"), is(type, "block") ? "dev" : "file", path);
	n = twin_add(disk, "target");
	twin_set(n, "dev", arena_printf(a, "vd%c", (int)('a' + i % 26)));
	twin_set(n, "bus", "virtio");
	twin_add(disk, "readonly");
	twin_add(disk, "shareable");
	return disk;
}

/* Returns what the twin calls it. */
static const char *extra_disk(struct twin *t, xmlNode *devices, const char *type, xmlNode *source,
	const char *controller, unsigned unit)
{
	const char *target =
		arena_printf(t->a, "sdx%c%c", 'a' + (int)(unit / 26 % 26), 'a' + (int)(unit % 26));
	xmlNode *disk = twin_add(devices, "disk"), *n;

	twin_set(disk, "type", type);
	twin_set(disk, "device", "disk");
	rewrite_driver(disk);
	xmlAddChild(disk, source);
	rewrite_source(t, disk);
	n = twin_add(disk, "target");
	twin_set(n, "dev", target);
	twin_set(n, "bus", "scsi");
	twin_add(disk, "readonly");
	twin_add(disk, "shareable");
	n = twin_add(disk, "address");
	twin_set(n, "type", "drive");
	twin_set(n, "controller", controller);
	twin_set(n, "bus", "0");
	twin_set(n, "target", "0");
	twin_set(n, "unit", arena_printf(t->a, "%u", unit));
	return target;
}

static const char *path_disk(
	struct twin *t, xmlNode *devices, const char *path, const char *controller, unsigned unit)
{
	bool device = strncmp(path, "/dev/", 5) == 0;
	xmlNode *source = xmlNewDocNode(devices->doc, NULL, BAD_CAST "source", NULL);

	twin_set(source, device ? "dev" : "file", path);
	return extra_disk(t, devices, device ? "block" : "file", source, controller, unit);
}

static bool seen_before(const struct twin *t, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (t->paths[j].target && strcmp(t->paths[j].path, t->paths[i].path) == 0)
			return true;
	return false;
}

static bool needs_disk(const struct twin *t, const struct probe_path *p)
{
	return p->part == PROBE_BACKING || p->part == PROBE_FIRMWARE || p->part == PROBE_NVRAM ||
	       p->part == PROBE_ROM ||
	       (p->part == PROBE_DISK && elsewhere(&t->f->config.disks[p->disk]));
}

void twin_extra_disks(struct twin *t, xmlNode *devices)
{
	const char *controller = arena_printf(t->a, "%u", scsi_controllers(devices));
	unsigned unit = 0;
	xmlNode *n;

	for (size_t i = 0; i < t->n_paths && unit < 200; i++) {
		if (needs_disk(t, &t->paths[i]) && !seen_before(t, i))
			t->paths[i].target =
				path_disk(t, devices, t->paths[i].path, controller, unit++);
	}
	if (t->nvram)
		extra_disk(t, devices, "network", take(t->nvram), controller, unit++);
	if (!unit)
		return;
	n = twin_add(devices, "controller");
	twin_set(n, "type", "scsi");
	twin_set(n, "index", controller);
	twin_set(n, "model", "virtio-scsi");
}
