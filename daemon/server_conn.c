#include "daemon/server_impl.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* What a client may still send to a connection that we end, so that it can read our last words. */
enum { THROWN_AWAY_MAX = 4 << 20 };

/* Of each request, so much is not counted: a flood of large ones must not shut out the usual. */
enum { UNCOUNTED = 16 * 1024 };

enum sent { SENT, SENDING, GONE };

static void unlink_conn(struct conn *c)
{
	struct conn_list *list = &c->r->lists[c->phase];

	*(c->prev ? &c->prev->next : &list->first) = c->next;
	*(c->next ? &c->next->prev : &list->last) = c->prev;
}

static void link_conn(struct conn *c, enum phase phase)
{
	struct conn_list *list = &c->r->lists[phase];

	c->phase = phase;
	c->since = c->r->now;
	c->next = NULL;
	c->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = c;
	list->last = c;
}

/* Into a phase, its timer starting anew: each list stays in the order of the timers. */
static void enter(struct conn *c, enum phase phase)
{
	unlink_conn(c);
	link_conn(c, phase);
}

static void watch(struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (c->events != events && epoll_ctl(c->r->epoll, EPOLL_CTL_MOD, c->fd, &ev) == 0)
		c->events = events;
}

/* Whether t only says to come back later. */
static bool waits(struct conn *c, enum tls_result t)
{
	if (t == TLS_WANT_READ)
		watch(c, EPOLLIN);
	else if (t == TLS_WANT_WRITE)
		watch(c, EPOLLOUT);
	return t == TLS_WANT_READ || t == TLS_WANT_WRITE;
}

void server_call_free(struct call *call)
{
	if (!call)
		return;
	http_free(&call->http);
	buf_free(&call->wire);
	free(call);
}

static void let_go(struct reactor *r, struct call *call)
{
	if (!call)
		return;
	atomic_fetch_sub(&r->s->held, call->counted);
	count_add(COUNT_REQUEST_BYTES, -(int64_t)call->counted);
	server_call_free(call);
}

/*
 * Whether there is room for what was read of a request. Nobody has logged in yet when it comes:
 * without a cap for all, many connections with a large body each would take all memory.
 */
static bool affordable(struct reactor *r, struct call *call)
{
	size_t size = call->http.head.len + call->http.body.len, more;

	if (size <= UNCOUNTED + call->counted)
		return true;
	more = size - UNCOUNTED - call->counted;
	if (atomic_fetch_add(&r->s->held, more) + more > r->limits.request_memory) {
		atomic_fetch_sub(&r->s->held, more);
		return false;
	}
	call->counted += more;
	count_add(COUNT_REQUEST_BYTES, (int64_t)more);
	return true;
}

void server_conn_discard(struct server *s, struct conn *c)
{
	close(c->fd);
	server_peer_leave(s->peers, &c->from);
	atomic_fetch_sub(&c->r->conns, 1);
	count_add(COUNT_CONNECTIONS, -1);
	free(c);
}

void server_conn_close(struct conn *c)
{
	unlink_conn(c);
	tls_io_free(c->ssl);
	if (c->call && c->phase == PHASE_REPLY)
		c->call->conn = NULL;
	else
		let_go(c->r, c->call);
	buf_free(&c->ahead);
	buf_free(&c->out);
	server_conn_discard(c->r->s, c);
}

/* For clients that do not read: the kernel must not go on trying for minutes. */
static void reset(struct conn *c)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	server_conn_close(c);
}

/*
 * Closing a socket with unread data resets the connection, and the client may lose the reply
 * that explains why. So we only stop writing, and read until the client closes too.
 */
static void linger(struct conn *c)
{
	tls_io_free(c->ssl);
	c->ssl = NULL;
	buf_free(&c->ahead);
	if (shutdown(c->fd, SHUT_WR) < 0) {
		server_conn_close(c);
		return;
	}
	enter(c, PHASE_LINGER);
	watch(c, EPOLLIN);
}

