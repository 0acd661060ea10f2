/* Whole checks: real connections to libvirt's test driver, and to hosts that never answer. */
#include <arpa/inet.h>
#include <check.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checks/check.h"
#include "checks/facts.h"
#include "checks/hypervisor/hv.h"
#include "checks/reason.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#define SRC "test://" TEST_DATA "/testhosts/src.xml"
#define DST "test://" TEST_DATA "/testhosts/dst.xml"
#define MANY 50

static struct timers *timers;
static struct hv *hv;
static struct checks *cs;
static int silent_fd;
static char silent_uri[96], refused_uri[96];

static const struct check_config policy = {
	.timeout_ms = 20000,
	.formats = FORMAT_NAME | FORMAT_IPV4 | FORMAT_IPV6,
	.refuse_running_offline = true,
	.refuse_overwrite = true,
	.refuse_crashed = true,
	.refuse_saved_image = true,
};

/* A socket that is listened to and never served: the kernel accepts, nobody answers. */
static int listening(char *uri, size_t size)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	ck_assert_int_eq(listen(fd, 128), 0);
	snprintf(uri, size, "qemu+tcp://127.0.0.1:%d/system", ntohs(at.sin_port));
	return fd;
}

static void start(const char *source)
{
	struct hv_host hosts[] = {
		{ .name = "dst", .uri = DST },
		{ .name = "same", .uri = SRC },
		{ .name = "resting", .uri = DST, .maintenance = true },
		{ .name = "silent", .uri = silent_uri },
		{ .name = "refused", .uri = refused_uri },
	};
	struct hv_config c = {
		.source_uri = source,
		.uri_template = "qemu+tcp://{host}/system",
		.hosts = hosts,
		.n_hosts = ARRAY_LEN(hosts),
		.threads_per_connection = 4,
		.max_connections = 16,
		.idle_ms = 60000,
	};
	struct err e = { 0 };

	ck_assert_msg(hv_global_init(&e) == 0, "%s", e.text);
	silent_fd = listening(silent_uri, sizeof silent_uri);
	close(listening(refused_uri, sizeof refused_uri));
	timers = timers_new();
	hv = hv_new(&c, timers, &e);
	ck_assert_msg(hv, "%s", e.text);
	cs = checks_new(&policy, hv, timers);
}

static void setup(void)
{
	start(SRC);
}
static void setup_dead(void)
{
	start("qemu+unix:///system?socket=/nonexistent/socket");
}

/* The service ends while gathers that hang are still under way; they end on their own. */
static void teardown(void)
{
	checks_free(cs);
	shutdown(silent_fd, SHUT_RDWR);
	close(silent_fd);
	ck_assert_uint_eq(hv_free(hv, clock_in(10000)), 0);
	timers_free(timers);
	ck_assert_int_eq(count_get(COUNT_CHECKS), 0);
}

static void answered(struct check *c)
{
	sem_post(c->arg);
}

static struct check *begin(sem_t *sem, const char *vm, const char *host, enum move move, int64_t ms)
{
	struct check *c = check_new();

	c->vm = arena_strdup(c->arena, vm);
	c->destination = arena_strdup(c->arena, host);
	c->settings.move = move;
	c->deadline = clock_in(ms);
	c->done = answered;
	c->arg = sem;
	checks_start(cs, c);
	return c;
}

