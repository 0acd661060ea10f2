/*
 * Embedded instances as MOF (DSP0004 annex A, the part that an instance without qualifiers
 * needs). Strict: what is not understood is refused with the line it is in.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <stdlib.h>

#include "cim/loose.h"

struct reader {
	struct arena *arena;
	const char *at;
	unsigned line;
	struct err *e;
};

static int refuse(struct reader *r, const char *wanted)
{
	size_t len = strcspn(r->at, " \t\r\n;");

	return err_set(r->e, ERR_SYNTAX, "line %u: %s is wanted, not \"%.*s\"", r->line, wanted,
		len > 40 ? 40 : (int)len, r->at);
}

/* Skips to the end of a comment that begins here. */
static bool skip_comment(struct reader *r)
{
	const char *end;

	if (r->at[0] != '/' || (r->at[1] != '/' && r->at[1] != '*'))
		return false;
	if (r->at[1] == '/') {
		r->at += strcspn(r->at, "\n");
		return true;
	}
	end = strstr(r->at + 2, "*/");
	if (end == NULL)
		return false;
	for (; r->at < end; r->at++)
		r->line += *r->at == '\n';
	r->at = end + 2;
	return true;
}

static void skip_space(struct reader *r)
{
	do {
		for (; isspace((unsigned char)*r->at); r->at++)
			r->line += *r->at == '\n';
	} while (skip_comment(r));
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next word, "" when there is none here. */
static const char *word(struct reader *r)
{
	const char *start;

	skip_space(r);
	start = r->at;
	if (!isdigit((unsigned char)*start))
		while (is_word(*r->at))
			r->at++;
	return arena_strndup(r->arena, start, (size_t)(r->at - start));
}

static bool accept(struct reader *r, char c)
{
	skip_space(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static int expect(struct reader *r, char c, const char *wanted)
{
	return accept(r, c) ? 0 : refuse(r, wanted);
}

static int expect_word(struct reader *r, const char *wanted)
{
	const char *start = r->at;

	if (strcasecmp(word(r), wanted) == 0)
		return 0;
	r->at = start;
	return refuse(r, wanted);
}

static void put_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* What stands behind a backslash. */
static int read_escape(struct reader *r, struct buf *out)
{
	static const char names[] = "btnfr\"'\\", meanings[] = "\b\t\n\f\r\"'\\";
	const char *known = *r->at != '\0' ? strchr(names, *r->at) : NULL;
	char digits[5] = "";
	unsigned c;

	if (known != NULL) {
		buf_putc(out, meanings[known - names]);
		r->at++;
		return 0;
	}
	if (*r->at != 'x' && *r->at != 'X')
		return refuse(r, "an escape sequence of MOF");
	r->at++;
	for (size_t i = 0; i < 4 && isxdigit((unsigned char)*r->at); i++)
		digits[i] = *r->at++;
	c = (unsigned)strtoul(digits, NULL, 16);
	if (c == 0 || (c >= 0xd800 && c < 0xe000))
		return refuse(r, "the number of a character");
	put_utf8(out, c);
	return 0;
}

/* One quoted piece; the quote is the next character. */
static int read_quoted(struct reader *r, struct buf *out)
{
	char quote = *r->at++;
	int rc;

	while (*r->at != quote) {
		if (*r->at == '\0' || *r->at == '\n')
			return refuse(r, "the closing quote");
		if (*r->at != '\\') {
			buf_putc(out, *r->at++);
			continue;
		}
		r->at++;
		if ((rc = read_escape(r, out)) != 0)
			return rc;
	}
	r->at++;
	return 0;
}

/* "one" "two" is one string. */
static int read_string(struct reader *r, const char **text)
{
	auto_buf struct buf out = { 0 };
	int rc;

	do {
		if ((rc = read_quoted(r, &out)) != 0)
			return rc;
		skip_space(r);
	} while (*r->at == '"');
	*text = arena_strdup(r->arena, out.data != NULL ? out.data : "");
	return 0;
}

/* Integers become decimal: 0x1F, 017 and 101b are numbers of MOF too. */
static const char *integer(struct reader *r, const char *s)
{
	bool negative = *s == '-';
	const char *digits = s + (*s == '-' || *s == '+');
	size_t len = strlen(digits);
	char *end;
	uint64_t u;

	errno = 0;
	if (len > 1 && (digits[len - 1] == 'b' || digits[len - 1] == 'B') &&
		strspn(digits, "01") == len - 1) {
		u = strtoull(digits, NULL, 2);
		end = (char *)digits + len;
	} else {
		u = strtoull(digits, &end, 0);
	}
	if (!isdigit((unsigned char)*digits) || *end != '\0' || errno != 0)
		return NULL;
	return arena_printf(r->arena, "%s%" PRIu64, negative ? "-" : "", u);
}

static const char *real(const char *s)
{
	char *end;

	if (strpbrk(s, "xX") != NULL || strpbrk(s, "0123456789") == NULL)
		return NULL;
	(void)strtod(s, &end);
	return *end == '\0' ? s : NULL;
}

/* A number, true, false or NULL; *text is NULL for the last. */
static int read_bare(struct reader *r, const char **text)
{
	const char *start = r->at, *s;

	while (is_word(*r->at) || strchr("+-.", *r->at) != NULL) {
		if (*r->at == '\0')
			break;
		r->at++;
	}
	s = arena_strndup(r->arena, start, (size_t)(r->at - start));
	*text = NULL;
	if (strcasecmp(s, "NULL") == 0)
		return 0;
	if (strcasecmp(s, "true") == 0 || strcasecmp(s, "false") == 0)
		*text = s;
	else if ((*text = integer(r, s)) == NULL)
		*text = real(s);
	if (*text != NULL)
		return 0;
	r->at = start;
	return refuse(r, "a value");
}

static int read_scalar(struct reader *r, const char **text)
{
	skip_space(r);
	return *r->at == '"' || *r->at == '\'' ? read_string(r, text) : read_bare(r, text);
}

static int read_array(struct reader *r, struct loose_maker *m)
{
	const char *text;
	int rc;

	m->properties[m->n - 1].null = false;
	if (accept(r, '}'))
		return 0;
	do {
		if ((rc = read_scalar(r, &text)) != 0)
			return rc;
		if (text != NULL && (rc = loose_add_value(m, text, r->e)) != 0)
			return rc;
	} while (accept(r, ','));
	return expect(r, '}', "\",\" or \"}\"");
}

static int read_property(struct reader *r, struct loose_maker *m)
{
	const char *name = word(r), *text;
	bool array;
	int rc;

	if (*name == '\0')
		return refuse(r, "the name of a property");
	if ((rc = expect(r, '=', "\"=\"")) != 0)
		return rc;
	array = accept(r, '{');
	if ((rc = loose_add(m, name, array, r->e)) != 0)
		return rc;
	if (array)
		rc = read_array(r, m);
	else if ((rc = read_scalar(r, &text)) == 0 && text != NULL)
		rc = loose_add_value(m, text, r->e);
	return rc != 0 ? rc : expect(r, ';', "\";\"");
}

/* "instance of CLASS [as $ALIAS] {" */
static int read_head(struct reader *r, struct loose_maker *m)
{
	const char *before;
	int rc;

	if ((rc = expect_word(r, "instance")) != 0 || (rc = expect_word(r, "of")) != 0)
		return rc;
	m->class_name = word(r);
	if (*m->class_name == '\0')
		return refuse(r, "the name of a class");
	before = r->at;
	if (strcasecmp(word(r), "as") != 0)
		r->at = before;
	else if (!accept(r, '$') || *word(r) == '\0')
		return refuse(r, "an alias");
	return expect(r, '{', "\"{\"");
}

int loose_from_mof(struct arena *a, const char *text, struct cim_loose **out, struct err *e)
{
	struct reader r = { .arena = a, .at = text, .line = 1, .e = e };
	struct loose_maker m = { .arena = a };
	int rc = read_head(&r, &m);

	if (rc != 0)
		return rc;
	while (!accept(&r, '}'))
		if ((rc = read_property(&r, &m)) != 0)
			return rc;
	(void)accept(&r, ';');
	skip_space(&r);
	if (*r.at != '\0')
		return refuse(&r, "the end");
	*out = loose_made(&m);
	return 0;
}
