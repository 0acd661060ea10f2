#include "cim/uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *host, *path;
	enum cim_uri_kind kind;
	bool ns; /* the path goes on with the namespace */
} forms[] = {
	{ "http://schemas.dmtf.org", "/wbem/wscim/1/cim-schema/2/", CIM_URI_CLASS, false },
	{ "http://schemas.dmtf.org", "/wbem/wscim/1/", CIM_URI_ALL, false },
	{ "http://schemas.dmtf.org", "/wbem/cim-xml/2/cim-schema/2/", CIM_URI_CIMXML, false },
	{ "http://schemas.microsoft.com", "/wbem/wscim/1/cim-schema/2/", CIM_URI_CLASS, false },
	{ "http://schemas.microsoft.com", "/wbem/wscim/1/", CIM_URI_ALL, false },
	{ "http://schemas.microsoft.com", "/wbem/wsman/1/wmi/", CIM_URI_CLASS, true },
};

static bool is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoded text; NULL when a percent sign begins nothing, or stands for a NUL. */
static const char *decoded(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		out[n] = s[i];
		if (s[i] == '%') {
			if (len - i < 3 || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
				return NULL;
			out[n] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		}
		if (out[n++] == '\0')
			return NULL;
	}
	return out;
}

/* "name=value&name=value" behind the question mark. */
static int parse_selectors(struct arena *a, const char *query, struct cim_uri *u, struct err *e)
{
	struct cim_key *keys = NULL;

	while (*query != '\0') {
		size_t len = strcspn(query, "&"), name_len = strcspn(query, "=&");
		const char *name = decoded(a, query, name_len);
		const char *value = name_len < len
					    ? decoded(a, query + name_len + 1, len - name_len - 1)
					    : NULL;

		if (name == NULL || value == NULL || *name == '\0')
			return err_set(e, ERR_CLASS,
				"the selectors behind '?' in the resource URI are not NAME=VALUE");
		if (strcmp(name, "__cimnamespace") == 0)
			u->ns = value;
		else
			*ARENA_PUSH(a, keys, u->n_keys) =
				(struct cim_key){ .name = name, .text = value };
		query += len + (query[len] == '&');
	}
	u->keys = keys;
	return 0;
}

/* Whether text begins with row i's host (any case) and path. */
static bool has_form(const char *text, size_t i)
{
	size_t host = strlen(forms[i].host), path = strlen(forms[i].path);

	return strncasecmp(text, forms[i].host, host) == 0 &&
	       strncmp(text + host, forms[i].path, path) == 0;
}

/* What stands behind the form's path: CLASS, "*", or NAMESPACE/CLASS. */
static bool parse_rest(struct arena *a, size_t form, const char *rest, struct cim_uri *u)
{
	const char *slash = strrchr(rest, '/'), *name = slash != NULL ? slash + 1 : rest;
	bool all = strcmp(name, "*") == 0;

	if (forms[form].ns && slash != NULL)
		u->ns = arena_strndup(a, rest, (size_t)(slash - rest));
	if ((slash != NULL) != forms[form].ns || (!all && !is_identifier(name)))
		return false;
	u->kind = forms[form].kind;
	u->class_name = name;
	if (u->kind == CIM_URI_CIMXML)
		return true;
	if (all) {
		u->kind = CIM_URI_ALL;
		u->class_name = "";
	}
	return all || u->kind == CIM_URI_CLASS;
}

int cim_uri_parse(struct arena *a, const char *text, struct cim_uri *u, struct err *e)
{
	size_t len = strcspn(text, "?");
	char *path = arena_strndup(a, text, len);
	const char *slash = strrchr(path, '/');

	memset(u, 0, sizeof *u);
	for (size_t i = 0; slash != NULL && i < ARRAY_LEN(forms); i++) {
		size_t prefix = strlen(forms[i].host) + strlen(forms[i].path);

		if (!has_form(path, i) || !parse_rest(a, i, path + prefix, u))
			continue;
		u->prefix = arena_strndup(a, path, (size_t)(slash + 1 - path));
		return text[len] == '?' ? parse_selectors(a, text + len + 1, u, e) : 0;
	}
	memset(u, 0, sizeof *u);
	return err_set(e, ERR_CLASS, "\"%.200s\" is not the resource URI of a CIM class", text);
}

static bool is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* The next part of a namespace name, and its length; 0 at the end. */
static size_t next_part(const char **s)
{
	size_t len = 0;

	while (is_separator(**s))
		(*s)++;
	while ((*s)[len] != '\0' && !is_separator((*s)[len]))
		len++;
	return len;
}

bool cim_ns_same(const char *a, const char *b)
{
	for (;;) {
		size_t la = next_part(&a), lb = next_part(&b);

		if (la != lb || strncasecmp(a, b, la) != 0)
			return false;
		if (la == 0)
			return true;
		a += la;
		b += lb;
	}
}
