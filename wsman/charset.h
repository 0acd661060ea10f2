/*
 * What a request is written in: the Content-Type header, and UTF-8 or UTF-16 (DSP0226 13.1).
 *
 * Inside, everything is UTF-8. A UTF-16 request is decoded before it is parsed, and its reply is
 * encoded once, as UTF-16 little-endian with a byte order mark: the client decodes the reply
 * with the charset that it asked in. All functions are pure; any thread.
 */
#ifndef VSMIGD_WSMAN_CHARSET_H
#define VSMIGD_WSMAN_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/buf.h"

enum charset { CHARSET_UTF8, CHARSET_UTF16, CHARSET_COUNT };

/* A piece of someone else's text; n is 0 when absent. */
struct span {
	const char *p;
	size_t n;
};

struct media {
	struct span charset, action; /* parameters, unquoted */
};

/* Reads a Content-Type. False when it is not application/soap+xml, or cannot be read. */
bool media_parse(const char *content_type, struct media *m);

enum charset_verdict {
	CHARSET_OK,
	CHARSET_CONFLICT, /* mark and charset contradict, or nothing tells: HTTP 400 */
	CHARSET_UNSUPPORTED, /* another charset */
};

struct charset_choice {
	enum charset charset;
	bool big_endian;
	size_t skip; /* octets of the byte order mark */
};

/* Decides by the charset parameter, the byte order mark and the first octets. */
enum charset_verdict charset_decide(
	const struct media *m, const char *body, size_t len, struct charset_choice *c);

/* Appends UTF-16 as UTF-8. False when it is not well-formed (a lone surrogate, an odd octet). */
bool charset_from_utf16(struct buf *out, const char *text, size_t len, bool big_endian);
/* Appends UTF-8, which is well-formed, as UTF-16 little-endian, without a mark. */
void charset_to_utf16(struct buf *out, const char *text, size_t len);
/* The octets that well-formed UTF-8 takes in a charset, without a mark. */
size_t charset_size(enum charset c, const char *text, size_t len);

/* For Content-Type: "application/soap+xml;charset=UTF-8". */
const char *charset_media_type(enum charset c);

#endif
