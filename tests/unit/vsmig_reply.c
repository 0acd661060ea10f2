/* What vsmig makes of replies: envelopes, faults, answers; and what it asks. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wsman/vsmig_answer.h"
#include "wsman/vsmig_check.h"
#include "wsman/vsmig_print.h"
#include "wsman/vsmig_reply.h"

#define ENVELOPE(body)                                                                             \
	"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "                           \
	"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><s:Header/><s:Body>" body           \
	"</s:Body></s:Envelope>"
#define FAULT(code, reason, detail)                                                                \
	ENVELOPE("<s:Fault><s:Code><s:Value>s:Receiver</s:Value>" code                             \
		 "</s:Code><s:Reason>" reason "</s:Reason>" detail "</s:Fault>")
#define SUBCODE(x) "<s:Subcode><s:Value>" x "</s:Value></s:Subcode>"
#define TEXT(x) "<s:Text xml:lang='en'>" x "</s:Text>"
#define MESSAGE(x)                                                                                 \
	"<s:Detail><w:FaultDetail xmlns:w='w'>u</w:FaultDetail><f:WSManFault xmlns:f='f' "         \
	"Code='1'>"                                                                                \
	"<f:Message>" x "</f:Message></f:WSManFault></s:Detail>"

static const struct reply_row {
	const char *name, *in;
	int code; /* the error's, 0: none */
	const char *text; /* in the error's sentence, or the content's name; NULL: none */
} reply_rows[] = {
	{ "content", ENVELOPE("<p:X xmlns:p='u'/>"), 0, "X" },
	{ "blanks before it", ENVELOPE("\n <p:X xmlns:p='u'/>\n"), 0, "X" },
	{ "empty body", ENVELOPE(""), 0, NULL },
	{ "nothing", "", ERR_SYNTAX, "not a SOAP" },
	{ "HTML", "<html><body/></html>", ERR_SYNTAX, "not a SOAP" },
	{ "cut short", "<s:Envelope", ERR_SYNTAX, "not a SOAP" },
	{ "SOAP 1.1",
		"<s:Envelope "
		"xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>",
		ERR_SYNTAX, "not a SOAP" },
	{ "document type", "<!DOCTYPE a [<!ENTITY e 'x'>]>" ENVELOPE("<p:X xmlns:p='u'>&e;</p:X>"),
		ERR_SYNTAX, "not a SOAP" },
	{ "fault", FAULT(SUBCODE("wsman:TimedOut"), TEXT("too late"), ""), ERR_TIMEOUT,
		"too late (wsman:TimedOut)" },
	{ "fault with a message",
		FAULT(SUBCODE("wsa:DestinationUnreachable"), TEXT("no"), MESSAGE("no such class")),
		ERR_NOT_FOUND, "no (wsa:DestinationUnreachable) no such class" },
	{ "message that repeats the reason",
		FAULT(SUBCODE("wsman:AccessDenied"), TEXT("no"), MESSAGE("no")), ERR_ACCESS,
		"no (wsman:AccessDenied)" },
	{ "fault without a subcode", FAULT("", TEXT("oh"), ""), ERR_INTERNAL, "oh (s:Receiver)" },
	{ "fault without anything", ENVELOPE("<s:Fault/>"), ERR_INTERNAL,
		"no reason given (no code)" },
};

