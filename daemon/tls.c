#include "daemon/tls.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sessions of clients that know no tickets; the others keep theirs themselves. */
enum { KEPT_SESSIONS = 1024 };

struct tls {
	pthread_mutex_t lock; /* over ctx */
	SSL_CTX *ctx;
};

/* Fails with OpenSSL's oldest reason, which is the cause; the later ones only say where. */
static int fail(struct err *e, const char *what, const char *file, const char *remedy)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	ERR_clear_error();
	return err_set(e, ERR_CONFIG, "%s %s cannot be used: %s; %s", what, file,
		reason ? reason : "unknown reason", remedy);
}

/* OpenSSL's own words for a missing file are poor: look first. */
static int readable(const char *what, const char *file, struct err *e)
{
	FILE *f;

	if (!file || !*file)
		return err_set(e, ERR_CONFIG, "no %s is configured; `vsmig init` makes one", what);
	f = fopen(file, "re");
	if (!f || fgetc(f) == EOF) {
		const char *why = !f || ferror(f) ? strerror(errno) : "it is empty";

		err_set(e, ERR_CONFIG,
			"%s %s cannot be read: %s; check the path and that the "
			"daemon's user may read it",
			what, file, why);
		if (f)
			fclose(f);
		return -ERR_CONFIG;
	}
	fclose(f);
	return 0;
}

/* OpenSSL would ask on the terminal for the passphrase of an encrypted key. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	*(bool *)arg = true;
	return -1;
}

static int load_key(SSL_CTX *ctx, const struct tls_config *c, struct err *e)
{
	bool encrypted = false;
	int ok;

	if (readable("private key", c->private_key, e) < 0)
		return -ERR_CONFIG;
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	SSL_CTX_set_default_passwd_cb_userdata(ctx, &encrypted);
	ok = SSL_CTX_use_PrivateKey_file(ctx, c->private_key, SSL_FILETYPE_PEM);
	SSL_CTX_set_default_passwd_cb_userdata(ctx, NULL);
	SSL_CTX_set_default_passwd_cb(ctx, NULL);
	if (encrypted)
		return fail(e, "private key", c->private_key,
			"it is encrypted and nobody is there to be asked: write it without "
			"passphrase");
	if (ok != 1 && ERR_GET_REASON(ERR_peek_error()) != X509_R_KEY_VALUES_MISMATCH)
		return fail(
			e, "private key", c->private_key, "it has to be one private key in PEM");
	if (ok != 1 || SSL_CTX_check_private_key(ctx) != 1) {
		ERR_clear_error();
		return err_set(e, ERR_CONFIG,
			"private key %s does not belong to the first certificate "
			"in %s; configure the two that were made together",
			c->private_key, c->certificate);
	}
	return 0;
}

static int load_certificate(SSL_CTX *ctx, const struct tls_config *c, struct err *e)
{
	if (readable("certificate", c->certificate, e) < 0)
		return -ERR_CONFIG;
	if (SSL_CTX_use_certificate_chain_file(ctx, c->certificate) != 1)
		return fail(e, "certificate", c->certificate,
			"it has to be in PEM, the server's own first, with a key of 2048 bits RSA "
			"or "
			"256 bits EC at least");
	return 0;
}

/* A client without a certificate is let in; one with a certificate of somebody else is not. */
static int load_client_ca(SSL_CTX *ctx, const struct tls_config *c, struct err *e)
{
	STACK_OF(X509_NAME) * names;

	if (!c->client_ca || !*c->client_ca)
		return 0;
	if (readable("client CA", c->client_ca, e) < 0)
		return -ERR_CONFIG;
	names = SSL_load_client_CA_file(c->client_ca);
	if (!names || SSL_CTX_load_verify_file(ctx, c->client_ca) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return fail(e, "client CA", c->client_ca, "it has to hold CA certificates in PEM");
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return 0;
}

static int choose_alpn(SSL *s, const unsigned char **out, unsigned char *out_len,
	const unsigned char *in, unsigned int in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)s;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/*
 * TLS 1.2 is left with forward secrecy only. Its CBC suites stay: old Windows clients have
 * nothing else for an RSA certificate.
 */
static bool set_protocol(SSL_CTX *ctx)
{
	static const unsigned char session_context[] = "vsmigd";

	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* One read(2) for a record, not one for its head and one for the rest. */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER);
	SSL_CTX_sess_set_cache_size(ctx, KEPT_SESSIONS);
	SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) &&
	       SSL_CTX_set_max_proto_version(ctx, 0) &&
	       SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!PSK:!aNULL") &&
	       SSL_CTX_set_num_tickets(ctx, 1) &&
	       SSL_CTX_set_session_id_context(ctx, session_context, sizeof session_context - 1);
}

static SSL_CTX *load(const struct tls_config *c, struct err *e)
{
	SSL_CTX *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	if (!ctx || !set_protocol(ctx)) {
		const char *reason = ERR_reason_error_string(ERR_peek_error());

		err_set(e, ERR_CONFIG, "OpenSSL cannot be set up: %s; check its openssl.cnf",
			reason ? reason : "unknown reason");
	} else if (load_certificate(ctx, c, e) == 0 && load_key(ctx, c, e) == 0 &&
		   load_client_ca(ctx, c, e) == 0) {
		return ctx;
	}
	ERR_clear_error();
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls *tls_new(const struct tls_config *c, struct err *e)
{
	SSL_CTX *ctx = load(c, e);
	struct tls *t;

	if (!ctx)
		return NULL;
	t = mem_calloc(1, sizeof *t);
	pthread_mutex_init(&t->lock, NULL);
	t->ctx = ctx;
	return t;
}

int tls_reload(struct tls *t, const struct tls_config *c, struct err *e)
{
	SSL_CTX *ctx = load(c, e), *old;

	if (!ctx)
		return -e->code;
	pthread_mutex_lock(&t->lock);
	old = t->ctx;
	t->ctx = ctx;
	pthread_mutex_unlock(&t->lock);
	SSL_CTX_free(old);
	return 0;
}

struct ssl_ctx_st *tls_context(struct tls *t)
{
	SSL_CTX *ctx;

	pthread_mutex_lock(&t->lock);
	ctx = t->ctx;
	SSL_CTX_up_ref(ctx);
	pthread_mutex_unlock(&t->lock);
	return ctx;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
