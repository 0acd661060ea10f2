#include "daemon/gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/audit.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/mem.h"

#define ANONYMOUS_PATH "/wsman-anon/identify"

/* An Identify is short, and nothing longer is parsed for somebody unknown. */
enum { ANONYMOUS_BODY_MAX = 16 * 1024 };

/* To read a larger one takes milliseconds. */
enum { LONG_BODY = 16 * 1024 };

struct gate {
	struct gate_config config;
	_Atomic size_t open;
};

/* A request on its way through the gate. */
struct call {
	struct work work;
	struct gate *gate;
	struct exchange *x;
	pthread_t worker; /* that asks who it is */
	struct auth_call login;
	struct wsman_call ws;
};

#define CALL_OF(p, member) ((struct call *)((char *)(p)-offsetof(struct call, member)))

struct gate *gate_new(const struct gate_config *c)
{
	struct gate *g = mem_calloc(1, sizeof *g);

	g->config = *c;
	return g;
}

size_t gate_open(const struct gate *g)
{
	return atomic_load(&g->open);
}

void gate_free(struct gate *g)
{
	free(g);
}

static bool is_service(const struct gate *g, const char *path)
{
	size_t n = strlen(g->config.path);

	return strncmp(path, g->config.path, n) == 0 && (!path[n] || strcmp(path + n, "/") == 0);
}

bool gate_path_known(void *gate, const char *path)
{
	return is_service(gate, path) || strcmp(path, ANONYMOUS_PATH) == 0;
}

bool gate_get_known(void *gate, const char *path, const char *query)
{
	return is_service(gate, path) && query && strcasecmp(query, "wsdl") == 0;
}

static bool is_anonymous(const struct exchange *x)
{
	return strcmp(x->path, ANONYMOUS_PATH) == 0 ||
	       (x->wsman_identify && strcasecmp(x->wsman_identify, "unauthenticated") == 0);
}

/*
 * The one way out. The gate is not touched after the reply is sent: the server counts the
 * exchange as done then, and all may be freed.
 */
static void finish(struct call *c, const struct server_reply *reply, const char *refused)
{
	struct exchange *x = c->x;
	struct gate *g = c->gate;

	c->ws.req.audit.status = reply->status;
	audit_write(&c->ws.req, c->login.claimed, refused);
	free(c);
	count_add(COUNT_REQUESTS, -1);
	atomic_fetch_sub(&g->open, 1);
	server_reply(x, reply);
}

static void refuse_busy(struct call *c, const char *why)
{
	const struct server_reply reply = { .status = 503, .headers = "Retry-After: 1\r\n" };

	finish(c, &reply, why);
}

static void refuse_large(struct call *c)
{
	const struct server_reply reply = { .status = 413 };

	finish(c, &reply, "anonymous-too-large");
}

static void refuse_login(struct call *c)
{
	const struct server_reply reply = { .status = 401,
		.headers = auth_challenges(c->gate->config.auth) };

	if (c->login.authorization)
		count_add(COUNT_AUTH_FAILED_TOTAL, 1);
	finish(c, &reply, c->login.why);
}

static void answered(struct wsman_call *ws)
{
	struct buf body = ws->reply;
	const struct server_reply reply = { .status = ws->status,
		.content_type = ws->reply_type,
		.body = &body,
		.close = ws->close,
		.known = principal_known(&ws->req.who) };

	ws->reply = (struct buf){ 0 };
	finish(CALL_OF(ws, ws), &reply, NULL);
	buf_free(&body);
}

/* The service is where whoever asks has reached it. */
static void answer_wsdl(struct call *c)
{
	auto_buf struct buf address = { 0 }, body = { 0 };
	const struct server_reply reply = { .status = 200,
		.content_type = "text/xml;charset=UTF-8",
		.body = &body,
		.known = true };

	if (c->x->host)
		buf_printf(&address, "https://%s", c->x->host);
	buf_puts(&address, c->x->path);
	wsman_wsdl(&body, address.data);
	snprintf(c->ws.req.audit.operation, sizeof c->ws.req.audit.operation, "WSDL");
	finish(c, &reply, NULL);
}

static void handle(struct call *c)
{
	const struct exchange *x = c->x;

	c->ws.req.who = c->login.who;
	if (x->get && principal_known(&c->login.who)) {
		answer_wsdl(c);
		return;
	}
	c->ws.anonymous = !principal_known(&c->login.who);
	c->ws.content_type = x->content_type;
	c->ws.soap_action = x->soap_action;
	c->ws.user_agent = x->user_agent;
	c->ws.body = x->body;
	c->ws.body_len = x->body_len;
	c->ws.done = answered;
	wsman_handle(c->gate->config.wsman, &c->ws);
}

static void resume(struct work *w)
{
	handle(CALL_OF(w, work));
}

static void enter(struct call *c)
{
	struct err e;

	/* A login that needed a hash comes back on a thread of auth's. */
	if (pthread_equal(c->worker, pthread_self())) {
		handle(c);
		return;
	}
	c->work.run = resume;
	if (pool_push(c->gate->config.workers, &c->work, &e))
		refuse_busy(c, "queue-full");
}

static void logged_in(struct auth_call *login)
{
	struct call *c = CALL_OF(login, login);

	switch (login->verdict) {
	case AUTH_ACCEPTED:
		enter(c);
		break;
	case AUTH_BUSY:
		refuse_busy(c, login->why);
		break;
	case AUTH_REFUSED:
		refuse_login(c);
		break;
	}
}

static void begin(struct work *w)
{
	struct call *c = CALL_OF(w, work);

	if (!c->x->get && is_anonymous(c->x)) {
		if (c->x->body_len > ANONYMOUS_BODY_MAX)
			refuse_large(c);
		else
			handle(c);
		return;
	}
	c->worker = pthread_self();
	c->login.authorization = c->x->authorization;
	c->login.now = clock_ms();
	c->login.peer = c->x->req.peer;
	c->login.done = logged_in;
	auth_check(c->gate->config.auth, &c->login);
}

void gate_request(void *gate, struct exchange *x)
{
	struct gate *g = gate;
	struct call *c = mem_calloc(1, sizeof *c);
	struct err e;

	c->gate = g;
	c->x = x;
	c->work.run = begin;
	c->work.is_long = x->body_len > LONG_BODY;
	c->ws.req = x->req;
	c->ws.req.deadline = CLOCK_NEVER;
	c->ws.req.audit.check_code = -1;
	count_add(COUNT_REQUESTS, 1);
	atomic_fetch_add(&g->open, 1);
	if (pool_push(g->config.workers, &c->work, &e))
		refuse_busy(c, "queue-full");
}
