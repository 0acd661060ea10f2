/*
 * For the tests of the server: one that echoes, at once, through a pool of threads, or when the
 * test says so. One for each test program; setup() and teardown() are its fixture.
 */
#ifndef VSMIGD_TESTS_HTTPS_SITE_H
#define VSMIGD_TESTS_HTTPS_SITE_H

#include <pthread.h>

#include "daemon/base/count.h"
#include "daemon/base/pool.h"
#include "daemon/server.h"
#include "tests/unit/https.h"

#define POST "POST /wsman HTTP/1.1\r\nHost: h\r\n"
#define ASK(length) POST "Content-Length: " #length "\r\n\r\n"

enum how { AT_ONCE, BY_POOL, HELD };

enum { LONG_MS = 15000, LARGE_BYTES = 16 << 20, SIZE = 32 };

static struct tls *tls;
static struct server *server;
static struct pool *pool;
static unsigned port;
static _Atomic enum how how;

/* What was handed over and waits for the test; under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct exchange *held[SIZE];
static size_t n_held;

struct job {
	struct work work;
	struct exchange *x;
};

static inline bool path_known(void *arg, const char *path)
{
	(void)arg;
	return strcmp(path, "/wsman") == 0;
}

static inline bool get_known(void *arg, const char *path, const char *query)
{
	return path_known(arg, path) && query && strcmp(query, "wsdl") == 0;
}

/* "[BODY]", for a GET "[Host]"; the bodies "close", "401" and "large" are commands. */
static inline void answer(struct exchange *x)
{
	struct buf body = { 0 };
	struct server_reply r = { .status = 200, .content_type = "text/plain", .body = &body };

	buf_puts(&body, "[");
	if (x->get)
		buf_puts(&body, x->host);
	buf_add(&body, x->body, x->body_len);
	buf_puts(&body, "]");
	if (strcmp(x->body, "large") == 0) {
		buf_reserve(&body, LARGE_BYTES);
		while (body.len < LARGE_BYTES)
			buf_puts(&body, "0123456789abcde\n");
	}
	if (strcmp(x->body, "401") == 0) {
		r.status = 401;
		r.headers = "WWW-Authenticate: Basic realm=\"WSMAN\"\r\n";
		r.body = NULL;
		buf_free(&body);
	}
	r.close = strcmp(x->body, "close") == 0;
	r.known = r.status == 200;
	server_reply(x, &r);
}

static inline void run(struct work *w)
{
	struct job *job = (struct job *)w;
	struct exchange *x = job->x;

	free(job);
	answer(x);
}

static inline void on_request(void *arg, struct exchange *x)
{
	struct job *job;
	struct err e;

	ck_assert_ptr_eq(arg, &server);
	if (how == BY_POOL) {
		job = mem_calloc(1, sizeof *job);
		job->work.run = run;
		job->x = x;
		ck_assert_int_eq(pool_push(pool, &job->work, &e), 0);
	} else if (how == HELD) {
		pthread_mutex_lock(&lock);
		held[n_held++] = x;
		pthread_mutex_unlock(&lock);
	} else {
		answer(x);
	}
}

static inline size_t count_held(void)
{
	pthread_mutex_lock(&lock);
	size_t n = n_held;
	pthread_mutex_unlock(&lock);
	return n;
}

static inline struct server_config config(void)
{
	static const char *const address = "127.0.0.1";

	return (struct server_config){ .addresses = &address,
		.n_addresses = 1,
		.threads = 1,
		.limits = { 4096, 1 << 20, 100 << 20, 100, 100, LONG_MS, LONG_MS, LONG_MS, LONG_MS,
			LONG_MS },
		.path_known = path_known,
		.get_known = get_known,
		.on_request = on_request,
		.arg = &server };
}

static inline void serve(const struct server_config *c)
{
	struct err e = { 0 };

	server = server_start(c, tls, &e);
	ck_assert_msg(server != NULL, "%s", e.text);
	port = (unsigned)atoi(strrchr(server_address(server, 0), ':') + 1);
}

static inline void setup(void)
{
	struct tls_config t = { 0 };
	struct err e = { 0 };

	make_dir();
	make_simple_cert("server");
	t.certificate = in_dir("server.crt");
	t.private_key = in_dir("server.key");
	tls = tls_new(&t, &e);
	ck_assert_msg(tls != NULL, "%s", e.text);
	pool = pool_new("test", 4, 0);
}

static inline void teardown(void)
{
	if (server)
		server_drain(server, clock_in(5000));
	ck_assert_int_eq(count_get(COUNT_CONNECTIONS), 0);
	pool_free(pool);
	tls_free(tls);
	remove_dir();
}

#endif
