/* Which storage on the source holds the VM's disks, and whether libvirt counts it as shared. */
#include "checks/hypervisor/cache.h"
#include "checks/hypervisor/fs.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

struct look {
	struct side *s;
	struct fs_view view;
	bool listed;
	const struct pool_seen *pools;
	size_t n;
	const char *why;
};

/* What a pool's type says of all that is in it. */
static const struct {
	const char *type, *format; /* format NULL: any */
	enum tri shared, coherent;
} pool_kinds[] = {
	{ "netfs", "glusterfs", TRI_YES, TRI_YES },
	{ "netfs", NULL, TRI_YES, TRI_NO },
	{ "fs", "gfs2", TRI_YES, TRI_YES },
	{ "fs", "ocfs2", TRI_YES, TRI_YES },
	{ "fs", NULL, TRI_NO, TRI_NO },
	{ "gluster", NULL, TRI_YES, TRI_YES },
	{ "rbd", NULL, TRI_YES, TRI_YES },
	{ "sheepdog", NULL, TRI_YES, TRI_YES },
	{ "iscsi", NULL, TRI_YES, TRI_NO },
	{ "iscsi-direct", NULL, TRI_YES, TRI_YES },
	{ "vstorage", NULL, TRI_YES, TRI_NO },
};

static void list_pools(struct look *l)
{
	if (!l->listed)
		l->pools = side_pools(l->s, &l->n, &l->why);
	l->listed = true;
}

static void judge_by_pool(struct look *l, const struct pool_seen *p, struct disk_here *out)
{
	for (size_t i = 0; p->type && i < ARRAY_LEN(pool_kinds); i++) {
		if (strcmp(p->type, pool_kinds[i].type) != 0 ||
			(pool_kinds[i].format &&
				(!p->format || strcmp(p->format, pool_kinds[i].format) != 0)))
			continue;
		out->shared_fs = pool_kinds[i].shared;
		out->coherent = pool_kinds[i].coherent;
		out->why = NULL;
		return;
	}
	/* A directory may be anything underneath; the test driver has nothing underneath. */
	if (side_is_test(l->s))
		out->shared_fs = out->coherent = TRI_NO;
}

static const struct pool_seen *pool_named(const struct look *l, const char *name)
{
	for (size_t i = 0; l->pools && i < l->n; i++)
		if (strcmp(l->pools[i].name, name) == 0)
			return &l->pools[i];
	return NULL;
}

static void look_at_file(
	struct look *l, const char *path, const struct pool_seen *pool, struct disk_here *out)
{
	if (!side_is_test(l->s))
		fs_look(&l->view, path, l->s->arena, out);
	if (out->shared_fs != TRI_UNKNOWN)
		return;
	list_pools(l);
	if (!pool && l->pools)
		pool = side_pool_of(l->pools, l->n, path);
	if (pool) {
		out->pool = pool->name;
		out->pool_type = pool->type;
		judge_by_pool(l, pool, out);
	}
	if (out->shared_fs == TRI_UNKNOWN && !out->why)
		out->why = "no storage pool of the source holds it";
}

static void look_at_volume(struct look *l, const struct vm_disk *disk, struct disk_here *out)
{
	const struct pool_seen *pool;

	if (!disk->pool)
		return;
	list_pools(l);
	pool = pool_named(l, disk->pool);
	out->pool = disk->pool;
	if (!pool) {
		out->why = l->why ? l->why : "its storage pool is not on the source";
		return;
	}
	out->pool_type = pool->type;
	out->pool_host = pool->host;
	out->pool_source = pool->source;
	if (pool->target && disk->volume && strncmp(pool->target, "/dev", 4) != 0)
		look_at_file(l, arena_printf(l->s->arena, "%s/%s", pool->target, disk->volume),
			pool, out);
	else
		judge_by_pool(l, pool, out);
}

static void look_at(struct look *l, const struct vm_disk *disk, struct disk_here *out)
{
	if (!disk->source)
		return; /* an empty drive is nowhere */
	if (strcmp(disk->type, "file") == 0)
		look_at_file(l, disk->source, NULL, out);
	else if (strcmp(disk->type, "volume") == 0)
		look_at_volume(l, disk, out);
	else if (strcmp(disk->type, "network") == 0)
		out->shared_fs = out->coherent = TRI_YES;
	else
		out->why = "it is a device, not a file";
}

