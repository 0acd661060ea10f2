/*
 * XML from strangers, read with libxml2 into a tree that holds elements, attributes and text
 * only. There is no DTD, no entity beyond the five, no network, and each of depth, elements and
 * attributes has a limit, checked while parsing. Any thread.
 */
#ifndef VSMIGD_WSMAN_XML_H
#define VSMIGD_WSMAN_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"

enum {
	XML_DEPTH_LIMIT = 128,
	XML_ELEMENT_LIMIT = 20000,
	XML_ATTRIBUTE_LIMIT = 128, /* of one element, namespace declarations included */
	XML_NAMESPACE_LIMIT = 256, /* declared at one place, by all elements around it */
};

#define XML_NS_SOAP "http://www.w3.org/2003/05/soap-envelope"
#define XML_NS_SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define XML_NS_WSA "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define XML_NS_WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define XML_NS_WSEN "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define XML_NS_WSE "http://schemas.xmlsoap.org/ws/2004/08/eventing"
#define XML_NS_WXF "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define XML_NS_WSMB "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
#define XML_NS_WSMID "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define XML_NS_WSMV "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"

/*
 * Parses UTF-8. An undeclared namespace prefix is let pass (libmi's bug): *ns_ok is then false,
 * and the prefix stays part of the name. -ERR_SYNTAX when not well-formed or with a DOCTYPE,
 * -ERR_LIMIT beyond a limit. The caller frees the document with xmlFreeDoc.
 */
int xml_parse(const char *text, size_t len, xmlDoc **doc, bool *ns_ok, struct err *e);

/* Whether n is the element {ns}name. n may be NULL. */
bool xml_is(const xmlNode *n, const char *ns, const char *name);
/* The first element child; the element after n; NULL when there is none. */
const xmlNode *xml_first(const xmlNode *n);
const xmlNode *xml_next(const xmlNode *n);
/* The first child element {ns}name, NULL when there is none. n may be NULL. */
const xmlNode *xml_child(const xmlNode *n, const char *ns, const char *name);
/* The text of an element without child elements, trimmed; NULL when it has some, or n is NULL. */
const char *xml_text(struct arena *a, const xmlNode *n);
/* The attribute {ns}name (ns NULL: in no namespace), trimmed; NULL when absent. */
const char *xml_attribute(struct arena *a, const xmlNode *n, const char *ns, const char *name);
/*
 * Appends an element as XML that stands anywhere: with all namespaces in scope declared on it.
 * The document must be namespace-well-formed.
 */
void xml_copy(struct buf *out, const xmlNode *n);

#endif
