#include "daemon/option.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { LIST_MAX = 256 };

struct unit {
	const char *suffix;
	uint64_t factor;
};

/* Largest first, so that a value is shown in the largest unit that leaves no remainder. */
static const struct unit sizes[] = {
	{ "g", 1 << 30 },
	{ "m", 1 << 20 },
	{ "k", 1 << 10 },
	{ "", 1 },
	{ NULL, 0 },
};
static const struct unit durations[] = {
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
	{ NULL, 0 },
};
static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

static void *member(const struct option *o, void *base)
{
	return (char *)base + o->offset;
}

static const void *member_of(const struct option *o, const void *base)
{
	return (const char *)base + o->offset;
}

static void show_number(uint64_t v, const struct unit *units, struct buf *out)
{
	const struct unit *u = units;

	while (u[1].suffix && (v == 0 || v % u->factor))
		u++;
	buf_printf(out, "%" PRIu64 "%s", v / u->factor, u->suffix);
}

static void show_range(const struct option *o, const struct unit *units, struct buf *out)
{
	show_number(o->min, units, out);
	buf_puts(out, " to ");
	show_number(o->max, units, out);
}

static const struct unit *units_of(const struct option *o)
{
	return o->type == OPTION_SIZE ? sizes : o->type == OPTION_DURATION ? durations : plain;
}

static int refuse_number(const struct option *o, const char *text, struct err *e)
{
	static const char *const forms[OPTION_TYPE_COUNT] = {
		[OPTION_UINT] = "a whole number",
		[OPTION_SIZE] = "a size such as 4096, 64k or 2m",
		[OPTION_DURATION] = "a duration such as 500ms, 30s, 5m or 1h",
	};
	auto_buf struct buf range = { 0 };

	show_range(o, units_of(o), &range);
	if (!*text)
		return err_set(e, ERR_CONFIG, "%s has no value: give %s, %s", o->name,
			forms[o->type], range.data);
	return err_set(e, ERR_CONFIG, "%s = %s is not usable: give %s, %s", o->name, text,
		forms[o->type], range.data);
}

static int parse_number(const struct option *o, const char *text, uint64_t *v, struct err *e)
{
	const char *p = text;
	uint64_t n = 0;

	while (isdigit((unsigned char)*p))
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*p++ - '0'), &n))
			return refuse_number(o, text, e);
	for (const struct unit *u = units_of(o); p > text && u->suffix; u++) {
		if (strcmp(p, u->suffix) != 0)
			continue;
		if (__builtin_mul_overflow(n, u->factor, &n) || n < o->min || n > o->max)
			break;
		*v = n;
		return 0;
	}
	return refuse_number(o, text, e);
}

static int set_text(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	(void)e;
	*(const char **)member(o, base) = arena_strdup(a, text);
	return 0;
}

static void show_text(const struct option *o, const void *base, struct buf *out)
{
	buf_puts(out, *(const char *const *)member_of(o, base));
}

static int set_path(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	if (*text && *text != '/')
		return err_set(e, ERR_CONFIG, "%s = %s is a relative path: give it from / on",
			o->name, text);
	return set_text(o, base, a, text, e);
}

/*
 * Cuts the next element from a list, in place: NULL at its end. Blanks around it are not part of
 * it; it is "" where two commas meet.
 */
static char *next_element(char **rest)
{
	char *item = strsep(rest, ",");

	if (!item)
		return NULL;
	item += strspn(item, " \t");
	for (size_t n = strlen(item); n && strchr(" \t", item[n - 1]); n--)
		item[n - 1] = '\0';
	return item;
}

static int set_list(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	const char **items = NULL;
	size_t n = 0;
	char *rest = *text ? arena_strdup(a, text) : NULL, *item;

	while ((item = next_element(&rest))) {
		if (!*item)
			return err_set(e, ERR_CONFIG, "%s has an empty element: take a comma away",
				o->name);
		if (n == LIST_MAX)
			return err_set(
				e, ERR_LIMIT, "%s has more than %d elements", o->name, LIST_MAX);
		*ARENA_PUSH(a, items, n) = item;
	}
	*(const char *const **)member(o, base) = items;
	*(size_t *)((char *)base + o->count) = n;
	return 0;
}

static void show_list(const struct option *o, const void *base, struct buf *out)
{
	const char *const *items = *(const char *const *const *)member_of(o, base);
	size_t n = *(const size_t *)((const char *)base + o->count);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", items[i]);
}

static int set_uint(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	uint64_t v = 0;
	int rc = 0;

	(void)a;
	if (*text || *o->preset)
		rc = parse_number(o, text, &v, e);
	if (rc == 0)
		*(unsigned *)member(o, base) = (unsigned)v;
	return rc;
}

static void show_uint(const struct option *o, const void *base, struct buf *out)
{
	unsigned v = *(const unsigned *)member_of(o, base);

	if (v || *o->preset)
		show_number(v, plain, out);
}

