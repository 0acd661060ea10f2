/*
 * Pull and Release: the rest of an enumeration, or its end.
 */
#include <string.h>
#include <strings.h>

#include "wsman/dispatch.h"
#include "wsman/duration.h"
#include "wsman/enumerate.h"
#include "wsman/eventing.h"

/* DSP0226 R8.4-5: the EPR of a Pull is that of its Enumerate, and so without keys. */
static int check_resource(struct job *j, const struct enumeration *en)
{
	const char *ns = j->ref.ns ? j->ref.ns : CIM_NS_DEFAULT;

	if (strcasecmp(en->resource_uri, enumerate_resource(j->arena, j)) == 0 &&
		j->ref.n_keys == 0 && cim_ns_same(en->ns ? en->ns : CIM_NS_DEFAULT, ns) &&
		(!en->classes || en->base == j->class))
		return 0;
	return fault_set(&j->fault, FAULT_HEADER_REQUIRED,
		"The ResourceURI and SelectorSet are not those that the enumeration began with.");
}

/* Lends the context that the body names. */
static struct context *borrow(struct job *j, const char *element)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSEN, "EnumerationContext");
	const char *name = xml_text(j->arena, n);
	struct context *c;

	if (!xml_is(j->env.content, XML_NS_WSEN, element)) {
		fault_set(&j->fault, FAULT_SCHEMA_VALIDATION, "The body is not wsen:%s.", element);
		return NULL;
	}
	c = contexts_borrow(j->w->contexts, &j->req.who, name ? name : "", &j->fault);
	if (c && check_resource(j, context_state(c)) < 0) {
		contexts_return(j->w->contexts, c);
		return NULL;
	}
	return c;
}

/* context NULL: the end. */
static void write_body(struct buf *out, const char *context, const struct buf *items)
{
	buf_puts(out, "<wsen:PullResponse>");
	if (context)
		buf_printf(out, "<wsen:EnumerationContext>%s</wsen:EnumerationContext>", context);
	buf_puts(out, "<wsen:Items>");
	buf_add(out, items->data, items->len);
	buf_puts(out, "</wsen:Items>");
	if (!context)
		buf_puts(out, "<wsen:EndOfSequence/>");
	buf_puts(out, "</wsen:PullResponse>");
}

/*
 * DSP0226 R8.4-1, R8.4-4: the limits of a Pull. Its items are there already, so MaxTime is only
 * looked at.
 */
static int read_limits(struct job *j, struct enumerate_page *page)
{
	const xmlNode *body = j->env.content, *time = xml_child(body, XML_NS_WSEN, "MaxTime");
	const char *text = xml_text(j->arena, time);
	int64_t ms;

	if (!enumerate_read_count(
		    j->arena, xml_child(body, XML_NS_WSEN, "MaxElements"), &page->max_elements) ||
		!enumerate_read_count(j->arena, xml_child(body, XML_NS_WSEN, "MaxCharacters"),
			&page->max_characters))
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION,
			"MaxElements or MaxCharacters is not a positive number.");
	if (time && (!text || !duration_parse(text, &ms) || ms < 0))
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION, "MaxTime is not a duration.");
	return 0;
}

static int write_page(
	struct job *j, struct enumeration *en, struct reply_head *head, struct buf *items)
{
	auto_buf struct buf around = { 0 }, around_end = { 0 };
	struct enumerate_page page = { head, 1, UINT64_MAX, &around, &around_end };
	struct buf none = { 0 };
	size_t written;

	if (read_limits(j, &page) < 0)
		return -1;
	enumerate_total(j, en, head);
	write_body(&around, ENUMERATE_ANY_CONTEXT, &none);
	write_body(&around_end, NULL, &none);
	if (enumerate_write(j, en, &page, items, &written) < 0)
		return -1;
	en->next += written;
	return 0;
}

static int reply_pull(
	struct job *j, const struct reply_head *head, const char *context, const struct buf *items)
{
	auto_buf struct buf body = { 0 };

	write_body(&body, context, items);
	return job_reply(j, head, &body);
}

int pull_next(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WSEN "/PullResponse");
	auto_buf struct buf items = { 0 };
	struct enumeration *en;
	struct context *c;
	const char *name;

	if (eventing_is_meant(j))
		return eventing_pull(j);
	c = borrow(j, "Pull");
	if (!c)
		return -1;
	en = context_state(c);
	if (write_page(j, en, &head, &items) < 0) {
		contexts_return(j->w->contexts, c);
		return -1;
	}
	if (en->next == en->n) {
		contexts_end(j->w->contexts, c);
		return reply_pull(j, &head, NULL, &items);
	}
	name = arena_strdup(j->arena, context_name(c));
	contexts_return(j->w->contexts, c);
	return reply_pull(j, &head, name, &items);
}

int pull_release(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WSEN "/ReleaseResponse");
	struct context *c = borrow(j, "Release");
	struct buf none = { 0 };

	if (!c)
		return -1;
	contexts_end(j->w->contexts, c);
	return job_reply(j, &head, &none);
}
