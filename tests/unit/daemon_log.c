#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/audit.h"
#include "daemon/base/clock.h"
#include "daemon/base/mem.h"
#include "daemon/log.h"

static const struct {
	const char *name, *value, *want;
} values[] = {
	{ "plain", "vm1.example.org:80/x", "vm1.example.org:80/x" },
	{ "empty", "", "\"\"" },
	{ "blank", "a b", "\"a b\"" },
	{ "another field", "a user=root", "\"a user=root\"" },
	{ "equals sign", "a=b", "\"a=b\"" },
	{ "another line", "a\nlevel=info event=request user=root",
		"\"a\\x0alevel=info "
		"event=request user=root\"" },
	{ "carriage return", "a\rb", "\"a\\x0db\"" },
	{ "quotes", "a\" b=\"c", "\"a\\\" b=\\\"c\"" },
	{ "backslash", "a\\\"b", "\"a\\\\\\\"b\"" },
	{ "apostrophe", "it's", "\"it's\"" },
	{ "terminal sequence", "\033[2J", "\"\\x1b[2J\"" },
	{ "delete", "a\177", "\"a\\x7f\"" },
	{ "UTF-8", "Grün €😀", "\"Grün €😀\"" },
	{ "C1 control",
		"\xc2\x9b"
		"2J",
		"\"\\xc2\\x9b2J\"" },
	{ "line separator",
		"a\xe2\x80\xa8"
		"b",
		"\"a\\xe2\\x80\\xa8b\"" },
	{ "overlong newline",
		"a\xc0\x8a"
		"b",
		"\"a\\xc0\\x8ab\"" },
	{ "overlong, three bytes", "\xe0\x80\x8a", "\"\\xe0\\x80\\x8a\"" },
	{ "overlong, four bytes", "\xf0\x80\x80\x8a", "\"\\xf0\\x80\\x80\\x8a\"" },
	{ "surrogate", "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"" },
	{ "beyond Unicode", "\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"" },
	{ "cut character", "a\xe2\x82", "\"a\\xe2\\x82\"" },
	{ "lone continuation", "\x80", "\"\\x80\"" },
	{ "no lead byte", "\xff\xfe", "\"\\xff\\xfe\"" },
};

START_TEST(test_value)
{
	auto_buf struct buf out = { 0 };

	log_value(&out, values[_i].value);
	ck_assert_str_eq(out.data, values[_i].want);
}
END_TEST

START_TEST(test_long_value_is_cut)
{
	auto_buf struct buf in = { 0 }, out = { 0 };

	for (int i = 0; i < 1025; i++)
		buf_putc(&in, 'x');
	log_value(&out, in.data);
	ck_assert_uint_eq(out.len, 1024 + 3);
	ck_assert_str_eq(out.data + 1024, "...");
	in.data[1024] = '\0';
	buf_clear(&out);
	log_value(&out, in.data);
	ck_assert_uint_eq(out.len, 1024);
}
END_TEST

/* Standard error goes to a file meanwhile; what was written there. */
static int saved = -1, capture = -1;

static void begin_capture(void)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	capture = fileno(f);
	saved = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(capture, STDERR_FILENO), 0);
}

static char *end_capture(void)
{
	struct stat st;
	char *text;

	ck_assert_int_eq(fstat(capture, &st), 0);
	text = mem_calloc(1, (size_t)st.st_size + 1);
	ck_assert_int_eq(pread(capture, text, (size_t)st.st_size, 0), st.st_size);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return text;
}

START_TEST(test_levels)
{
	auto_free char *text = NULL;
	int year;
	char rest[64];

	begin_capture();
	log_init();
	log_event(LOG_LEVEL_DEBUG, "unseen", LOG_NUMBER("n", 1));
	log_event(LOG_LEVEL_INFO, "seen", LOG_NUMBER("n", -1), LOG_TEXT("absent", NULL),
		LOG_TEXT("text", "a b"));
	log_set_level(LOG_LEVEL_ERROR);
	log_event(LOG_LEVEL_WARNING, "unseen", LOG_NUMBER("n", 1));
	log_always("forced", NULL, 0);
	log_line("listening on %s", "[::1]:5986");
	text = end_capture();
	ck_assert_int_eq(
		sscanf(text, "%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ %63[^\n]", &year, rest), 2);
	ck_assert_int_ge(year, 2024);
	ck_assert_str_eq(rest, "level=info event=seen n=-1 text=\"a b\"");
	ck_assert_ptr_null(strstr(text, "unseen"));
	ck_assert_ptr_nonnull(strstr(text, "Z level=info event=forced\nlistening on [::1]:5986\n"));
}
END_TEST

START_TEST(test_journal_gets_priorities)
{
	auto_free char *text = NULL;
	char where[64];
	struct stat st;

	begin_capture();
	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(where, sizeof where, "%llu:%llu", (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", where, 1);
	log_init();
	log_event(LOG_LEVEL_ERROR, "bad", LOG_NUMBER("n", 1));
	log_line("plain");
	/* Standard error was led elsewhere behind systemd's back. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_init();
	log_line("elsewhere");
	text = end_capture();
	ck_assert_str_eq(text, "<3>level=error event=bad n=1\n<6>plain\nelsewhere\n");
}
END_TEST

static struct request request_of(const char *vm)
{
	struct request r = { .id = 7,
		.peer = "192.0.2.7:51234",
		.received = clock_ms(),
		.audit = { .check_code = -1, .status = 401 } };

	strcpy(r.audit.vm, vm);
	return r;
}

START_TEST(test_audit_of_a_refusal)
{
	struct request r = request_of("");
	auto_free char *text = NULL;

	begin_capture();
	log_init();
	log_set_level(LOG_LEVEL_ERROR);
	audit_write(&r, "bob\nlevel=info event=request user=root", "login");
	audit_enable(false);
	audit_write(&r, NULL, NULL);
	text = end_capture();
	ck_assert_ptr_nonnull(strstr(text,
		"Z level=info event=request id=7 peer=192.0.2.7:51234 "
		"claimed=\"bob\\x0alevel=info event=request user=root\" status=401 refused=login "
		"ms="));
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}
END_TEST

START_TEST(test_audit_of_a_check)
{
	struct request r = request_of("vm 1");
	auto_free char *text = NULL;

	r.who.kind = PRINCIPAL_USER;
	strcpy(r.who.name, "ann");
	strcpy(r.audit.operation, "CheckVirtualSystemIsMigratableToHost");
	strcpy(r.audit.resource, "CIM_VirtualSystemMigrationService");
	strcpy(r.audit.destination, "node2");
	strcpy(r.audit.findings, "VSM4301,VSM4401");
	r.audit.status = 200;
	r.audit.check_code = 0;
	begin_capture();
	log_init();
	audit_write(&r, "", NULL);
	r.audit.check_code = 5;
	audit_write(&r, NULL, NULL);
	text = end_capture();
	ck_assert_ptr_nonnull(strstr(text,
		" user=ann "
		"operation=CheckVirtualSystemIsMigratableToHost "
		"class=CIM_VirtualSystemMigrationService vm=\"vm 1\" destination=node2 status=200 "
		"check=0 migratable=no findings=VSM4301,VSM4401 ms="));
	ck_assert_ptr_nonnull(strstr(text, " check=5 findings="));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_log");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, test_value, 0, (int)ARRAY_LEN(values));
	tcase_add_test(t, test_long_value_is_cut);
	tcase_add_test(t, test_levels);
	tcase_add_test(t, test_journal_gets_priorities);
	tcase_add_test(t, test_audit_of_a_refusal);
	tcase_add_test(t, test_audit_of_a_check);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
