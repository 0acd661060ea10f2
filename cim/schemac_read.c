#include "cim/schemac.h"

#include <libxml/parser.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const schemac_types[] = { "boolean", "uint8", "uint16", "uint32", "uint64", "sint8",
	"sint16", "sint32", "sint64", "real32", "real64", "char16", "string", "datetime",
	"reference" };
enum { N_TYPES = sizeof schemac_types / sizeof *schemac_types };

struct class *schemac_classes;
size_t schemac_n_classes;

void schemac_die(const char *file, const xmlNode *at, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%ld: ", file, at != NULL ? xmlGetLineNo(at) : 0L);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *schemac_grow(void *items, size_t n, size_t size)
{
	void *p = realloc(items, (n + 1) * size);

	if (p == NULL) {
		perror("schemac");
		exit(1);
	}
	memset((char *)p + n * size, 0, size);
	return p;
}

bool schemac_is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

bool schemac_is_kind(const xmlNode *n, const char *stem)
{
	const char *name = (const char *)n->name;
	size_t len = strlen(stem);

	return n->type == XML_ELEMENT_NODE && strncmp(name, stem, len) == 0 &&
	       (name[len] == '\0' || name[len] == '.');
}

const char *schemac_attr(const xmlNode *n, const char *name)
{
	return (const char *)xmlGetProp(n, (const xmlChar *)name);
}

static const char *need_attr(const char *file, const xmlNode *n, const char *name)
{
	const char *v = schemac_attr(n, name);

	if (v == NULL || *v == '\0')
		schemac_die(file, n, "%s has no %s", (const char *)n->name, name);
	return v;
}

char *schemac_text(const xmlNode *n)
{
	char *text = (char *)xmlNodeGetContent(n), *out = text;

	for (const char *p = text; *p != '\0'; p++)
		if (!isspace((unsigned char)*p))
			*out++ = *p;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	if (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
	return text;
}

/* A name that C can use too. */
static const char *need_name(const char *file, const xmlNode *n)
{
	const char *v = need_attr(file, n, "NAME");

	for (const char *p = v; *p != '\0'; p++)
		if (!(isalpha((unsigned char)*p) || *p == '_' ||
			    (p > v && isdigit((unsigned char)*p))))
			schemac_die(file, n, "\"%s\" is not a CIM name", v);
	return v;
}

static int need_type(const char *file, const xmlNode *n)
{
	const char *t = need_attr(file, n, "TYPE");

	for (int i = 0; i < N_TYPES - 1; i++)
		if (strcmp(schemac_types[i], t) == 0)
			return i;
	schemac_die(file, n, "unknown type \"%s\"", t);
}

/* The values of a QUALIFIER: one VALUE, or a VALUE.ARRAY of them. */
static struct map qualifier_values(const char *file, const xmlNode *q)
{
	const xmlNode *in = q;
	struct map m = { 0 };

	for (const xmlNode *c = q->children; c != NULL; c = c->next)
		if (schemac_is(c, "VALUE.ARRAY"))
			in = c;
	for (const xmlNode *c = in->children; c != NULL; c = c->next)
		if (schemac_is(c, "VALUE"))
			*PUSH(m.items, m.n) = (char *)xmlNodeGetContent(c);
	if (m.n == 0)
		schemac_die(file, q, "qualifier %s has no VALUE", schemac_attr(q, "NAME"));
	return m;
}

const xmlNode *schemac_qualifier(const xmlNode *of, const char *name)
{
	for (const xmlNode *c = of->children; c != NULL; c = c->next)
		if (schemac_is(c, "QUALIFIER") && schemac_attr(c, "NAME") != NULL &&
			strcasecmp(schemac_attr(c, "NAME"), name) == 0)
			return c;
	return NULL;
}

static bool qualifier_bool(const char *file, const xmlNode *of, const char *name, bool otherwise)
{
	const xmlNode *q = schemac_qualifier(of, name);
	struct map m;

	if (q == NULL)
		return otherwise;
	m = qualifier_values(file, q);
	if (m.n == 1 && strcasecmp(m.items[0], "true") == 0)
		return true;
	if (m.n == 1 && strcasecmp(m.items[0], "false") == 0)
		return false;
	schemac_die(file, q, "qualifier %s is neither true nor false", name);
}

static const char *qualifier_text(const char *file, const xmlNode *of, const char *name)
{
	const xmlNode *q = schemac_qualifier(of, name);

	return q != NULL ? qualifier_values(file, q).items[0] : NULL;
}

static void read_map(const char *file, const xmlNode *of, struct map *values, struct map *texts)
{
	const xmlNode *v = schemac_qualifier(of, "ValueMap"), *t = schemac_qualifier(of, "Values");

	if (v == NULL && t == NULL)
		return;
	if (v == NULL || t == NULL)
		schemac_die(file, of, "ValueMap and Values come together");
	*values = qualifier_values(file, v);
	*texts = qualifier_values(file, t);
	if (values->n != texts->n)
		schemac_die(
			file, v, "ValueMap has %zu values and Values has %zu", values->n, texts->n);
}

/* A PROPERTY*, or PARAMETER*, by its stem. */
static struct member read_member(
	const char *file, const xmlNode *n, const char *stem, const char *origin)
{
	const char *kind = (const char *)n->name + strlen(stem);
	struct member m = { .node = n, .origin = origin, .name = need_name(file, n) };

	if (strcmp(kind, ".REFERENCE") == 0 || strcmp(kind, ".REFARRAY") == 0) {
		m.type = N_TYPES - 1;
		m.ref = need_attr(file, n, "REFERENCECLASS");
	} else if (*kind == '\0' || strcmp(kind, ".ARRAY") == 0) {
		m.type = need_type(file, n);
	} else {
		schemac_die(file, n, "unknown element %s", (const char *)n->name);
	}
	m.array = strcmp(kind, ".ARRAY") == 0 || strcmp(kind, ".REFARRAY") == 0;
	m.key = qualifier_bool(file, n, "Key", false);
	m.required = qualifier_bool(file, n, "Required", false);
	m.writable = qualifier_bool(file, n, "Write", false);
	m.in = qualifier_bool(file, n, "In", true);
	m.out = qualifier_bool(file, n, "Out", false);
	m.embedded = qualifier_text(file, n, "EmbeddedInstance");
	if (m.embedded == NULL && qualifier_bool(file, n, "EmbeddedObject", false))
		m.embedded = "";
	if (m.embedded != NULL && strcmp(schemac_types[m.type], "string") != 0)
		schemac_die(file, n, "%s is an EmbeddedInstance and not a string", m.name);
	if (m.key && m.array)
		schemac_die(file, n, "key %s is an array", m.name);
	read_map(file, n, &m.values, &m.texts);
	return m;
}

static struct member *find_member(struct member *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

struct method *schemac_method(struct class *c, const char *name)
{
	for (size_t i = 0; i < c->n_methods; i++)
		if (strcasecmp(c->methods[i].name, name) == 0)
			return &c->methods[i];
	return NULL;
}

static struct method read_method(const char *file, const xmlNode *n, const char *origin)
{
	struct method m = {
		.node = n, .origin = origin, .name = need_name(file, n), .type = need_type(file, n)
	};

	read_map(file, n, &m.values, &m.texts);
	for (const xmlNode *c = n->children; c != NULL; c = c->next) {
		struct member p;

		if (c->type != XML_ELEMENT_NODE || schemac_is(c, "QUALIFIER"))
			continue;
		if (!schemac_is_kind(c, "PARAMETER"))
			schemac_die(file, c, "unknown element %s", (const char *)c->name);
		p = read_member(file, c, "PARAMETER", NULL);
		if (find_member(m.params, m.n_params, p.name) != NULL)
			schemac_die(file, c, "parameter %s is declared twice", p.name);
		*PUSH(m.params, m.n_params) = p;
	}
	return m;
}

static void read_class_element(struct class *c, const xmlNode *n)
{
	if (schemac_is(n, "QUALIFIER"))
		return;
	if (schemac_is_kind(n, "PROPERTY")) {
		struct member p = read_member(c->file, n, "PROPERTY", c->name);

		if (find_member(c->props, c->n_props, p.name) != NULL)
			schemac_die(c->file, n, "property %s is declared twice", p.name);
		*PUSH(c->props, c->n_props) = p;
	} else if (schemac_is(n, "METHOD")) {
		struct method m = read_method(c->file, n, c->name);

		if (schemac_method(c, m.name) != NULL)
			schemac_die(c->file, n, "method %s is declared twice", m.name);
		*PUSH(c->methods, c->n_methods) = m;
	} else {
		schemac_die(c->file, n, "unknown element %s", (const char *)n->name);
	}
}

struct class *schemac_class(const char *name)
{
	for (size_t i = 0; i < schemac_n_classes; i++)
		if (strcasecmp(schemac_classes[i].name, name) == 0)
			return &schemac_classes[i];
	return NULL;
}

void schemac_read_file(const char *file)
{
	xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
	struct class c = { .file = file, .node = root };
	struct class *other;

	if (root == NULL) {
		fprintf(stderr, "%s:0: cannot be read as XML\n", file);
		exit(1);
	}
	if (!schemac_is(root, "CLASS"))
		schemac_die(
			file, root, "the document is a %s, not a CLASS", (const char *)root->name);
	c.name = need_name(file, root);
	c.super_name = schemac_attr(root, "SUPERCLASS");
	other = schemac_class(c.name);
	if (other != NULL)
		schemac_die(file, root, "class %s is declared in %s already", c.name, other->file);
	c.abstract = qualifier_bool(file, root, "Abstract", false);
	c.association = qualifier_bool(file, root, "Association", false);
	for (const xmlNode *n = root->children; n != NULL; n = n->next)
		if (n->type == XML_ELEMENT_NODE)
			read_class_element(&c, n);
	*PUSH(schemac_classes, schemac_n_classes) = c;
}

static void inherit_property(struct class *c, const struct member *base)
{
	struct member *own = find_member(c->props, c->n_props, base->name);

	if (own == NULL) {
		*PUSH(c->props, c->n_props) = *base;
		return;
	}
	if (own->type != base->type || own->array != base->array)
		schemac_die(c->file, own->node,
			"property %s overrides one of another type (%s%s in %s)", own->name,
			schemac_types[base->type], base->array ? "[]" : "", base->origin);
	if (strcmp(own->name, base->name) != 0)
		schemac_die(c->file, own->node, "property %s is spelled %s in %s", own->name,
			base->name, base->origin);
	own->key |= base->key;
	own->required |= base->required;
	own->writable |= base->writable;
	if (own->embedded == NULL)
		own->embedded = base->embedded;
	if (own->values.n == 0) {
		own->values = base->values;
		own->texts = base->texts;
	}
}

static void inherit_method(struct class *c, const struct method *base)
{
	struct method *own = schemac_method(c, base->name);

	if (own == NULL)
		*PUSH(c->methods, c->n_methods) = *base;
	else if (own->type != base->type)
		schemac_die(c->file, own->node, "method %s overrides one that returns %s in %s",
			own->name, schemac_types[base->type], base->origin);
}

static int by_name(const void *a, const void *b)
{
	/* Every sorted struct begins with its name. */
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static void resolve(struct class *c)
{
	if (c->resolved)
		return;
	if (c->resolving)
		schemac_die(c->file, c->node, "class %s is derived from itself", c->name);
	c->resolving = true;
	if (c->super_name != NULL) {
		c->super = schemac_class(c->super_name);
		if (c->super == NULL)
			schemac_die(c->file, c->node, "unknown superclass %s", c->super_name);
		resolve(c->super);
		for (size_t i = 0; i < c->super->n_props; i++)
			inherit_property(c, &c->super->props[i]);
		for (size_t i = 0; i < c->super->n_methods; i++)
			inherit_method(c, &c->super->methods[i]);
	}
	if (c->n_props > 0)
		qsort(c->props, c->n_props, sizeof *c->props, by_name);
	if (c->n_methods > 0)
		qsort(c->methods, c->n_methods, sizeof *c->methods, by_name);
	c->resolved = true;
}

void schemac_resolve(void)
{
	/* Sorted before anything points into the array. */
	qsort(schemac_classes, schemac_n_classes, sizeof *schemac_classes, by_name);
	for (size_t i = 0; i < schemac_n_classes; i++)
		resolve(&schemac_classes[i]);
}
