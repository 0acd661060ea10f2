/*
 * The server's side of one TLS connection over a non-blocking socket. Nothing here waits.
 *
 * The socket stays the caller's. OpenSSL reads as much as there is into a buffer of its own:
 * after a read that did not end with TLS_WANT_READ, ask tls_io_pending before waiting for the
 * socket. Writing to a connection that the client has left raises SIGPIPE in threads that do
 * not block it: the caller's must.
 */
#ifndef VSMIGD_TLS_IO_H
#define VSMIGD_TLS_IO_H

#include <stdbool.h>
#include <stddef.h>

struct tls;
struct ssl_st;

enum tls_result {
	TLS_OK,
	TLS_WANT_READ, /* again when the socket is readable */
	TLS_WANT_WRITE, /* again when it is writable */
	TLS_CLOSED, /* the client ended the connection */
	TLS_FAILED /* it has to be closed */
};

/* A new connection under the context in force; NULL when there is no memory for it. */
struct ssl_st *tls_io_new(struct tls *t, int fd);
enum tls_result tls_io_handshake(struct ssl_st *s);
/* TLS_OK: *n, at least 1, bytes were read. */
enum tls_result tls_io_read(struct ssl_st *s, void *bytes, size_t room, size_t *n);
/* TLS_OK: *n, at least 1, bytes were written; fewer than len is usual. len is not 0. */
enum tls_result tls_io_write(struct ssl_st *s, const void *bytes, size_t len, size_t *n);
/* Whether bytes have been taken from the socket that tls_io_read did not look at yet. */
bool tls_io_pending(const struct ssl_st *s);
/* Says goodbye when the connection is in order, as far as that goes at once; frees s. */
void tls_io_free(struct ssl_st *s);

#endif
