/*
 * Whether files, folders and device nodes are there on the destination.
 *
 * No call of libvirt is made for this question, but QEMU's driver answers it: asked what guests
 * an emulator at that path may have, it looks at the path first, and the error says what it met.
 * A slash behind the path keeps whatever is there from being run: with it, what is no folder
 * cannot even be looked at (ENOTDIR), and a folder is no program (EISDIR, EACCES).
 */
#include <errno.h>
#include <string.h>

#include "checks/hypervisor/cache.h"
#include "checks/hypervisor/side.h"

enum kind { KIND_UNKNOWN, KIND_ABSENT, KIND_FOLDER, KIND_OTHER };

/* A file in the middle of the path looks like one at its end. */
static enum kind meaning(const virError *err)
{
	if (!err || err->code != VIR_ERR_SYSTEM_ERROR || err->domain != VIR_FROM_QEMU)
		return KIND_UNKNOWN;
	switch (err->int1) {
	case ENOENT:
		return KIND_ABSENT;
	case ENOTDIR:
		return KIND_OTHER;
	case EISDIR:
		return KIND_FOLDER;
	default: /* EACCES may be that of a folder above */
		return KIND_UNKNOWN;
	}
}

static enum kind kind_of(struct side *s, const char *path)
{
	const struct vm_config *c = &s->f->config;
	const char *slashed;

	if (!s->driver || strcmp(s->driver, "QEMU") != 0 || path[0] != '/' ||
		!side_more(s, "looking for files on the target host"))
		return KIND_UNKNOWN;
	slashed = arena_printf(s->arena, "%s/", path);
	/* It has no emulator there, so that there never is a document. */
	if (virConnectGetDomainCapabilities(s->v, slashed, c->arch, c->machine, c->virt, 0))
		return KIND_UNKNOWN;
	return meaning(virGetLastError());
}

enum tri side_path(struct side *s, const char *path)
{
	switch (kind_of(s, path)) {
	case KIND_ABSENT:
		return TRI_NO;
	case KIND_FOLDER:
	case KIND_OTHER:
		return TRI_YES;
	default:
		return TRI_UNKNOWN;
	}
}

static const char *folder_of(struct side *s, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_strndup(s->arena, path, (size_t)(slash - path));
}

/* Whether a file can be made: its folder is one, and it is none itself. */
static enum tri makeable(struct side *s, const char *path)
{
	enum kind folder = kind_of(s, folder_of(s, path));

	if (folder == KIND_ABSENT || folder == KIND_OTHER)
		return TRI_NO;
	if (folder == KIND_FOLDER && kind_of(s, path) == KIND_FOLDER)
		return TRI_NO;
	return folder == KIND_FOLDER ? TRI_YES : TRI_UNKNOWN;
}

static enum tri ask(struct side *s, const struct vm_path *p)
{
	const char *nvram = s->f->config.nvram;
	enum tri there;

	if (p->kind == PATH_TEMPLATE && nvram && side_path(s, nvram) == TRI_YES)
		return TRI_YES;
	if (p->kind == PATH_PIPE) {
		there = side_path(s, p->path);
		return there == TRI_NO ? side_path(s, arena_printf(s->arena, "%s.in", p->path))
				       : there;
	}
	return p->kind == PATH_FOLDER ? makeable(s, p->path) : side_path(s, p->path);
}

static enum tri known_path(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->config.n_paths; i++)
		if (f->config.paths[i].kind == PATH_FILE &&
			strcmp(f->config.paths[i].path, path) == 0)
			return f->paths_there[i];
	return TRI_UNKNOWN;
}

const char *const side_data_folders[] = { "/usr/share/qemu", "/usr/share/seabios",
	"/usr/share/seavgabios", "/usr/lib/ipxe/qemu", "/usr/share/ipxe/qemu", NULL };

static const void *look_for(struct side *s, const char *name, struct arena *a)
{
	for (size_t k = 0; side_data_folders[k]; k++) {
		const char *path = arena_printf(a, "%s/%s", side_data_folders[k], name);

		if (kind_of(s, path) == KIND_OTHER)
			return path;
	}
	return NULL;
}

/* A program, or since libvirt 6.5 a folder of programs, which may be empty. That there is none is known
 * where libvirt has its configuration there too, and not in another folder that it was built for. */
static const void *look_for_hook(struct side *s, const char *name, struct arena *a)
{
	static const enum tri none = TRI_NO, one = TRI_YES;
	const char *folder = arena_printf(a, "%s.d", name);
	enum kind kind = kind_of(s, name);

	if (kind == KIND_OTHER)
		return &one;
	return kind == KIND_ABSENT && kind_of(s, folder) == KIND_ABSENT &&
			       kind_of(s, "/etc/libvirt/qemu.conf") == KIND_OTHER
		       ? &none
		       : NULL;
}

/* What is the same for all guests is kept for some minutes. */
static const void *kept(struct side *s, const char *name,
	const void *(*look)(struct side *s, const char *name, struct arena *a))
{
	const char *key = side_aged(s, arena_printf(s->arena, "file %s", name));
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);

	if (!b) {
		b = box_new();
		b->value = (void *)look(s, name, b->arena);
		if (!side_late(s))
			cache_put(conn_cache(s->conn), s->generation, key, b);
	}
	box_keep(s->arena, b);
	return b->value;
}

/* NVRAM that is absent is made; only one that is there can have another size. */
static void look_for_image(struct side *s, const struct vm_image *image, struct image_here *out)
{
	enum tri there = TRI_UNKNOWN;

	if (!side_moves_running(s->f))
		return;
	if (image->name) {
		out->there = kept(s, image->name, look_for);
		return;
	}
	if (image->kind == IMAGE_FIRMWARE)
		there = s->f->loader_there;
	else if (image->kind == IMAGE_NVRAM)
		there = side_path(s, image->path);
	else
		there = known_path(s->f, image->path);
	out->there = there == TRI_YES ? image->path : NULL;
	out->absent = there == TRI_NO;
}

void gather_paths(struct side *s)
{
	struct facts *f = s->f;
	const enum tri *hook = kept(s, "/etc/libvirt/hooks/qemu", look_for_hook);

	f->hook_there = hook ? *hook : TRI_UNKNOWN;
	for (size_t i = 0; i < f->config.n_paths; i++)
		f->paths_there[i] = ask(s, &f->config.paths[i]);
	if (f->config.loader)
		f->loader_there = side_path(s, f->config.loader);
	for (size_t i = 0; i < f->config.n_images; i++)
		look_for_image(s, &f->config.images[i], &f->images[i]);
}
