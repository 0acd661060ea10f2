#include "daemon/auth_basic.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/auth_users.h"
#include "daemon/base/digest.h"
#include "daemon/base/mem.h"
#include "daemon/base/pool.h"

/* Of user name, colon and password together; crypt(5) takes no password beyond 511 bytes. */
enum { CREDENTIALS_MAX = 1024 };

/* Remembered logins: sets of few slots each, found by a byte of the digest. */
enum { SETS = 256, SLOTS = 4 };

struct slot {
	unsigned char digest[DIGEST_SIZE];
	int64_t until;
};

/* One address may have this part of the queue: who floods it keeps the rest for others. */
enum { SHARES = 8 };

/* A verification under way, and all calls that wait for it. */
struct login {
	struct work work;
	struct login *next;
	struct auth_basic *owner;
	unsigned char digest[DIGEST_SIZE];
	int64_t now;
	struct auth_call *calls;
	char *name, *password; /* in `text`, which is cleared before it is freed */
	size_t len;
	char from[INET6_ADDRSTRLEN]; /* the address whose share it takes, "" for nobody's */
	char text[];
};

struct auth_basic {
	struct pool *pool;
	unsigned share;
	unsigned char key[DIGEST_SIZE];
	pthread_mutex_t lock; /* of all that follows */
	struct auth_users *users;
	unsigned long generation; /* grows when users are replaced */
	struct login *logins;
	struct slot slots[SETS][SLOTS];
};

struct auth_basic *auth_basic_new(const struct auth_config *c, struct err *e)
{
	struct auth_users *users;
	struct auth_basic *b;

	if (auth_users_load(c->password_file, &users, e))
		return NULL;
	b = mem_calloc(1, sizeof *b);
	b->users = users;
	b->pool = pool_new("login", c->threads, c->queue);
	b->share = c->queue > 2 * SHARES ? c->queue / SHARES : 2;
	digest_random(b->key, sizeof b->key);
	pthread_mutex_init(&b->lock, NULL);
	return b;
}

int auth_basic_reload(struct auth_basic *b, const struct auth_config *c, struct err *e)
{
	struct auth_users *fresh, *old;
	int rc = auth_users_load(c->password_file, &fresh, e);

	if (rc)
		return rc;
	pthread_mutex_lock(&b->lock);
	old = b->users;
	b->users = fresh;
	b->generation++;
	explicit_bzero(b->slots, sizeof b->slots);
	pthread_mutex_unlock(&b->lock);
	auth_users_unref(old);
	return 0;
}

void auth_basic_free(struct auth_basic *b)
{
	if (!b)
		return;
	pool_free(b->pool);
	auth_users_unref(b->users);
	pthread_mutex_destroy(&b->lock);
	explicit_bzero(b, sizeof *b);
	free(b);
}

