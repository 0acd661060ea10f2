#include <check.h>
#include <crypt.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/auth.h"
#include "daemon/auth_basic.h"
#include "daemon/auth_users.h"
#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/log.h"

static char file[] = "/tmp/vsmigd-users-XXXXXX";

/* What crypt(5) makes of a password: quickly, or slowly. */
#define QUICK "$5$rounds=1000$saltsalt$"
#define SLOW "$6$rounds=200000$saltsalt$"

static void add_user(struct buf *out, const char *name, const char *password, const char *setting)
{
	struct crypt_data *data = mem_calloc(1, sizeof *data);

	buf_printf(out, "%s:%s\n", name, crypt_r(password, setting, data));
	free(data);
}

static void write_users(const char *text)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

/* ws has a password with a colon, Grün one in UTF-8, locked none that works, nil an empty one. */
static void write_some_users(void)
{
	auto_buf struct buf text = { 0 };

	buf_puts(&text, "# users\n\n");
	add_user(&text, "wsman", "secret", QUICK);
	add_user(&text, "ws", "a:b c", QUICK);
	add_user(&text, "Gr\xc3\xbcn", "p\xc3\xa4ss", "$6$rounds=1000$saltsalt$");
	add_user(&text, "nil", "", QUICK);
	buf_puts(&text, "locked:!$5$rounds=1000$saltsalt$x\n");
	write_users(text.data);
}

struct login {
	struct auth_call call;
	sem_t done;
};

static void done(struct auth_call *c)
{
	sem_post(&((struct login *)c)->done);
}

static void begin_from(
	struct auth *a, struct login *l, const char *header, int64_t now, const char *peer)
{
	memset(l, 0, sizeof *l);
	sem_init(&l->done, 0, 0);
	l->call.authorization = header;
	l->call.now = now;
	l->call.peer = peer;
	l->call.done = done;
	auth_check(a, &l->call);
}

static void begin(struct auth *a, struct login *l, const char *header, int64_t now)
{
	begin_from(a, l, header, now, NULL);
}

static void end(struct login *l)
{
	while (sem_wait(&l->done))
		;
}

/* Whether it was answered from memory, with no hash made. */
static bool at_once(struct login *l)
{
	return sem_trywait(&l->done) == 0;
}

static void encode(struct buf *out, const char *text, size_t n)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *s = (const unsigned char *)text;

	buf_puts(out, "Basic ");
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)s[i] << 16 | (i + 1 < n ? (unsigned)s[i + 1] << 8 : 0) |
			     (i + 2 < n ? s[i + 2] : 0);

		buf_putc(out, alphabet[v >> 18]);
		buf_putc(out, alphabet[v >> 12 & 63]);
		buf_putc(out, i + 1 < n ? alphabet[v >> 6 & 63] : '=');
		buf_putc(out, i + 2 < n ? alphabet[v & 63] : '=');
	}
}

static struct auth *must_start(unsigned threads, unsigned queue)
{
	const struct auth_config c = {
		.methods = AUTH_BASIC, .password_file = file, .threads = threads, .queue = queue
	};
	struct err e = { 0 };
	struct auth *a = auth_new(&c, &e);

	ck_assert_msg(a != NULL, "%s", e.text);
	return a;
}

static void must_reload(struct auth *a)
{
	const struct auth_config c = { .methods = AUTH_BASIC, .password_file = file };
	struct err e = { 0 };

	ck_assert_msg(auth_reload(a, &c, &e) == 0, "%s", e.text);
}

