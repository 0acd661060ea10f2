/*
 * The file system that holds a path, as the libvirt daemon that will judge it sees it: it may
 * live in a mount namespace of its own.
 */
#ifndef VSMIGD_HV_FS_H
#define VSMIGD_HV_FS_H

#include <sys/types.h>

#include "checks/facts.h"

/* One look at one daemon. */
struct fs_view {
	int root; /* a directory file descriptor of its root; -1: not permitted */
	char *mounts; /* its /proc/PID/mountinfo; NULL: not permitted */
	const char *why; /* static: why neither could be had */
};

/*
 * The process of the daemon behind a local URI; 0: none was found, or it is on another machine,
 * and why is a static sentence. Asks by connecting to the daemon's socket, which costs it a
 * client: once for a connection.
 */
pid_t fs_daemon(const char *uri, const char **why);
/* pid 0, for why: a look that sees nothing. */
void fs_view_open(struct fs_view *v, pid_t pid, const char *why);
void fs_view_close(struct fs_view *v);

/* Fills shared_fs, coherent and fs, or why. fs lives in a. */
void fs_look(const struct fs_view *v, const char *path, struct arena *a, struct disk_here *out);

/* Bytes of the file at the path; 0: it could not be looked at. *changed: when it was, or NULL. */
uint64_t fs_size(const struct fs_view *v, const char *path, int64_t *changed);

/* Whether both paths lead to one file; unknown where one of them could not be looked at. */
enum tri fs_same(const struct fs_view *v, const char *path, const char *other);

/* For tests: what a line of mountinfo text says of a path. NULL when none holds it. */
char *fs_type_in(const char *mountinfo, const char *path, unsigned long mount_id);

#endif
