#include "wsman/fragment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIALECT_XPATH "http://www.w3.org/TR/1999/REC-xpath-19991116"
#define XSI "http://www.w3.org/2001/XMLSchema-instance"

enum { PATH_LIMIT = 1024, STEP_LIMIT = 16, INDEX_LIMIT = 100000 };

struct step {
	const char *prefix, *ns, *name; /* prefix and ns NULL: any */
	unsigned long index; /* 0: all */
};

struct fragment {
	const char *path, *dialect; /* as the client wrote them; dialect NULL: not named */
	bool absolute;
	struct step steps[STEP_LIMIT];
	size_t n;
	enum { END_ELEMENT, END_TEXT, END_ATTRIBUTE } end;
	struct step attribute;
};

/* Elements that a path has come to. */
struct nodes {
	const xmlNode **at;
	size_t n;
};

static int refuse(struct job *j, const char *why)
{
	return fault_set(&j->fault, FAULT_FRAGMENT_PATH,
		"The path of FragmentTransfer cannot be followed: %s.", why);
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*p) && *p != '_' && !((unsigned char)*p & 0x80))
		return 0;
	while (isalnum((unsigned char)p[n]) || ((unsigned char)p[n] & 0x80) ||
		(p[n] && strchr("_-.", p[n])))
		n++;
	return n;
}

/* "name" or "prefix:name", the prefix being one that is declared where the header stands. */
static int read_name(struct job *j, const char **at, struct step *s)
{
	const xmlNode *block = j->env.blocks[HEADER_FRAGMENT_TRANSFER];
	size_t n = name_length(*at);
	xmlNs *ns;

	if (n == 0)
		return refuse(j, "only names, an index, text() and attributes are understood");
	s->name = arena_strndup(j->arena, *at, n);
	*at += n;
	if (**at != ':')
		return 0;
	s->prefix = s->name;
	*at += 1;
	n = name_length(*at);
	if (n == 0)
		return refuse(j, "a prefix has no name behind it");
	s->name = arena_strndup(j->arena, *at, n);
	*at += n;
	ns = xmlSearchNs(block->doc, (xmlNode *)(uintptr_t)block, (const xmlChar *)s->prefix);
	if (!ns)
		return refuse(j, "a prefix is not declared");
	s->ns = arena_strdup(j->arena, (const char *)ns->href);
	return 0;
}

static int read_index(struct job *j, const char **at, struct step *s)
{
	char *end;

	if (**at != '[')
		return 0;
	if (!isdigit((unsigned char)(*at)[1]))
		return refuse(j, "an index is a number");
	s->index = strtoul(*at + 1, &end, 10);
	if (*end != ']' || s->index == 0 || s->index > INDEX_LIMIT)
		return refuse(j, "an index is a number from 1 on");
	*at = end + 1;
	return 0;
}

/* One part of the path, up to its end or behind the next '/'. */
static int read_step(struct job *j, const char **at, struct fragment *f)
{
	static const char text[] = "text()";

	if (f->n == STEP_LIMIT)
		return refuse(j, "it is too long");
	if (strcmp(*at, text) == 0) {
		f->end = END_TEXT;
		*at += sizeof text - 1;
		return 0;
	}
	if (**at == '@') {
		f->end = END_ATTRIBUTE;
		*at += 1;
		return read_name(j, at, &f->attribute);
	}
	if (read_name(j, at, &f->steps[f->n]) < 0 || read_index(j, at, &f->steps[f->n]) < 0)
		return -1;
	f->n++;
	if (**at != '/')
		return 0;
	*at += 1;
	return **at ? 0 : refuse(j, "it ends with a slash");
}

static int read_path(struct job *j, struct fragment *f)
{
	const char *at = f->path;

	if (strlen(at) > PATH_LIMIT)
		return refuse(j, "it is too long");
	if (strcmp(at, ".") == 0)
		return 0;
	f->absolute = *at == '/';
	at += f->absolute;
	if (*at == '\0')
		return f->absolute ? 0 : refuse(j, "it is empty");
	while (*at && f->end == END_ELEMENT) {
		size_t before = f->n;

		if (read_step(j, &at, f) < 0)
			return -1;
		if (*at && f->n > before && at[-1] != '/')
			break;
	}
	return *at ? refuse(j, "only names, an index, text() and attributes are understood") : 0;
}

static int refuse_dialect(struct job *j)
{
	fault_set(&j->fault, FAULT_FRAGMENT_DIALECT, NULL);
	j->fault.detail = "<wsman:FragmentDialect>" DIALECT_XPATH "</wsman:FragmentDialect>";
	return -1;
}

int fragment_read(struct job *j, struct fragment **out)
{
	const xmlNode *block = j->env.blocks[HEADER_FRAGMENT_TRANSFER];
	struct fragment *f = arena_alloc(j->arena, sizeof *f);

	f->dialect = xml_attribute(j->arena, block, NULL, "Dialect");
	f->path = xml_text(j->arena, block);
	if (f->dialect && strcmp(f->dialect, DIALECT_XPATH) != 0)
		return refuse_dialect(j);
	if (!f->path)
		return refuse(j, "it is not text");
	*out = f;
	return read_path(j, f);
}

static void declare(struct buf *out, const struct step *s)
{
	if (!s->prefix || !s->ns)
		return;
	buf_printf(out, " xmlns:%s=\"", s->prefix);
	buf_xml(out, s->ns);
	buf_putc(out, '"');
}

/* Whether an earlier step has declared the prefix already. */
static bool is_declared(const struct fragment *f, size_t n, const char *prefix)
{
	for (size_t i = 0; prefix && i < n; i++) {
		if (f->steps[i].prefix && strcmp(f->steps[i].prefix, prefix) == 0)
			return true;
	}
	return false;
}

