#include "wsman/header.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "wsman/duration.h"

#define XML_NS_XML "http://www.w3.org/XML/1998/namespace"

struct sweep {
	struct arena *a;
	const struct envelope_source *src;
	struct span action;
	struct envelope *env;
	struct fault *f;
};

const char *header_element(struct arena *a, const char *ns, const char *name, const char *text)
{
	auto_buf struct buf out = { 0 };

	buf_printf(&out, "<h:%s xmlns:h=\"", name);
	buf_xml(&out, ns);
	if (text) {
		buf_puts(&out, "\">");
		buf_xml(&out, text);
		buf_printf(&out, "</h:%s>", name);
	} else {
		buf_puts(&out, "\"/>");
	}
	return arena_strdup(a, out.data);
}

void header_not_understood(struct buf *out, const xmlNode *block)
{
	buf_puts(out, "<s:NotUnderstood qname=\"");
	buf_puts(out, block->ns ? "u:" : "");
	buf_xml(out, (const char *)block->name);
	if (block->ns) {
		buf_puts(out, "\" xmlns:u=\"");
		buf_xml(out, (const char *)block->ns->href);
	}
	buf_puts(out, "\"/>");
}

bool header_must_understand(struct arena *a, const xmlNode *block)
{
	const char *value = xml_attribute(a, block, XML_NS_SOAP, "mustUnderstand");

	return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

bool header_read_positive(const char *text, uint64_t *value)
{
	*value = 0;
	text += *text == '+';
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text; text++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(*value, (uint64_t)(*text - '0'), value))
			*value = UINT64_MAX;
		if (*value == UINT64_MAX)
			return true;
	}
	return true;
}

static int missing(struct sweep *s, const char *ns, const char *name)
{
	fault_set(s->f, FAULT_HEADER_REQUIRED, "The header %s is missing.", name);
	s->f->detail = header_element(s->a, ns, name, NULL);
	return -1;
}

static int invalid(struct sweep *s, const char *ns, const char *name, const char *text)
{
	if (text && strlen(text) > 256)
		text = NULL;
	fault_set(s->f, FAULT_INVALID_HEADER, "The header %s is empty or cannot be used.", name);
	s->f->detail = header_element(s->a, ns, name, text);
	return -1;
}

static int check_uri(struct sweep *s, const char *uri)
{
	if (uri && strlen(uri) > ENVELOPE_URI_LIMIT)
		return fault_set(s->f, FAULT_URI_LIMIT, NULL);
	return 0;
}

static int read_to(struct sweep *s)
{
	const char *to = xml_text(s->a, s->env->blocks[HEADER_TO]);

	if (!to || to[0] == '\0')
		return missing(s, XML_NS_WSA, "To");
	return check_uri(s, to);
}

static int read_action(struct sweep *s)
{
	const char *action = xml_text(s->a, s->env->blocks[HEADER_ACTION]);

	if (!action || action[0] == '\0')
		return missing(s, XML_NS_WSA, "Action");
	s->env->action = action;
	return check_uri(s, action);
}

static int read_message_id(struct sweep *s)
{
	return s->env->message_id ? 0 : invalid(s, XML_NS_WSA, "MessageID", NULL);
}

static int check_anonymous(struct sweep *s, enum header h, const char *name)
{
	const xmlNode *epr = s->env->blocks[h];
	const char *address = xml_text(s->a, xml_child(epr, XML_NS_WSA, "Address"));

	if (!address || address[0] == '\0')
		return invalid(s, XML_NS_WSA, name, NULL);
	if (strcmp(address, s->env->reply_to) != 0)
		return fault_set(s->f, FAULT_ADDRESSING_MODE, NULL);
	return 0;
}

static int read_reply_to(struct sweep *s)
{
	if (!s->env->blocks[HEADER_REPLY_TO])
		return missing(s, XML_NS_WSA, "ReplyTo");
	return check_anonymous(s, HEADER_REPLY_TO, "ReplyTo");
}

static int read_fault_to(struct sweep *s)
{
	if (!s->env->blocks[HEADER_FAULT_TO])
		return 0;
	return check_anonymous(s, HEADER_FAULT_TO, "FaultTo");
}

static int mismatch(struct sweep *s)
{
	fault_set(s->f, FAULT_ACTION_NOT_SUPPORTED,
		"The action in the HTTP header is not the one in the SOAP header.");
	s->f->detail = header_element(s->a, XML_NS_WSA, "Action", s->env->action);
	return -1;
}

/* DSP0226 C.2: an action in HTTP, when given, is the one in the envelope. */
static int check_http_action(struct sweep *s)
{
	const char *action = s->env->action, *soap = s->src->soap_action;
	struct span param = s->action;

	if (soap && soap[0] && strcmp(soap, action) != 0)
		return mismatch(s);
	if (param.n && (param.n != strlen(action) || memcmp(param.p, action, param.n) != 0))
		return mismatch(s);
	return 0;
}

