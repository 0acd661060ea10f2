#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/notify.h"

/* A socket as a service manager has it; address[0] is '@' for an abstract one. */
static int open_manager(const char *address)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(address);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, address, n);
	if (*address == '@')
		at.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
		0);
	setenv("NOTIFY_SOCKET", address, 1);
	return fd;
}

static void expect(int fd, const char *want)
{
	char got[256];
	ssize_t n = recv(fd, got, sizeof got - 1, 0);

	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	ck_assert_msg(strncmp(got, want, strlen(want)) == 0, "%s", got);
}

START_TEST(test_states)
{
	char address[64];
	int fd;

	snprintf(address, sizeof address, _i ? "@vsmigd-notify-%d" : "/tmp/vsmigd-notify-%d",
		(int)getpid());
	fd = open_manager(address);
	notify_ready();
	expect(fd, "READY=1\n");
	notify_reloading();
	expect(fd, "RELOADING=1\nMONOTONIC_USEC=");
	notify_stopping();
	expect(fd, "STOPPING=1\n");
	if (!_i)
		unlink(address);
	close(fd);
}
END_TEST

START_TEST(test_nobody_listens)
{
	unsetenv("NOTIFY_SOCKET");
	notify_ready();
	setenv("NOTIFY_SOCKET", "", 1);
	notify_ready();
	setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
	notify_ready();
}
END_TEST

static const struct {
	const char *name, *pid, *fds; /* pid NULL: the right one */
	size_t max, want;
} handed[] = {
	{ "two", NULL, "2", 8, 2 },
	{ "more than there is room", NULL, "2", 1, 1 },
	{ "more than are open", NULL, "60000", 8, 2 },
	{ "none", NULL, "0", 8, 0 },
	{ "for another process", "1", "2", 8, 0 },
	{ "no number", NULL, "2x", 8, 0 },
	{ "negative", NULL, "-2", 8, 0 },
	{ "overflow", NULL, "99999999999999999999", 8, 0 },
	{ "empty", NULL, "", 8, 0 },
};

/*
 * In a process of its own, whose descriptors 3 and 4 alone are open beside the standard ones: 0
 * when row i is as it should be, else which expectation failed.
 */
static int try_handed(size_t i)
{
	int fds[8], zero = open("/dev/null", O_RDONLY);
	char pid[16];

	if (dup2(zero, 3) < 0 || dup2(zero, 4) < 0)
		return 1;
	for (int fd = 5; fd < 1024; fd++)
		close(fd);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", handed[i].pid ? handed[i].pid : pid, 1);
	setenv("LISTEN_FDS", handed[i].fds, 1);
	if (notify_listen_fds(fds, handed[i].max) != handed[i].want)
		return 2;
	for (size_t k = 0; k < handed[i].want; k++)
		if (fds[k] != 3 + (int)k || !(fcntl(fds[k], F_GETFD) & FD_CLOEXEC))
			return 3;
	if (getenv("LISTEN_FDS") || getenv("LISTEN_PID"))
		return 4;
	return notify_listen_fds(fds, 8) == 0 ? 0 : 5;
}

START_TEST(test_listen_fds)
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(try_handed((size_t)_i));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(status == 0, "%s: %d", handed[_i].name, WEXITSTATUS(status));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_notify");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, test_states, 0, 2);
	tcase_add_test(t, test_nobody_listens);
	tcase_add_loop_test(t, test_listen_fds, 0, (int)(sizeof handed / sizeof *handed));
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
