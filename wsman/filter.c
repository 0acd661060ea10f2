#include "wsman/filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIALECT_XPATH "http://www.w3.org/TR/1999/REC-xpath-19991116"

static int refuse(struct job *j, const char *why)
{
	return fault_set(
		&j->fault, FAULT_CANNOT_PROCESS_FILTER, "The filter cannot be processed: %s.", why);
}

/* The query's class takes the place of the all-classes URI, and must fit any other URI. */
static int bind_query(struct job *j, struct wish *wish)
{
	const struct cim_class *c = cim_query_class(wish->query);
	struct err e;

	if (!c)
		return fault_set(&j->fault, FAULT_CANNOT_PROCESS_FILTER,
			"The filter asks for a class that does not exist, %.200s.",
			cim_query_class_name(wish->query));
	if (j->class && !cim_class_is(c, j->class))
		return refuse(j, "its class is not that of the resource URI");
	if (cim_query_bind(wish->query, c, &e) < 0)
		return refuse(j, e.text);
	j->class = c;
	snprintf(j->req.audit.resource, sizeof j->req.audit.resource, "%s", c->name);
	return 0;
}

static int read_query(struct job *j, const xmlNode *filter, struct wish *wish)
{
	const char *text = xml_text(j->arena, filter);
	struct err e;

	if (!text)
		return refuse(j, "it is not text");
	if (cim_query_parse(j->op_arena, text, &wish->query, &e) < 0)
		return refuse(j, e.text);
	return bind_query(j, wish);
}

static const struct dialect {
	const char *uri;
	int (*read)(struct job *j, const xmlNode *filter, struct wish *wish);
} dialects[] = {
	{ "http://schemas.microsoft.com/wbem/wsman/1/WQL", read_query },
	{ "http://schemas.dmtf.org/wbem/wsman/1/WQL", read_query },
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
