/* Reading requests: what is refused, with which fault, and what is let pass. */
#include <check.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/base/mem.h"
#include "wsman/envelope.h"

#define NAMESPACES                                                                                 \
	"xmlns:s='" XML_NS_SOAP "' xmlns:a='" XML_NS_WSA "' xmlns:w='" XML_NS_WSMAN                \
	"' xmlns:p='" XML_NS_WSMV "' xmlns:i='" XML_NS_WSMID "'"
#define ANONYMOUS XML_NS_WSA "/role/anonymous"
#define TO "<a:To>https://h/wsman</a:To>"
#define ACTION "<a:Action>urn:x</a:Action>"
#define ID "<a:MessageID>uuid:1</a:MessageID>"
#define REPLY "<a:ReplyTo><a:Address>" ANONYMOUS "</a:Address></a:ReplyTo>"
#define ALL TO ACTION ID REPLY
#define ENVELOPE(header, body)                                                                     \
	"<s:Envelope " NAMESPACES "><s:Header>" header "</s:Header>" body "</s:Envelope>"
#define BODY "<s:Body/>"

#define UTF8 "application/soap+xml;charset=UTF-8"
enum { OK = -1, HTTP_400 = -2, HTTP_415 = -3 };

static const struct row {
	const char *name, *text;
	int want; /* a fault_id, OK or HTTP_... */
	const char *type, *soap_action; /* NULL type: UTF8 */
} rows[] = {
	{ "plain", ENVELOPE(ALL, BODY), OK, 0, 0 },
	{ "declaration", "<?xml version='1.0' encoding='UTF-8'?>\n" ENVELOPE(ALL, BODY), OK, 0, 0 },
	{ "another encoding declared",
		"<?xml version='1.0' encoding='UTF-16'?>" ENVELOPE(ALL, BODY), OK, 0, 0 },
	{ "mark", "\xef\xbb\xbf" ENVELOPE(ALL, BODY), OK, 0, 0 },
	{ "comments",
		"<!-- a --><s:Envelope " NAMESPACES "><!-- b --><s:Header><!-- c -->" ALL
		"</s:Header><!-- d --><s:Body><!-- e --></s:Body></s:Envelope><!-- f -->",
		OK, 0, 0 },
	{ "no charset", ENVELOPE(ALL, BODY), OK, "application/soap+xml", 0 },
	{ "quoted charset", ENVELOPE(ALL, BODY), OK, "application/soap+xml; charset=\"utf-8\"", 0 },
	{ "action in content type", ENVELOPE(ALL, BODY), OK, UTF8 ";action=\"urn:x\"", 0 },
	{ "action header", ENVELOPE(ALL, BODY), OK, 0, "urn:x" },
	{ "action header empty", ENVELOPE(ALL, BODY), OK, 0, "" },
	{ "space around", ENVELOPE(TO "<a:Action>\n urn:x\t</a:Action>" ID REPLY, BODY), OK, 0,
		"urn:x" },

	{ "text/xml", ENVELOPE(ALL, BODY), HTTP_415, "text/xml", 0 },
	{ "multipart", ENVELOPE(ALL, BODY), HTTP_415, "multipart/related; boundary=x", 0 },
	{ "wrong mark", "\xff\xfe" ENVELOPE(ALL, BODY), HTTP_400, 0, 0 },
	{ "not UTF-16", ENVELOPE(ALL, BODY), HTTP_400, "application/soap+xml;charset=UTF-16", 0 },
	{ "charset", ENVELOPE(ALL, BODY), FAULT_CHARACTER_SET,
		"application/soap+xml;charset=ISO-8859-1", 0 },

	{ "empty", "", FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "not XML", "hello", FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "truncated", "<s:Envelope " NAMESPACES "><s:Header>" ALL, FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "bare ampersand", ENVELOPE(ALL, "<s:Body><x>a&b</x></s:Body>"), FAULT_SCHEMA_VALIDATION,
		0, 0 },
	{ "bad UTF-8", ENVELOPE(ALL, "<s:Body><x>\xe9</x></s:Body>"), FAULT_SCHEMA_VALIDATION, 0,
		0 },
	{ "doctype", "<!DOCTYPE x>" ENVELOPE(ALL, BODY), FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "doctype with entities",
		"<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]>" ENVELOPE(
			ALL, "<s:Body><x>&c;</x></s:Body>"),
		FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "external doctype", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" ENVELOPE(ALL, BODY),
		FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "entity", ENVELOPE(ALL, "<s:Body><x>&c;</x></s:Body>"), FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "other root", "<x/>", FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "SOAP 1.1", "<s:Envelope xmlns:s='" XML_NS_SOAP11 "'><s:Body/></s:Envelope>",
		FAULT_VERSION_MISMATCH, 0, 0 },
	{ "SOAP 9", "<Envelope xmlns='urn:soap9'/>", FAULT_VERSION_MISMATCH, 0, 0 },
	{ "no body", "<s:Envelope " NAMESPACES "><s:Header>" ALL "</s:Header></s:Envelope>",
		FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "two bodies", ENVELOPE(ALL, BODY BODY), FAULT_SCHEMA_VALIDATION, 0, 0 },
	{ "body of two", ENVELOPE(ALL, "<s:Body><x/><y/></s:Body>"), FAULT_SCHEMA_VALIDATION, 0,
		0 },
	{ "body first",
		"<s:Envelope " NAMESPACES "><s:Body/><s:Header>" ALL "</s:Header></s:Envelope>",
		FAULT_SCHEMA_VALIDATION, 0, 0 },

	{ "no header", "<s:Envelope " NAMESPACES "><s:Body/></s:Envelope>", FAULT_HEADER_REQUIRED,
		0, 0 },
	{ "no To", ENVELOPE(ACTION ID REPLY, BODY), FAULT_HEADER_REQUIRED, 0, 0 },
	{ "no action", ENVELOPE(TO ID REPLY, BODY), FAULT_HEADER_REQUIRED, 0, 0 },
	{ "empty action", ENVELOPE(TO "<a:Action> </a:Action>" ID REPLY, BODY),
		FAULT_HEADER_REQUIRED, 0, 0 },
	{ "element for action", ENVELOPE(TO "<a:Action><x/></a:Action>" ID REPLY, BODY),
		FAULT_HEADER_REQUIRED, 0, 0 },
	{ "other addressing",
		ENVELOPE(ID REPLY TO "<Action xmlns='http://www.w3.org/2005/08/addressing'>"
				     "urn:x</Action>",
			BODY),
		FAULT_HEADER_REQUIRED, 0, 0 },
	{ "no id", ENVELOPE(TO ACTION REPLY, BODY), FAULT_INVALID_HEADER, 0, 0 },
	{ "empty id", ENVELOPE(TO ACTION REPLY "<a:MessageID/>", BODY), FAULT_INVALID_HEADER, 0,
		0 },
	{ "no reply-to", ENVELOPE(TO ACTION ID, BODY), FAULT_HEADER_REQUIRED, 0, 0 },
	{ "reply elsewhere",
		ENVELOPE(TO ACTION ID "<a:ReplyTo><a:Address>http://h/</a:Address></a:ReplyTo>",
			BODY),
		FAULT_ADDRESSING_MODE, 0, 0 },
	{ "reply nowhere", ENVELOPE(TO ACTION ID "<a:ReplyTo/>", BODY), FAULT_INVALID_HEADER, 0,
		0 },
	{ "fault elsewhere",
		ENVELOPE(ALL "<a:FaultTo><a:Address>http://h/</a:Address></a:FaultTo>", BODY),
		FAULT_ADDRESSING_MODE, 0, 0 },
	{ "fault anonymous",
		ENVELOPE(ALL "<a:FaultTo><a:Address>" ANONYMOUS "</a:Address></a:FaultTo>", BODY),
		OK, 0, 0 },
	{ "twice", ENVELOPE(ALL ACTION, BODY), FAULT_INVALID_HEADER, 0, 0 },
	{ "twice, before understanding", ENVELOPE(ALL TO "<x s:mustUnderstand='1'/>", BODY),
		FAULT_INVALID_HEADER, 0, 0 },
	{ "other action header", ENVELOPE(ALL, BODY), FAULT_ACTION_NOT_SUPPORTED, 0, "urn:y" },
	{ "other action in type", ENVELOPE(ALL, BODY), FAULT_ACTION_NOT_SUPPORTED,
		UTF8 ";action=\"urn:y\"", 0 },

	{ "unknown header", ENVELOPE(ALL "<x y='1'/><p:z/>", BODY), OK, 0, 0 },
	{ "must true", ENVELOPE(ALL "<x s:mustUnderstand='true'/>", BODY), FAULT_MUST_UNDERSTAND, 0,
		0 },
	{ "must 1", ENVELOPE(ALL "<w:x s:mustUnderstand=' 1 '/>", BODY), FAULT_MUST_UNDERSTAND, 0,
		0 },
	{ "must, before required", ENVELOPE("<x s:mustUnderstand='1'/>", BODY),
		FAULT_MUST_UNDERSTAND, 0, 0 },
	{ "must not", ENVELOPE(ALL "<x s:mustUnderstand='false'/><y s:mustUnderstand='0'/>", BODY),
		OK, 0, 0 },
	{ "must, of no namespace", ENVELOPE(ALL "<x mustUnderstand='1'/>", BODY), OK, 0, 0 },
	{ "must, next",
		ENVELOPE(ALL "<x s:mustUnderstand='1' s:role='" XML_NS_SOAP "/role/next'/>", BODY),
		FAULT_MUST_UNDERSTAND, 0, 0 },
	{ "must, ultimate",
		ENVELOPE(ALL "<x s:mustUnderstand='1' s:role='" XML_NS_SOAP
			     "/role/ultimateReceiver'/>",
			BODY),
		FAULT_MUST_UNDERSTAND, 0, 0 },
	{ "must, none",
		ENVELOPE(ALL "<x s:mustUnderstand='1' s:role='" XML_NS_SOAP "/role/none'/>", BODY),
		OK, 0, 0 },
	{ "must, somebody", ENVELOPE(ALL "<x s:mustUnderstand='1' s:role='urn:proxy'/>", BODY), OK,
		0, 0 },
	{ "must, known",
		ENVELOPE("<a:To s:mustUnderstand='1'>x</a:To>" ACTION ID REPLY
			 "<a:From s:mustUnderstand='1'/><p:SessionId "
			 "s:mustUnderstand='1'>x</p:SessionId>",
			BODY),
		OK, 0, 0 },

	{ "timeout", ENVELOPE(ALL "<w:OperationTimeout>PT60.000S</w:OperationTimeout>", BODY), OK,
		0, 0 },
	{ "timeout bad", ENVELOPE(ALL "<w:OperationTimeout>60</w:OperationTimeout>", BODY),
		FAULT_INVALID_TIMEOUT, 0, 0 },
	{ "timeout negative", ENVELOPE(ALL "<w:OperationTimeout>-PT1S</w:OperationTimeout>", BODY),
		FAULT_INVALID_TIMEOUT, 0, 0 },
	{ "timeout empty", ENVELOPE(ALL "<w:OperationTimeout/>", BODY), FAULT_INVALID_TIMEOUT, 0,
		0 },
	{ "size", ENVELOPE(ALL "<w:MaxEnvelopeSize> 8192 </w:MaxEnvelopeSize>", BODY), OK, 0, 0 },
	{ "size huge",
		ENVELOPE(
			ALL "<w:MaxEnvelopeSize>99999999999999999999999</w:MaxEnvelopeSize>", BODY),
		OK, 0, 0 },
	{ "size small", ENVELOPE(ALL "<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>", BODY),
		FAULT_MIN_ENVELOPE_SIZE, 0, 0 },
	{ "size zero", ENVELOPE(ALL "<w:MaxEnvelopeSize>0</w:MaxEnvelopeSize>", BODY),
		FAULT_MIN_ENVELOPE_SIZE, 0, 0 },
	{ "size bad", ENVELOPE(ALL "<w:MaxEnvelopeSize>-1</w:MaxEnvelopeSize>", BODY),
		FAULT_INVALID_HEADER, 0, 0 },
	{ "locale", ENVELOPE(ALL "<w:Locale xml:lang='de-DE'/>", BODY), OK, 0, 0 },
	{ "locale must", ENVELOPE(ALL "<w:Locale s:mustUnderstand='true' xml:lang='de-DE'/>", BODY),
		FAULT_LOCALE, 0, 0 },
	{ "locale must, English",
		ENVELOPE(ALL "<w:Locale s:mustUnderstand='true' xml:lang='EN-gb'/>", BODY), OK, 0,
		0 },
	{ "data locale must",
		ENVELOPE(ALL "<p:DataLocale s:mustUnderstand='true' xml:lang='fr'/>", BODY),
		FAULT_DATA_LOCALE, 0, 0 },
	{ "no options", ENVELOPE(ALL "<w:OptionSet s:mustUnderstand='true'></w:OptionSet>", BODY),
		OK, 0, 0 },
	{ "options",
		ENVELOPE(ALL "<w:OptionSet><w:Option Name='a'>1</w:Option><w:Option Name='a' "
			     "MustComply='false'/></w:OptionSet>",
			BODY),
		OK, 0, 0 },
	{ "option must",
		ENVELOPE(ALL "<w:OptionSet><w:Option Name='a' MustComply='true'/>"
			     "</w:OptionSet>",
			BODY),
		FAULT_OPTION_NOT_SUPPORTED, 0, 0 },
	{ "option without name", ENVELOPE(ALL "<w:OptionSet><w:Option/></w:OptionSet>", BODY),
		FAULT_INVALID_OPTION_NAME, 0, 0 },
	{ "fragment", ENVELOPE(ALL "<w:FragmentTransfer>x</w:FragmentTransfer>", BODY), OK, 0, 0 },
	{ "resource empty", ENVELOPE(ALL "<w:ResourceURI/>", BODY), FAULT_INVALID_RESOURCE_URI, 0,
		0 },
	{ "identify", ENVELOPE("", "<s:Body><i:Identify/></s:Body>"), OK, 0, 0 },
	{ "identify, odd headers",
		ENVELOPE(TO TO "<x s:mustUnderstand='1'/>", "<s:Body><i:Identify/></s:Body>"), OK,
		0, 0 },
};

