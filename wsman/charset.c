#include "wsman/charset.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char soap_media[] = "application/soap+xml";

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

/* Reads the token or quoted string at p, and returns what follows it; NULL when it has no end. */
static const char *read_value(const char *p, struct span *value)
{
	if (*p != '"') {
		value->p = p;
		value->n = strcspn(p, "; \t");
		return p + value->n;
	}
	value->p = ++p;
	value->n = strcspn(p, "\"");
	return p[value->n] == '"' ? p + value->n + 1 : NULL;
}

static bool span_is(struct span s, const char *text)
{
	return s.n == strlen(text) && (s.n == 0 || strncasecmp(s.p, text, s.n) == 0);
}

bool media_parse(const char *content_type, struct media *m)
{
	const char *p;

	memset(m, 0, sizeof *m);
	if (!content_type)
		return false;
	p = skip_space(content_type);
	if (strncasecmp(p, soap_media, sizeof soap_media - 1) != 0)
		return false;
	p = skip_space(p + sizeof soap_media - 1);
	while (*p == ';') {
		struct span name, value;

		p = skip_space(p + 1);
		if (*p == '\0')
			return true;
		name.p = p;
		name.n = strcspn(p, "=; \t\"");
		p = skip_space(p + name.n);
		if (name.n == 0 || *p != '=')
			return false;
		p = read_value(skip_space(p + 1), &value);
		if (!p)
			return false;
		if (span_is(name, "charset"))
			m->charset = value;
		else if (span_is(name, "action"))
			m->action = value;
		p = skip_space(p);
	}
	return *p == '\0';
}

enum order { ORDER_NONE, ORDER_UTF8, ORDER_LITTLE, ORDER_BIG };

static const struct mark {
	const char *octets;
	size_t n;
	enum order order;
} marks[] = {
	{ "\xef\xbb\xbf", 3, ORDER_UTF8 },
	{ "\xff\xfe", 2, ORDER_LITTLE },
	{ "\xfe\xff", 2, ORDER_BIG },
};

/* An envelope begins with '<' or white space, so its first character tells what a mark would. */
static enum order guess_order(const char *body, size_t len)
{
	if (len < 2)
		return ORDER_UTF8;
	if (body[0] && !body[1])
		return ORDER_LITTLE;
	if (!body[0] && body[1])
		return ORDER_BIG;
	return body[0] ? ORDER_UTF8 : ORDER_NONE;
}

static const struct named {
	const char *name;
	bool utf8, little, big;
} names[] = {
	{ "", true, true, true },
	{ "utf-8", true, false, false },
	{ "utf8", true, false, false },
	{ "utf-16", false, true, true },
	{ "utf-16le", false, true, false },
	{ "utf-16be", false, false, true },
};

static const struct named *find_named(struct span charset)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (span_is(charset, names[i].name))
			return &names[i];
	}
	return NULL;
}

enum charset_verdict charset_decide(
	const struct media *m, const char *body, size_t len, struct charset_choice *c)
{
	const struct named *n = find_named(m->charset);
	enum order order = ORDER_NONE;

	*c = (struct charset_choice){ .charset = CHARSET_UTF8 };
	if (!n)
		return CHARSET_UNSUPPORTED;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (len >= marks[i].n && memcmp(body, marks[i].octets, marks[i].n) == 0) {
			order = marks[i].order;
			c->skip = marks[i].n;
		}
	}
	if (order == ORDER_NONE)
		order = guess_order(body, len);
	c->charset = order == ORDER_LITTLE || order == ORDER_BIG ? CHARSET_UTF16 : CHARSET_UTF8;
	c->big_endian = order == ORDER_BIG;
	if ((order == ORDER_UTF8 && n->utf8) || (order == ORDER_LITTLE && n->little) ||
		(order == ORDER_BIG && n->big))
		return CHARSET_OK;
	return CHARSET_CONFLICT;
}

static uint32_t unit_at(const unsigned char *p, bool big_endian)
{
	return big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static char *put_utf8(char *at, uint32_t c)
{
	if (c < 0x80) {
		*at++ = (char)c;
		return at;
	}
	if (c < 0x800) {
		*at++ = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		*at++ = (char)(0xe0 | c >> 12);
		*at++ = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		*at++ = (char)(0xf0 | c >> 18);
		*at++ = (char)(0x80 | (c >> 12 & 0x3f));
		*at++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*at++ = (char)(0x80 | (c & 0x3f));
	return at;
}

bool charset_from_utf16(struct buf *out, const char *text, size_t len, bool big_endian)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;
	/* A unit becomes three octets at most; a pair of them four. */
	char *start = buf_reserve(out, len / 2 * 3), *at = start;

	if (!start || len % 2)
		return false;
	while (p < end) {
		uint32_t c = unit_at(p, big_endian), low;

		p += 2;
		if (c >= 0xd800 && c < 0xdc00 && p < end) {
			low = unit_at(p, big_endian);
			if (low < 0xdc00 || low > 0xdfff)
				return false;
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			p += 2;
		} else if (c >= 0xd800 && c < 0xe000) {
			return false;
		}
		at = put_utf8(at, c);
	}
	out->len += (size_t)(at - start);
	out->data[out->len] = '\0';
	return true;
}

static char *put_unit(char *at, uint32_t unit)
{
	*at++ = (char)(unit & 0xff);
	*at++ = (char)(unit >> 8);
	return at;
}

void charset_to_utf16(struct buf *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;
	char *start = buf_reserve(out, charset_size(CHARSET_UTF16, text, len)), *at = start;

	if (!start)
		return;
	while (p < end) {
		size_t more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		uint32_t c = more ? *p & (0x3fu >> more) : *p;

		/* As charset_size counts: only what begins a character makes a unit. */
		if ((*p++ & 0xc0) == 0x80)
			continue;
		for (; more && p < end && (*p & 0xc0) == 0x80; more--)
			c = c << 6 | (*p++ & 0x3f);
		if (c >= 0x10000) {
			c -= 0x10000;
			at = put_unit(at, 0xd800 | c >> 10);
			c = 0xdc00 | (c & 0x3ff);
		}
		at = put_unit(at, c);
	}
	out->len += (size_t)(at - start);
}

size_t charset_size(enum charset c, const char *text, size_t len)
{
	size_t units = 0;

	if (c == CHARSET_UTF8)
		return len;
	for (size_t i = 0; i < len; i++) {
		unsigned char octet = (unsigned char)text[i];

		units += ((octet & 0xc0) != 0x80) + (octet >= 0xf0);
	}
	return units * 2;
}

const char *charset_media_type(enum charset c)
{
	static const char *const types[CHARSET_COUNT] = {
		[CHARSET_UTF8] = "application/soap+xml;charset=UTF-8",
		[CHARSET_UTF16] = "application/soap+xml;charset=UTF-16",
	};

	return types[c];
}
