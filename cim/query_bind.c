/* Queries and the classes they are about. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cim/alias.h"
#include "cim/query_node.h"

const char *cim_query_class_name(const struct cim_query *q)
{
	return q->class_name;
}

const struct cim_class *cim_query_class(const struct cim_query *q)
{
	return alias_class_named(q->class_name);
}

static int check_property(const struct cim_class *c, const char *name, struct err *e)
{
	if (strcasecmp(name, QUERY_CLASS) == 0 || cim_property_find(c, name))
		return 0;
	return err_set(e, ERR_SYNTAX, "%s has no property %.200s", c->name, name);
}

/* Whether c (NULL: any class), or a class derived from it, has the property. */
static bool family_has(const struct cim_class *c, const char *name)
{
	for (size_t i = 0; i < cim_class_count; i++) {
		if ((!c || cim_class_is(cim_classes[i], c)) &&
			cim_property_find(cim_classes[i], name))
			return true;
	}
	return false;
}

static int check_embedded(const struct cim_class *c, const struct path *n, struct err *e)
{
	const struct cim_property *p = cim_property_find(c, n->property);
	const struct cim_class *inside = p && p->embedded ? cim_class_find(p->embedded) : NULL;

	/* An EmbeddedObject is of any class. */
	if (!inside && !(p && p->embedded && !*p->embedded))
		return err_set(e, ERR_SYNTAX, "%s has no property %.200s that holds an instance",
			c->name, n->property);
	if (n->inner && strcasecmp(n->inner, QUERY_CLASS) != 0 && !family_has(inside, n->inner))
		return err_set(e, ERR_SYNTAX, "%s has no property %.200s",
			inside ? inside->name : n->property, n->inner);
	return 0;
}

static int check_path(const struct cim_class *c, const struct path *p, struct err *e)
{
	return p->inner ? check_embedded(c, p, e) : check_property(c, p->property, e);
}

static bool is_class_name(const struct path *p)
{
	return strcasecmp(p->inner ? p->inner : p->property, QUERY_CLASS) == 0;
}

/* The other side of a comparison of two properties. */
static int check_pair(const struct cim_class *c, const struct node *n, struct err *e)
{
	if (is_class_name(&n->path) || is_class_name(&n->other))
		return err_set(e, ERR_SYNTAX, "%s is compared with a property", QUERY_CLASS);
	return check_path(c, &n->other, e);
}

static int bind_node(const struct cim_class *c, struct node *n, struct err *e)
{
	if (n->kind == NODE_ISA)
		n->class = cim_class_find(n->literal.text);
	if (n->kind == NODE_ISA && !n->class)
		return err_set(e, ERR_SYNTAX, "there is no class %.200s", n->literal.text);
	if (!n->path.property)
		return 0;
	if (n->kind == NODE_ISA)
		return check_embedded(c, &n->path, e);
	if (n->other.property && check_pair(c, n, e) < 0)
		return -ERR_SYNTAX;
	return check_path(c, &n->path, e);
}

int cim_query_bind(struct cim_query *q, const struct cim_class *c, struct err *e)
{
	for (size_t i = 0; i < q->n_selected; i++) {
		if (check_property(c, q->selected[i], e) < 0)
			return -ERR_SYNTAX;
	}
	for (struct node *n = q->nodes; n; n = n->next) {
		if (bind_node(c, n, e) < 0)
			return -ERR_SYNTAX;
	}
	return 0;
}

/* A time in any of the spellings that clients have is compared as CIM writes it. */
static const char *normal_text(
	struct arena *a, const struct cim_class *c, const struct cim_key *key)
{
	const struct cim_property *p = cim_property_find(c, key->name);
	union cim_datum d;
	struct err why;

	if (p && p->type == CIM_DATETIME && key->text &&
		cim_datum_from_text(a, CIM_DATETIME, key->text, &d, &why) == 0)
		return d.str;
	return key->text;
}

int cim_query_from_keys(struct arena *a, const struct cim_class *c, const struct cim_key *keys,
	size_t n, struct cim_query **q, struct err *e)
{
	struct cim_query *made = arena_alloc(a, sizeof *made);
	struct node *nodes = arena_array(a, 2 * n, sizeof *nodes);

	made->class_name = c->name;
	for (size_t i = 0; i < n; i++) {
		struct node *equal = &nodes[2 * i], *both = equal + 1;

		if (!family_has(c, keys[i].name))
			return err_set(e, ERR_KEY_UNEXPECTED, "%s has no property %.200s", c->name,
				keys[i].name);
		*equal = (struct node){
			.kind = NODE_COMPARE, .compare = CMP_EQ, .path.property = keys[i].name
		};
		equal->literal = (struct literal){ .kind = LITERAL_TEXT,
			.text = normal_text(a, c, &keys[i]),
			.ref = keys[i].ref };
		query_read_number(&equal->literal);
		*both = (struct node){ .kind = NODE_AND, .left = equal, .right = made->condition };
		made->condition = made->condition ? both : equal;
	}
	*q = made;
	return 0;
}

const char *const *cim_query_selected(const struct cim_query *q, size_t *n)
{
	*n = q->n_selected;
	return (const char *const *)q->selected;
}
