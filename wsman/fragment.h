/*
 * Fragments of an instance (DSP0226 7.7): what a path of XPath level 1 (annex D) selects in its
 * XML. A path goes from the element of the instance down by names, each perhaps with an index;
 * at its end may be text() or an attribute:
 *
 *	/    .    Name    /CLASS/Name    OperationalStatus[2]    Name/text()    Name/@xsi:nil
 *
 * A name without a prefix is meant in any namespace; names are compared without case, as CIM does.
 */
#ifndef VSMIGD_WSMAN_FRAGMENT_H
#define VSMIGD_WSMAN_FRAGMENT_H

#include "wsman/job.h"

struct fragment;

/* Reads the header FragmentTransfer, which is there, into the arena of the request. */
int fragment_read(struct job *j, struct fragment **f);
/* The header again, as the reply must have it. */
const char *fragment_header(struct job *j, const struct fragment *f);
/*
 * Appends wsman:XmlFragment with what the path selects in an instance, given as XML; xsi:nil when
 * that is nothing. Fails when the text of several elements is asked for at once.
 */
int fragment_write(
	struct job *j, const struct fragment *f, const struct buf *instance, struct buf *out);

#endif