static const struct {
	const char *name;
	const char *text; /* credentials, to be encoded; or NULL */
	size_t len; /* of text when it has a zero byte; 0: strlen */
	const char *header; /* else, as it is */
	const char *user; /* accepted as; NULL: refused */
	const char *why;
	const char *claimed;
} headers[] = {
	{ "right", "wsman:secret", .user = "wsman" },
	{ "password with a colon", "ws:a:b c", .user = "ws" },
	{ "UTF-8", "Gr\xc3\xbcn:p\xc3\xa4ss", .user = "Gr\xc3\xbcn" },
	{ "empty password that is right", "nil:", .user = "nil" },
	{ "wrong password", "wsman:Secret", .why = "login", .claimed = "wsman" },
	{ "empty password", "wsman:", .why = "login", .claimed = "wsman" },
	{ "longer password", "wsman:secret1", .why = "login", .claimed = "wsman" },
	{ "another one's password", "ws:secret", .why = "login", .claimed = "ws" },
	{ "beginning of the name", "wsma:secret", .why = "login", .claimed = "wsma" },
	{ "longer name", "wsmanXYZ:secret", .why = "login", .claimed = "wsmanXYZ" },
	{ "name in capitals", "WSMAN:secret", .why = "login", .claimed = "WSMAN" },
	{ "unknown name", "root:secret", .why = "login", .claimed = "root" },
	{ "locked", "locked:secret", .why = "login", .claimed = "locked" },
	{ "empty name", ":secret", .why = "malformed-credentials" },
	{ "no colon", "wsman", .why = "malformed-credentials" },
	{ "zero byte in the password", "wsman:secret\0x", 14, .why = "malformed-credentials" },
	{ "zero byte in the name", "wsman\0:secret", 13, .why = "malformed-credentials" },
	{ "line end", "wsman:secret\n", .why = "malformed-credentials" },
	{ "none", .why = "no-credentials" },
	{ "scheme in capitals", .header = "BASIC d3NtYW46c2VjcmV0", .user = "wsman" },
	{ "scheme in small letters", .header = "basic   d3NtYW46c2VjcmV0", .user = "wsman" },
	{ "empty", .header = "", .why = "unknown-scheme" },
	{ "scheme alone", .header = "Basic", .why = "unknown-scheme" },
	{ "scheme and a blank", .header = "Basic ", .why = "malformed-credentials" },
	{ "no blank", .header = "Basicd3NtYW46c2VjcmV0", .why = "unknown-scheme" },
	{ "beginning of the scheme", .header = "Bas d3NtYW46c2VjcmV0", .why = "unknown-scheme" },
	{ "another scheme", .header = "Digest username=\"wsman\"", .why = "unknown-scheme" },
	{ "scheme that is not offered", .header = "Negotiate YII=", .why = "unknown-scheme" },
	{ "certificate",
		.header = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/"
			  "mutual",
		.why = "unknown-scheme" },
	{ "base64 cut short", .header = "Basic d3NtYW46c2VjcmV", .why = "malformed-credentials" },
	{ "base64 of one more", .header = "Basic d3NtYW46c2VjcmV0A",
		.why = "malformed-credentials" },
	{ "base64 with a blank", .header = "Basic d3NtYW46 c2VjcmV0",
		.why = "malformed-credentials" },
	{ "base64 for URLs", .header = "Basic d3NtYW46c2Vjcm-_", .why = "malformed-credentials" },
	{ "padding within", .header = "Basic d3N=YW46c2VjcmV0", .why = "malformed-credentials" },
	{ "padding alone", .header = "Basic ====", .why = "malformed-credentials" },
	{ "three of padding", .header = "Basic bmlsOg==dw===", .why = "malformed-credentials" },
	{ "bits behind the last byte", .header = "Basic bmlsOh==", .why = "malformed-credentials" },
	{ "two tokens", .header = "Basic d3NtYW46c2VjcmV0, Basic d3NtYW46c2VjcmV0",
		.why = "malformed-credentials" },
};

START_TEST(test_header)
{
	auto_buf struct buf encoded = { 0 };
	const char *header = headers[_i].header, *text = headers[_i].text;
	const char *user = headers[_i].user, *claimed = headers[_i].claimed;
	struct auth *a;
	struct login l;

	write_some_users();
	if (text) {
		encode(&encoded, text, headers[_i].len ? headers[_i].len : strlen(text));
		header = encoded.data;
	}
	a = must_start(1, 4);
	begin(a, &l, header, 1000);
	end(&l);
	ck_assert_msg((l.call.verdict == AUTH_ACCEPTED) == (user != NULL), "%s", headers[_i].name);
	ck_assert_int_eq(l.call.who.kind, user ? PRINCIPAL_USER : PRINCIPAL_NONE);
	ck_assert_str_eq(l.call.who.name, user ? user : "");
	ck_assert_str_eq(l.call.claimed, claimed ? claimed : "");
	if (!user) {
		ck_assert_int_eq(l.call.verdict, AUTH_REFUSED);
		ck_assert_str_eq(l.call.why, headers[_i].why);
	}
	auth_free(a);
}
END_TEST

