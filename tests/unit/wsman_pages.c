/*
 * Enumerations from end to end: their pages, whose they are, how many, how large a reply gets,
 * and deadlines that pass meanwhile.
 */
#include "wsman_world.h"

#define CLASS_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define SERVICE CLASS_URI "CIM_VirtualSystemMigrationService"
#define SYSTEM CLASS_URI "CIM_ComputerSystem"
#define SELECTOR(name, value) "<w:Selector Name='" name "'>" value "</w:Selector>"
#define SELECTORS(list) "<w:SelectorSet>" list "</w:SelectorSet>"
#define VM SELECTORS(SELECTOR("CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", WORLD_VM))
#define GET XML_NS_WXF "/Get"
#define ENUMERATE XML_NS_WSEN "/Enumerate"
#define PULL XML_NS_WSEN "/Pull"
#define RELEASE XML_NS_WSEN "/Release"
#define ENUM(inside) "<n:Enumerate>" inside "</n:Enumerate>"
#define OPTIMIZE "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>"

static const struct principal anna = { PRINCIPAL_USER, "anna" };
static const struct principal bert = { PRINCIPAL_USER, "bert" };

static char *context_in(const char *text)
{
	static const char tag[] = "<wsen:EnumerationContext>";
	const char *at = strstr(text, tag);

	return at ? mem_strndup(at + sizeof tag - 1, 36) : NULL;
}

static size_t count_in(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static char *open_enumeration(const struct principal *who, const char *body)
{
	struct asking *q = ask(who, ENUMERATE, SYSTEM, NULL, body);
	char *context = context_in(q->text);

	ck_assert_msg(context != NULL, "%s", q->text);
	asking_free(q);
	return context;
}

static struct asking *pull(const struct principal *who, const char *context, const char *resource,
	const char *more, const char *inside)
{
	auto_buf struct buf body = { 0 };

	buf_printf(&body, "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>%s</n:Pull>",
		context, inside);
	return ask(who, PULL, resource, more, body.data);
}

/* Nine systems, in pages; each once, and the end told with no context. */
START_TEST(pages)
{
	static const struct {
		const char *first, *then;
		size_t in_first, pages;
	} how[] = {
		{ "", "<n:MaxElements>4</n:MaxElements>", 0, 3 },
		{ "", "", 0, 9 },
		{ "<w:OptimizeEnumeration/>", "<n:MaxElements>100</n:MaxElements>", 1, 1 },
		{ "<w:OptimizeEnumeration/><w:MaxElements>8</w:MaxElements>", "", 8, 1 },
		{ "", "<n:MaxElements>9</n:MaxElements>", 0, 1 },
		{ "", "<n:MaxElements>9</n:MaxElements><n:MaxCharacters>1</n:MaxCharacters>", 0,
			9 },
		{ "",
			"<n:MaxTime>PT1S</n:MaxTime><n:MaxElements>99999999999999999999</"
			"n:MaxElements>",
			0, 1 },
	};
	auto_buf struct buf body = { 0 };
	size_t seen, page = 0;
	char *context;
	struct asking *q;

	buf_printf(&body, "<n:Enumerate>%s</n:Enumerate>", how[_i].first);
	q = ask(&anna, ENUMERATE, SYSTEM, NULL, body.data);
	seen = count_in(q->text, "<p:CIM_ComputerSystem ");
	ck_assert_uint_eq(seen, how[_i].in_first);
	ck_assert_ptr_null(strstr(q->text, "EndOfSequence"));
	context = context_in(q->text);
	asking_free(q);
	while (context) {
		char *next;

		q = pull(&anna, context, SYSTEM, "<w:RequestTotalItemsCountEstimate/>",
			how[_i].then);
		ck_assert_msg(q->call.status == 200, "%s", q->text);
		ck_assert_ptr_nonnull(strstr(q->text, "<wsman:TotalItemsCountEstimate>9<"));
		seen += count_in(q->text, "<p:CIM_ComputerSystem ");
		next = context_in(q->text);
		ck_assert(!next == !!strstr(q->text, "<wsen:EndOfSequence/>"));
		asking_free(q);
		page++;
		if (!next) {
			q = pull(&anna, context, SYSTEM, NULL, "");
			ck_assert_ptr_nonnull(strstr(q->text, "wsen:InvalidEnumerationContext"));
			asking_free(q);
		}
		free(context);
		context = next;
	}
	ck_assert_uint_eq(seen, 9);
	ck_assert_uint_eq(page, how[_i].pages);
}
END_TEST

START_TEST(ownership)
{
	auto_free char *context = open_enumeration(&anna, ENUM(""));
	static const struct {
		const struct principal *who;
		const char *resource, *more, *want;
	} how[] = {
		{ &bert, SYSTEM, NULL, "wsman:AccessDenied" },
		{ NULL, SYSTEM, NULL, "wsman:AccessDenied" },
		{ &anna, SERVICE, NULL, "wsa:MessageInformationHeaderRequired" },
		{ &anna, SYSTEM, SELECTORS(SELECTOR("__cimnamespace", "root/interop")),
			"wsa:MessageInformationHeaderRequired" },
		{ &anna, NULL, NULL, "wsa:DestinationUnreachable" },
		{ &anna, SYSTEM, SELECTORS(SELECTOR("__cimnamespace", "root/virtualization/v2")),
			NULL },
	};
	auto_buf struct buf body = { 0 };
	struct asking *q;

	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		q = pull(how[i].who, context, how[i].resource, how[i].more, "");
		ck_assert_msg(strstr(q->text, how[i].want ? how[i].want : "PullResponse>") != NULL,
			"%s", q->text);
		asking_free(q);
	}
	buf_printf(&body, "<n:Release><n:EnumerationContext>%s</n:EnumerationContext></n:Release>",
		context);
	for (int again = 0; again < 2; again++) {
		q = ask(&anna, RELEASE, SYSTEM, NULL, body.data);
		ck_assert_ptr_nonnull(strstr(q->text,
			again ? "wsen:InvalidEnumerationContext" : "enumeration/ReleaseResponse<"));
		asking_free(q);
	}
}
END_TEST

