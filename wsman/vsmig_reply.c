#include "wsman/vsmig_reply.h"

#include <libxml/parser.h>
#include <string.h>

static const char soap_env[] = "http://www.w3.org/2003/05/soap-envelope";

static bool is_named(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

const xmlNode *vsmig_reply_child(const xmlNode *parent, const char *name)
{
	if (parent == NULL)
		return NULL;
	for (const xmlNode *n = parent->children; n != NULL; n = n->next)
		if (is_named(n, name))
			return n;
	return NULL;
}

static const xmlNode *first_element(const xmlNode *parent)
{
	const xmlNode *n = parent != NULL ? parent->children : NULL;

	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static bool is_nil(const xmlNode *node)
{
	xmlChar *nil = xmlGetProp(node, BAD_CAST "nil");
	bool yes = nil != NULL &&
		   (xmlStrEqual(nil, BAD_CAST "true") || xmlStrEqual(nil, BAD_CAST "1"));

	xmlFree(nil);
	return yes;
}

const char *vsmig_reply_text(struct arena *a, const xmlNode *node)
{
	xmlChar *text;
	char *copy;

	if (node == NULL || is_nil(node))
		return NULL;
	text = xmlNodeGetContent(node);
	copy = arena_strdup(a, text != NULL ? (const char *)text : "");
	xmlFree(text);
	return copy;
}

/* The first WSManFault/Message at any depth of the detail. */
static const xmlNode *find_message(const xmlNode *node)
{
	for (const xmlNode *n = node != NULL ? node->children : NULL; n != NULL; n = n->next) {
		const xmlNode *found = is_named(n, "WSManFault") ? vsmig_reply_child(n, "Message")
								 : find_message(n);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static int fault_code(const char *subcode)
{
	static const struct {
		const char *name;
		int code;
	} codes[] = {
		{ "TimedOut", ERR_TIMEOUT },
		{ "AccessDenied", ERR_ACCESS },
		{ "DestinationUnreachable", ERR_NOT_FOUND },
		{ "EndpointUnavailable", ERR_UNAVAILABLE },
		{ "ActionNotSupported", ERR_METHOD },
		{ "InvalidParameter", ERR_PARAMETER },
		{ "QuotaLimit", ERR_BUSY },
	};
	const char *local = strchr(subcode, ':');

	local = local != NULL ? local + 1 : subcode;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strcmp(local, codes[i].name) == 0)
			return codes[i].code;
	return ERR_INTERNAL;
}

static int take_fault(const xmlNode *fault, struct err *e)
{
	auto_arena struct arena *a = arena_new();
	const xmlNode *code = vsmig_reply_child(fault, "Code");
	const xmlNode *reason = vsmig_reply_child(fault, "Reason");
	const xmlNode *detail = vsmig_reply_child(fault, "Detail");
	const char *subcode, *text, *message;

	subcode =
		vsmig_reply_text(a, vsmig_reply_child(vsmig_reply_child(code, "Subcode"), "Value"));
	if (subcode == NULL)
		subcode = vsmig_reply_text(a, vsmig_reply_child(code, "Value"));
	if (subcode == NULL)
		subcode = "no code";
	text = vsmig_reply_text(a, vsmig_reply_child(reason, "Text"));
	message = vsmig_reply_text(a, find_message(detail));
	if (text == NULL)
		text = "no reason given";
	if (message == NULL || strcmp(message, text) == 0)
		return err_set(
			e, fault_code(subcode), "The server refused: %s (%s)", text, subcode);
	return err_set(
		e, fault_code(subcode), "The server refused: %s (%s) %s", text, subcode, message);
}

int vsmig_reply_parse(
	const char *bytes, size_t n, xmlDoc **doc, const xmlNode **content, struct err *e)
{
	const int flags = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	xmlDoc *d = n < INT32_MAX ? xmlReadMemory(bytes, (int)n, NULL, NULL, flags) : NULL;
	const xmlNode *root = d != NULL ? xmlDocGetRootElement(d) : NULL;
	const xmlNode *body, *element;

	/* An envelope has no document type, so entities that a hostile server defines expand to
	 * nothing here. */
	if (root == NULL || xmlGetIntSubset(d) != NULL || !is_named(root, "Envelope") ||
		root->ns == NULL || strcmp((const char *)root->ns->href, soap_env) != 0) {
		xmlFreeDoc(d);
		return err_set(e, ERR_SYNTAX, "The server's reply is not a SOAP 1.2 envelope");
	}
	body = vsmig_reply_child(root, "Body");
	element = first_element(body);
	if (element != NULL && is_named(element, "Fault")) {
		int r = take_fault(element, e);

		xmlFreeDoc(d);
		return r;
	}
	*doc = d;
	*content = element;
	return 0;
}

static struct cim_loose_property *find(struct cim_loose_property *props, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(props[i].name, name) == 0)
			return &props[i];
	return NULL;
}

void vsmig_reply_properties(struct arena *a, const xmlNode *element, struct cim_loose *out)
{
	struct cim_loose_property *props = NULL;
	size_t n = 0;

	for (const xmlNode *c = element->children; c != NULL; c = c->next) {
		struct cim_loose_property *p;
		const char *text;
		const char **values;

		if (c->type != XML_ELEMENT_NODE)
			continue;
		p = find(props, n, (const char *)c->name);
		if (p == NULL) {
			p = ARENA_PUSH(a, props, n);
			*p = (struct cim_loose_property){ .name = arena_strdup(
								  a, (const char *)c->name) };
		}
		text = vsmig_reply_text(a, c);
		if (text == NULL) {
			p->null = p->n == 0;
			continue;
		}
		values = (const char **)p->values;
		*ARENA_PUSH(a, values, p->n) = text;
		p->values = values;
		p->null = false;
		p->array = p->n > 1;
	}
	out->class_name = arena_strdup(a, (const char *)element->name);
	out->properties = props;
	out->n = n;
}
