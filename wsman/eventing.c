/*
 * WS-Eventing (DSP0226 10): Subscribe, Renew, GetStatus and Unsubscribe. Events are delivered by
 * Pull only: eventing_pull.c.
 */
#include "wsman/eventing.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "cim/uri.h"
#include "daemon/base/clock.h"
#include "wsman/dispatch.h"
#include "wsman/duration.h"
#include "schema_ids.h"
#include "wsman/job.h"

#define MODE_PULL "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"
#define ANONYMOUS XML_NS_WSA "/role/anonymous"

/* What the body of a Subscribe asks for; in the arena of the operation. */
struct request_to_subscribe {
	struct subscription_wish wish;
	bool by_date; /* the expiration time was given as one */
};

static const struct dialect {
	const char *uri;
	int (*parse)(struct arena *a, const char *text, struct cim_query **q, struct err *e);
} dialects[] = {
	{ "http://schemas.microsoft.com/wbem/wsman/1/WQL", cim_query_parse },
	{ "http://schemas.dmtf.org/wbem/wsman/1/WQL", cim_query_parse },
	{ "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf", cim_query_parse_cql },
};

/* What cannot be had, by its element in wse:Subscribe, or in wse:Delivery. */
static const struct refusal {
	const char *name;
	bool delivery;
	enum fault_id fault;
} refusals[] = {
	{ "Heartbeats", true, FAULT_HEARTBEATS },
	{ "ConnectionRetry", true, FAULT_DELIVERY_RETRIES },
	{ "MaxElements", true, FAULT_FORMAT_MISMATCH },
	{ "MaxTime", true, FAULT_FORMAT_MISMATCH },
	{ "MaxEnvelopeSize", true, FAULT_FORMAT_MISMATCH },
	{ "SendBookmarks", false, FAULT_BOOKMARKS },
	{ "Bookmark", false, FAULT_BOOKMARKS },
};

static int check_delivery(struct job *j, const xmlNode *body)
{
	const xmlNode *delivery = xml_child(body, XML_NS_WSE, "Delivery");
	const char *mode = delivery ? xml_attribute(j->arena, delivery, NULL, "Mode") : NULL;

	if (!mode || strcmp(mode, MODE_PULL) != 0) {
		fault_set(&j->fault, FAULT_DELIVERY_MODE, NULL);
		j->fault.detail =
			"<wse:SupportedDeliveryMode>" MODE_PULL "</wse:SupportedDeliveryMode>";
		return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const xmlNode *in = refusals[i].delivery ? delivery : body;

		if (xml_child(in, XML_NS_WSMAN, refusals[i].name))
			return fault_set(&j->fault, refusals[i].fault, NULL);
	}
	return 0;
}

/* Nobody is told of the end of a subscription that is pulled (R10.6-2): it has no address. */
static int check_end_to(struct job *j, const xmlNode *body)
{
	const xmlNode *end_to = xml_child(body, XML_NS_WSE, "EndTo");
	const char *address = xml_text(j->arena, xml_child(end_to, XML_NS_WSA, "Address"));

	if (!end_to || (address && strcmp(address, ANONYMOUS) == 0))
		return 0;
	return fault_set(&j->fault, FAULT_ADDRESSING_MODE, NULL);
}

/* wse:Expires, as a duration from now; -1 when it is absent. */
static int read_expires(struct job *j, int64_t *lifetime_ms, bool *by_date)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSE, "Expires");
	const char *text = xml_text(j->arena, n);
	struct timespec now;
	int64_t at;

	*lifetime_ms = -1;
	*by_date = false;
	if (!n)
		return 0;
	if (!text)
		return fault_set(&j->fault, FAULT_EVENT_EXPIRATION, NULL);
	if (!duration_parse(text, lifetime_ms)) {
		if (!duration_parse_date(text, &at))
			return fault_set(&j->fault, FAULT_EVENT_EXPIRATION, NULL);
		clock_gettime(CLOCK_REALTIME, &now);
		*lifetime_ms = at - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
		*by_date = true;
	}
	if (*lifetime_ms <= 0)
		return fault_set(&j->fault, FAULT_EVENT_EXPIRATION, NULL);
	return 0;
}

static int refuse_dialect(struct job *j, const char *dialect)
{
	auto_buf struct buf offered = { 0 };

	fault_set(&j->fault, FAULT_EVENT_DIALECT, "Filters are not read in the dialect %.200s.",
		dialect ? dialect : "XPath");
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		buf_printf(&offered, "<wse:SupportedDialect>%s</wse:SupportedDialect>",
			dialects[i].uri);
	j->fault.detail = arena_strdup(j->arena, offered.data);
	return -1;
}

