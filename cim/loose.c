#include "cim/loose.h"

#include <string.h>
#include <strings.h>

#include "cim/node.h"

int loose_add(struct loose_maker *m, const char *name, bool array, struct err *e)
{
	struct cim_loose_property *p;

	for (size_t i = 0; i < m->n; i++)
		if (strcasecmp(m->properties[i].name, name) == 0)
			return err_set(e, ERR_SYNTAX, "the property %.100s is given twice", name);
	if (++m->values > LOOSE_MAX_VALUES)
		return err_set(e, ERR_SYNTAX, "there are more than %d values", LOOSE_MAX_VALUES);
	p = ARENA_PUSH(m->arena, m->properties, m->n);
	*p = (struct cim_loose_property){
		.name = arena_strdup(m->arena, name), .array = array, .null = true
	};
	return 0;
}

int loose_add_value(struct loose_maker *m, const char *text, struct err *e)
{
	struct cim_loose_property *p = &m->properties[m->n - 1];
	const char **values = (const char **)p->values;

	if (++m->values > LOOSE_MAX_VALUES)
		return err_set(e, ERR_SYNTAX, "there are more than %d values", LOOSE_MAX_VALUES);
	*ARENA_PUSH(m->arena, values, p->n) = text;
	p->values = values;
	p->null = false;
	return 0;
}

struct cim_loose *loose_made(struct loose_maker *m)
{
	struct cim_loose *l = arena_alloc(m->arena, sizeof *l);

	*l = (struct cim_loose){ m->class_name, m->properties, m->n };
	return l;
}

const struct cim_loose_property *cim_loose_find(const struct cim_loose *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcasecmp(l->properties[i].name, name) == 0)
			return &l->properties[i];
	return NULL;
}

/* A property element of WS-CIM; an array is the element repeated. */
static int add_element(struct loose_maker *m, const xmlNode *n, struct err *e)
{
	const char *name = node_local(n);
	struct cim_loose_property *last = m->n > 0 ? &m->properties[m->n - 1] : NULL;
	int rc;

	if (last != NULL && strcasecmp(last->name, name) == 0 && !last->null && !node_is_nil(n))
		last->array = true;
	else if ((rc = loose_add(m, name, false, e)) != 0)
		return rc;
	return node_is_nil(n) ? 0 : loose_add_value(m, node_text(m->arena, n), e);
}

static int from_wscim(struct arena *a, const xmlNode *instance, const char *class_name,
	struct cim_loose **out, struct err *e)
{
	struct loose_maker m = { .arena = a, .class_name = class_name };
	int rc;

	for (const xmlNode *n = node_first(instance); n != NULL; n = node_next(n))
		if ((rc = add_element(&m, n, e)) != 0)
			return rc;
	*out = loose_made(&m);
	return 0;
}

/* An element that is the instance itself: CIM-XML's, or WS-CIM's under its class name. */
static int from_element(struct arena *a, const xmlNode *n, struct cim_loose **out, struct err *e)
{
	const char *class_name = node_class(a, n);

	if (strcmp(node_local(n), "INSTANCE") == 0)
		return loose_from_cimxml(a, n, out, e);
	if (class_name == NULL)
		class_name = arena_strdup(a, node_local(n));
	return from_wscim(a, n, class_name, out, e);
}

int cim_loose_from_xml(
	struct arena *a, const xmlNode *holder, struct cim_loose **out, struct err *e)
{
	const xmlNode *child = node_first(holder);
	const char *class_name = node_class(a, holder);

	if (class_name != NULL)
		return from_wscim(a, holder, class_name, out, e);
	if (child == NULL || node_next(child) != NULL)
		return err_set(
			e, ERR_SYNTAX, "the element has neither an xsi:type nor one child element");
	return from_element(a, child, out, e);
}

int cim_loose_from_text(struct arena *a, const char *text, struct cim_loose **out, struct err *e)
{
	size_t len;
	xmlDoc *doc;
	int rc;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	if (len > LOOSE_MAX_TEXT)
		return err_set(e, ERR_SYNTAX, "it is longer than %d bytes", LOOSE_MAX_TEXT);
	if (*text != '<')
		return loose_from_mof(a, text, out, e);
	if ((rc = node_parse(text, len, &doc, e)) != 0)
		return rc;
	rc = from_element(a, xmlDocGetRootElement(doc), out, e);
	xmlFreeDoc(doc);
	return rc;
}

int cim_loose_from_value(
	struct arena *a, const struct cim_value *v, size_t n, struct cim_loose **out, struct err *e)
{
	if (!v->loose)
		return cim_loose_from_text(a, v->data[n].str, out, e);
	if (v->data[n].loose == NULL)
		return err_set(e, ERR_SYNTAX, "it holds no instance in any spelling");
	*out = (struct cim_loose *)v->data[n].loose;
	return 0;
}
