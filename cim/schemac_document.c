#include "cim/schemac.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cim/schema.h"

/* A declaration of a class or of a member, and who inherits from it whom. */
struct declarations {
	const xmlNode **nodes; /* the last first */
	size_t n;
	const char *first; /* the class that has the first of them */
	bool inherited; /* the last of them is not the class's own */
};

/* The piece being put together. */
static struct {
	char *text;
	size_t len, n;
	unsigned needs;
} piece;

static void end_piece(void)
{
	if (piece.len == 0)
		return;
	*PUSH(piece.text, piece.len) = '\0';
	printf("\t{ %u, ", piece.needs);
	schemac_put_string(piece.text);
	printf(" },\n");
	piece.len = 0;
	piece.n++;
}

static void add(unsigned needs, const char *text)
{
	if (needs != piece.needs)
		end_piece();
	piece.needs = needs;
	for (; *text != '\0'; text++)
		*PUSH(piece.text, piece.len) = *text;
}

static void add_escaped(unsigned needs, const char *text)
{
	static const struct {
		char c;
		const char *text;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" } };
	char one[2] = "";

	for (; *text != '\0'; text++) {
		const char *out = one;

		one[0] = *text;
		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			if (entities[i].c == *text)
				out = entities[i].text;
		add(needs, out);
	}
}

static void add_attribute(unsigned needs, const char *name, const char *value)
{
	if (value == NULL)
		return;
	add(needs, " ");
	add(needs, name);
	add(needs, "=\"");
	add_escaped(needs, value);
	add(needs, "\"");
}

static void open_element(unsigned needs, const char *name)
{
	add(needs, "<");
	add(needs, name);
}

static void close_element(unsigned needs, const char *name)
{
	add(needs, "</");
	add(needs, name);
	add(needs, ">");
}

static void add_value(unsigned needs, const xmlNode *value)
{
	const char *name = (const char *)value->name;

	open_element(needs, name);
	add(needs, ">");
	if (schemac_is(value, "VALUE"))
		add_escaped(needs, schemac_text(value));
	else
		for (const xmlNode *n = value->children; n != NULL; n = n->next)
			if (n->type == XML_ELEMENT_NODE)
				add_value(needs, n);
	close_element(needs, name);
}

static void add_qualifier_head(unsigned needs, const char *name)
{
	const struct qualifier_kind *kind = schemac_qualifier_kind(name);

	open_element(needs, "QUALIFIER");
	add_attribute(needs, "NAME", name);
	add_attribute(needs, "TYPE", kind->type);
	add_attribute(needs, "OVERRIDABLE", kind->flavor & FLAVOR_FIXED ? "false" : NULL);
	add_attribute(needs, "TOSUBCLASS", kind->flavor & FLAVOR_RESTRICTED ? "false" : NULL);
	add_attribute(needs, "TRANSLATABLE", kind->flavor & FLAVOR_TRANSLATABLE ? "true" : NULL);
	add(needs, ">");
}

static void add_true(unsigned needs, const char *name)
{
	add_qualifier_head(needs, name);
	add(needs, "<VALUE>true</VALUE></QUALIFIER>");
}

static bool declared_later(const struct declarations *d, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++)
		if (schemac_qualifier(d->nodes[i], name) != NULL)
			return true;
	return false;
}

static bool is_restricted(const char *name)
{
	return schemac_qualifier_kind(name)->flavor & FLAVOR_RESTRICTED;
}

/* The qualifiers of all declarations: the last one's, and what it inherits from the others. */
static void add_qualifiers(unsigned needs, const struct declarations *d)
{
	needs |= CIM_DOCUMENT_QUALIFIERS;
	for (size_t i = 0; i < d->n; i++) {
		for (const xmlNode *q = d->nodes[i]->children; q != NULL; q = q->next) {
			const char *name;

			if (!schemac_is(q, "QUALIFIER"))
				continue;
			name = schemac_attr(q, "NAME");
			if (((i > 0 || d->inherited) && is_restricted(name)) ||
				declared_later(d, i, name))
				continue;
			add_qualifier_head(needs, name);
			for (const xmlNode *v = q->children; v != NULL; v = v->next)
				if (v->type == XML_ELEMENT_NODE)
					add_value(needs, v);
			close_element(needs, "QUALIFIER");
		}
	}
}

static bool says(const struct declarations *d, const char *name)
{
	return declared_later(d, d->n, name);
}