START_TEST(quota)
{
	char *contexts[4];
	struct asking *q;

	for (size_t i = 0; i < ARRAY_LEN(contexts); i++)
		contexts[i] = open_enumeration(&anna, ENUM(""));
	q = ask(&anna, ENUMERATE, SYSTEM, NULL, ENUM(""));
	ck_assert_ptr_nonnull(strstr(q->text, "wsman:QuotaLimit"));
	asking_free(q);
	/* What fits into one reply needs no context. */
	q = ask(&anna, ENUMERATE, SYSTEM, NULL, ENUM(OPTIMIZE));
	ck_assert_int_eq(q->call.status, 200);
	asking_free(q);
	free(open_enumeration(&bert, ENUM("")));
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++)
		free(contexts[i]);
}
END_TEST

/* Replies stay within MaxEnvelopeSize, in both charsets, and are filled as far as they go. */
START_TEST(envelope_size)
{
	bool utf16 = _i;
	auto_free char *first = message(ENUMERATE, SYSTEM, NULL, ENUM(""));
	struct asking *q = ask_as(&anna, WORLD_UTF8, first, strlen(first));
	char *context = context_in(q->text);
	size_t seen = 0;

	asking_free(q);
	while (context) {
		auto_free char *text = NULL;
		auto_buf struct buf body = { 0 }, wide = { 0 };

		buf_printf(&body,
			"<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
			"<n:MaxElements>100</n:MaxElements></n:Pull>",
			context);
		text = message(
			PULL, SYSTEM, "<w:MaxEnvelopeSize>12000</w:MaxEnvelopeSize>", body.data);
		charset_to_utf16(&wide, text, strlen(text));
		q = utf16 ? ask_as(&anna, WORLD_UTF16, wide.data, wide.len)
			  : ask_as(&anna, WORLD_UTF8, text, strlen(text));
		ck_assert_msg(q->call.status == 200, "%s", q->text);
		ck_assert_uint_le(q->call.reply.len, 12000);
		seen += count_in(q->text, "<p:CIM_ComputerSystem ");
		free(context);
		context = context_in(q->text);
		if (context)
			ck_assert_uint_gt(q->call.reply.len, 12000 / (utf16 ? 3 : 2));
		asking_free(q);
	}
	ck_assert_uint_eq(seen, 9);
}
END_TEST

/* Items in the reply to a Pull of at most `most` of them within `size` octets; *len: its length. */
static size_t pull_within(bool utf16, size_t most, size_t size, size_t *len)
{
	auto_free char *context = open_enumeration(&bert, ENUM("")), *text = NULL;
	auto_buf struct buf body = { 0 }, more = { 0 }, wide = { 0 };
	struct asking *q;
	size_t n;

	buf_printf(&body,
		"<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
		"<n:MaxElements>%zu</n:MaxElements></n:Pull>",
		context, most);
	buf_printf(&more, "<w:MaxEnvelopeSize>%zu</w:MaxEnvelopeSize>", size);
	text = message(PULL, SYSTEM, more.data, body.data);
	charset_to_utf16(&wide, text, strlen(text));
	q = utf16 ? ask_as(&bert, WORLD_UTF16, wide.data, wide.len)
		  : ask_as(&bert, WORLD_UTF8, text, strlen(text));
	ck_assert_msg(q->call.status == 200, "%s", q->text);
	*len = q->call.reply.len;
	n = count_in(q->text, "<p:CIM_ComputerSystem ");
	asking_free(q);
	buf_clear(&body);
	buf_printf(&body, "<n:Release><n:EnumerationContext>%s</n:EnumerationContext></n:Release>",
		context);
	asking_free(ask(&bert, RELEASE, SYSTEM, NULL, body.data));
	return n;
}

