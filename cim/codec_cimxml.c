/* Embedded instances as CIM-XML (DSP0201), both ways. */
#include <string.h>

#include "cim/loose.h"
#include "cim/node.h"

static int read_array(struct loose_maker *m, const xmlNode *array, struct err *e)
{
	int rc;

	m->properties[m->n - 1].null = false;
	for (const xmlNode *v = node_first(array); v != NULL; v = node_next(v)) {
		if (strcmp(node_local(v), "VALUE.NULL") == 0)
			continue;
		if (strcmp(node_local(v), "VALUE") != 0)
			return err_set(e, ERR_SYNTAX, "%.40s in a VALUE.ARRAY", node_local(v));
		if ((rc = loose_add_value(m, node_text(m->arena, v), e)) != 0)
			return rc;
	}
	return 0;
}

static int read_property(struct loose_maker *m, const xmlNode *n, struct err *e)
{
	bool array = strcmp(node_local(n), "PROPERTY.ARRAY") == 0;
	const char *name = node_attr(m->arena, n, "NAME");
	const xmlNode *value;
	int rc;

	if (name == NULL || *name == '\0')
		return err_set(e, ERR_SYNTAX, "a %s has no NAME", node_local(n));
	if ((rc = loose_add(m, name, array, e)) != 0)
		return rc;
	if (array) {
		value = node_child(n, "VALUE.ARRAY");
		return value != NULL ? read_array(m, value, e) : 0;
	}
	value = node_child(n, "VALUE");
	if (value == NULL)
		value = node_child(n, "VALUE.REFERENCE");
	return value != NULL ? loose_add_value(m, node_text(m->arena, value), e) : 0;
}

int loose_from_cimxml(
	struct arena *a, const xmlNode *instance, struct cim_loose **out, struct err *e)
{
	struct loose_maker m = { .arena = a, .class_name = node_attr(a, instance, "CLASSNAME") };
	int rc;

	if (m.class_name == NULL || *m.class_name == '\0')
		return err_set(e, ERR_SYNTAX, "the INSTANCE has no CLASSNAME");
	for (const xmlNode *n = node_first(instance); n != NULL; n = node_next(n)) {
		if (strcmp(node_local(n), "QUALIFIER") == 0)
			continue;
		if (strncmp(node_local(n), "PROPERTY", 8) != 0)
			return err_set(e, ERR_SYNTAX, "%.40s in an INSTANCE", node_local(n));
		if ((rc = read_property(&m, n, e)) != 0)
			return rc;
	}
	*out = loose_made(&m);
	return 0;
}

static void put_instance_name(struct buf *out, const struct cim_ref *r)
{
	buf_puts(out, "<INSTANCENAME CLASSNAME=\"");
	buf_xml(out, r->class_name != NULL ? r->class_name : "");
	buf_puts(out, "\">");
	for (size_t i = 0; i < r->n_keys; i++) {
		buf_puts(out, "<KEYBINDING NAME=\"");
		buf_xml(out, r->keys[i].name);
		buf_puts(out, "\">");
		if (r->keys[i].ref != NULL) {
			buf_puts(out, "<VALUE.REFERENCE>");
			put_instance_name(out, r->keys[i].ref);
			buf_puts(out, "</VALUE.REFERENCE>");
		} else {
			buf_puts(out, "<KEYVALUE>");
			buf_xml(out, r->keys[i].text);
			buf_puts(out, "</KEYVALUE>");
		}
		buf_puts(out, "</KEYBINDING>");
	}
	buf_puts(out, "</INSTANCENAME>");
}

/* Text of XML within XML. A CDATA section keeps it from growing with each level; what has one of
 * its own cannot be in another. */
static void put_text_of_xml(struct buf *out, const struct buf *xml)
{
	if (memmem(xml->data, xml->len, "]]>", 3) != NULL) {
		buf_xmln(out, xml->data, xml->len);
		return;
	}
	buf_puts(out, "<![CDATA[");
	buf_add(out, xml->data, xml->len);
	buf_puts(out, "]]>");
}

static void put_datum(struct buf *out, struct arena *a, const struct cim_property *p,
	const struct cim_value *v, size_t n)
{
	auto_buf struct buf inner = { 0 };

	if (p->type == CIM_REFERENCE) {
		buf_puts(out, "<VALUE.REFERENCE>");
		put_instance_name(out, v->data[n].ref);
		buf_puts(out, "</VALUE.REFERENCE>");
		return;
	}
	buf_puts(out, "<VALUE>");
	if (v->instance) {
		cim_instance_to_cimxml(&inner, v->data[n].inst);
		put_text_of_xml(out, &inner);
	} else {
		buf_xml(out, cim_datum_text(a, p->type, &v->data[n]));
	}
	buf_puts(out, "</VALUE>");
}

static void put_property(
	struct buf *out, struct arena *a, const struct cim_property *p, const struct cim_value *v)
{
	const char *kind = p->type == CIM_REFERENCE ? ".REFERENCE" : p->array ? ".ARRAY" : "";

	buf_printf(out, "<PROPERTY%s NAME=\"%s\"", kind, p->name);
	if (p->type != CIM_REFERENCE)
		buf_printf(out, " TYPE=\"%s\"", cim_type_name(p->type));
	buf_puts(out, p->array ? "><VALUE.ARRAY>" : ">");
	for (size_t i = 0; i < v->n; i++)
		put_datum(out, a, p, v, i);
	buf_printf(out, "%s</PROPERTY%s>", p->array ? "</VALUE.ARRAY>" : "", kind);
}

void cim_instance_to_cimxml(struct buf *out, const struct cim_instance *i)
{
	auto_arena struct arena *scratch = arena_new();

	buf_printf(out, "<INSTANCE CLASSNAME=\"%s\">", i->class->name);
	for (size_t p = 0; p < i->class->n_properties; p++)
		if (i->values[p].given)
			put_property(out, scratch, &i->class->properties[p], &i->values[p]);
	buf_puts(out, "</INSTANCE>");
}
