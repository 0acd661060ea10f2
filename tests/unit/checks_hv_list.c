/* Lists, connections that come and go, reload. */
#include "checks/hypervisor/twin.h"
#include "tests/unit/hv_site.h"

#include <unistd.h>

START_TEST(test_idle_destination_is_closed_and_opened_again)
{
	int64_t until = clock_in(5000);
	struct asked *a;

	start_with(SRC, 16, 50);
	a = begin("web1", "dst", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_OPEN);
	end(a);
	while (count_get(COUNT_HV_CONNECTIONS) > 1 && clock_left(until))
		usleep(1000);
	ck_assert_int_eq(count_get(COUNT_HV_CONNECTIONS), 1);
	a = begin("web1", "dst", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_OPEN);
	ck_assert(facts_known(a->g.facts, FACT_DST_CAPS));
	end(a);
}
END_TEST

START_TEST(test_source_down)
{
	struct asked *a;

	start_with("test:///nonexistent/source.xml", 16, 300000);
	a = begin("web1", "dst", 5000);
	finish(a);
	ck_assert_int_eq(a->g.facts->src.access, ACCESS_FAILED);
	ck_assert(!facts_known(a->g.facts, FACT_VM));
	ck_assert(a->g.facts->state[FACT_VM].skipped);
	ck_assert(facts_known(a->g.facts, FACT_DST_HOST));
	ck_assert(a->g.facts->state[FACT_DST_NAMES].skipped);
	end(a);
}
END_TEST

/* With room for one connection, an idle one makes way; a busy one does not. */
START_TEST(test_too_many_destinations)
{
	struct asked *busy, *a;

	start_with(SRC, 1, 300000);
	a = begin("web1", "dst", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_OPEN);
	end(a);
	/* done is called by the thread that is about to let go of the connection: for a moment
	 * more it is in use, and the silent host gets no place. */
	for (;;) {
		busy = begin("web1", "silent", 2000);
		a = begin("web1", "dst", 5000);
		if (finish(a)->dst.access != ACCESS_OPEN)
			break;
		ck_assert_int_eq(finish(busy)->dst.access, ACCESS_FAILED);
		end(a);
		end(busy);
	}
	ck_assert_int_eq(a->g.facts->dst.access, ACCESS_FAILED);
	end(a);
	ck_assert_int_eq(finish(busy)->dst.access, ACCESS_TIMEOUT);
	end(busy);
	_exit(hv_free(hv, clock_in(100)) == 1 ? 0 : 1);
}
END_TEST

struct listed {
	struct hv_list l;
	sem_t done;
};

static void on_list(struct hv_list *l)
{
	struct listed *x = l->arg;

	sem_post(&x->done);
}

static void list(struct listed *x, const char *only, int64_t ms)
{
	sem_init(&x->done, 0, 0);
	x->l = (struct hv_list){
		.arena = arena_new(),
		.only = only,
		.deadline = clock_in(ms),
		.done = on_list,
		.arg = x,
	};
	hv_list_vms(hv, &x->l);
	while (sem_wait(&x->done) != 0)
		;
}

static void list_end(struct listed *x)
{
	arena_free(x->l.arena);
	sem_destroy(&x->done);
}

START_TEST(test_list)
{
	struct listed x;

	list(&x, NULL, 5000);
	ck_assert_int_eq(x.l.err.code, 0);
	ck_assert_uint_eq(x.l.n, 13);
	ck_assert_str_eq(x.l.vms[0].name, "bridge1");
	ck_assert_str_eq(x.l.vms[0].title, "Test guest bridge1");
	for (size_t i = 0; i < x.l.n; i++) {
		ck_assert(x.l.vms[i].persistent);
		ck_assert_int_eq(x.l.vms[i].save_image, strcmp(x.l.vms[i].name, "saved1") == 0);
	}
	list_end(&x);
}
END_TEST

static const struct only {
	const char *text;
	size_t n;
} onlies[] = {
	{ "web1", 1 },
	{ "5E1F0000-0000-4000-8000-000000000001", 1 },
	{ "nobody", 0 },
	{ "5e1f0000-0000-4000-8000-0000000000ff", 0 },
};

START_TEST(test_list_one)
{
	struct listed x;

	list(&x, onlies[_i].text, 5000);
	ck_assert_int_eq(x.l.err.code, 0);
	ck_assert_uint_eq(x.l.n, onlies[_i].n);
	if (x.l.n) {
		ck_assert_str_eq(x.l.vms[0].name, "web1");
		ck_assert_int_eq(x.l.vms[0].state, 1);
		ck_assert(x.l.vms[0].persistent);
	}
	list_end(&x);
}
END_TEST

