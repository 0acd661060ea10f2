#include "wsman/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <string.h>

/*
 * What looks like attributes between two tags, before it is known whether it is text: an embedded
 * instance of CIM-XML, escaped, has many.
 */
enum { ATTRIBUTE_LOOKS_LIMIT = 16 * XML_ATTRIBUTE_LIMIT };

/* Comments and processing instructions mean nothing in SOAP; adjacent text is one node so. */
enum {
	PARSE_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
			XML_PARSE_NOWARNING | XML_PARSE_COMPACT
};

struct watch {
	xmlSAXHandler sax;
	size_t elements;
	struct err *err;
};

static void refuse(xmlParserCtxt *ctxt, int code, const char *why)
{
	struct watch *w = ctxt->_private;

	if (w->err->code == ERR_NONE)
		err_set(w->err, code, "%s", why);
	xmlStopParser(ctxt);
}

static void on_doctype(
	void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	refuse(arg, ERR_SYNTAX, "a SOAP message has no document type declaration");
}

static void on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
	const xmlChar **attributes)
{
	xmlParserCtxt *ctxt = arg;
	struct watch *w = ctxt->_private;

	if (n_namespaces + n_attributes > XML_ATTRIBUTE_LIMIT)
		refuse(ctxt, ERR_LIMIT, "an element has more attributes than are read");
	else if (ctxt->nsNr / 2 > XML_NAMESPACE_LIMIT)
		refuse(ctxt, ERR_LIMIT, "more namespaces are declared at one place than are read");
	else if (++w->elements > XML_ELEMENT_LIMIT)
		refuse(ctxt, ERR_LIMIT, "the message has more elements than are read");
	else if (ctxt->nameNr > XML_DEPTH_LIMIT)
		refuse(ctxt, ERR_LIMIT, "the message is nested deeper than is read");
	else
		xmlSAX2StartElementNs(ctxt, name, prefix, uri, n_namespaces, namespaces,
			n_attributes, n_defaulted, attributes);
}

/* Whether a quote follows the '=' at p; if not, it is none of an attribute's. */
static bool begins_value(const char *p, const char *end)
{
	for (p++; p < end && strchr(" \t\r\n", *p); p++)
		;
	return p < end && (*p == '"' || *p == '\'');
}

/*
 * libxml2 compares each attribute of an element with all others before anybody is asked, so a
 * tag of some 100 kB would cost seconds. No tag has a '<' in it, not even one that is not
 * well-formed, so what lies between two of them is all that needs counting; what looks like
 * attributes there and is text is let pass up to a higher limit.
 */
static bool attributes_bounded(const char *text, size_t len)
{
	const char *end = text + len;
	size_t n = 0;

	for (const char *p = text; p < end; p++) {
		if (*p == '<')
			n = 0;
		else if (*p == '=' && begins_value(p, end) && ++n > ATTRIBUTE_LOOKS_LIMIT)
			return false;
	}
	return true;
}

static void explain(struct err *e, const xmlError *last)
{
	const char *text = last && last->message ? last->message : "it is not well-formed XML";

	err_set(e, ERR_SYNTAX, "the message cannot be read as XML (line %d): %.*s",
		last ? last->line : 0, (int)strcspn(text, "\n"), text);
}

static xmlDoc *run(struct watch *w, xmlParserCtxt *ctxt, const char *text, size_t len)
{
	w->sax = *ctxt->sax;
	w->sax.internalSubset = on_doctype;
	w->sax.startElementNs = on_start;
	w->sax.comment = NULL;
	w->sax.processingInstruction = NULL;
	*ctxt->sax = w->sax;
	ctxt->_private = w;
	return xmlCtxtReadMemory(ctxt, text, (int)len, NULL, "UTF-8", PARSE_OPTIONS);
}

int xml_parse(const char *text, size_t len, xmlDoc **doc, bool *ns_ok, struct err *e)
{
	struct watch w = { .err = e };
	xmlParserCtxt *ctxt;
	xmlDoc *tree;

	e->code = ERR_NONE;
	if (len > INT32_MAX / 2)
		return err_set(e, ERR_LIMIT, "the message is too long");
	if (!attributes_bounded(text, len))
		return err_set(e, ERR_LIMIT, "an element has more attributes than are read");
	ctxt = xmlNewParserCtxt();
	if (!ctxt)
		return err_set(e, ERR_INTERNAL, "no memory for an XML parser");
	tree = run(&w, ctxt, text, len);
	if (tree && e->code == ERR_NONE && ctxt->wellFormed) {
		*doc = tree;
		*ns_ok = ctxt->nsWellFormed;
		tree = NULL;
	} else if (e->code == ERR_NONE) {
		explain(e, xmlCtxtGetLastError(ctxt));
	}
	xmlFreeDoc(tree);
	xmlFreeParserCtxt(ctxt);
	return -e->code;
}

bool xml_is(const xmlNode *n, const char *ns, const char *name)
{
	return n && n->ns && strcmp((const char *)n->name, name) == 0 &&
	       strcmp((const char *)n->ns->href, ns) == 0;
}

static const xmlNode *element_from(const xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

const xmlNode *xml_first(const xmlNode *n)
{
	return n ? element_from(n->children) : NULL;
}

const xmlNode *xml_next(const xmlNode *n)
{
	return n ? element_from(n->next) : NULL;
}

const xmlNode *xml_child(const xmlNode *n, const char *ns, const char *name)
{
	for (n = xml_first(n); n; n = xml_next(n)) {
		if (xml_is(n, ns, name))
			return n;
	}
	return NULL;
}

static const char *trimmed(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

/* The text of a run of text nodes: one, unless a long text came in pieces. */
static const char *joined(struct arena *a, const xmlNode *first)
{
	auto_buf struct buf all = { 0 };

	if (!first)
		return "";
	if (!first->next && first->type == XML_TEXT_NODE)
		return trimmed(a, (const char *)first->content);
	for (const xmlNode *n = first; n; n = n->next) {
		if (n->type != XML_TEXT_NODE)
			return NULL;
		buf_puts(&all, (const char *)n->content);
	}
	return trimmed(a, all.data ? all.data : "");
}

const char *xml_text(struct arena *a, const xmlNode *n)
{
	return n ? joined(a, n->children) : NULL;
}

const char *xml_attribute(struct arena *a, const xmlNode *n, const char *ns, const char *name)
{
	const xmlAttr *at = n ? n->properties : NULL;

	for (; at; at = at->next) {
		if (strcmp((const char *)at->name, name) != 0)
			continue;
		if (ns ? at->ns && strcmp((const char *)at->ns->href, ns) == 0 : !at->ns)
			return joined(a, at->children);
	}
	return NULL;
}

void xml_copy(struct buf *out, const xmlNode *n)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *copy = xmlDocCopyNode((xmlNode *)(uintptr_t)n, doc, 1);
	xmlNs **scope = xmlGetNsList(n->doc, n);
	xmlBuffer *text = xmlBufferCreate();

	/* Without it attributes would be written with numeric references (CLIENTS.md 3). */
	doc->encoding = xmlStrdup((const xmlChar *)"UTF-8");
	xmlDocSetRootElement(doc, copy);
	for (size_t i = 0; scope && scope[i]; i++) {
		if (!xmlSearchNs(doc, copy, scope[i]->prefix))
			xmlNewNs(copy, scope[i]->href, scope[i]->prefix);
	}
	if (xmlNodeDump(text, doc, copy, 0, 0) > 0)
		buf_add(out, xmlBufferContent(text), (size_t)xmlBufferLength(text));
	xmlBufferFree(text);
	xmlFree(scope);
	xmlFreeDoc(doc);
}
