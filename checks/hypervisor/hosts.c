#include "checks/hypervisor/hosts.h"
#include "checks/hypervisor/hv.h"
#include "daemon/base/buf.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fnmatch.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOLE "{host}"

struct network {
	int family;
	unsigned bits;
	unsigned char bytes[16];
};

/* A row of [destination] allow: a network, or a pattern for names ("*": addresses too). */
struct rule {
	const char *pattern; /* NULL: a network */
	struct network network;
};

struct hosts {
	_Atomic unsigned refs;
	struct arena *arena;
	const char *template, *pki_path, *auth_file;
	struct rule *rules;
	size_t n_rules;
	struct hv_host *rows;
	size_t n_rows;
};

static int parse_address(const char *text, unsigned char bytes[16])
{
	if (inet_pton(AF_INET, text, bytes) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6 : 0;
}

/* "192.0.2.0/24", "2001:db8::/32", or one address. */
static int parse_network(const char *text, struct network *out, struct err *e)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN + 1] = "", *end = NULL;
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long bits;

	if (len < sizeof address)
		memcpy(address, text, len);
	out->family = parse_address(address, out->bytes);
	out->bits = out->family == AF_INET ? 32 : 128;
	if (!out->family)
		return err_set(e, ERR_CONFIG, "'%s' in [destination] allow is no network", text);
	if (!slash)
		return 0;
	bits = strtoul(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end || bits > out->bits)
		return err_set(e, ERR_CONFIG,
			"'%s' in [destination] allow has a prefix length that is "
			"no number from 0 to %u",
			text, out->bits);
	out->bits = (unsigned)bits;
	return 0;
}

