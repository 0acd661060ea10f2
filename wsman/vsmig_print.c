#include "wsman/vsmig_print.h"

#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "daemon/base/mem.h"
#include "wsman/vsmig.h"

enum { DEFAULT_COLUMNS = 100, MIN_COLUMNS = 60, GAP = 2, UUID_COLUMNS = 36, LAST_COLUMNS = 20 };

void vsmig_print_init(void)
{
	/* Widths are those of Unicode, whatever the user's locale is: the text is UTF-8 anyway. */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setlocale(LC_CTYPE, "");
}

size_t vsmig_print_decode(const char *text, uint32_t *c)
{
	const unsigned char *s = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80	 ? 1
		   : s[0] < 0xc0 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf8 ? 4
				 : 0;

	if (n <= 1) {
		*c = s[0];
		return n;
	}
	*c = s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

bool vsmig_print_is_unfit(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 0x0000, 0x001f }, /* C0 */
		{ 0x007f, 0x009f }, /* DEL, C1 */
		{ 0x00ad, 0x00ad }, /* soft hyphen */
		{ 0x061c, 0x061c }, /* Arabic letter mark */
		{ 0x200b, 0x200f }, /* zero widths, direction marks */
		{ 0x2028, 0x202e }, /* separators, embeddings and overrides */
		{ 0x2060, 0x206f }, /* invisible operators, isolates */
		{ 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, /* interlinear annotation */
		{ 0xe0000, 0xe007f }, /* tags */
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return (c & 0xfffe) == 0xfffe;
}

void vsmig_print_clean(struct buf *out, const char *text)
{
	const char *s = text != NULL ? text : "";

	while (*s != '\0') {
		uint32_t c;
		size_t n = vsmig_print_decode(s, &c);

		if (n == 1 && strchr(" \t\r\n", *s) != NULL)
			buf_putc(out, ' ');
		else if (n == 0 || vsmig_print_is_unfit(c))
			buf_putc(out, '?');
		else
			buf_add(out, s, n);
		s += n != 0 ? n : 1;
	}
}

/* Columns of the character at s, and its bytes. */
static size_t char_width(const char *s, size_t *bytes)
{
	uint32_t c;
	int w;

	*bytes = vsmig_print_decode(s, &c);
	if (*bytes == 0) {
		*bytes = 1;
		return 1;
	}
	w = wcwidth((wchar_t)c);
	return w < 0 ? 1 : (size_t)w;
}

size_t vsmig_print_width(const char *clean)
{
	size_t width = 0, bytes;

	for (const char *s = clean; *s != '\0'; s += bytes)
		width += char_width(s, &bytes);
	return width;
}

size_t vsmig_print_columns(void)
{
	struct winsize ws;
	size_t columns = DEFAULT_COLUMNS;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		columns = ws.ws_col;
	return columns < MIN_COLUMNS ? MIN_COLUMNS : columns;
}

/* The bytes of s that fit into `width` columns, cut at a space where there is one. */
static size_t fit(const char *s, size_t width)
{
	size_t used = 0, at = 0, space = 0, bytes;

	while (s[at] != '\0') {
		size_t w = char_width(s + at, &bytes);

		if (used + w > width)
			break;
		if (s[at] == ' ')
			space = at;
		used += w;
		at += bytes;
	}
	if (s[at] == '\0' || s[at] == ' ')
		return at;
	return space != 0 ? space : at != 0 ? at : bytes;
}

/* A cell as lines: each cleaned and no wider than `width`. */
static char **wrap(struct arena *a, const char *cell, size_t width, size_t *n)
{
	char **lines = NULL;
	const char *from = cell != NULL ? cell : "";

	*n = 0;
	while (*from != '\0') {
		size_t len = strcspn(from, "\n");
		auto_buf struct buf clean = { 0 };
		auto_free char *part = mem_strndup(from, len);
		const char *s;

		vsmig_print_clean(&clean, part);
		for (s = clean.data != NULL ? clean.data : ""; *s != '\0';) {
			size_t cut = fit(s, width);

			*ARENA_PUSH(a, lines, *n) = arena_strndup(a, s, cut);
			for (s += cut; *s == ' '; s++)
				;
		}
		from += len;
		if (*from == '\n')
			from++;
	}
	return lines;
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

static void add_row(struct buf *out, const char *const *cells, const size_t *widths, size_t n)
{
	auto_arena struct arena *a = arena_new();
	char ***lines = arena_array(a, n, sizeof *lines);
	size_t *counts = arena_array(a, n, sizeof *counts);
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		lines[i] = wrap(a, cells[i], widths[i], &counts[i]);
		if (counts[i] > most)
			most = counts[i];
	}
	for (size_t l = 0; l < most; l++) {
		size_t owed = 0;

		for (size_t i = 0; i < n; i++) {
			const char *text = l < counts[i] ? lines[i][l] : "";

			if (*text != '\0') {
				pad(out, owed);
				buf_puts(out, text);
				owed = 0;
			}
			owed += widths[i] - vsmig_print_width(text) + GAP;
		}
		buf_putc(out, '\n');
	}
}

static size_t natural_width(const struct vsmig_table *t, size_t column)
{
	size_t most = vsmig_print_width(t->heads[column]);

	for (size_t r = 0; r < t->n_rows; r++) {
		auto_buf struct buf clean = { 0 };
		size_t w;

		vsmig_print_clean(&clean, t->cells[r * t->n_columns + column]);
		w = clean.data != NULL ? vsmig_print_width(clean.data) : 0;
		if (w > most)
			most = w;
	}
	return most;
}

void vsmig_print_table(struct buf *out, const struct vsmig_table *t, size_t width)
{
	auto_arena struct arena *a = arena_new();
	size_t *widths = arena_array(a, t->n_columns, sizeof *widths);
	size_t most = width / 3 > UUID_COLUMNS ? width / 3 : UUID_COLUMNS, used = 0;

	for (size_t i = 0; i + 1 < t->n_columns; i++) {
		widths[i] = natural_width(t, i);
		if (widths[i] > most)
			widths[i] = most;
		used += widths[i] + GAP;
	}
	widths[t->n_columns - 1] = used + LAST_COLUMNS < width ? width - used : LAST_COLUMNS;
	add_row(out, t->heads, widths, t->n_columns);
	for (size_t r = 0; r < t->n_rows; r++)
		add_row(out, t->cells + r * t->n_columns, widths, t->n_columns);
}

int vsmig_print_fail(const char *fmt, ...)
{
	auto_buf struct buf clean = { 0 };
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	vsmig_print_clean(&clean, line);
	fflush(stdout);
	fprintf(stderr, "vsmig: %s\n", clean.data != NULL ? clean.data : "");
	return VSMIG_FAILED;
}
