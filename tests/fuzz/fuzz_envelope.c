/*
 * Requests: any bytes in any charset, through decoding, parsing and the header sweep. Whatever
 * comes of it, the fault that answers, or the header of a reply, is well-formed XML; then through
 * what reads bodies: queries, fragments, filters, selectors and arguments. The last
 * byte of the input chooses the Content-Type, so that recorded bodies are seeds as they are.
 */
#include <libxml/parser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cim/alias.h"
#include "cim/query.h"
#include "schema_ids.h"
#include "wsman/envelope.h"
#include "wsman/filter.h"
#include "wsman/fragment.h"
#include "wsman/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In an order in which what bodies end with, NUL, a newline and '>', chooses one that fits. */
static const char *const types[] = {
	"application/soap+xml",
	"application/soap+xml;charset=UTF-16",
	"application/soap+xml;charset=UTF-8",
	"application/soap+xml;charset=UTF-16BE;action=\"urn:x\"",
	"application/soap+xml;charset=latin1",
};

static void check_well_formed(struct buf *utf8, enum charset c)
{
	auto_buf struct buf out = { 0 };
	xmlDoc *doc;

	reply_encode(&out, utf8, c);
	doc = xmlReadMemory(out.data, (int)out.len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!doc)
		abort();
	xmlFreeDoc(doc);
}

static void check_answer(struct arena *a, const struct envelope *env, const struct fault *f)
{
	struct reply_head head = {
		.to = env->reply_to,
		.action = "urn:answer",
		.relates_to = env->message_id,
		.extra = env->doc ? envelope_reply_parameters(a, env, f != NULL) : NULL,
	};
	auto_buf struct buf utf8 = { 0 };

	if (f && f->http)
		return;
	if (f)
		reply_fault(&utf8, &head, f, "host");
	else
		reply_write(&utf8, &head, "", 0);
	check_well_formed(&utf8, env->charset);
}

/* What is text in the body may be a query; what it matches does not matter, but that it ends. */
static void try_query(struct arena *a, const xmlNode *content)
{
	const struct cim_class *c = cim_class_find("CIM_AllocatedLogicalElement");
	const char *text = xml_text(a, content);
	struct cim_query *q;
	struct err e;

	if (!text)
		return;
	if (cim_query_parse_cql(a, text, &q, &e) < 0 && e.text[0] == '\0')
		abort();
	if (cim_query_parse(a, text, &q, &e) < 0) {
		if (e.text[0] == '\0')
			abort();
	} else if (cim_query_bind(q, c, &e) == 0) {
		(void)cim_query_matches(q, cim_instance_new(a, c, NULL));
	}
}

/* FragmentTransfer, applied to an instance: the header again and the fragment are XML. */
static void try_fragment(struct arena *a, const struct envelope *env)
{
	static const char xml[] =
		"<p:C xmlns:p='urn:c' xsi:type='p:C_Type'><p:Name>x</p:Name><p:Name>&lt;</p:Name>"
		"<p:E xmlns:q='urn:e' xsi:type='q:E_Type'><q:Name xsi:nil='true'/></p:E></p:C>";
	struct job j = { .arena = a, .env = *env };
	auto_buf struct buf instance = { 0 }, body = { 0 }, utf8 = { 0 };
	struct fragment *f;

	buf_puts(&instance, xml);
	if (!env->blocks[HEADER_FRAGMENT_TRANSFER] || fragment_read(&j, &f) < 0 ||
		fragment_write(&j, f, &instance, &body) < 0)
		return;
	struct reply_head head = {
		.to = env->reply_to, .action = "urn:answer", .extra = fragment_header(&j, f)
	};
	reply_write(&utf8, &head, body.data, body.len);
	check_well_formed(&utf8, env->charset);
}

/* The filter of an Enumerate: what is wrong with it is told in well-formed XML. */
static void try_filter(struct arena *a, const struct envelope *env, const struct cim_class *c)
{
	struct job j = { .arena = a, .op_arena = a, .env = *env, .class = c };
	struct wish wish = { 0 };

	j.uri.kind = c ? CIM_URI_CLASS : CIM_URI_ALL;
	if (!xml_is(env->content, XML_NS_WSEN, "Enumerate"))
		return;
	if (filter_read(&j, &wish) < 0)
		check_answer(a, env, &j.fault);
	else if (wish.query)
		(void)cim_query_matches(wish.query, cim_instance_new(a, j.class, NULL));
	if (j.op.ref && alias_own_ref(a, alias_own_ref(a, j.op.ref)) == NULL)
		abort();
}

/* The keys of the request, and what may be the arguments of a method. */
static void try_arguments(struct arena *a, const struct envelope *env)
{
	const struct cim_method *m =
		cim_method_find(&cim_class_VSMIG_MigrationAdvisor, "RankDestinations");
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	struct cim_ref ref = { .class_name = "Msvm_ComputerSystem" };
	struct err e;

	if (env->content && cim_args_from_xml(a, m, env->content, args, &e) < 0 && !e.text[0])
		abort();
	if (env->blocks[HEADER_SELECTOR_SET] &&
		cim_keys_from_selectors(a, env->blocks[HEADER_SELECTOR_SET], &ref, &e) == 0)
		(void)alias_own_ref(a, &ref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena struct arena *a = arena_new();
	struct envelope_source src = { .body = (const char *)data, .len = size };
	struct envelope env;
	struct fault f;

	src.content_type = types[size ? data[size - 1] % ARRAY_LEN(types) : 0];
	if (envelope_parse(a, &src, &env, &f) < 0 ||
		(!env.identify && envelope_sweep(a, &src, &env, &f) < 0)) {
		check_answer(a, &env, &f);
	} else {
		check_answer(a, &env, NULL);
		try_query(a, env.content);
		try_fragment(a, &env);
		try_filter(a, &env, NULL);
		try_filter(a, &env, &cim_class_CIM_ComputerSystem);
		try_arguments(a, &env);
	}
	envelope_free(&env);
	return 0;
}
