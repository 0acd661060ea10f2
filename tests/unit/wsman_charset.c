/* Content types, the choice of a charset, and UTF-16 both ways. */
#include <check.h>
#include <string.h>

#include "daemon/base/mem.h"
#include "wsman/charset.h"

static const struct {
	const char *content_type;
	bool ok;
	const char *charset, *action;
} media_rows[] = {
	{ "application/soap+xml", true, "", "" },
	{ "application/soap+xml;charset=UTF-8", true, "UTF-8", "" },
	{ "application/soap+xml; charset=\"utf-16\"", true, "utf-16", "" },
	{ "APPLICATION/SOAP+XML ; CHARSET=utf-8 ; action=\"http://x/y;z\"", true, "utf-8",
		"http://x/y;z" },
	{ " application/soap+xml;action=urn:a;charset=UTF-8;", true, "UTF-8", "urn:a" },
	{ "application/soap+xml;foo=bar", true, "", "" },
	{ "application/soap+xml;charset", false, NULL, NULL },
	{ "application/soap+xml;charset=\"UTF-8", false, NULL, NULL },
	{ "application/soap+xml;=x", false, NULL, NULL },
	{ "application/soap+xml charset=UTF-8", false, NULL, NULL },
	{ "application/soap+xmlx", false, NULL, NULL },
	{ "text/xml;charset=UTF-8", false, NULL, NULL },
	{ "multipart/encrypted", false, NULL, NULL },
	{ "", false, NULL, NULL },
	{ NULL, false, NULL, NULL },
};

START_TEST(media)
{
	struct media m;
	bool ok = media_parse(media_rows[_i].content_type, &m);

	ck_assert_msg(ok == media_rows[_i].ok, "%s", media_rows[_i].content_type);
	if (!ok)
		return;
	ck_assert_uint_eq(m.charset.n, strlen(media_rows[_i].charset));
	ck_assert_mem_eq(m.charset.p ? m.charset.p : "", media_rows[_i].charset, m.charset.n);
	ck_assert_uint_eq(m.action.n, strlen(media_rows[_i].action));
	ck_assert_mem_eq(m.action.p ? m.action.p : "", media_rows[_i].action, m.action.n);
}
END_TEST

#define BYTES(s) s, sizeof s - 1

static const struct {
	const char *content_type, *body;
	size_t len;
	enum charset_verdict verdict;
	enum charset charset;
	bool big;
	size_t skip;
} choices[] = {
	{ "application/soap+xml", BYTES("<a/>"), CHARSET_OK, CHARSET_UTF8, false, 0 },
	{ "application/soap+xml", BYTES("\xef\xbb\xbf<a/>"), CHARSET_OK, CHARSET_UTF8, false, 3 },
	{ "application/soap+xml", BYTES("\xff\xfe<\0"), CHARSET_OK, CHARSET_UTF16, false, 2 },
	{ "application/soap+xml", BYTES("\xfe\xff\0<"), CHARSET_OK, CHARSET_UTF16, true, 2 },
	{ "application/soap+xml", BYTES("<\0a\0"), CHARSET_OK, CHARSET_UTF16, false, 0 },
	{ "application/soap+xml", BYTES("\0<\0a"), CHARSET_OK, CHARSET_UTF16, true, 0 },
	{ "application/soap+xml;charset=UTF-8", BYTES("<a/>"), CHARSET_OK, CHARSET_UTF8, false, 0 },
	{ "application/soap+xml;charset=UTF-8", BYTES("\xff\xfe<\0"), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=UTF-8", BYTES("\xfe\xff\0<"), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=UTF-8", BYTES("<\0a\0"), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=UTF-16", BYTES("\xff\xfe<\0"), CHARSET_OK, CHARSET_UTF16,
		false, 2 },
	{ "application/soap+xml;charset=UTF-16", BYTES("\xfe\xff\0<"), CHARSET_OK, CHARSET_UTF16,
		true, 2 },
	{ "application/soap+xml;charset=UTF-16", BYTES("<\0a\0"), CHARSET_OK, CHARSET_UTF16, false,
		0 },
	{ "application/soap+xml;charset=utf-16", BYTES("<a/>"), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=UTF-16", BYTES("\xef\xbb\xbf<a/>"), CHARSET_CONFLICT, 0, 0,
		0 },
	{ "application/soap+xml;charset=UTF-16", BYTES(""), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=UTF-16LE", BYTES("\xfe\xff\0<"), CHARSET_CONFLICT, 0, 0,
		0 },
	{ "application/soap+xml;charset=UTF-16BE", BYTES("\0<\0a"), CHARSET_OK, CHARSET_UTF16, true,
		0 },
	{ "application/soap+xml;charset=UTF-16", BYTES("\0\0\0<"), CHARSET_CONFLICT, 0, 0, 0 },
	{ "application/soap+xml;charset=ISO-8859-1", BYTES("<a/>"), CHARSET_UNSUPPORTED, 0, 0, 0 },
};

