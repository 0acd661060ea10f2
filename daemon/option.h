/*
 * Options of the configuration file, one table row each: the parser, the defaults, --show-config
 * and the comparison with vsmigd.conf(5) are all made from the rows.
 */
#ifndef VSMIGD_OPTION_H
#define VSMIGD_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"

enum option_type {
	OPTION_TEXT, /* const char *; never NULL */
	OPTION_PATH, /* const char *: "" or an absolute path */
	OPTION_LIST, /* const char *const * and, at `count`, size_t */
	OPTION_UINT, /* unsigned; where the default is "", "" is 0 */
	OPTION_SIZE, /* size_t; k, m and g are powers of 1024 */
	OPTION_DURATION, /* int64_t of milliseconds; ms, s, m, h */
	OPTION_BOOL, /* bool; yes or no */
	OPTION_WORD, /* an enum: one of words */
	OPTION_WORDS, /* unsigned: the bits of some of words */
	OPTION_TYPE_COUNT
};

/* A list of words ends with a NULL text. */
struct option_word {
	const char *text;
	unsigned value;
};

struct option {
	const char *section; /* "host" stands for each [host NAME] */
	const char *name;
	enum option_type type;
	const char *preset; /* the default, as it would stand in the file */
	uint64_t min, max; /* of numbers, sizes and durations */
	const struct option_word *words;
	size_t offset; /* in struct config; of "host" in struct hv_host */
	size_t count; /* of a list: where its length is */
	bool reload; /* taken up by a reload; else by a restart */
	const char *help; /* one line, no full stop */
};

extern const struct option option_rows[];
extern const size_t option_count;

/* NULL when there is none. */
const struct option *option_find(const char *section, const char *name);
bool option_section_known(const char *section);
/* Stores the value of text into the struct at base; text is copied to the arena. -ERR_CONFIG. */
int option_set(
	const struct option *o, void *base, struct arena *a, const char *text, struct err *e);
/* Adds the value in the struct at base as it would stand in the file. */
void option_show(const struct option *o, const void *base, struct buf *out);
/* Adds "default 30s; 1s to 1h; restart": what may be given, for comments and the manual. */
void option_describe(const struct option *o, struct buf *out);
/* "duration": what kind of value the manual says it is. */
const char *option_type_name(const struct option *o);

#endif
