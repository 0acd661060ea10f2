/* Where disks are: pools of a host, and what of the VM's disks the destination has. */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_POOLS = 128 };

struct pool_list {
	virStoragePoolPtr *items;
	int n;
};

static void pool_list_free(struct pool_list *l)
{
	for (int i = 0; i < l->n; i++)
		virStoragePoolFree(l->items[i]);
	free(l->items);
}

static bool read_pool(
	struct side *s, virStoragePoolPtr pool, struct arena *a, struct pool_seen *out)
{
	struct vxml_pool xml = { 0 };
	struct err e;
	char *text;

	if (!side_more(s, "reading storage pools"))
		return false;
	text = virStoragePoolGetXMLDesc(pool, 0);
	if (!text || vxml_pool(text, a, &xml, &e) < 0) {
		free(text);
		return true; /* it went away meanwhile: one that is not there */
	}
	free(text);
	*out = (struct pool_seen){
		.name = arena_strdup(a, virStoragePoolGetName(pool)),
		.type = xml.type,
		.target = xml.target,
		.format = xml.format,
		.host = xml.host,
		.source = xml.source,
		.active =
			side_more(s, "reading storage pools") && virStoragePoolIsActive(pool) == 1,
	};
	return true;
}

struct pools {
	struct pool_seen *items;
	size_t n;
};

/* NULL with *why, or for want of time. */
static struct box *read_pools(struct side *s, const struct pool_list *list)
{
	struct box *b = box_new();
	struct pools *p = b->value = arena_alloc(b->arena, sizeof *p);

	p->items = arena_array(b->arena, (size_t)list->n, sizeof *p->items);
	p->n = 0;
	for (int i = 0; i < list->n; i++) {
		p->items[p->n].name = NULL;
		if (!read_pool(s, list->items[i], b->arena, &p->items[p->n])) {
			box_unref(b);
			return NULL;
		}
		p->n += p->items[p->n].name != NULL;
	}
	return b;
}

static struct box *list_all(struct side *s, const char **why)
{
	__attribute__((cleanup(pool_list_free))) struct pool_list list = { 0 };

	if (!side_more(s, "listing storage pools"))
		return NULL;
	list.n = virConnectListAllStoragePools(s->v, &list.items, 0);
	if (list.n < 0) {
		list.n = 0;
		side_tri(s, false, -1, why);
		return NULL;
	}
	if (list.n > MAX_POOLS) {
		*why = "there are more storage pools than are looked at";
		return NULL;
	}
	return read_pools(s, &list);
}

const struct pool_seen *side_pools(struct side *s, size_t *n, const char **why)
{
	const char *key;
	struct box *b = side_kept(s, TOPIC_POOLS, "pools", &key);
	const struct pools *p;

	*n = 0;
	if (!b) {
		b = list_all(s, why);
		if (!b)
			return NULL;
		side_keep(s, key, b);
	}
	p = b->value;
	*n = p->n;
	return p->items;
}

static bool holds_files(const struct pool_seen *p)
{
	static const char *const types[] = { "dir", "fs", "netfs", "gluster", "vstorage" };

	for (size_t i = 0; p->type && i < ARRAY_LEN(types); i++)
		if (strcmp(p->type, types[i]) == 0)
			return true;
	return false;
}

static const char *skip_slashes(const char *at)
{
	while (at[0] == '/' && at[1] == '/')
		at++;
	return at;
}

/* A pool lists the files of its directory, not of those below. libvirt takes several slashes for
 * one, and leaves all else of a path as it is. */
static bool covers(const struct pool_seen *p, const char *path)
{
	const char *folder = p->target ? p->target : "", *slash = strrchr(path, '/');

	while (slash && slash > path && slash[-1] == '/')
		slash--;
	while (slash && *folder && path < slash) {
		folder = skip_slashes(folder);
		path = skip_slashes(path);
		if (*folder++ != *path++)
			return false;
	}
	return slash && p->target && *p->target && path >= slash &&
	       folder[strspn(folder, "/")] == '\0';
}