static int parse_rule(struct hosts *h, const char *text, struct rule *out, struct err *e)
{
	unsigned char bytes[16];

	if (strchr(text, '/') || parse_address(text, bytes))
		return parse_network(text, &out->network, e);
	if (!*text || text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789.-_*?[]!")])
		return err_set(e, ERR_CONFIG,
			"'%s' in [destination] allow is neither a pattern for names nor a network",
			text);
	out->pattern = arena_strdup(h->arena, text);
	return 0;
}

static int read_rules(struct hosts *h, const struct hv_config *c, struct err *e)
{
	h->rules = arena_array(h->arena, c->n_allow, sizeof *h->rules);
	for (; h->n_rules < c->n_allow; h->n_rules++)
		if (parse_rule(h, c->allow[h->n_rules], &h->rules[h->n_rules], e) < 0)
			return -e->code;
	return 0;
}

static int check_uri(const char *uri, const char *where, struct err *e)
{
	const char *colon = strchr(uri, ':');

	if (!colon || colon == uri || !isalpha((unsigned char)*uri))
		return err_set(e, ERR_CONFIG, "%s is no libvirt URI: '%s'", where, uri);
	for (const char *p = uri; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return err_set(e, ERR_CONFIG, "%s has a space or control character", where);
	return 0;
}

static int read_rows(struct hosts *h, const struct hv_config *c, struct err *e)
{
	h->rows = arena_array(h->arena, c->n_hosts, sizeof *h->rows);
	for (; h->n_rows < c->n_hosts; h->n_rows++) {
		const struct hv_host *row = &c->hosts[h->n_rows];
		struct hv_host *copy = &h->rows[h->n_rows];
		const char *where = arena_printf(h->arena, "[hosts] %s", row->name);

		if (check_uri(row->uri, where, e) < 0)
			return -e->code;
		*copy = *row;
		copy->name = arena_strdup(h->arena, row->name);
		copy->uri = arena_strdup(h->arena, row->uri);
	}
	return 0;
}

static int read_template(struct hosts *h, const struct hv_config *c, struct err *e)
{
	const char *t = c->uri_template, *hole = t ? strstr(t, HOLE) : NULL;

	if (!t || !*t)
		return 0;
	if (!hole || strstr(hole + 1, HOLE))
		return err_set(e, ERR_CONFIG, "[destination] uri_template needs exactly one " HOLE);
	h->template = arena_strdup(h->arena, t);
	return check_uri(t, "[destination] uri_template", e);
}

static const char *copy_unless_empty(struct arena *a, const char *text)
{
	return text && *text ? arena_strdup(a, text) : NULL;
}

int hosts_new(const struct hv_config *c, struct hosts **out, struct err *e)
{
	struct hosts *h = mem_calloc(1, sizeof *h);

	h->refs = 1;
	h->arena = arena_new();
	h->pki_path = copy_unless_empty(h->arena, c->pki_path);
	h->auth_file = copy_unless_empty(h->arena, c->auth_file);
	if (read_template(h, c, e) < 0 || read_rules(h, c, e) < 0 || read_rows(h, c, e) < 0) {
		hosts_unref(h);
		return -e->code;
	}
	*out = h;
	return 0;
}

struct hosts *hosts_ref(struct hosts *h)
{
	atomic_fetch_add(&h->refs, 1);
	return h;
}

void hosts_unref(struct hosts *h)
{
	if (!h || atomic_fetch_sub(&h->refs, 1) > 1)
		return;
	arena_free(h->arena);
	free(h);
}

static bool in_network(const struct network *n, int family, const unsigned char *bytes)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	unsigned mask = 0xff00u >> rest & 0xff;

	if (n->family != family || memcmp(n->bytes, bytes, whole) != 0)
		return false;
	return !rest || ((n->bytes[whole] ^ bytes[whole]) & mask) == 0;
}

/* A pattern such as "10.*" must not let an address pass, nor a name "10.example": patterns are
 * for names, networks for addresses, and "*" alone is everything. */
static bool allowed(
	const struct hosts *h, const char *name, int family, const unsigned char bytes[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	for (size_t i = 0; i < h->n_rules; i++) {
		const struct rule *r = &h->rules[i];

		if (r->pattern && strcmp(r->pattern, "*") == 0)
			return true;
		if (family && !r->pattern && in_network(&r->network, family, bytes))
			return true;
		/* ::ffff:192.0.2.1 is 192.0.2.1. */
		if (family == AF_INET6 && !r->pattern &&
			memcmp(bytes, mapped, sizeof mapped) == 0 &&
			in_network(&r->network, AF_INET, bytes + sizeof mapped))
			return true;
		if (!family && r->pattern && fnmatch(r->pattern, name, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}

/* Only what host_format_of lets pass comes here; a URI is too sharp a thing to rely on that. */
static bool plain_name(const char *name)
{
	size_t n = 0;

	for (; name[n]; n++)
		if (!isalnum((unsigned char)name[n]) && name[n] != '-' && name[n] != '.')
			return false;
	return n > 0 && n <= 255 && isalnum((unsigned char)name[0]);
}

static const char *fill_template(
	const struct hosts *h, struct arena *a, const char *name, int family)
{
	const char *hole = strstr(h->template, HOLE);
	bool brackets = family == AF_INET6;

	return arena_printf(a, "%.*s%s%s%s%s", (int)(hole - h->template), h->template,
		brackets ? "[" : "", name, brackets ? "]" : "", hole + strlen(HOLE));
}

static void refuse(struct destination *out, const char *text)
{
	*out = (struct destination){ .access = ACCESS_NOT_ALLOWED, .text = text };
}

void hosts_find(const struct hosts *h, const char *name, struct arena *a, struct destination *out)
{
	unsigned char bytes[16];
	int family;

	for (size_t i = 0; i < h->n_rows; i++) {
		if (strcasecmp(h->rows[i].name, name) != 0)
			continue;
		*out = (struct destination){
			.access = ACCESS_OPEN,
			.uri = arena_strdup(a, h->rows[i].uri),
			.open_uri = hosts_open_uri(h, a, h->rows[i].uri),
			.maintenance = h->rows[i].maintenance,
			.max_migrations = h->rows[i].max_migrations,
		};
		return;
	}
	family = parse_address(name, bytes);
	if (!family && !plain_name(name))
		return refuse(out, "the name is neither in [hosts] nor a DNS name or an address");
	if (!h->template || !allowed(h, name, family, bytes))
		return refuse(out, "it is neither in [hosts] nor allowed by [destination] allow");
	*out = (struct destination){ .access = ACCESS_OPEN };
	out->uri = fill_template(h, a, name, family);
	out->open_uri = hosts_open_uri(h, a, out->uri);
}

static void add_query(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%c%s=", b->data && strchr(b->data, '?') ? '&' : '?', name);
	for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
		if (isalnum(*p) || strchr("/-_.~", *p))
			buf_putc(b, (char)*p);
		else
			buf_printf(b, "%%%02X", *p);
	}
}

/* The transport of "qemu+tls://host/system"; a host without a transport means TLS. */
const char *hosts_open_uri(const struct hosts *h, struct arena *a, const char *uri)
{
	const char *colon = strchr(uri, ':'), *plus = memchr(uri, '+', (size_t)(colon - uri));
	bool remote = strncmp(colon, "://", 3) == 0 && colon[3] && colon[3] != '/';
	bool tls = plus ? strncasecmp(plus, "+tls:", 5) == 0 : remote;
	auto_buf struct buf b = { 0 };

	buf_puts(&b, uri);
	if (tls && h->pki_path && !strstr(uri, "pkipath="))
		add_query(&b, "pkipath", h->pki_path);
	if ((remote || plus) && h->auth_file && !strstr(uri, "authfile="))
		add_query(&b, "authfile", h->auth_file);
	return arena_strdup(a, b.data);
}

const char *hv_public_uri(struct arena *a, const char *uri)
{
	size_t len = strcspn(uri, "?#");
	const char *authority = memmem(uri, len, "://", 3);
	const char *end, *at;

	if (authority == NULL)
		return arena_strndup(a, uri, len);
	authority += 3;
	end = authority + strcspn(authority, "/?#");
	at = memrchr(authority, '@', (size_t)(end - authority));
	if (at == NULL)
		return arena_strndup(a, uri, len);
	return arena_printf(a, "%.*s%.*s", (int)(authority - uri), uri,
		(int)(len - (size_t)(at + 1 - uri)), at + 1);
}

const struct hv_host *hosts_rows(const struct hosts *h, size_t *n)
{
	*n = h->n_rows;
	return h->rows;
}
