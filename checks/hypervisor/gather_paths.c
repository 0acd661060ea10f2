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

#include "checks/hypervisor/side.h"

static enum tri meaning(const virError *err)
{
	if (!err || err->code != VIR_ERR_SYSTEM_ERROR || err->domain != VIR_FROM_QEMU)
		return TRI_UNKNOWN;
	switch (err->int1) {
	case ENOENT:
		return TRI_NO;
	case ENOTDIR:
	case EISDIR:
		return TRI_YES;
	default: /* EACCES may be that of a folder above */
		return TRI_UNKNOWN;
	}
}

enum tri side_path(struct side *s, const char *path)
{
	const struct vm_config *c = &s->f->config;
	const char *slashed;

	if (!s->driver || strcmp(s->driver, "QEMU") != 0 || path[0] != '/' ||
		!side_more(s, "looking for files on the target host"))
		return TRI_UNKNOWN;
	slashed = arena_printf(s->arena, "%s/", path);
	/* It has no emulator there, so that there never is a document. */
	if (virConnectGetDomainCapabilities(s->v, slashed, c->arch, c->machine, c->virt, 0))
		return TRI_UNKNOWN;
	return meaning(virGetLastError());
}

static const char *folder_of(struct side *s, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_strndup(s->arena, path, (size_t)(slash - path));
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
	return side_path(s, p->kind == PATH_FOLDER ? folder_of(s, p->path) : p->path);
}

void gather_paths(struct side *s)
{
	struct facts *f = s->f;

	for (size_t i = 0; i < f->config.n_paths; i++)
		f->paths_there[i] = ask(s, &f->config.paths[i]);
	if (f->config.loader)
		f->loader_there = side_path(s, f->config.loader);
}
