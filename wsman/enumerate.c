/*
 * Enumerate: all instances of a class, or those that a filter lets through, as a snapshot
 * taken now and handed out here (optimised) and by Pull.
 */
#include "wsman/enumerate.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "wsman/classes.h"
#include "wsman/dispatch.h"
#include "wsman/duration.h"
#include "wsman/filter_assoc.h"
#include "wsman/header.h"

enum { EXPIRES_LIMIT_MS = 60 * 60 * 1000 };

const char *enumerate_resource(struct arena *a, const struct job *j)
{
	bool all = j->uri.kind == CIM_URI_ALL;

	return arena_printf(a, "%s%s", j->uri.prefix, all ? "*" : j->uri.class_name);
}

bool enumerate_read_count(struct arena *a, const xmlNode *n, uint64_t *count)
{
	const char *text = xml_text(a, n);

	if (!n)
		return true;
	return text && header_read_positive(text, count) && *count > 0;
}

static int read_mode(struct job *j, struct wish *wish)
{
	static const struct mode {
		const char *name;
		enum items_mode mode;
	} modes[] = {
		{ "EnumerateEPR", ITEMS_EPR },
		{ "EnumerateObjectAndEPR", ITEMS_OBJECT_AND_EPR },
		{ "EnumerateObject", ITEMS_OBJECT },
	};
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSMAN, "EnumerationMode");
	const char *text = xml_text(j->arena, n);

	if (!n)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		if (text && strcmp(text, modes[i].name) == 0) {
			wish->mode = modes[i].mode;
			return 0;
		}
	}
	return fault_set(&j->fault, FAULT_ENUMERATION_MODE, NULL);
}

static int read_polymorphism(struct job *j, struct wish *wish)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSMB, "PolymorphismMode");
	const char *text = xml_text(j->arena, n);

	if (!n || (text && strcmp(text, "IncludeSubClassProperties") == 0))
		return 0;
	if (text && j->class && strcmp(text, "ExcludeSubClassProperties") == 0)
		wish->as = j->class;
	else if (text && j->class && strcmp(text, "None") == 0)
		wish->only = j->class;
	else
		return fault_set(&j->fault, FAULT_POLYMORPHISM_MODE, NULL);
	return 0;
}

/* An xs:duration from now, or an xs:dateTime. */
static int read_expires(struct job *j, struct wish *wish)
{
	const xmlNode *n = xml_child(j->env.content, XML_NS_WSEN, "Expires");
	const char *text = xml_text(j->arena, n);
	struct timespec now;
	int64_t ms, at;

	if (!n)
		return 0;
	if (!text)
		return fault_set(&j->fault, FAULT_INVALID_EXPIRATION, NULL);
	if (!duration_parse(text, &ms)) {
		if (!duration_parse_date(text, &at))
			return fault_set(&j->fault, FAULT_INVALID_EXPIRATION, NULL);
		clock_gettime(CLOCK_REALTIME, &now);
		ms = at - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	}
	if (ms <= 0)
		return fault_set(&j->fault, FAULT_INVALID_EXPIRATION, NULL);
	wish->expires_ms = ms < EXPIRES_LIMIT_MS ? ms : EXPIRES_LIMIT_MS;
	return 0;
}

static int read_wish(struct job *j, struct wish *wish)
{
	const xmlNode *body = j->env.content;

	*wish = (struct wish){ .mode = ITEMS_OBJECT, .max_elements = 1, .expires_ms = -1 };
	if (!xml_is(body, XML_NS_WSEN, "Enumerate"))
		return fault_set(
			&j->fault, FAULT_SCHEMA_VALIDATION, "The body is not wsen:Enumerate.");
	if (xml_child(body, XML_NS_WSEN, "EndTo"))
		return fault_set(&j->fault, FAULT_ADDRESSING_MODE, NULL);
	wish->optimize = xml_child(body, XML_NS_WSMAN, "OptimizeEnumeration");
	if (!enumerate_read_count(
		    j->arena, xml_child(body, XML_NS_WSMAN, "MaxElements"), &wish->max_elements))
		return fault_set(&j->fault, FAULT_SCHEMA_VALIDATION,
			"MaxElements is not a positive number.");
	if (read_mode(j, wish) < 0 || read_polymorphism(j, wish) < 0 || read_expires(j, wish) < 0 ||
		filter_read(j, wish) < 0)
		return -1;
	if (!j->class && j->uri.kind != CIM_URI_CIMXML)
		return fault_set(&j->fault, FAULT_FILTERING_REQUIRED, NULL);
	return 0;
}

static bool is_wanted(const struct wish *wish, const struct cim_instance *i)
{
	return (!wish->only || i->class == wish->only) &&
	       (!wish->query || cim_query_matches(wish->query, i));
}

static struct enumeration *take_snapshot(struct job *j, const struct wish *wish)
{
	struct enumeration *en = arena_alloc(j->op_arena, sizeof *en);

	if (j->uri.kind == CIM_URI_CIMXML) {
		en->classes = classes_derived(j->op_arena, j, &en->n);
		en->parts = classes_parts(j);
		en->base = j->class;
	}
	en->items = arena_array(j->op_arena, j->op.n_instances, sizeof *en->items);
	for (size_t i = 0; i < j->op.n_instances; i++) {
		if (is_wanted(wish, j->op.instances[i]))
			en->items[en->n++] = j->op.instances[i];
	}
	en->mode = wish->mode;
	en->as = wish->as;
	en->selected = wish->selected;
	en->n_selected = wish->n_selected;
	en->style = job_style(j);
	en->style.prefix = arena_strdup(j->op_arena, en->style.prefix);
	en->style.address = arena_strdup(j->op_arena, en->style.address);
	en->resource_uri = enumerate_resource(j->op_arena, j);
	en->ns = arena_strdup(j->op_arena, j->ref.ns);
	return en;
}