START_TEST(test_long_credentials)
{
	static const struct {
		size_t name, password;
		const char *why;
	} rows[] = {
		{ 255, 10, "login" },
		{ 256, 10, "malformed-credentials" },
		{ 1, 511, "login" },
		{ 1, 512, "login" },
		{ 1, 1022, "login" },
		{ 1, 1026, "malformed-credentials" },
		{ 1, 60000, "malformed-credentials" },
	};
	auto_buf struct buf text = { 0 }, header = { 0 };
	struct auth *a;
	struct login l;

	write_some_users();
	a = must_start(1, 4);
	for (size_t i = 0; i < rows[_i].name; i++)
		buf_putc(&text, 'n');
	buf_putc(&text, ':');
	for (size_t i = 0; i < rows[_i].password; i++)
		buf_putc(&text, 'p');
	encode(&header, text.data, text.len);
	begin(a, &l, header.data, 0);
	end(&l);
	ck_assert_int_eq(l.call.verdict, AUTH_REFUSED);
	ck_assert_str_eq(l.call.why, rows[_i].why);
	auth_free(a);
}
END_TEST

START_TEST(test_remembered_for_a_minute)
{
	const char *right = "Basic d3NtYW46c2VjcmV0";
	struct auth *a;
	struct login l;

	write_some_users();
	a = must_start(1, 4);
	begin(a, &l, right, 1000);
	end(&l);
	begin(a, &l, right, 1000 + AUTH_BASIC_REMEMBER_MS - 1);
	ck_assert(at_once(&l));
	ck_assert_int_eq(l.call.verdict, AUTH_ACCEPTED);
	ck_assert_str_eq(l.call.who.name, "wsman");
	/* Its use did not prolong it. */
	begin(a, &l, right, 1000 + AUTH_BASIC_REMEMBER_MS);
	end(&l);
	ck_assert_int_eq(l.call.verdict, AUTH_ACCEPTED);
	begin(a, &l, right, 1000 + AUTH_BASIC_REMEMBER_MS + 1);
	ck_assert(at_once(&l));
	auth_free(a);
}
END_TEST

START_TEST(test_reload_forgets)
{
	const char *right = "Basic d3NtYW46c2VjcmV0";
	const struct auth_config missing = { .methods = AUTH_BASIC,
		.password_file = "/nonexistent/users" };
	auto_buf struct buf text = { 0 };
	struct err e = { 0 };
	struct auth *a;
	struct login l;

	write_some_users();
	a = must_start(1, 4);
	begin(a, &l, right, 0);
	end(&l);
	ck_assert_int_eq(auth_reload(a, &missing, &e), -ERR_IO);
	begin(a, &l, right, 0);
	ck_assert(at_once(&l));
	add_user(&text, "wsman", "changed", QUICK);
	write_users(text.data);
	must_reload(a);
	begin(a, &l, right, 0);
	end(&l);
	ck_assert_int_eq(l.call.verdict, AUTH_REFUSED);
	auth_free(a);
}
END_TEST

/* A reload during a verification: what counts is the file as it is at the end. */
START_TEST(test_reload_during_a_login)
{
	const char *right = "Basic d3NtYW46c2VjcmV0";
	auto_buf struct buf text = { 0 };
	struct auth *a;
	struct login l, again;

	add_user(&text, "wsman", "secret", SLOW);
	write_users(text.data);
	a = must_start(1, 4);
	begin(a, &l, right, 0);
	buf_clear(&text);
	add_user(&text, "other", "x", QUICK);
	write_users(text.data);
	must_reload(a);
	end(&l);
	ck_assert_int_eq(l.call.verdict, AUTH_REFUSED);
	begin(a, &again, right, 0);
	end(&again);
	ck_assert_int_eq(again.call.verdict, AUTH_REFUSED);
	auth_free(a);
}
END_TEST

enum { CROWD = 40 };

START_TEST(test_equal_logins_cost_one_hash)
{
	static const char *const header[] = {
		"Basic d3NtYW46c2VjcmV0", /* wsman:secret */
		"Basic d3NtYW46d3Jvbmc=", /* wsman:wrong */
	};
	auto_buf struct buf text = { 0 };
	struct login *l = mem_calloc(CROWD, sizeof *l);
	struct auth *a;

	add_user(&text, "wsman", "secret", SLOW);
	write_users(text.data);
	a = must_start(1, 1);
	/* One place in the queue: forty hashes would not fit. */
	for (int i = 0; i < CROWD; i++)
		begin(a, &l[i], header[_i], 0);
	for (int i = 0; i < CROWD; i++) {
		end(&l[i]);
		ck_assert_int_eq(l[i].call.verdict, _i ? AUTH_REFUSED : AUTH_ACCEPTED);
	}
	/* A failure is not remembered. */
	begin(a, &l[0], header[_i], 0);
	ck_assert_int_eq(at_once(&l[0]), _i == 0);
	if (_i)
		end(&l[0]);
	auth_free(a);
	free(l);
}
END_TEST