static int judge(
	struct arena *a, const struct envelope_source *src, struct envelope *env, struct fault *f)
{
	if (envelope_parse(a, src, env, f) == 0 &&
		(env->identify || envelope_sweep(a, src, env, f) == 0))
		return OK;
	return f->http == 400 ? HTTP_400 : f->http == 415 ? HTTP_415 : (int)f->id;
}

START_TEST(row)
{
	const struct row *r = &rows[_i];
	const struct envelope_source src = {
		.content_type = r->type ? r->type : UTF8,
		.soap_action = r->soap_action,
		.body = r->text,
		.len = strlen(r->text),
	};
	auto_arena struct arena *a = arena_new();
	struct envelope env;
	struct fault f = { 0 };
	int got = judge(a, &src, &env, &f);

	ck_assert_msg(got == r->want, "%s: got %d (%s), not %d", r->name, got, f.text, r->want);
	ck_assert_str_eq(env.reply_to, ANONYMOUS);
	if (f.detail) {
		xmlDoc *doc = xmlReadMemory(f.detail, (int)strlen(f.detail), NULL, NULL, 0);

		ck_assert_msg(doc != NULL, "%s: %s", r->name, f.detail);
		xmlFreeDoc(doc);
	}
	envelope_free(&env);
}
END_TEST

