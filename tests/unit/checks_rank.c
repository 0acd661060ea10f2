/* Rankings: many destinations, one source, one deadline; over hosts of libvirt's test driver and
 * hosts that never answer. */
#include <sys/stat.h>

#include "checks/rank.h"
#include "tests/unit/hv_site.h"

#define NODE(kib, more)                                                                            \
	"<node><memory>" #kib "</memory>"                                                          \
	"<network><name>blue</name><bridge name='br0'/></network>" more "</node>"
#define VM(name, id, mac)                                                                          \
	"<domain type='test'><name>" name "</name><uuid>7a11c000-0000-4000-8000-00000000000" id    \
	"</uuid><memory unit='MiB'>512</memory><vcpu>1</vcpu>"                                     \
	"<os><type arch='i686'>hvm</type></os><devices><interface type='network'>"                 \
	"<mac address='52:54:00:7a:00:0" mac "'/><source network='blue'/></interface></devices>"   \
	"</domain>"

enum { MANY = 40 };

/* In the order that they are to be ranked for vm1. That of its stored configuration is a warning
 * everywhere. The driver tells no free memory of hosts from files: see `sorted`. */
static const struct {
	const char *name, *text;
	bool migratable;
	size_t warnings;
} hosts[] = {
	{ "alike-a", NODE(8388608, ""), true, 1 },
	{ "alike-b", NODE(8388608, ""), true, 1 },
	{ "roomy", NODE(16777216, ""), true, 1 },
	{ "small", NODE(1048576, ""), true, 1 },
	{ "warned", NODE(33554432, VM("other", "9", "1")), true, 2 },
	{ "lacking", "<node><memory>2097152</memory></node>", false, 1 },
	{ "taken", NODE(67108864, VM("vm1", "8", "8")), false, 1 },
};

static char directory[] = "/tmp/vsmig-rank-XXXXXX", uris_of[ARRAY_LEN(hosts)][80], source_uri[80];
static char silent_uri[80];
static struct checks *cs;
static sem_t ended;

static const struct check_config policy = {
	.timeout_ms = 20000,
	.formats = FORMAT_NAME | FORMAT_IPV4,
};

static void write_host(char uri[80], const char *name, const char *text)
{
	char path[64];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s.xml", directory, name);
	snprintf(uri, 80, "test://%s", path);
	out = fopen(path, "we");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static void start_hosts(const struct hv_host *rows, size_t n, unsigned max_connections)
{
	struct hv_config c = {
		.source_uri = source_uri,
		.source_name = "here",
		.uri_template = "qemu+tcp://{host}/system",
		.hosts = rows,
		.n_hosts = n,
		.threads_per_connection = 4,
		.max_connections = max_connections,
		.idle_ms = 300000,
	};
	struct err e = { 0 };

	hv = hv_new(&c, timers, &e);
	ck_assert_msg(hv != NULL, "%s", e.text);
	cs = checks_new(&policy, hv, timers);
}

static void setup_with(unsigned max_connections)
{
	struct hv_host rows[ARRAY_LEN(hosts)] = { 0 };

	sem_init(&ended, 0, 0);
	setup_once();
	ck_assert_ptr_nonnull(mkdtemp(directory));
	write_host(source_uri, "source", NODE(8388608, VM("vm1", "1", "1") VM("vm2", "2", "2")));
	/* Configured in the contrary order, for an order that is kept by chance. */
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		write_host(uris_of[i], hosts[i].name, hosts[i].text);
		rows[ARRAY_LEN(hosts) - 1 - i] =
			(struct hv_host){ .name = hosts[i].name, .uri = uris_of[i] };
	}
	start_hosts(rows, ARRAY_LEN(hosts), max_connections);
}

static void setup_hosts(void)
{
	setup_with(64);
}

static void setup_narrow(void)
{
	setup_with(4);
}

