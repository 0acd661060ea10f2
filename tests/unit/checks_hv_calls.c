/*
 * How many libvirt calls a gather makes once both connections are open, and that what is kept
 * between two of them is given up when an event says so.
 */
#include "tests/unit/hv_site.h"

#include <libvirt/libvirt.h>

#define NODE "<node><memory>8388608</memory>"
#define NET(name)                                                                                  \
	"<network><name>" name "</name><bridge name='br" name                                      \
	"'/><forward mode='bridge'/></network>"
#define POOL                                                                                       \
	"<pool type='netfs'><name>tank</name><source><host name='nas'/><dir path='/vm'/></source>" \
	"<target><path>/srv/tank</path></target>"                                                  \
	"<volume><name>a</name><capacity>1</capacity><target><path>/srv/tank/a</path></target>"    \
	"</volume><volume><name>b</name><capacity>1</capacity>"                                    \
	"<target><path>/srv/tank/b</path></target></volume></pool>"
#define VM(name, id, devices)                                                                      \
	"<domain type='test'><name>" name "</name><uuid>0ca11000-0000-4000-8000-00000000000" id    \
	"</uuid><memory>1024</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os>"          \
	"<devices>" devices "</devices></domain>"
#define DISK(name, target)                                                                         \
	"<disk type='file'><source file='/srv/tank/" name "'/><target dev='" target "'/></disk>"
#define VOLUME(name, target)                                                                       \
	"<disk type='volume'><source pool='tank' volume='" name "'/><target dev='" target "'/>"    \
	"</disk>"
#define NIC(network) "<interface type='network'><source network='" network "'/></interface>"

static const char source_host[] = NODE NET("blue") NET("green") POOL VM("bare", "1", "")
	VM("one", "2", DISK("a", "vda") NIC("blue")) VM(
		"pair", "3", DISK("a", "vda") DISK("b", "vdb") NIC("blue") NIC("green"))
		VM("volumes", "4", VOLUME("a", "vda") VOLUME("b", "vdb") NIC("blue") NIC("green"))
			VM("lacking", "5", DISK("c", "vda") NIC("red")) "</node>";
static const char target_host[] = NODE NET("blue") NET("green")
	POOL VM("neighbour", "8", NIC("blue")) VM("other", "9", NIC("green")) "</node>";

static char directory[] = "/tmp/vsmig-calls-XXXXXX";
static char files[2][64], urls[2][80];

