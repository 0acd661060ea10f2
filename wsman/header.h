/*
 * The header blocks one by one: what each may hold, and the fault when it holds something else.
 * The order of the checks is that of PROTOCOL A3, steps 7 to 10.
 */
#ifndef VSMIGD_WSMAN_HEADER_H
#define VSMIGD_WSMAN_HEADER_H

#include "wsman/envelope.h"

/* Reads the collected blocks of env into its fields. `action`: of the Content-Type. */
int header_read_all(struct arena *a, const struct envelope_source *src, struct span action,
	struct envelope *env, struct fault *f);

/* An element for s:Detail, {ns}name with text (NULL: empty), declaring its own prefix. */
const char *header_element(struct arena *a, const char *ns, const char *name, const char *text);
/* Reads an unsigned integer; what is too large for the type is its largest. */
bool header_read_positive(const char *text, uint64_t *value);
/* Whether the block is marked mustUnderstand. */
bool header_must_understand(struct arena *a, const xmlNode *block);
/* Appends <s:NotUnderstood> for a block. */
void header_not_understood(struct buf *out, const xmlNode *block);

#endif
