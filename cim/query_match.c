#include "cim/query_node.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool decide(enum compare c, int order)
{
	switch (c) {
	case CMP_EQ:
		return order == 0;
	case CMP_NE:
		return order != 0;
	case CMP_LT:
		return order < 0;
	case CMP_LE:
		return order <= 0;
	case CMP_GT:
		return order > 0;
	case CMP_GE:
		return order >= 0;
	default:
		return false;
	}
}

static int lower(char c)
{
	return tolower((unsigned char)c);
}

/* Whether c is in the set behind '['; *end is set behind the ']'. False also when it has none. */
static bool in_set(const char *set, char c, const char **end)
{
	bool inverted = *set == '^', found = false;
	const char *p = set + inverted;

	for (; *p && (*p != ']' || p == set + inverted); p++) {
		if (p[1] == '-' && p[2] && p[2] != ']') {
			found = found || (lower(c) >= lower(p[0]) && lower(c) <= lower(p[2]));
			p += 2;
		} else {
			found = found || lower(*p) == lower(c);
		}
	}
	*end = *p ? p + 1 : p;
	return *p && found != inverted;
}

/* Whether one pattern element takes the character c; *next is set behind the element. */
static bool takes(const char *pattern, char c, const char **next)
{
	if (*pattern == '[')
		return in_set(pattern + 1, c, next);
	*next = pattern + 1;
	return *pattern && (*pattern == '_' || lower(*pattern) == lower(c));
}

/* On a mismatch it is enough to let the last '%' take one character more. */
static bool like(const char *text, const char *pattern)
{
	const char *after = NULL, *from = NULL, *next;

	while (*text) {
		if (*pattern == '%') {
			after = ++pattern;
			from = text;
		} else if (takes(pattern, *text, &next)) {
			pattern = next;
			text++;
		} else if (after) {
			pattern = after;
			text = ++from;
		} else {
			return false;
		}
	}
	pattern += strspn(pattern, "%");
	return *pattern == '\0';
}

static bool match_text(const struct node *n, const char *text)
{
	const struct literal *l = &n->literal;
	const char *other = l->text;

	if (l->kind == LITERAL_BOOLEAN)
		other = l->boolean ? "true" : "false";
	if (!other)
		return false;
	if (n->compare == CMP_LIKE)
		return like(text, other);
	return decide(n->compare, strcasecmp(text, other));
}

/* A number may be given in quotes. */
static bool match_number(const struct node *n, long double number)
{
	const struct literal *l = &n->literal;

	return l->numeric && decide(n->compare, (number > l->number) - (number < l->number));
}

static bool match_boolean(const struct node *n, bool value)
{
	const struct literal *l = &n->literal;
	bool other = l->boolean;

	if (l->kind == LITERAL_NUMBER)
		other = l->number != 0;
	else if (l->kind == LITERAL_TEXT && l->text && strcasecmp(l->text, "true") == 0)
		other = true;
	else if (l->kind == LITERAL_TEXT && (!l->text || strcasecmp(l->text, "false") != 0))
		return false;
	return decide(n->compare, value - other);
}

static bool match_reference(const struct node *n, const struct cim_ref *r)
{
	bool same = n->literal.ref && cim_ref_same(n->literal.ref, r);

	return n->compare == CMP_EQ ? same : n->compare == CMP_NE && !same;
}

static bool match_datum(const struct node *n, enum cim_type type, const union cim_datum *d)
{
	switch (type) {
	case CIM_BOOLEAN:
		return match_boolean(n, d->b);
	case CIM_UINT8:
	case CIM_UINT16:
	case CIM_UINT32:
	case CIM_UINT64:
	case CIM_CHAR16:
		return match_number(n, d->u);
	case CIM_SINT8:
	case CIM_SINT16:
	case CIM_SINT32:
	case CIM_SINT64:
		return match_number(n, d->s);
	case CIM_REAL32:
	case CIM_REAL64:
		return match_number(n, d->r);
	case CIM_STRING:
	case CIM_DATETIME:
		return match_text(n, d->str);
	case CIM_REFERENCE:
		return match_reference(n, d->ref);
	default:
		return false;
	}
}

/* The property of an instance and its value; NULL when there is none. */
static const struct cim_value *value_of(
	const struct cim_instance *i, const char *name, const struct cim_property **p)
{
	const struct cim_value *v;

	*p = cim_property_find(i->class, name);
	if (!*p)
		return NULL;
	v = &i->values[*p - i->class->properties];
	return v->given ? v : NULL;
}