/* As many as fit, to the octet: both where more are left and at the end. */
START_TEST(exact_fit)
{
	bool utf16 = _i;
	size_t len, exact;

	for (size_t n = 6; n <= 9; n += 3) {
		ck_assert_uint_eq(pull_within(utf16, n, 500000, &exact), n);
		ck_assert_uint_ge(exact, 8193);
		ck_assert_uint_eq(pull_within(utf16, 100, exact, &len), n);
		ck_assert_uint_eq(len, exact);
		ck_assert_uint_eq(pull_within(utf16, 100, exact - 1, &len), n - 1);
		ck_assert_uint_lt(len, exact);
	}
}
END_TEST

/* An item too large for a reply is a fault, and the enumeration lives on for a larger one. */
START_TEST(item_too_large)
{
	auto_free char *context = NULL;
	struct asking *q;

	world_end();
	world_config.max_envelope = 2000;
	world_begin();
	q = ask(&anna, GET, SYSTEM, VM, NULL);
	ck_assert_ptr_nonnull(strstr(q->text, "faultDetail/ServiceEnvelopeLimit<"));
	asking_free(q);
	q = ask(&anna, ENUMERATE, SYSTEM, NULL, ENUM(OPTIMIZE));
	ck_assert_ptr_nonnull(strstr(q->text, "faultDetail/ServiceEnvelopeLimit<"));
	asking_free(q);
	context = open_enumeration(&anna, ENUM(""));
	for (int i = 0; i < 2; i++) {
		q = pull(&anna, context, SYSTEM, "<w:MaxEnvelopeSize>9000</w:MaxEnvelopeSize>", "");
		ck_assert_ptr_nonnull(strstr(q->text, "wsman:EncodingLimit"));
		asking_free(q);
	}
	world_config.max_envelope = 500 * 1024;
}
END_TEST

/* Deadlines that pass at every moment of an operation: an answer or the fault, never both. */
START_TEST(deadlines)
{
	size_t late = 0;

	for (int i = 0; i < 300; i++) {
		auto_buf struct buf more = { 0 };
		struct asking *q;

		buf_printf(&more, "<w:OperationTimeout>PT0.%03dS</w:OperationTimeout>", 1 + i % 5);
		q = ask(&anna, ENUMERATE, SYSTEM, more.data, ENUM(OPTIMIZE));
		if (q->call.status == 500) {
			ck_assert_msg(strstr(q->text, "wsman:TimedOut") != NULL, "%s", q->text);
			ck_assert_str_eq(q->call.req.audit.fault, "wsman:TimedOut");
			late++;
		}
		asking_free(q);
	}
	ck_assert_int_le(late, 300);
}
END_TEST

/* Many clients at once, on the workers' threads and ours. */
static void *client(void *arg)
{
	const struct principal *who = arg;

	for (int i = 0; i < 100; i++) {
		struct asking *q;
		char *context;

		q = ask(who, ENUMERATE, SYSTEM, NULL, ENUM(""));
		context = context_in(q->text);
		asking_free(q);
		if (!context)
			continue;
		q = pull(who, context, SYSTEM, NULL, "<n:MaxElements>20</n:MaxElements>");
		if (q->call.status != 200)
			return q->text;
		asking_free(q);
		free(context);
	}
	return NULL;
}

START_TEST(together)
{
	static const struct principal people[] = { { PRINCIPAL_USER, "a" }, { PRINCIPAL_USER, "b" },
		{ PRINCIPAL_USER, "c" }, { PRINCIPAL_USER, "d" } };
	pthread_t threads[ARRAY_LEN(people)];

	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, client, (void *)&people[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		ck_assert_msg(!wrong, "%s", (char *)wrong);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_pages");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, world_begin, world_end);
	tcase_add_loop_test(t, pages, 0, 7);
	tcase_add_test(t, ownership);
	tcase_add_test(t, quota);
	tcase_add_loop_test(t, envelope_size, 0, 2);
	tcase_add_loop_test(t, exact_fit, 0, 2);
	tcase_add_test(t, item_too_large);
	tcase_add_test(t, deadlines);
	tcase_add_test(t, together);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
