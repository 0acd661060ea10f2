#include "daemon/http.h"
#include "daemon/base/mem.h"
#include "daemon/http_field.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	CHUNK_LINE = 256, /* octets of a chunk's size line, extensions included */
	CHUNK_DIGITS = 2 * sizeof(size_t),
	HEAD_ROOM = 1000, /* most heads fit, so that no realloc leaves a password behind */
	EMPTY_LINES = 2, /* tolerated before a request: RFC 9112 2.2 */
};

void http_refuse(struct http *h, int status, const char *reason)
{
	h->state = HTTP_REFUSED;
	h->status = status;
	h->reason = reason;
	h->keep_alive = h->want_continue = false;
}

void http_free(struct http *h)
{
	/* It may hold a password. */
	if (h->head.data)
		explicit_bzero(h->head.data, h->head.cap);
	buf_free(&h->head);
	buf_free(&h->body);
}

bool http_begun(const struct http *h)
{
	return h->head.len > 0 || h->state != HTTP_REQUEST_LINE;
}

const char *http_path(const struct http *h)
{
	return h->has_path ? h->head.data + h->path : NULL;
}

bool http_is_get(const struct http *h)
{
	return h->get;
}

const char *http_value(const struct http *h, enum http_field f)
{
	return h->seen >> f & 1 ? h->head.data + h->value[f] : NULL;
}

