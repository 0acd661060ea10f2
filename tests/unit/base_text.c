/* Errors, buffers, memory: what every other layer leans on. */
#include <check.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/buf.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/digest.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"
#include "daemon/base/principal.h"

static const struct xml_row {
	const char *name, *in, *want;
} xml_rows[] = {
	{ "plain", "abc", "abc" },
	{ "the five", "<a b=\"c\" d='e'>&", "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;" },
	{ "blanks stay", "a\tb\nc\rd", "a\tb\nc\rd" },
	{ "controls",
		"a\x01"
		"b\x1f",
		"a?b?" },
	{ "UTF-8", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "cut short", "a\xe2\x82", "a??" },
	{ "overlong", "\xc0\xaf\xe0\x80\xaf", "?????" },
	{ "surrogate", "\xed\xa0\x80", "???" },
	{ "past Unicode", "\xf4\x90\x80\x80", "????" },
	{ "no character", "\xef\xbf\xbf", "???" },
	{ "lone continuation", "\x80z", "?z" },
};

START_TEST(escapes_xml)
{
	const struct xml_row *row = &xml_rows[_i];
	auto_buf struct buf b = { 0 };

	buf_xml(&b, row->in);
	ck_assert_msg(strcmp(b.data, row->want) == 0, "%s: got %s", row->name, b.data);
}
END_TEST

START_TEST(buffer_keeps_its_limit)
{
	auto_buf struct buf b = { .max = 10 };

	buf_puts(&b, "0123456789");
	ck_assert(!b.over);
	buf_putc(&b, 'x');
	ck_assert(b.over);
	ck_assert_uint_eq(b.len, 10);
	buf_clear(&b);
	buf_printf(&b, "%s", "0123456789a");
	ck_assert(b.over);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(buffer_drops_and_takes)
{
	auto_buf struct buf b = { 0 };
	char *text;

	buf_printf(&b, "%d-%s", 42, "x");
	buf_drop(&b, 3);
	ck_assert_str_eq(b.data, "x");
	buf_drop(&b, 30);
	ck_assert_uint_eq(b.len, 0);
	buf_puts(&b, "gone");
	text = buf_take(&b);
	ck_assert_str_eq(text, "gone");
	free(text);
	text = buf_take(&b);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(errors_keep_their_sentence)
{
	struct err e;
	char longer[600];

	ck_assert_int_eq(err_set(&e, ERR_IO, "%s: gone", "/a"), -ERR_IO);
	ck_assert_int_eq(err_prefix(&e, "reading %d", 7), -ERR_IO);
	ck_assert_str_eq(e.text, "reading 7: /a: gone");
	memset(longer, 'y', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	err_set(&e, ERR_LIMIT, "%s", longer);
	err_prefix(&e, "%s", longer);
	ck_assert_uint_eq(strlen(e.text), sizeof e.text - 1);
	ck_assert_str_eq(err_name(-ERR_LIMIT), "limit");
	ck_assert_str_eq(err_name(9999), "unknown");
}
END_TEST

START_TEST(arena_grows)
{
	auto_arena struct arena *a = arena_new();
	size_t n = 0, dirty = 0;
	int *items = NULL;

	for (int i = 0; i < 1000; i++)
		*ARENA_PUSH(a, items, n) = i;
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(items[i], i);
	char *big = arena_alloc(a, 1 << 20);
	/* Counted: a million assertions write a million messages. */
	for (size_t i = 0; i < 1 << 20; i++)
		dirty += big[i] != 0;
	ck_assert_uint_eq(dirty, 0);
	ck_assert_str_eq(arena_printf(a, "%s/%d", "x", 1), "x/1");
	ck_assert_ptr_null(arena_strdup(a, NULL));
	ck_assert_uint_ge(arena_used(a), 1 << 20);
}
END_TEST

START_TEST(take_leaves_nothing)
{
	char *p = mem_strdup("x");
	char *got = take(p);

	ck_assert_ptr_null(p);
	free(got);
}
END_TEST

START_TEST(clock_saturates)
{
	ck_assert(clock_in(INT64_MAX) == CLOCK_NEVER);
	ck_assert_int_eq(clock_poll(CLOCK_NEVER), -1);
	ck_assert_int_eq(clock_left(0), 0);
	ck_assert_int_eq(clock_poll(clock_in((int64_t)INT_MAX * 4)), INT_MAX);
}
END_TEST

START_TEST(digests)
{
	unsigned char a[DIGEST_SIZE], b[DIGEST_SIZE];
	char one[DIGEST_UUID_SIZE], two[DIGEST_UUID_SIZE];

	/* RFC 4231, test case 2. */
	static const unsigned char want[] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e };
	digest_hmac(a, "Jefe", 4, "what do ya want for nothing?", 28);
	ck_assert_mem_eq(a, want, sizeof want);
	digest_hmac(b, "Jefe", 4, "what do ya want for nothing.", 28);
	ck_assert(!digest_equal(a, b, sizeof a));
	digest_uuid(one);
	digest_uuid(two);
	ck_assert_str_ne(one, two);
	ck_assert_uint_eq(strlen(one), 36);
	ck_assert_int_eq(one[14], '4');
}
END_TEST

START_TEST(nobody_is_nobody)
{
	struct principal zero = { 0 }, user = { .kind = PRINCIPAL_USER, .name = "a" };
	struct principal other = { .kind = PRINCIPAL_USER, .name = "ab" };

	ck_assert(!principal_known(&zero));
	ck_assert(!principal_same(&zero, &zero));
	ck_assert(principal_same(&user, &user));
	ck_assert(!principal_same(&user, &other));
}
END_TEST

START_TEST(counters)
{
	count_add(COUNT_FAULTS_TOTAL, 2);
	count_add(COUNT_FAULTS_TOTAL, -1);
	ck_assert_int_eq(count_get(COUNT_FAULTS_TOTAL), 1);
	for (int c = 0; c < COUNT_COUNT; c++)
		ck_assert(count_name(c) && count_text(c));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base_text");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	tcase_add_loop_test(t, escapes_xml, 0, ARRAY_LEN(xml_rows));
	tcase_add_test(t, buffer_keeps_its_limit);
	tcase_add_test(t, buffer_drops_and_takes);
	tcase_add_test(t, errors_keep_their_sentence);
	tcase_add_test(t, arena_grows);
	tcase_add_test(t, take_leaves_nothing);
	tcase_add_test(t, clock_saturates);
	tcase_add_test(t, digests);
	tcase_add_test(t, nobody_is_nobody);
	tcase_add_test(t, counters);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