static void setup_silent(void)
{
	struct hv_host rows[MANY + 1] = { { 0 } };
	static char names[MANY][16];

	sem_init(&ended, 0, 0);
	setup_once();
	ck_assert_ptr_nonnull(mkdtemp(directory));
	write_host(source_uri, "source", NODE(8388608, VM("vm1", "1", "1")));
	write_host(uris_of[0], hosts[0].name, hosts[0].text);
	snprintf(silent_uri, sizeof silent_uri, "qemu+tcp://127.0.0.1:%s",
		strrchr(uris[SILENT], ':') + 1);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "silent%zu", i);
		rows[i + 1] = (struct hv_host){ .name = names[i], .uri = silent_uri };
	}
	rows[0] = (struct hv_host){ .name = hosts[0].name, .uri = uris_of[0] };
	start_hosts(rows, MANY + 1, 64);
}

/* A source that takes the connection and never answers. */
static void setup_silent_source(void)
{
	struct hv_host row = { .name = hosts[0].name, .uri = uris_of[0] };

	sem_init(&ended, 0, 0);
	setup_once();
	ck_assert_ptr_nonnull(mkdtemp(directory));
	write_host(uris_of[0], hosts[0].name, hosts[0].text);
	snprintf(source_uri, sizeof source_uri, "%.79s", uris[SILENT]);
	start_hosts(&row, 1, 64);
}

static void teardown_hosts(void)
{
	char path[64];

	checks_free(cs);
	shutdown(silent_fd, SHUT_RDWR);
	teardown();
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		snprintf(path, sizeof path, "%s/%s.xml", directory, hosts[i].name);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/source.xml", directory);
	unlink(path);
	rmdir(directory);
	ck_assert_int_eq(count_get(COUNT_CHECKS), 0);
	sem_destroy(&ended);
}

static void ranked(struct ranking *r)
{
	(void)r;
	sem_post(&ended);
}

static struct ranking *rank(const char *vm, const char *const *names, size_t n, int64_t ms)
{
	struct ranking *r = ranking_new();

	r->asked->vm = vm;
	r->asked->deadline = clock_in(ms);
	r->hosts = names;
	r->n_hosts = n;
	r->done = ranked;
	ranking_start(cs, r);
	while (sem_wait(&ended) != 0)
		;
	return r;
}

START_TEST(best_first)
{
	struct ranking *r = rank("vm1", NULL, 0, 15000);

	ck_assert_int_eq(r->code, 0);
	ck_assert_uint_eq(r->n_checks, ARRAY_LEN(hosts));
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const struct check *c = r->checks[i];

		ck_assert_msg(strcmp(c->destination, hosts[i].name) == 0, "%zu is %s, not %s", i,
			c->destination, hosts[i].name);
		ck_assert_int_eq(c->code, CHECK_DONE);
		ck_assert_int_eq(c->migratable, hosts[i].migratable);
		ck_assert_uint_eq(ranking_warnings(c), hosts[i].warnings);
		ck_assert_uint_eq(c->free_memory, 0);
		ck_assert_uint_eq(c->memory_needed, 512 << 20);
		ck_assert(c->simulated);
		ck_assert_str_eq(c->vm_name, "vm1");
	}
	ranking_free(r);
}
END_TEST

/* The connections of those that are done make room for the others. */
START_TEST(more_hosts_than_connections)
{
	for (int i = 0; i < 5; i++) {
		struct ranking *r = rank("vm1", NULL, 0, 15000);

		for (size_t k = 0; k < ARRAY_LEN(hosts); k++)
			ck_assert_int_eq(r->checks[k]->code, CHECK_DONE);
		ranking_free(r);
	}
}
END_TEST

static const struct {
	const char *host;
	bool migratable;
	size_t warnings;
	uint64_t free;
} sorted[] = {
	{ "most", true, 0, 8 },
	{ "less-a", true, 0, 4 },
	{ "less-b", true, 0, 4 },
	{ "unknown", true, 0, 0 },
	{ "warned", true, 1, 16 },
	{ "warned-more", true, 2, 32 },
	{ "no", false, 0, 64 },
	{ "no-and-warned", false, 3, 128 },
};

