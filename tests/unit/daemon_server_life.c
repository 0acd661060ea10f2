/*
 * The server's beginning and end: addresses, sockets handed over, draining, many at once.
 */
#include "tests/unit/https_site.h"

#include <fcntl.h>

static const char *const loopback[] = { "127.0.0.1", "127.0.0.2" };

START_TEST(addresses)
{
	struct server_config c = config();
	unsigned second;

	c.addresses = loopback;
	c.n_addresses = 2;
	serve(&c);
	ck_assert_int_eq(strncmp(server_address(server, 0), "127.0.0.1:", 10), 0);
	ck_assert_int_eq(strncmp(server_address(server, 1), "127.0.0.2:", 10), 0);
	ck_assert_ptr_null(server_address(server, 2));
	second = (unsigned)atoi(strchr(server_address(server, 1), ':') + 1);
	ck_assert_uint_gt(port, 0);
	ck_assert_uint_eq(port, second);
}
END_TEST

static const struct {
	const char *address;
	unsigned port; /* 1: one that is taken */
	int code;
	const char *words[2];
} failures[] = {
	{ "localhost", 0, ERR_CONFIG, { "localhost", "not an IPv4 or IPv6 address" } },
	{ "192.0.2.1", 0, ERR_IO, { "192.0.2.1", "no interface" } },
	{ "127.0.0.1", 1, ERR_IO, { "127.0.0.1 port", "another program" } },
	{ NULL, 0, ERR_CONFIG, { "no address", "[listener]" } },
};

START_TEST(start_fails)
{
	struct server_config c = config();
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof a;
	struct err e = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	c.addresses = &failures[_i].address;
	c.n_addresses = failures[_i].address ? 1 : 0;
	c.port = failures[_i].port ? ntohs(a.sin_port) : 0;
	ck_assert_ptr_null(server_start(&c, tls, &e));
	ck_assert_int_eq(e.code, failures[_i].code);
	ck_assert_msg(
		strstr(e.text, failures[_i].words[0]) && strstr(e.text, failures[_i].words[1]),
		"%s", e.text);
	close(fd);
}
END_TEST

static void check_served(void)
{
	struct client c = client_open(port);

	client_say(&c, ASK(1) "a");
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}

/* A socket of the service manager: it is used, and it outlives the server. */
START_TEST(handed_over)
{
	struct server_config c = config();
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct err e = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	c.fds = &fd;
	c.n_fds = 1;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_ptr_null(server_start(&c, tls, &e));
	ck_assert_int_eq(e.code, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(e.text, "not a listening"));

	ck_assert_int_eq(listen(fd, 10), 0);
	for (int i = 0; i < 2; i++) {
		serve(&c);
		check_served();
		server_drain(server, clock_in(5000));
	}
	server = NULL;
	close(dial(port));
	close(fd);
}
END_TEST

static void *drain(void *deadline)
{
	server_drain(server, *(int64_t *)deadline);
	return NULL;
}

/* An idle connection goes at once; one with an exchange is answered first, and told to go. */
START_TEST(draining)
{
	struct server_config conf = config();
	int64_t deadline = clock_in(LONG_MS), begin;
	struct client fresh, idle, half, busy;
	struct reply r;
	pthread_t drainer;

	serve(&conf);
	idle = client_open(port);
	client_say(&idle, ASK(0));
	ck_assert_int_eq(client_status(&idle), 200);
	how = HELD;
	fresh = client_open(port);
	half = client_open(port);
	client_say(&half, ASK(5) "a");
	busy = client_open(port);
	client_say(&busy, ASK(1) "a" ASK(1) "b");
	WAIT_FOR(count_held() == 1);
	begin = clock_ms();
	pthread_create(&drainer, NULL, drain, &deadline);
	ck_assert(client_at_end(&fresh));
	ck_assert(client_at_end(&idle));
	ck_assert(client_at_end(&half));
	answer(held[0]);
	r = client_hear(&busy);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "[a]");
	ck_assert_ptr_nonnull(strstr(r.head, "\r\nConnection: close\r\n"));
	ck_assert(client_at_end(&busy));
	pthread_join(drainer, NULL);
	server = NULL;
	ck_assert_int_lt(clock_ms() - begin, LONG_MS);
	ck_assert_uint_eq(count_held(), 1);
	free(r.body);
	client_close(&fresh);
	client_close(&idle);
	client_close(&half);
	client_close(&busy);
}
END_TEST

/* Nothing is open: no reason to wait. Nobody new is let in meanwhile either. */
START_TEST(drained_at_once)
{
	struct server_config conf = config();
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	conf.threads = 2;
	serve(&conf);
	check_served();
	server_drain(server, CLOCK_NEVER);
	server = NULL;
	a.sin_port = htons((uint16_t)port);
	ck_assert_int_lt(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);
}
END_TEST

