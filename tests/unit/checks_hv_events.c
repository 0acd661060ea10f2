/* What a host says by itself, counted: libvirt's test driver tells of domains, networks, pools. */
#include <check.h>
#include <sched.h>
#include <stdlib.h>

#include "checks/hypervisor/events.h"
#include "checks/hypervisor/hv.h"
#include "daemon/base/clock.h"

#define DOMAIN(n)                                                                                  \
	"<domain type='test'><name>event" n "</name><uuid>e7e47000-0000-4000-8000-00000000000" n   \
	"</uuid><memory>1024</memory><os><type>hvm</type></os></domain>"
#define NETWORK                                                                                    \
	"<network><name>events</name><bridge name='brev'/><forward mode='bridge'/></network>"
#define POOL "<pool type='dir'><name>events</name><target><path>/srv/events</path></target></pool>"

static virConnectPtr v;
static struct events *events;
static struct subscription subscription;

static void setup(void)
{
	struct err e;

	ck_assert_int_eq(hv_global_init(&e), 0);
	v = virConnectOpen("test:///default");
	ck_assert_ptr_nonnull(v);
	events = events_new();
	events_subscribe(events, v, &subscription);
}

static void teardown(void)
{
	events_unsubscribe(v, &subscription);
	virConnectClose(v);
	events_unref(events);
}

/* Events come from a thread of their own. */
static bool reaches(enum topic t, unsigned revision)
{
	int64_t until = clock_in(10000);

	while (events_revision(events, t) < revision && clock_left(until) > 0)
		sched_yield();
	return events_revision(events, t) >= revision;
}

static virDomainPtr define(const char *xml)
{
	unsigned before = events_revision(events, TOPIC_DOMAINS);
	virDomainPtr dom = virDomainDefineXML(v, xml);

	ck_assert_ptr_nonnull(dom);
	ck_assert(reaches(TOPIC_DOMAINS, before + 1));
	return dom;
}

static void forget(virDomainPtr dom)
{
	ck_assert_int_eq(virDomainUndefine(dom), 0);
	virDomainFree(dom);
}

START_TEST(only_what_changed_is_touched)
{
	unsigned char one[VIR_UUID_BUFLEN], two[VIR_UUID_BUFLEN];
	virDomainPtr a = define(DOMAIN("1")), b = define(DOMAIN("2"));
	unsigned between = events_revision(events, TOPIC_DOMAINS);

	virDomainGetUUID(a, one);
	virDomainGetUUID(b, two);
	ck_assert(!events_touched(events, one, between));
	virDomainFree(define(DOMAIN("1")));
	ck_assert(events_touched(events, one, between));
	ck_assert(!events_touched(events, two, between));
	ck_assert_msg(events_touched(events, two, 0), "what was never read is never kept");
	forget(a);
	forget(b);
}
END_TEST

/* More happened than is remembered: anything may have been touched. */
START_TEST(memory_is_short)
{
	unsigned char one[VIR_UUID_BUFLEN];
	virDomainPtr a = define(DOMAIN("1")), b = NULL;
	unsigned since = events_revision(events, TOPIC_DOMAINS);

	virDomainGetUUID(a, one);
	for (int i = 0; i < 255; i++) {
		if (b)
			virDomainFree(b);
		b = define(DOMAIN("2"));
	}
	ck_assert(!events_touched(events, one, since));
	virDomainFree(define(DOMAIN("2")));
	ck_assert(events_touched(events, one, since));
	forget(a);
	forget(b);
}
END_TEST

START_TEST(networks_and_pools_count)
{
	unsigned networks = events_revision(events, TOPIC_NETWORKS);
	unsigned pools = events_revision(events, TOPIC_POOLS);
	unsigned domains = events_revision(events, TOPIC_DOMAINS);
	virNetworkPtr net = virNetworkDefineXML(v, NETWORK);
	virStoragePoolPtr pool;

	ck_assert_ptr_nonnull(net);
	ck_assert(reaches(TOPIC_NETWORKS, networks + 1));
	pool = virStoragePoolDefineXML(v, POOL, 0);
	ck_assert_ptr_nonnull(pool);
	ck_assert(reaches(TOPIC_POOLS, pools + 1));
	ck_assert_uint_eq(events_revision(events, TOPIC_DOMAINS), domains);
	ck_assert_int_eq(virNetworkUndefine(net), 0);
	ck_assert_int_eq(virStoragePoolUndefine(pool), 0);
	virNetworkFree(net);
	virStoragePoolFree(pool);
}
END_TEST

START_TEST(a_host_that_tells_nothing_keeps_nothing)
{
	unsigned char uuid[VIR_UUID_BUFLEN] = { 0 };
	unsigned before = events_revision(events, TOPIC_DOMAINS);

	events_mute(events);
	for (enum topic t = 0; t < TOPIC_COUNT; t++)
		ck_assert_uint_eq(events_revision(events, t), 0);
	ck_assert(events_touched(events, uuid, before));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_events");
	TCase *t = tcase_create("events");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, only_what_changed_is_touched);
	tcase_add_test(t, memory_is_short);
	tcase_add_test(t, networks_and_pools_count);
	tcase_add_test(t, a_host_that_tells_nothing_keeps_nothing);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
