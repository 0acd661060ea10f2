/*
 * HTTP/1.0 and 1.1 framing as a function of bytes: no sockets, no time, no memory but its own.
 *
 * A struct http reads one request. However its bytes are cut into pieces, the outcome is the
 * same. What a proxy in front of us could read differently than we do is refused, never
 * repaired: that is how requests get smuggled. A zeroed struct is ready for its first byte.
 */
#ifndef VSMIGD_HTTP_H
#define VSMIGD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/buf.h"

enum http_state {
	HTTP_REQUEST_LINE,
	HTTP_FIELDS,
	HTTP_BODY, /* of a stated length */
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_END, /* the line end behind the data */
	HTTP_TRAILERS,
	HTTP_DONE, /* whole */
	HTTP_REFUSED /* see status and reason; the connection has to be closed */
};

enum http_field {
	HTTP_HOST,
	HTTP_CONTENT_LENGTH,
	HTTP_TRANSFER_ENCODING,
	HTTP_CONNECTION,
	HTTP_EXPECT,
	HTTP_CONTENT_ENCODING,
	HTTP_CONTENT_TYPE,
	HTTP_SOAP_ACTION, /* the quotes are removed */
	HTTP_AUTHORIZATION,
	HTTP_WSMANIDENTIFY,
	HTTP_USER_AGENT,
	HTTP_FIELD_COUNT
};

struct http_rules {
	size_t header_bytes; /* request line, headers, trailers, chunk extensions; 431 beyond */
	size_t body_bytes; /* decoded; 413 beyond, as soon as it is certain */
	bool (*path_known)(void *arg, const char *path);
	/* Whether a GET of this is answered; query NULL: none. NULL: no GET is. */
	bool (*get_known)(void *arg, const char *path, const char *query);
	void *arg;
};

struct http {
	enum http_state state;
	int status; /* HTTP_REFUSED: what to answer */
	const char *reason; /* HTTP_REFUSED: why, static text */
	bool keep_alive; /* the client wants the connection to stay open */
	bool want_continue; /* "100 Continue" is due before the body comes; reset it when sent */
	struct buf body; /* decoded; data is NULL when it is empty */

	/* The parser's own. */
	struct buf head; /* the lines worth keeping, then the line being collected */
	size_t line; /* where that line begins */
	size_t spent; /* of header_bytes */
	size_t left; /* of the body, or of the chunk */
	size_t length; /* Content-Length; SIZE_MAX when it is larger than that */
	size_t path, query, value[HTTP_FIELD_COUNT]; /* offsets in head */
	uint16_t seen; /* a bit for each enum http_field */
	uint8_t empty_lines;
	bool old, post, get, head_method, has_path, has_query, chunked, close;
};

/*
 * Reads up to n bytes and returns how many belong to this request: fewer than n only when the
 * state is now HTTP_DONE (the rest begins the next request) or HTTP_REFUSED.
 */
size_t http_feed(struct http *h, const struct http_rules *r, const char *bytes, size_t n);
/* Whether any byte of the request itself was seen (empty lines before it do not count). */
bool http_begun(const struct http *h);
/* The target's path, without any query. NULL when the target has none. After HTTP_DONE. */
const char *http_path(const struct http *h);
/* Whether it is a GET, that get_known let pass; else it is a POST. After HTTP_DONE. */
bool http_is_get(const struct http *h);
/* The value of a field, without white space around it; NULL when absent. After HTTP_DONE. */
const char *http_value(const struct http *h, enum http_field f);
/* Ends the reading: the state becomes HTTP_REFUSED. `reason` is static text. */
void http_refuse(struct http *h, int status, const char *reason);
void http_free(struct http *h);

struct http_reply {
	int status;
	const char *content_type; /* NULL: no such field */
	const char *headers; /* further lines, each ended by CRLF; NULL: none */
	size_t length; /* of the body */
	bool close;
	bool old; /* to HTTP/1.0, where staying open has to be said */
};

/* Adds the status line and all header lines, with room for the body behind them. */
void http_reply_head(struct buf *out, const struct http_reply *r);
/* Adds the whole answer to a request in HTTP_REFUSED. */
void http_refusal(struct buf *out, const struct http *h);

#endif
