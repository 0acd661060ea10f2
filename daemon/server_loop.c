#include "daemon/server_impl.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	EVENTS = 64,
	ACCEPTS = 16, /* at one go, before connections get their turn again */
	ACCEPT_REST_MS = 100, /* when descriptors or memory are short */
	LINGER_MS = 2000,
};

static int64_t time_limit(const struct reactor *r, enum phase phase)
{
	switch (phase) {
	case PHASE_HANDSHAKE:
		return r->limits.handshake_ms;
	case PHASE_IDLE:
		return r->limits.idle_ms;
	case PHASE_HEAD:
		return r->limits.header_ms;
	case PHASE_BODY:
		return r->limits.body_ms;
	case PHASE_WRITE:
		return r->limits.write_ms;
	case PHASE_LINGER:
		return LINGER_MS;
	default:
		return CLOCK_NEVER;
	}
}

/* When the first connection in a phase is due: the lists are in that order. */
static int64_t due(const struct reactor *r, enum phase phase)
{
	const struct conn *c = r->lists[phase].first;
	int64_t at;

	if (!c || __builtin_add_overflow(c->since, time_limit(r, phase), &at))
		return CLOCK_NEVER;
	return at;
}

static void stop_listening(struct reactor *r, int64_t until)
{
	for (size_t i = 0; i < r->s->n_listeners; i++)
		epoll_ctl(r->epoll, EPOLL_CTL_DEL, r->s->listeners[i].fd, NULL);
	r->listening = false;
	r->accept_at = until;
}

/*
 * Every reactor watches every listening socket, and the kernel wakes one of them. Not a socket
 * for each (SO_REUSEPORT): one handed over by the service manager cannot be multiplied, and a
 * client that the kernel gave to a busy reactor would wait although another is free.
 */
static bool start_listening(struct reactor *r)
{
	r->listening = true;
	for (size_t i = 0; i < r->s->n_listeners; i++) {
		struct listener *l = &r->s->listeners[i];
		struct epoll_event ev = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = l };

		if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, l->fd, &ev) < 0) {
			int why = errno;

			stop_listening(r, r->now + ACCEPT_REST_MS);
			errno = why;
			return false;
		}
	}
	return true;
}

/* Who accepts is chance; who serves is the one with the fewest connections. */
static struct reactor *least_busy(struct reactor *r)
{
	struct reactor *best = r;

	for (unsigned i = 0; i < r->s->n_reactors; i++) {
		struct reactor *other = &r->s->reactors[i];

		if (atomic_load(&other->conns) < atomic_load(&best->conns))
			best = other;
	}
	return best;
}

static void welcome(struct reactor *r, int fd, const struct sockaddr_storage *a)
{
	struct conn *c = mem_calloc(1, sizeof *c);

	server_listen_peer(a, &c->from, c->peer, sizeof c->peer);
	if (!server_peer_admit(r->s->peers, &c->from, &r->limits)) {
		count_add(COUNT_REFUSED_TOTAL, 1);
		close(fd);
		free(c);
		return;
	}
	count_add(COUNT_CONNECTIONS, 1);
	count_add(COUNT_CONNECTIONS_TOTAL, 1);
	c->fd = fd;
	c->r = least_busy(r);
	atomic_fetch_add(&c->r->conns, 1);
	if (c->r == r)
		server_conn_begin(c);
	else if (!server_mail_arrival(c->r->box, c))
		server_conn_discard(r->s, c);
}

static void accept_some(struct reactor *r, const struct listener *l)
{
	for (int i = 0; i < ACCEPTS; i++) {
		struct sockaddr_storage a;
		socklen_t len = sizeof a;
		int fd = accept4(l->fd, (struct sockaddr *)&a, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(r, fd, &a);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			/* The socket would stay readable, and we busy for nothing. */
			stop_listening(r, r->now + ACCEPT_REST_MS);
			return;
		}
	}
}

static void dispatch(struct reactor *r, const struct epoll_event *ev)
{
	switch (*(enum source *)ev->data.ptr) {
	case SOURCE_MAILBOX:
		break; /* It is read in each round. */
	case SOURCE_LISTENER:
		if (r->listening)
			accept_some(r, ev->data.ptr);
		break;
	case SOURCE_CONN:
		server_conn_event(ev->data.ptr, ev->events);
		break;
	}
}

