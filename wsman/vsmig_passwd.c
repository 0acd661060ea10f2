#include "wsman/vsmig_passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"

enum { MAX_USER = 255, MAX_FILE = 8 << 20 };

int vsmig_passwd_check_user(const char *user, struct err *e)
{
	size_t n = strlen(user);

	if (n == 0 || n > MAX_USER)
		return err_set(e, ERR_CONFIG, "A user name has 1 to %d bytes", MAX_USER);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)user[i] <= ' ' || user[i] == ':' || user[i] == 0x7f)
			return err_set(e, ERR_CONFIG,
				"A user name holds no colon, blank or control character");
	if (*user == '#')
		return err_set(e, ERR_CONFIG, "A user name does not begin with '#'");
	return 0;
}

/* Reads the file; no file is an empty one, and *st then has st_mode 0. */
static int read_file(const char *path, struct buf *text, struct stat *st, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char part[4096];
	ssize_t n;

	memset(st, 0, sizeof *st);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, st) != 0) {
		int saved = errno;

		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_IO, "%s: %s", path, strerror(saved));
	}
	text->max = MAX_FILE;
	while ((n = read(fd, part, sizeof part)) > 0)
		buf_add(text, part, (size_t)n);
	close(fd);
	if (n < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	if (text->over)
		return err_set(e, ERR_LIMIT, "%s is larger than %d MiB", path, MAX_FILE >> 20);
	return 0;
}

static bool is_of(const char *line, size_t len, const char *user)
{
	size_t n = strlen(user);

	return len > n && memcmp(line, user, n) == 0 && line[n] == ':';
}

/* The file's text with the user's line put in place of the old one, or behind the last. */
static void edit(struct buf *out, const char *text, const char *user, const char *hash)
{
	bool done = false;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (!is_of(text, len, user)) {
			buf_add(out, text, len);
			buf_putc(out, '\n');
		} else if (!done) {
			buf_printf(out, "%s:%s\n", user, hash);
			done = true;
		}
		text += len;
		if (*text == '\n')
			text++;
	}
	if (!done)
		buf_printf(out, "%s:%s\n", user, hash);
}

static int write_all(int fd, const struct buf *b)
{
	for (size_t at = 0; at < b->len;) {
		ssize_t n = write(fd, b->data + at, b->len - at);

		if (n < 0 && errno != EINTR)
			return -1;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd);
}

static int replace(const char *path, const struct buf *text, const struct stat *old, struct err *e)
{
	auto_free char *temporary = NULL;
	struct buf name = { 0 };
	bool keep_owner = old->st_mode != 0;
	int fd, r = 0;

	buf_printf(&name, "%s.XXXXXX", path);
	temporary = buf_take(&name);
	fd = mkostemp(temporary, O_CLOEXEC); /* with mode 0600 */
	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", temporary, strerror(errno));
	if (write_all(fd, text) != 0 || (keep_owner && fchown(fd, old->st_uid, old->st_gid) != 0) ||
		fchmod(fd, S_IRUSR | S_IWUSR | (old->st_mode & S_IRGRP)) != 0 ||
		rename(temporary, path) != 0) {
		r = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		unlink(temporary);
	}
	close(fd);
	return r;
}

int vsmig_passwd_set(const char *path, const char *user, const char *hash, struct err *e)
{
	auto_buf struct buf old = { 0 }, new = { 0 };
	struct stat st;
	int r = vsmig_passwd_check_user(user, e);

	if (r == 0)
		r = read_file(path, &old, &st, e);
	if (r != 0)
		return r;
	edit(&new, old.data != NULL ? old.data : "", user, hash);
	return replace(path, &new, &st, e);
}
