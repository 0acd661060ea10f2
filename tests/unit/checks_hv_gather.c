/* Gathers against libvirt's test driver, and against hosts that fail in every way. */
#include "checks/hypervisor/side.h"
#include "tests/unit/hv_site.h"

#include <unistd.h>

static bool test_lacks(const struct facts *f, enum fact id)
{
	return !f->state[id].known && f->state[id].driver &&
	       strcmp(f->state[id].driver, "Test") == 0;
}

START_TEST(test_everything_of_a_simple_vm)
{
	struct asked *a = begin("web1", "dst", 10000);
	struct facts *f = finish(a);
	static const enum fact known[] = {
		FACT_VM,
		FACT_VM_STATE,
		FACT_VM_CONTROL,
		FACT_VM_CONFIG,
		FACT_VM_SNAPSHOTS,
		FACT_VM_SAVE_IMAGE,
		FACT_VM_DISK_FS,
		FACT_SRC_HOST,
		FACT_SRC_CAPS,
		FACT_DST_HOST,
		FACT_DST_CAPS,
		FACT_DST_CPU,
		FACT_DST_NAMES,
		FACT_DST_CPUMAP,
		FACT_DST_STORAGE,
		FACT_DST_SECRETS,
		FACT_DST_NETWORKS,
		FACT_DST_BRIDGES,
		FACT_DST_NWFILTERS,
		FACT_DST_DOMAINS,
	};
	static const enum fact lacking[] = { FACT_VM_JOB, FACT_VM_BLOCKJOBS, FACT_DST_DOMCAPS };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		ck_assert_msg(facts_known(f, known[i]), "%s: %s", fact_text(known[i]),
			f->state[known[i]].why);
	for (size_t i = 0; i < ARRAY_LEN(lacking); i++)
		ck_assert_msg(test_lacks(f, lacking[i]), "%s", fact_text(lacking[i]));
	ck_assert_int_eq(a->prepared, 1);
	ck_assert_str_eq(f->vm.uuid, "5e1f0000-0000-4000-8000-000000000001");
	ck_assert_int_eq(f->vm.state, 1);
	ck_assert(f->vm.active && f->vm.persistent && !f->vm.save_image);
	ck_assert_str_eq(f->src.type, "Test");
	ck_assert(f->src.simulated && f->dst.simulated);
	ck_assert_int_eq(f->dst.access, ACCESS_OPEN);
	ck_assert_uint_eq(f->dst.memory_kib, 4194304);
	ck_assert_uint_eq(f->dst.max_vcpus, 32);
	ck_assert_int_eq(f->same_name.taken, TRI_NO);
	ck_assert_int_eq(f->same_uuid.taken, TRI_NO);
	ck_assert_int_eq(f->disks_here[0].shared_fs, TRI_YES);
	ck_assert_str_eq(f->disks_here[0].pool_type, "netfs");
	ck_assert_int_eq(f->disks_there[0].exists, TRI_YES);
	ck_assert_int_eq(f->disks_there[0].pool_active, TRI_YES);
	ck_assert_int_eq(f->nics_there[0].exists, TRI_YES);
	ck_assert_int_eq(f->nics_there[0].active, TRI_YES);
	ck_assert_str_eq(f->nics_there[0].bridge, "virbr5");
	ck_assert_str_eq(f->nics_there[0].bridge_here, "virbr1");
	ck_assert_str_eq(f->nics_there[0].forward, "open");
	ck_assert_str_eq(f->nics_there[0].forward_here, "nat");
	ck_assert_uint_eq(f->n_peers, 3);
	end(a);
}
END_TEST

/* One row for each VM: what the gather has to say about it. */
struct look {
	const char *vm;
	void (*check)(const struct facts *f);
};

static void check_db1(const struct facts *f)
{
	ck_assert_int_eq(f->disks_here[0].shared_fs, TRI_NO);
	ck_assert_str_eq(f->disks_here[0].pool, "local");
	ck_assert_int_eq(f->disks_there[0].exists, TRI_UNKNOWN);
	ck_assert_ptr_nonnull(f->disks_there[0].why);
}

static void check_cold1(const struct facts *f)
{
	ck_assert(!f->vm.active);
	ck_assert_int_eq(f->vm.state, 5);
	ck_assert(facts_known(f, FACT_VM_BLOCKJOBS));
	ck_assert_int_eq(f->disks_there[0].exists, TRI_YES);
}

static void check_paused1(const struct facts *f)
{
	ck_assert_int_eq(f->vm.state, 3);
	ck_assert(f->vm.active);
}

static void check_snap1(const struct facts *f)
{
	ck_assert_uint_eq(f->vm.snapshots, 1);
}

static void check_saved1(const struct facts *f)
{
	ck_assert(f->vm.save_image);
}

static void check_green1(const struct facts *f)
{
	ck_assert_int_eq(f->nics_there[0].exists, TRI_NO);
}