/* The class of the query takes the place of the all-classes URI, and must fit any other. */
static int bind_query(struct job *j, struct cim_query *q, struct subscription_wish *wish)
{
	const struct cim_class *c = cim_query_class(q);
	struct err e;

	if (!c || !cim_class_is(c, &cim_class_CIM_Indication))
		return fault_set(&j->fault, FAULT_EVENT_SOURCE,
			"The filter asks for a class that is no indication here, %.200s.",
			cim_query_class_name(q));
	if (j->class && !cim_class_is(c, j->class))
		return fault_set(&j->fault, FAULT_EVENT_SOURCE,
			"The class of the filter is not that of the resource URI.");
	if (cim_query_bind(q, c, &e) < 0)
		return fault_set(&j->fault, FAULT_EVENT_FILTER,
			"The filter cannot be processed: %s.", e.text);
	wish->class = c;
	wish->query = q;
	return 0;
}

static int read_query(struct job *j, const xmlNode *filter, struct subscription_wish *wish)
{
	const char *text = xml_text(j->arena, filter);
	const char *dialect = xml_attribute(j->arena, filter, NULL, "Dialect");
	struct cim_query *q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		if (!dialect || strcasecmp(dialect, dialects[i].uri) != 0)
			continue;
		/* R10.2.2-5: text, or elements, and not both */
		if (!text)
			return fault_set(
				&j->fault, FAULT_EVENT_SOURCE, "The filter is not text alone.");
		if (dialects[i].parse(j->op_arena, text, &q, &e) < 0)
			return fault_set(&j->fault, FAULT_EVENT_FILTER,
				"The filter cannot be processed: %s.", e.text);
		return bind_query(j, q, wish);
	}
	return refuse_dialect(j, dialect);
}

static int read_filter(struct job *j, struct subscription_wish *wish)
{
	const xmlNode *ours = xml_child(j->env.content, XML_NS_WSMAN, "Filter");
	const xmlNode *theirs = xml_child(j->env.content, XML_NS_WSE, "Filter");

	if (ours && theirs)
		return fault_set(&j->fault, FAULT_EVENT_MESSAGE, "There are two filters.");
	if (ours || theirs)
		return read_query(j, ours ? ours : theirs, wish);
	if (!j->class)
		return fault_set(&j->fault, FAULT_EVENT_FILTER_REQUIRED, NULL);
	wish->class = j->class;
	return 0;
}

/* Indications have no instances: what is subscribed to is a class of them, or all classes. */
static int check_resource(struct job *j)
{
	if (j->uri.kind == CIM_URI_CIMXML ||
		(j->class && !cim_class_is(j->class, &cim_class_CIM_Indication)))
		return dispatch_refuse(j, FAULT_ACTION_MISMATCH);
	if (j->ref.n_keys)
		return fault_set(&j->fault, FAULT_UNEXPECTED_SELECTORS,
			"Selectors other than __cimnamespace have no meaning here.");
	if (j->ref.ns && !cim_ns_same(j->ref.ns, CIM_NS_DEFAULT) &&
		!cim_ns_same(j->ref.ns, CIM_NS_INTEROP))
		return fault_set(&j->fault, FAULT_INVALID_NAMESPACE, NULL);
	return 0;
}

static int read_subscribe(struct job *j, struct request_to_subscribe *r)
{
	const xmlNode *body = j->env.content;

	if (check_resource(j) < 0)
		return -1;
	if (!xml_is(body, XML_NS_WSE, "Subscribe"))
		return fault_set(
			&j->fault, FAULT_SCHEMA_VALIDATION, "The body is not wse:Subscribe.");
	if (check_delivery(j, body) < 0 || check_end_to(j, body) < 0 ||
		read_expires(j, &r->wish.lifetime_ms, &r->by_date) < 0)
		return -1;
	r->wish.resource_uri = arena_strdup(j->op_arena, j->env.resource_uri);
	r->wish.ns = arena_strdup(j->op_arena, j->ref.ns);
	return read_filter(j, &r->wish);
}