/* Whoever floods the queue: from nobody knows where, from one address, from one network. */
static const struct flood {
	const char *before, *behind; /* of the number that makes each peer; NULL: no peer */
	const char *other; /* who is to be served nevertheless */
	unsigned queue;
} floods[] = {
	{ NULL, NULL, NULL, 3 },
	{ "192.0.2.1:", "", "192.0.2.2:1", CROWD },
	{ "[2001:db8::", "]:443", "[2001:db8:0:1::1]:1", CROWD },
};

static void flood_with(
	struct auth *a, struct login *l, int i, const struct flood *f, struct buf *header)
{
	auto_buf struct buf text = { 0 }, peer = { 0 };

	buf_printf(&text, "wsman:wrong%d", i);
	encode(header, text.data, text.len);
	if (f->before)
		buf_printf(&peer, "%s%d%s", f->before, i + 1, f->behind);
	begin_from(a, l, header->data, 0, i < CROWD ? peer.data : f->other);
}

START_TEST(test_flood_is_bounded)
{
	const struct flood *f = &floods[_i];
	auto_buf struct buf text = { 0 };
	struct login *l = mem_calloc(CROWD + 1, sizeof *l);
	struct buf headers_of[CROWD + 1] = { 0 };
	struct auth *a;
	int busy = 0;

	add_user(&text, "wsman", "secret", SLOW);
	write_users(text.data);
	a = must_start(1, f->queue);
	for (int i = 0; i <= CROWD; i++)
		flood_with(a, &l[i], i, f, &headers_of[i]);
	for (int i = 0; i <= CROWD; i++) {
		end(&l[i]);
		busy += l[i].call.verdict == AUTH_BUSY;
		ck_assert_int_ne(l[i].call.verdict, AUTH_ACCEPTED);
		ck_assert_str_eq(l[i].call.claimed, "wsman");
		buf_free(&headers_of[i]);
	}
	ck_assert_int_ge(busy, CROWD / 2);
	ck_assert(!f->other || l[CROWD].call.verdict == AUTH_REFUSED);
	auth_free(a);
	free(l);
}
END_TEST

/* More users than one set of slots holds: each is still accepted, remembered or not. */
START_TEST(test_many_users)
{
	auto_buf struct buf text = { 0 };
	char *hash, name[32];
	struct auth *a;
	struct login l;
	int quick = 0;

	add_user(&text, "", "secret", QUICK);
	hash = buf_take(&text);
	for (int i = 0; i < 600; i++)
		buf_printf(&text, "user%d%s", i, hash);
	write_users(text.data);
	a = must_start(1, 4);
	for (int i = 0; i < 1200; i++) {
		auto_buf struct buf header = { 0 };

		snprintf(name, sizeof name, "user%d", i % 600);
		buf_clear(&text);
		buf_printf(&text, "%s:secret", name);
		encode(&header, text.data, text.len);
		begin(a, &l, header.data, 0);
		if (at_once(&l))
			quick++;
		else
			end(&l);
		ck_assert_int_eq(l.call.verdict, AUTH_ACCEPTED);
		ck_assert_str_eq(l.call.who.name, name);
	}
	ck_assert_int_ge(quick, 300);
	auth_free(a);
	free(hash);
}
END_TEST

static const struct {
	const char *name, *text, *want; /* NULL: it loads; else the sentence behind FILE */
} files[] = {
	{ "empty", "", NULL },
	{ "remarks", "# nobody\n\n  \r\n", NULL },
	{ "all locked", "a:*\nb:!x\n", NULL },
	{ "oldest kind of hash", "a:abJnggxhB/yWI\n", NULL },
	{ "no colon", "a:*\nbob\n", ":2: no colon: write user:hash" },
	{ "no name", ":*\n",
		":1: the user name must have 1 to 255 bytes and no control "
		"characters" },
	{ "control character", "a\tb:*\n",
		":1: the user name must have 1 to 255 bytes and no "
		"control characters" },
	{ "password in plain text", "bob:secret\n",
		":1: the hash of user bob is of no kind that "
		"crypt(5) knows: make one with 'vsmig passwd'" },
	{ "empty hash", "bob:\n",
		":1: the hash of user bob is of no kind that crypt(5) knows: "
		"make one with 'vsmig passwd'" },
	{ "a line of passwd(5)", "bob:x:1000:1000::/home/bob:/bin/sh\n",
		":1: the hash of user bob "
		"is of no kind that crypt(5) knows: make one with 'vsmig passwd'" },
	{ "twice", "a:*\nb:*\na:!\n",
		": user a stands there twice, in lines 1 and 3: take one "
		"away" },
};

