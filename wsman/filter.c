#include "wsman/filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wsman/filter_assoc.h"

/* Meant when no dialect is named; it is not offered. */
#define DIALECT_XPATH "http://www.w3.org/TR/1999/REC-xpath-19991116"

/* Octets: a fault is to be short. */
enum { NAMES_ROOM = 1024 };

static int refuse(struct job *j, const char *why)
{
	fault_set(
		&j->fault, FAULT_CANNOT_PROCESS_FILTER, "The filter cannot be processed: %s.", why);
	return fault_of_cim(&j->fault);
}

/* The query's class takes the place of the all-classes URI, and must fit any other URI. */
static int bind_query(struct job *j, struct wish *wish)
{
	const struct cim_class *c = cim_query_class(wish->query);
	struct err e;

	if (!c)
		return refuse(j, arena_printf(j->arena, "there is no class %.200s",
					 cim_query_class_name(wish->query)));
	if (j->class && !cim_class_is(c, j->class))
		return refuse(j, "its class is not that of the resource URI");
	if (cim_query_bind(wish->query, c, &e) < 0)
		return refuse(j, e.text);
	j->class = c;
	snprintf(j->req.audit.resource, sizeof j->req.audit.resource, "%s", c->name);
	return 0;
}

static int read_text(struct job *j, const xmlNode *filter, struct wish *wish,
	int (*parse)(struct arena *a, const char *text, struct cim_query **q, struct err *e))
{
	const char *text = xml_text(j->arena, filter);
	struct err e;

	if (!text)
		return refuse(j, "it is not text");
	if (parse(j->op_arena, text, &wish->query, &e) < 0)
		return refuse(j, e.text);
	if (bind_query(j, wish) < 0)
		return -1;
	wish->selected = cim_query_selected(wish->query, &wish->n_selected);
	wish->as = wish->n_selected ? j->class : wish->as;
	return 0;
}

static int read_wql(struct job *j, const xmlNode *filter, struct wish *wish)
{
	return read_text(j, filter, wish, cim_query_parse);
}

static int read_cql(struct job *j, const xmlNode *filter, struct wish *wish)
{
	return read_text(j, filter, wish, cim_query_parse_cql);
}

/* DSP0226 annex E: names that may stand in the filter, keys first, as far as a fault has room. */
static const char *supported_names(struct job *j)
{
	auto_buf struct buf out = { 0 };

	for (int keys = 1; keys >= 0; keys--) {
		for (size_t i = 0; i < j->class->n_properties; i++) {
			const struct cim_property *p = &j->class->properties[i];

			if (p->key == keys && out.len < NAMES_ROOM)
				buf_printf(&out,
					"<wsman:SupportedSelectorName>%s"
					"</wsman:SupportedSelectorName>",
					p->name);
		}
	}
	return arena_strdup(j->arena, out.data ? out.data : "");
}

static int refuse_set(struct job *j, const struct err *e)
{
	bool twice = e->code == ERR_KEY_DUPLICATE;

	refuse(j, e->text);
	if (e->code == ERR_KEY_UNEXPECTED)
		j->fault.detail = supported_names(j);
	else if (twice)
		j->fault.detail = "<wsman:FaultDetail>" FAULT_DETAIL_PREFIX
				  "DuplicateSelectors</wsman:FaultDetail>";
	return -1;
}

/* Instances whose properties have the values of the selectors (DSP0226 annex E). */
static int read_selectors(struct job *j, const xmlNode *filter, struct wish *wish)
{
	const xmlNode *set = xml_first(filter);
	struct cim_ref ref = { 0 };
	struct err e;

	if (!j->class)
		return refuse(j, "selectors choose among the instances of one class, and the "
				 "resource URI names none");
	if (!xml_is(set, XML_NS_WSMAN, "SelectorSet") || xml_next(set) || !xml_first(set))
		return refuse(j, "it is not one SelectorSet with selectors in it");
	if (cim_keys_from_selectors(j->op_arena, set, &ref, &e) < 0)
		return refuse_set(j, &e);
	if (ref.ns && !cim_ns_same(ref.ns, j->ref.ns ? j->ref.ns : CIM_NS_DEFAULT))
		return refuse(j, "it names another namespace than the request");
	if (cim_query_from_keys(j->op_arena, j->class, ref.keys, ref.n_keys, &wish->query, &e) < 0)
		return refuse_set(j, &e);
	return 0;
}

static const struct dialect {
	const char *uri;
	int (*read)(struct job *j, const xmlNode *filter, struct wish *wish);
} dialects[] = {
	{ "http://schemas.microsoft.com/wbem/wsman/1/WQL", read_wql },
	{ "http://schemas.dmtf.org/wbem/wsman/1/WQL", read_wql },
	{ "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf", read_cql },
	{ "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter", read_selectors },
	{ "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter", filter_assoc_read },
};

static int refuse_dialect(struct job *j, const char *dialect)
{
	auto_buf struct buf offered = { 0 };

	fault_set(&j->fault, FAULT_FILTER_DIALECT, "Filters are not read in the dialect %.200s.",
		dialect);
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		buf_printf(&offered, "<wsen:SupportedDialect>%s</wsen:SupportedDialect>",
			dialects[i].uri);
	j->fault.detail = arena_strdup(j->arena, offered.data);
	return -1;
}

int filter_read(struct job *j, struct wish *wish)
{
	const xmlNode *ours = xml_child(j->env.content, XML_NS_WSMAN, "Filter");
	const xmlNode *theirs = xml_child(j->env.content, XML_NS_WSEN, "Filter");
	const xmlNode *filter = ours ? ours : theirs;
	const char *dialect;

	if (!filter)
		return 0;
	if (j->uri.kind == CIM_URI_CIMXML)
		return refuse(j, "classes are enumerated without one");
	if (ours && theirs)
		return refuse(j, "there are two");
	dialect = xml_attribute(j->arena, filter, NULL, "Dialect");
	if (!dialect)
		dialect = DIALECT_XPATH;
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		if (strcasecmp(dialect, dialects[i].uri) == 0)
			return dialects[i].read(j, filter, wish);
	}
	return refuse_dialect(j, dialect);
}