/* Every row in UTF-16, both orders, is judged as in UTF-8. */
START_TEST(utf16)
{
	const struct row *r = &rows[_i];
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 };
	struct envelope_source src = { .content_type = "application/soap+xml;charset=UTF-16",
		.soap_action = r->soap_action };
	struct envelope env;
	struct fault f;

	if (r->type || strcmp(r->name, "bad UTF-8") == 0 || (unsigned char)r->text[0] >= 0x80 ||
		r->text[0] == '\0')
		return;
	buf_add(&text, "\xff\xfe", 2);
	charset_to_utf16(&text, r->text, strlen(r->text));
	for (int big = 0; big < 2; big++) {
		src.body = text.data;
		src.len = text.len;
		ck_assert_msg(judge(a, &src, &env, &f) == r->want, "%s", r->name);
		ck_assert_int_eq(env.charset, CHARSET_UTF16);
		envelope_free(&env);
		for (size_t i = 0; i < text.len; i += 2) {
			char c = text.data[i];

			text.data[i] = text.data[i + 1];
			text.data[i + 1] = c;
		}
	}
}
END_TEST

static struct envelope *parse(struct arena *a, const char *text, struct fault *f)
{
	struct envelope *env = arena_alloc(a, sizeof *env);
	const struct envelope_source src = {
		.content_type = UTF8, .body = text, .len = strlen(text)
	};

