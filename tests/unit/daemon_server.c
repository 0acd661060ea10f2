/*
 * The server from outside: real TLS connections over the loopback interface.
 */
#include "daemon/server_impl.h"
#include "tests/unit/https_site.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

/* What is said, and the replies to it: "STATUS[BODY] " each, "." for the end of the connection. */
static const struct {
	const char *name, *say, *want;
} talks[] = {
	{ "one", ASK(5) "hello", "200[hello] " },
	{ "pipelined", ASK(1) "a" ASK(2) "bb" ASK(3) "ccc", "200[a] 200[bb] 200[ccc] " },
	{ "pipelined, with chunks",
		POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n" ASK(1) "c",
		"200[ab] 200[c] " },
	{ "an empty body", ASK(0), "200[] " },
	{ "401 keeps the connection", ASK(3) "401" ASK(1) "a", "401 200[a] " },
	{ "the handler closes", ASK(5) "close" ASK(1) "a", "200[close] ." },
	{ "the client closes", POST "Connection: close\r\nContent-Length: 1\r\n\r\na" ASK(1) "b",
		"200[a] ." },
	{ "HTTP/1.0", "POST /wsman HTTP/1.0\r\nContent-Length: 1\r\n\r\na", "200[a] ." },
	{ "HTTP/1.0 that stays",
		"POST /wsman HTTP/1.0\r\nConnection: keep-alive\r\n"
		"Content-Length: 1\r\n\r\na" ASK(1) "b",
		"200[a] 200[b] " },
	{ "refused behind an answer",
		ASK(1) "a"
		       "GET /wsman HTTP/1.1\r\nHost: h\r\n\r\n" ASK(1) "b",
		"200[a] 405 ." },
	{ "GET and POST in turn",
		"GET /wsman?wsdl HTTP/1.1\r\nHost: h:1\r\n\r\n" ASK(
			1) "a"
			   "GET /wsman?wsdl HTTP/1.1\r\nHost: h:1\r\n\r\n",
		"200[h:1] 200[a] 200[h:1] " },
	{ "no such path", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na", "404 ." },
	{ "a body at the cap", POST "Content-Length: 1048577\r\n\r\n", "413 ." },
	{ "two lengths", POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "400 ." },
	{ "100-continue with the body", POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na",
		"200[a] " },
	{ "another expectation", POST "Expect: x\r\nContent-Length: 1\r\n\r\na", "417 ." },
};

static void check_talk(const char *say, size_t pieces, const char *want)
{
	struct client c = client_open(port);
	auto_buf struct buf got = { 0 };

	for (size_t at = 0; at < strlen(say); at += pieces)
		client_send(&c, say + at, strlen(say + at) < pieces ? strlen(say + at) : pieces);
	while (!got.data || strlen(got.data) < strlen(want)) {
		struct reply r = client_hear(&c);

		if (r.status == 0)
			buf_puts(&got, ".");
		else
			buf_printf(&got, "%d%s ", r.status, r.status == 200 ? r.body : "");
		free(r.body);
		if (r.status == 0)
			break;
	}
	ck_assert_str_eq(got.data, want);
	client_close(&c);
}

START_TEST(talk)
{
	struct server_config c = config();

	c.threads = 2;
	serve(&c);
	for (how = AT_ONCE; how <= BY_POOL; how++) {
		check_talk(talks[_i].say, 16384, talks[_i].want);
		check_talk(talks[_i].say, 7, talks[_i].want);
	}
}
END_TEST

START_TEST(continues_once)
{
	struct server_config conf = config();
	struct client c;

	serve(&conf);
	c = client_open(port);
	for (int i = 0; i < 2; i++) {
		client_say(&c, POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
		ck_assert_int_eq(client_status(&c), 100);
		client_say(&c, "a");
		client_say(&c, "b");
		ck_assert_int_eq(client_status(&c), 200);
	}
	client_close(&c);
}
END_TEST

/* The refusal comes before the body, and can still be read by a client that sends on. */
START_TEST(too_large)
{
	struct server_config conf = config();
	char *megabyte = mem_calloc(1, 1 << 20);
	struct client c;

	serve(&conf);
	c = client_open(port);
	client_say(&c, POST "Content-Length: 99999999999\r\n\r\n");
	ck_assert_int_eq(client_status(&c), 413);
	client_close(&c);

	c = client_open(port);
	client_say(&c, POST "Transfer-Encoding: chunked\r\n\r\n200000\r\n");
	client_send(&c, megabyte, 1 << 20);
	ck_assert_int_eq(client_status(&c), 413);
	ck_assert(client_at_end(&c));
	client_close(&c);
	free(megabyte);
}
END_TEST

START_TEST(what_is_handed_over)
{
	struct server_config conf = config();
	const struct exchange *x;
	struct client c;
	int64_t before = clock_ms();

	how = HELD;
	serve(&conf);
	c = client_open(port);
	client_say(&c,
		"POST /wsman?x HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nContent-Length: 2\r\n"
		"SOAPAction: \"urn:x\"\r\nAuthorization: Basic YQ==\r\nUser-Agent: u\r\n\r\nab" POST
		"WSMANIDENTIFY: unauthenticated\r\nContent-Length: 0\r\n\r\n");
	WAIT_FOR(count_held() == 1);
	x = held[0];
	ck_assert_str_eq(x->path, "/wsman");
	ck_assert_str_eq(x->body, "ab");
	ck_assert_uint_eq(x->body_len, 2);
	ck_assert_str_eq(x->content_type, "a/b");
	ck_assert_str_eq(x->soap_action, "urn:x");
	ck_assert_str_eq(x->authorization, "Basic YQ==");
	ck_assert_str_eq(x->user_agent, "u");
	ck_assert_ptr_null(x->wsman_identify);
	ck_assert_int_eq(strncmp(x->req.peer, "127.0.0.1:", 10), 0);
	ck_assert_uint_eq(x->req.id, 1);
	ck_assert(x->req.received >= before && x->req.received <= clock_ms());
	ck_assert_int_eq(x->req.deadline, CLOCK_NEVER);
	ck_assert_int_eq(x->req.audit.check_code, -1);
	ck_assert(!principal_known(&x->req.who));
	answer(held[0]);
	WAIT_FOR(count_held() == 2);
	x = held[1];
	ck_assert_uint_eq(x->req.id, 2);
	ck_assert_str_eq(x->body, "");
	ck_assert_str_eq(x->wsman_identify, "unauthenticated");
	ck_assert_ptr_null(x->authorization);
	answer(held[1]);
	ck_assert_int_eq(client_status(&c), 200);
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

/* The second request of a connection is handed over when the first is answered, not before. */
START_TEST(one_at_a_time)
{
	struct server_config conf = config();
	struct client a, b;

	how = HELD;
	serve(&conf);
	a = client_open(port);
	b = client_open(port);
	client_say(&a, ASK(1) "a" ASK(1) "b");
	WAIT_FOR(count_held() == 1);
	client_say(&b, ASK(1) "c");
	WAIT_FOR(count_held() == 2);
	ck_assert_str_eq(held[0]->body, "a");
	ck_assert_str_eq(held[1]->body, "c");
	answer(held[1]);
	ck_assert_int_eq(client_status(&b), 200);
	ck_assert_uint_eq(count_held(), 2);
	answer(held[0]);
	WAIT_FOR(count_held() == 3);
	ck_assert_str_eq(held[2]->body, "b");
	answer(held[2]);
	ck_assert_int_eq(client_status(&a), 200);
	ck_assert_int_eq(client_status(&a), 200);
	client_close(&a);
	client_close(&b);
}
END_TEST

enum limit { HANDSHAKE, HEADER, BODY, IDLE };

/* Who says too little within 100 ms, and what it is told. */
static const struct {
	const char *name;
	enum limit limit;
	bool handshake;
	const char *say;
	int statuses[3]; /* ended by 0, which is the end of the connection */
} slow[] = {
	{ "silence", HANDSHAKE, false, "", { 0 } },
	{ "half a handshake", HANDSHAKE, false, "\x16\x03\x01\x02", { 0 } },
	{ "nothing", HEADER, true, "", { 0 } },
	{ "nothing any more", IDLE, true, ASK(0), { 200, 0 } },
	{ "an empty line", HEADER, true, "\r\n", { 408, 0 } },
	{ "nothing any more, and no login", HEADER, true, ASK(3) "401", { 401, 0 } },
	{ "half a line, and no login", HEADER, true, ASK(3) "401POST /ws", { 401, 408, 0 } },
	{ "an empty line at the end", IDLE, true, ASK(0) "\r\n", { 200, 0 } },
	{ "half a line", HEADER, true, "POST /ws", { 408, 0 } },
	{ "half a head", HEADER, true, ASK(0) POST, { 200, 408, 0 } },
	{ "half a body", BODY, true, ASK(2) "a", { 408, 0 } },
	{ "no body after 100", BODY, true, POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n",
		{ 100, 408, 0 } },
	{ "half a chunk", BODY, true, POST "Transfer-Encoding: chunked\r\n\r\n2\r\na", { 408, 0 } },
};

START_TEST(slow_clients)
{
	struct server_config conf = config();
	int64_t *limits[] = { &conf.limits.handshake_ms, &conf.limits.header_ms,
		&conf.limits.body_ms, &conf.limits.idle_ms };
	struct client c = client_new(0);
	int64_t begin = clock_ms();
	char byte;

	*limits[slow[_i].limit] = 100;
	serve(&conf);
	if (slow[_i].handshake) {
		ck_assert(client_connect(&c, port));
		client_say(&c, slow[_i].say);
		for (const int *status = slow[_i].statuses;; status++) {
			ck_assert_int_eq(client_status(&c), *status);
			if (!*status)
				break;
		}
	} else {
		c.fd = dial(port);
		ck_assert_int_ge(write(c.fd, slow[_i].say, strlen(slow[_i].say)), 0);
		ck_assert_int_le(read(c.fd, &byte, 1), 0);
		ck_assert_int_eq(count_get(COUNT_TLS_FAILED_TOTAL), 1);
	}
	ck_assert_int_ge(clock_ms() - begin, 100);
	ck_assert_int_lt(clock_ms() - begin, LONG_MS);
	client_close(&c);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
}
END_TEST

/* A trickle of bytes is no progress: head and body have to be whole in time. */
START_TEST(trickle)
{
	struct server_config conf = config();
	const char *text = _i ? ASK(999) : POST;
	struct client c;
	int64_t until = clock_in(LONG_MS);

	signal(SIGPIPE, SIG_IGN);
	conf.limits.header_ms = conf.limits.body_ms = 200;
	serve(&conf);
	c = client_open(port);
	client_say(&c, text);
	while (SSL_write(c.ssl, "X", 1) == 1 && count_get(COUNT_HTTP_ERRORS_TOTAL) == 0) {
		ck_assert_int_gt(clock_left(until), 0);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	ck_assert_int_eq(client_status(&c), 408);
	client_close(&c);
}
END_TEST

/* A client that does not read its reply is not kept, nor does it keep others waiting. */
START_TEST(stalled_reader)
{
	struct server_config conf = config();
	struct client stalled, other;

	conf.limits.write_ms = 100;
	serve(&conf);
	stalled = client_open(port);
	client_say(&stalled, ASK(5) "large");
	other = client_open(port);
	client_say(&other, ASK(0));
	ck_assert_int_eq(client_status(&other), 200);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 1);
	client_close(&stalled);
	client_close(&other);
}
END_TEST

/* A large reply arrives whole, also behind another one. */
START_TEST(large_replies)
{
	struct server_config conf = config();
	struct client c;

	serve(&conf);
	c = client_open(port);
	client_say(&c, ASK(5) "large" ASK(5) "large");
	for (int i = 0; i < 2; i++) {
		struct reply r = client_hear(&c);

		ck_assert_uint_ge(r.length, LARGE_BYTES);
		ck_assert_str_eq(r.body + r.length - 16, "0123456789abcde\n");
		free(r.body);
	}
	client_close(&c);
}
END_TEST

/* A large request, too, in as many pieces as there are records, and larger than one read. */
START_TEST(large_request)
{
	struct server_config conf = config();
	char *megabyte = mem_calloc(1, 1 << 20);
	struct client c;
	struct reply r;

	memset(megabyte, 'x', 1 << 20);
	serve(&conf);
	c = client_open(port);
	for (int i = 0; i < 2; i++) {
		client_say(&c, POST "Content-Length: 1048576\r\n\r\n");
		client_send(&c, megabyte, 1 << 20);
		r = client_hear(&c);
		ck_assert_uint_eq(r.length, (1 << 20) + 2);
		ck_assert_int_eq(memcmp(r.body + 1, megabyte, 1 << 20), 0);
		free(r.body);
	}
	client_close(&c);
	free(megabyte);
}
END_TEST

/* Whether a new connection is let in; it is kept in *c. */
static bool let_in(struct client *c)
{
	*c = client_new(0);
	return client_connect(c, port);
}

START_TEST(caps)
{
	struct server_config conf = config();
	struct server_limits more = conf.limits;
	struct client c[4];

	signal(SIGPIPE, SIG_IGN);
	if (_i == 0)
		conf.limits.connections = 2;
	else
		conf.limits.connections_per_address = 2;
	serve(&conf);
	ck_assert(let_in(&c[0]) && let_in(&c[1]) && !let_in(&c[2]));
	ck_assert_int_eq(count_get(COUNT_REFUSED_TOTAL), 1);
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS), 2);
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS_TOTAL), 2);
	client_close(&c[2]);
	client_close(&c[0]);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 1);
	ck_assert(let_in(&c[0]) && !let_in(&c[2]));
	client_close(&c[2]);

	/* A reload raises them, and shortens a time limit that runs already. */
	more.header_ms = 100;
	server_set_limits(server, &more);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
	ck_assert(let_in(&c[2]) && let_in(&c[3]));
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
}
END_TEST

