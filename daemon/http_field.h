/*
 * The lines of an HTTP head: the request line, header fields, and what they mean together.
 * Parts of http.c; nothing else includes this.
 */
#ifndef VSMIGD_HTTP_FIELD_H
#define VSMIGD_HTTP_FIELD_H

#include "daemon/http.h"

/*
 * Each takes one line without its CRLF, NUL-terminated, free of control characters, lying at
 * h->head.data + h->line, and writes into it. True: the line has to stay in h->head.
 */
bool http_request_line(struct http *h, char *line, size_t len);
bool http_field_line(struct http *h, char *line);
/* As http_field_line, for a trailer: only its form matters. */
bool http_trailer_line(struct http *h, char *line);
/* Judges the head as a whole: refuses it, or sets the state in which its body is read. */
void http_head_end(struct http *h, const struct http_rules *r);

#endif