static void await(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

static struct check *ask(const char *vm, const char *host, enum move move, int64_t ms)
{
	struct check *c;
	sem_t sem;

	sem_init(&sem, 0, 0);
	c = begin(&sem, vm, host, move, ms);
	await(&sem);
	sem_destroy(&sem);
	return c;
}

static const struct {
	const char *vm, *host;
	enum move move;
	enum check_code code;
	bool migratable;
	const char *deciding;
} rows[] = {
	{ "web1", "dst", MOVE_LIVE, 0, true, "" },
	{ "5E1F0000-0000-4000-8000-000000000001", "dst", MOVE_LIVE, 0, true, "" },
	{ "web1", "dst", MOVE_RESTART, 0, true, "" },
	{ "web1", "dst", MOVE_OFFLINE, 5, false, "VSM2001" },
	{ "cold1", "dst", MOVE_LIVE, 5, false, "VSM2001" },
	{ "cold1", "dst", MOVE_OFFLINE, 0, true, "" },
	{ "paused1", "dst", MOVE_LIVE, 0, true, "" },
	{ "crashed1", "dst", MOVE_LIVE, 5, false, "VSM2005" },
	{ "saved1", "dst", MOVE_OFFLINE, 5, false, "VSM2021" },
	{ "db1", "dst", MOVE_LIVE, 0, false, "VSM4301" },
	{ "snap1", "dst", MOVE_LIVE, 0, false, "VSM4310" },
	{ "green1", "dst", MOVE_LIVE, 0, false, "VSM4401" },
	{ "taken", "dst", MOVE_LIVE, 0, false, "VSM4001" },
	{ "twin", "dst", MOVE_LIVE, 0, true, "" },
	{ "nopool1", "dst", MOVE_LIVE, 0, false, "VSM4301,VSM4303" },
	{ "bridge1", "dst", MOVE_LIVE, 0, false, "VSM4404" },
	{ "lost-disk", "dst", MOVE_LIVE, 0, false, "VSM4302" },
	{ "nobody", "dst", MOVE_LIVE, 4, false, "VSM1003" },
	{ "web1", "a b", MOVE_LIVE, 4, false, "VSM1004" },
	{ "web1", "h/system?command=x", MOVE_LIVE, 4, false, "VSM1004" },
	{ "web1", NULL, MOVE_LIVE, 4, false, "VSM1001" },
	{ "web1", "same", MOVE_LIVE, 6, false, "VSM3001" },
	{ "web1", "resting", MOVE_LIVE, 5, false, "VSM2015" },
	{ "web1", "refused", MOVE_LIVE, 5, false, "" },
	{ "web1", "elsewhere", MOVE_LIVE, 5, false, "VSM2012" },
};

START_TEST(answers)
{
	struct check *c = ask(rows[_i].vm, rows[_i].host, rows[_i].move, 15000);
	char ids[256];

	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_msg(c->code == rows[_i].code && c->migratable == rows[_i].migratable,
		"%s to %s: code %d, %d, %s", rows[_i].vm, rows[_i].host, c->code, c->migratable,
		ids);
	if (*rows[_i].deciding)
		ck_assert_str_eq(ids, rows[_i].deciding);
	ck_assert(c->simulated);
	ck_assert_uint_gt(c->n_findings, 0);
	check_free(c);
}
END_TEST

/* The deadline is kept although the connection can never be opened, and the late gather is no
 * longer anybody's concern. */
START_TEST(a_silent_host)
{
	int64_t before = clock_ms(), took;
	struct check *c = ask("web1", "silent", MOVE_LIVE, 700);

	took = clock_ms() - before;
	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	ck_assert(!c->migratable);
	ck_assert_ptr_nonnull(c->last_step);
	ck_assert_msg(took >= 650 && took < 3000, "%lld ms", (long long)took);
	check_free(c);
}
END_TEST

/* What the source told in time is said, and stands in the audit record. */
START_TEST(what_was_learned_by_the_deadline)
{
	struct check *c = ask("snap1", "silent", MOVE_LIVE, 700);
	char ids[64];

	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	ck_assert_str_eq(ids, "VSM9003,VSM4310");
	ck_assert_str_eq(c->vm_name, "snap1");
	check_free(c);
	c = ask("nobody", "silent", MOVE_LIVE, 700);
	ck_assert_int_eq(c->code, CHECK_INVALID_PARAMETER);
	check_free(c);
}
END_TEST

START_TEST(the_configured_timeout_is_shorter)
{
	struct check_config config = policy;
	struct check *c;

	config.timeout_ms = 400;
	checks_set_config(cs, &config);
	ck_assert_int_eq(checks_config(cs)->timeout_ms, 400);
	c = ask("web1", "silent", MOVE_LIVE, 60000);
	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	ck_assert_int_lt(c->took_ms, 3000);
	ck_assert_ptr_nonnull(strstr(c->findings[0].message, "within 0.4 seconds"));
	check_free(c);
}
END_TEST

START_TEST(a_deadline_that_passed_already)
{
	struct check *c = ask("web1", "dst", MOVE_LIVE, -5);

	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	check_free(c);
}
END_TEST

/* Fifty hopeless checks, and one that is none of theirs. */
START_TEST(many_silent_hosts)
{
	struct check *hopeless[MANY], *c;
	int64_t before;
	sem_t sem;

	check_free(ask("web1", "dst", MOVE_LIVE, 15000)); /* connections are open now */
	sem_init(&sem, 0, 0);
	for (size_t i = 0; i < MANY; i++)
		hopeless[i] = begin(&sem, "web1", "silent", MOVE_LIVE, 1500);
	before = clock_ms();
	c = ask("web1", "dst", MOVE_LIVE, 15000);
	ck_assert_int_eq(c->code, CHECK_DONE);
	ck_assert(c->migratable);
	ck_assert_msg(clock_ms() - before < 1000, "%lld ms", (long long)(clock_ms() - before));
	check_free(c);
	for (size_t i = 0; i < MANY; i++)
		await(&sem);
	ck_assert_msg(clock_ms() - before < 4000, "%lld ms", (long long)(clock_ms() - before));
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_int_eq(hopeless[i]->code, CHECK_TIMEOUT);
		check_free(hopeless[i]);
	}
	sem_destroy(&sem);
}
END_TEST