	judge(a, &src, env, f);
	return env;
}

START_TEST(fields)
{
	auto_arena struct arena *a = arena_new();
	struct fault f;
	struct envelope *env = parse(a,
		ENVELOPE(ALL "<w:ResourceURI>\n urn:r "
			     "</w:ResourceURI><w:OperationTimeout>PT1.5S</w:OperationTimeout>"
			     "<w:MaxEnvelopeSize>102400</w:MaxEnvelopeSize><w:SelectorSet/>",
			"<s:Body><x>1<![CDATA[2]]><!-- 3 -->4</x></s:Body>"),
		&f);

	ck_assert_str_eq(env->message_id, "uuid:1");
	ck_assert_str_eq(env->action, "urn:x");
	ck_assert_str_eq(env->resource_uri, "urn:r");
	ck_assert_int_eq(env->timeout_ms, 1500);
	ck_assert_uint_eq(env->max_size, 102400);
	ck_assert_ptr_nonnull(env->blocks[HEADER_SELECTOR_SET]);
	ck_assert_str_eq(xml_text(a, env->content), "124");
	ck_assert(env->ns_ok);
	envelope_free(env);
}
END_TEST

/* libmi writes prefixes that it never declares (CLIENTS.md 2). */
START_TEST(undeclared)
{
	auto_arena struct arena *a = arena_new();
	struct fault f;
	struct envelope *env =
		parse(a, ENVELOPE(ALL, "<s:Body><x><wsa:Address>y</wsa:Address></x></s:Body>"), &f);

	ck_assert(!env->ns_ok);
	ck_assert_str_eq((const char *)xml_first(env->content)->name, "wsa:Address");
	ck_assert_str_eq(xml_text(a, xml_first(env->content)), "y");
	envelope_free(env);
}
END_TEST