static void throw_away(struct conn *c)
{
	ssize_t n = recv(c->fd, NULL, THROWN_AWAY_MAX, MSG_TRUNC | MSG_DONTWAIT);

	if (n > 0)
		c->thrown_away += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
		c->thrown_away > THROWN_AWAY_MAX)
		server_conn_close(c);
}

/* Writes what is in c->out. After GONE there is no c any more. */
static enum sent push(struct conn *c)
{
	while (c->sent < c->out.len) {
		size_t n;
		enum tls_result t =
			tls_io_write(c->ssl, c->out.data + c->sent, c->out.len - c->sent, &n);

		if (t != TLS_OK && !waits(c, t)) {
			server_conn_close(c);
			return GONE;
		}
		/* Any progress is worth another time span. */
		if (t == TLS_OK ? c->phase == PHASE_WRITE : c->phase != PHASE_WRITE)
			enter(c, PHASE_WRITE);
		if (t != TLS_OK)
			return SENDING;
		c->sent += n;
	}
	buf_free(&c->out);
	c->sent = 0;
	return SENT;
}

static void refuse(struct conn *c)
{
	count_add(COUNT_HTTP_ERRORS_TOTAL, 1);
	http_refusal(&c->out, &c->call->http);
	let_go(c->r, take(c->call));
	c->after = AFTER_CLOSE;
	if (push(c) == SENT)
		linger(c);
}

static void hand_over(struct conn *c)
{
	struct server *s = c->r->s;
	struct call *call = c->call;
	struct exchange *x = &call->x;

	enter(c, PHASE_REPLY);
	x->req.id = atomic_fetch_add(&s->last_id, 1) + 1;
	memcpy(x->req.peer, c->peer, sizeof c->peer);
	x->req.received = clock_ms();
	x->req.deadline = CLOCK_NEVER;
	x->req.audit.check_code = -1;
	x->get = http_is_get(&call->http);
	x->path = http_path(&call->http);
	x->host = http_value(&call->http, HTTP_HOST);
	x->body = call->http.body.data ? call->http.body.data : "";
	x->body_len = call->http.body.len;
	x->content_type = http_value(&call->http, HTTP_CONTENT_TYPE);
	x->soap_action = http_value(&call->http, HTTP_SOAP_ACTION);
	x->authorization = http_value(&call->http, HTTP_AUTHORIZATION);
	x->wsman_identify = http_value(&call->http, HTTP_WSMANIDENTIFY);
	x->user_agent = http_value(&call->http, HTTP_USER_AGENT);
	call->conn = c;
	call->box = c->r->box;
	server_mail_ref(call->box);
	c->r->out++;
	count_add(COUNT_REQUESTS_TOTAL, 1);
	s->c.on_request(s->c.arg, x);
}

