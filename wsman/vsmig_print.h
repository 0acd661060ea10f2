/*
 * Text for a terminal: what came over the network is cleaned, then wrapped into columns.
 *
 * Cleaned text is one line of valid UTF-8 without control, format or bidirectional-override
 * characters: white space becomes a space, anything else that is unfit becomes '?'. So no
 * server moves the cursor, sets a title, or makes a line read backwards.
 */
#ifndef VSMIGD_WSMAN_VSMIG_PRINT_H
#define VSMIGD_WSMAN_VSMIG_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/buf.h"

/* Once, before anything is measured. */
void vsmig_print_init(void);
/* Reads one character; returns its length in bytes, 0 when the bytes are not UTF-8. */
size_t vsmig_print_decode(const char *text, uint32_t *c);
/* Whether a character changes how others are shown, or is none at all. */
bool vsmig_print_is_unfit(uint32_t c);
/* Adds text, cleaned; NULL adds nothing. */
void vsmig_print_clean(struct buf *out, const char *text);
/* Columns that cleaned text takes. */
size_t vsmig_print_width(const char *clean);
/* Columns of the terminal on standard output; 100 when it is none. Never below 60. */
size_t vsmig_print_columns(void);

/* Writes "vsmig: SENTENCE" to standard error and returns VSMIG_FAILED. */
int vsmig_print_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct vsmig_table {
	const char *const *heads;
	size_t n_columns;
	const char *const *cells; /* n_rows * n_columns; NULL is empty */
	size_t n_rows;
};

/*
 * Adds the table to out, `width` columns wide. Every column but the last is as wide as its
 * widest cell, up to a third of the width (and never too small for a UUID); the last has the rest. Cells are cleaned, except that
 * '\n' starts a new line within the cell, and wrapped at spaces, or anywhere if a word is too
 * long.
 */
void vsmig_print_table(struct buf *out, const struct vsmig_table *t, size_t width);

#endif
