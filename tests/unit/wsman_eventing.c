/*
 * Eventing as a client sees it: Subscribe, Pull, Renew, GetStatus, Unsubscribe, and every fault of
 * theirs, over libvirt's default test host, whose machines this program changes.
 */
#include "wsman_world.h"

#include <libvirt/libvirt.h>

#define WSE XML_NS_WSE
#define SUBSCRIBE WSE "/Subscribe"
#define CLASSES "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define ALL "http://schemas.dmtf.org/wbem/wscim/1/*"
#define MODIFICATION CLASSES "CIM_InstModification"
#define PULL_MODE "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"
#define WQL "http://schemas.microsoft.com/wbem/wsman/1/WQL"
#define CQL "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf"
#define UUID "feed0000-0000-4000-8000-000000000002"
#define XML                                                                                        \
	"<domain type='test'><name>fed</name><uuid>" UUID "</uuid><memory>1024</memory>"           \
	"<os><type>hvm</type></os></domain>"

static const struct principal anna = { PRINCIPAL_USER, "anna" };
static const struct principal bert = { PRINCIPAL_USER, "bert" };
static virConnectPtr host;
static virDomainPtr dom;

static void begin(void)
{
	world_source = "test:///default";
	world_begin();
	host = virConnectOpen("test:///default");
	ck_assert_ptr_nonnull(host);
}

static void end(void)
{
	world_end();
	virConnectClose(host);
}

static void define(void)
{
	dom = virDomainDefineXML(host, XML);
	ck_assert_ptr_nonnull(dom);
}

static void undefine(void)
{
	ck_assert_int_eq(virDomainUndefine(dom), 0);
	virDomainFree(dom);
}

#define W(inner) "<e:Subscribe xmlns:e='" WSE "'>" inner "</e:Subscribe>"
#define DELIVERY "<e:Delivery Mode='" PULL_MODE "'/>"
#define FILTER(dialect, text) "<w:Filter Dialect='" dialect "'>" text "</w:Filter>"

/* The text between two marks, in the arena; NULL when they are not there. */
static char *between(struct arena *a, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from), *till = at ? strstr(at + strlen(from), to) : NULL;

	return till ? arena_strndup(a, at + strlen(from), (size_t)(till - at - strlen(from)))
		    : NULL;
}

