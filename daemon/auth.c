#include "daemon/auth.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/auth_basic.h"
#include "daemon/base/buf.h"
#include "daemon/base/mem.h"

struct auth {
	unsigned methods;
	struct auth_basic *basic;
	struct buf challenges;
};

static void check_basic(struct auth *a, const char *token, struct auth_call *c)
{
	auth_basic_check(a->basic, token, c);
}

/*
 * One row per method. A scheme is offered only where it can work: wsman takes the first one that
 * it knows and never falls back (CLIENTS.md 6.2). A row without check is not in this build.
 */
static const struct {
	enum auth_method method;
	const char *name; /* in [auth] methods */
	const char *scheme; /* of the Authorization header */
	const char *challenge;
	void (*check)(struct auth *a, const char *token, struct auth_call *c);
} methods[] = {
	{ AUTH_BASIC, "basic", "Basic", "Basic realm=\"WSMAN\"", check_basic },
	{ AUTH_CERTIFICATE, "certificate", NULL, NULL, NULL },
	{ AUTH_NEGOTIATE, "negotiate", "Negotiate", "Negotiate", NULL },
};

int auth_config_check(const struct auth_config *c, struct err *e)
{
	if (!c->methods)
		return err_set(e, ERR_CONFIG, "[auth] methods is empty: give basic");
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if ((c->methods & methods[i].method) && !methods[i].check)
			return err_set(e, ERR_CONFIG,
				"[auth] methods: this build does not have "
				"the method %s: give basic",
				methods[i].name);
	if ((c->methods & AUTH_BASIC) && !*c->password_file)
		return err_set(e, ERR_CONFIG,
			"[auth] password_file is not set: the method basic "
			"needs one ('vsmig passwd FILE USER' makes it)");
	return 0;
}

struct auth *auth_new(const struct auth_config *c, struct err *e)
{
	struct auth *a;

	if (auth_config_check(c, e))
		return NULL;
	a = mem_calloc(1, sizeof *a);
	a->methods = c->methods;
	if (c->methods & AUTH_BASIC) {
		a->basic = auth_basic_new(c, e);
		if (!a->basic) {
			free(a);
			return NULL;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if ((c->methods & methods[i].method) && methods[i].challenge)
			buf_printf(
				&a->challenges, "WWW-Authenticate: %s\r\n", methods[i].challenge);
	return a;
}

int auth_reload(struct auth *a, const struct auth_config *c, struct err *e)
{
	return a->basic ? auth_basic_reload(a->basic, c, e) : 0;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	auth_basic_free(a->basic);
	buf_free(&a->challenges);
	free(a);
}

const char *auth_challenges(const struct auth *a)
{
	return a->challenges.data;
}

static void refuse(struct auth_call *c, const char *why)
{
	c->why = why;
	c->done(c);
}

/* What follows the scheme and its blanks; NULL when the header is of another scheme. */
static const char *token_of(const char *header, const char *scheme)
{
	size_t n = strlen(scheme);

	if (strncasecmp(header, scheme, n) != 0 || header[n] != ' ')
		return NULL;
	return header + n + strspn(header + n, " ");
}

void auth_check(struct auth *a, struct auth_call *c)
{
	c->verdict = AUTH_REFUSED;
	c->who.kind = PRINCIPAL_NONE;
	c->claimed[0] = '\0';
	c->why = NULL;
	if (!c->authorization) {
		refuse(c, "no-credentials");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const char *token = methods[i].check && (a->methods & methods[i].method)
					    ? token_of(c->authorization, methods[i].scheme)
					    : NULL;

		if (!token)
			continue;
		methods[i].check(a, token, c);
		return;
	}
	refuse(c, "unknown-scheme");
}
