#include "wsman/envelope.h"

#include <string.h>
#include <strings.h>

#include "wsman/header.h"

#define ANONYMOUS XML_NS_WSA "/role/anonymous"

/* A fault is to stay small: once so much of it names headers, further ones are not named. */
enum { NOT_UNDERSTOOD_LIMIT = 1024 };

/* So many header blocks are compared with each other; longer names are not repeated in a fault. */
enum { SINGLE_LIMIT = 64, NAME_LIMIT = 256 };

static const struct block {
	const char *ns, *name;
} blocks[HEADER_COUNT] = {
	[HEADER_TO] = { XML_NS_WSA, "To" },
	[HEADER_ACTION] = { XML_NS_WSA, "Action" },
	[HEADER_MESSAGE_ID] = { XML_NS_WSA, "MessageID" },
	[HEADER_REPLY_TO] = { XML_NS_WSA, "ReplyTo" },
	[HEADER_FAULT_TO] = { XML_NS_WSA, "FaultTo" },
	[HEADER_FROM] = { XML_NS_WSA, "From" },
	[HEADER_RELATES_TO] = { XML_NS_WSA, "RelatesTo" },
	[HEADER_RESOURCE_URI] = { XML_NS_WSMAN, "ResourceURI" },
	[HEADER_SELECTOR_SET] = { XML_NS_WSMAN, "SelectorSet" },
	[HEADER_OPERATION_TIMEOUT] = { XML_NS_WSMAN, "OperationTimeout" },
	[HEADER_MAX_ENVELOPE_SIZE] = { XML_NS_WSMAN, "MaxEnvelopeSize" },
	[HEADER_LOCALE] = { XML_NS_WSMAN, "Locale" },
	[HEADER_OPTION_SET] = { XML_NS_WSMAN, "OptionSet" },
	[HEADER_FRAGMENT_TRANSFER] = { XML_NS_WSMAN, "FragmentTransfer" },
	[HEADER_REQUEST_EPR] = { XML_NS_WSMAN, "RequestEPR" },
	[HEADER_REQUEST_TOTAL] = { XML_NS_WSMAN, "RequestTotalItemsCountEstimate" },
	[HEADER_IDENTIFIER] = { XML_NS_WSE, "Identifier" },
	[HEADER_DATA_LOCALE] = { XML_NS_WSMV, "DataLocale" },
	[HEADER_SESSION_ID] = { XML_NS_WSMV, "SessionId" },
	[HEADER_OPERATION_ID] = { XML_NS_WSMV, "OperationID" },
	[HEADER_SEQUENCE_ID] = { XML_NS_WSMV, "SequenceId" },
	[HEADER_ACTIVITY_ID] = { XML_NS_WSMV, "ActivityId" },
};

static enum header find_block(const xmlNode *n)
{
	size_t i = 0;

	while (i < HEADER_COUNT && !xml_is(n, blocks[i].ns, blocks[i].name))
		i++;
	return i;
}

/* The document, from whatever charset the request is in. */
static int read_document(const struct envelope_source *src, const struct charset_choice *c,
	struct envelope *env, struct fault *f)
{
	const char *text = src->body + c->skip;
	size_t len = src->len - c->skip;
	auto_buf struct buf utf8 = { 0 };
	struct err e;

	if (c->charset == CHARSET_UTF16) {
		if (!charset_from_utf16(&utf8, text, len, c->big_endian))
			return fault_set(f, FAULT_SCHEMA_VALIDATION,
				"The message is not well-formed UTF-16.");
		text = utf8.data;
		len = utf8.len;
	}
	if (len == 0)
		return fault_set(f, FAULT_SCHEMA_VALIDATION, "The request has no body.");
	if (xml_parse(text, len, &env->doc, &env->ns_ok, &e) < 0)
		return fault_set(f, FAULT_SCHEMA_VALIDATION, "%s", e.text);
	return 0;
}

static int check_root(const xmlNode *root, struct fault *f)
{
	if (xml_is(root, XML_NS_SOAP, "Envelope"))
		return 0;
	if (strcmp((const char *)root->name, "Envelope") == 0)
		return fault_set(f, FAULT_VERSION_MISMATCH, NULL);
	return fault_set(
		f, FAULT_SCHEMA_VALIDATION, "The message is XML, but not a SOAP envelope.");
}

/* Notes each known block, the first of its kind. */
static void collect(const xmlNode *header, struct envelope *env)
{
	for (const xmlNode *n = xml_first(header); n; n = xml_next(n)) {
		enum header h = find_block(n);

		if (h != HEADER_COUNT && !env->blocks[h])
			env->blocks[h] = n;
	}
}

/* What every reply and fault needs, whatever else is wrong with the request. */
static void read_return_address(struct arena *a, struct envelope *env)
{
	const char *id = xml_text(a, env->blocks[HEADER_MESSAGE_ID]);
	const char *to =
		xml_text(a, xml_child(env->blocks[HEADER_REPLY_TO], XML_NS_WSA, "Address"));

	if (id && id[0] && strlen(id) <= ENVELOPE_URI_LIMIT)
		env->message_id = id;
	if (to && strcmp(to, ANONYMOUS) == 0)
		env->reply_to = to;
}