/* libvirt keeps the state of an emulated TPM here when nothing else is configured. */
static void look_at_tpm(struct look *l)
{
	const struct vm_config *config = &l->s->f->config;
	const char *path = config->tpm_source;

	if (!config->tpm_backend || strcmp(config->tpm_backend, "emulator") != 0)
		return;
	if (!path)
		path = arena_printf(l->s->arena, "/var/lib/libvirt/swtpm/%s", config->uuid);
	if (!side_is_test(l->s))
		fs_look(&l->view, path, l->s->arena, &l->s->f->tpm_here);
}

/* Libvirt writes it when the guest begins, or arrives. */
static int64_t began(struct look *l)
{
	int64_t when = 0;

	fs_size(&l->view,
		arena_printf(l->s->arena, "/run/libvirt/qemu/%s.pid", l->s->f->stored.name), &when);
	return when;
}

static void look_at_image(struct look *l, const char *path, int64_t since, struct image_here *out)
{
	int64_t changed = 0;
	uint64_t size = fs_size(&l->view, path, &changed);

	if (!size)
		return;
	out->here = path;
	/* A package that was exchanged since is not what the guest has. */
	out->size = since && changed > since ? 0 : size;
}

static void look_at_images(struct look *l)
{
	const struct vm_config *config = &l->s->f->config;
	int64_t since = config->n_images ? began(l) : 0;

	for (size_t i = 0; i < config->n_images; i++) {
		const struct vm_image *image = &config->images[i];
		struct image_here *out = &l->s->f->images[i];

		/* What the VM writes itself changes all the time. */
		if (image->path)
			look_at_image(l, image->path, image->kind == IMAGE_NVRAM ? 0 : since, out);
		for (size_t k = 0; !image->path && !out->here && side_data_folders[k]; k++)
			look_at_image(l,
				arena_printf(
					l->s->arena, "%s/%s", side_data_folders[k], image->name),
				since, out);
	}
}

/* Whether what is newly given is, by another name, an image that the VM has already. */
static enum tri alias(struct look *l, const struct vm_disk *disk)
{
	const struct vm_config *old = &l->s->f->stored;
	enum tri result = TRI_NO;

	for (size_t i = 0; disk->source && i < old->n_disks && result != TRI_YES; i++) {
		const char *source = old->disks[i].source;
		enum tri same = !source || strcmp(source, disk->source) == 0
					? TRI_NO
					: fs_same(&l->view, disk->source, source);

		if (same != TRI_NO)
			result = same;
	}
	return result;
}

/* Which process it is stays so while the connection to it lasts. That it was not found is not
 * kept. */
static pid_t daemon_behind(struct side *s, const char **why)
{
	struct box *b = cache_get(conn_cache(s->conn), s->generation, "daemon");
	pid_t pid;

	if (b) {
		box_keep(s->arena, b);
		return *(pid_t *)b->value;
	}
	pid = fs_daemon(s->uri, why);
	if (pid <= 0)
		return 0;
	b = box_new();
	b->value = arena_alloc(b->arena, sizeof pid);
	*(pid_t *)b->value = pid;
	cache_put(conn_cache(s->conn), s->generation, "daemon", b);
	box_keep(s->arena, b);
	return pid;
}

static void open_view(struct side *s, struct fs_view *v)
{
	const char *why = NULL;
	pid_t pid = daemon_behind(s, &why);

	fs_view_open(v, pid, why);
}

void gather_vm_disks(struct side *s)
{
	const struct vm_config *config = &s->f->config;
	/* libvirt looks at the disks of the running guest, whatever it is to get over there. */
	bool hot = s->f->settings && (s->f->settings->move & MOVE_HOT);
	const struct vm_disk *disks = hot ? s->f->stored.disks : config->disks;
	struct look l = { .s = s, .view = { .root = -1 } };

	s->missing = NULL;
	if ((config->n_disks || config->tpm_backend || config->n_images) && !side_is_test(s))
		open_view(s, &l.view);
	look_at_images(&l);
	for (size_t i = 0; i < config->n_disks; i++) {
		look_at(&l, &disks[i], &s->f->disks_here[i]);
		s->f->disks_here[i].alias = alias(&l, &config->disks[i]);
	}
	look_at_tpm(&l);
	fs_view_close(&l.view);
	side_end(s, FACT_VM_DISK_FS);
}
