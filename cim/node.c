#include "cim/node.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

static const char *behind_colon(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

const char *node_local(const xmlNode *n)
{
	return behind_colon((const char *)n->name);
}

static const xmlNode *element_from(const xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

const xmlNode *node_first(const xmlNode *n)
{
	return element_from(n->children);
}

const xmlNode *node_next(const xmlNode *n)
{
	return element_from(n->next);
}

const xmlNode *node_child(const xmlNode *n, const char *name)
{
	for (const xmlNode *c = node_first(n); c != NULL; c = node_next(c))
		if (strcasecmp(node_local(c), name) == 0)
			return c;
	return NULL;
}

const char *node_text(struct arena *a, const xmlNode *n)
{
	xmlChar *content = xmlNodeGetContent(n);
	const char *copy = arena_strdup(a, content != NULL ? (const char *)content : "");

	xmlFree(content);
	return copy;
}

const char *node_trimmed(struct arena *a, const xmlNode *n)
{
	const char *s = node_text(a, n);
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len > 0 && isspace((unsigned char)s[len - 1]))
		len--;
	return arena_strndup(a, s, len);
}

const char *node_attr(struct arena *a, const xmlNode *n, const char *name)
{
	for (const xmlAttr *p = n->properties; p != NULL; p = p->next)
		if (strcasecmp(behind_colon((const char *)p->name), name) == 0)
			return node_trimmed(a, (const xmlNode *)p);
	return NULL;
}

static bool has_prefix(const xmlAttr *p)
{
	return p->ns != NULL || strchr((const char *)p->name, ':') != NULL;
}

bool node_is_nil(const xmlNode *n)
{
	for (const xmlAttr *p = n->properties; p != NULL; p = p->next) {
		const xmlNode *text = p->children;

		if (has_prefix(p) && strcmp(behind_colon((const char *)p->name), "nil") == 0 &&
			text != NULL && text->content != NULL)
			return strcasecmp((const char *)text->content, "true") == 0 ||
			       strcmp((const char *)text->content, "1") == 0;
	}
	return false;
}

const char *node_class(struct arena *a, const xmlNode *n)
{
	static const char suffix[] = "_Type";

	for (const xmlAttr *p = n->properties; p != NULL; p = p->next) {
		const char *type;
		size_t len;

		if (!has_prefix(p) || strcmp(behind_colon((const char *)p->name), "type") != 0)
			continue;
		type = behind_colon(node_trimmed(a, (const xmlNode *)p));
		len = strlen(type);
		if (len < sizeof suffix || strcmp(type + len - (sizeof suffix - 1), suffix) != 0)
			return NULL;
		return arena_strndup(a, type, len - (sizeof suffix - 1));
	}
	return NULL;
}

/* libxml2 calls this at "<!DOCTYPE". */
static void refuse_doctype(
	void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *parser = ctx;

	(void)name;
	(void)external;
	(void)system;
	parser->_private = parser;
	xmlStopParser(parser);
}

int node_parse(const char *text, size_t len, xmlDoc **doc, struct err *e)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	const char *why = "there is no XML in it";
	bool doctype;
	int rc = 0;

	if (parser == NULL || len > 1u << 24) {
		xmlFreeParserCtxt(parser);
		return err_set(e, ERR_INTERNAL, "no XML parser for %zu bytes", len);
	}
	parser->sax->internalSubset = refuse_doctype;
	*doc = xmlCtxtReadMemory(parser, text, (int)len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	doctype = parser->_private != NULL;
	if (parser->lastError.message != NULL)
		why = parser->lastError.message;
	if (doctype || *doc == NULL || xmlDocGetRootElement(*doc) == NULL) {
		rc = doctype ? err_set(e, ERR_SYNTAX, "it has a DOCTYPE")
			     : err_set(e, ERR_SYNTAX, "line %d: %.*s", parser->lastError.line,
				       (int)strcspn(why, "\n"), why);
		xmlFreeDoc(*doc);
		*doc = NULL;
	}
	xmlFreeParserCtxt(parser);
	return rc;
}