/* Subscribes and gives the context, asserting that there is one. */
static char *subscribe(
	struct arena *a, const struct principal *who, const char *uri, const char *body)
{
	struct asking *q = ask(who, SUBSCRIBE, uri, NULL, body);
	char *context =
		between(a, q->text, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
	char *id = between(a, q->text, "<wse:Identifier>uuid:", "</wse:Identifier>");

	ck_assert_msg(context && id, "%s", q->text);
	ck_assert_str_eq(id, context);
	ck_assert_ptr_nonnull(strstr(q->text, WSE "/SubscribeResponse"));
	ck_assert_ptr_nonnull(strstr(q->text, "<wsa:Address>https://h/wsman</wsa:Address>"));
	asking_free(q);
	return context;
}

static struct asking *pull(struct arena *a, const struct principal *who, const char *uri,
	const char *context, int most)
{
	return ask(who, XML_NS_WSEN "/Pull", uri, "<w:OperationTimeout>PT20S</w:OperationTimeout>",
		arena_printf(a,
			"<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
			"<n:MaxElements>%d</n:MaxElements></n:Pull>",
			context, most));
}

static struct asking *poll(
	struct arena *a, const struct principal *who, const char *uri, const char *context)
{
	return ask(who, XML_NS_WSEN "/Pull", uri, NULL,
		arena_printf(a,
			"<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
			"<n:MaxTime>PT0.05S</n:MaxTime></n:Pull>",
			context));
}

static struct asking *manage(struct arena *a, const struct principal *who, const char *what,
	const char *name, const char *inner)
{
	const char *id = name ? arena_printf(a,
					"<e:Identifier xmlns:e='" WSE
					"' s:mustUnderstand='true'>%s</e:Identifier>",
					name)
			      : NULL;

	return ask(who, arena_printf(a, WSE "/%s", what), NULL, id,
		arena_printf(a, "<e:%s xmlns:e='" WSE "'>%s</e:%s>", what, inner, what));
}

static void want(struct asking *q, const char *text)
{
	ck_assert_msg(strstr(q->text, text) != NULL, "no %s in %s", text, q->text);
	asking_free(q);
}

/* How often a mark is in a text. */
static unsigned count(const char *text, const char *mark)
{
	unsigned n = 0;

	for (; (text = strstr(text, mark)); text++)
		n++;
	return n;
}

START_TEST(a_machine_lives)
{
	auto_arena struct arena *a = arena_new();
	char *all, *states, *other;
	struct asking *q;

	begin();
	all = subscribe(a, &anna, CLASSES "CIM_InstIndication", W(DELIVERY));
	states = subscribe(a, &anna, ALL,
		W(DELIVERY FILTER(WQL,
			"SELECT * FROM CIM_InstModification WHERE SourceInstance ISA "
			"\"CIM_ComputerSystem\" AND SourceInstance.ElementName = \"fed\"")));
	other = subscribe(a, &anna, ALL,
		W(DELIVERY FILTER(CQL,
			"SELECT * FROM CIM_InstModification WHERE SourceInstance ISA "
			"CIM_VirtualSystemMigrationService")));
	define();
	q = pull(a, &anna, CLASSES "CIM_InstIndication", all, 10);
	ck_assert_uint_eq(count(q->text, "<p:CIM_InstCreation "), 1);
	ck_assert_uint_eq(count(q->text, "<wsen:Items>"), 1);
	ck_assert_uint_eq(count(q->text, "EndOfSequence"), 0);
	ck_assert_str_eq(
		between(a, q->text, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>"),
		all);
	ck_assert_ptr_nonnull(strstr(q->text, "xsi:type=\"q:CIM_ComputerSystem_Type\""));
	ck_assert_ptr_nonnull(strstr(q->text, "<q:Name>" UUID "</q:Name>"));
	ck_assert_ptr_nonnull(strstr(q->text, "<q:EnabledState>3</q:EnabledState>"));
	ck_assert_ptr_nonnull(strstr(q->text,
		"<p:SourceInstanceModelPath>root/virtualization/v2:CIM_ComputerSystem."
		"CreationClassName=&quot;CIM_ComputerSystem&quot;,Name=&quot;" UUID
		"&quot;</p:SourceInstanceModelPath>"));
	asking_free(q);
	virDomainCreate(dom);
	virDomainSuspend(dom);
	q = pull(a, &anna, ALL, states, 1);
	ck_assert_uint_eq(count(q->text, "<p:CIM_InstModification "), 1);
	ck_assert_ptr_nonnull(
		strstr(q->text, "<p:PreviousInstance xmlns:q=\"" CLASSES "CIM_ComputerSystem\" "));
	ck_assert_ptr_nonnull(
		strstr(q->text, "<p:ChangedPropertyNames>EnabledState</p:ChangedPropertyNames>"));
	ck_assert_ptr_nonnull(strstr(q->text, "<q:EnabledState>2</q:EnabledState>"));
	asking_free(q);
	want(pull(a, &anna, ALL, states, 1), "<q:EnabledState>9</q:EnabledState>");
	virDomainDestroy(dom);
	undefine();
	q = NULL;
	for (unsigned n = 0; n < 4; n += count(q->text, "<p:CIM_Inst")) {
		if (q)
			asking_free(q);
		q = pull(a, &anna, CLASSES "CIM_InstIndication", all, 10);
	}
	ck_assert_uint_eq(count(q->text, "<p:CIM_InstDeletion "), 1);
	asking_free(q);
	want(poll(a, &anna, ALL, other), "wsman:TimedOut");
	want(manage(a, &anna, "Unsubscribe", all, ""), WSE "/UnsubscribeResponse");
	want(pull(a, &anna, CLASSES "CIM_InstIndication", all, 10), "InvalidEnumerationContext");
	end();
}
END_TEST

/* A selection of properties comes as fragments. */
START_TEST(projection)
{
	auto_arena struct arena *a = arena_new();
	char *context;

	begin();
	context = subscribe(a, &anna, ALL,
		W(DELIVERY FILTER(WQL, "SELECT SourceInstanceHost FROM CIM_InstCreation")));
	define();
	want(pull(a, &anna, ALL, context, 5),
		"<p:SourceInstanceHost>MyHost</p:SourceInstanceHost></wsman:XmlFragment>");
	undefine();
	end();
}
END_TEST

/* A Pull that waits holds no thread and is woken by the event; there are two workers. */
static void *pull_one(void *arg)
{
	auto_arena struct arena *a = arena_new();

	return pull(a, &anna, CLASSES "CIM_InstCreation", arg, 1);
}

START_TEST(waiting)
{
	auto_arena struct arena *a = arena_new();
	pthread_t threads[3];
	char *contexts[3];
	void *q;

	begin();
	for (int i = 0; i < 3; i++) {
		contexts[i] = subscribe(a, &anna, CLASSES "CIM_InstCreation", W(DELIVERY));
		pthread_create(&threads[i], NULL, pull_one, contexts[i]);
	}
	while (count_get(COUNT_REQUESTS) < 3)
		sched_yield();
	want(manage(a, &anna, "GetStatus", contexts[0], ""), "<wse:Expires>PT3");
	define();
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], &q);
		want(q, "<p:CIM_InstCreation ");
	}
	undefine();
	end();
}
END_TEST

