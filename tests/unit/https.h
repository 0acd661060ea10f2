/*
 * For the tests of the server: a certificate made on the spot, and a client that is as simple
 * and as blocking as can be. Everything here fails the test when it fails, and no read waits
 * longer than PATIENCE_S.
 */
#ifndef VSMIGD_TESTS_HTTPS_H
#define VSMIGD_TESTS_HTTPS_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/mem.h"

enum { PATIENCE_S = 20 };

static char dir[64];

static inline void make_dir(void)
{
	strcpy(dir, "/tmp/vsmigd-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static inline void remove_dir(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

/* The path of a file in dir; one of eight static places. */
static inline const char *in_dir(const char *name)
{
	static char paths[8][128];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", dir, name);
	return path;
}

static inline void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

struct issuer {
	EVP_PKEY *key;
	X509 *cert;
};

static inline void issuer_free(struct issuer *i)
{
	EVP_PKEY_free(i->key);
	X509_free(i->cert);
}

/*
 * Makes dir/NAME.crt and dir/NAME.key, for the common name NAME, signed by `by` or by itself.
 * The caller frees what is returned.
 */
static inline struct issuer make_cert(const char *name, EVP_PKEY *key, const struct issuer *by)
{
	struct issuer made = { key, X509_new() };
	X509_NAME *subject = X509_get_subject_name(made.cert);
	X509_EXTENSION *ca =
		X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
	char file[64];
	FILE *f;

	ck_assert_ptr_nonnull(key);
	ASN1_INTEGER_set(X509_get_serialNumber(made.cert), clock_ms());
	X509_set_version(made.cert, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(made.cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(made.cert), 3600);
	X509_set_pubkey(made.cert, key);
	X509_NAME_add_entry_by_txt(
		subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(made.cert, by ? X509_get_subject_name(by->cert) : subject);
	X509_add_ext(made.cert, ca, -1);
	X509_EXTENSION_free(ca);
	ck_assert_int_gt(X509_sign(made.cert, by ? by->key : key, EVP_sha256()), 0);
	snprintf(file, sizeof file, "%s.crt", name);
	f = fopen(in_dir(file), "w");
	ck_assert_int_eq(PEM_write_X509(f, made.cert), 1);
	fclose(f);
	snprintf(file, sizeof file, "%s.key", name);
	f = fopen(in_dir(file), "w");
	ck_assert_int_eq(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
	return made;
}

/* A self-signed one with a key of its own. */
static inline void make_simple_cert(const char *name)
{
	struct issuer i = make_cert(name, EVP_EC_gen("P-256"), NULL);

	issuer_free(&i);
}

struct client {
	int fd;
	SSL_CTX *ctx;
	SSL *ssl;
};

/* As AF_INET to the loopback interface. */
static inline int dial(unsigned port)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* A context of the client's own; version 0: any. */
static inline struct client client_new(int version)
{
	struct client c = { -1, SSL_CTX_new(TLS_client_method()), NULL };

	ck_assert_ptr_nonnull(c.ctx);
	SSL_CTX_set_cipher_list(c.ctx, "ALL:@SECLEVEL=0");
	SSL_CTX_set_min_proto_version(c.ctx, version ? version : TLS1_VERSION);
	SSL_CTX_set_max_proto_version(c.ctx, version);
	return c;
}

/* Whether the handshake succeeds. */
static inline bool client_connect(struct client *c, unsigned port)
{
	c->fd = dial(port);
	if (!c->ssl)
		c->ssl = SSL_new(c->ctx);
	SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

static inline struct client client_open(unsigned port)
{
	struct client c = client_new(0);

	ck_assert(client_connect(&c, port));
	return c;
}

static inline void client_hang_up(struct client *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static inline void client_close(struct client *c)
{
	client_hang_up(c);
	SSL_CTX_free(c->ctx);
}

static inline void client_send(struct client *c, const char *bytes, size_t n)
{
	if (n)
		ck_assert_int_eq(SSL_write(c->ssl, bytes, (int)n), (int)n);
}

static inline void client_say(struct client *c, const char *text)
{
	client_send(c, text, strlen(text));
}

/* Whether the server ended the connection, and said nothing before. */
static inline bool client_at_end(struct client *c)
{
	char byte;

	return SSL_read(c->ssl, &byte, 1) <= 0 && errno != EAGAIN;
}

struct reply {
	int status;
	char head[1024];
	char *body;
	size_t length;
};

/* One reply, whole. A status of 0: the connection ended instead. free(3) the body. */
static inline struct reply client_hear(struct client *c)
{
	struct reply r = { 0 };
	const char *length;
	size_t n = 0;

	while (n + 1 < sizeof r.head && SSL_read(c->ssl, r.head + n, 1) == 1) {
		r.head[++n] = '\0';
		if (n >= 4 && strcmp(r.head + n - 4, "\r\n\r\n") == 0)
			break;
	}
	if (n == 0)
		return r;
	ck_assert_msg(strncmp(r.head, "HTTP/1.1 ", 9) == 0 && strstr(r.head, "\r\n\r\n"),
		"no head of a reply: %s", r.head);
	r.status = atoi(r.head + 9);
	length = strstr(r.head, "\r\nContent-Length: ");
	ck_assert(length || r.status == 100);
	r.length = length ? strtoul(length + 18, NULL, 10) : 0;
	r.body = mem_calloc(1, r.length + 1);
	for (n = 0; n < r.length;) {
		int got = SSL_read(c->ssl, r.body + n, (int)(r.length - n));

		ck_assert_int_gt(got, 0);
		n += (size_t)got;
	}
	return r;
}

static inline int client_status(struct client *c)
{
	struct reply r = client_hear(c);

	free(r.body);
	return r.status;
}

/* Waits until a condition of another thread's making holds. */
#define WAIT_FOR(condition)                                                                        \
	do {                                                                                       \
		int64_t until_ = clock_in(PATIENCE_S * 1000);                                      \
		while (!(condition)) {                                                             \
			ck_assert_msg(clock_left(until_), "never came true: " #condition);         \
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);                 \
		}                                                                                  \
	} while (0)

#endif
