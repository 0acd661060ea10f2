#include "daemon/auth_users.h"

#include <crypt.h>
#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/digest.h"
#include "daemon/base/mem.h"
#include "daemon/base/principal.h"
#include "daemon/file.h"
#include "daemon/log.h"

enum { FILE_MAX = 1 << 20, USERS_MAX = 10000 };
_Static_assert(CRYPT_OUTPUT_SIZE < 512, "hash lines are short");

/* Found by the digest of the name: the time of a look-up tells nothing about the names. */
struct user {
	unsigned char digest[DIGEST_SIZE];
	const char *name, *hash;
	unsigned line;
};

struct auth_users {
	_Atomic unsigned refs;
	struct arena *arena;
	unsigned char key[DIGEST_SIZE];
	struct user *users;
	size_t n;
	size_t n_open, n_weak; /* not locked; of these, with a hash of an outdated kind */
};

static bool locked(const struct user *u)
{
	return *u->hash == '!' || *u->hash == '*';
}

static bool name_allowed(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)name[i]))
			return false;
	return n > 0 && n < sizeof((struct principal *)0)->name;
}

/* The oldest kind of hash has no mark, so that a password in plain text passes for one. */
static bool hash_usable(const char *hash)
{
	size_t n = strlen(hash);

	return n < CRYPT_OUTPUT_SIZE && crypt_checksalt(hash) != CRYPT_SALT_INVALID &&
	       (*hash == '$' || *hash == '_' || n == 13);
}

static int add_user(struct auth_users *u, char *text, unsigned line, struct err *e)
{
	char *name = strsep(&text, ":");
	struct user *user;

	if (!text)
		return err_set(e, ERR_CONFIG, "no colon: write user:hash");
	if (!name_allowed(name))
		return err_set(e, ERR_CONFIG,
			"the user name must have 1 to 255 bytes and no "
			"control characters");
	if (u->n == USERS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d users", USERS_MAX);
	user = ARENA_PUSH(u->arena, u->users, u->n);
	*user = (struct user){ .name = arena_strdup(u->arena, name),
		.hash = arena_strdup(u->arena, text),
		.line = line };
	digest_hmac(user->digest, u->key, sizeof u->key, name, strlen(name));
	if (locked(user))
		return 0;
	u->n_open++;
	if (!hash_usable(user->hash))
		return err_set(e, ERR_CONFIG,
			"the hash of user %s is of no kind that crypt(5) "
			"knows: make one with 'vsmig passwd'",
			name);
	u->n_weak += crypt_checksalt(user->hash) == CRYPT_SALT_METHOD_LEGACY;
	return 0;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(
		((const struct user *)a)->digest, ((const struct user *)b)->digest, DIGEST_SIZE);
}

static int check_twins(const struct auth_users *u, const char *path, struct err *e)
{
	for (size_t i = 1; i < u->n; i++)
		if (by_digest(&u->users[i - 1], &u->users[i]) == 0)
			return err_set(e, ERR_CONFIG,
				"%s: user %s stands there twice, in lines %u "
				"and %u: take one away",
				path, u->users[i].name, u->users[i - 1].line, u->users[i].line);
	return 0;
}

static int parse(struct auth_users *u, const char *path, char *text, struct err *e)
{
	unsigned number = 0;
	char *line;
	int rc;

	while ((line = file_line(&text))) {
		number++;
		line = file_trim(line);
		rc = *line && *line != '#' ? add_user(u, line, number, e) : 0;
		if (rc)
			return err_prefix(e, "%s:%u", path, number);
	}
	if (u->n)
		qsort(u->users, u->n, sizeof *u->users, by_digest);
	return check_twins(u, path, e);
}

static void warn(const struct auth_users *u, const char *path, mode_t mode)
{
	if (mode & (S_IRWXO | S_IWGRP))
		log_event(LOG_LEVEL_WARNING, "password-file-mode", LOG_TEXT("file", path),
			LOG_TEXT("advice", "others may read or change it: chmod 640"));
	if (!u->n_open)
		log_event(LOG_LEVEL_WARNING, "password-file-empty", LOG_TEXT("file", path),
			LOG_TEXT("advice", "nobody can log in: add users with 'vsmig passwd'"));
	if (u->n_weak)
		log_event(LOG_LEVEL_WARNING, "weak-hashes", LOG_TEXT("file", path),
			LOG_NUMBER("users", (int64_t)u->n_weak),
			LOG_TEXT("advice", "make new ones with 'vsmig passwd'"));
}

static int load(struct auth_users *u, const char *path, struct err *e)
{
	struct buf text = { 0 };
	mode_t mode = 0;
	int rc = file_read(path, FILE_MAX, &text, &mode, e);

	if (rc)
		rc = err_prefix(e, "password file");
	else
		rc = parse(u, path, text.data, e);
	if (text.data)
		explicit_bzero(text.data, text.len);
	buf_free(&text);
	if (rc == 0)
		warn(u, path, mode);
	return rc;
}

int auth_users_load(const char *path, struct auth_users **out, struct err *e)
{
	struct auth_users *u = mem_calloc(1, sizeof *u);
	int rc;

	atomic_store(&u->refs, 1);
	u->arena = arena_new();
	digest_random(u->key, sizeof u->key);
	rc = load(u, path, e);
	if (rc == 0)
		*out = u;
	else
		auth_users_unref(u);
	return rc;
}

struct auth_users *auth_users_ref(struct auth_users *u)
{
	atomic_fetch_add(&u->refs, 1);
	return u;
}

void auth_users_unref(struct auth_users *u)
{
	if (!u || atomic_fetch_sub(&u->refs, 1) > 1)
		return;
	for (size_t i = 0; i < u->n; i++)
		explicit_bzero((char *)u->users[i].hash, strlen(u->users[i].hash));
	arena_free(u->arena);
	free(u);
}

/*
 * Where the digest is, or would be. So an unknown name stands for the same known one each time,
 * and the times that unknown names take are spread as those of known ones.
 */
static size_t find(const struct auth_users *u, const struct user *wanted)
{
	size_t low = 0, high = u->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_digest(&u->users[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The hash to measure an unknown or locked user by, NULL when nobody can log in. */
static const char *stand_in(const struct auth_users *u, size_t at)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct user *user = &u->users[(at + i) % u->n];

		if (!locked(user))
			return user->hash;
	}
	return NULL;
}

/* crypt's failure tokens begin with '*' and equal no hash; some versions return NULL. */
static bool matches(const char *hash, const char *password)
{
	struct crypt_data *data = mem_calloc(1, sizeof *data);
	const char *got = crypt_r(password, hash, data);
	bool same = got && *got != '*' && strlen(got) == strlen(hash) &&
		    digest_equal(got, hash, strlen(hash));

	explicit_bzero(data, sizeof *data);
	free(data);
	return same;
}

bool auth_users_verify(const struct auth_users *u, const char *name, const char *password)
{
	struct user wanted = { .name = name };
	const char *hash;
	size_t at;
	bool known;

	digest_hmac(wanted.digest, u->key, sizeof u->key, name, strlen(name));
	at = find(u, &wanted);
	known = at < u->n && by_digest(&u->users[at], &wanted) == 0 && !locked(&u->users[at]);
	hash = known ? u->users[at].hash : stand_in(u, at);
	return hash && matches(hash, password) && known;
}