/* Three ways in which a Pull that waits ends without an event: 0, another Pull; 1, the end of the
 * subscription; 2, the end of the service. */
START_TEST(waiting_in_vain)
{
	static const char *const fault[] = { "wsman:Concurrency", "wsen:InvalidEnumerationContext",
		"wsen:InvalidEnumerationContext" };
	auto_arena struct arena *a = arena_new();
	pthread_t thread;
	char *context;
	void *q;

	begin();
	context = subscribe(a, &anna, CLASSES "CIM_InstCreation", W(DELIVERY));
	pthread_create(&thread, NULL, pull_one, context);
	while (count_get(COUNT_REQUESTS) < 1)
		sched_yield();
	/* It may not wait yet when the first other one comes. */
	while (_i == 0 && count_get(COUNT_REQUESTS))
		asking_free(poll(a, &anna, CLASSES "CIM_InstCreation", context));
	if (_i == 1)
		want(manage(a, &anna, "Unsubscribe", context, ""), "UnsubscribeResponse");
	else if (_i == 2)
		wsman_drain(wsman);
	pthread_join(thread, &q);
	want(q, fault[_i]);
	if (_i == 2) {
		want(ask(&anna, SUBSCRIBE, CLASSES "CIM_InstCreation", NULL, W(DELIVERY)),
			"wse:EventSourceUnableToProcess");
		want(pull(a, &anna, CLASSES "CIM_InstCreation", context, 1),
			"wsen:InvalidEnumerationContext");
	}
	end();
}
END_TEST

/* The queue holds four: the oldest are lost, and the loss is an item in their place. */
START_TEST(dropped)
{
	auto_arena struct arena *a = arena_new();
	char *context, *last;
	struct asking *q;

	begin();
	define();
	context = subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	/* Whoever hears the end knows that all before it were queued. */
	last = subscribe(a, &anna, CLASSES "CIM_InstDeletion", W(DELIVERY));
	for (int i = 0; i < 5; i++) {
		virDomainCreate(dom);
		virDomainDestroy(dom);
	}
	undefine();
	want(pull(a, &anna, CLASSES "CIM_InstDeletion", last, 1), "CIM_InstDeletion");
	q = pull(a, &anna, MODIFICATION, context, 3);
	ck_assert_ptr_nonnull(
		strstr(q->text, "<wsen:Items><wsman:DroppedEvents Action=\"" MODIFICATION
				"\">6</wsman:DroppedEvents><p:CIM_InstModification "));
	ck_assert_uint_eq(count(q->text, "<p:CIM_InstModification "), 2);
	asking_free(q);
	q = pull(a, &anna, MODIFICATION, context, 3);
	ck_assert_uint_eq(count(q->text, "<p:CIM_InstModification "), 2);
	ck_assert_uint_eq(count(q->text, "DroppedEvents"), 0);
	asking_free(q);
	end();
}
END_TEST