/* Deadlines that fall into the middle of a gather: either side may win, once. */
START_TEST(races)
{
	for (int64_t ms = 0; ms < 40; ms++) {
		struct check *c = ask("lost-disk", "dst", MOVE_LIVE, ms / 4);

		ck_assert_msg(
			c->code == CHECK_TIMEOUT || c->code == CHECK_DONE, "code %d", c->code);
		check_free(c);
	}
}
END_TEST

START_TEST(new_settings)
{
	struct check *c = check_new();
	const char *mac = "52:54:00:5e:00:aa", *net = "red";
	const struct setting props[] = {
		{ "InstanceID",
			(const char *const[]){
				"vsmigd:5e1f0000-0000-4000-8000-000000000001:52:54:00:5e:00:01" },
			1 },
		{ "Connection", &net, 1 },
		{ "Address", &mac, 1 },
	};
	const struct new_resource resource = { .props = props, .n = ARRAY_LEN(props) };
	char ids[128];
	sem_t sem;

	sem_init(&sem, 0, 0);
	c->vm = "web1";
	c->destination = "dst";
	c->settings =
		(struct settings){ .move = MOVE_LIVE, .resources = &resource, .n_resources = 1 };
	c->deadline = clock_in(15000);
	c->done = answered;
	c->arg = &sem;
	checks_start(cs, c);
	await(&sem);
	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_int_eq(c->code, CHECK_INCOMPATIBLE);
	ck_assert_str_eq(ids, "VSM3009,VSM3013");
	check_free(c);
	sem_destroy(&sem);
}
END_TEST

START_TEST(never_started)
{
	struct check *c = check_new();

	check_defect(c, VSM1001, "ComputerSystem", "ComputerSystem", NULL, NULL);
	check_free(c);
	check_free(NULL);
}
END_TEST

START_TEST(a_dead_source)
{
	struct check *c = ask("web1", "dst", MOVE_LIVE, 15000);
	char ids[64];

	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_int_eq(c->code, CHECK_INVALID_STATE);
	ck_assert_str_eq(ids, "VSM2020");
	check_free(c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine");
	TCase *tc = tcase_create("engine"), *dead = tcase_create("dead source");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, answers, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, a_silent_host);
	tcase_add_test(tc, what_was_learned_by_the_deadline);
	tcase_add_test(tc, the_configured_timeout_is_shorter);
	tcase_add_test(tc, a_deadline_that_passed_already);
	tcase_add_test(tc, many_silent_hosts);
	tcase_add_test(tc, races);
	tcase_add_test(tc, new_settings);
	tcase_add_test(tc, never_started);
	suite_add_tcase(suite, tc);
	tcase_set_timeout(dead, 60);
	tcase_add_checked_fixture(dead, setup_dead, teardown);
	tcase_add_test(dead, a_dead_source);
	suite_add_tcase(suite, dead);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