static void check_taken(const struct facts *f)
{
	ck_assert_int_eq(f->same_name.taken, TRI_YES);
	ck_assert_str_eq(f->same_name.uuid, "5e1f0000-0000-4000-8000-000000000051");
	ck_assert(!f->same_name.active);
	ck_assert_int_eq(f->same_uuid.taken, TRI_NO);
}

static void check_twin(const struct facts *f)
{
	ck_assert_int_eq(f->same_name.taken, TRI_YES);
	ck_assert_int_eq(f->same_uuid.taken, TRI_YES);
	ck_assert_str_eq(f->same_uuid.name, "twin");
	ck_assert_int_eq(f->same_uuid.state, 5);
}

static void check_nopool1(const struct facts *f)
{
	ck_assert_int_eq(f->disks_there[0].pool, TRI_NO);
	ck_assert_int_eq(f->disks_here[0].shared_fs, TRI_NO);
	ck_assert_int_eq(f->nics_there[0].portgroup, TRI_NO);
}

static void check_bridge1(const struct facts *f)
{
	ck_assert_int_eq(f->nics_there[0].exists, TRI_YES);
	ck_assert_int_eq(f->nics_there[1].exists, TRI_NO);
}

static void check_lost_disk(const struct facts *f)
{
	ck_assert_int_eq(f->disks_there[0].exists, TRI_NO);
	ck_assert_int_eq(f->disks_there[0].pool, TRI_YES);
	ck_assert_int_eq(f->disks_there[1].exists, TRI_UNKNOWN);
	ck_assert_int_eq(f->disks_here[1].shared_fs, TRI_UNKNOWN);
	ck_assert_ptr_nonnull(f->disks_here[1].why);
}

/* Any case, and only the whole. */
static void check_unknown(const struct facts *f)
{
	ck_assert(facts_known(f, FACT_VM));
	ck_assert_ptr_null(f->vm.uuid);
	ck_assert(f->state[FACT_VM_STATE].skipped);
	ck_assert(f->state[FACT_DST_NETWORKS].skipped);
	ck_assert(facts_known(f, FACT_DST_HOST));
}

static void check_found(const struct facts *f)
{
	ck_assert_str_eq(f->vm.name, "cold1");
}

static void check_peer(const struct facts *f)
{
	size_t i = 0;

	while (i < f->n_peers && strcmp(f->peers[i].name, "resident") != 0)
		i++;
	ck_assert_uint_lt(i, f->n_peers);
	ck_assert(f->peers[i].active);
	ck_assert_str_eq(f->peers[i].macs[0], "52:54:00:5e:00:01");
	ck_assert_str_eq(f->peers[i].networks[0], "blue");
	ck_assert_uint_eq(f->peers[i].n_ports, 1);
	ck_assert_int_eq(f->peers[i].ports[0], 5907);
}

static const struct look looks[] = {
	{ "db1", check_db1 },
	{ "cold1", check_cold1 },
	{ "paused1", check_paused1 },
	{ "snap1", check_snap1 },
	{ "saved1", check_saved1 },
	{ "green1", check_green1 },
	{ "taken", check_taken },
	{ "twin", check_twin },
	{ "nopool1", check_nopool1 },
	{ "bridge1", check_bridge1 },
	{ "lost-disk", check_lost_disk },
	{ "web1", check_peer },
	{ "5E1F0000-0000-4000-8000-000000000003", check_found },
	{ "5e1f0000-0000-4000-8000-0000000000ff", check_unknown },
	{ "no such vm", check_unknown },
	{ "", check_unknown },
};

START_TEST(test_looks)
{
	struct asked *a = begin(looks[_i].vm, "dst", 10000);

	looks[_i].check(finish(a));
	end(a);
}
END_TEST

/* How it goes to reach each kind of destination. */
static const struct reach {
	const char *destination;
	enum access access;
	const char *text; /* in access_text */
} reaches[] = {
	{ "dst", ACCESS_OPEN, NULL },
	{ "DST", ACCESS_OPEN, NULL },
	{ "resting", ACCESS_MAINTENANCE, "maintenance" },
	{ "refused", ACCESS_NO_SERVICE, "nothing listens" },
	{ "gone", ACCESS_NO_SERVICE, "No such file" },
	{ "unresolved", ACCESS_UNRESOLVED, "cannot be resolved" },
	{ "silent", ACCESS_TIMEOUT, "opening the hypervisor connection" },
	{ "nodriver", ACCESS_NO_SERVICE, NULL },
	{ "nofile", ACCESS_FAILED, "failed to parse" },
	{ "stranger", ACCESS_NOT_ALLOWED, "allow" },
	{ "198.51.100.1", ACCESS_NOT_ALLOWED, "allow" },
	{ "::1", ACCESS_NOT_ALLOWED, "allow" },
	{ "bad/name?command=x", ACCESS_NOT_TRIED, NULL },
	{ NULL, ACCESS_NOT_TRIED, NULL },
};