const char *fragment_header(struct job *j, const struct fragment *f)
{
	auto_buf struct buf out = { 0 };

	buf_puts(&out, "<wsman:FragmentTransfer s:mustUnderstand=\"true\"");
	for (size_t i = 0; i < f->n; i++) {
		if (!is_declared(f, i, f->steps[i].prefix))
			declare(&out, &f->steps[i]);
	}
	if (!is_declared(f, f->n, f->attribute.prefix))
		declare(&out, &f->attribute);
	if (f->dialect)
		buf_printf(&out, " Dialect=\"%s\"", DIALECT_XPATH);
	buf_putc(&out, '>');
	buf_xml(&out, f->path);
	buf_puts(&out, "</wsman:FragmentTransfer>");
	return arena_strdup(j->arena, out.data);
}

static bool is_named(const struct step *s, const xmlNs *ns, const xmlChar *name)
{
	return strcasecmp((const char *)name, s->name) == 0 &&
	       (!s->ns || (ns && strcmp((const char *)ns->href, s->ns) == 0));
}

/* The children of all nodes that the step means; an index counts below each node anew. */
static struct nodes follow(struct arena *a, const struct nodes *from, const struct step *s)
{
	struct nodes to = { 0 };

	for (size_t i = 0; i < from->n; i++) {
		unsigned long seen = 0;

		for (const xmlNode *n = xml_first(from->at[i]); n; n = xml_next(n)) {
			if (is_named(s, n->ns, n->name) && (++seen == s->index || !s->index))
				*ARENA_PUSH(a, to.at, to.n) = n;
		}
	}
	return to;
}

/* Some write a path from the root on without its slash: "CLASS/Name". */
static bool begins_at_root(const struct fragment *f, const xmlNode *root)
{
	if (f->absolute || f->n == 0)
		return f->absolute;
	for (const xmlNode *n = xml_first(root); n; n = xml_next(n)) {
		if (is_named(&f->steps[0], n->ns, n->name))
			return false;
	}
	return is_named(&f->steps[0], root->ns, root->name);
}

static struct nodes walk(struct arena *a, const struct fragment *f, const xmlNode *root)
{
	struct nodes nodes = { 0 };
	size_t i = 0;

	if (f->n && begins_at_root(f, root)) {
		if (!is_named(&f->steps[0], root->ns, root->name) || f->steps[0].index > 1)
			return nodes;
		i = 1;
	}
	*ARENA_PUSH(a, nodes.at, nodes.n) = root;
	for (; i < f->n; i++)
		nodes = follow(a, &nodes, &f->steps[i]);
	return nodes;
}

static bool is_nil(const xmlNode *n)
{
	return xmlHasNsProp((xmlNode *)(uintptr_t)n, (const xmlChar *)"nil", (const xmlChar *)XSI);
}

static void put_text(struct arena *a, struct buf *out, const struct nodes *nodes, bool *found)
{
	const xmlNode *n = nodes->at[0];

	if (is_nil(n))
		return;
	*found = true;
	if (!xml_first(n))
		buf_xml(out, xml_text(a, n));
}

static void put_attribute(
	struct arena *a, struct buf *out, const struct fragment *f, const xmlNode *n, bool *found)
{
	for (const xmlAttr *at = n->properties; at; at = at->next) {
		if (!is_named(&f->attribute, at->ns, at->name))
			continue;
		buf_xml(out, xml_attribute(a, n, at->ns ? (const char *)at->ns->href : NULL,
				     (const char *)at->name));
		*found = true;
		return;
	}
}

static int put_selection(struct job *j, struct buf *out, const struct fragment *f,
	const struct nodes *nodes, bool *found)
{
	if (f->end != END_ELEMENT && nodes->n > 1)
		return refuse(j, "it leads to several values at once; an index in [] says which");
	if (f->end == END_TEXT && nodes->n)
		put_text(j->arena, out, nodes, found);
	else if (f->end == END_ATTRIBUTE && nodes->n)
		put_attribute(j->arena, out, f, nodes->at[0], found);
	else
		for (size_t i = 0; i < nodes->n; i++) {
			xml_copy(out, nodes->at[i]);
			*found = true;
		}
	return 0;
}

int fragment_write(
	struct job *j, const struct fragment *f, const struct buf *instance, struct buf *out)
{
	auto_buf struct buf whole = { 0 }, part = { 0 };
	struct nodes nodes;
	bool ns_ok, found = false;
	struct err e;
	xmlDoc *doc;
	int ret;

	buf_puts(&whole, "<x xmlns:xsi=\"" XSI "\" xmlns:wsa=\"" XML_NS_WSA
			 "\" xmlns:wsman=\"" XML_NS_WSMAN "\">");
	buf_add(&whole, instance->data, instance->len);
	buf_puts(&whole, "</x>");
	if (xml_parse(whole.data, whole.len, &doc, &ns_ok, &e) < 0)
		return fault_set(&j->fault, FAULT_INTERNAL_ERROR, "%s", e.text);
	nodes = walk(j->arena, f, xml_first(xmlDocGetRootElement(doc)));
	ret = put_selection(j, &part, f, &nodes, &found);
	xmlFreeDoc(doc);
	if (found) {
		buf_puts(out, "<wsman:XmlFragment>");
		buf_add(out, part.data, part.len);
		buf_puts(out, "</wsman:XmlFragment>");
	} else {
		buf_puts(out, "<wsman:XmlFragment xsi:nil=\"true\"/>");
	}
	return ret;
}
