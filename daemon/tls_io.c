#include "daemon/tls_io.h"
#include "daemon/base/mem.h"
#include "daemon/tls.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Records without data of the client's in a row: a handshake has fewer, and key updates are rare. */
enum { EMPTY_RECORDS = 32 };

/*
 * What OpenSSL reads from. It would go on within one call for as long as what comes is no data
 * (key updates, refused handshakes), so that one client could keep the thread for ever: in each
 * call of ours the socket is read but once, and then all others have their turn.
 */
struct source {
	int fd;
	bool read, ended;
	unsigned empty; /* records without data, since the last data */
};

static int source_read(BIO *b, char *bytes, int room)
{
	struct source *src = BIO_get_data(b);
	ssize_t n;

	BIO_clear_retry_flags(b);
	if (src->read) {
		BIO_set_retry_read(b);
		return -1;
	}
	src->read = true;
	n = recv(src->fd, bytes, (size_t)room, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(b);
	src->ended = n == 0;
	return (int)n;
}

static long source_control(BIO *b, int what, long number, void *p)
{
	const struct source *src = BIO_get_data(b);

	(void)number;
	(void)p;
	return what == BIO_CTRL_EOF && src->ended;
}

static int source_free(BIO *b)
{
	free(BIO_get_data(b));
	return 1;
}

static BIO_METHOD *source_method;

static void make_method(void)
{
	source_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket, once");
	if (!source_method || !BIO_meth_set_read(source_method, source_read) ||
		!BIO_meth_set_ctrl(source_method, source_control) ||
		!BIO_meth_set_destroy(source_method, source_free))
		abort();
}

static BIO *source_new(int fd)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct source *src;
	BIO *b;

	pthread_once(&once, make_method);
	b = BIO_new(source_method);
	if (!b)
		return NULL;
	src = mem_calloc(1, sizeof *src);
	src->fd = fd;
	BIO_set_data(b, src);
	BIO_set_init(b, 1);
	return b;
}

static struct source *source_of(SSL *s)
{
	return BIO_get_data(SSL_get_rbio(s));
}

/* TLS 1.3 says what a record holds only within; outside all look like data. */
static void note_record(
	int sent, int version, int type, const void *bytes, size_t len, SSL *s, void *arg)
{
	(void)version;
	(void)arg;
	if (!sent && len > 0 && (type == SSL3_RT_HEADER || type == SSL3_RT_INNER_CONTENT_TYPE) &&
		*(const unsigned char *)bytes != SSL3_RT_APPLICATION_DATA)
		source_of(s)->empty++;
}

static bool attach(SSL *s, int fd)
{
	BIO *in = source_new(fd), *out = BIO_new_socket(fd, BIO_NOCLOSE);

	if (!in || !out) {
		BIO_free(in);
		BIO_free(out);
		return false;
	}
	SSL_set_bio(s, in, out);
	SSL_set_msg_callback(s, note_record);
	SSL_set_accept_state(s);
	return true;
}

struct ssl_st *tls_io_new(struct tls *t, int fd)
{
	SSL_CTX *ctx = tls_context(t);
	SSL *s = SSL_new(ctx);

	SSL_CTX_free(ctx);
	if (s && attach(s, fd))
		return s;
	SSL_free(s);
	ERR_clear_error();
	return NULL;
}

static void begin(SSL *s)
{
	source_of(s)->read = false;
	ERR_clear_error();
}

/* What became of the last call on s, which did not succeed. */
static enum tls_result result(SSL *s, int returned)
{
	int why = SSL_get_error(s, returned);

	ERR_clear_error();
	if (source_of(s)->empty > EMPTY_RECORDS)
		return TLS_FAILED;
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

	begin(s);
	r = SSL_do_handshake(s);
	return r == 1 ? TLS_OK : result(s, r);
}

enum tls_result tls_io_read(struct ssl_st *s, void *bytes, size_t room, size_t *n)
{
	int r;

	begin(s);
	r = SSL_read_ex(s, bytes, room, n);
	if (r != 1)
		return result(s, r);
	source_of(s)->empty = 0;
	return TLS_OK;
}

enum tls_result tls_io_write(struct ssl_st *s, const void *bytes, size_t len, size_t *n)
{
	int r;

	begin(s);
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
