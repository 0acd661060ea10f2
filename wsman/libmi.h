/*
 * What libmi, the client library of OMI, cannot read (CLIENTS.md 3).
 *
 * It keeps count of how deep in a reply it is, and the count falls one short of the truth for
 * every value that is text, and once more for an envelope without an XML declaration before it.
 * It leaves out the Address of a reference by reading on until the count is lower than at its
 * start; where the count is 0 there, nothing is lower, and the whole reply is lost. So whether a
 * page of an enumeration can be read depends on the text that stands before each reference in it,
 * and on the declaration, which is ours to write or to leave out. libmi sends no User-Agent.
 */
#ifndef VSMIGD_WSMAN_LIBMI_H
#define VSMIGD_WSMAN_LIBMI_H

#include <stdbool.h>
#include <stddef.h>

/* Begins as zeros; belongs to one reply. */
struct libmi_page {
	size_t texts; /* in the items so far */
	bool lost[2]; /* without a declaration, and with one */
};

/*
 * Adds an item as it was written (items.h), unless libmi could then read the page neither with a
 * declaration nor without one: false, and the page is as it was.
 */
bool libmi_add(struct libmi_page *page, const char *item);

#endif