static struct in6_addr address(const char *text)
{
	struct sockaddr_storage a = { .ss_family = strchr(text, ':') ? AF_INET6 : AF_INET };
	struct in6_addr from;
	char name[64];

	if (a.ss_family == AF_INET6)
		inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&a)->sin6_addr);
	else
		inet_pton(AF_INET, text, &((struct sockaddr_in *)&a)->sin_addr);
	server_listen_peer(&a, &from, name, sizeof name);
	return from;
}

static const struct {
	const char *a, *b;
	bool same;
} neighbours[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.1", "::ffff:192.0.2.1", true },
	{ "2001:db8::1", "2001:db8::ffff:1", true },
	{ "2001:db8::1", "2001:db8:0:1::1", false },
	{ "::1", "127.0.0.1", false },
};

/* Who counts as one: an IPv4 address, an IPv6 network of 64 bits. */
START_TEST(one_address)
{
	const struct server_limits one = { .connections = 10, .connections_per_address = 1 };
	struct in6_addr a = address(neighbours[_i].a), b = address(neighbours[_i].b);
	struct peers *p = server_peer_new();

	ck_assert(server_peer_admit(p, &a, &one));
	ck_assert_int_eq(server_peer_admit(p, &b, &one), !neighbours[_i].same);
	server_peer_leave(p, neighbours[_i].same ? &b : &a);
	ck_assert(server_peer_admit(p, &a, &one));
	server_peer_free(p);
}
END_TEST