START_TEST(parameters)
{
	auto_arena struct arena *a = arena_new();
	struct fault f;
	struct envelope *env = parse(a,
		ENVELOPE(TO ACTION ID
			"<a:ReplyTo xmlns:o='urn:o'><a:Address>" ANONYMOUS
			"</a:Address><a:ReferenceParameters>"
			"<o:tag b='c' "
			"o:d='e'>f&amp;g</o:tag><w:h>o:i</w:h></a:ReferenceParameters></a:ReplyTo>"
			"<a:FaultTo><a:Address>" ANONYMOUS "</a:Address><a:ReferenceParameters><j/>"
			"</a:ReferenceParameters></a:FaultTo>",
			BODY),
		&f);
	const char *reply = envelope_reply_parameters(a, env, false);
	const char *fault = envelope_reply_parameters(a, env, true);
	xmlDoc *doc;

	reply = arena_printf(a, "<r>%s</r>", reply);
	doc = xmlReadMemory(reply, (int)strlen(reply), NULL, NULL, 0);
	ck_assert_msg(doc != NULL, "%s", reply);
	const xmlNode *tag = xml_child(xmlDocGetRootElement(doc), "urn:o", "tag");
	ck_assert_str_eq(xml_text(a, tag), "f&g");
	ck_assert_str_eq(xml_attribute(a, tag, NULL, "b"), "c");
	ck_assert_str_eq(xml_attribute(a, tag, "urn:o", "d"), "e");
	/* A prefix used in text only stays declared as well. */
	const xmlNode *h = xml_child(xmlDocGetRootElement(doc), XML_NS_WSMAN, "h");
	ck_assert_ptr_nonnull(xmlSearchNs(doc, (xmlNode *)(uintptr_t)h, (const xmlChar *)"o"));
	xmlFreeDoc(doc);
	ck_assert_ptr_nonnull(strstr(fault, "<j "));
	envelope_free(env);

	env = parse(a, ENVELOPE(ALL, BODY), &f);
	ck_assert_ptr_null(envelope_reply_parameters(a, env, false));
	ck_assert_ptr_null(envelope_reply_parameters(a, env, true));
	envelope_free(env);
}
END_TEST