static int set_size(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	uint64_t v;
	int rc = parse_number(o, text, &v, e);

	(void)a;
	if (rc == 0)
		*(size_t *)member(o, base) = (size_t)v;
	return rc;
}

static void show_size(const struct option *o, const void *base, struct buf *out)
{
	show_number(*(const size_t *)member_of(o, base), sizes, out);
}

static int set_duration(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	uint64_t v;
	int rc = parse_number(o, text, &v, e);

	(void)a;
	if (rc == 0)
		*(int64_t *)member(o, base) = (int64_t)v;
	return rc;
}

static void show_duration(const struct option *o, const void *base, struct buf *out)
{
	show_number((uint64_t) * (const int64_t *)member_of(o, base), durations, out);
}

static int set_bool(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	bool yes = strcmp(text, "yes") == 0;

	(void)a;
	if (!yes && strcmp(text, "no") != 0)
		return err_set(
			e, ERR_CONFIG, "%s = %s is not usable: give yes or no", o->name, text);
	*(bool *)member(o, base) = yes;
	return 0;
}

static void show_bool(const struct option *o, const void *base, struct buf *out)
{
	buf_puts(out, *(const bool *)member_of(o, base) ? "yes" : "no");
}

static void list_words(const struct option *o, struct buf *out)
{
	for (const struct option_word *w = o->words; w->text; w++)
		buf_printf(out, "%s%s", w == o->words ? "" : ", ", w->text);
}

static int find_word(const struct option *o, const char *text, unsigned *value, struct err *e)
{
	auto_buf struct buf all = { 0 };

	for (const struct option_word *w = o->words; w->text; w++)
		if (strcmp(text, w->text) == 0) {
			*value = w->value;
			return 0;
		}
	list_words(o, &all);
	return err_set(e, ERR_CONFIG, "%s does not know the word '%s': it knows %s", o->name, text,
		all.data);
}

static int set_word(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	(void)a;
	return find_word(o, text, member(o, base), e);
}

static void show_word(const struct option *o, const void *base, struct buf *out)
{
	unsigned v = *(const unsigned *)member_of(o, base);

	for (const struct option_word *w = o->words; w->text; w++)
		if (w->value == v)
			buf_puts(out, w->text);
}

static int set_words(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	char *rest = arena_strdup(a, text), *item;
	unsigned bits = 0, bit;
	int rc;

	while ((item = next_element(&rest))) {
		rc = find_word(o, item, &bit, e);
		if (rc)
			return rc;
		bits |= bit;
	}
	*(unsigned *)member(o, base) = bits;
	return 0;
}

static void show_words(const struct option *o, const void *base, struct buf *out)
{
	unsigned v = *(const unsigned *)member_of(o, base);
	const char *comma = "";

	for (const struct option_word *w = o->words; w->text; w++) {
		if (!(w->value & v))
			continue;
		buf_printf(out, "%s%s", comma, w->text);
		comma = ", ";
	}
}

static const struct {
	const char *name;
	int (*set)(const struct option *o, void *base, struct arena *a, const char *text,
		struct err *e);
	void (*show)(const struct option *o, const void *base, struct buf *out);
} types[] = {
	[OPTION_TEXT] = { "text", set_text, show_text },
	[OPTION_PATH] = { "path", set_path, show_text },
	[OPTION_LIST] = { "list", set_list, show_list },
	[OPTION_UINT] = { "number", set_uint, show_uint },
	[OPTION_SIZE] = { "size", set_size, show_size },
	[OPTION_DURATION] = { "duration", set_duration, show_duration },
	[OPTION_BOOL] = { "yes|no", set_bool, show_bool },
	[OPTION_WORD] = { "word", set_word, show_word },
	[OPTION_WORDS] = { "words", set_words, show_words },
};
_Static_assert(ARRAY_LEN(types) == OPTION_TYPE_COUNT, "a type of option without a row");

const struct option *option_find(const char *section, const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_rows[i].section, section) == 0 &&
			strcmp(option_rows[i].name, name) == 0)
			return &option_rows[i];
	return NULL;
}

bool option_section_known(const char *section)
{
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_rows[i].section, section) == 0)
			return true;
	return false;
}

int option_set(const struct option *o, void *base, struct arena *a, const char *text, struct err *e)
{
	return types[o->type].set(o, base, a, text, e);
}

void option_show(const struct option *o, const void *base, struct buf *out)
{
	types[o->type].show(o, base, out);
}

void option_describe(const struct option *o, struct buf *out)
{
	buf_printf(out, "default %s", *o->preset ? o->preset : "empty");
	if (o->max) {
		buf_puts(out, "; ");
		show_range(o, units_of(o), out);
	}
	if (o->words) {
		buf_puts(out, "; of ");
		list_words(o, out);
	}
	if (!o->reload)
		buf_puts(out, "; restart");
}

const char *option_type_name(const struct option *o)
{
	return types[o->type].name;
}