static int base64_value(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/*
 * Decodes four characters into up to three bytes; returns how many, -1 when they are not base64
 * or have bits set behind the last byte.
 */
static int decode_group(const char *in, bool last, unsigned char *out)
{
	int pad = !last || in[3] != '=' ? 0 : in[2] != '=' ? 1 : 2;
	unsigned bits = 0;

	for (int i = 0; i < 4; i++) {
		int v = i < 4 - pad ? base64_value(in[i]) : 0;

		if (v < 0)
			return -1;
		bits = bits << 6 | (unsigned)v;
	}
	if (bits & ((1u << (8 * pad)) - 1))
		return -1;
	for (int i = 0; i < 3 - pad; i++)
		out[i] = (unsigned char)(bits >> (16 - 8 * i));
	return 3 - pad;
}

/* Strict base64 (RFC 4648, section 4), as text without control characters; false if it is not. */
static bool decode(const char *in, char *out, size_t room, size_t *len)
{
	size_t n = strlen(in), at = 0;

	if (n == 0 || n % 4 || n / 4 * 3 >= room)
		return false;
	for (size_t i = 0; i < n; i += 4) {
		int got = decode_group(in + i, i + 4 == n, (unsigned char *)out + at);

		if (got < 0)
			return false;
		at += (size_t)got;
	}
	out[at] = '\0';
	*len = at;
	/* RFC 7617 forbids them; a zero byte would end the password early. */
	for (size_t i = 0; i < at; i++)
		if (iscntrl((unsigned char)out[i]))
			return false;
	return true;
}

static struct slot *find_slot(struct auth_basic *b, const unsigned char *digest)
{
	struct slot *set = b->slots[digest[0]];

	for (size_t i = 0; i < SLOTS; i++)
		if (digest_equal(set[i].digest, digest, DIGEST_SIZE))
			return &set[i];
	return NULL;
}

static struct slot *oldest_slot(struct auth_basic *b, const unsigned char *digest)
{
	struct slot *set = b->slots[digest[0]], *oldest = set;

	for (size_t i = 1; i < SLOTS; i++)
		if (set[i].until < oldest->until)
			oldest = &set[i];
	return oldest;
}

static void remember(struct auth_basic *b, const struct login *l)
{
	struct slot *s = find_slot(b, l->digest);

	if (!s)
		s = oldest_slot(b, l->digest);
	memcpy(s->digest, l->digest, DIGEST_SIZE);
	s->until = l->now + AUTH_BASIC_REMEMBER_MS;
}

static bool remembered(struct auth_basic *b, const unsigned char *digest, int64_t now)
{
	const struct slot *s = find_slot(b, digest);

	return s && now < s->until;
}

static void accept_user(struct auth_call *c, const char *name)
{
	c->verdict = AUTH_ACCEPTED;
	c->who.kind = PRINCIPAL_USER;
	/* Longer names were refused when they were split off. */
	memcpy(c->who.name, name, strnlen(name, sizeof c->who.name - 1));
	c->done(c);
}

static void refuse(
	struct auth_call *c, enum auth_verdict verdict, const char *why, const char *name)
{
	c->verdict = verdict;
	c->why = why;
	if (name)
		memcpy(c->claimed, name, strnlen(name, sizeof c->claimed - 1));
	c->done(c);
}

static bool verify(struct auth_basic *b, struct login *l, unsigned long *generation)
{
	struct auth_users *users;
	bool ok;

	pthread_mutex_lock(&b->lock);
	users = auth_users_ref(b->users);
	*generation = b->generation;
	pthread_mutex_unlock(&b->lock);
	ok = auth_users_verify(users, l->name, l->password);
	auth_users_unref(users);
	return ok;
}

static void unlink_login(struct login *l)
{
	struct login **at = &l->owner->logins;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

/* False when the users were replaced meanwhile, so that the result is about the old ones. */
static bool settle(struct auth_basic *b, struct login *l, bool ok, unsigned long generation)
{
	bool current;

	pthread_mutex_lock(&b->lock);
	current = b->generation == generation;
	if (current) {
		unlink_login(l);
		if (ok)
			remember(b, l);
	}
	pthread_mutex_unlock(&b->lock);
	return current;
}

static void login_free(struct login *l)
{
	explicit_bzero(l->text, l->len);
	free(l);
}

static void run_login(struct work *w)
{
	struct login *l = (struct login *)w;
	struct auth_call *next;
	unsigned long generation;
	bool ok;

	do
		ok = verify(l->owner, l, &generation);
	while (!settle(l->owner, l, ok, generation));
	for (struct auth_call *c = l->calls; c; c = next) {
		next = c->next;
		if (ok)
			accept_user(c, l->name);
		else
			refuse(c, AUTH_REFUSED, "login", l->name);
	}
	login_free(l);
}

/* An IPv4 address, or an IPv6 network of 64 bits, since that is what one customer gets. */
static void address_of(const char *peer, char from[INET6_ADDRSTRLEN])
{
	const char *end = peer ? strrchr(peer, ':') : NULL;
	size_t len = end ? (size_t)(end - peer) : 0;
	struct in6_addr six;

	from[0] = '\0';
	if (len == 0 || len > INET6_ADDRSTRLEN + 1)
		return;
	if (*peer != '[') {
		snprintf(from, INET6_ADDRSTRLEN, "%.*s", (int)len, peer);
		return;
	}
	snprintf(from, INET6_ADDRSTRLEN, "%.*s", (int)len - 2, peer + 1);
	if (inet_pton(AF_INET6, from, &six) == 1) {
		memset(six.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &six, from, INET6_ADDRSTRLEN);
	}
}

static struct login *login_new(struct auth_basic *b, const char *name, const char *password)
{
	size_t name_len = strlen(name), password_len = strlen(password);
	struct login *l = mem_calloc(1, sizeof *l + name_len + password_len + 2);

	l->work.run = run_login;
	l->owner = b;
	l->len = name_len + password_len + 2;
	l->name = memcpy(l->text, name, name_len + 1);
	l->password = memcpy(l->text + name_len + 1, password, password_len + 1);
	return l;
}

/* Joins an equal login under way, or queues a new one. False: no room. The lock is held. */
static bool wait_for_login(struct auth_basic *b, const unsigned char *digest, const char *name,
	const char *password, struct auth_call *c)
{
	struct login *l = b->logins;
	char from[INET6_ADDRSTRLEN];
	unsigned waiting = 0;
	struct err e;

	address_of(c->peer, from);
	for (; l && !digest_equal(l->digest, digest, DIGEST_SIZE); l = l->next)
		waiting += *from && strcmp(l->from, from) == 0;
	if (!l && waiting >= b->share)
		return false;
	if (!l) {
		l = login_new(b, name, password);
		memcpy(l->digest, digest, DIGEST_SIZE);
		memcpy(l->from, from, sizeof from);
		l->now = c->now;
		if (pool_push(b->pool, &l->work, &e)) {
			login_free(l);
			return false;
		}
		l->next = b->logins;
		b->logins = l;
	}
	c->next = l->calls;
	l->calls = c;
	return true;
}

enum step { KNOWN, WAITING, FULL };

static void check_login(struct auth_basic *b, const char *name, const char *password,
	const unsigned char *digest, struct auth_call *c)
{
	enum step step;

	pthread_mutex_lock(&b->lock);
	if (remembered(b, digest, c->now))
		step = KNOWN;
	else
		step = wait_for_login(b, digest, name, password, c) ? WAITING : FULL;
	pthread_mutex_unlock(&b->lock);
	if (step == KNOWN)
		accept_user(c, name);
	else if (step == FULL)
		refuse(c, AUTH_BUSY, "login-queue-full", name);
}

void auth_basic_check(struct auth_basic *b, const char *token, struct auth_call *c)
{
	char text[CREDENTIALS_MAX + 4], *password = NULL;
	unsigned char digest[DIGEST_SIZE];
	size_t len;

	if (decode(token, text, sizeof text, &len))
		password = strchr(text, ':');
	if (!password || password == text || password - text >= (int)sizeof c->who.name) {
		refuse(c, AUTH_REFUSED, "malformed-credentials", NULL);
	} else {
		digest_hmac(digest, b->key, sizeof b->key, text, len);
		*password++ = '\0';
		check_login(b, text, password, digest, c);
	}
	explicit_bzero(text, sizeof text);
}