/* Past the deadline everything ends, and late answers still have somewhere to go. */
START_TEST(drain_deadline)
{
	struct server_config conf = config();
	struct client gone, busy, writing;

	how = HELD;
	serve(&conf);
	writing = client_open(port);
	client_say(&writing, ASK(5) "large");
	WAIT_FOR(count_held() == 1);
	answer(held[0]);
	busy = client_open(port);
	client_say(&busy, ASK(1) "a");
	WAIT_FOR(count_held() == 2);
	gone = client_open(port);
	client_say(&gone, ASK(1) "b");
	WAIT_FOR(count_held() == 3);
	client_close(&gone);
	server_drain(server, clock_in(200));
	server = NULL;
	ck_assert(client_at_end(&busy));
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS), 0);
	answer(held[1]);
	answer(held[2]);
	client_close(&busy);
	client_close(&writing);
}
END_TEST

enum { CLIENTS = 8, ROUNDS = 40 };

/* Says something different each time, and wants exactly that back; now and then anew. */
static void *chatter(void *arg)
{
	unsigned id = (unsigned)(uintptr_t)arg;
	struct client c = client_open(port);

	for (unsigned i = 0; i < ROUNDS; i++) {
		char text[256], want[64];
		struct reply r;

		snprintf(want, sizeof want, "[%02u %03u]", id, i);
		snprintf(text, sizeof text, ASK(6) "%02u %03u" ASK(1) "x", id, i);
		client_say(&c, text);
		r = client_hear(&c);
		ck_assert_str_eq(r.body, want);
		free(r.body);
		if (i % 10 == 9) {
			client_close(&c);
			c = client_open(port);
			continue;
		}
		ck_assert_int_eq(client_status(&c), 200);
	}
	client_close(&c);
	return NULL;
}

/* Several reactors, several threads that answer, many clients; a reload of limits all the time. */
START_TEST(many)
{
	struct server_config conf = config();
	pthread_t threads[CLIENTS];

	how = BY_POOL;
	conf.threads = 3;
	serve(&conf);
	for (uintptr_t i = 0; i < CLIENTS; i++)
		pthread_create(&threads[i], NULL, chatter, (void *)i);
	for (size_t i = 0; i < CLIENTS; i++) {
		server_set_limits(server, &conf.limits);
		pthread_join(threads[i], NULL);
	}
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS_TOTAL), CLIENTS * (1 + ROUNDS / 10));
	ck_assert_int_le(count_get(COUNT_REQUESTS_TOTAL), CLIENTS * ROUNDS * 2);
}
END_TEST

/* Asks with a body of n octets; the last one is left to be sent. */
static struct client ask_most(size_t n)
{
	struct client c = client_open(port);
	char *body = mem_calloc(1, n), head[128];

	memset(body, 'x', n);
	snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", n);
	client_say(&c, head);
	client_send(&c, body, n - 1);
	free(body);
	return c;
}

/* What all clients together may have us keep; small requests are let pass at any time. */
START_TEST(request_memory)
{
	struct server_config conf = config();
	struct client first, second;

	conf.limits.request_memory = 100000;
	serve(&conf);
	for (how = AT_ONCE; how <= HELD; how++) {
		first = ask_most(80000);
		/* Only what is read counts. */
		if (how == HELD) {
			client_say(&first, "x");
			WAIT_FOR(count_held() == 1);
		} else {
			WAIT_FOR(count_get(COUNT_REQUEST_BYTES) > 60000);
		}
		second = ask_most(60000);
		ck_assert_int_eq(client_status(&second), 503);
		client_close(&second);
		if (how != HELD) {
			second = ask_most(10000);
			client_say(&second, "x");
			ck_assert_int_eq(client_status(&second), 200);
			client_close(&second);
			client_say(&first, "x");
		} else {
			answer(held[0]);
		}
		ck_assert_int_eq(client_status(&first), 200);
		client_close(&first);
		ck_assert_int_eq(count_get(COUNT_REQUEST_BYTES), 0);
	}
}
END_TEST

/* It is given back by a client that leaves in the middle, too, and by one that is too slow. */
START_TEST(request_memory_back)
{
	struct server_config conf = config();
	struct client c;

	conf.limits.body_ms = 200;
	serve(&conf);
	c = ask_most(80000);
	WAIT_FOR(count_get(COUNT_REQUEST_BYTES) > 60000);
	client_close(&c);
	WAIT_FOR(count_get(COUNT_REQUEST_BYTES) == 0);
	c = ask_most(80000);
	WAIT_FOR(count_get(COUNT_REQUEST_BYTES) > 60000);
	ck_assert_int_eq(client_status(&c), 408);
	ck_assert_int_eq(count_get(COUNT_REQUEST_BYTES), 0);
	client_close(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_server_life");
	TCase *t = tcase_create("life");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, addresses);
	tcase_add_loop_test(t, start_fails, 0, (int)ARRAY_LEN(failures));
	tcase_add_test(t, handed_over);
	tcase_add_test(t, draining);
	tcase_add_test(t, drained_at_once);
	tcase_add_test(t, drain_deadline);
	tcase_add_test(t, many);
	tcase_add_test(t, request_memory);
	tcase_add_test(t, request_memory_back);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