/* What does not fit is kept for a Pull with more room. */
START_TEST(too_large)
{
	auto_arena struct arena *a = arena_new();
	char *context, *body;
	char title[9000];

	begin();
	context = subscribe(a, &anna, CLASSES "CIM_InstCreation", W(DELIVERY));
	memset(title, 't', sizeof title - 1);
	title[sizeof title - 1] = '\0';
	dom = virDomainDefineXML(host,
		arena_printf(a,
			"<domain type='test'><name>fed</name><uuid>" UUID "</uuid><title>%s</title>"
			"<memory>1024</memory><os><type>hvm</type></os></domain>",
			title));
	ck_assert_ptr_nonnull(dom);
	body = arena_printf(
		a, "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext></n:Pull>", context);
	want(ask(&anna, XML_NS_WSEN "/Pull", CLASSES "CIM_InstCreation",
		     "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>", body),
		"faultDetail/MaxEnvelopeSize");
	want(pull(a, &anna, CLASSES "CIM_InstCreation", context, 1), title);
	undefine();
	end();
}
END_TEST

START_TEST(owners_and_bounds)
{
	auto_arena struct arena *a = arena_new();
	char *first, *name;

	begin();
	first = subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	name = arena_printf(a, "urn:uuid:%s", first);
	want(pull(a, &bert, MODIFICATION, first, 1), "wsman:AccessDenied");
	want(manage(a, &bert, "Unsubscribe", name, ""), "wsman:AccessDenied");
	want(manage(a, &bert, "Renew", name, ""), "wsman:AccessDenied");
	want(manage(a, &bert, "GetStatus", name, ""), "wsman:AccessDenied");
	want(pull(a, &anna, CLASSES "CIM_InstCreation", first, 1),
		"wsa:MessageInformationHeaderRequired");
	subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	want(ask(&anna, SUBSCRIBE, MODIFICATION, NULL, W(DELIVERY)), "wsman:QuotaLimit");
	subscribe(a, &bert, MODIFICATION, W(DELIVERY));
	want(manage(a, &anna, "Unsubscribe", name, ""), "UnsubscribeResponse");
	want(manage(a, &anna, "Unsubscribe", name, ""), "wse:InvalidMessage");
	subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	end();
}
END_TEST