/* Whatever the order before. */
START_TEST(the_order)
{
	struct finding warnings[3] = { 0 };
	struct check all[ARRAY_LEN(sorted)] = { { 0 } }, *list[ARRAY_LEN(sorted)];

	for (size_t i = 0; i < ARRAY_LEN(warnings); i++)
		warnings[i].id = VSM5004;
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		all[i].destination = sorted[i].host;
		all[i].migratable = sorted[i].migratable;
		all[i].findings = warnings;
		all[i].n_findings = sorted[i].warnings;
		all[i].free_memory = sorted[i].free;
		list[(i + (size_t)_i) * 3 % ARRAY_LEN(sorted)] = &all[i];
	}
	ranking_sort(list, ARRAY_LEN(sorted));
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
		ck_assert_str_eq(list[i]->destination, sorted[i].host);
	ranking_sort(list, 0);
}
END_TEST

static const struct {
	const char *vm, *hosts[5], *want; /* host=code, in order */
	enum check_code code;
} rows[] = {
	{ "vm1", { "small", "roomy" }, "roomy=0 small=0 ", 0 },
	{ "vm1", { "roomy", "ROOMY", "small", "roomy" }, "roomy=0 small=0 ", 0 },
	{ "vm1", { "a b", "roomy" }, "roomy=0 a b=4 ", 0 },
	{ "vm1", { "", "roomy" }, "roomy=0 -=4 ", 0 },
	{ "vm1", { "fe80::1", "roomy" }, "roomy=0 fe80::1=4 ", 0 },
	{ "vm1", { "h/system?command=x", "elsewhere" }, "elsewhere=5 h/system?command=x=4 ", 0 },
	{ "nobody", { "roomy", "small" }, "roomy=4 small=4 ", 4 },
	{ NULL, { "roomy" }, "roomy=4 ", 4 },
};

START_TEST(hosts_and_codes)
{
	size_t n = 0;
	struct ranking *r;
	char got[256] = "";

	while (rows[_i].hosts[n])
		n++;
	r = rank(rows[_i].vm, rows[_i].hosts, n, 15000);
	for (size_t i = 0; i < r->n_checks; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s=%d ",
			r->checks[i]->destination ? r->checks[i]->destination : "-",
			r->checks[i]->code);
	ck_assert_str_eq(got, rows[_i].want);
	ck_assert_int_eq(r->code, rows[_i].code);
	ranking_free(r);
}
END_TEST

START_TEST(defects_concern_all)
{
	struct ranking *r = ranking_new();

	check_defect(r->asked, VSM1009, NULL, "7", NULL, NULL);
	r->asked->vm = "vm1";
	r->asked->settings.type = 7;
	r->asked->deadline = clock_in(15000);
	r->done = ranked;
	ranking_start(cs, r);
	while (sem_wait(&ended) != 0)
		;
	ck_assert_int_eq(r->code, 4);
	ck_assert_uint_eq(r->n_checks, ARRAY_LEN(hosts));
	for (size_t i = 0; i < r->n_checks; i++)
		ck_assert_int_eq(r->checks[i]->code, 4);
	ranking_free(r);
	ranking_free(NULL);
	ranking_free(ranking_new());
}
END_TEST

static int64_t calls_to_rank(size_t n)
{
	static const char *const names[] = { "roomy", "alike-a", "alike-b", "small", "warned" };
	int64_t before = count_get(COUNT_HV_CALLS_TOTAL);

	ranking_free(rank("vm1", names, n, 15000));
	return count_get(COUNT_HV_CALLS_TOTAL) - before;
}

/* One more destination costs as many calls as any other, and fewer than one check alone, which
 * has the source to ask. Counts that something else got into are taken again. */
