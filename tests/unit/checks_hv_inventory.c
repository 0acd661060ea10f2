/* What there is on a source: machines with their configurations, pools, networks, the host. */
#include "tests/unit/hv_site.h"

#include "checks/hypervisor/hv_inventory.h"

#define ALL                                                                                        \
	(HV_WANT_VMS | HV_WANT_CONFIG | HV_WANT_NEXT | HV_WANT_SIZES | HV_WANT_HOST |              \
		HV_WANT_POOLS | HV_WANT_NETWORKS)

struct asked_for {
	struct hv_inventory i;
	sem_t done;
};

static void on_inventory(struct hv_inventory *i)
{
	struct asked_for *x = i->arg;

	sem_post(&x->done);
}

static void ask(struct asked_for *x, unsigned want, const char *only, int64_t ms)
{
	sem_init(&x->done, 0, 0);
	x->i = (struct hv_inventory){
		.arena = arena_new(),
		.want = want,
		.only = only,
		.deadline = clock_in(ms),
		.done = on_inventory,
		.arg = x,
	};
	hv_inventory(hv, &x->i);
	while (sem_wait(&x->done) != 0)
		;
}

static void let_go(struct asked_for *x)
{
	arena_free(x->i.arena);
	sem_destroy(&x->done);
}

static const struct hv_inv_vm *named(const struct hv_inventory *i, const char *name)
{
	for (size_t n = 0; n < i->n_vms; n++)
		if (strcmp(i->vms[n].vm.name, name) == 0)
			return &i->vms[n];
	ck_abort_msg("no %s", name);
}

START_TEST(test_everything)
{
	const struct hv_inv_vm *web, *db, *cold;
	struct asked_for x;

	ask(&x, ALL, NULL, 5000);
	ck_assert_msg(x.i.err.code == 0, "%s", x.i.err.text);
	ck_assert_uint_eq(x.i.n_vms, 13);
	for (size_t i = 1; i < x.i.n_vms; i++)
		ck_assert_str_lt(x.i.vms[i - 1].vm.name, x.i.vms[i].vm.name);
	web = named(&x.i, "web1");
	ck_assert(web->active && web->vm.persistent && !web->autostart);
	ck_assert_int_eq(web->vm.state, 1);
	ck_assert_str_eq(web->vm.title, "Test guest web1");
	ck_assert_uint_eq(web->config->memory_kib, 1048576);
	ck_assert_str_eq(web->config->nics[0].network, "blue");
	ck_assert_str_eq(web->disk_pools[0], "shared"); /* it says so itself */
	ck_assert_ptr_nonnull(web->next);
	db = named(&x.i, "db1");
	ck_assert_str_eq(db->disk_pools[0], "local"); /* by its path */
	cold = named(&x.i, "cold1");
	ck_assert(!cold->active);
	ck_assert_ptr_null(cold->next);
	ck_assert(named(&x.i, "saved1")->vm.save_image);
	ck_assert_uint_eq(x.i.host.cpus, 8);
	ck_assert_uint_eq(x.i.host.memory_kib, 8388608);
	ck_assert_uint_eq(x.i.n_pools, 3);
	ck_assert_str_eq(x.i.pools[0].name, "fast");
	ck_assert_str_eq(x.i.pools[0].type, "dir");
	ck_assert_int_eq(x.i.pools[0].state, 2); /* running */
	ck_assert(x.i.pools[0].sized && x.i.pools[0].capacity >= x.i.pools[0].allocation);
	ck_assert_uint_eq(x.i.n_networks, 2);
	ck_assert_str_eq(x.i.networks[0].name, "blue");
	ck_assert(x.i.networks[0].active);
	/* What was found counts for the arena, that limits can be kept. */
	ck_assert_uint_gt(arena_used(x.i.arena), x.i.n_vms * sizeof *web->config);
	let_go(&x);
}
END_TEST

START_TEST(test_only_what_is_wanted)
{
	struct asked_for x;

	ask(&x, HV_WANT_HOST, NULL, 5000);
	ck_assert_int_eq(x.i.err.code, 0);
	ck_assert_uint_eq(x.i.n_vms + x.i.n_pools + x.i.n_networks, 0);
	ck_assert_uint_eq(x.i.host.cpus, 8);
	let_go(&x);
	ask(&x, HV_WANT_VMS, NULL, 5000);
	ck_assert_uint_eq(x.i.n_vms, 13);
	ck_assert_uint_eq(x.i.host.cpus, 0);
	ck_assert_ptr_null(x.i.vms[0].config);
	ck_assert_ptr_null(x.i.vms[0].vm.title);
	let_go(&x);
}
END_TEST

