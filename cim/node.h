/*
 * Reading an XML tree as CIM's clients write it: elements and attributes by local name, whatever
 * their namespace, so that a prefix that was never declared (libmi's wsa: and wsman:) counts as
 * one that was.
 */
#ifndef VSMIGD_CIM_NODE_H
#define VSMIGD_CIM_NODE_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

/* The name without its prefix, declared or not. */
const char *node_local(const xmlNode *n);
/* The first child element, the next element beside n; NULL when there is none. */
const xmlNode *node_first(const xmlNode *n);
const xmlNode *node_next(const xmlNode *n);
/* The first child element of that local name. */
const xmlNode *node_child(const xmlNode *n, const char *name);
/* All text inside, with and without the white space around it. */
const char *node_text(struct arena *a, const xmlNode *n);
const char *node_trimmed(struct arena *a, const xmlNode *n);
/* The attribute of that local name, NULL when absent. */
const char *node_attr(struct arena *a, const xmlNode *n, const char *name);
/* xsi:nil="true", under either XMLSchema namespace. */
bool node_is_nil(const xmlNode *n);
/* The class that xsi:type="p:CLASS_Type" names; NULL when it names none. */
const char *node_class(struct arena *a, const xmlNode *n);

/*
 * Parses text as an XML document with neither DOCTYPE nor network; free it with xmlFreeDoc.
 * -ERR_SYNTAX with libxml2's sentence.
 */
int node_parse(const char *text, size_t len, xmlDoc **doc, struct err *e);

#endif
