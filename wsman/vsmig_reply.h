/*
 * What the server answered: the element in the Body, or a fault as a sentence.
 */
#ifndef VSMIGD_WSMAN_VSMIG_REPLY_H
#define VSMIGD_WSMAN_VSMIG_REPLY_H

#include <libxml/tree.h>

#include "cim/codec.h"

/*
 * Parses an envelope. Returns the document (xmlFreeDoc it) and sets *content to the first
 * element of the Body; NULL when it is empty. A fault is returned as an error whose sentence
 * holds its reason, its subcode, and the message for people where there is one. A reply that is
 * no envelope is -ERR_SYNTAX.
 */
int vsmig_reply_parse(
	const char *bytes, size_t n, xmlDoc **doc, const xmlNode **content, struct err *e);
/* The first child element of that local name, NULL when there is none (or no parent). */
const xmlNode *vsmig_reply_child(const xmlNode *parent, const char *name);
/* The text inside an element, in the arena; NULL for no element, or one marked as nil. */
const char *vsmig_reply_text(struct arena *a, const xmlNode *node);
/* An instance or an output element as names and texts; a repeated child is an array. */
void vsmig_reply_properties(struct arena *a, const xmlNode *element, struct cim_loose *out);

#endif