static void expire(struct reactor *r)
{
	if (!r->listening && !r->draining && r->now >= r->accept_at)
		start_listening(r);
	for (int p = 0; p < PHASE_COUNT; p++) {
		while (due(r, (enum phase)p) <= r->now)
			server_conn_timeout(r->lists[p].first);
	}
}

static void read_mail(struct reactor *r, bool closing)
{
	struct call *call, *next_call;
	struct conn *c, *next;

	server_mail_take(r->box, &call, &c, closing);
	for (; call; call = next_call) {
		next_call = call->next;
		server_conn_reply(r, call);
	}
	for (; c; c = next) {
		next = c->next;
		server_conn_begin(c);
	}
}

static void renew_limits(struct reactor *r)
{
	struct server *s = r->s;
	unsigned version = atomic_load(&s->limits_version);

	if (r->limits_seen == version)
		return;
	pthread_mutex_lock(&s->lock);
	r->limits = s->limits;
	pthread_mutex_unlock(&s->lock);
	r->limits_seen = version;
	r->rules = (struct http_rules){
		.header_bytes = r->limits.header_bytes,
		.body_bytes = r->limits.body_bytes,
		.path_known = s->c.path_known,
		.get_known = s->c.get_known,
		.arg = s->c.arg,
	};
}

static void close_all(struct reactor *r, enum phase phase)
{
	while (r->lists[phase].first)
		server_conn_close(r->lists[phase].first);
}

/* Whoever waits for nothing of ours has to go: no request of theirs is ours yet. */
static void begin_drain(struct reactor *r)
{
	if (r->draining || !atomic_load(&r->s->draining))
		return;
	r->draining = true;
	stop_listening(r, CLOCK_NEVER);
	close_all(r, PHASE_HANDSHAKE);
	close_all(r, PHASE_IDLE);
	close_all(r, PHASE_HEAD);
	close_all(r, PHASE_BODY);
}

/* Who only lingers has our last words in full. */
static bool finished(const struct reactor *r)
{
	bool idle = r->out == 0 && !r->lists[PHASE_WRITE].first;

	return r->draining && (idle || r->now >= atomic_load(&r->s->drain_by));
}

static int sleep_ms(struct reactor *r)
{
	int64_t at = r->draining ? atomic_load(&r->s->drain_by) : CLOCK_NEVER;

	if (!server_mail_sleep(r->box))
		return 0;
	if (!r->listening && r->accept_at < at)
		at = r->accept_at;
	for (int p = 0; p < PHASE_COUNT; p++) {
		if (due(r, (enum phase)p) < at)
			at = due(r, (enum phase)p);
	}
	if (at == CLOCK_NEVER)
		return -1;
	at -= r->now;
	return at <= 0 ? 0 : at > INT_MAX ? INT_MAX : (int)at;
}

static void *run(void *arg)
{
	struct reactor *r = arg;
	struct epoll_event events[EVENTS];

	pthread_setname_np(pthread_self(), "vsmigd-io");
	while (!finished(r)) {
		int n = epoll_wait(r->epoll, events, EVENTS, sleep_ms(r));

		server_mail_awake(r->box);
		r->now = clock_ms();
		renew_limits(r);
		for (int i = 0; i < n; i++)
			dispatch(r, &events[i]);
		begin_drain(r);
		expire(r);
		read_mail(r, false);
	}
	for (int p = 0; p < PHASE_COUNT; p++)
		close_all(r, (enum phase)p);
	return NULL;
}

int server_loop_open(struct reactor *r, struct server *s, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

	r->s = s;
	r->now = clock_ms();
	r->limits_seen = atomic_load(&s->limits_version) - 1;
	renew_limits(r);
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->box = server_mail_new();
	ev.data.ptr = r->box;
	if (r->epoll < 0 || r->box->wake < 0 ||
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->box->wake, &ev) < 0 || !start_listening(r))
		return err_set(e, ERR_IO, "the server cannot be set up: %s; raise LimitNOFILE",
			strerror(errno));
	return 0;
}

/* The thread takes no signals; SIGPIPE, which OpenSSL's write(2) may raise, least of all. */
int server_loop_start(struct reactor *r, struct err *e)
{
	sigset_t all, old;
	int why;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	why = pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	r->started = why == 0;
	return why == 0 ? 0
			: err_set(e, ERR_IO,
				  "no thread can be started for the server: %s; raise "
				  "TasksMax",
				  strerror(why));
}

void server_loop_close(struct reactor *r)
{
	r->draining = true;
	read_mail(r, true);
	if (r->epoll >= 0)
		close(r->epoll);
	server_mail_unref(r->box);
}