START_TEST(the_source_is_asked_once)
{
	int64_t one, two, five;
	int tries = 0;

	calls_to_rank(5); /* connections and what they keep */
	do {
		one = calls_to_rank(1);
		two = calls_to_rank(2);
		five = calls_to_rank(5);
	} while ((five - two != 3 * (two - one) || two - one >= one) && ++tries < 5);
	printf("calls for 1, 2 and 5 destinations: %lld, %lld, %lld\n", (long long)one,
		(long long)two, (long long)five);
	ck_assert_int_lt(two - one, one);
	ck_assert_int_eq(five - two, 3 * (two - one));
}
END_TEST

/* More hosts than are asked at once, of which but one never answers: that one is known, the
 * others say so in time, also those whose turn never came. */
START_TEST(one_deadline_for_all)
{
	int64_t before = clock_ms();
	struct ranking *r = rank("vm1", NULL, 0, 1000);

	ck_assert_int_lt(clock_ms() - before, 4000);
	ck_assert_uint_eq(r->n_checks, MANY + 1);
	ck_assert_int_eq(r->code, 0);
	ck_assert_str_eq(r->checks[0]->destination, hosts[0].name);
	ck_assert(r->checks[0]->migratable);
	for (size_t i = 1; i < r->n_checks; i++) {
		ck_assert_int_eq(r->checks[i]->code, CHECK_TIMEOUT);
		ck_assert_uint_eq(r->checks[i]->free_memory, 0);
	}
	ranking_free(r);
}
END_TEST

/* What is told as waited for is the source, which all have in common, not a host that is long done. */
START_TEST(the_source_never_answers)
{
	struct ranking *r = rank("vm1", NULL, 0, 700);

	ck_assert_int_eq(r->code, 0);
	ck_assert_uint_eq(r->n_checks, 1);
	ck_assert_int_eq(r->checks[0]->code, CHECK_TIMEOUT);
	ck_assert_str_eq(r->checks[0]->last_step, "opening the connection to the source host");
	ranking_free(r);
}
END_TEST

/* Deadlines that fall anywhere. */
START_TEST(races)
{
	for (int64_t ms = 0; ms < 30; ms++) {
		struct ranking *r = rank("vm1", NULL, 0, ms / 3);

		ck_assert_uint_eq(r->n_checks, ARRAY_LEN(hosts));
		for (size_t i = 0; i < r->n_checks; i++)
			ck_assert(r->checks[i]->code == CHECK_DONE ||
				  r->checks[i]->code == CHECK_TIMEOUT);
		ranking_free(r);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rank");
	TCase *tc = tcase_create("rank"), *silent = tcase_create("silent");
	TCase *source = tcase_create("silent source"), *narrow = tcase_create("narrow");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup_hosts, teardown_hosts);
	tcase_add_test(tc, best_first);
	tcase_add_loop_test(tc, the_order, 0, ARRAY_LEN(sorted));
	tcase_add_loop_test(tc, hosts_and_codes, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, defects_concern_all);
	tcase_add_test(tc, the_source_is_asked_once);
	tcase_add_test(tc, races);
	suite_add_tcase(suite, tc);
	tcase_set_timeout(silent, 60);
	tcase_add_checked_fixture(silent, setup_silent, teardown_hosts);
	tcase_add_test(silent, one_deadline_for_all);
	suite_add_tcase(suite, silent);
	tcase_set_timeout(narrow, 60);
	tcase_add_checked_fixture(narrow, setup_narrow, teardown_hosts);
	tcase_add_test(narrow, more_hosts_than_connections);
	suite_add_tcase(suite, narrow);
	tcase_set_timeout(source, 60);
	tcase_add_checked_fixture(source, setup_silent_source, teardown_hosts);
	tcase_add_test(source, the_source_never_answers);
	suite_add_tcase(suite, source);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
