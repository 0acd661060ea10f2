/*
 * A request as it is read: from octets to checked headers, in the order of PROTOCOL A3. What is
 * wrong becomes a fault; what is right is handed on as text, trimmed, in the arena, and as nodes
 * of the document, which lives until envelope_free.
 */
#ifndef VSMIGD_WSMAN_ENVELOPE_H
#define VSMIGD_WSMAN_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "wsman/charset.h"
#include "wsman/faults.h"
#include "wsman/xml.h"

enum {
	ENVELOPE_URI_LIMIT = 2048,
	ENVELOPE_NAME_LIMIT = 2048, /* of a selector or an option */
	ENVELOPE_VALUE_LIMIT = 4096,
	ENVELOPE_SELECTOR_LIMIT = 64,
	ENVELOPE_OPTION_LIMIT = 256,
	ENVELOPE_MIN_SIZE = 8192, /* the least MaxEnvelopeSize */
	ENVELOPE_COPY_LIMIT = 4096, /* of reference parameters copied to the reply */
};

/* The header blocks that are understood. */
enum header {
	HEADER_TO,
	HEADER_ACTION,
	HEADER_MESSAGE_ID,
	HEADER_REPLY_TO,
	HEADER_FAULT_TO,
	HEADER_FROM,
	HEADER_RELATES_TO,
	HEADER_RESOURCE_URI,
	HEADER_SELECTOR_SET,
	HEADER_OPERATION_TIMEOUT,
	HEADER_MAX_ENVELOPE_SIZE,
	HEADER_LOCALE,
	HEADER_OPTION_SET,
	HEADER_FRAGMENT_TRANSFER,
	HEADER_REQUEST_EPR,
	HEADER_REQUEST_TOTAL,
	HEADER_IDENTIFIER, /* of a subscription */
	HEADER_DATA_LOCALE,
	HEADER_SESSION_ID,
	HEADER_OPERATION_ID,
	HEADER_SEQUENCE_ID,
	HEADER_ACTIVITY_ID,
	HEADER_COUNT
};

struct envelope {
	enum charset charset; /* of the request, so of the reply; UTF-8 until decided */
	xmlDoc *doc;
	bool ns_ok; /* every prefix is declared */
	bool identify; /* the body asks for Identify; nothing else was read */
	const xmlNode *blocks[HEADER_COUNT]; /* NULL: not in the message */
	const xmlNode *body; /* s:Body */
	const xmlNode *content; /* its element child; NULL when empty */

	const char *message_id; /* to answer to; NULL: none that can be used */
	const char *reply_to; /* address; never NULL */
	const char *action;
	const char *resource_uri; /* NULL: absent */
	int64_t timeout_ms; /* -1: absent */
	uint64_t max_size; /* 0: absent */
};

/* What HTTP says about the body. */
struct envelope_source {
	const char *content_type, *soap_action; /* NULL: absent */
	const char *body;
	size_t len;
};

/*
 * Decodes and parses, finds header and body, and stops there. On failure the envelope is good
 * for what a fault needs: charset, message_id, reply_to.
 */
int envelope_parse(
	struct arena *a, const struct envelope_source *src, struct envelope *env, struct fault *f);
/* The sweep over the headers; after envelope_parse, when it is not Identify. */
int envelope_sweep(
	struct arena *a, const struct envelope_source *src, struct envelope *env, struct fault *f);
/*
 * The reference parameters of ReplyTo (of FaultTo for a fault, when given) as header elements
 * for the reply; NULL when there are none, or when they cannot be copied.
 */
const char *envelope_reply_parameters(struct arena *a, const struct envelope *env, bool fault);
/* Frees the document. */
void envelope_free(struct envelope *env);

#endif
