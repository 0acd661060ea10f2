/*
 * The HTTPS server: a non-blocking reactor of 1-2 threads (epoll, own SSL_CTX) that frames whole
 * requests and writes whole replies. It parses no XML, checks no password and never blocks.
 *
 * Each request that passes the framing becomes a struct exchange, handed to on_request on a
 * reactor thread; on_request only queues it. The exchange belongs to the handler until it calls
 * server_reply, exactly once, from any thread. Pipelined requests of one connection are handed
 * over one at a time: the next when the reply to the one before is written. A client that leaves
 * frees nothing early: the reply of its exchange is dropped.
 */
#ifndef VSMIGD_SERVER_H
#define VSMIGD_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/buf.h"
#include "daemon/base/request.h"
#include "daemon/tls.h"

struct server;
struct exchange;

struct server_limits {
	size_t header_bytes; /* request line and headers; 431 beyond */
	size_t body_bytes; /* 413 beyond, before the body is read */
	size_t request_memory; /* of all large requests together; 503 beyond */
	unsigned connections; /* open at once; beyond, closed at accept */
	unsigned connections_per_address;
	int64_t handshake_ms, header_ms, body_ms, idle_ms, write_ms;
};

struct server_config {
	const char *const *addresses; /* numeric IPv4 or IPv6; :: is IPv6 only */
	size_t n_addresses;
	unsigned port; /* 0: any free one, the same for all addresses */
	unsigned threads;
	struct server_limits limits;
	/*
	 * Listening sockets handed over by systemd (LISTEN_FDS); when n_fds, addresses are unused.
	 * They stay the caller's: the server listens on copies.
	 */
	const int *fds;
	size_t n_fds;
	/* Which paths exist (else 404), asked on a reactor thread. */
	bool (*path_known)(void *arg, const char *path);
	/* Which GET is answered (else 405); query NULL: none. NULL: no GET is. */
	bool (*get_known)(void *arg, const char *path, const char *query);
	void (*on_request)(void *arg, struct exchange *x);
	void *arg;
};

struct exchange {
	struct request req; /* id, peer, received are set; the rest is the handler's */
	bool get; /* one that get_known let pass; there is no body */
	const char *path; /* without any query */
	const char *host; /* the Host field; NULL: absent */
	const char *body; /* NUL behind body_len */
	size_t body_len;
	const char *content_type, *soap_action, *authorization, *wsman_identify; /* NULL: absent */
	const char *user_agent;
	void *handler; /* the handler's own */
};

struct server_reply {
	int status;
	const char *content_type; /* NULL without a body */
	const char *headers; /* further header lines, each ended by CRLF; NULL: none */
	struct buf *body; /* emptied; NULL or empty: Content-Length 0 */
	bool close;
	bool known; /* who asked has logged in, so that the connection may idle */
};

/* Binds and starts the threads. tls is kept by reference (see tls.h). -ERR_IO, -ERR_CONFIG. */
struct server *server_start(const struct server_config *c, struct tls *tls, struct err *e);
/* "ADDRESS:PORT" ("[ADDRESS]:PORT") of listener i, NULL past the last. */
const char *server_address(const struct server *s, size_t i);
/* Sends the reply to x and frees x. Any thread. */
void server_reply(struct exchange *x, const struct server_reply *r);
/* New limits from now on (reload). */
void server_set_limits(struct server *s, const struct server_limits *l);
/* Stops accepting, closes idle connections, waits until every exchange is answered and written
 * or until the deadline, then closes all and joins the threads. The server is freed; exchanges
 * still unanswered keep what they need until server_reply. */
void server_drain(struct server *s, int64_t deadline);

#endif
