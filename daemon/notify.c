#include "daemon/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"

enum { FIRST_FD = 3 };

static int send_to(const char *path, const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	ssize_t sent;
	int fd;

	if (n >= sizeof to.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, n);
	/* '@' stands for the zero byte of an abstract address. */
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
	return sent < 0 ? -1 : 0;
}

static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path && *path && send_to(path, text) < 0)
		log_event(LOG_LEVEL_WARNING, "notify-failed", LOG_TEXT("socket", path),
			LOG_TEXT("reason", strerror(errno)));
}

void notify_ready(void)
{
	notify("READY=1\nSTATUS=Answering requests");
}

void notify_reloading(void)
{
	struct timespec now;
	char text[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify(text);
}

void notify_stopping(void)
{
	notify("STOPPING=1\nSTATUS=Answering the last requests");
}

/* A whole number up to INT_MAX, -1 when the variable is not one. */
static long number_in(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long v;

	if (!text || !*text)
		return -1;
	errno = 0;
	v = strtol(text, &end, 10);
	return errno || *end || v < 0 || v > INT32_MAX ? -1 : v;
}

size_t notify_listen_fds(int *fds, size_t max)
{
	long n = number_in("LISTEN_FDS");
	size_t got = 0;

	if (number_in("LISTEN_PID") != getpid())
		n = 0;
	for (int fd = FIRST_FD; fd < FIRST_FD + n && got < max; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
			break;
		fds[got++] = fd;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return got;
}
