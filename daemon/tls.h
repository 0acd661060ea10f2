/*
 * Our own SSL_CTX: TLS 1.2 and 1.3, session resumption, no renegotiation, no compression, ALPN
 * http/1.1. Reloadable: connections keep the context they began with.
 */
#ifndef VSMIGD_TLS_H
#define VSMIGD_TLS_H

#include "daemon/base/err.h"

struct tls;
struct ssl_ctx_st;

struct tls_config {
	const char *certificate; /* PEM chain */
	const char *private_key; /* PEM */
	const char *client_ca; /* NULL or "": no client certificates are asked for */
};

/* -ERR_CONFIG with a sentence naming the file and what is wrong with it. */
struct tls *tls_new(const struct tls_config *c, struct err *e);
/* Loads again; on failure the old context stays in force. Any thread. */
int tls_reload(struct tls *t, const struct tls_config *c, struct err *e);
/* A reference to the context in force; SSL_CTX_free it. Any thread. */
struct ssl_ctx_st *tls_context(struct tls *t);
void tls_free(struct tls *t);

#endif
