#include "daemon/http_field.h"
#include "daemon/base/mem.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* RFC 9110 5.6.2: what methods and field names are made of. */
static bool is_token(const char *s, size_t n)
{
	static const char more[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (!letter && !(c >= '0' && c <= '9') && !memchr(more, c, sizeof more - 1))
			return false;
	}
	return n > 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool same(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

/* The request target: a path, a whole URI, or (for methods that we refuse anyway) neither. */
static bool set_target(struct http *h, char *target)
{
	char *p = target;

	for (const char *c = target; *c; c++) {
		if (*c <= ' ' || *c > '~' || *c == '#')
			return false;
	}
	if (strncasecmp(p, "http://", 7) == 0 || strncasecmp(p, "https://", 8) == 0) {
		char *host = strstr(p, "://") + 3;

		p = host + strcspn(host, "/?");
		if (p == host || memchr(host, '@', (size_t)(p - host)))
			return false;
		/* A URI without a path means the root; the authority's last byte makes room. */
		if (*p != '/') {
			*p = '\0';
			*--p = '/';
		}
	}
	h->query = (size_t)(p + strcspn(p, "?") - h->head.data);
	h->has_query = h->head.data[h->query] == '?';
	if (h->has_query)
		h->head.data[h->query++] = '\0';
	h->has_path = *p == '/';
	h->path = (size_t)(p - h->head.data);
	return h->has_path || !h->post;
}

bool http_request_line(struct http *h, char *line, size_t len)
{
	char *target = memchr(line, ' ', len), *version;

	version = target ? strchr(target + 1, ' ') : NULL;
	if (!version || !is_token(line, (size_t)(target - line))) {
		http_refuse(h, 400, "the request line is not METHOD TARGET VERSION");
		return false;
	}
	*target++ = '\0';
	*version++ = '\0';
	if (strlen(version) != 8 || memcmp(version, "HTTP/", 5) != 0 || !is_digit(version[5]) ||
		version[6] != '.' || !is_digit(version[7])) {
		http_refuse(h, 400, "the request line does not end with an HTTP version");
		return false;
	}
	h->old = strcmp(version, "HTTP/1.0") == 0;
	if (!h->old && strcmp(version, "HTTP/1.1") != 0) {
		http_refuse(h, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
		return false;
	}
	h->post = strcmp(line, "POST") == 0;
	h->get = strcmp(line, "GET") == 0;
	h->head_method = strcmp(line, "HEAD") == 0;
	if (!set_target(h, target)) {
		http_refuse(h, 400, "the request target is neither a path nor a URI");
		return false;
	}
	h->keep_alive = !h->old;
	h->state = HTTP_FIELDS;
	return true;
}

/* Each field's check returns NULL, or why the request is refused with 400. */
static const char *check_host(struct http *h, char *value)
{
	static const char allowed[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"-._~%!$&'()*+,;=:[]";

	(void)h;
	return value[strspn(value, allowed)] ? "Host is not the name of a host" : NULL;
}

static const char *check_length(struct http *h, char *value)
{
	if (!*value)
		return "Content-Length is empty";
	for (const char *c = value; *c; c++) {
		if (!is_digit(*c))
			return "Content-Length is not a number";
		if (__builtin_mul_overflow(h->length, 10, &h->length) ||
			__builtin_add_overflow(h->length, (size_t)(*c - '0'), &h->length))
			h->length = SIZE_MAX;
	}
	return NULL;
}

static const char *check_coding(struct http *h, char *value)
{
	h->chunked = same(value, "chunked");
	return NULL;
}

static const char *check_connection(struct http *h, char *value)
{
	char *rest = value, *word;

	while ((word = strsep(&rest, ", \t"))) {
		if (same(word, "close"))
			h->close = true;
		else if (same(word, "keep-alive"))
			h->keep_alive = true;
	}
	return NULL;
}

/* RFC 9110 says nothing of this field any more, and clients send it with quotes or without. */
static const char *unquote(struct http *h, char *value)
{
	size_t n = strlen(value);

	(void)h;
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		memmove(value, value + 1, n - 2);
		value[n - 2] = '\0';
	}
	return NULL;
}

static const struct {
	const char *name;
	bool repeatable;
	const char *(*check)(struct http *h, char *value);
} fields[] = {
	[HTTP_HOST] = { "Host", false, check_host },
	[HTTP_CONTENT_LENGTH] = { "Content-Length", false, check_length },
	[HTTP_TRANSFER_ENCODING] = { "Transfer-Encoding", false, check_coding },
	[HTTP_CONNECTION] = { "Connection", true, check_connection },
	[HTTP_EXPECT] = { "Expect", false, NULL },
	[HTTP_CONTENT_ENCODING] = { "Content-Encoding", false, NULL },
	[HTTP_CONTENT_TYPE] = { "Content-Type", false, NULL },
	[HTTP_SOAP_ACTION] = { "SOAPAction", false, unquote },
	[HTTP_AUTHORIZATION] = { "Authorization", false, NULL },
	[HTTP_WSMANIDENTIFY] = { "WSMANIDENTIFY", false, NULL },
	[HTTP_USER_AGENT] = { "User-Agent", true, NULL },
};
static_assert(ARRAY_LEN(fields) == HTTP_FIELD_COUNT, "every field has a row");
static_assert(HTTP_FIELD_COUNT <= 16, "seen has a bit for every field");

static bool seen(const struct http *h, enum http_field f)
{
	return h->seen >> f & 1;
}

/* Where the colon is in a well-formed field line; refuses any other line. */
static char *field_colon(struct http *h, char *line)
{
	char *colon = strchr(line, ':');

	if (*line == ' ' || *line == '\t')
		http_refuse(h, 400, "a header line continues the one before it");
	else if (!colon || !is_token(line, (size_t)(colon - line)))
		http_refuse(h, 400, "a header line is not NAME: VALUE");
	else
		return colon;
	return NULL;
}

bool http_trailer_line(struct http *h, char *line)
{
	field_colon(h, line);
	return false;
}

static char *trim(char *value)
{
	char *end;

	value += strspn(value, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	return value;
}

static bool take_field(struct http *h, enum http_field f, char *value)
{
	const char *why = NULL;

	if (seen(h, f) && !fields[f].repeatable)
		why = "a header field that may come once came twice";
	else if (fields[f].check)
		why = fields[f].check(h, value);
	if (why) {
		http_refuse(h, 400, why);
		return false;
	}
	if (seen(h, f))
		return false;
	h->seen |= (uint16_t)(1u << f);
	h->value[f] = (size_t)(value - h->head.data);
	return true;
}

bool http_field_line(struct http *h, char *line)
{
	char *colon = field_colon(h, line);

	if (!colon)
		return false;
	*colon = '\0';
	for (size_t f = 0; f < HTTP_FIELD_COUNT; f++) {
		if (same(line, fields[f].name))
			return take_field(h, (enum http_field)f, trim(colon + 1));
	}
	return false;
}

static bool host_missing(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return !h->old && !seen(h, HTTP_HOST);
}

static bool length_twice(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return seen(h, HTTP_TRANSFER_ENCODING) && seen(h, HTTP_CONTENT_LENGTH);
}

/* RFC 9112 6.1: a chunked message of HTTP/1.0 has faulty framing. */
static bool coding_too_early(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return seen(h, HTTP_TRANSFER_ENCODING) && h->old;
}

static bool path_unknown(const struct http *h, const struct http_rules *r)
{
	return h->has_path && !r->path_known(r->arg, h->head.data + h->path);
}

static bool not_post(const struct http *h, const struct http_rules *r)
{
	const char *query = h->has_query ? h->head.data + h->query : NULL;

	if (h->get && h->has_path && r->get_known &&
		r->get_known(r->arg, h->head.data + h->path, query))
		return false;
	return !h->post;
}

/* RFC 9110 9.3.1: it would mean nothing, and could be another request in disguise. */
static bool get_with_body(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return h->get && (seen(h, HTTP_TRANSFER_ENCODING) || h->length > 0);
}

static bool coding_unknown(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return seen(h, HTTP_TRANSFER_ENCODING) && !h->chunked;
}

static bool no_length(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return !h->get && !seen(h, HTTP_TRANSFER_ENCODING) && !seen(h, HTTP_CONTENT_LENGTH);
}

static bool body_too_large(const struct http *h, const struct http_rules *r)
{
	return h->length > r->body_bytes;
}

/* RFC 9110 10.1.1: an expectation in an HTTP/1.0 request is ignored. */
static bool expects_else(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return seen(h, HTTP_EXPECT) && !h->old && !same(http_value(h, HTTP_EXPECT), "100-continue");
}

static bool body_encoded(const struct http *h, const struct http_rules *r)
{
	(void)r;
	return seen(h, HTTP_CONTENT_ENCODING) &&
	       !same(http_value(h, HTTP_CONTENT_ENCODING), "identity");
}

/* In this order: framing that could be read in two ways goes before everything else. */
static const struct {
	bool (*wrong)(const struct http *h, const struct http_rules *r);
	int status;
	const char *reason;
} head_checks[] = {
	{ host_missing, 400, "Host is missing" },
	{ length_twice, 400, "a request has Content-Length or Transfer-Encoding, not both" },
	{ coding_too_early, 400, "HTTP/1.0 has no Transfer-Encoding" },
	{ path_unknown, 404, "there is nothing under this path" },
	{ not_post, 405, "only POST is answered here" },
	{ get_with_body, 400, "a GET has no body" },
	{ coding_unknown, 501, "of transfer encodings only chunked is understood" },
	{ no_length, 411, "Content-Length is missing" },
	{ body_too_large, 413, "the body is larger than this server takes" },
	{ expects_else, 417, "the only expectation met here is 100-continue" },
	{ body_encoded, 415, "the body must not be compressed" },
};

void http_head_end(struct http *h, const struct http_rules *r)
{
	for (size_t i = 0; i < ARRAY_LEN(head_checks); i++) {
		if (head_checks[i].wrong(h, r)) {
			http_refuse(h, head_checks[i].status, head_checks[i].reason);
			return;
		}
	}
	if (h->close)
		h->keep_alive = false;
	h->left = h->length;
	if (h->chunked)
		h->state = HTTP_CHUNK_SIZE;
	else
		h->state = h->length ? HTTP_BODY : HTTP_DONE;
	h->want_continue = seen(h, HTTP_EXPECT) && !h->old && h->state != HTTP_DONE;
}