/* A twin is nobody's virtual system, wherever it runs. */
START_TEST(test_twins_are_not_listed)
{
	static const char node[] =
		"<node>"
		"<domain type='test'><name>web1</name><memory>1024</memory><os><type>hvm</type>"
		"</os></domain>"
		"<domain type='test'><name>" TWIN_PREFIX "a</name><uuid>5e1f0000-0000-4000-8000-"
		"0000000000aa</uuid><memory>1024</memory><os><type>hvm</type></os></domain>"
		"</node>";
	char path[] = "/tmp/vsmigd-twins-XXXXXX", uri[64];
	int fd = mkstemp(path);
	struct listed x;

	ck_assert_int_eq(write(fd, node, sizeof node - 1), sizeof node - 1);
	close(fd);
	snprintf(uri, sizeof uri, "test://%s", path);
	start_with(uri, 16, 300000);
	list(&x, NULL, 5000);
	unlink(path);
	ck_assert_int_eq(x.l.err.code, 0);
	ck_assert_uint_eq(x.l.n, 1);
	ck_assert_str_eq(x.l.vms[0].name, "web1");
	list_end(&x);
	list(&x, "5e1f0000-0000-4000-8000-0000000000aa", 5000);
	ck_assert_int_eq(x.l.err.code, 0);
	ck_assert_uint_eq(x.l.n, 0);
	list_end(&x);
}
END_TEST

START_TEST(test_list_fails)
{
	struct listed x;

	start_with("test:///nonexistent/source.xml", 16, 300000);
	list(&x, NULL, 5000);
	ck_assert_int_eq(x.l.err.code, ERR_UNAVAILABLE);
	list_end(&x);
}
END_TEST

START_TEST(test_list_in_time)
{
	struct listed x;
	int64_t began = clock_ms();

	start_with(uris[SILENT], 16, 300000);
	list(&x, NULL, 300);
	ck_assert_int_eq(x.l.err.code, ERR_TIMEOUT);
	ck_assert_int_lt(clock_ms() - began, 2000);
	list_end(&x);
	_exit(hv_free(hv, clock_in(100)) == 1 ? 0 : 1);
}
END_TEST

START_TEST(test_reload)
{
	const struct hv_host row = { .name = "other", .uri = DST };
	struct hv_config c = { .source_uri = SRC,
		.hosts = &row,
		.n_hosts = 1,
		.idle_ms = 1000,
		.source_name = "given.example",
		.threads_per_connection = 1,
		.max_connections = 4 };
	auto_arena struct arena *arena = arena_new();
	struct asked *a;
	struct err e;
	size_t n;

	end((finish(a = begin("web1", "dst", 5000)), a));
	ck_assert_int_eq(hv_set_config(hv, &c, &e), 0);
	ck_assert_str_eq(hv_host_name(hv), "given.example");
	ck_assert_str_eq(hv_hosts(hv, arena, &n)[0].name, "other");
	ck_assert_uint_eq(n, 1);
	a = begin("web1", "dst", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_NOT_ALLOWED);
	end(a);
	a = begin("web1", "other", 5000);
	ck_assert_int_eq(finish(a)->dst.access, ACCESS_OPEN);
	end(a);
	ck_assert_int_eq(count_get(COUNT_HV_CONNECTIONS), 2);
	c.source_uri = "test:///default";
	ck_assert_int_eq(hv_set_config(hv, &c, &e), -ERR_CONFIG);
}
END_TEST

static const struct {
	const char *type;
	bool migrates;
} types[] = {
	{ "QEMU", true },
	{ "Xen", true },
	{ "Test", true },
	{ "TEST", true },
	{ "LXC", false },
	{ "OpenVZ", false },
	{ "", false },
	{ NULL, false },
};

START_TEST(test_types)
{
	ck_assert_int_eq(hv_type_migrates(types[_i].type), types[_i].migrates);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_list");
	TCase *t = tcase_create("hosts"), *own = tcase_create("own");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_list);
	tcase_add_loop_test(t, test_list_one, 0, ARRAY_LEN(onlies));
	tcase_add_test(t, test_reload);
	tcase_add_loop_test(t, test_types, 0, ARRAY_LEN(types));
	suite_add_tcase(s, t);
	/* These start with a configuration of their own. */
	tcase_add_checked_fixture(own, setup_once, teardown);
	tcase_set_timeout(own, 60);
	tcase_add_test(own, test_idle_destination_is_closed_and_opened_again);
	tcase_add_test(own, test_source_down);
	tcase_add_test(own, test_too_many_destinations);
	tcase_add_test(own, test_twins_are_not_listed);
	tcase_add_test(own, test_list_fails);
	tcase_add_test(own, test_list_in_time);
	suite_add_tcase(s, own);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