static const xmlNode *declaration(const struct class *c, const char *stem, const char *name)
{
	for (const xmlNode *n = c->node->children; n != NULL; n = n->next)
		if (schemac_is_kind(n, stem) && strcasecmp(schemac_attr(n, "NAME"), name) == 0)
			return n;
	return NULL;
}

static struct declarations declarations(const struct class *c, const char *stem, const char *name)
{
	struct declarations d = { .inherited = declaration(c, stem, name) == NULL };

	for (; c != NULL; c = c->super) {
		const xmlNode *n = declaration(c, stem, name);

		if (n == NULL)
			continue;
		*PUSH(d.nodes, d.n) = n;
		d.first = c->name;
	}
	return d;
}

/* Attributes and qualifiers that properties and methods have alike. Returns what they need. */
static unsigned open_member(const struct declarations *d)
{
	unsigned needs = d->inherited ? CIM_DOCUMENT_INHERITED : 0;
	const xmlNode *n = d->nodes[0];

	open_element(needs, (const char *)n->name);
	add_attribute(needs, "NAME", schemac_attr(n, "NAME"));
	add_attribute(needs, "TYPE", schemac_attr(n, "TYPE"));
	add_attribute(needs, "REFERENCECLASS", schemac_attr(n, "REFERENCECLASS"));
	add_attribute(needs | CIM_DOCUMENT_ORIGIN, "CLASSORIGIN", d->first);
	add_attribute(needs, "PROPAGATED", d->inherited ? "true" : NULL);
	add(needs, ">");
	add_qualifiers(needs, d);
	return needs;
}

static void add_property(const struct declarations *d)
{
	unsigned needs = open_member(d);

	/* By DSP0004 it is there without being said; the reader of Windows needs it said. */
	if (!says(d, "Read"))
		add_true(needs | CIM_DOCUMENT_QUALIFIERS, "Read");
	close_element(needs, (const char *)d->nodes[0]->name);
}

static void add_parameter(unsigned needs, const xmlNode *n)
{
	const struct declarations d = { .nodes = &n, .n = 1 };

	open_element(needs, (const char *)n->name);
	add_attribute(needs, "NAME", schemac_attr(n, "NAME"));
	add_attribute(needs, "TYPE", schemac_attr(n, "TYPE"));
	add_attribute(needs, "REFERENCECLASS", schemac_attr(n, "REFERENCECLASS"));
	add(needs, ">");
	add_qualifiers(needs, &d);
	if (!says(&d, "In"))
		add_true(needs | CIM_DOCUMENT_QUALIFIERS, "In");
	close_element(needs, (const char *)n->name);
}

static void add_method(const struct declarations *d)
{
	unsigned needs = open_member(d);

	for (const xmlNode *n = d->nodes[0]->children; n != NULL; n = n->next)
		if (schemac_is_kind(n, "PARAMETER"))
			add_parameter(needs, n);
	close_element(needs, "METHOD");
}

/* All members of one kind, those of the uppermost class first, each where it was declared first. */
static void add_members(const struct class *c, const struct class *at, const char *stem,
	void (*add_one)(const struct declarations *d))
{
	if (at->super != NULL)
		add_members(c, at->super, stem, add_one);
	for (const xmlNode *n = at->node->children; n != NULL; n = n->next) {
		struct declarations d;

		if (!schemac_is_kind(n, stem))
			continue;
		d = declarations(c, stem, schemac_attr(n, "NAME"));
		if (strcmp(d.first, at->name) == 0)
			add_one(&d);
	}
}

static void open_class(const struct class *c)
{
	struct declarations d = { 0 };

	open_element(0, "CLASS");
	add_attribute(0, "NAME", c->name);
	if (c->super != NULL) {
		add_attribute(0, "SUPERCLASS", c->super->name);
		add(CIM_DOCUMENT_HIERARCHY, " DERIVATION=\"");
		for (const struct class *k = c->super; k != NULL; k = k->super) {
			add(CIM_DOCUMENT_HIERARCHY, k->name);
			add(CIM_DOCUMENT_HIERARCHY, k->super != NULL ? "," : "\"");
		}
	}
	add(0, ">");
	for (const struct class *k = c; k != NULL; k = k->super)
		*PUSH(d.nodes, d.n) = k->node;
	add_qualifiers(0, &d);
}

size_t schemac_put_document(const struct class *c)
{
	piece.n = 0;
	printf("static const struct cim_piece document_%s[] = {\n", c->name);
	open_class(c);
	add_members(c, c, "PROPERTY", add_property);
	add_members(c, c, "METHOD", add_method);
	close_element(0, "CLASS");
	end_piece();
	printf("};\n");
	return piece.n;
}