const struct pool_seen *side_pool_of(const struct pool_seen *pools, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (pools[i].active && holds_files(&pools[i]) && covers(&pools[i], path))
			return &pools[i];
	return NULL;
}

struct storage {
	struct side *s;
	bool listed;
	const struct pool_seen *pools;
	size_t n;
	const char *why;
};

/* Once per gather, and only when some disk needs it. */
static void list_pools(struct storage *st)
{
	if (!st->listed)
		st->pools = side_pools(st->s, &st->n, &st->why);
	st->listed = true;
}

static const struct pool_seen *pool_named(const struct storage *st, const char *name)
{
	for (size_t i = 0; st->pools && i < st->n; i++)
		if (strcmp(st->pools[i].name, name) == 0)
			return &st->pools[i];
	return NULL;
}

/* How much room there is: only a copy of the disks needs it. */
static void ask_room(struct side *s, virStoragePoolPtr pool, struct disk_there *out)
{
	virStoragePoolInfo info;

	if (!s->f->settings || s->f->settings->move != MOVE_LIVE_COPY)
		return;
	out->room = arena_strdup(s->arena, virStoragePoolGetName(pool));
	if (!side_more(s, "reading how much room there is on the target host") ||
		virStoragePoolGetInfo(pool, &info) < 0)
		return;
	out->pool_told = true;
	out->pool_free = info.available;
}

static bool is_copied(const struct side *s, const struct vm_disk *disk)
{
	return s->f->settings && s->f->settings->move == MOVE_LIVE_COPY && !disk->readonly &&
	       !disk->shareable;
}

/* What a copy finds there already must be like the disk. */
static void ask_image(
	struct side *s, const struct vm_disk *disk, virStorageVolPtr vol, struct disk_there *out)
{
	virStorageVolInfo info;
	char *text = NULL;
	struct err e;

	if (!vol || !is_copied(s, disk) || !side_more(s, "reading what is there already"))
		return;
	if (virStorageVolGetInfo(vol, &info) == 0)
		out->capacity = info.capacity;
	if (side_more(s, "reading what is there already"))
		text = virStorageVolGetXMLDesc(vol, 0);
	if (text && vxml_volume_format(text, s->arena, &out->format, &e) < 0)
		out->format = NULL;
	free(text);
}

/* A pool lists what it saw when it was last refreshed, be it gone since. A copy goes by the list. */
static void look_again(
	struct side *s, const struct vm_disk *disk, const char *path, struct disk_there *out)
{
	if (out->exists == TRI_YES && !is_copied(s, disk) && side_path(s, path) == TRI_NO)
		out->exists = TRI_NO;
}

static void ask_volume(struct storage *st, const struct vm_disk *disk, struct disk_there *out)
{
	struct side *s = st->s;
	auto_pool virStoragePoolPtr pool = NULL;
	auto_vol virStorageVolPtr vol = NULL;
	const struct pool_seen *seen;

	if (!disk->pool || !disk->volume || !side_more(s, "looking for storage pools"))
		return;
	pool = virStoragePoolLookupByName(s->v, disk->pool);
	out->pool = side_tri(s, pool != NULL, VIR_ERR_NO_STORAGE_POOL, &out->why);
	if (!pool)
		return;
	list_pools(st);
	seen = pool_named(st, disk->pool);
	if (!seen) {
		out->why = st->why ? st->why : "the storage pool could not be looked at";
		return;
	}
	out->pool_host = seen->host;
	out->pool_source = seen->source;
	out->pool_active = seen->active ? TRI_YES : TRI_NO;
	if (holds_files(seen) && seen->target)
		out->path = arena_printf(s->arena, "%s/%s", seen->target, disk->volume);
	if (out->pool_active != TRI_YES || !side_more(s, "looking for volumes on the target host"))
		return;
	ask_room(s, pool, out);
	vol = virStorageVolLookupByName(pool, disk->volume);
	out->exists = side_tri(s, vol != NULL, VIR_ERR_NO_STORAGE_VOL, &out->why);
	if (seen->target && holds_files(seen))
		look_again(
			s, disk, arena_printf(s->arena, "%s/%s", seen->target, disk->volume), out);
	ask_image(s, disk, vol, out);
}