START_TEST(test_reaches)
{
	const struct reach *r = &reaches[_i];
	struct asked *a = begin("web1", r->destination, r->access == ACCESS_TIMEOUT ? 2000 : 20000);
	struct facts *f = finish(a);

	ck_assert_msg(f->dst.access == r->access, "%s: %d %s", r->destination, f->dst.access,
		f->dst.access_text);
	if (r->text)
		ck_assert_msg(
			strstr(f->dst.access_text, r->text) != NULL, "%s", f->dst.access_text);
	if (r->access != ACCESS_OPEN && r->access != ACCESS_MAINTENANCE)
		for (enum fact i = FACT_DST_HOST; i < FACT_COUNT; i++)
			ck_assert_msg(
				!f->state[i].known && f->state[i].skipped, "%s", fact_text(i));
	else
		ck_assert(facts_known(f, FACT_DST_NAMES));
	ck_assert(facts_known(f, FACT_VM_STATE));
	end(a);
	if (r->access == ACCESS_TIMEOUT)
		_exit(hv_free(hv, clock_in(100)) == 1 ? 0 : 1);
}
END_TEST

/* Fifty checks of a host that accepts and says nothing: one thread, and all end in time. */
START_TEST(test_fifty_at_a_silent_host)
{
	struct asked *asked[50], *other;
	int64_t began = clock_ms();

	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		asked[i] = begin("web1", "silent", 3000);
	other = begin("web1", "dst", 20000);
	ck_assert_int_eq(finish(other)->dst.access, ACCESS_OPEN);
	ck_assert_int_lt(clock_ms() - began, 2900);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		ck_assert_int_eq(finish(asked[i])->dst.access, ACCESS_TIMEOUT);
	ck_assert_int_ge(clock_ms() - began, 3000);
	ck_assert_int_lt(clock_ms() - began, 6000);
	_exit(hv_free(hv, clock_in(100)) == 1 ? 0 : 1);
}
END_TEST

START_TEST(test_fifty_at_once)
{
	struct asked *asked[50];

	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		asked[i] = begin(looks[(size_t)i % 12].vm, "dst", 20000);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		looks[i % 12].check(finish(asked[i]));
		end(asked[i]);
	}
	ck_assert_int_eq(count_get(COUNT_HV_CONNECTIONS), 2);
}
END_TEST

START_TEST(test_deadline_passed)
{
	struct asked *a = begin("web1", "dst", -1);
	struct facts *f = finish(a);

	ck_assert(!facts_known(f, FACT_VM));
	ck_assert_int_eq(a->prepared, 0);
	end(a);
}
END_TEST

/* A failure is remembered for a moment: a storm makes one attempt. */
START_TEST(test_failure_is_remembered)
{
	int64_t before;
	struct asked *a = begin("web1", "refused", 5000);

	end((finish(a), a));
	before = count_get(COUNT_HV_CALLS_TOTAL);
	a = begin(NULL, "refused", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_NO_SERVICE);
	ck_assert_msg(strstr(a->g.facts->dst.access_text, "nothing listens") != NULL, "%s",
		a->g.facts->dst.access_text);
	end(a);
	/* The second gather asked the source what it is, and nobody to connect. */
	ck_assert_int_lt(count_get(COUNT_HV_CALLS_TOTAL) - before, 3);
}
END_TEST

/* What libvirt forbids is told from what breaks: here by a connection that may only read. */
START_TEST(test_what_may_not_be_asked)
{
	struct facts *f = facts_new();
	struct side s = { .f = f, .arena = f->arena, .host = &f->src, .driver = "Test" };
	virDomainPtr dom;

	s.v = virConnectOpenReadOnly(SRC);
	ck_assert_ptr_nonnull(s.v);
	dom = virDomainLookupByName(s.v, "web1");
	ck_assert_ptr_nonnull(dom);
	ck_assert_ptr_null(virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_SECURE));
	ck_assert_int_eq(virGetLastErrorCode(), VIR_ERR_OPERATION_DENIED);
	side_failed(&s, FACT_VM_CONFIG);
	ck_assert(!facts_known(f, FACT_VM_CONFIG) && f->state[FACT_VM_CONFIG].denied);
	ck_assert_msg(strstr(f->state[FACT_VM_CONFIG].why, "forbidden") != NULL, "%s",
		f->state[FACT_VM_CONFIG].why);
	ck_assert_ptr_null(virDomainLookupByName(s.v, "nobody"));
	side_failed(&s, FACT_VM_STATE);
	ck_assert(!f->state[FACT_VM_STATE].denied);
	virDomainFree(dom);
	virConnectClose(s.v);
	facts_free(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_gather");
	TCase *t = tcase_create("hosts");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_everything_of_a_simple_vm);
	tcase_add_loop_test(t, test_looks, 0, ARRAY_LEN(looks));
	tcase_add_loop_test(t, test_reaches, 0, ARRAY_LEN(reaches));
	tcase_add_test(t, test_fifty_at_a_silent_host);
	tcase_add_test(t, test_fifty_at_once);
	tcase_add_test(t, test_deadline_passed);
	tcase_add_test(t, test_failure_is_remembered);
	tcase_add_test(t, test_what_may_not_be_asked);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
