/*
 * JSON, written: members and elements with their commas. Output is ASCII but for what a terminal
 * shows as it is; everything else is escaped, bytes that are not UTF-8 become U+FFFD.
 */
#ifndef VSMIGD_WSMAN_VSMIG_JSON_H
#define VSMIGD_WSMAN_VSMIG_JSON_H

#include <stdbool.h>

#include "daemon/base/buf.h"

/* A name and a colon, with a comma before it when it is not the first in its object. */
void vsmig_json_name(struct buf *out, const char *name);
/* A comma when this is not the first element of its array. */
void vsmig_json_next(struct buf *out);
/* NULL is null. */
void vsmig_json_string(struct buf *out, const char *text);
void vsmig_json_member(struct buf *out, const char *name, const char *text);
void vsmig_json_bool(struct buf *out, const char *name, bool value);

#endif