START_TEST(lifetime)
{
	auto_arena struct arena *a = arena_new();
	struct asking *q;
	char *name;

	begin();
	q = ask(&anna, SUBSCRIBE, MODIFICATION, NULL, W(DELIVERY "<e:Expires>PT10M</e:Expires>"));
	name = between(a, q->text, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
	want(q, "<wse:Expires>PT6");
	want(manage(a, &anna, "Renew", name, "<e:Expires>2999-01-01T00:00:00Z</e:Expires>"),
		"Z</wse:Expires></wse:RenewResponse>");
	want(manage(a, &anna, "Renew", name, "<e:Expires>P1D</e:Expires>"),
		"<wse:RenewResponse><wse:Expires>PT3");
	want(manage(a, &anna, "Renew", name, "<e:Expires>PT0S</e:Expires>"),
		"wse:InvalidExpirationTime");
	want(manage(a, &anna, "Renew", name, ""), "<wse:RenewResponse><wse:Expires>PT3");
	want(manage(a, &anna, "Renew", name, "<e:Expires>PT0.01S</e:Expires>"),
		"<wse:RenewResponse><wse:Expires>PT0.0");
	/* A Pull that waits for it ends with it. */
	want(pull(a, &anna, MODIFICATION, name, 1), "wsen:InvalidEnumerationContext");
	want(manage(a, &anna, "Renew", name, ""), "wse:UnableToRenew");
	want(manage(a, &anna, "GetStatus", name, ""), "wse:InvalidMessage");
	end();
}
END_TEST

static const struct refused {
	const char *uri, *body, *want, *detail;
} refused[] = {
	{ MODIFICATION, "<e:Subscribe xmlns:e='" WSE "'/>", "wse:DeliveryModeRequestedUnavailable",
		"<wse:SupportedDeliveryMode>" PULL_MODE "</wse:SupportedDeliveryMode>" },
	{ MODIFICATION, W("<e:Delivery/>"), "wse:DeliveryModeRequestedUnavailable", NULL },
	{ MODIFICATION, W("<e:Delivery Mode='" WSE "/DeliveryModes/Push'/>"),
		"wse:DeliveryModeRequestedUnavailable", NULL },
	{ MODIFICATION, "<n:Pull/>", "wsman:SchemaValidationError", NULL },
	{ MODIFICATION,
		W("<e:Delivery Mode='" PULL_MODE "'><w:Heartbeats>PT1M</w:Heartbeats>"
		  "</e:Delivery>"),
		"wsman:UnsupportedFeature", "faultDetail/Heartbeats" },
	{ MODIFICATION,
		W("<e:Delivery Mode='" PULL_MODE "'><w:ConnectionRetry Total='1'>PT1M"
		  "</w:ConnectionRetry></e:Delivery>"),
		"wsman:UnsupportedFeature", "faultDetail/DeliveryRetries" },
	{ MODIFICATION,
		W("<e:Delivery Mode='" PULL_MODE "'><w:MaxElements>1</w:MaxElements></e:Delivery>"),
		"wsman:UnsupportedFeature", "faultDetail/FormatMismatch" },
	{ MODIFICATION, W(DELIVERY "<w:SendBookmarks/>"), "wsman:UnsupportedFeature",
		"faultDetail/Bookmarks" },
	{ MODIFICATION, W(DELIVERY "<w:Bookmark>x</w:Bookmark>"), "wsman:UnsupportedFeature",
		"faultDetail/Bookmarks" },
	{ MODIFICATION, W("<e:EndTo><a:Address>http://192.0.2.1/</a:Address></e:EndTo>" DELIVERY),
		"wsman:UnsupportedFeature", "faultDetail/AddressingMode" },
	{ MODIFICATION, W(DELIVERY "<e:Expires>-PT1S</e:Expires>"), "wse:InvalidExpirationTime",
		NULL },
	{ MODIFICATION, W(DELIVERY "<e:Expires>soon</e:Expires>"), "wse:InvalidExpirationTime",
		NULL },
	{ MODIFICATION, W(DELIVERY "<e:Expires>1999-01-01T00:00:00Z</e:Expires>"),
		"wse:InvalidExpirationTime", NULL },
	{ ALL, W(DELIVERY), "wse:FilteringRequestedUnavailable", "faultDetail/FilteringRequired" },
	{ ALL, W(DELIVERY FILTER("urn:x", "x")), "wse:FilteringRequestedUnavailable",
		"<wse:SupportedDialect>" CQL "</wse:SupportedDialect>" },
	{ ALL, W(DELIVERY "<w:Filter>/x</w:Filter>"), "wse:FilteringRequestedUnavailable", NULL },
	{ ALL, W(DELIVERY FILTER(WQL, "a") "<e:Filter Dialect='" WQL "'>b</e:Filter>"),
		"wse:InvalidMessage", NULL },
	{ ALL, W(DELIVERY FILTER(WQL, "text<n:x/>")), "wse:EventSourceUnableToProcess", NULL },
	{ ALL, W(DELIVERY FILTER(WQL, "SELECT")), "wsman:CannotProcessFilter", NULL },
	{ ALL, W(DELIVERY FILTER(WQL, "SELECT * FROM CIM_InstCreation WHERE No = 1")),
		"wsman:CannotProcessFilter", NULL },
	{ ALL,
		W(DELIVERY FILTER(
			WQL, "SELECT * FROM CIM_InstCreation WHERE SourceInstance.No = 1")),
		"wsman:CannotProcessFilter", NULL },
	{ ALL, W(DELIVERY FILTER(WQL, "SELECT * FROM CIM_ComputerSystem")),
		"wse:EventSourceUnableToProcess", NULL },
	{ CLASSES "CIM_InstCreation", W(DELIVERY FILTER(WQL, "SELECT * FROM CIM_InstDeletion")),
		"wse:EventSourceUnableToProcess", NULL },
	{ CLASSES "CIM_ComputerSystem", W(DELIVERY), "wsa:ActionNotSupported",
		"faultDetail/ActionMismatch" },
	{ CLASSES "CIM_Nothing", W(DELIVERY), "wsa:DestinationUnreachable", NULL },
};

START_TEST(faults)
{
	const struct refused *r = &refused[_i];
	struct asking *q;

	begin();
	q = ask(&anna, SUBSCRIBE, r->uri, NULL, r->body);
	ck_assert_msg(strstr(q->text, r->want) && (!r->detail || strstr(q->text, r->detail)),
		"%s: %s", r->body, q->text);
	asking_free(q);
	ck_assert_int_eq(count_get(COUNT_SUBSCRIPTIONS), 0);
	end();
}
END_TEST

START_TEST(faults_of_the_others)
{
	auto_arena struct arena *a = arena_new();
	char *name;

	begin();
	want(manage(a, &anna, "Renew", NULL, ""), "wse:InvalidMessage");
	want(manage(a, &anna, "Unsubscribe", NULL, ""), "wse:InvalidMessage");
	want(manage(a, &anna, "Renew", "uuid:00000000-0000-4000-8000-000000000000", ""),
		"wse:UnableToRenew");
	want(ask(&anna, WSE "/Renew", MODIFICATION, NULL, "<n:Pull/>"),
		"wsman:SchemaValidationError");
	want(ask(&anna, WSE "/SubscriptionEnd", MODIFICATION, NULL, ""), "wsa:ActionNotSupported");
	want(ask(&anna, SUBSCRIBE, NULL, NULL, W(DELIVERY)), "wsa:DestinationUnreachable");
	want(ask(&anna, SUBSCRIBE, MODIFICATION,
		     "<w:SelectorSet><w:Selector Name='__cimnamespace'>root/x</w:Selector>"
		     "</w:SelectorSet>",
		     W(DELIVERY)),
		"faultDetail/InvalidResourceURI");
	want(ask(&anna, SUBSCRIBE, MODIFICATION,
		     "<w:SelectorSet><w:Selector Name='Name'>x</w:Selector></w:SelectorSet>",
		     W(DELIVERY)),
		"faultDetail/UnexpectedSelectors");
	name = subscribe(a, &anna, MODIFICATION, W(DELIVERY));
	want(ask(&anna, XML_NS_WSEN "/Pull", MODIFICATION, NULL,
		     arena_printf(a,
			     "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
			     "<n:MaxTime>long</n:MaxTime></n:Pull>",
			     name)),
		"wsman:SchemaValidationError");
	want(ask(&anna, XML_NS_WSEN "/Pull", MODIFICATION,
		     "<e:Identifier xmlns:e='" WSE "'>uuid:1</e:Identifier>",
		     arena_printf(a,
			     "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext></n:Pull>",
			     name)),
		"wsa:MessageInformationHeaderRequired");
	want(ask(&anna, XML_NS_WSEN "/Release", MODIFICATION, NULL,
		     arena_printf(a,
			     "<n:Release><n:EnumerationContext>%s</n:EnumerationContext>"
			     "</n:Release>",
			     name)),
		"wsen:InvalidEnumerationContext");
	end();
}
END_TEST

START_TEST(source_down)
{
	world_source = "test+unix:///default?socket=/nonexistent/libvirt-sock";
	world_begin();
	want(ask(&anna, SUBSCRIBE, MODIFICATION, NULL, W(DELIVERY)),
		"wse:EventSourceUnableToProcess");
	ck_assert_int_eq(count_get(COUNT_SUBSCRIPTIONS), 0);
	world_end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_eventing");
	TCase *t = tcase_create("eventing");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_machine_lives);
	tcase_add_test(t, projection);
	tcase_add_test(t, waiting);
	tcase_add_loop_test(t, waiting_in_vain, 0, 3);
	tcase_add_test(t, dropped);
	tcase_add_test(t, too_large);
	tcase_add_test(t, owners_and_bounds);
	tcase_add_test(t, lifetime);
	tcase_add_loop_test(t, faults, 0, ARRAY_LEN(refused));
	tcase_add_test(t, faults_of_the_others);
	tcase_add_test(t, source_down);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