static void write_expires(struct buf *out, int64_t left, bool by_date)
{
	char text[DURATION_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (by_date)
		duration_format_date(
			(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + left, text);
	else
		duration_format(left, text);
	buf_printf(out, "<wse:Expires>%s</wse:Expires>", text);
}

/* The EPR of the subscription: that of the request, and the name (R10.2.4-1). */
static void write_manager(struct job *j, struct buf *out, const char *name)
{
	const xmlNode *set = j->env.blocks[HEADER_SELECTOR_SET];

	buf_puts(out, "<wse:SubscriptionManager><wsa:Address>");
	buf_xml(out, xml_text(j->arena, j->env.blocks[HEADER_TO]));
	buf_puts(out, "</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>");
	buf_xml(out, j->env.resource_uri);
	buf_puts(out, "</wsman:ResourceURI>");
	if (set && j->env.ns_ok)
		xml_copy(out, set);
	buf_printf(out,
		"<wse:Identifier>uuid:%s</wse:Identifier></wsa:ReferenceParameters>"
		"</wse:SubscriptionManager>",
		name);
}

static int subscribed(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WSE "/SubscribeResponse");
	struct request_to_subscribe r = *(struct request_to_subscribe *)j->detail;
	auto_buf struct buf body = { 0 };
	char name[DIGEST_UUID_SIZE];
	int64_t left;

	if (j->op.err.code)
		return fault_set(&j->fault, FAULT_EVENT_SOURCE,
			"Changes cannot be followed now: %s.", j->op.err.text);
	if (subscriptions_open(j->w->subscriptions, &j->req.who, j->op_arena, &r.wish, name, &left,
		    &j->fault) < 0)
		return -1;
	j->op_arena = NULL;
	buf_puts(&body, "<wse:SubscribeResponse>");
	write_manager(j, &body, name);
	write_expires(&body, left, r.by_date);
	buf_printf(&body,
		"<wsen:EnumerationContext>%s</wsen:EnumerationContext>"
		"</wse:SubscribeResponse>",
		name);
	job_reply(j, &head, &body);
	/* The client was told that time is up: nobody knows of the subscription. */
	if (!j->replied)
		subscriptions_end(j->w->subscriptions, &j->req.who, name, &j->fault);
	return 0;
}

static void source_ready(void *arg, const struct err *e)
{
	struct job *j = arg;

	j->op.err = *e;
	job_wake(j);
}

static void await_source(struct job *j)
{
	indications_ready(subscriptions_source(j->w->subscriptions), j->op_arena, source_ready, j);
}

static void drop_source(void *arg)
{
	indications_drop(arg);
}

int eventing_subscribe(struct job *j)
{
	struct indications *source = subscriptions_source(j->w->subscriptions);
	struct request_to_subscribe *r;

	j->op_arena = arena_new();
	r = arena_alloc(j->op_arena, sizeof *r);
	if (read_subscribe(j, r) < 0 ||
		subscriptions_room(j->w->subscriptions, &j->req.who, &j->fault) < 0)
		return -1;
	j->detail = r;
	indications_hold(source);
	arena_defer(j->arena, drop_source, source);
	return job_park(j, await_source, NULL, subscribed);
}

const char *eventing_name(const char *text)
{
	static const char *const prefixes[] = { "urn:uuid:", "uuid:" };

	for (size_t i = 0; text && i < ARRAY_LEN(prefixes); i++)
		if (strncasecmp(text, prefixes[i], strlen(prefixes[i])) == 0)
			return text + strlen(prefixes[i]);
	return text;
}

/* The name of the subscription, from the header that its EPR asked to be sent; NULL: a fault. */
static const char *read_name(struct job *j, const char *element)
{
	const char *text = xml_text(j->arena, j->env.blocks[HEADER_IDENTIFIER]);

	if (!xml_is(j->env.content, XML_NS_WSE, element)) {
		fault_set(&j->fault, FAULT_SCHEMA_VALIDATION, "The body is not wse:%s.", element);
		return NULL;
	}
	if (!text)
		fault_set(&j->fault, FAULT_EVENT_MESSAGE,
			"The header wse:Identifier, of the reply to Subscribe, is missing.");
	return eventing_name(text);
}

static int reply_left(struct job *j, const char *response, int64_t left, bool by_date)
{
	struct reply_head head = job_head(j, arena_printf(j->arena, XML_NS_WSE "/%s", response));
	auto_buf struct buf body = { 0 };

	buf_printf(&body, "<wse:%s>", response);
	write_expires(&body, left, by_date);
	buf_printf(&body, "</wse:%s>", response);
	return job_reply(j, &head, &body);
}

int eventing_renew(struct job *j)
{
	const char *name = read_name(j, "Renew");
	int64_t lifetime_ms, left;
	bool by_date;

	if (!name || read_expires(j, &lifetime_ms, &by_date) < 0 ||
		subscriptions_renew(
			j->w->subscriptions, &j->req.who, name, lifetime_ms, &left, &j->fault) < 0)
		return -1;
	return reply_left(j, "RenewResponse", left, by_date);
}

int eventing_status(struct job *j)
{
	const char *name = read_name(j, "GetStatus");
	int64_t left;

	if (!name ||
		subscriptions_status(j->w->subscriptions, &j->req.who, name, &left, &j->fault) < 0)
		return -1;
	return reply_left(j, "GetStatusResponse", left, false);
}

int eventing_unsubscribe(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WSE "/UnsubscribeResponse");
	const char *name = read_name(j, "Unsubscribe");
	struct buf none = { 0 };

	if (!name || subscriptions_end(j->w->subscriptions, &j->req.who, name, &j->fault) < 0)
		return -1;
	return job_reply(j, &head, &none);
}