/* An array matches when any of its elements does. */
static bool match_property(const struct node *n, const char *name, const struct cim_instance *i)
{
	const struct cim_property *p;
	const struct cim_value *v;

	if (strcasecmp(name, QUERY_CLASS) == 0)
		return match_text(n, i->class->name);
	v = value_of(i, name, &p);
	if (!v || v->instance || v->loose)
		return false;
	for (size_t k = 0; k < v->n; k++) {
		if (match_datum(n, p->type, &v->data[k]))
			return true;
	}
	return false;
}

/* What a node says of one instance, by itself or inside another. */
static bool match_leaf(const struct node *n, const char *name, const struct cim_instance *i)
{
	const struct cim_property *p;

	switch (n->kind) {
	case NODE_ISA:
		return n->class && cim_class_is(i->class, n->class);
	case NODE_NULL:
		return strcasecmp(name, QUERY_CLASS) != 0 && !value_of(i, name, &p);
	default:
		return match_property(n, name, i);
	}
}

/* An instance that is not there has no properties, and is of no class. */
static bool match_embedded(const struct node *n, const struct cim_instance *i)
{
	const struct cim_property *p;
	const struct cim_value *v = value_of(i, n->path.property, &p);

	if (!v || !v->instance)
		return n->kind == NODE_NULL;
	for (size_t k = 0; k < v->n; k++) {
		if (match_leaf(n, n->path.inner, v->data[k].inst))
			return true;
	}
	return false;
}

/* The value at a path, which may lead into an embedded instance; NULL when there is none. */
static const struct cim_value *value_at(
	const struct path *path, const struct cim_instance *i, const struct cim_property **p)
{
	const struct cim_value *v = value_of(i, path->property, p);

	if (v && path->inner)
		v = v->instance && v->n ? value_of(v->data[0].inst, path->inner, p) : NULL;
	return v && !v->instance && !v->loose ? v : NULL;
}

static struct literal literal_of(enum cim_type type, const union cim_datum *d)
{
	switch (type) {
	case CIM_BOOLEAN:
		return (struct literal){ .kind = LITERAL_BOOLEAN, .boolean = d->b };
	case CIM_SINT8:
	case CIM_SINT16:
	case CIM_SINT32:
	case CIM_SINT64:
		return (struct literal){ .kind = LITERAL_NUMBER, .numeric = true, .number = d->s };
	case CIM_REAL32:
	case CIM_REAL64:
		return (struct literal){ .kind = LITERAL_NUMBER, .numeric = true, .number = d->r };
	case CIM_STRING:
	case CIM_DATETIME:
		return (struct literal){ .kind = LITERAL_TEXT, .text = d->str };
	case CIM_REFERENCE:
		return (struct literal){ .kind = LITERAL_TEXT, .ref = d->ref };
	default:
		return (struct literal){ .kind = LITERAL_NUMBER, .numeric = true, .number = d->u };
	}
}

/* One property against another. Arrays are the same when they are so element by element. */
static bool match_pair(const struct node *n, const struct cim_instance *i)
{
	const struct cim_property *p, *other_p;
	const struct cim_value *v = value_at(&n->path, i, &p);
	const struct cim_value *other = value_at(&n->other, i, &other_p);
	struct node one = *n;

	if (!v || !other)
		return false;
	if (p->array || other_p->array)
		one.compare = CMP_EQ;
	for (size_t k = 0; k < v->n && v->n == other->n; k++) {
		one.literal = literal_of(other_p->type, &other->data[k]);
		if (one.literal.kind == LITERAL_TEXT)
			query_read_number(&one.literal);
		if (!match_datum(&one, p->type, &v->data[k]))
			return one.compare == CMP_EQ && n->compare == CMP_NE;
	}
	return v->n == other->n ? one.compare == n->compare : n->compare == CMP_NE;
}

static bool match_node(const struct node *n, const struct cim_instance *i)
{
	switch (n->kind) {
	case NODE_AND:
		return match_node(n->left, i) && match_node(n->right, i);
	case NODE_OR:
		return match_node(n->left, i) || match_node(n->right, i);
	case NODE_NOT:
		return !match_node(n->left, i);
	default:
		if (n->other.property)
			return match_pair(n, i);
		if (n->path.inner || (n->kind == NODE_ISA && n->path.property))
			return match_embedded(n, i);
		return match_leaf(n, n->path.property, i);
	}
}

bool cim_query_matches(const struct cim_query *q, const struct cim_instance *i)
{
	return !q->condition || match_node(q->condition, i);
}
