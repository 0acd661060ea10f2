#include "checks/hypervisor/fs.h"
#include "checks/hypervisor/open.h"
#include "daemon/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { FUSE_MAGIC = 0x65735546 };

/*
 * What libvirt 9 counts as shared (virFileIsSharedFS), and of it what it counts as coherent, so
 * that cache modes do not matter (virFileIsClusterFS). The magic number decides, as it does for
 * libvirt; for FUSE, and where only a list of mounts could be read, the type's name does.
 */
static const struct shared {
	unsigned magic; /* 0: by name alone */
	const char *name;
	bool coherent;
} shared[] = {
	{ 0x6969, "nfs", false },
	{ 0x6969, "nfs4", false },
	{ 0x01161970, "gfs2", true },
	{ 0x7461636f, "ocfs2", true },
	{ 0x6b414653, "afs", false },
	{ 0x517b, "smbfs", false },
	{ 0xff534d42, "cifs", false },
	{ 0x00c36400, "ceph", true },
	{ 0x47504653, "gpfs", false },
	{ 0x61636673, "acfs", false },
	{ 0x19830326, "beegfs", false },
	{ 0, "fuse.glusterfs", true },
	{ 0, "fuse.quobyte", false },
};

static const struct shared *shared_by(unsigned magic, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
		if (magic && magic != FUSE_MAGIC ? shared[i].magic == magic
						 : name && strcmp(shared[i].name, name) == 0)
			return &shared[i];
	}
	return NULL;
}

static pid_t daemon_of(const char *socket_path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ucred cred = { 0 };
	socklen_t len = sizeof cred;
	int fd;

	if (strlen(socket_path) >= sizeof sun.sun_path)
		return 0;
	memcpy(sun.sun_path, socket_path, strlen(socket_path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return 0;
	if (connect(fd, (struct sockaddr *)&sun, sizeof sun) < 0 ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		cred.pid = 0;
	close(fd);
	return cred.pid;
}

static pid_t find_daemon(const struct open_target *t)
{
	static const char *const usual[] = {
		"/run/libvirt/virtqemud-sock",
		"/run/libvirt/libvirt-sock",
	};
	pid_t pid = 0;

	if (t->socket[0])
		return daemon_of(t->socket);
	for (size_t i = 0; i < ARRAY_LEN(usual) && pid == 0; i++)
		pid = daemon_of(usual[i]);
	return pid;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct buf b = { .max = 4 << 20 };
	size_t n = 0;
	char *at;

	if (!f)
		return NULL;
	while ((at = buf_reserve(&b, 4096)) && (n = fread(at, 1, 4096, f)) > 0) {
		b.len += n;
		at[n] = '\0';
	}
	fclose(f);
	if (b.over || !b.len) {
		buf_free(&b);
		return NULL;
	}
	return buf_take(&b);
}

pid_t fs_daemon(const char *uri, const char **why)
{
	struct open_target t;
	pid_t pid;

	open_parse(uri, &t);
	if (t.host[0] && !(t.socket[0] && strcasecmp(t.transport, "unix") == 0)) {
		*why = "the source hypervisor is on another machine";
		return 0;
	}
	pid = find_daemon(&t);
	if (pid > 0)
		return pid;
	*why = "the process of the source hypervisor's daemon was not found";
	return 0;
}

void fs_view_open(struct fs_view *v, pid_t pid, const char *why)
{
	char path[64];

	*v = (struct fs_view){ .root = -1, .why = why };
	if (pid <= 0)
		return;
	snprintf(path, sizeof path, "/proc/%d/root", (int)pid);
	v->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%d/mountinfo", (int)pid);
	v->mounts = read_file(path);
	if (v->root < 0 && !v->mounts)
		v->why =
			"this service may not look at the mounts of the source hypervisor's daemon";
}

void fs_view_close(struct fs_view *v)
{
	if (v->root >= 0)
		close(v->root);
	free(v->mounts);
	*v = (struct fs_view){ .root = -1 };
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *s)
{
	char *out = s;

	for (; *s; s++, out++) {
		*out = *s;
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*out = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		}
	}
	*out = '\0';
}

/* How much of path a mount point covers; 0: nothing of it. */
static size_t covers(const char *point, const char *path)
{
	size_t len = strlen(point);

	if (strcmp(point, "/") == 0)
		return 1;
	if (strncmp(path, point, len) != 0 || (path[len] && path[len] != '/'))
		return 0;
	return len;
}

/* A later mount on the same point hides the earlier one. */
char *fs_type_in(const char *mountinfo, const char *path, unsigned long mount_id)
{
	char *text = mem_strdup(mountinfo), *found = NULL, *rest = NULL;
	size_t best = 0;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *dash = strstr(line, " - ");
		char point[4096], type[128];
		unsigned long id;
		size_t len;

		if (mount_id && strtoul(line, NULL, 10) != mount_id)
			continue; /* most of them: not worth reading any further */
		if (!dash || sscanf(line, "%lu %*u %*s %*s %4095s", &id, point) != 2 ||
			sscanf(dash, " - %127s", type) != 1)
			continue;
		unescape(point);
		len = mount_id ? id == mount_id : covers(point, path);
		if (len < best || len == 0)
			continue;
		best = len;
		free(found);
		found = mem_strdup(type);
	}
	free(text);
	return found;
}

/* Opens the path, or the nearest directory above it that is there, inside the daemon's root. */
static int open_near(int root, const char *path, struct arena *a)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	char *at = arena_strdup(a, path);
	long fd;

	while ((fd = syscall(SYS_openat2, root, *at ? at : "/", &how, sizeof how)) < 0) {
		char *slash = strrchr(at, '/');

		if (!slash || !*at)
			return -1;
		*slash = '\0';
	}
	return (int)fd;
}