static const struct {
	const char *only;
	size_t n;
} onlies[] = {
	{ "5E1F0000-0000-4000-8000-000000000001", 1 },
	{ "web1", 1 },
	{ "5e1f0000-0000-4000-8000-0000000000ff", 0 },
};

/* The calls that a question costs: the fewest of some tries, for something else may be counted in
 * between, as the greeting of a connection. */
static int64_t calls_of(unsigned want, const char *only, size_t *n)
{
	int64_t fewest = INT64_MAX;

	for (int tries = 0; tries < 5; tries++) {
		int64_t before = count_get(COUNT_HV_CALLS_TOTAL), calls;
		struct asked_for x;

		ask(&x, want, only, 5000);
		ck_assert_int_eq(x.i.err.code, 0);
		*n = x.i.n_vms;
		calls = count_get(COUNT_HV_CALLS_TOTAL) - before;
		fewest = calls < fewest ? calls : fewest;
		let_go(&x);
	}
	return fewest;
}

/* One costs what one costs: its lookup, four questions, its configurations, its sizes. */
START_TEST(test_one)
{
	struct asked_for x;
	size_t n;

	ask(&x, HV_WANT_VMS | HV_WANT_CONFIG, onlies[_i].only, 5000);
	ck_assert_int_eq(x.i.err.code, 0);
	ck_assert_uint_eq(x.i.n_vms, onlies[_i].n);
	if (x.i.n_vms) {
		ck_assert_str_eq(x.i.vms[0].vm.name, "web1");
		ck_assert_str_eq(x.i.vms[0].disk_pools[0], "shared");
	}
	let_go(&x);
	ck_assert_int_le(calls_of(HV_WANT_VMS | HV_WANT_CONFIG | HV_WANT_NEXT | HV_WANT_SIZES,
				 onlies[_i].only, &n),
		8);
}
END_TEST

/* Lists and statistics for all, and one call for each configuration. */
START_TEST(test_calls_for_all)
{
	size_t n;

	ck_assert_int_le(calls_of(HV_WANT_VMS | HV_WANT_CONFIG, NULL, &n), 13 + 5);
	ck_assert_uint_eq(n, 13);
}
END_TEST

START_TEST(test_fails)
{
	struct asked_for x;

	start_with("test:///nonexistent/source.xml", 16, 300000);
	ask(&x, ALL, NULL, 5000);
	ck_assert_int_eq(x.i.err.code, ERR_UNAVAILABLE);
	ck_assert_uint_eq(x.i.n_vms, 0);
	let_go(&x);
}
END_TEST

START_TEST(test_ends_in_time)
{
	struct asked_for x;
	int64_t began = clock_ms();

	start_with(uris[SILENT], 16, 300000);
	ask(&x, ALL, NULL, 300);
	ck_assert_int_eq(x.i.err.code, ERR_TIMEOUT);
	ck_assert_int_lt(clock_ms() - began, 2000);
	let_go(&x);
	_exit(hv_free(hv, clock_in(100)) == 1 ? 0 : 1);
}
END_TEST

/* Where every other driver tells octets, the test driver tells KiB. */
START_TEST(test_free_memory)
{
	struct asked_for x;

	start_with("test:///default", 8, 60000);
	ask(&x, HV_WANT_HOST, NULL, 5000);
	ck_assert_uint_eq(x.i.host.memory_kib, 3145728);
	ck_assert_uint_eq(x.i.host.free_kib, 3145728);
	let_go(&x);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_inventory");
	TCase *t = tcase_create("source"), *own = tcase_create("own");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_everything);
	tcase_add_test(t, test_only_what_is_wanted);
	tcase_add_loop_test(t, test_one, 0, ARRAY_LEN(onlies));
	tcase_add_test(t, test_calls_for_all);
	suite_add_tcase(s, t);
	/* These start with a configuration of their own. */
	tcase_add_checked_fixture(own, setup_once, teardown);
	tcase_set_timeout(own, 60);
	tcase_add_test(own, test_fails);
	tcase_add_test(own, test_ends_in_time);
	tcase_add_test(own, test_free_memory);
	suite_add_tcase(s, own);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
