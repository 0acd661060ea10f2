#include "wsman/vsmig_password.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/base/digest.h"
#include "daemon/base/mem.h"

enum { MAX_PASSWORD = 512, RANDOM_LENGTH = 24 };

void vsmig_password_free(char *password)
{
	if (password != NULL)
		explicit_bzero(password, strlen(password));
	free(password);
}

/* One line of fd, byte by byte, so that nothing behind it is consumed or lies in a buffer. */
static int read_line(int fd, const char *what, char **password, struct err *e)
{
	char line[MAX_PASSWORD + 1];
	size_t n = 0;
	ssize_t got;
	int r = 0;

	while ((got = read(fd, &line[n], 1)) == 1 && line[n] != '\n' && n < MAX_PASSWORD)
		n++;
	if (got < 0)
		r = err_set(e, ERR_IO, "%s: %s", what, strerror(errno));
	else if (n == MAX_PASSWORD)
		r = err_set(
			e, ERR_CONFIG, "%s: a password has less than %d bytes", what, MAX_PASSWORD);
	else if (n > 0 && line[n - 1] == '\r')
		n--;
	if (r == 0 && (n == 0 || memchr(line, '\0', n) != NULL))
		r = err_set(e, ERR_CONFIG, "%s holds no password", what);
	if (r == 0)
		*password = mem_strndup(line, n);
	explicit_bzero(line, sizeof line);
	return r;
}

int vsmig_password_from_file(const char *path, char **password, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	r = read_line(fd, path, password, e);
	close(fd);
	return r;
}

int vsmig_password_from_stdin(char **password, struct err *e)
{
	return read_line(STDIN_FILENO, "Standard input", password, e);
}

static volatile sig_atomic_t caught;

static void note_signal(int signal)
{
	caught = signal;
}

/* Signals that would leave the terminal without echo are only noted, and raised again later. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

/* Waits for a line with those signals let in only while it waits: none is overlooked. */
static int read_quietly(int tty, char **password, struct err *e)
{
	struct pollfd typed = { .fd = tty, .events = POLLIN };
	sigset_t held, before;
	int r;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, &before);
	if (caught == 0 && ppoll(&typed, 1, NULL, &before) == 1)
		r = read_line(tty, "The terminal", password, e);
	else
		r = err_set(e, ERR_IO, "No password was given");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int ask_once(int tty, const char *prompt, char **password, struct err *e)
{
	const struct sigaction noted = { .sa_handler = note_signal };
	struct sigaction before[ARRAY_LEN(signals)];
	struct termios old, quiet;
	int r;

	if (tcgetattr(tty, &old) != 0)
		return err_set(e, ERR_IO, "The terminal: %s", strerror(errno));
	caught = 0;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaction(signals[i], &noted, &before[i]);
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(tty, TCSAFLUSH, &quiet) == 0) {
		dprintf(tty, "%s: ", prompt);
		r = read_quietly(tty, password, e);
		dprintf(tty, "\n");
		tcsetattr(tty, TCSAFLUSH, &old);
	} else {
		r = err_set(e, ERR_IO, "The terminal: %s", strerror(errno));
	}
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	if (caught != 0)
		raise(caught);
	return r;
}

int vsmig_password_ask(const char *prompt, bool confirm, char **password, struct err *e)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char *first = NULL, *again = NULL;
	int r;

	if (tty < 0)
		return err_set(e, ERR_IO, "There is no terminal to ask for a password on");
	r = ask_once(tty, prompt, &first, e);
	if (r == 0 && confirm)
		r = ask_once(tty, "Again", &again, e);
	close(tty);
	if (r == 0 && confirm && strcmp(first, again) != 0)
		r = err_set(e, ERR_CONFIG, "The two passwords differ");
	vsmig_password_free(again);
	if (r == 0)
		*password = take(first);
	vsmig_password_free(first);
	return r;
}

char *vsmig_password_random(void)
{
	static const char set[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
	const unsigned fair = 256 - 256 % (sizeof set - 1);
	char *p = mem_calloc(RANDOM_LENGTH + 1, 1);

	for (size_t i = 0; i < RANDOM_LENGTH;) {
		unsigned char byte;

		digest_random(&byte, 1);
		if (byte < fair)
			p[i++] = set[byte % (sizeof set - 1)];
	}
	return p;
}

int vsmig_password_hash(const char *password, char **hash, struct err *e)
{
	struct crypt_data *data = mem_calloc(1, sizeof *data);
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *text = NULL;
	int r = 0;

	if (crypt_gensalt_rn("$y$", 0, NULL, 0, salt, sizeof salt) != NULL)
		text = crypt_r(password, salt, data);
	if (text == NULL || *text == '*')
		r = err_set(e, ERR_INTERNAL, "crypt(3) cannot make a yescrypt hash: %s",
			strerror(errno));
	else
		*hash = mem_strdup(text);
	explicit_bzero(data, sizeof *data);
	free(data);
	return r;
}
