/*
 * Replies as they are written: gSOAP writes header blocks and faults, bodies are handed in as
 * XML. One gSOAP context per thread, made on first use and freed when the thread ends. All text
 * here is UTF-8 until reply_encode.
 */
#ifndef VSMIGD_WSMAN_REPLY_H
#define VSMIGD_WSMAN_REPLY_H

#include "daemon/base/buf.h"
#include "wsman/charset.h"
#include "wsman/faults.h"

struct reply_head {
	const char *to, *action;
	const char *relates_to; /* NULL: nothing to relate to */
	const char *total; /* wsman:TotalItemsCountEstimate; NULL: none */
	const char *extra; /* further header elements, as XML; NULL: none */
	bool declaration; /* an XML declaration goes before the envelope */
};

/* Appends a whole envelope. head NULL: an empty header, as Identify wants it. */
void reply_write(struct buf *out, const struct reply_head *head, const char *body, size_t len);
/*
 * Appends an envelope with a fault. The head's action is the fault's, whatever it says; machine
 * is the host's name for f:WSManFault.
 */
void reply_fault(
	struct buf *out, const struct reply_head *head, const struct fault *f, const char *machine);
/* The octets that the envelope takes around its body in a charset, the mark included. */
size_t reply_overhead(const struct reply_head *head, enum charset c);
/* Moves the envelope in utf8 to out, in the charset of the client; utf8 is empty afterwards. */
void reply_encode(struct buf *out, struct buf *utf8, enum charset c);

#endif
