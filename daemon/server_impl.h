/*
 * The parts of the server, for daemon/server*.c only.
 *
 * Each reactor is a thread with an epoll set and the connections in it; nothing of a connection
 * is touched by any other thread. A reply comes back through the reactor's mailbox, which stays
 * while an exchange is out, even when its server is gone.
 */
#ifndef VSMIGD_SERVER_IMPL_H
#define VSMIGD_SERVER_IMPL_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "daemon/http.h"
#include "daemon/server.h"
#include "daemon/tls_io.h"

/* What an event of epoll is about: the first member of what its pointer points to. */
enum source { SOURCE_MAILBOX, SOURCE_LISTENER, SOURCE_CONN };

/* Where a connection stands. Each phase has its list, and all but one a time limit. */
enum phase {
	PHASE_HANDSHAKE,
	PHASE_IDLE, /* between requests of somebody known */
	PHASE_HEAD, /* the first head from the handshake on; a stranger's from the last reply on */
	PHASE_BODY,
	PHASE_REPLY, /* the exchange is the handler's */
	PHASE_WRITE, /* the client is slow to take what we say */
	PHASE_LINGER, /* all is said; what still comes is thrown away, see server_conn.c */
	PHASE_COUNT
};

/* What follows when all is written. */
enum after { AFTER_REPLY, AFTER_CONTINUE, AFTER_CLOSE };

struct conn {
	enum source source;
	enum phase phase;
	enum after after;
	uint32_t events; /* what epoll watches it for */
	int fd;
	struct reactor *r;
	struct ssl_st *ssl; /* NULL once lingering */
	struct call *call; /* the request being read or answered */
	struct buf ahead; /* read, but of the next request */
	struct buf out; /* PHASE_WRITE: what is left from `sent` on */
	size_t sent, thrown_away;
	bool known; /* the last request was by somebody who has logged in */
	int64_t since; /* when it entered its phase, or last got on in it */
	struct conn *prev, *next;
	struct in6_addr from; /* IPv4 mapped */
	char peer[56];
};

/* A request on its way: read by the reactor, the handler's as an exchange, then a reply. */
struct call {
	struct exchange x;
	struct http http;
	struct mailbox *box; /* a reference while the exchange is the handler's */
	struct conn *conn; /* the reactor's; NULL when the client has left */
	struct call *next; /* in the mailbox */
	struct buf wire; /* the reply, head and body */
	size_t counted; /* of the server's `held` */
	bool close, known;
};

struct mailbox {
	enum source source;
	int wake; /* an eventfd */
	atomic_size_t refs; /* the reactor's, and one for each exchange that is out */
	atomic_bool asleep; /* the reactor waits, or is about to */
	atomic_bool closing; /* replies end their connections */
	pthread_mutex_t lock; /* over what follows */
	struct call *replies, **last_reply;
	struct conn *arrivals;
	bool closed; /* nobody reads the mail any more */
};

struct listener {
	enum source source;
	int fd;
	bool adopted; /* shared with the service manager */
	char name[64];
};

struct conn_list {
	struct conn *first, *last;
};

struct reactor {
	struct server *s;
	struct mailbox *box;
	int epoll;
	pthread_t thread;
	atomic_size_t conns;
	size_t out; /* exchanges that are the handlers' */
	int64_t now;
	struct server_limits limits;
	struct http_rules rules;
	unsigned limits_seen;
	int64_t accept_at; /* while not listening: when to try again */
	bool started, listening, draining;
	struct conn_list lists[PHASE_COUNT];
	char in[16 * 1024]; /* a TLS record */
};

struct server {
	struct server_config c; /* without the addresses and fds */
	struct tls *tls;
	struct peers *peers;
	struct listener *listeners;
	size_t n_listeners;
	struct reactor *reactors;
	unsigned n_reactors;
	atomic_ullong last_id;
	atomic_size_t held; /* bytes of large requests, until they are answered */
	atomic_llong drain_by; /* CLOCK_NEVER: not draining yet */
	atomic_bool draining;
	atomic_uint limits_version;
	pthread_mutex_t lock; /* over limits */
	struct server_limits limits;
};

/* server_mail.c: any thread. */
struct mailbox *server_mail_new(void);
void server_mail_ref(struct mailbox *b);
void server_mail_unref(struct mailbox *b);
/* False: the reactor has ended, and the call or connection stays the caller's. */
bool server_mail_reply(struct mailbox *b, struct call *call);
bool server_mail_arrival(struct mailbox *b, struct conn *c);
/* Wakes the reactor although there is no mail. */
void server_mail_wake(struct mailbox *b);
/* Takes all there is; conns are linked by next. With `closing`, nothing comes any more. */
void server_mail_take(
	struct mailbox *b, struct call **replies, struct conn **arrivals, bool closing);
/* True: the mailbox is empty, and the next mail will wake the reactor. */
bool server_mail_sleep(struct mailbox *b);
void server_mail_awake(struct mailbox *b);

/* server_listen.c: listening sockets and addresses. */
int server_listen_open(struct server *s, const struct server_config *c, struct err *e);
/* From now on clients are refused, where the socket is our own; its descriptor stays. */
void server_listen_refuse(struct server *s);
void server_listen_close(struct server *s);
/* The address of a client in one form, and in text with the port. */
void server_listen_peer(
	const struct sockaddr_storage *a, struct in6_addr *from, char *text, size_t room);
/* server_peer.c: how many may connect. */
struct peers *server_peer_new(void);
void server_peer_free(struct peers *p);
/* Counts one more from this address, or refuses. Any thread. */
bool server_peer_admit(struct peers *p, const struct in6_addr *from, const struct server_limits *l);
void server_peer_leave(struct peers *p, const struct in6_addr *from);

/* server_loop.c: the reactor. */
int server_loop_open(struct reactor *r, struct server *s, struct err *e);
int server_loop_start(struct reactor *r, struct err *e);
/* For any reactor given to server_loop_open, also without success; its thread has ended. */
void server_loop_close(struct reactor *r);

/* server_conn.c: one connection, on its reactor's thread. */
void server_conn_begin(struct conn *c);
void server_conn_event(struct conn *c, uint32_t events);
void server_conn_timeout(struct conn *c);
/* The reply to `call` has come; frees the call. */
void server_conn_reply(struct reactor *r, struct call *call);
/* Ends it now, without more words than a goodbye that costs no time. */
void server_conn_close(struct conn *c);
/* Undoes accept: for connections that are no reactor's yet. */
void server_conn_discard(struct server *s, struct conn *c);
void server_call_free(struct call *call);

#endif
