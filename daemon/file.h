/*
 * Reading the daemon's own text files: whole, bounded, refused when they are not plain text.
 */
#ifndef VSMIGD_FILE_H
#define VSMIGD_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "daemon/base/buf.h"
#include "daemon/base/err.h"

/*
 * Reads a regular file of at most `max` bytes without NUL into out, which is empty. Its mode goes
 * to *mode when that is not NULL. -ERR_IO, -ERR_LIMIT or -ERR_CONFIG, with the file's name.
 */
int file_read(const char *path, size_t max, struct buf *out, mode_t *mode, struct err *e);
/* Cuts the next line off *rest, which becomes NULL behind the last one. NULL at the end. */
char *file_line(char **rest);
/* Cuts blanks, and the CR of a foreign line end, off both ends of s. */
char *file_trim(char *s);

#endif