START_TEST(parses_replies)
{
	const struct reply_row *row = &reply_rows[_i];
	const xmlNode *content = NULL;
	xmlDoc *doc = NULL;
	struct err e = { 0 };
	int r = vsmig_reply_parse(row->in, strlen(row->in), &doc, &content, &e);

	ck_assert_msg(r == -row->code, "%s: %d %s", row->name, r, e.text);
	if (row->code != 0)
		ck_assert_msg(strstr(e.text, row->text) != NULL, "%s: %s", row->name, e.text);
	else if (row->text == NULL)
		ck_assert_ptr_null(content);
	else
		ck_assert_str_eq((const char *)content->name, row->text);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(reads_properties)
{
	static const char text[] = ENVELOPE("<p:C xmlns:p='u'><p:A>1</p:A><p:B xsi:nil='true'/>"
					    "<p:A>2</p:A><p:E/></p:C>");
	auto_arena struct arena *a = arena_new();
	const struct cim_loose_property *p;
	const xmlNode *content;
	struct cim_loose l;
	xmlDoc *doc;
	struct err e = { 0 };

	ck_assert_int_eq(vsmig_reply_parse(text, strlen(text), &doc, &content, &e), 0);
	vsmig_reply_properties(a, content, &l);
	xmlFreeDoc(doc);
	ck_assert_str_eq(l.class_name, "C");
	ck_assert_uint_eq(l.n, 3);
	p = cim_loose_find(&l, "a");
	ck_assert(p->array && p->n == 2 && strcmp(p->values[1], "2") == 0);
	p = cim_loose_find(&l, "B");
	ck_assert(p->null && p->n == 0);
	p = cim_loose_find(&l, "E");
	ck_assert(!p->null && p->n == 1 && *p->values[0] == '\0');
}
END_TEST

#define OUT(content) ENVELOPE("<p:O xmlns:p='u'>" content "</p:O>")
#define VALUE(name, text) "<p:" name ">" text "</p:" name ">"
#define PROPERTY(name, text)                                                                       \
	"&lt;PROPERTY NAME=\"" name "\" TYPE=\"string\"&gt;&lt;VALUE&gt;" text                     \
	"&lt;/VALUE&gt;&lt;/PROPERTY&gt;"
#define FINDING(id, severity, effect)                                                              \
	"<p:Findings>&lt;INSTANCE CLASSNAME=\"VSMIG_MigrationFinding\"&gt;" PROPERTY("MessageID",  \
		id) PROPERTY("PerceivedSeverity", severity) PROPERTY("Effect", effect)             \
		PROPERTY("Message", "text of " id) "&lt;/INSTANCE&gt;</p:Findings>"

static const struct answer_row {
	const char *name, *in;
	int code; /* of the error, 0: none */
	int status; /* exit status */
	const char *want[4]; /* in the text, in this order */
	const char *json; /* in the JSON */
} answer_rows[] = {
	{ "yes",
		OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "0")
				VALUE("IsMigratable", "true")),
		0, 0, { "yes: v can move to d (live)\n", "code 0, Completed with No Error\n" },
		"\"code\":0,\"codeText\":\"Completed with No Error\",\"migratable\":true,"
		"\"simulated\":false,\"findings\":[]}" },
	{ "capitals, as libmi writes them",
		OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "0")
				VALUE("IsMigratable", "TRUE")),
		0, 0, { "yes: " }, "\"migratable\":true" },
	{ "no, simulated, with all groups in their order",
		OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "0") VALUE("IsMigratable", "false")
				VALUE("Simulated", "true") FINDING("VSM6005", "2", "None") FINDING(
					"VSM6002", "2", "None") FINDING("VSM5001", "3", "None")
					FINDING("VSM4301", "5", "False")),
		0, 1,
		{ "no: v cannot move to d (live) [simulated]\n", "against it:\nSEVERITY  ID",
			"Warnings:", "Not evaluated:" },
		"{\"severity\":\"error\",\"id\":\"VSM4301\",\"area\":null" },
	{ "state", OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "5")), 0, 1,
		{ "no, not in the present state: v cannot move to d" }, "\"code\":5" },
	{ "IsMigratable with a code is not looked at",
		OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "6")
				VALUE("IsMigratable", "true")),
		0, 1, { "no, " }, "\"migratable\":null" },
	{ "timeout", OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "3")), 0, 2,
		{ "cannot tell: ", "code 3, Timeout" }, "\"migratable\":null" },
	{ "parameter", OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "4")), 0, 2,
		{ "cannot tell: " }, "\"code\":4" },
	{ "the explanation itself failed", OUT(VALUE("ReturnValue", "2")), ERR_INTERNAL, 0,
		{ NULL }, NULL },
	{ "no return value", OUT(""), ERR_INTERNAL, 0, { NULL }, NULL },
	{ "no code", OUT(VALUE("ReturnValue", "0")), ERR_SYNTAX, 0, { NULL }, NULL },
	{ "a code that is none", OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "7")), ERR_SYNTAX,
		0, { NULL }, NULL },
	{ "neither yes nor no", OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "0")), ERR_SYNTAX,
		0, { NULL }, NULL },
	{ "a finding that is none",
		OUT(VALUE("ReturnValue", "0") VALUE("CheckCode", "0") VALUE("IsMigratable", "true")
				VALUE("Findings", "x")),
		ERR_SYNTAX, 0, { NULL }, NULL },
};

