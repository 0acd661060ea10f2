/*
 * What Enumerate and Pull have in common: pages of an enumeration within the limits of a reply.
 */
#ifndef VSMIGD_WSMAN_ENUMERATE_H
#define VSMIGD_WSMAN_ENUMERATE_H

#include "wsman/items.h"
#include "wsman/job.h"

struct enumerate_page {
	struct reply_head *head; /* gets its declaration */
	uint64_t max_elements, max_characters;
	/* What stands around the items in the body, as XML: when more are left, and at the end. */
	const struct buf *around, *around_end;
};

/* As long as the name of a context, to measure with before there is one. */
#define ENUMERATE_ANY_CONTEXT "00000000-0000-0000-0000-000000000000"

/*
 * Appends the next items of en that the page and the reply have room for. Fails when the next
 * one alone is too large; en is not changed.
 */
int enumerate_write(struct job *j, struct enumeration *en, const struct enumerate_page *page,
	struct buf *items, size_t *written);
/* Adds TotalItemsCountEstimate to the head when the client asked for it. */
void enumerate_total(struct job *j, const struct enumeration *en, struct reply_head *head);
/* The resource URI without the selectors that may stand in it. */
const char *enumerate_resource(struct arena *a, const struct job *j);
/* Reads a positive number from n, if there is one. False when it holds something else. */
bool enumerate_read_count(struct arena *a, const xmlNode *n, uint64_t *count);

#endif
