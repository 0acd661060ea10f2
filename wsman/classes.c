#include "wsman/classes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cim/document.h"
#include "wsman/dispatch.h"

#define CLASSES_URI "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*"
/* What the client puts before options that go through to WMI. */
#define WMI_PREFIX "wmi:"

static const struct {
	const char *option;
	unsigned part;
} parts[] = {
	{ "IncludeInheritanceHierarchy", CIM_DOCUMENT_HIERARCHY },
	{ "IncludeInheritedElements", CIM_DOCUMENT_INHERITED },
	{ "IncludeQualifiers", CIM_DOCUMENT_QUALIFIERS },
	{ "IncludeClassOrigin", CIM_DOCUMENT_ORIGIN },
};

static bool is_false(const char *text)
{
	return strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

unsigned classes_parts(struct job *j)
{
	const xmlNode *n = xml_first(j->env.blocks[HEADER_OPTION_SET]);
	unsigned wanted = CIM_DOCUMENT_ALL;

	for (; n; n = xml_next(n)) {
		const char *name = xml_attribute(j->arena, n, NULL, "Name");
		const char *value = xml_text(j->arena, n);

		if (!name || !value || !is_false(value))
			continue;
		if (strncmp(name, WMI_PREFIX, strlen(WMI_PREFIX)) == 0)
			name += strlen(WMI_PREFIX);
		for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
			if (strcasecmp(parts[i].option, name) == 0)
				wanted &= ~parts[i].part;
		}
	}
	return wanted;
}

/* The class that the selector names, or the URI; "" for none. */
static int read_name(struct job *j, const char **name)
{
	const struct cim_key *key = cim_ref_key(&j->ref, "ClassName");
	const char *in_uri = strcmp(j->uri.class_name, "*") == 0 ? "" : j->uri.class_name;

	if (j->ref.n_keys > (key ? 1 : 0))
		return fault_set(&j->fault, FAULT_UNEXPECTED_SELECTORS,
			"A class document is selected by ClassName and __cimnamespace alone.");
	*name = key && key->text ? key->text : "";
	if ((*name)[0] && in_uri[0] && strcasecmp(*name, in_uri) != 0)
		return fault_set(&j->fault, FAULT_SELECTOR_VALUE,
			"The resource URI and the selector ClassName name different classes.");
	if (!(*name)[0])
		*name = in_uri;
	return 0;
}

int classes_find(struct job *j)
{
	const char *name = "";

	if (!cim_ns_known(j->ref.ns))
		return fault_set(&j->fault, FAULT_INVALID_NAMESPACE,
			"There is no namespace %.200s here.", j->ref.ns);
	if (read_name(j, &name) < 0)
		return -1;
	j->ref.n_keys = 0;
	if (!name[0])
		return 0;
	j->class = cim_class_find(name);
	if (!j->class)
		return fault_set(&j->fault, FAULT_INVALID_RESOURCE_URI, "There is no class %.200s.",
			       name),
		       fault_of_cim(&j->fault);
	snprintf(j->req.audit.resource, sizeof j->req.audit.resource, "%s", j->class->name);
	return 0;
}

const struct cim_class **classes_derived(struct arena *a, const struct job *j, size_t *n)
{
	const struct cim_class **all = arena_array(a, cim_class_count, sizeof *all);

	*n = 0;
	for (size_t i = 0; i < cim_class_count; i++) {
		const struct cim_class *c = cim_classes[i];

		if (!j->class || (c != j->class && cim_class_is(c, j->class)))
			all[(*n)++] = c;
	}
	return all;
}

void classes_epr(
	struct buf *out, const struct cim_style *st, const char *ns, const struct cim_class *c)
{
	buf_puts(out, "<wsa:EndpointReference><wsa:Address>");
	buf_xml(out, st->address);
	buf_puts(out, "</wsa:Address><wsa:ReferenceParameters>"
		      "<wsman:ResourceURI>" CLASSES_URI "</wsman:ResourceURI><wsman:SelectorSet>"
		      "<wsman:Selector Name=\"__cimnamespace\">");
	buf_xml(out, ns ? ns : CIM_NS_DEFAULT);
	buf_printf(out,
		"</wsman:Selector><wsman:Selector Name=\"ClassName\">%s</wsman:Selector>"
		"</wsman:SelectorSet></wsa:ReferenceParameters></wsa:EndpointReference>",
		c->name);
}

/* The EPR of what was read, when the client asked for it (DSP0226 6.5). */
static const char *requested_epr(struct job *j)
{
	auto_buf struct buf out = { 0 };
	struct cim_style style = job_style(j);

	if (!j->env.blocks[HEADER_REQUEST_EPR])
		return j->reply_parameters;
	buf_puts(&out, "<wsman:RequestedEPR>");
	classes_epr(&out, &style, j->ref.ns, j->class);
	buf_puts(&out, "</wsman:RequestedEPR>");
	if (j->reply_parameters)
		buf_puts(&out, j->reply_parameters);
	return arena_strdup(j->arena, out.data);
}

int classes_get(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WXF "/GetResponse");
	auto_buf struct buf body = { 0 };

	if (!j->class)
		return fault_set(&j->fault, FAULT_INVALID_RESOURCE_URI,
			"Which class is meant? The selector ClassName is empty or missing.");
	cim_document_to_xml(&body, j->class, classes_parts(j));
	head.extra = requested_epr(j);
	if (charset_size(j->env.charset, body.data, body.len) > job_budget(j, &head))
		return job_too_large(j);
	return job_reply(j, &head, &body);
}