START_TEST(choice)
{
	struct charset_choice c;
	struct media m;

	ck_assert(media_parse(choices[_i].content_type, &m));
	ck_assert_int_eq(
		charset_decide(&m, choices[_i].body, choices[_i].len, &c), choices[_i].verdict);
	if (choices[_i].verdict != CHARSET_OK)
		return;
	ck_assert_int_eq(c.charset, choices[_i].charset);
	ck_assert_int_eq(c.big_endian, choices[_i].big);
	ck_assert_uint_eq(c.skip, choices[_i].skip);
}
END_TEST

/* The same text in all three; NULL: not well-formed. */
static const struct {
	const char *little;
	size_t len;
	const char *utf8;
} texts[] = {
	{ BYTES("a\0"), "a" },
	{ BYTES(""), "" },
	{ BYTES("\xe9\0\xac\x20"), "\xc3\xa9\xe2\x82\xac" },
	{ BYTES("\xff\xff\x7f\0\x80\0"), "\xef\xbf\xbf\x7f\xc2\x80" },
	{ BYTES("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80" },
	{ BYTES("\xff\xdb\xff\xdf"), "\xf4\x8f\xbf\xbf" },
	{ BYTES("a"), NULL },
	{ BYTES("\x3d\xd8"), NULL },
	{ BYTES("\x3d\xd8\x61\x00"), NULL },
	{ BYTES("\x00\xde"), NULL },
	{ BYTES("\x00\xde\x3d\xd8"), NULL },
};

START_TEST(utf16)
{
	const char *want = texts[_i].utf8;
	auto_buf struct buf utf8 = { 0 }, back = { 0 }, swapped = { 0 }, again = { 0 };

	ck_assert_int_eq(charset_from_utf16(&utf8, texts[_i].little, texts[_i].len, false), !!want);
	if (!want)
		return;
	ck_assert_uint_eq(utf8.len, strlen(want));
	ck_assert_str_eq(utf8.data, want);
	charset_to_utf16(&back, want, strlen(want));
	ck_assert_uint_eq(back.len, texts[_i].len);
	ck_assert_mem_eq(back.data, texts[_i].little, back.len);
	ck_assert_uint_eq(charset_size(CHARSET_UTF16, want, strlen(want)), back.len);
	ck_assert_uint_eq(charset_size(CHARSET_UTF8, want, strlen(want)), strlen(want));
	for (size_t i = 0; i < back.len; i++)
		buf_putc(&swapped, back.data[i ^ 1]);
	ck_assert(charset_from_utf16(&again, swapped.data, swapped.len, true));
	ck_assert_str_eq(again.data, want);
}
END_TEST

/* Such text does not come here; if it did, it would stay within the room that was made for it. */
START_TEST(not_utf8)
{
	static const char *const wrong[] = { "\x80\x80\x80\x80", "\xf0\x80\x80", "\xff\xff",
		"\xe2\x82<", "\xf7\xbf\xbf\xbf\x80" };
	auto_buf struct buf out = { 0 };
	size_t len = strlen(wrong[_i]), room = charset_size(CHARSET_UTF16, wrong[_i], len);

	for (size_t n = 0; n < 1000; n++) {
		size_t before = out.len;

		charset_to_utf16(&out, wrong[_i], len);
		ck_assert_uint_le(out.len - before, room);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_charset");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, media, 0, ARRAY_LEN(media_rows));
	tcase_add_loop_test(t, choice, 0, ARRAY_LEN(choices));
	tcase_add_loop_test(t, utf16, 0, ARRAY_LEN(texts));
	tcase_add_loop_test(t, not_utf8, 0, 5);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
