#include "checks/hypervisor/guard.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "checks/hypervisor/open.h"
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/clock.h"

enum {
	OUT_MAX = 64, /* guests told of at a time */
	URI_SIZE = 2048,
	ROUND_MS = 250,
	QUIET_ROUNDS = 12, /* one that is being started may not be listed yet */
	TRY_MS = 30000, /* then it is left to the next daemon's sweep */
	OPEN_MS = 10000,
	FDS_MAX = 1024, /* at the start there are a few */
};

struct note {
	bool out;
	char uuid[VIR_UUID_STRING_BUFLEN];
	char from[URI_SIZE], to[URI_SIZE];
};

static int guard = -1; /* our end */

/* The guard's process. */

static struct note notes[OUT_MAX];
static size_t n_notes;

static void forget(const char *uuid)
{
	for (size_t i = 0; i < n_notes; i++)
		if (strcmp(notes[i].uuid, uuid) == 0) {
			memmove(&notes[i], &notes[i + 1], (--n_notes - i) * sizeof *notes);
			return;
		}
}

static void remember(const struct note *note)
{
	forget(note->uuid);
	if (n_notes == OUT_MAX)
		forget(notes[0].uuid);
	notes[n_notes++] = *note;
}

/* Nobody starts it any more, and there is none. */
static bool is_gone(virConnectPtr v, const char *uuid)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(v, uuid);

	if (!dom)
		return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
	/* To destroy what is being started would wait for that. */
	if (!probe_starting(dom))
		probe_destroy(dom);
	return false;
}

static bool all_gone(const char *uri)
{
	char text[OPEN_TEXT];
	virConnectPtr v = open_once(uri, clock_in(OPEN_MS), text);
	bool gone = v != NULL;

	for (size_t i = 0; v && i < n_notes; i++)
		if (strcmp(notes[i].from, uri) == 0 || strcmp(notes[i].to, uri) == 0)
			gone &= is_gone(v, notes[i].uuid);
	if (v)
		virConnectClose(v);
	return gone;
}

static void take_away_from(const char *uri)
{
	int64_t until = clock_in(TRY_MS);
	unsigned quiet_rounds = 0;

	if (!hv_libvirt_init())
		return;
	alarm(TRY_MS / 1000); /* libvirt's calls end when they please */
	while (quiet_rounds < QUIET_ROUNDS && clock_left(until) > 0) {
		quiet_rounds = all_gone(uri) ? quiet_rounds + 1 : 0;
		nanosleep(&(struct timespec){ .tv_nsec = ROUND_MS * 1000000L }, NULL);
	}
}

static bool is_new(const char *uri, size_t notes_before)
{
	for (size_t i = 0; i < notes_before; i++)
		if (strcmp(notes[i].from, uri) == 0 || strcmp(notes[i].to, uri) == 0)
			return false;
	return true;
}

/* One process for each host: none waits for another that is dead. */
static void take_away(void)
{
	for (size_t i = 0; i < n_notes; i++) {
		const char *const uris[] = { notes[i].from, notes[i].to };

		for (size_t k = 0; k < ARRAY_LEN(uris); k++)
			if (is_new(uris[k], i) && fork() == 0) {
				take_away_from(uris[k]);
				_exit(0);
			}
	}
	while (wait(NULL) > 0)
		continue;
}

/* The signals that end the daemon are blocked in here too: only its end ends the guard. */
static void watch(int fd)
{
	struct note note;
	ssize_t n;

	prctl(PR_SET_NAME, "vsmigd-guard");
	while ((n = recv(fd, &note, sizeof note, 0)) != 0) {
		if (n == sizeof note && note.out)
			remember(&note);
		else if (n == sizeof note)
			forget(note.uuid);
		else if (n < 0 && errno != EINTR)
			break;
	}
	take_away();
}

/* The daemon's. */

/* All but the guard's end, and what a process is born with: sockets that the daemon was given, and its own
 * end of ours among them, must close with it. */
static void become_guard(int ends[2])
{
	int end = dup(ends[1]);

	for (int fd = STDERR_FILENO + 1; fd < FDS_MAX; fd++)
		if (fd != end)
			close(fd);
	if (end >= 0)
		watch(end);
	_exit(0);
}

void guard_start(void)
{
	int ends[2];
	pid_t pid;

	if (guard >= 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return;
	pid = fork();
	if (pid == 0)
		become_guard(ends);
	close(ends[1]);
	if (pid > 0)
		guard = ends[0];
	else
		close(ends[0]);
}

static bool copy(char out[URI_SIZE], const char *uri)
{
	return strlen(uri) < URI_SIZE && memcpy(out, uri, strlen(uri));
}

static bool tell(const struct note *note)
{
	ssize_t n;

	while ((n = send(guard, note, sizeof *note, MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 &&
		errno == EINTR)
		continue;
	return n == sizeof *note;
}

bool guard_out(const char *uuid, const char *from_uri, const char *to_uri)
{
	struct note note = { .out = true };

	memcpy(note.uuid, uuid, strnlen(uuid, sizeof note.uuid - 1));
	return copy(note.from, from_uri) && copy(note.to, to_uri) && tell(&note);
}

void guard_in(const char *uuid)
{
	struct note note = { .out = false };

	memcpy(note.uuid, uuid, strnlen(uuid, sizeof note.uuid - 1));
	tell(&note);
}
