#include "daemon/server.h"
#include "daemon/base/clock.h"
#include "daemon/base/mem.h"
#include "daemon/server_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(offsetof(struct call, x) == 0, "an exchange is the beginning of its call");

static int reactors_start(struct server *s, unsigned n, struct err *e)
{
	int r = 0;

	s->reactors = mem_calloc(n, sizeof *s->reactors);
	for (; r == 0 && s->n_reactors < n; s->n_reactors++)
		r = server_loop_open(&s->reactors[s->n_reactors], s, e);
	for (unsigned i = 0; r == 0 && i < n; i++)
		r = server_loop_start(&s->reactors[i], e);
	return r;
}

struct server *server_start(const struct server_config *c, struct tls *tls, struct err *e)
{
	struct server *s = mem_calloc(1, sizeof *s);

	s->c = *c;
	s->c.addresses = NULL;
	s->c.fds = NULL;
	s->limits = c->limits;
	s->tls = tls;
	s->peers = server_peer_new();
	pthread_mutex_init(&s->lock, NULL);
	if (server_listen_open(s, c, e) == 0 &&
		reactors_start(s, c->threads ? c->threads : 1, e) == 0)
		return s;
	server_drain(s, 0);
	return NULL;
}

const char *server_address(const struct server *s, size_t i)
{
	return i < s->n_listeners ? s->listeners[i].name : NULL;
}

void server_reply(struct exchange *x, const struct server_reply *r)
{
	struct call *call = (struct call *)x;
	struct mailbox *box = call->box;
	struct http_reply head = {
		.status = r->status,
		.content_type = r->content_type,
		.headers = r->headers,
		.length = r->body ? r->body->len : 0,
		.old = call->http.old,
	};

	call->close = r->close || !call->http.keep_alive || atomic_load(&box->closing);
	call->known = r->known;
	head.close = call->close;
	http_reply_head(&call->wire, &head);
	if (head.length)
		buf_add(&call->wire, r->body->data, r->body->len);
	if (r->body)
		buf_free(r->body);
	if (!server_mail_reply(box, call))
		server_call_free(call);
	server_mail_unref(box);
}

void server_set_limits(struct server *s, const struct server_limits *l)
{
	pthread_mutex_lock(&s->lock);
	s->limits = *l;
	atomic_fetch_add(&s->limits_version, 1);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->n_reactors; i++)
		server_mail_wake(s->reactors[i].box);
}

void server_drain(struct server *s, int64_t deadline)
{
	atomic_store(&s->drain_by, deadline);
	for (unsigned i = 0; i < s->n_reactors; i++)
		atomic_store(&s->reactors[i].box->closing, true);
	atomic_store(&s->draining, true);
	server_listen_refuse(s);
	for (unsigned i = 0; i < s->n_reactors; i++)
		server_mail_wake(s->reactors[i].box);
	for (unsigned i = 0; i < s->n_reactors; i++) {
		if (s->reactors[i].started)
			pthread_join(s->reactors[i].thread, NULL);
	}
	for (unsigned i = 0; i < s->n_reactors; i++)
		server_loop_close(&s->reactors[i]);
	free(s->reactors);
	server_listen_close(s);
	free(s->listeners);
	server_peer_free(s->peers);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