static bool has_control(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Counts n bytes of head against the cap. */
static bool spend(struct http *h, const struct http_rules *r, size_t n)
{
	h->spent += n;
	if (h->spent <= r->header_bytes)
		return true;
	http_refuse(h, 431, "the header is larger than this server takes");
	return false;
}

static bool chunk_size_line(struct http *h, const struct http_rules *r, const char *line)
{
	const char *p = line;
	size_t size = 0;

	for (; hex_digit(*p) >= 0; p++)
		size = size << 4 | (size_t)hex_digit(*p);
	if (p == line || p - line > CHUNK_DIGITS) {
		http_refuse(h, 400, "a chunk does not begin with its size");
		return false;
	}
	if (*p) {
		if (p[strspn(p, " \t")] != ';') {
			http_refuse(h, 400, "a chunk's size is followed by something else");
			return false;
		}
		if (!spend(h, r, strlen(p)))
			return false;
	}
	if (size > r->body_bytes || h->body.len > r->body_bytes - size) {
		http_refuse(h, 413, "the body is larger than this server takes");
		return false;
	}
	h->left = size;
	h->state = size ? HTTP_CHUNK_DATA : HTTP_TRAILERS;
	return false;
}

/* Lines begin with an empty one only before the request line, and only so often. */
static bool request_line(struct http *h, char *line, size_t len)
{
	if (len)
		return http_request_line(h, line, len);
	if (h->empty_lines++ == EMPTY_LINES)
		http_refuse(h, 400, "empty lines instead of a request");
	return false;
}

static bool take_line(struct http *h, const struct http_rules *r, char *line, size_t len)
{
	switch (h->state) {
	case HTTP_REQUEST_LINE:
		return request_line(h, line, len);
	case HTTP_FIELDS:
		if (len)
			return http_field_line(h, line);
		http_head_end(h, r);
		return false;
	case HTTP_CHUNK_SIZE:
		return chunk_size_line(h, r, line);
	case HTTP_CHUNK_END:
		h->state = HTTP_CHUNK_SIZE;
		return false;
	default:
		if (len)
			return http_trailer_line(h, line);
		h->state = HTTP_DONE;
		return false;
	}
}

/* Whether the line being collected may grow by n bytes; refuses the request if not. */
static bool line_fits(struct http *h, const struct http_rules *r, size_t n)
{
	size_t len = h->head.len - h->line + n;

	if (h->state == HTTP_CHUNK_END) {
		if (len > 2)
			http_refuse(h, 400, "a chunk is longer than its size");
	} else if (h->state == HTTP_CHUNK_SIZE) {
		if (len > CHUNK_LINE)
			http_refuse(h, 400, "the line of a chunk's size is too long");
	} else {
		spend(h, r, n);
	}
	return h->state != HTTP_REFUSED;
}

/* Collects a line, which may come in pieces, and acts on it when it is whole. */
static size_t feed_line(struct http *h, const struct http_rules *r, const char *bytes, size_t n)
{
	const char *lf = memchr(bytes, '\n', n);
	size_t len;
	char *line;

	if (lf)
		n = (size_t)(lf - bytes) + 1;
	if (!line_fits(h, r, n))
		return n;
	if (!h->head.data)
		buf_reserve(&h->head, HEAD_ROOM);
	buf_add(&h->head, bytes, n);
	if (!lf)
		return n;
	line = h->head.data + h->line;
	len = h->head.len - h->line;
	if (len < 2 || line[len - 2] != '\r' || has_control(line, len - 2)) {
		http_refuse(h, 400, "a line has a control character, or does not end with CR LF");
		return n;
	}
	line[len - 2] = '\0';
	if (take_line(h, r, line, len - 2))
		h->line = h->head.len;
	h->head.len = h->line;
	return n;
}

static size_t feed_body(struct http *h, const char *bytes, size_t n)
{
	if (n > h->left)
		n = h->left;
	h->want_continue = false;
	buf_add(&h->body, bytes, n);
	h->left -= n;
	if (!h->left)
		h->state = h->state == HTTP_BODY ? HTTP_DONE : HTTP_CHUNK_END;
	return n;
}

size_t http_feed(struct http *h, const struct http_rules *r, const char *bytes, size_t n)
{
	size_t used = 0;

	while (used < n && h->state < HTTP_DONE) {
		if (h->state == HTTP_BODY || h->state == HTTP_CHUNK_DATA)
			used += feed_body(h, bytes + used, n - used);
		else
			used += feed_line(h, r, bytes + used, n - used);
	}
	return used;
}

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 202, "Accepted" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

/* RFC 9110 15: a phrase is for people, and may be empty. */
static const char *phrase(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "";
}

/* The Date line, made once a second in each thread. Not strftime: names must stay English. */
static void add_date(struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static _Thread_local char line[64];
	static _Thread_local time_t made;
	time_t now = time(NULL);
	struct tm t;

	if (now != made && gmtime_r(&now, &t)) {
		snprintf(line, sizeof line, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
			days + t.tm_wday * 3, t.tm_mday, months + t.tm_mon * 3, t.tm_year + 1900,
			t.tm_hour, t.tm_min, t.tm_sec);
		made = now;
	}
	buf_puts(out, line);
}

void http_reply_head(struct buf *out, const struct http_reply *r)
{
	buf_reserve(out, 256 + r->length + (r->headers ? strlen(r->headers) : 0));
	buf_printf(out, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n", r->status, phrase(r->status),
		r->length);
	add_date(out);
	if (r->content_type) {
		buf_puts(out, "Content-Type: ");
		buf_puts(out, r->content_type);
		buf_puts(out, "\r\n");
	}
	if (r->close)
		buf_puts(out, "Connection: close\r\n");
	else if (r->old)
		buf_puts(out, "Connection: keep-alive\r\n");
	if (r->headers)
		buf_puts(out, r->headers);
	buf_puts(out, "\r\n");
}

void http_refusal(struct buf *out, const struct http *h)
{
	const struct http_reply reply = {
		.status = h->status,
		.content_type = "text/plain",
		.headers = h->status == 405 ? "Allow: POST\r\n" : NULL,
		.length = strlen(h->reason) + 2,
		.close = true,
	};

	http_reply_head(out, &reply);
	/* A HEAD request has no body in its answer, whatever the length says. */
	if (!h->head_method)
		buf_printf(out, "%s.\n", h->reason);
}
