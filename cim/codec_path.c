/*
 * References in text: object paths and WBEM URIs (DSP0004 8.2, DSP0207), as people and tools
 * write them: [\\host\ | //host/ | scheme://host/] [namespace:] Class.Key="value",...
 */
#include <ctype.h>
#include <string.h>

#include "cim/codec.h"

enum { MAX_TEXT = 4096, MAX_KEYS = 64 };

static size_t identifier(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*s) && *s != '_')
		return 0;
	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* A value: in either kind of quotes with backslash escapes, or bare up to the next comma. */
static const char *read_value(struct arena *a, const char **at)
{
	const char *s = *at;
	char quote = *s, *out;
	size_t n = 0, len;

	if (quote != '"' && quote != '\'') {
		len = strcspn(s, ",\"'");
		*at = s + len;
		return len > 0 && (s[len] == ',' || s[len] == '\0') ? arena_strndup(a, s, len)
								    : NULL;
	}
	out = arena_alloc(a, strlen(s));
	for (s++; *s != quote; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		if (*s == '\0')
			return NULL;
		out[n++] = *s;
	}
	*at = s + 1;
	return out;
}

static bool read_keys(struct arena *a, const char *s, struct cim_ref *ref)
{
	struct cim_key *keys = NULL;

	for (;;) {
		size_t len = identifier(s);
		struct cim_key key = { .name = arena_strndup(a, s, len) };

		if (len == 0 || s[len] != '=' || ref->n_keys >= MAX_KEYS ||
			cim_ref_key(ref, key.name) != NULL)
			return false;
		s += len + 1;
		key.text = read_value(a, &s);
		if (key.text == NULL)
			return false;
		*ARENA_PUSH(a, keys, ref->n_keys) = key;
		ref->keys = keys;
		if (*s == '\0')
			return true;
		if (*s++ != ',')
			return false;
		s += strspn(s, " ");
	}
}

/* What stands before the class: a host, which is not looked at, and the namespace. */
static bool read_namespace(struct arena *a, const char *s, size_t len, struct cim_ref *ref)
{
	const char *end = s + len, *host = strstr(s, "://");

	if (host != NULL && host < end)
		s = host + 1;
	if (end - s >= 2 && ((s[0] == '/' && s[1] == '/') || (s[0] == '\\' && s[1] == '\\'))) {
		s += 2;
		while (s < end && *s != '/' && *s != '\\')
			s++;
	}
	while (s < end && (*s == '/' || *s == '\\'))
		s++;
	for (const char *p = s; p < end; p++)
		if (!isalnum((unsigned char)*p) && strchr("_/\\-.", *p) == NULL)
			return false;
	if (end > s)
		ref->ns = arena_strndup(a, s, (size_t)(end - s));
	return true;
}

/* Where the class begins: behind the last colon before the first quote or equals sign. */
static const char *class_start(const char *text)
{
	size_t head = strcspn(text, "=\"'");
	const char *start = text;

	for (size_t i = 0; i < head; i++)
		if (text[i] == ':')
			start = text + i + 1;
	return start;
}

static int ref_from_uri(struct arena *a, const char *text, struct cim_ref **out, struct err *e)
{
	struct cim_uri uri;
	struct cim_ref *ref;
	int rc = cim_uri_parse(a, text, &uri, e);

	if (rc != 0 || uri.kind != CIM_URI_CLASS || uri.n_keys == 0)
		return -ERR_SYNTAX;
	ref = arena_alloc(a, sizeof *ref);
	*ref = (struct cim_ref){ uri.class_name, uri.ns, uri.keys, uri.n_keys };
	*out = ref;
	return 0;
}

int cim_ref_from_text(struct arena *a, const char *text, struct cim_ref **ref, struct err *e)
{
	struct cim_ref *r = arena_alloc(a, sizeof *r);
	const char *class, *copy;
	size_t len;

	if (strlen(text) > MAX_TEXT)
		return err_set(e, ERR_SYNTAX, "an object path has %d characters at most", MAX_TEXT);
	if (ref_from_uri(a, text, ref, e) == 0)
		return 0;
	copy = arena_strdup(a, text);
	class = class_start(copy);
	len = identifier(class);
	if (len == 0 || class[len] != '.' || !read_keys(a, class + len + 1, r) ||
		(class > copy && !read_namespace(a, copy, (size_t)(class - 1 - copy), r)))
		return err_set(e, ERR_SYNTAX, "\"%.100s\" is not an object path", text);
	r->class_name = arena_strndup(a, class, len);
	*ref = r;
	return 0;
}
