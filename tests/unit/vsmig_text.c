/* What vsmig shows: text cleaned and wrapped, tables, JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/mem.h"
#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"

static const struct clean_row {
	const char *name, *in, *want, *json;
	size_t width;
} clean_rows[] = {
	{ "plain", "web01", "web01", "\"web01\"", 5 },
	{ "nothing", "", "", "\"\"", 0 },
	{ "blanks", "a\tb\nc\rd", "a b c d", "\"a\\u0009b\\u000ac\\u000dd\"", 7 },
	{ "escape sequence", "a\x1b[31mb", "a?[31mb", "\"a\\u001b[31mb\"", 7 },
	{ "DEL and C1", "\x7f\xc2\x9b", "??", "\"\\u007f\\u009b\"", 2 },
	{ "umlaut", "\xc3\xbc", "\xc3\xbc", "\"\xc3\xbc\"", 1 },
	{ "wide", "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97",
		"\"\xe6\xbc\xa2\xe5\xad\x97\"", 4 },
	{ "combining", "e\xcc\x81", "e\xcc\x81", "\"e\xcc\x81\"", 1 },
	{ "right-to-left override",
		"a\xe2\x80\xae"
		"b",
		"a?b", "\"a\\u202eb\"", 3 },
	{ "tag character", "\xf3\xa0\x81\x81", "?", "\"\\udb40\\udc41\"", 1 },
	{ "not UTF-8",
		"a\xff"
		"b",
		"a?b", "\"a\\ufffdb\"", 3 },
	{ "cut short", "\xe2\x82", "??", "\"\\ufffd\\ufffd\"", 2 },
	{ "overlong", "\xc0\xaf", "??", "\"\\ufffd\\ufffd\"", 2 },
	{ "surrogate", "\xed\xa0\x80", "???", "\"\\ufffd\\ufffd\\ufffd\"", 3 },
	{ "no character", "\xef\xbf\xbf", "?", "\"\\uffff\"", 1 },
	{ "quotes", "a\"b\\c", "a\"b\\c", "\"a\\\"b\\\\c\"", 5 },
};

START_TEST(cleans_text)
{
	const struct clean_row *row = &clean_rows[_i];
	auto_buf struct buf clean = { 0 }, json = { 0 };
	const char *got;

	vsmig_print_clean(&clean, row->in);
	got = clean.data != NULL ? clean.data : "";
	ck_assert_msg(strcmp(got, row->want) == 0, "%s: got %s", row->name, got);
	ck_assert_msg(vsmig_print_width(got) == row->width, "%s: width", row->name);
	vsmig_json_string(&json, row->in);
	ck_assert_msg(strcmp(json.data, row->json) == 0, "%s: got %s", row->name, json.data);
}
END_TEST

static const struct table_row {
	const char *name;
	const char *cells[6];
	size_t width;
	const char *want;
} table_rows[] = {
	{ "fits", { "a", "bb", "c", "d", "ee", "f" }, 60,
		"ID  NAME  TEXT\na   bb    c\nd   ee    f\n" },
	{ "wraps at a blank", { "a", "b", "one two three four five" }, 30,
		"ID  NAME  TEXT\na   b     one two three four\n          five\n" },
	{ "breaks a long word", { "a", "b", "0123456789012345678901234" }, 30,
		"ID  NAME  TEXT\na   b     01234567890123456789\n          01234\n" },
	{ "keeps lines of a cell", { "a", "b", "one\n-> two" }, 60,
		"ID  NAME  TEXT\na   b     one\n          -> two\n" },
	{ "empty cells", { NULL, "b", "", "x", NULL, "y" }, 60,
		"ID  NAME  TEXT\n    b\nx         y\n" },
	{ "wide characters", { "\xe6\xbc\xa2", "b", "c" }, 60,
		"ID  NAME  TEXT\n\xe6\xbc\xa2  b     c\n" },
	{ "cleans", { "\x1b", "b", "\x1b[2J" }, 60, "ID  NAME  TEXT\n?   b     ?[2J\n" },
};

START_TEST(lays_out_tables)
{
	static const char *const heads[] = { "ID", "NAME", "TEXT" };
	const struct table_row *row = &table_rows[_i];
	const struct vsmig_table t = { heads, 3, row->cells,
		row->cells[3] || row->cells[5] ? 2 : 1 };
	auto_buf struct buf out = { 0 };

	vsmig_print_table(&out, &t, row->width);
	ck_assert_msg(strcmp(out.data, row->want) == 0, "%s: got\n%s", row->name, out.data);
}
END_TEST

START_TEST(separates_json_members)
{
	auto_buf struct buf b = { 0 };

	buf_putc(&b, '{');
	vsmig_json_member(&b, "a", "1");
	vsmig_json_member(&b, "b", NULL);
	vsmig_json_name(&b, "c");
	buf_putc(&b, '[');
	vsmig_json_next(&b);
	vsmig_json_string(&b, "[");
	vsmig_json_next(&b);
	vsmig_json_string(&b, "{");
	buf_putc(&b, ']');
	vsmig_json_bool(&b, "d", true);
	buf_putc(&b, '}');
	ck_assert_str_eq(b.data, "{\"a\":\"1\",\"b\":null,\"c\":[\"[\",\"{\"],\"d\":true}");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vsmig_text");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	vsmig_print_init();
	tcase_add_loop_test(t, cleans_text, 0, ARRAY_LEN(clean_rows));
	tcase_add_loop_test(t, lays_out_tables, 0, ARRAY_LEN(table_rows));
	tcase_add_test(t, separates_json_members);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
