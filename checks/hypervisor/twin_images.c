/*
 * Twins that are to fail, to see what the first twin cannot: it opens every disk raw and read-only,
 * for the sake of the locks and of the owners. Of these no guest comes into being.
 *
 * One has its QEMU open the images in ways that libvirt has no words for, hence by arguments of
 * QEMU's own: read-only and past all locks as what they are, which shows their formats, the files
 * that they name and all images below; and those that the VM writes to for writing, without a lock
 * and without a byte written. QEMU takes one argument after the other, and the last names what is
 * not there: where it stumbles over that one, all others went well. Block devices are read alone: to
 * have one open for writing makes a host look for new partitions on it.
 *
 * The other names the secrets of encrypted disks, for a file that is no encrypted image: libvirt gets
 * their values before it starts QEMU.
 */
#include <stdio.h>
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

enum { IMAGES = 64, SECRETS = 8 };

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* Formats that QEMU opens as such, by libvirt's names, which are its own. */
static bool is_format(const char *format)
{
	static const char *const formats[] = { "qcow2", "qed", "vmdk", "vdi", "vpc" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (is(format, formats[i]))
			return true;
	return false;
}

static bool has_images_below(const char *format)
{
	return is(format, "qcow2") || is(format, "qed");
}

static bool is_file(const char *path)
{
	return path && path[0] == '/' && strncmp(path, "/dev/", 5) != 0;
}

static const char *quoted(struct arena *a, const char *text)
{
	size_t len = strlen(text), n = 0;
	char *out = arena_alloc(a, 6 * len + 3);

	out[n++] = '"';
	for (const char *at = text; *at; at++) {
		if ((unsigned char)*at < ' ') {
			n += (size_t)snprintf(out + n, 7, "\\u%04x", (unsigned char)*at);
			continue;
		}
		if (*at == '"' || *at == '\\')
			out[n++] = '\\';
		out[n++] = *at;
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}

struct looks {
	const struct facts *f;
	struct arena *a;
	xmlNode *line; /* <qemu:commandline> */
	size_t n;
};

static void look(struct looks *l, const char *options)
{
	twin_argument(l->line, "-blockdev");
	twin_argument(l->line, options);
	l->n++;
}

/* ends: nothing is below that is not looked at by itself. */
static void look_inside(
	struct looks *l, const char *path, const char *format, bool ends, const char *driver)
{
	if (l->n < IMAGES && path && path[0] == '/' && is_format(format))
		look(l, arena_printf(l->a,
				"{\"driver\":\"%s\"," TWIN_LOOK "%zu\",\"read-only\":true,"
				"\"force-share\":true,%s\"file\":{\"driver\":\"%s\","
				"\"filename\":%s}}",
				format, l->n,
				ends && has_images_below(format) ? "\"backing\":null," : "", driver,
				quoted(l->a, path)));
}

static void look_for_writing(struct looks *l, const char *path)
{
	if (l->n < IMAGES && is_file(path))
		look(l, arena_printf(l->a,
				"{\"driver\":\"file\"," TWIN_LOOK "%zu\",\"read-only\":false,"
				"\"auto-read-only\":false,\"locking\":\"off\",\"filename\":%s}",
				l->n, quoted(l->a, path)));
}

/* Image i of the disk's chain, the top being 0. */
static const char *path_at(const struct vm_disk *d, size_t i)
{
	return i == 0 ? d->source : d->backing_sources ? d->backing_sources[i - 1] : NULL;
}

static const char *format_at(const struct vm_disk *d, size_t i)
{
	return i == 0 ? d->format : d->backing_formats ? d->backing_formats[i - 1] : NULL;
}

/* An image whose lower one is no file takes that along, as its own header names it. */
static bool ends_at(const struct vm_disk *d, size_t i)
{
	return i == d->n_backing ? d->chain_ends : is_file(path_at(d, i + 1));
}

static bool is_image(const struct vm_disk *d)
{
	return is(d->type, "file") && d->source;
}

/* What has a key is not for everybody to read, nor what is only a part of its file. */
static bool veiled_at(const struct vm_disk *d, size_t i)
{
	return i == 0 ? d->encrypted || d->sliced : d->backing_veiled && d->backing_veiled[i - 1];
}

static void look_below(struct looks *l, const struct vm_disk *d)
{
	for (size_t i = 1; i <= d->n_backing; i++)
		if (!veiled_at(d, i) && is_file(path_at(d, i)))
			look_inside(l, path_at(d, i), format_at(d, i), ends_at(d, i), "file");
}

static void look_at_disk(struct looks *l, size_t i)
{
	const struct vm_disk *d = &l->f->config.disks[i];
	const char *path = facts_disk_path(l->f, i);

	if (!veiled_at(d, 0) && is_file(path))
		look_inside(l, path, d->format, ends_at(d, 0), "file");
	look_below(l, d);
	if (!d->readonly && !is(d->device, "cdrom"))
		look_for_writing(l, path);
}

/* As a disk of the twin's too, which lets QEMU have it. */
static void look_at_device(struct looks *l, xmlNode *devices, size_t i)
{
	const struct vm_disk *d = &l->f->config.disks[i];

	if (veiled_at(d, 0) || !d->source || !is_format(d->format))
		return;
	twin_extra_disk(l->a, devices, "block", d->source, i);
	look_inside(l, d->source, d->format, ends_at(d, 0), "host_device");
	look_below(l, d);
}

/* What a copy is written into must be of the disk's size: QEMU puts no two of different sizes
 * together. Devices are opened read-only as disks of the twin's, which lets QEMU have them. */
static void look_at_size(struct looks *l, const struct vm_disk *d, uint64_t size)
{
	bool device = is(d->type, "block");

	if (d->encrypted || d->sliced || !size || l->n >= IMAGES ||
		!(is(d->format, "raw") || has_images_below(d->format)))
		return;
	look(l, arena_printf(l->a,
			"{\"driver\":\"quorum\"," TWIN_LOOK "%zu\",\"read-only\":true,"
			"\"force-share\":true,\"vote-threshold\":2,\"children\":[{\"driver\":"
			"\"null-co\",\"size\":%llu,\"read-only\":true},{\"driver\":\"%s\","
			"\"read-only\":true,%s\"file\":{\"driver\":\"%s\",\"filename\":%s}}]}",
			l->n, (unsigned long long)size, d->format,
			has_images_below(d->format) ? "\"backing\":null," : "",
			device ? "host_device" : "file", quoted(l->a, d->source)));
}

/* A fixed label of users and groups keeps every file as it is; SELinux wants to be told of each. */
static bool relabels_nothing(const struct facts *f)
{
	return f->dst.caps.dac_label && !facts_has_secmodel(&f->dst.caps, "selinux");
}

/* A copy is written into what is there already. */
static void look_at_copy(struct looks *l, xmlNode *devices, size_t i)
{
	const struct vm_disk *d = &l->f->config.disks[i];
	const struct disk_here *here = &l->f->disks_here[i];

	if ((is(d->type, "block") && !relabels_nothing(l->f)) || !twin_copies(l->f, d) ||
		!l->f->disks_there || !d->source || l->f->disks_there[i].exists != TRI_YES)
		return;
	if (is_image(d))
		look_for_writing(l, d->source);
	if (is(d->type, "block"))
		twin_extra_disk(l->a, devices, "block", d->source, i);
	if (is_image(d) || is(d->type, "block"))
		look_at_size(l, d, here->capacity);
}

xmlDoc *twin_of_images(const struct facts *f, xmlDoc *twin, const bool *disks, struct arena *a)
{
	struct looks l = { .f = f, .a = a };
	xmlDoc *doc;
	xmlNode *devices;

	doc = twin_labelled(twin, &devices);
	l.line = twin_commandline(doc);
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (disks[i] && (is(d->type, "file") || is(d->type, "volume")))
			look_at_disk(&l, i);
		else if (disks[i] && is(d->type, "block") && relabels_nothing(f))
			look_at_device(&l, devices, i);
	}
	for (size_t i = 0; i < f->config.n_disks; i++)
		look_at_copy(&l, devices, i);
	if (l.n == 0) {
		xmlFreeDoc(doc);
		return NULL;
	}
	look(&l, "{\"driver\":\"raw\"," TWIN_LOOK "end\",\"file\":\"" TWIN_END "\"}");
	return doc;
}

/* Of the file only its name is of use, for this twin is to end before anything reads it. */
static void secret_disk(
	struct arena *a, xmlNode *devices, const struct vm_secret *s, const char *path, size_t i)
{
	xmlNode *n = vxml_child(twin_extra_disk(a, devices, "file", path, i), "source");

	n = twin_add(n, "encryption");
	twin_set(n, "format", "luks");
	n = twin_add(n, "secret");
	twin_set(n, "type", "passphrase");
	if (s->uuid)
		twin_set(n, "uuid", s->uuid);
	else
		twin_set(n, "usage", s->usage);
}

/* Of a disk that the first twin has opened with it. */
static bool used_by(const struct facts *f, const struct vm_secret *s, const bool *unlocked)
{
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (unlocked[i] && is(s->disk, f->config.disks[i].target))
			return true;
	return false;
}

xmlDoc *twin_of_secrets(const struct facts *f, xmlDoc *twin, const bool *unlocked, struct arena *a)
{
	xmlNode *devices;
	xmlDoc *doc;
	size_t n = 0;

	if (!f->config.emulator || !relabels_nothing(f))
		return NULL;
	doc = twin_labelled(twin, &devices);
	for (size_t i = 0; i < f->config.n_secrets && n < SECRETS; i++)
		if (is(f->config.secrets[i].usage_type, "volume") &&
			!used_by(f, &f->config.secrets[i], unlocked))
			secret_disk(a, devices, &f->config.secrets[i], f->config.emulator, n++);
	if (n)
		return doc;
	xmlFreeDoc(doc);
	return NULL;
}
