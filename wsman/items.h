/*
 * An enumeration's items, and as many of them as a reply may hold.
 */
#ifndef VSMIGD_WSMAN_ITEMS_H
#define VSMIGD_WSMAN_ITEMS_H

#include "cim/codec.h"
#include "cim/query.h"
#include "wsman/charset.h"
#include "wsman/libmi.h"

enum items_mode { ITEMS_OBJECT, ITEMS_EPR, ITEMS_OBJECT_AND_EPR };

/* All of it lives in the arena that the enumeration's context owns. */
struct enumeration {
	const struct cim_instance **items;
	const struct cim_class **classes; /* not NULL: these are the items, as documents */
	unsigned parts; /* of each document */
	const struct cim_class *base; /* of the classes, as asked for */
	size_t n, next; /* next: the first not handed out yet */
	enum items_mode mode;
	const struct cim_class *as; /* shown as this class; NULL: as what they are */
	const char *const *selected; /* the properties to show, as fragments; none: all, whole */
	size_t n_selected;
	struct cim_style style;
	const char *resource_uri, *ns; /* what a Pull must repeat */
};

struct items_limit {
	size_t items;
	uint64_t characters; /* a hint: one item is given all the same */
	size_t octets, octets_end; /* strict; in the charset; the second when none are left */
	enum charset charset;
	struct libmi_page *libmi; /* what the client can read; NULL: everything */
};

/*
 * Appends the items from en->next on that fit, and returns how many. 0 with items left means
 * that the next one alone is too large. a: for what is needed on the way.
 */
size_t items_write(struct buf *out, struct arena *a, const struct enumeration *en,
	const struct items_limit *limit);

#endif
