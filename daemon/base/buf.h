/*
 * A growing byte buffer. `data` is NUL-terminated behind `len` whenever it is not NULL; it is
 * NULL only while nothing was added. `max`, when not 0, is the largest length: what would pass
 * it is dropped whole and `over` is set for good. A zeroed struct is an empty buffer.
 */
#ifndef VSMIGD_BASE_BUF_H
#define VSMIGD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap, max;
	bool over;
};

/* Frees the bytes and makes the buffer empty (max is kept). */
void buf_free(struct buf *b);
/* Empties the buffer and keeps its memory. */
void buf_clear(struct buf *b);
/* Room for n more bytes; returns where they start, NULL when over. The caller adds to len. */
char *buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Adds text escaped for XML content and attributes, with the five named entities only. Control
 * characters that XML 1.0 cannot carry, and bytes that are not UTF-8, become '?'.
 */
void buf_xml(struct buf *b, const char *s);
void buf_xmln(struct buf *b, const char *s, size_t n);
/* Removes the first n bytes. */
void buf_drop(struct buf *b, size_t n);
/* Gives the bytes away (free(3) them); the buffer is empty afterwards. Never NULL. */
char *buf_take(struct buf *b);

#define auto_buf __attribute__((cleanup(buf_free)))

#endif