static int read_timeout(struct sweep *s)
{
	const xmlNode *n = s->env->blocks[HEADER_OPERATION_TIMEOUT];
	const char *text = xml_text(s->a, n);
	int64_t ms;

	if (!n)
		return 0;
	if (!text || !duration_parse(text, &ms) || ms < 0) {
		fault_set(s->f, FAULT_INVALID_TIMEOUT, NULL);
		s->f->detail = header_element(s->a, XML_NS_WSMAN, "OperationTimeout", NULL);
		return -1;
	}
	s->env->timeout_ms = ms;
	return 0;
}

static int read_max_size(struct sweep *s)
{
	const xmlNode *n = s->env->blocks[HEADER_MAX_ENVELOPE_SIZE];
	const char *text = xml_text(s->a, n);

	if (!n)
		return 0;
	if (!text || !header_read_positive(text, &s->env->max_size))
		return invalid(s, XML_NS_WSMAN, "MaxEnvelopeSize", text);
	if (s->env->max_size < ENVELOPE_MIN_SIZE)
		return fault_set(s->f, FAULT_MIN_ENVELOPE_SIZE, NULL);
	return 0;
}

static int check_locale(struct sweep *s, enum header h, enum fault_id refusal)
{
	const xmlNode *n = s->env->blocks[h];
	const char *lang = xml_attribute(s->a, n, XML_NS_XML, "lang");

	if (!n || !header_must_understand(s->a, n))
		return 0;
	if (lang && (strcasecmp(lang, "en") == 0 || strncasecmp(lang, "en-", 3) == 0))
		return 0;
	return fault_set(s->f, refusal, NULL);
}

static int read_locale(struct sweep *s)
{
	return check_locale(s, HEADER_LOCALE, FAULT_LOCALE);
}

static int read_data_locale(struct sweep *s)
{
	return check_locale(s, HEADER_DATA_LOCALE, FAULT_DATA_LOCALE);
}

/* No option is known here, so only one that must be complied with matters. */
static int check_option(struct sweep *s, const xmlNode *option)
{
	const char *name = xml_attribute(s->a, option, NULL, "Name");
	const char *must = xml_attribute(s->a, option, NULL, "MustComply");
	const char *value = xml_text(s->a, option);

	if (!name || name[0] == '\0')
		return fault_set(s->f, FAULT_INVALID_OPTION_NAME, NULL);
	if (strlen(name) > ENVELOPE_NAME_LIMIT || (value && strlen(value) > ENVELOPE_VALUE_LIMIT))
		return fault_set(s->f, FAULT_OPTION_LIMIT, NULL);
	if (must && (strcmp(must, "true") == 0 || strcmp(must, "1") == 0))
		return fault_set(s->f, FAULT_OPTION_NOT_SUPPORTED,
			"The option %.200s must be complied with and is not known here.", name);
	return 0;
}

static int read_options(struct sweep *s)
{
	size_t count = 0;

	for (const xmlNode *n = xml_first(s->env->blocks[HEADER_OPTION_SET]); n; n = xml_next(n)) {
		if (!xml_is(n, XML_NS_WSMAN, "Option"))
			continue;
		if (++count > ENVELOPE_OPTION_LIMIT)
			return fault_set(s->f, FAULT_OPTION_LIMIT, NULL);
		if (check_option(s, n) < 0)
			return -1;
	}
	return 0;
}

static int read_resource(struct sweep *s)
{
	const xmlNode *n = s->env->blocks[HEADER_RESOURCE_URI];

	s->env->resource_uri = xml_text(s->a, n);
	if (n && (!s->env->resource_uri || s->env->resource_uri[0] == '\0'))
		return fault_set(s->f, FAULT_INVALID_RESOURCE_URI, "The ResourceURI is empty.");
	return check_uri(s, s->env->resource_uri);
}

static int check_selectors(struct sweep *s)
{
	size_t count = 0;

	for (const xmlNode *n = xml_first(s->env->blocks[HEADER_SELECTOR_SET]); n;
		n = xml_next(n)) {
		const char *name = xml_attribute(s->a, n, NULL, "Name");
		const char *value = xml_text(s->a, n);

		if (++count > ENVELOPE_SELECTOR_LIMIT ||
			(name && strlen(name) > ENVELOPE_NAME_LIMIT) ||
			(value && strlen(value) > ENVELOPE_VALUE_LIMIT))
			return fault_set(s->f, FAULT_SELECTOR_LIMIT, NULL);
	}
	return 0;
}

int header_read_all(struct arena *a, const struct envelope_source *src, struct span action,
	struct envelope *env, struct fault *f)
{
	static int (*const readers[])(struct sweep *) = {
		read_to,
		read_action,
		read_message_id,
		read_reply_to,
		read_fault_to,
		check_http_action,
		read_timeout,
		read_max_size,
		read_locale,
		read_data_locale,
		read_options,
		read_resource,
		check_selectors,
	};
	struct sweep s = { .a = a, .src = src, .action = action, .env = env, .f = f };

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (readers[i](&s) < 0)
			return -1;
	}
	return 0;
}