static bool say_continue(struct conn *c)
{
	c->call->http.want_continue = false;
	buf_puts(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	c->after = AFTER_CONTINUE;
	return push(c) == SENT;
}

/* Takes n bytes of requests. True: more are wanted now. False: c may be gone. */
static bool take_bytes(struct conn *c, const char *bytes, size_t n)
{
	enum phase phase = c->phase;
	struct http *h;
	size_t used;

	if (!c->call)
		c->call = mem_calloc(1, sizeof *c->call);
	h = &c->call->http;
	used = http_feed(h, &c->r->rules, bytes, n);
	if (h->state != HTTP_REFUSED && !affordable(c->r, c->call))
		http_refuse(h, 503, "so many large requests are held that there is no room");
	if (h->state == HTTP_DONE) {
		if (used < n)
			buf_add(&c->ahead, bytes + used, n - used);
		hand_over(c);
		return false;
	}
	if (h->state == HTTP_REFUSED) {
		refuse(c);
		return false;
	}
	if (h->state > HTTP_FIELDS)
		phase = PHASE_BODY;
	else if (http_begun(h))
		phase = PHASE_HEAD;
	if (phase != c->phase)
		enter(c, phase);
	return !h->want_continue || say_continue(c);
}

static void read_on(struct conn *c)
{
	struct reactor *r = c->r;
	enum tls_result t;
	size_t n;

	do {
		t = tls_io_read(c->ssl, r->in, sizeof r->in, &n);
		if (waits(c, t))
			return;
		if (t != TLS_OK) {
			server_conn_close(c);
			return;
		}
	} while (take_bytes(c, r->in, n));
}

/* Goes on reading, beginning with what has come already. */
static void resume(struct conn *c)
{
	struct buf ahead = c->ahead;
	bool more = true;

	if (c->r->draining) {
		linger(c);
		return;
	}
	if (ahead.len) {
		memset(&c->ahead, 0, sizeof c->ahead);
		more = take_bytes(c, ahead.data, ahead.len);
		buf_free(&ahead);
	}
	if (!more)
		return;
	if (tls_io_pending(c->ssl))
		read_on(c);
	else
		watch(c, EPOLLIN);
}

static void all_sent(struct conn *c)
{
	switch (c->after) {
	case AFTER_CLOSE:
		linger(c);
		break;
	case AFTER_CONTINUE:
		enter(c, PHASE_BODY);
		resume(c);
		break;
	case AFTER_REPLY:
		/* Connections are few: nobody holds one for long without a login. */
		enter(c, c->known ? PHASE_IDLE : PHASE_HEAD);
		resume(c);
		break;
	}
}

void server_conn_reply(struct reactor *r, struct call *call)
{
	struct conn *c = call->conn;

	r->out--;
	if (c) {
		c->call = NULL;
		c->out = call->wire;
		memset(&call->wire, 0, sizeof call->wire);
		c->after = call->close || r->draining ? AFTER_CLOSE : AFTER_REPLY;
		c->known = call->known;
	}
	let_go(r, call);
	if (c && push(c) == SENT)
		all_sent(c);
}

static void shake_hands(struct conn *c)
{
	enum tls_result t = tls_io_handshake(c->ssl);

	if (waits(c, t))
		return;
	if (t != TLS_OK) {
		count_add(COUNT_TLS_FAILED_TOTAL, 1);
		server_conn_close(c);
		return;
	}
	/* Idling is for those who have asked something once. */
	enter(c, PHASE_HEAD);
	resume(c);
}

void server_conn_begin(struct conn *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	c->source = SOURCE_CONN;
	c->events = ev.events;
	if (!c->r->draining)
		c->ssl = tls_io_new(c->r->s->tls, c->fd);
	if (!c->ssl || epoll_ctl(c->r->epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0) {
		tls_io_free(c->ssl);
		server_conn_discard(c->r->s, c);
		return;
	}
	link_conn(c, PHASE_HANDSHAKE);
}

void server_conn_event(struct conn *c, uint32_t events)
{
	switch (c->phase) {
	case PHASE_HANDSHAKE:
		shake_hands(c);
		break;
	case PHASE_REPLY:
		/* What comes meanwhile is the next request's, and waits in the socket. */
		if (events & (EPOLLHUP | EPOLLERR))
			server_conn_close(c);
		else
			watch(c, 0);
		break;
	case PHASE_WRITE:
		if (push(c) == SENT)
			all_sent(c);
		break;
	case PHASE_LINGER:
		throw_away(c);
		break;
	default:
		read_on(c);
		break;
	}
}

void server_conn_timeout(struct conn *c)
{
	switch (c->phase) {
	case PHASE_HANDSHAKE:
		count_add(COUNT_TLS_FAILED_TOTAL, 1);
		server_conn_close(c);
		break;
	case PHASE_HEAD:
	case PHASE_BODY:
		if (!c->call) { /* not one byte came: there is nothing to answer */
			server_conn_close(c);
			break;
		}
		http_refuse(&c->call->http, 408, "the request did not come whole in time");
		refuse(c);
		break;
	case PHASE_WRITE:
		reset(c);
		break;
	default:
		server_conn_close(c);
		break;
	}
}