/* The client leaves (0: politely, 1: by a reset) while its request is being answered. */
START_TEST(client_leaves)
{
	const struct linger now = { .l_onoff = 1 };
	struct server_config conf = config();
	struct client c;

	how = HELD;
	serve(&conf);
	for (size_t i = 0; i < 3; i++) {
		c = client_open(port);
		client_say(&c, ASK(1) "a");
		WAIT_FOR(count_held() == i + 1);
		if (_i)
			setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
		client_close(&c);
	}
	if (_i)
		WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
	for (size_t i = 0; i < 3; i++)
		answer(held[i]);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
}
END_TEST

/* In the middle of a reply, too: SIGPIPE would end this process. */
START_TEST(client_leaves_in_reply)
{
	struct server_config conf = config();
	struct client c;
	char byte;

	serve(&conf);
	for (int i = 0; i < 3; i++) {
		c = client_open(port);
		client_say(&c, ASK(5) "large" ASK(5) "large");
		ck_assert_int_eq(SSL_read(c.ssl, &byte, 1), 1);
		client_close(&c);
	}
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
}
END_TEST

/* What is no TLS is closed and counted, and others are served. */
static const char *const garbage[] = { "POST /wsman HTTP/1.1\r\nHost: h\r\n\r\n",
	"\x16\x03\x01\xff\xff\xff\xff\xff\xff\xff\xff", "\x80\x2e\x01\x03\x01", "SSH-2.0-x\r\n" };

