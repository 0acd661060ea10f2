/*
 * The log: one line per event on standard error, as key=value fields.
 *
 * A value that holds anything but plain printable text is quoted and escaped, so that no client
 * writes a line of its own or moves a terminal's cursor. Under systemd each line carries its
 * priority as <N>; elsewhere it begins with the time. Secrets and bodies are never logged: that
 * is the caller's duty. Any thread, after log_init.
 */
#ifndef VSMIGD_LOG_H
#define VSMIGD_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/buf.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

/* A field of an event. An absent one (no text and no number) is left out. */
struct log_field {
	const char *key;
	const char *text;
	const int64_t *number;
};

#define LOG_TEXT(k, v) ((struct log_field){ .key = (k), .text = (v) })
#define LOG_NUMBER(k, v) ((struct log_field){ .key = (k), .number = &(const int64_t){ (v) } })

/* Finds out whether standard error leads to the journal. Once, before other threads exist. */
void log_init(void);
/* Events of a level beyond this one are dropped; info at first. */
void log_set_level(enum log_level level);

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

/* log_event(LOG_LEVEL_INFO, "reloaded", LOG_TEXT("file", path)); at least one field. */
#define log_event(level, event, ...)                                                               \
	log_write((level), (event), (const struct log_field[]){ __VA_ARGS__ },                     \
		sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

/* An event that no level drops. */
void log_always(const char *event, const struct log_field *fields, size_t n);
/* A line of plain text, "listening on 192.0.2.1:5986", for those who wait for it. */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Adds a value as it stands behind "key=": the escaping, for the log and its tests. */
void log_value(struct buf *out, const char *value);

#endif
