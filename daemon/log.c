#include "daemon/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Longer values are cut: the peer chooses some of them. */
enum { VALUE_MAX = 1024 };

static const struct {
	const char *name;
	char priority; /* syslog's */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", '3' },
	[LOG_LEVEL_WARNING] = { "warning", '4' },
	[LOG_LEVEL_INFO] = { "info", '6' },
	[LOG_LEVEL_DEBUG] = { "debug", '7' },
};
_Static_assert(sizeof levels / sizeof *levels == LOG_LEVEL_COUNT, "a level without a row");

static _Atomic int threshold = LOG_LEVEL_INFO;
static bool journal;

void log_init(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	/* Device and inode of the journal's socket; a redirection leaves the variable behind. */
	journal = stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
		  fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_set_level(enum log_level level)
{
	atomic_store(&threshold, (int)level);
}

/* The length of the well-formed UTF-8 character at s, 0 when there is none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned c;

	if (len < 2)
		return len;
	if (s[0] > 0xf4 || n < len)
		return 0;
	c = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	return c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : len;
}

/* How many bytes at s are shown as they are; 0: the first one is escaped. */
static size_t shown(const unsigned char *s, size_t n)
{
	size_t len = utf8_length(s, n);

	if (len == 1)
		return s[0] >= 0x20 && s[0] < 0x7f && s[0] != '"' && s[0] != '\\';
	/* C1 controls, and the two line separators of Unicode. */
	if (len == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	if (len == 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9))
		return 0;
	return len;
}

static bool needs_quotes(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || strchr("\"\\='", s[i]))
			return true;
	return n == 0;
}

static void add_escaped(struct buf *out, const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = shown(s + i, n - i);

		if (len)
			buf_add(out, s + i, len);
		else if (s[i] == '"' || s[i] == '\\')
			buf_printf(out, "\\%c", s[i]);
		else
			buf_printf(out, "\\x%02x", s[i]);
		i += len ? len : 1;
	}
}

void log_value(struct buf *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t whole = strlen(value), n = whole > VALUE_MAX ? VALUE_MAX : whole;

	if (!needs_quotes(s, n)) {
		buf_add(out, s, n);
	} else {
		buf_putc(out, '"');
		add_escaped(out, s, n);
		buf_putc(out, '"');
	}
	if (n < whole)
		buf_puts(out, "...");
}

static void begin(struct buf *out, enum log_level level)
{
	struct timespec now;
	struct tm tm;

	if (journal) {
		buf_printf(out, "<%c>", levels[level].priority);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
}

/* One write per line keeps the lines of several threads apart. */
static void send_line(struct buf *line)
{
	size_t done = 0;
	ssize_t n;

	buf_putc(line, '\n');
	while (done < line->len) {
		n = TEMP_FAILURE_RETRY(write(STDERR_FILENO, line->data + done, line->len - done));
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void write_event(
	enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	auto_buf struct buf line = { 0 };

	begin(&line, level);
	buf_printf(&line, "level=%s event=%s", levels[level].name, event);
	for (size_t i = 0; i < n; i++) {
		const struct log_field *f = &fields[i];

		if (f->number)
			buf_printf(&line, " %s=%" PRId64, f->key, *f->number);
		if (!f->text)
			continue;
		buf_printf(&line, " %s=", f->key);
		log_value(&line, f->text);
	}
	send_line(&line);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	if ((int)level <= atomic_load_explicit(&threshold, memory_order_relaxed))
		write_event(level, event, fields, n);
}

void log_always(const char *event, const struct log_field *fields, size_t n)
{
	write_event(LOG_LEVEL_INFO, event, fields, n);
}

void log_line(const char *fmt, ...)
{
	auto_buf struct buf line = { 0 };
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (journal)
		begin(&line, LOG_LEVEL_INFO);
	buf_puts(&line, text);
	send_line(&line);
}