/* Each copy declares all namespaces in scope, which took seconds when none of them would fit. */
START_TEST(many_parameters)
{
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 };
	struct fault f = { 0 };
	struct envelope *env;
	clock_t began;

	buf_puts(&text, "<s:Envelope " NAMESPACES "><s:Header>" TO ACTION ID "<a:ReplyTo");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, " xmlns:n%d='urn:n'", i);
	buf_puts(&text, "><a:Address>" ANONYMOUS "</a:Address><a:ReferenceParameters>");
	for (int i = 0; i < 19000; i++)
		buf_puts(&text, "<p/>");
	buf_puts(&text, "</a:ReferenceParameters></a:ReplyTo></s:Header><s:Body/></s:Envelope>");
	env = parse(a, text.data, &f);
	ck_assert_msg(!f.text[0], "%s", f.text);
	began = clock();
	ck_assert_ptr_null(envelope_reply_parameters(a, env, false));
	ck_assert_msg(clock() - began < CLOCKS_PER_SEC / 4, "%ld", (long)(clock() - began));
	envelope_free(env);
}
END_TEST

START_TEST(not_understood)
{
	auto_arena struct arena *a = arena_new();
	struct fault f;
	struct envelope *env = parse(a,
		ENVELOPE(ALL "<v:a xmlns:v='urn:v' s:mustUnderstand='1'/><b s:mustUnderstand='1'/>",
			BODY),
		&f);

	ck_assert_int_eq(f.id, FAULT_MUST_UNDERSTAND);
	ck_assert_str_eq(f.header, "<s:NotUnderstood qname=\"u:a\" xmlns:u=\"urn:v\"/>"
				   "<s:NotUnderstood qname=\"b\"/>");
	envelope_free(env);
}
END_TEST

/* Writes n times `one`, between what makes it a message. */
static void repeat(
	struct buf *out, const char *before, const char *one, size_t n, const char *after)
{
	buf_clear(out);
	buf_puts(out, before);
	while (n--)
		buf_puts(out, one);
	buf_puts(out, after);
}

#define HEAD "<s:Envelope " NAMESPACES "><s:Header>" ALL