static void write_host(size_t i, const char *name, const char *text)
{
	FILE *out;

	snprintf(files[i], sizeof files[i], "%s/%s.xml", directory, name);
	snprintf(urls[i], sizeof urls[i], "test://%s", files[i]);
	out = fopen(files[i], "we");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static void setup_hosts(void)
{
	const struct hv_host rows[] = {
		{ .name = "target", .uri = urls[1] },
		{ .name = "shared", .uri = "test:///default" },
	};
	struct hv_config c = {
		.source_uri = urls[0],
		.uri_template = "test+tcp://{host}:1/default",
		.hosts = rows,
		.n_hosts = 2,
		.threads_per_connection = 4,
		.max_connections = 4,
		.idle_ms = 300000,
	};
	struct err e;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	write_host(0, "source", source_host);
	write_host(1, "target", target_host);
	setup_once();
	hv = hv_new(&c, timers, &e);
	ck_assert_ptr_nonnull(hv);
}

static void teardown_hosts(void)
{
	teardown();
	for (size_t i = 0; i < 2; i++)
		unlink(files[i]);
	rmdir(directory);
}

static int64_t calls_of(const char *vm, const char *target)
{
	int64_t before = count_get(COUNT_HV_CALLS_TOTAL);
	struct asked *a = begin(vm, target, 20000);
	struct facts *f = finish(a);

	ck_assert_msg(facts_known(f, FACT_VM_STATE) && facts_known(f, FACT_DST_DOMAINS), "%s, %s",
		f->state[FACT_VM_STATE].why, f->state[FACT_DST_DOMAINS].why);
	end(a);
	return count_get(COUNT_HV_CALLS_TOTAL) - before;
}

static const struct {
	const char *vm;
	int64_t disks, nics;
} rows[] = {
	{ "bare", 0, 0 },
	{ "one", 1, 1 },
	{ "pair", 2, 2 },
	{ "volumes", 2, 2 },
};

/* At most ten, two for each disk and two for each interface. */
START_TEST(budget)
{
	int64_t limit = 10 + 2 * rows[_i].disks + 2 * rows[_i].nics, calls;

	calls_of(rows[_i].vm, "target");
	calls = calls_of(rows[_i].vm, "target");
	printf("%s: %lld calls, %lld allowed\n", rows[_i].vm, (long long)calls, (long long)limit);
	ck_assert_int_le(calls, limit);
}
END_TEST

/* What is kept is what was said. */
START_TEST(kept_facts_are_the_same)
{
	struct asked *first = begin("volumes", "target", 20000), *again;
	struct facts *a = finish(first), *b;

	again = begin("volumes", "target", 20000);
	b = finish(again);
	for (enum fact id = 0; id < FACT_COUNT; id++)
		ck_assert_int_eq(facts_known(a, id), facts_known(b, id));
	ck_assert_uint_eq(b->n_peers, 2);
	ck_assert_str_eq(b->peers[0].networks[0], a->peers[0].networks[0]);
	ck_assert_str_eq(b->disks_there[1].pool_host, "nas");
	ck_assert_int_eq(b->disks_there[1].exists, TRI_YES);
	ck_assert_str_eq(b->nics_there[1].bridge, "brgreen");
	ck_assert_str_eq(b->nics_there[1].bridge_here, "brgreen");
	ck_assert_int_eq(b->vm.persistent, a->vm.persistent);
	ck_assert_str_eq(b->next.name, "volumes");
	ck_assert_uint_eq(b->dst.memory_kib, a->dst.memory_kib);
	end(first);
	end(again);
}
END_TEST

/* Nothing is called absent because of what was kept. */
START_TEST(what_is_absent_is_asked_for)
{
	struct asked *a;
	struct facts *f;

	calls_of("lacking", "target");
	a = begin("lacking", "target", 20000);
	f = finish(a);
	ck_assert_int_eq(f->nics_there[0].exists, TRI_NO);
	ck_assert_int_eq(f->disks_there[0].exists, TRI_NO);
	end(a);
}
END_TEST

static bool peer_there(const char *name)
{
	struct asked *a = begin("bare", "shared", 20000);
	struct facts *f = finish(a);
	bool found = false;

	for (size_t i = 0; i < f->n_peers; i++)
		found |= strcmp(f->peers[i].name, name) == 0;
	end(a);
	return found;
}

/* Connections to the default test host share it: what another one defines there is seen, and only
 * that is read. */
START_TEST(a_new_neighbour_is_seen)
{
	virConnectPtr v = virConnectOpen("test:///default");
	virDomainPtr dom;
	int64_t calm, after;

	calls_of("bare", "shared");
	calm = calls_of("bare", "shared");
	ck_assert(!peer_there("newcomer"));
	dom = virDomainDefineXML(v, VM("newcomer", "7", ""));
	ck_assert_ptr_nonnull(dom);
	after = calls_of("bare", "shared");
	ck_assert_int_le(after, calm + 1);
	ck_assert(peer_there("newcomer"));
	ck_assert_int_eq(virDomainUndefine(dom), 0);
	ck_assert(!peer_there("newcomer"));
	virDomainFree(dom);
	virConnectClose(v);
}
END_TEST

static void take_stored(struct hv_gather *g)
{
	g->facts->config = g->facts->stored;
}

static struct hv_source *begin_source(const char *vm, struct settings *settings)
{
	struct hv_gather like = {
		.facts = facts_new(),
		.deadline = clock_in(20000),
		.prepare = take_stored,
	};

	*settings = (struct settings){ .move = MOVE_LIVE };
	like.facts->vm_text = vm;
	like.facts->settings = settings;
	return hv_source_start(hv, &like);
}

static int64_t source_calls_of(const char *vm)
{
	int64_t before = count_get(COUNT_HV_CALLS_TOTAL);
	struct asked *a = begin(vm, NULL, 20000);

	finish(a);
	end(a);
	return count_get(COUNT_HV_CALLS_TOTAL) - before;
}

static int64_t shared_calls_of(const char *vm, size_t n)
{
	int64_t before = count_get(COUNT_HV_CALLS_TOTAL);
	struct asked *all[8];
	struct settings settings;
	struct hv_source *source = begin_source(vm, &settings);

	for (size_t i = 0; i < n; i++)
		all[i] = begin_with(source, vm, "target", 20000);
	hv_source_unref(source);
	for (size_t i = 0; i < n; i++)
		finish(all[i]);
	for (size_t i = 0; i < n; i++)
		end(all[i]);
	return count_get(COUNT_HV_CALLS_TOTAL) - before;
}

/* Five destinations cost five times what one does; the source is asked once, by the one half, as
 * the count of all calls shows. Something else may be counted in between, as the greeting of a
 * slow machine: then the counts are taken again. */
START_TEST(the_source_is_asked_once)
{
	enum { MANY = 5 };
	int64_t alone, source, shared, want;
	int tries = 0;

	calls_of("pair", "target");
	do {
		alone = calls_of("pair", "target");
		source = source_calls_of("pair");
		shared = shared_calls_of("pair", MANY);
		want = source + MANY * (alone - source);
	} while (shared != want && ++tries < 5);
	printf("alone %lld calls, of which %lld of the source; %d with one source: %lld\n",
		(long long)alone, (long long)source, MANY, (long long)shared);
	ck_assert_int_gt(source, 0);
	ck_assert_int_gt(alone, source);
	ck_assert_int_eq(shared, want);
}
END_TEST

/* Whoever comes while the source is being asked, or after, has the same facts as who came alone. */
START_TEST(a_shared_source_says_the_same)
{
	struct settings settings;
	struct hv_source *source = begin_source("volumes", &settings);
	struct asked *alone = begin("volumes", "target", 20000), *shared[2];
	struct facts *a = finish(alone);

	for (size_t i = 0; i < 2; i++) {
		struct facts *f =
			finish(shared[i] = begin_with(source, "volumes", "target", 20000));

		for (enum fact id = 0; id < FACT_COUNT; id++)
			ck_assert_msg(
				facts_known(f, id) == facts_known(a, id), "%s", fact_text(id));
		ck_assert_str_eq(f->vm.uuid, a->vm.uuid);
		ck_assert_str_eq(f->xml, a->xml);
		ck_assert_str_eq(f->src.type, a->src.type);
		ck_assert_str_eq(f->src.uri, a->src.uri);
		ck_assert_str_eq(f->next.name, a->next.name);
		ck_assert_uint_eq(f->config.n_disks, 2);
		ck_assert_int_eq(f->disks_here[1].shared_fs, a->disks_here[1].shared_fs);
		ck_assert_str_eq(f->disks_here[1].pool_host, "nas");
		ck_assert_int_eq(f->disks_there[1].exists, TRI_YES);
		ck_assert_str_eq(f->nics_there[1].bridge_here, "brgreen");
		ck_assert_ptr_nonnull(hv_gather_step(&shared[i]->g));
	}
	hv_source_unref(source);
	end(shared[1]);
	ck_assert_str_eq(shared[0]->g.facts->vm.name, "volumes");
	end(shared[0]);
	end(alone);
}
END_TEST

/* No such virtual system, or no destination: as much is said as without sharing. */
START_TEST(a_shared_source_that_knows_nothing)
{
	struct settings settings;
	struct hv_source *source = begin_source("nobody", &settings);
	struct asked *known = begin_with(source, "nobody", "target", 20000);
	struct asked *nowhere = begin_with(source, "nobody", "no such host!", 20000);

	hv_source_unref(source);
	ck_assert(facts_known(finish(known), FACT_VM));
	ck_assert_ptr_null(known->g.facts->vm.uuid);
	ck_assert(facts_known(known->g.facts, FACT_DST_HOST));
	ck_assert(!facts_known(known->g.facts, FACT_DST_NETWORKS));
	ck_assert(!facts_known(finish(nowhere), FACT_DST_HOST));
	end(known);
	end(nowhere);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_calls");
	TCase *t = tcase_create("calls");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup_hosts, teardown_hosts);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, budget, 0, ARRAY_LEN(rows));
	tcase_add_test(t, kept_facts_are_the_same);
	tcase_add_test(t, what_is_absent_is_asked_for);
	tcase_add_test(t, a_new_neighbour_is_seen);
	tcase_add_test(t, the_source_is_asked_once);
	tcase_add_test(t, a_shared_source_says_the_same);
	tcase_add_test(t, a_shared_source_that_knows_nothing);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