START_TEST(test_file)
{
	struct auth_users *u = NULL;
	struct err e = { 0 };
	int rc;

	write_users(files[_i].text);
	rc = auth_users_load(file, &u, &e);
	ck_assert_str_eq(rc ? e.text + strlen(file) : "", files[_i].want ? files[_i].want : "");
	ck_assert_int_eq(rc == 0, u != NULL);
	if (u)
		ck_assert(!auth_users_verify(u, "a", "x"));
	auth_users_unref(u);
}
END_TEST

START_TEST(test_file_limits)
{
	auto_buf struct buf text = { 0 };
	struct auth_users *u = NULL;
	struct err e = { 0 };

	ck_assert_int_eq(auth_users_load("/tmp", &u, &e), -ERR_IO);
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "user%d:*\n", i);
	write_users(text.data);
	ck_assert_int_eq(auth_users_load(file, &u, &e), 0);
	auth_users_unref(u);
	buf_puts(&text, "one:*\n");
	write_users(text.data);
	ck_assert_int_eq(auth_users_load(file, &u, &e), -ERR_LIMIT);
	while (text.len <= 1 << 20)
		buf_puts(&text, "# 3456789012345\n");
	write_users(text.data);
	ck_assert_int_eq(auth_users_load(file, &u, &e), -ERR_LIMIT);
}
END_TEST

static double seconds_to_refuse(const struct auth_users *u, const char *name)
{
	struct timespec from, to;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	ck_assert(!auth_users_verify(u, name, "wrong"));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

START_TEST(test_unknown_user_takes_as_long)
{
	auto_buf struct buf text = { 0 };
	struct auth_users *u = NULL;
	struct err e = { 0 };
	double known;

	add_user(&text, "wsman", "secret", SLOW);
	buf_puts(&text, "locked:*\n");
	write_users(text.data);
	ck_assert_int_eq(auth_users_load(file, &u, &e), 0);
	known = seconds_to_refuse(u, "wsman");
	ck_assert_double_gt(seconds_to_refuse(u, "aaaaa"), known / 2);
	ck_assert_double_gt(seconds_to_refuse(u, "zzzzz"), known / 2);
	ck_assert_double_gt(seconds_to_refuse(u, "locked"), known / 2);
	auth_users_unref(u);
}
END_TEST

START_TEST(test_config)
{
	static const struct {
		struct auth_config config;
		int want;
	} rows[] = {
		{ { .methods = 0, .password_file = "/u" }, -ERR_CONFIG },
		{ { .methods = AUTH_BASIC, .password_file = "" }, -ERR_CONFIG },
		{ { .methods = AUTH_BASIC | AUTH_CERTIFICATE, .password_file = "/u" },
			-ERR_CONFIG },
		{ { .methods = AUTH_NEGOTIATE, .password_file = "/u" }, -ERR_CONFIG },
		{ { .methods = AUTH_BASIC, .password_file = "/u" }, 0 },
	};
	struct err e = { 0 };

	ck_assert_int_eq(auth_config_check(&rows[_i].config, &e), rows[_i].want);
}
END_TEST

START_TEST(test_challenges)
{
	struct auth *a;

	write_some_users();
	a = must_start(1, 1);
	ck_assert_str_eq(auth_challenges(a), "WWW-Authenticate: Basic realm=\"WSMAN\"\r\n");
	auth_free(a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_auth");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int fd = mkstemp(file), failed;

	log_set_level(LOG_LEVEL_ERROR);
	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_header, 0, (int)ARRAY_LEN(headers));
	tcase_add_loop_test(t, test_long_credentials, 0, 7);
	tcase_add_test(t, test_remembered_for_a_minute);
	tcase_add_test(t, test_reload_forgets);
	tcase_add_test(t, test_reload_during_a_login);
	tcase_add_loop_test(t, test_equal_logins_cost_one_hash, 0, 2);
	tcase_add_loop_test(t, test_flood_is_bounded, 0, ARRAY_LEN(floods));
	tcase_add_test(t, test_many_users);
	tcase_add_loop_test(t, test_file, 0, (int)ARRAY_LEN(files));
	tcase_add_test(t, test_file_limits);
	tcase_add_test(t, test_unknown_user_takes_as_long);
	tcase_add_loop_test(t, test_config, 0, 5);
	tcase_add_test(t, test_challenges);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	close(fd);
	unlink(file);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
