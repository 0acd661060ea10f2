/*
 * What QEMU opens by itself on the target, and whether it may: as another user than on the source, or
 * from files that are the target's own. Two more twins tell. The first opens the files and makes
 * nothing of them. Where that is refused, libvirt may give the file to QEMU when the guest itself
 * comes, which a configuration says that nobody shows (dynamic_ownership); the second shows it: of a
 * pipe that is absent libvirt complains when it would give it away, and QEMU when it would not.
 */
#include <string.h>

#include "checks/hypervisor/twin_inner.h"

enum { OPENS = 100 }; /* in one twin */

struct opens {
	const struct facts *f;
	struct arena *a;
	struct probe_open *items;
	size_t n;
};

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* Devices of others than disks may notice that they are opened. */
static void push(struct opens *o, struct probe_open open)
{
	bool device = open.path && strncmp(open.path, "/dev/", 5) == 0 && !open.block;

	if (open.path && open.path[0] == '/' && !device && o->n < OPENS)
		*ARENA_PUSH(o->a, o->items, o->n) = open;
}

static void push_disk(struct opens *o, size_t i)
{
	const struct vm_disk *d = &o->f->config.disks[i];
	struct probe_open open = { .path = facts_disk_path(o->f, i),
		.user = arena_printf(o->a, "disk %s", d->target ? d->target : "?"),
		.write = !d->readonly && !is(d->device, "cdrom"),
		.block = is(d->type, "block"),
		.kept = facts_keeps_owner(o->f, i) };

	if (!facts_owner_matters(o->f, i) || d->startup_policy)
		return;
	if (o->f->settings->move == MOVE_LIVE_COPY && open.write && !d->shareable &&
		o->f->disks_there[i].exists != TRI_YES)
		return; /* it is yet to be made */
	push(o, open);
	open.write = false;
	for (size_t k = 0; d->backing_sources && k < d->n_backing; k++) {
		open.path = d->backing_sources[k];
		open.block = open.path && strncmp(open.path, "/dev/", 5) == 0;
		push(o, open);
	}
}

static void push_path(struct opens *o, const struct vm_path *p)
{
	const char *slash = strrchr(p->path, '/');
	struct probe_open open = { .path = p->path,
		.user = p->user,
		.folder = p->kind == PATH_FOLDER,
		.kept = p->owner == PATH_KEPT || o->f->config.keeps_owners };

	if (p->owner == PATH_OTHERS || (p->kind != PATH_FILE && !open.folder))
		return;
	if (open.folder)
		open.path = arena_printf(o->a, "%.*s", (int)(slash - p->path), p->path);
	push(o, open);
}

/* Firmware of the system's packages can be read by everybody. */
static void push_loader(struct opens *o)
{
	const char *path = o->f->config.loader;

	if (path && strncmp(path, "/usr/", 5) != 0)
		push(o, (struct probe_open){ .path = path, .user = "the firmware", .kept = true });
}

/* Libvirt makes it where it is absent; so it comes last, where nothing else is hidden by that. */
static void push_nvram(struct opens *o)
{
	const char *path = o->f->config.nvram;

	if (path && strncmp(path, "/var/lib/libvirt/", 17) != 0)
		push(o, (struct probe_open){ .path = path,
				.user = "NVRAM",
				.write = true,
				.kept = o->f->config.keeps_owners });
}

static void collect(struct opens *o)
{
	push_loader(o);
	for (size_t i = 0; i < o->f->config.n_disks; i++)
		push_disk(o, i);
	for (size_t i = 0; i < o->f->config.n_paths; i++)
		push_path(o, &o->f->config.paths[i]);
	push_nvram(o);
}

/* Those first that nobody gives to QEMU; otherwise as they came. */
static void sort(struct opens *o)
{
	struct probe_open *sorted = arena_array(o->a, o->n, sizeof *sorted);
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < o->n; i++)
			if (o->items[i].kept == (pass == 0))
				sorted[n++] = o->items[i];
	o->items = sorted;
}

static const char *node(struct arena *a, size_t i)
{
	return arena_printf(a, "vsmigd%zu,", i);
}

/* The argument as a whole, but of memory only its file. */
const char *twin_complaint(struct arena *a, const struct probe_open *opens, size_t i)
{
	return opens[i].folder ? arena_printf(a, " %s/. ", opens[i].path)
			       : arena_printf(a, "=%s", node(a, i));
}

/* A comma within an option is written twice. */
static const char *escaped(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) * 2 + 1), *at = out;

	for (; *path; path++) {
		*at++ = *path;
		if (*path == ',')
			*at++ = ',';
	}
	*at = '\0';
	return out;
}

/* A folder gets a dot behind it: else QEMU would make a file of that name where it is absent. */
static void open_one(struct arena *a, xmlNode *commandline, const struct probe_open *open, size_t i)
{
	const char *path = escaped(a, open->path), *mode = open->write ? "off" : "on";

	twin_argument(commandline, open->folder ? "-object" : "-blockdev");
	twin_argument(commandline,
		open->folder
			? arena_printf(a, "memory-backend-file,id=%ssize=2M,share=on,mem-path=%s/.",
				  node(a, i), path)
			: arena_printf(a,
				  "node-name=%sdriver=%s,read-only=%s,auto-read-only=off,"
				  "locking=off,filename=%s",
				  node(a, i), open->block ? "host_device" : "file", mode, path));
}

static xmlDoc *opener(xmlDoc *twin, struct opens *o)
{
	xmlNode *devices, *commandline;
	xmlDoc *doc = twin_labelled(twin, &devices);

	commandline = twin_commandline(doc);
	for (size_t i = 0; i < o->n; i++)
		open_one(o->a, commandline, &o->items[i], i);
	return doc;
}

static xmlDoc *giver(xmlDoc *twin)
{
	xmlNode *devices, *serial;
	xmlDoc *doc = twin_bare(twin, &devices);

	serial = twin_add(devices, "serial");
	twin_set(serial, "type", "pipe");
	twin_set(twin_add(serial, "source"), "path", TWIN_ABSENT);
	return doc;
}

bool twin_only_users_decide(const struct facts *f)
{
	const struct host_caps *caps = &f->dst.caps;

	for (size_t i = 0; i < caps->n_secmodels; i++)
		if (!is(caps->secmodels[i], "dac") && !is(caps->secmodels[i], "none"))
			return false;
	return caps->dac_label != NULL;
}

/* A disk that is yet to be made, or that the source takes back when the guest ends there. */
static bool changes_owner(const struct facts *f)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (d->source && !d->readonly && !is(d->type, "network"))
			return f->settings->move == MOVE_LIVE_COPY ||
			       f->settings->move == MOVE_RESTART;
	}
	return false;
}

void twin_owner(const struct facts *f, xmlDoc *twin, struct arena *a, struct twin_owner *out)
{
	struct opens o = { .f = f, .a = a };

	*out = (struct twin_owner){ 0 };
	if (facts_user_is_root(f) || !twin_only_users_decide(f))
		return;
	collect(&o);
	sort(&o);
	out->ask = changes_owner(f);
	out->opens = o.items;
	out->n_opens = o.n;
	if (o.n)
		out->twin = opener(twin, &o);
	if (o.n || out->ask)
		out->gives = giver(twin);
}