static const struct limit {
	const char *name, *before, *one, *after, *close; /* close: once for each `one` */
	size_t good, bad;
	enum fault_id want;
} limits[] = {
	{ "depth", HEAD "</s:Header><s:Body>", "<x>", "</s:Body></s:Envelope>", "</x>",
		XML_DEPTH_LIMIT - 2, 10000, FAULT_SCHEMA_VALIDATION },
	{ "elements", HEAD "</s:Header><s:Body><y>", "<x/>", "</y></s:Body></s:Envelope>", "",
		XML_ELEMENT_LIMIT - 9, XML_ELEMENT_LIMIT, FAULT_SCHEMA_VALIDATION },
	{ "selectors", HEAD "<w:SelectorSet>", "<w:Selector Name='a'/>",
		"</w:SelectorSet></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_SELECTOR_LIMIT,
		ENVELOPE_SELECTOR_LIMIT + 1, FAULT_SELECTOR_LIMIT },
	{ "selector value", HEAD "<w:SelectorSet><w:Selector Name='a'>", "b",
		"</w:Selector></w:SelectorSet></s:Header><s:Body/></s:Envelope>", "",
		ENVELOPE_VALUE_LIMIT, ENVELOPE_VALUE_LIMIT + 1, FAULT_SELECTOR_LIMIT },
	{ "selector name", HEAD "<w:SelectorSet><w:Selector Name='", "b",
		"'/></w:SelectorSet></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_NAME_LIMIT,
		ENVELOPE_NAME_LIMIT + 1, FAULT_SELECTOR_LIMIT },
	{ "options", HEAD "<w:OptionSet>", "<w:Option Name='a'/>",
		"</w:OptionSet></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_OPTION_LIMIT,
		ENVELOPE_OPTION_LIMIT + 1, FAULT_OPTION_LIMIT },
	{ "option name", HEAD "<w:OptionSet><w:Option Name='", "a",
		"'/></w:OptionSet></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_NAME_LIMIT,
		ENVELOPE_NAME_LIMIT + 1, FAULT_OPTION_LIMIT },
	{ "resource URI", HEAD "<w:ResourceURI>", "a",
		"</w:ResourceURI></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_URI_LIMIT,
		ENVELOPE_URI_LIMIT + 1, FAULT_URI_LIMIT },
	{ "action", "<s:Envelope " NAMESPACES "><s:Header>" TO ID REPLY "<a:Action>", "a",
		"</a:Action></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_URI_LIMIT,
		ENVELOPE_URI_LIMIT + 1, FAULT_URI_LIMIT },
	{ "message id", "<s:Envelope " NAMESPACES "><s:Header>" TO ACTION REPLY "<a:MessageID>",
		"a", "</a:MessageID></s:Header><s:Body/></s:Envelope>", "", ENVELOPE_URI_LIMIT,
		ENVELOPE_URI_LIMIT + 1, FAULT_INVALID_HEADER },
};

START_TEST(limit)
{
	const struct limit *l = &limits[_i];
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 }, close = { 0 };
	struct envelope *env;
	struct fault f;

	for (int bad = 0; bad < 2; bad++) {
		size_t n = bad ? l->bad : l->good;

		memset(&f, 0, sizeof f);
		repeat(&close, "", l->close, n, l->after);
		repeat(&text, l->before, l->one, n, close.data);
		env = parse(a, text.data, &f);
		if (bad)
			ck_assert_msg(f.id == l->want && f.text[0], "%s: %s", l->name, f.text);
		else
			ck_assert_msg(!f.text[0], "%s: %s", l->name, f.text);
		envelope_free(env);
	}
}
END_TEST

