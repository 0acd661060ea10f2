#include "daemon/tls_io.h"
#include "daemon/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct ssl_st *tls_io_new(struct tls *t, int fd)
{
	SSL_CTX *ctx = tls_context(t);
	SSL *s = SSL_new(ctx);

	SSL_CTX_free(ctx);
	if (s && SSL_set_fd(s, fd)) {
		SSL_set_accept_state(s);
		return s;
	}
	SSL_free(s);
	ERR_clear_error();
	return NULL;
}

/* What became of the last call on s, which did not succeed. */
static enum tls_result result(SSL *s, int returned)
{
	int why = SSL_get_error(s, returned);

	ERR_clear_error();
	switch (why) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		return TLS_FAILED;
	}
}

enum tls_result tls_io_handshake(struct ssl_st *s)
{
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(s);
	return r == 1 ? TLS_OK : result(s, r);
}

enum tls_result tls_io_read(struct ssl_st *s, void *bytes, size_t room, size_t *n)
{
	int r;

	ERR_clear_error();
	r = SSL_read_ex(s, bytes, room, n);
	return r == 1 ? TLS_OK : result(s, r);
}

enum tls_result tls_io_write(struct ssl_st *s, const void *bytes, size_t len, size_t *n)
{
	int r;

	ERR_clear_error();
	r = SSL_write_ex(s, bytes, len, n);
	return r == 1 ? TLS_OK : result(s, r);
}

bool tls_io_pending(const struct ssl_st *s)
{
	return SSL_has_pending(s) == 1;
}

void tls_io_free(struct ssl_st *s)
{
	if (!s)
		return;
	/* After a failure OpenSSL refuses to write, and so to say goodbye, which is right. */
	if (SSL_is_init_finished(s))
		SSL_shutdown(s);
	SSL_free(s);
	ERR_clear_error();
}
