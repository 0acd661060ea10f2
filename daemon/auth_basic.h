/*
 * HTTP Basic (RFC 7617) against a file of crypt(5) hashes.
 *
 * A login that was verified is remembered for a while, across connections, only as an HMAC under
 * a key that this process drew; a failure is never remembered. Equal logins that come while the
 * first is being verified wait for its result and cost no hash of their own.
 */
#ifndef VSMIGD_AUTH_BASIC_H
#define VSMIGD_AUTH_BASIC_H

#include "daemon/auth.h"

struct auth_basic;

/* How long a login is remembered; it is not prolonged by use. */
enum { AUTH_BASIC_REMEMBER_MS = 60000 };

struct auth_basic *auth_basic_new(const struct auth_config *c, struct err *e);
int auth_basic_reload(struct auth_basic *b, const struct auth_config *c, struct err *e);
void auth_basic_free(struct auth_basic *b);
/* token: what follows the scheme. Calls c->done as auth_check says. */
void auth_basic_check(struct auth_basic *b, const char *token, struct auth_call *c);

#endif