START_TEST(attributes)
{
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 };
	struct envelope *env;
	struct fault f;

	for (int n = XML_ATTRIBUTE_LIMIT; n < 200000;
		n = n == XML_ATTRIBUTE_LIMIT ? n + 1 : n * 10) {
		memset(&f, 0, sizeof f);
		buf_clear(&text);
		buf_puts(&text, HEAD "</s:Header><s:Body><x");
		for (int i = 0; i < n; i++)
			buf_printf(&text, " a%d='='", i);
		buf_puts(&text, "/></s:Body></s:Envelope>");
		env = parse(a, text.data, &f);
		ck_assert_msg(
			(n > XML_ATTRIBUTE_LIMIT) == (f.text[0] != '\0'), "%d: %s", n, f.text);
		envelope_free(env);
	}
}
END_TEST

/* Whatever stands around it, such an element is refused before libxml2 compares them all. */
START_TEST(hidden_attributes)
{
	static const char *const around[][2] = {
		{ "<!-- ' -->", "<!-- ' -->" },
		{ "<!-- \" -->", "" },
		{ "<?x ' ?>", "" },
		{ "<x><![CDATA[<']]></x>", "" },
		{ "<x '>", "</x '>" },
		{ "<x y='>", "" },
		{ "</x '>", "" },
	};
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 };
	struct fault f = { 0 };
	struct envelope *env;

	buf_puts(&text, "<s:Envelope><s:Body>");
	buf_puts(&text, around[_i][0]);
	buf_puts(&text, "<x");
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, " a%d = ''", i);
	buf_puts(&text, "/>");
	buf_puts(&text, around[_i][1]);
	buf_puts(&text, "</s:Body></s:Envelope>");
	env = parse(a, text.data, &f);
	ck_assert_msg(strstr(f.text, "more attributes") != NULL, "%s", f.text);
	ck_assert_ptr_null(env->doc);
	envelope_free(env);
}
END_TEST

/* What only looks like attributes, an embedded instance as text, stays text. */
START_TEST(equals_in_text)
{
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf text = { 0 };
	struct fault f = { 0 };
	struct envelope *env;

	buf_puts(&text, HEAD "</s:Header><s:Body><x><![CDATA[instance of X {");
	for (int i = 0; i < 10 * XML_ATTRIBUTE_LIMIT; i++)
		buf_printf(&text, " p%d = \"v\";", i);
	buf_puts(&text, "};]]></x></s:Body></s:Envelope>");
	env = parse(a, text.data, &f);
	ck_assert_msg(!f.text[0], "%s", f.text);
	envelope_free(env);
}
END_TEST

/* Each level declares some; libxml2 would look through all of them for each name below. */
START_TEST(namespaces)
{
	auto_arena struct arena *a = arena_new();

	for (int levels = 2; levels < 10; levels += 6) {
		auto_buf struct buf text = { 0 };
		struct envelope *env;
		struct fault f = { 0 };

		buf_puts(&text, HEAD "</s:Header><s:Body>");
		for (int i = 0; i < levels; i++) {
			buf_puts(&text, "<x");
			for (int k = 0; k < 100; k++)
				buf_printf(&text, " xmlns:n%d_%d='urn:n'", i, k);
			buf_puts(&text, ">");
		}
		for (int i = 0; i < levels; i++)
			buf_puts(&text, "</x>");
		buf_puts(&text, "</s:Body></s:Envelope>");
		env = parse(a, text.data, &f);
		ck_assert_msg((levels > 2) == (f.text[0] != '\0'), "%d: %s", levels, f.text);
		envelope_free(env);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_envelope");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, row, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, utf16, 0, ARRAY_LEN(rows));
	tcase_add_test(t, fields);
	tcase_add_test(t, undeclared);
	tcase_add_test(t, parameters);
	tcase_add_test(t, many_parameters);
	tcase_add_test(t, not_understood);
	tcase_add_loop_test(t, limit, 0, ARRAY_LEN(limits));
	tcase_add_test(t, attributes);
	tcase_add_loop_test(t, hidden_attributes, 0, 7);
	tcase_add_test(t, equals_in_text);
	tcase_add_test(t, namespaces);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