static void expect_text(const struct answer_row *row, const struct vsmig_answer *answer)
{
	auto_buf struct buf text = { 0 }, json = { 0 };
	const char *from;

	vsmig_answer_text(&text, answer, 100);
	from = text.data;
	for (size_t i = 0; i < ARRAY_LEN(row->want) && row->want[i] != NULL; i++) {
		from = strstr(from, row->want[i]);
		ck_assert_msg(
			from != NULL, "%s: no \"%s\" in\n%s", row->name, row->want[i], text.data);
	}
	vsmig_answer_json(&json, answer);
	ck_assert_msg(strstr(json.data, row->json) != NULL, "%s: %s", row->name, json.data);
}

START_TEST(reads_answers)
{
	const struct answer_row *row = &answer_rows[_i];
	struct vsmig_answer answer = { .vm = "v", .destination = "d", .type = "live" };
	auto_arena struct arena *a = arena_new();
	const xmlNode *content;
	struct cim_loose l;
	xmlDoc *doc;
	struct err e = { 0 };
	int r;

	ck_assert_int_eq(vsmig_reply_parse(row->in, strlen(row->in), &doc, &content, &e), 0);
	vsmig_reply_properties(a, content, &l);
	xmlFreeDoc(doc);
	r = vsmig_answer_read(a, &l, &answer, &e);
	ck_assert_msg(r == -row->code, "%s: %d %s", row->name, r, e.text);
	if (r != 0)
		return;
	ck_assert_msg(vsmig_answer_status(&answer) == row->status, "%s: status", row->name);
	expect_text(row, &answer);
}
END_TEST

static const struct input_row {
	const char *name;
	struct vsmig_options options;
	const char *vm, *want; /* NULL: an error */
} input_rows[] = {
	{ "plain", { 0 }, "web01",
		"<p:ComputerSystem>web01</p:ComputerSystem><p:DestinationHost>d</"
		"p:DestinationHost>" },
	{ "escaped", { 0 }, "a<&", "<p:ComputerSystem>a&lt;&amp;</p:ComputerSystem>" },
	{ "type", { .type = "offline" }, "v",
		"<p:MigrationSettingData>&lt;INSTANCE "
		"CLASSNAME=&quot;CIM_VirtualSystemMigrationSettingData&quot;&gt;&lt;PROPERTY "
		"NAME=&quot;MigrationType&quot; "
		"TYPE=&quot;uint16&quot;&gt;&lt;VALUE&gt;1&lt;/VALUE&gt;" },
	{ "type by number", { .type = "32771" }, "v", "&lt;VALUE&gt;32771&lt;/VALUE&gt;" },
	{ "transport", { .transport = "tls" }, "v", "&lt;VALUE&gt;3&lt;/VALUE&gt;" },
	{ "bandwidth", { .bandwidth = "100" }, "v", "byte / second * 2^20" },
	{ "new name", { .new_name = "x" }, "v", "<p:NewSystemSettingData>&lt;INSTANCE" },
	{ "set", { .sets = { "Priority=1" }, .n_sets = 1 }, "v",
		"NAME=&quot;Priority&quot; TYPE=&quot;uint16&quot;&gt;&lt;VALUE&gt;1" },
	{ "set what the schema lacks", { .sets = { "Foo=a=b" }, .n_sets = 1 }, "v",
		"NAME=&quot;Foo&quot; TYPE=&quot;string&quot;&gt;&lt;VALUE&gt;a=b" },
	{ "set without a value", { .sets = { "Priority" }, .n_sets = 1 }, "v", NULL },
	{ "set without a name", { .sets = { "=1" }, .n_sets = 1 }, "v", NULL },
	{ "unknown type", { .type = "sideways" }, "v", NULL },
	{ "empty type", { .type = "" }, "v", NULL },
	{ "unknown transport", { .transport = "pigeon" }, "v", NULL },
	{ "bandwidth in words", { .bandwidth = "much" }, "v", NULL },
};

START_TEST(asks)
{
	const struct input_row *row = &input_rows[_i];
	auto_buf struct buf b = { 0 };
	struct err e = { 0 };
	int r = vsmig_check_input(&b, &row->options, row->vm, "d", &e);

	if (row->want == NULL)
		ck_assert_msg(r == -ERR_CONFIG && e.text[0] != '\0', "%s", row->name);
	else
		ck_assert_msg(
			r == 0 && strstr(b.data, row->want) != NULL, "%s: %s", row->name, b.data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vsmig_reply");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	vsmig_print_init();
	tcase_add_loop_test(t, parses_replies, 0, ARRAY_LEN(reply_rows));
	tcase_add_test(t, reads_properties);
	tcase_add_loop_test(t, reads_answers, 0, ARRAY_LEN(answer_rows));
	tcase_add_loop_test(t, asks, 0, ARRAY_LEN(input_rows));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
