/*
 * Who asks: from the Authorization header of a request to a principal.
 *
 * One table row per method (auth.c). A check that needs a slow hash is done by threads of its
 * own, so that neither the reactor nor a worker ever waits for it. What cannot be verified is
 * refused: the zero verdict is "refused", the zero principal is nobody.
 */
#ifndef VSMIGD_AUTH_H
#define VSMIGD_AUTH_H

#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/principal.h"

struct auth;

/* Bits of [auth] methods. */
enum auth_method { AUTH_BASIC = 1, AUTH_CERTIFICATE = 2, AUTH_NEGOTIATE = 4 };

struct auth_config {
	unsigned methods;
	const char *password_file;
	unsigned threads; /* that verify passwords */
	unsigned queue; /* different logins that may wait for them */
};

enum auth_verdict {
	AUTH_REFUSED = 0, /* answer 401 with the challenges */
	AUTH_BUSY, /* answer 503: too many logins are being verified */
	AUTH_ACCEPTED /* who is set */
};

struct auth_call {
	/* set by the caller */
	const char *authorization; /* as sent; NULL: none */
	int64_t now; /* clock_ms(): when a remembered login ends */
	const char *peer; /* "ADDRESS:PORT", whose share of the queue it takes; NULL: nobody's */
	void (*done)(struct auth_call *c);

	/* set when done is called */
	enum auth_verdict verdict;
	struct principal who;
	char claimed[256]; /* the user name that was refused, "" when there was none */
	const char *why; /* not accepted: a word for the audit */

	/* auth's own */
	struct auth_call *next;
};

/* -ERR_CONFIG when this build lacks a method; -ERR_CONFIG, -ERR_LIMIT, -ERR_IO for the file. */
struct auth *auth_new(const struct auth_config *c, struct err *e);
/* Reads the password file again and forgets all logins. On failure nothing has changed. */
int auth_reload(struct auth *a, const struct auth_config *c, struct err *e);
/* Ends what is under way (its done is called) and frees. No check may begin any more. */
void auth_free(struct auth *a);

/* Whether this build offers the methods, and what they need is given. */
int auth_config_check(const struct auth_config *c, struct err *e);

/*
 * Verifies c, which is zeroed but for what the caller sets. done is called exactly once, from
 * this thread before auth_check returns, or later from a thread of auth's. Any thread; blocks
 * for no longer than an HMAC takes.
 */
void auth_check(struct auth *a, struct auth_call *c);
/* Header lines, each ended by CRLF, for a 401. Lives as long as a. */
const char *auth_challenges(const struct auth *a);

#endif