static size_t room(const struct job *j, const struct enumerate_page *page, const struct buf *around)
{
	size_t budget = job_budget(j, page->head);
	size_t taken = charset_size(j->env.charset, around->data, around->len);

	return budget > taken ? budget - taken : 0;
}

static size_t write_items(struct job *j, const struct enumeration *en,
	const struct enumerate_page *page, struct libmi_page *libmi, struct buf *items)
{
	struct items_limit limit = {
		.items = page->max_elements < j->w->config.max_elements ? (size_t)page->max_elements
									: j->w->config.max_elements,
		.characters = page->max_characters,
		.octets = room(j, page, page->around),
		.octets_end = room(j, page, page->around_end),
		.charset = j->env.charset,
		.libmi = libmi,
	};

	return items_write(items, j->arena, en, &limit);
}

/* libmi asks for instances alone. A page without a declaration that it cannot read gets one. */
int enumerate_write(struct job *j, struct enumeration *en, const struct enumerate_page *page,
	struct buf *items, size_t *written)
{
	bool libmi = j->nameless && en->mode == ITEMS_OBJECT;
	struct libmi_page first = { 0 }, second = { 0 };

	*written = write_items(j, en, page, libmi ? &first : NULL, items);
	if (first.lost[0]) {
		page->head->declaration = true;
		buf_clear(items);
		*written = write_items(j, en, page, &second, items);
	}
	if (*written == 0 && en->next < en->n)
		return job_too_large(j);
	return 0;
}

void enumerate_total(struct job *j, const struct enumeration *en, struct reply_head *head)
{
	if (j->env.blocks[HEADER_REQUEST_TOTAL])
		head->total = arena_printf(j->arena, "%zu", en->n);
}

/* context NULL: there is none, because nothing is left. */
static void write_body(
	struct buf *out, const struct wish *wish, const char *context, const struct buf *items)
{
	char expires[DURATION_SIZE];

	buf_puts(out, "<wsen:EnumerateResponse>");
	if (wish->expires_ms > 0) {
		duration_format(wish->expires_ms, expires);
		buf_printf(out, "<wsen:Expires>%s</wsen:Expires>", expires);
	}
	if (context)
		buf_printf(out, "<wsen:EnumerationContext>%s</wsen:EnumerationContext>", context);
	else
		buf_puts(out, "<wsen:EnumerationContext/>");
	if (wish->optimize) {
		buf_puts(out, "<wsman:Items>");
		buf_add(out, items->data, items->len);
		buf_puts(out, "</wsman:Items>");
	}
	if (!context)
		buf_puts(out, "<wsman:EndOfSequence/>");
	buf_puts(out, "</wsen:EnumerateResponse>");
}

static int reply_enumerate(struct job *j, const struct wish *wish, const struct reply_head *head,
	const char *context, const struct buf *items)
{
	auto_buf struct buf body = { 0 };

	write_body(&body, wish, context, items);
	return job_reply(j, head, &body);
}

static_assert(sizeof ENUMERATE_ANY_CONTEXT == DIGEST_UUID_SIZE, "the length of a name");

/* The first items, for an optimised enumeration. */
static int write_first(struct job *j, const struct wish *wish, struct reply_head *head,
	struct enumeration *en, struct buf *items)
{
	auto_buf struct buf around = { 0 }, around_end = { 0 };
	struct enumerate_page page = { head, wish->max_elements, UINT64_MAX, &around, &around_end };
	struct buf none = { 0 };
	size_t written;

	write_body(&around, wish, ENUMERATE_ANY_CONTEXT, &none);
	write_body(&around_end, wish, NULL, &none);
	if (enumerate_write(j, en, &page, items, &written) < 0)
		return -1;
	en->next += written;
	return 0;
}

static int enumerate_done(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WSEN "/EnumerateResponse");
	const struct wish *wish = j->detail;
	auto_buf struct buf items = { 0 };
	struct enumeration *en;
	struct context *c;
	const char *name;

	if (j->op.err.code)
		return filter_assoc_failed(j);
	en = take_snapshot(j, wish);
	enumerate_total(j, en, &head);
	if (wish->optimize) {
		if (write_first(j, wish, &head, en, &items) < 0)
			return -1;
		if (en->next == en->n)
			return reply_enumerate(j, wish, &head, NULL, &items);
	}
	c = contexts_open(j->w->contexts, &j->req.who, j->op_arena, en,
		wish->expires_ms > 0 ? clock_in(wish->expires_ms) : CLOCK_NEVER, &j->fault);
	if (!c)
		return -1;
	/* The context has the arena now, so nothing in it is touched once it is given back. */
	struct wish asked = *wish;

	j->op_arena = NULL;
	name = arena_strdup(j->arena, context_name(c));
	contexts_return(j->w->contexts, c);
	return reply_enumerate(j, &asked, &head, name, &items);
}

int enumerate_start(struct job *j)
{
	struct wish *wish;

	if (j->ref.n_keys)
		return fault_set(&j->fault, FAULT_UNEXPECTED_SELECTORS,
			"All instances of a class are enumerated: selectors other than "
			"__cimnamespace have no meaning.");
	j->op_arena = arena_new();
	j->op.kind = CIM_OP_ENUMERATE;
	wish = arena_alloc(j->op_arena, sizeof *wish);
	if (read_wish(j, wish) < 0)
		return -1;
	j->detail = wish;
	if (j->uri.kind == CIM_URI_CIMXML)
		return enumerate_done(j);
	j->op.class = j->class;
	j->op.ns = j->ref.ns;
	return job_run_op(j, enumerate_done);
}