static bool look_up(const struct fs_view *v, const char *path, struct stat *st)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	long fd = v->root < 0 ? -1 : syscall(SYS_openat2, v->root, path, &how, sizeof how);
	bool ok = fd >= 0 && fstat((int)fd, st) == 0;

	if (fd >= 0)
		close((int)fd);
	return ok;
}

enum tri fs_same(const struct fs_view *v, const char *path, const char *other)
{
	struct stat a, b;

	if (!look_up(v, path, &a) || !look_up(v, other, &b))
		return TRI_UNKNOWN;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino ? TRI_YES : TRI_NO;
}

uint64_t fs_size(const struct fs_view *v, const char *path, int64_t *changed)
{
	struct stat st;
	bool ok = look_up(v, path, &st) && S_ISREG(st.st_mode);

	if (ok && changed)
		*changed = st.st_ctime;
	return ok ? (uint64_t)st.st_size : 0;
}

static unsigned long mount_id_of(int fd)
{
	unsigned long id = 0;
	char path[64];
	char *text;
	const char *at;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	text = read_file(path);
	at = text ? strstr(text, "mnt_id:") : NULL;
	if (at)
		id = strtoul(at + 7, NULL, 10);
	free(text);
	return id;
}

static void judge(unsigned magic, const char *name, struct arena *a, struct disk_here *out)
{
	const struct shared *kind = shared_by(magic, name);

	out->shared_fs = kind ? TRI_YES : TRI_NO;
	out->coherent = kind && kind->coherent ? TRI_YES : TRI_NO;
	out->fs = name ? arena_strdup(a, name) : kind ? kind->name : NULL;
	out->why = NULL;
}

static bool look_inside(
	const struct fs_view *v, const char *path, struct arena *a, struct disk_here *out)
{
	int fd = v->root < 0 ? -1 : open_near(v->root, path, a);
	struct statfs sb;
	unsigned long id;
	char *name = NULL;
	bool ok;

	if (fd < 0)
		return false;
	ok = fstatfs(fd, &sb) == 0;
	id = ok ? mount_id_of(fd) : 0;
	close(fd);
	if (id && v->mounts)
		name = fs_type_in(v->mounts, path, id);
	/* Of FUSE the name is everything. */
	ok = ok && ((unsigned)sb.f_type != FUSE_MAGIC || name);
	if (ok)
		judge((unsigned)sb.f_type, name, a, out);
	free(name);
	return ok;
}

void fs_look(const struct fs_view *v, const char *path, struct arena *a, struct disk_here *out)
{
	char *real, *name;

	if (look_inside(v, path, a, out))
		return;
	out->why = v->why ? v->why : "the file system could not be looked at";
	if (!v->mounts)
		return;
	/* By the list of mounts alone: symbolic links are followed as far as we see them. */
	real = realpath(path, NULL);
	name = fs_type_in(v->mounts, real ? real : path, 0);
	if (name)
		judge(0, name, a, out);
	free(name);
	free(real);
}
