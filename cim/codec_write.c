/* WS-CIM (DSP0230) out: instances, references and the results of methods. */
#include <stdio.h>
#include <string.h>

#include "cim/codec.h"

static const char ns_cim[] = "http://schemas.dmtf.org/wbem/wscim/1/common";

/* The text that is made, in which style, and the prefix bound to the class around. */
struct writer {
	struct buf *out;
	const struct cim_style *st;
	struct arena *scratch;
	char prefix;
};

/* What a value is written with. */
struct shape {
	const char *name;
	enum cim_type type;
};

static void put_fields(
	const struct writer *w, const struct cim_instance *i, const struct cim_class *as);

/* DMTF text without asterisks is an xs:dateTime; intervals and the rest go out as they are. */
static void put_datetime(struct buf *out, const char *s)
{
	unsigned minutes = 0;

	if (strlen(s) != 25 || s[21] == ':' || strchr(s, '*') != NULL ||
		sscanf(s + 22, "%3u", &minutes) != 1) {
		buf_printf(out, "<cim:CIM_DateTime xmlns:cim=\"%s\">", ns_cim);
		buf_xml(out, s);
		buf_puts(out, "</cim:CIM_DateTime>");
		return;
	}
	buf_printf(out, "<cim:Datetime xmlns:cim=\"%s\">%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.7s", ns_cim,
		s, s + 4, s + 6, s + 8, s + 10, s + 12, s + 14);
	if (minutes == 0)
		buf_puts(out, "Z</cim:Datetime>");
	else
		buf_printf(out, "%c%02u:%02u</cim:Datetime>", s[21], minutes / 60, minutes % 60);
}

static void put_element(
	const struct writer *w, const struct shape *shape, const struct cim_value *v, size_t n)
{
	buf_printf(w->out, "<%c:%s>", w->prefix, shape->name);
	if (shape->type == CIM_REFERENCE)
		cim_epr_content_to_xml(w->out, w->st, v->data[n].ref);
	else if (shape->type == CIM_DATETIME)
		put_datetime(w->out, v->data[n].str);
	else
		buf_xml(w->out, cim_datum_text(w->scratch, shape->type, &v->data[n]));
	buf_printf(w->out, "</%c:%s>", w->prefix, shape->name);
}

/* xmlns:PREFIX="CLASS URI" */
static void put_namespace(const struct writer *w, char prefix, const struct cim_class *c)
{
	buf_printf(w->out, " xmlns:%c=\"", prefix);
	buf_xml(w->out, w->st->prefix);
	buf_printf(w->out, "%s\"", c->name);
}

/* The element carries the type, and the properties stand in it under the next letter. */
static void put_embedded(const struct writer *w, const char *name, const struct cim_instance *i)
{
	struct writer inner = *w;

	inner.prefix++;
	buf_printf(w->out, "<%c:%s", w->prefix, name);
	put_namespace(w, inner.prefix, i->class);
	buf_printf(w->out, " xsi:type=\"%c:%s_Type\">", inner.prefix, i->class->name);
	put_fields(&inner, i, i->class);
	buf_printf(w->out, "</%c:%s>", w->prefix, name);
}

static void put_value(const struct writer *w, const struct shape *shape, const struct cim_value *v)
{
	for (size_t n = 0; n < v->n; n++)
		if (v->instance)
			put_embedded(w, shape->name, v->data[n].inst);
		else
			put_element(w, shape, v, n);
}

static void put_fields(
	const struct writer *w, const struct cim_instance *i, const struct cim_class *as)
{
	for (size_t n = 0; n < as->n_properties; n++) {
		const struct cim_property *p = &as->properties[n];
		const struct cim_property *own = cim_property_find(i->class, p->name);
		const struct cim_value *v =
			own != NULL ? &i->values[own - i->class->properties] : NULL;
		struct shape shape = { p->name, p->type };

		if (v == NULL || !v->given)
			buf_printf(w->out, "<%c:%s xsi:nil=\"true\"/>", w->prefix, p->name);
		else
			put_value(w, &shape, v);
	}
}

void cim_instance_to_xml(struct buf *out, const struct cim_style *st, const struct cim_instance *i,
	const struct cim_class *as)
{
	auto_arena struct arena *scratch = arena_new();
	struct writer w = { out, st, scratch, 'p' };

	if (as == NULL)
		as = i->class;
	buf_printf(out, "<p:%s", as->name);
	put_namespace(&w, 'p', as);
	buf_printf(out, " xsi:type=\"p:%s_Type\">", as->name);
	put_fields(&w, i, as);
	buf_printf(out, "</p:%s>", as->name);
}

static void put_selector(struct buf *out, const struct cim_style *st, const struct cim_key *key)
{
	buf_puts(out, "<wsman:Selector Name=\"");
	buf_xml(out, key->name);
	buf_puts(out, "\">");
	if (key->ref != NULL)
		cim_epr_to_xml(out, st, key->ref);
	else
		buf_xml(out, key->text);
	buf_puts(out, "</wsman:Selector>");
}

void cim_epr_content_to_xml(struct buf *out, const struct cim_style *st, const struct cim_ref *r)
{
	struct cim_key ns = { .name = "__cimnamespace",
		.text = r->ns != NULL ? r->ns : CIM_NS_DEFAULT };

	buf_puts(out, "<wsa:Address>");
	buf_xml(out, st->address);
	buf_puts(out, "</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>");
	buf_xml(out, st->prefix);
	buf_xml(out, r->class_name != NULL ? r->class_name : "");
	buf_puts(out, "</wsman:ResourceURI><wsman:SelectorSet>");
	put_selector(out, st, &ns);
	for (size_t i = 0; i < r->n_keys; i++)
		put_selector(out, st, &r->keys[i]);
	buf_puts(out, "</wsman:SelectorSet></wsa:ReferenceParameters>");
}

void cim_epr_to_xml(struct buf *out, const struct cim_style *st, const struct cim_ref *r)
{
	buf_puts(out, "<wsa:EndpointReference>");
	cim_epr_content_to_xml(out, st, r);
	buf_puts(out, "</wsa:EndpointReference>");
}

void cim_output_to_xml(struct buf *out, const struct cim_style *st, const struct cim_class *c,
	const struct cim_method *m, const struct cim_value *ret, const struct cim_value *args)
{
	auto_arena struct arena *scratch = arena_new();
	struct writer w = { out, st, scratch, 'p' };
	struct shape shape = { "ReturnValue", m->returns };

	buf_printf(out, "<p:%s_OUTPUT", m->name);
	put_namespace(&w, 'p', c);
	buf_putc(out, '>');
	if (ret->given)
		put_value(&w, &shape, ret);
	for (size_t i = 0; i < m->n_parameters; i++) {
		const struct cim_parameter *p = &m->parameters[i];

		shape = (struct shape){ p->name, p->type };
		if (p->out && args[i].given)
			put_value(&w, &shape, &args[i]);
	}
	buf_printf(out, "</p:%s_OUTPUT>", m->name);
}