START_TEST(no_tls)
{
	struct server_config conf = config();
	struct client c;
	char rest[64];
	int fd;

	serve(&conf);
	fd = dial(port);
	ck_assert_int_gt(write(fd, garbage[_i], strlen(garbage[_i])), 0);
	shutdown(fd, SHUT_WR);
	while (read(fd, rest, sizeof rest) > 0)
		;
	close(fd);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 0);
	ck_assert_int_eq(count_get(COUNT_TLS_FAILED_TOTAL), 1);
	c = client_open(port);
	client_say(&c, ASK(0));
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

/* Without descriptors the server waits, without burning the processor, and recovers. */
START_TEST(no_descriptors)
{
	struct server_config conf = config();
	struct rlimit few;
	struct client c;
	struct timespec before, after;
	int fds[3], spare, waiting;

	serve(&conf);
	for (int i = 0; i < 3; i++)
		fds[i] = dial(port);
	WAIT_FOR(count_get(COUNT_CONNECTIONS) == 3);
	waiting = socket(AF_INET, SOCK_STREAM, 0);
	spare = open("/dev/null", O_RDONLY);
	close(spare);
	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = (rlim_t)spare;
	setrlimit(RLIMIT_NOFILE, &few);
	close(waiting);
	c = client_new(0);
	c.fd = dial(port);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	ck_assert_int_lt(
		(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000,
		200);
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS), 3);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	c.ssl = SSL_new(c.ctx);
	SSL_set_fd(c.ssl, c.fd);
	ck_assert_int_eq(SSL_connect(c.ssl), 1);
	client_say(&c, ASK(0));
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_server");
	TCase *t = tcase_create("server");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, talk, 0, (int)ARRAY_LEN(talks));
	tcase_add_test(t, continues_once);
	tcase_add_test(t, too_large);
	tcase_add_test(t, what_is_handed_over);
	tcase_add_test(t, one_at_a_time);
	tcase_add_loop_test(t, slow_clients, 0, (int)ARRAY_LEN(slow));
	tcase_add_loop_test(t, trickle, 0, 2);
	tcase_add_test(t, stalled_reader);
	tcase_add_test(t, large_replies);
	tcase_add_test(t, large_request);
	tcase_add_loop_test(t, caps, 0, 2);
	tcase_add_loop_test(t, one_address, 0, (int)ARRAY_LEN(neighbours));
	tcase_add_loop_test(t, client_leaves, 0, 2);
	tcase_add_test(t, client_leaves_in_reply);
	tcase_add_loop_test(t, no_tls, 0, (int)ARRAY_LEN(garbage));
	tcase_add_test(t, no_descriptors);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
