/* Pull of a subscription (DSP0226 10.2.9.5): what happened, or a wait until something does. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "wsman/duration.h"
#include "wsman/enumerate.h"
#include "wsman/eventing.h"
#include "wsman/items.h"

enum { BATCH_MOST = 1000 };

struct pull {
	struct subscription_wait wait; /* first: wake() gets the pull from it */
	struct job *job;
	const char *name;
	uint64_t max_elements, max_characters;
};

bool eventing_is_meant(struct job *j)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSEN, "EnumerationContext");
	const char *name = eventing_name(xml_text(j->arena, n));

	return name && subscriptions_has(j->w->subscriptions, name);
}

static int read_max_time(struct job *j)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSEN, "MaxTime");
	const char *text = xml_text(j->arena, n);
	int64_t ms, at;

	if (!n)
		return 0;
	if (!text || !duration_parse(text, &ms) || ms < 0)
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION, "MaxTime is not a duration.");
	at = clock_in(ms);
	if (at < j->req.deadline)
		j->req.deadline = at;
	return 0;
}

static int read_pull(struct job *j, struct pull *p)
{
	const xmlNode *body = j->env.content;
	const char *id = xml_text(j->arena, j->env.blocks[HEADER_IDENTIFIER]);

	if (!xml_is(body, XML_NS_WSEN, "Pull"))
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION, "The body is not wsen:Pull.");
	p->name = eventing_name(
		xml_text(j->arena, xml_child(body, XML_NS_WSEN, "EnumerationContext")));
	p->max_elements = 1;
	p->max_characters = UINT64_MAX;
	if (id && strcmp(eventing_name(id), p->name) != 0)
		return fault_set(&j->fault, FAULT_HEADER_REQUIRED,
			"The header wse:Identifier is of another subscription.");
	if (!enumerate_read_count(
		    j->arena, xml_child(body, XML_NS_WSEN, "MaxElements"), &p->max_elements) ||
		!enumerate_read_count(j->arena, xml_child(body, XML_NS_WSEN, "MaxCharacters"),
			&p->max_characters))
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION,
			"MaxElements or MaxCharacters is not a positive number.");
	return read_max_time(j);
}

/* What was lost comes first, as an item of its own (R10.9-1). */
static void write_dropped(struct job *j, struct buf *out, const struct subscription_batch *b)
{
	struct cim_style style = job_style(j);

	buf_puts(out, "<wsman:DroppedEvents Action=\"");
	buf_xml(out, style.prefix);
	buf_printf(out, "%s\">%llu</wsman:DroppedEvents>", b->wish->class->name,
		(unsigned long long)b->dropped);
}

/* The reply with these items. */
static void write_body(const struct pull *p, struct buf *out, const struct buf *items)
{
	buf_printf(out,
		"<wsen:PullResponse><wsen:EnumerationContext>%s</wsen:EnumerationContext>"
		"<wsen:Items>",
		p->name);
	buf_add(out, items->data, items->len);
	buf_puts(out, "</wsen:Items></wsen:PullResponse>");
}

/* What the reply has room for beside the elements around the items, and those there already. */
static size_t room(
	struct job *j, const struct pull *p, const struct reply_head *head, const struct buf *items)
{
	auto_buf struct buf around = { 0 };
	size_t budget = job_budget(j, head), taken;

	write_body(p, &around, items);
	taken = charset_size(j->env.charset, around.data, around.len);
	return budget > taken ? budget - taken : 0;
}

/* Appends what fits; fails when not even the first event does. */
static int write_events(struct job *j, const struct pull *p, const struct reply_head *head,
	const struct subscription_batch *b, struct buf *items, size_t *sent)
{
	struct enumeration en = { .n = b->n, .mode = ITEMS_OBJECT, .style = job_style(j) };
	struct items_limit limit = {
		.items = (size_t)p->max_elements - (b->dropped != 0),
		.characters = p->max_characters,
		.charset = j->env.charset,
	};

	en.items = arena_array(j->arena, b->n, sizeof *en.items);
	for (size_t i = 0; i < b->n; i++)
		en.items[i] = b->events[i]->instance;
	if (b->wish->query)
		en.selected = cim_query_selected(b->wish->query, &en.n_selected);
	en.as = en.n_selected ? b->wish->class : NULL;
	if (b->dropped)
		write_dropped(j, items, b);
	limit.octets = limit.octets_end = room(j, p, head, items);
	*sent = items_write(items, j->arena, &en, &limit);
	return *sent == 0 && b->dropped == 0 ? job_too_large(j) : 0;
}

static int reply_events(struct job *j, const struct pull *p, struct subscription_batch *b)
{
	struct reply_head head = job_head(j, XML_NS_WSEN "/PullResponse");
	auto_buf struct buf items = { 0 }, body = { 0 };
	size_t sent = 0;

	if (j->env.blocks[HEADER_REQUEST_TOTAL])
		head.total = arena_printf(j->arena, "%zu", b->n + b->waiting);
	if (write_events(j, p, &head, b, &items, &sent) < 0) {
		subscriptions_give_back(j->w->subscriptions, b, 0, false);
		return -1;
	}
	write_body(p, &body, &items);
	job_reply(j, &head, &body);
	/* After the deadline nobody was told. */
	subscriptions_give_back(j->w->subscriptions, b, j->replied ? sent : 0, j->replied);
	return 0;
}

static int wait_for_events(struct job *j);

static int woken(struct job *j)
{
	const struct pull *p = j->detail;
	size_t most = p->max_elements < BATCH_MOST ? (size_t)p->max_elements : BATCH_MOST;
	struct subscription_batch b;

	if (p->wait.why == SUBSCRIPTION_SUPERSEDED)
		return fault_set(&j->fault, FAULT_CONCURRENCY,
			"Another Pull of the subscription took the place of this one.");
	if (subscriptions_take(
		    j->w->subscriptions, &j->req.who, p->name, most, j->arena, &b, &j->fault) < 0)
		return -1;
	if (b.n || b.dropped)
		return reply_events(j, p, &b);
	subscriptions_give_back(j->w->subscriptions, &b, 0, false);
	if (p->wait.why == SUBSCRIPTION_ENDED)
		return fault_set(&j->fault, FAULT_INVALID_CONTEXT, "The service is shutting down.");
	return wait_for_events(j);
}

static void wake(struct subscription_wait *w)
{
	job_wake(((struct pull *)w)->job);
}

static void begin_wait(struct job *j)
{
	struct pull *p = j->detail;

	subscriptions_wait(j->w->subscriptions, &j->req.who, p->name, &p->wait);
}

static bool forget(struct job *j)
{
	struct pull *p = j->detail;

	return subscriptions_forget(j->w->subscriptions, &p->wait);
}

static int wait_for_events(struct job *j)
{
	return job_park(j, begin_wait, forget, woken);
}

int eventing_pull(struct job *j)
{
	struct pull *p = arena_alloc(j->arena, sizeof *p);

	p->job = j;
	p->wait.wake = wake;
	j->detail = p;
	if (read_pull(j, p) < 0 || subscriptions_check(j->w->subscriptions, &j->req.who, p->name,
					   j->env.resource_uri, j->ref.ns, &j->fault) < 0)
		return -1;
	return wait_for_events(j);
}
