/* The password file as vsmig writes it, and passwords as it reads them. */
#include <check.h>
#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "wsman/vsmig_passwd.h"
#include "wsman/vsmig_password.h"

static char dir[] = "/tmp/vsmig-passwd-XXXXXX";
static char path[64];

static void put(const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void expect(const char *want)
{
	char got[256] = "";
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	ck_assert_str_eq(got, want);
}

static const struct file_row {
	const char *name, *before, *user, *after; /* before NULL: no file */
} file_rows[] = {
	{ "a new file", NULL, "a", "a:H\n" },
	{ "an empty file", "", "a", "a:H\n" },
	{ "one more", "b:x\n", "a", "b:x\na:H\n" },
	{ "in place", "# who\n\na:old\nb:x\n", "a", "# who\n\na:H\nb:x\n" },
	{ "a longer name is another user", "ab:x\n", "a", "ab:x\na:H\n" },
	{ "a shorter one too", "a:x\n", "ab", "a:x\nab:H\n" },
	{ "twice there: once afterwards", "a:1\nb:x\na:2\n", "a", "a:H\nb:x\n" },
	{ "no newline at the end", "b:x", "a", "b:x\na:H\n" },
};

START_TEST(edits_the_file)
{
	const struct file_row *row = &file_rows[_i];
	struct err e = { 0 };
	struct stat st;

	unlink(path);
	if (row->before != NULL) {
		put(row->before, strlen(row->before));
		ck_assert_int_eq(chmod(path, 0644), 0);
	}
	ck_assert_msg(vsmig_passwd_set(path, row->user, "H", &e) == 0, "%s: %s", row->name, e.text);
	expect(row->after);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, row->before != NULL ? 0640 : 0600);
}
END_TEST

static const char *const bad_users[] = { "", "a:b", "a b", "a\nb", "#a", "a\x7f" };

START_TEST(refuses_bad_users)
{
	struct err e = { 0 };

	ck_assert_int_eq(vsmig_passwd_check_user(bad_users[_i], &e), -ERR_CONFIG);
}
END_TEST

START_TEST(leaves_the_file_when_it_cannot)
{
	struct err e = { 0 };

	ck_assert_int_eq(vsmig_passwd_set("/nonexistent/users", "a", "H", &e), -ERR_IO);
	ck_assert_int_eq(vsmig_passwd_set(dir, "a", "H", &e), -ERR_IO);
}
END_TEST

static const struct password_row {
	const char *name, *text;
	size_t n;
	const char *want; /* NULL: refused */
} password_rows[] = {
	{ "a line", "secret\n", 7, "secret" },
	{ "no newline", "secret", 6, "secret" },
	{ "the first of two", "one\ntwo\n", 8, "one" },
	{ "a carriage return", "one\r\n", 5, "one" },
	{ "blanks stay", " a b \n", 6, " a b " },
	{ "empty", "", 0, NULL },
	{ "an empty line", "\n", 1, NULL },
	{ "a NUL inside", "a\0b\n", 4, NULL },
};

START_TEST(reads_passwords)
{
	const struct password_row *row = &password_rows[_i];
	char *password = NULL;
	struct err e = { 0 };
	int r;

	put(row->text, row->n);
	r = vsmig_password_from_file(path, &password, &e);
	if (row->want == NULL)
		ck_assert_msg(r == -ERR_CONFIG, "%s: %d", row->name, r);
	else
		ck_assert_msg(r == 0 && strcmp(password, row->want) == 0, "%s", row->name);
	vsmig_password_free(password);
}
END_TEST

START_TEST(limits_passwords)
{
	char *password = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };

	for (int i = 0; i < 600; i++)
		buf_putc(&b, 'x');
	put(b.data, b.len);
	buf_free(&b);
	ck_assert_int_eq(vsmig_password_from_file(path, &password, &e), -ERR_CONFIG);
	ck_assert_int_eq(vsmig_password_from_file("/nonexistent", &password, &e), -ERR_IO);
}
END_TEST

START_TEST(hashes_verify)
{
	char *one = vsmig_password_random(), *two = vsmig_password_random();
	struct crypt_data *data = mem_calloc(1, sizeof *data);
	char *hash = NULL, *again = NULL;
	struct err e = { 0 };

	ck_assert_uint_eq(strlen(one), 24);
	ck_assert_str_ne(one, two);
	ck_assert_int_eq(vsmig_password_hash(one, &hash, &e), 0);
	ck_assert_int_eq(vsmig_password_hash(one, &again, &e), 0);
	ck_assert_str_ne(hash, again);
	ck_assert_str_eq(crypt_r(one, hash, data), hash);
	ck_assert_str_ne(crypt_r(two, hash, data), hash);
	vsmig_password_free(one);
	vsmig_password_free(two);
	free(hash);
	free(again);
	free(data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vsmig_passwd");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/users", dir);
	tcase_add_loop_test(t, edits_the_file, 0, ARRAY_LEN(file_rows));
	tcase_add_loop_test(t, refuses_bad_users, 0, ARRAY_LEN(bad_users));
	tcase_add_test(t, leaves_the_file_when_it_cannot);
	tcase_add_loop_test(t, reads_passwords, 0, ARRAY_LEN(password_rows));
	tcase_add_test(t, limits_passwords);
	tcase_add_test(t, hashes_verify);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	unlink(path);
	rmdir(dir);
	return failed != 0;
}