static int find_parts(struct arena *a, struct envelope *env, struct fault *f)
{
	const xmlNode *root = xmlDocGetRootElement(env->doc);
	const xmlNode *part = xml_first(root);

	if (check_root(root, f) < 0)
		return -1;
	if (xml_is(part, XML_NS_SOAP, "Header")) {
		collect(part, env);
		part = xml_next(part);
	}
	read_return_address(a, env);
	if (!xml_is(part, XML_NS_SOAP, "Body") || xml_next(part))
		return fault_set(f, FAULT_SCHEMA_VALIDATION,
			"The envelope is not a SOAP header followed by one body.");
	env->body = part;
	env->content = xml_first(part);
	if (xml_next(env->content))
		return fault_set(f, FAULT_SCHEMA_VALIDATION, "The body has more than one element.");
	env->identify = xml_is(env->content, XML_NS_WSMID, "Identify");
	return 0;
}

int envelope_parse(
	struct arena *a, const struct envelope_source *src, struct envelope *env, struct fault *f)
{
	struct charset_choice c;
	struct media media;

	*env = (struct envelope){ .reply_to = ANONYMOUS, .timeout_ms = -1 };
	if (!media_parse(src->content_type, &media))
		return fault_http(f, 415);
	switch (charset_decide(&media, src->body, src->len, &c)) {
	case CHARSET_CONFLICT:
		return fault_http(f, 400);
	case CHARSET_UNSUPPORTED:
		return fault_set(f, FAULT_CHARACTER_SET, NULL);
	case CHARSET_OK:
		break;
	}
	env->charset = c.charset;
	if (read_document(src, &c, env, f) < 0)
		return -1;
	return find_parts(a, env, f);
}

/* Header blocks that may come once (DSP0226 R13.1-9): those we know, and all of these namespaces. */
static bool is_single(const xmlNode *n)
{
	static const char *const spaces[] = { XML_NS_WSA, XML_NS_WSMAN, XML_NS_WSE };

	for (size_t i = 0; n->ns && i < ARRAY_LEN(spaces); i++) {
		if (strcmp((const char *)n->ns->href, spaces[i]) == 0)
			return true;
	}
	return find_block(n) != HEADER_COUNT;
}

static int check_once(const xmlNode *header, struct arena *a, struct fault *f)
{
	const xmlNode *seen[SINGLE_LIMIT];
	size_t n_seen = 0;

	for (const xmlNode *n = xml_first(header); n && n_seen < SINGLE_LIMIT; n = xml_next(n)) {
		const char *ns = n->ns ? (const char *)n->ns->href : "";
		const char *name = (const char *)n->name;

		if (!is_single(n))
			continue;
		for (size_t i = 0; i < n_seen; i++) {
			if (!xml_is(seen[i], ns, name))
				continue;
			fault_set(
				f, FAULT_INVALID_HEADER, "The header %.100s is given twice.", name);
			if (strlen(name) <= NAME_LIMIT)
				f->detail = header_element(a, ns, name, NULL);
			return -1;
		}
		seen[n_seen++] = n;
	}
	return 0;
}

/* SOAP 1.2 part 1, 2.2: a block without a role, or with these, is meant for us. */
static bool is_ours(struct arena *a, const xmlNode *block)
{
	const char *role = xml_attribute(a, block, XML_NS_SOAP, "role");

	return !role || role[0] == '\0' || strcmp(role, XML_NS_SOAP "/role/next") == 0 ||
	       strcmp(role, XML_NS_SOAP "/role/ultimateReceiver") == 0;
}

static int check_understood(const xmlNode *header, struct arena *a, struct fault *f)
{
	auto_buf struct buf missing = { 0 };
	const xmlNode *first = NULL;

	for (const xmlNode *n = xml_first(header); n; n = xml_next(n)) {
		if (find_block(n) != HEADER_COUNT || !header_must_understand(a, n) ||
			!is_ours(a, n))
			continue;
		if (missing.len < NOT_UNDERSTOOD_LIMIT)
			header_not_understood(&missing, n);
		first = first ? first : n;
	}
	if (!first)
		return 0;
	fault_set(f, FAULT_MUST_UNDERSTAND, "The header %.100s must be understood and is not.",
		(const char *)first->name);
	f->header = arena_strdup(a, missing.data);
	return -1;
}

int envelope_sweep(
	struct arena *a, const struct envelope_source *src, struct envelope *env, struct fault *f)
{
	const xmlNode *header = xml_child(env->body->parent, XML_NS_SOAP, "Header");
	struct media media;

	media_parse(src->content_type, &media);
	if (check_once(header, a, f) < 0 || check_understood(header, a, f) < 0)
		return -1;
	return header_read_all(a, src, media.action, env, f);
}

const char *envelope_reply_parameters(struct arena *a, const struct envelope *env, bool fault)
{
	bool elsewhere = fault && env->blocks[HEADER_FAULT_TO];
	const xmlNode *epr = env->blocks[elsewhere ? HEADER_FAULT_TO : HEADER_REPLY_TO];
	const xmlNode *parameters = xml_child(epr, XML_NS_WSA, "ReferenceParameters");
	auto_buf struct buf copies = { .max = ENVELOPE_COPY_LIMIT };

	if (!env->ns_ok || !xml_first(parameters))
		return NULL;
	for (const xmlNode *n = xml_first(parameters); n && !copies.over; n = xml_next(n))
		xml_copy(&copies, n);
	return copies.over ? NULL : arena_strdup(a, copies.data);
}

void envelope_free(struct envelope *env)
{
	xmlFreeDoc(env->doc);
	env->doc = NULL;
}
