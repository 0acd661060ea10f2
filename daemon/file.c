#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, size_t max, struct buf *out)
{
	ssize_t n;
	char *at;

	do {
		/* One byte more than allowed tells a file that is too long. */
		at = buf_reserve(out, max + 1 - out->len);
		n = TEMP_FAILURE_RETRY(read(fd, at, max + 1 - out->len));
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 && out->len <= max);
	if (out->data)
		out->data[out->len] = '\0';
	return n < 0 ? -1 : 0;
}

static int read_fd(
	int fd, const char *path, size_t max, struct buf *out, mode_t *mode, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_IO, "cannot examine %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_IO, "%s is not a regular file", path);
	if (read_all(fd, max, out) < 0)
		return err_set(e, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	if (out->len > max)
		return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
	if (memchr(out->data, '\0', out->len))
		return err_set(e, ERR_CONFIG, "%s is not a text file: it has a zero byte", path);
	if (mode)
		*mode = st.st_mode;
	return 0;
}

int file_read(const char *path, size_t max, struct buf *out, mode_t *mode, struct err *e)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;

	if (fd < 0)
		return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
	rc = read_fd(fd, path, max, out, mode, e);
	close(fd);
	return rc;
}

char *file_line(char **rest)
{
	return strsep(rest, "\n");
}

char *file_trim(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t n = strlen(s); n && strchr(" \t\r", s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}