/*
 * No pool says that the path is there. Even a pool of its directory knows only the files that it
 * saw when it was last refreshed, and refreshing it is not for a check to do: a refresh that
 * fails makes libvirt stop the pool. The probe finds out. A disk that is copied is created through
 * the pool, so there its word counts; and of the test driver's storage there is nothing else.
 */
static void ask_covering(struct storage *st, const struct vm_disk *disk, struct disk_there *out)
{
	struct side *s = st->s;
	const struct pool_seen *seen;
	auto_pool virStoragePoolPtr pool = NULL;

	list_pools(st);
	seen = st->pools ? side_pool_of(st->pools, st->n, disk->source) : NULL;
	if (!seen) {
		out->why = st->why ? st->why : "no storage pool of the target host holds this path";
		return;
	}
	if (s->host->simulated || is_copied(s, disk))
		out->exists = TRI_NO;
	out->why = "the storage pool there did not see it when it was last refreshed";
	out->pool = out->pool_active = TRI_YES;
	out->folder_gone = is_copied(s, disk) && side_path(s, seen->target) == TRI_NO;
	if (side_more(s, "looking for storage pools"))
		pool = virStoragePoolLookupByName(s->v, seen->name);
	if (pool)
		ask_room(s, pool, out);
}

static void ask_path(struct storage *st, const struct vm_disk *disk, struct disk_there *out)
{
	struct side *s = st->s;
	auto_vol virStorageVolPtr vol = NULL;
	enum tri found;

	if (!side_more(s, "looking for disks on the target host"))
		return;
	vol = virStorageVolLookupByPath(s->v, disk->source);
	found = side_tri(s, vol != NULL, VIR_ERR_NO_STORAGE_VOL, &out->why);
	if (found == TRI_NO)
		ask_covering(st, disk, out);
	else
		out->exists = found;
	look_again(s, disk, disk->source, out);
	ask_image(s, disk, vol, out);
	/* A copy is written into what is there, whether a pool lists it or not. */
	if (found == TRI_NO && is_copied(s, disk) && side_path(s, disk->source) == TRI_YES)
		out->exists = TRI_YES;
	/* That it is there does not yet say that QEMU may open it; that it is not says all. */
	if (out->exists == TRI_UNKNOWN && side_path(s, disk->source) == TRI_NO)
		out->exists = TRI_NO;
}

/* The images below, down to one that a pool has not shown. */
static void ask_bases(struct side *s, const struct vm_disk *disk, struct disk_there *out)
{
	for (size_t i = 0; disk->backing_sources && i < disk->n_backing; i++) {
		const char *path = disk->backing_sources[i];

		if (path && path[0] == '/' && side_path(s, path) == TRI_NO) {
			out->base_absent = path;
			return;
		}
	}
}

static void ask_disk(struct storage *st, const struct vm_disk *disk, struct disk_there *out)
{
	if (!disk->source)
		out->exists = TRI_YES; /* an empty drive needs nothing */
	else if (strcmp(disk->type, "volume") == 0)
		ask_volume(st, disk, out);
	else if (strcmp(disk->type, "file") == 0 || strcmp(disk->type, "block") == 0)
		ask_path(st, disk, out);
	else if (strcmp(disk->type, "dir") == 0 && side_path(st->s, disk->source) == TRI_NO)
		out->exists = TRI_NO;
	else
		out->why =
			"storage of this type is opened by the guest's hypervisor process itself";
}

void gather_storage(struct side *s)
{
	const struct vm_config *config = &s->f->config;
	struct storage st = { .s = s };

	s->missing = NULL;
	for (size_t i = 0; i < config->n_disks; i++)
		ask_disk(&st, &config->disks[i], &s->f->disks_there[i]);
	for (size_t i = 0; i < config->n_disks; i++)
		ask_bases(s, &config->disks[i], &s->f->disks_there[i]);
	side_end(s, FACT_DST_STORAGE);
}
