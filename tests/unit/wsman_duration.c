/* xs:duration and xs:dateTime, as clients write them and as they must not. */
#include <check.h>
#include <inttypes.h>

#include "wsman/duration.h"

#define BAD INT64_MIN

static const struct {
	const char *text;
	int64_t want;
} durations[] = {
	{ "PT60.000S", 60000 },
	{ "PT60.000000S", 60000 },
	{ "PT1M", 60000 },
	{ "PT1.5S", 1500 },
	{ "PT0.0015S", 1 },
	{ "PT0S", 0 },
	{ "P1DT1H2M3.000004S", 90123000 },
	{ "P1D", 86400000 },
	{ "P1M", INT64_C(30) * 86400000 },
	{ "P1Y1M", INT64_C(395) * 86400000 },
	{ "-PT5S", -5000 },
	{ "PT99999999999999999999S", INT64_MAX },
	{ "P99999999999Y", INT64_MAX },
	{ "", BAD },
	{ "P", BAD },
	{ "PT", BAD },
	{ "P1DT", BAD },
	{ "60", BAD },
	{ "PT60", BAD },
	{ "PT1.S", BAD },
	{ "PT.5S", BAD },
	{ "PT1.5M", BAD },
	{ "PT1S1M", BAD },
	{ "PT1S1S", BAD },
	{ "P1S", BAD },
	{ "P1H", BAD },
	{ "PT1D", BAD },
	{ "PT1STT", BAD },
	{ "P1DT1HT1M", BAD },
	{ "PT-5S", BAD },
	{ "+PT5S", BAD },
	{ "--PT5S", BAD },
	{ "pt5s", BAD },
	{ "PT5S ", BAD },
};

START_TEST(duration)
{
	int64_t ms = BAD;
	bool ok = duration_parse(durations[_i].text, &ms);

	ck_assert_msg(ok == (durations[_i].want != BAD), "%s", durations[_i].text);
	ck_assert_msg(ms == durations[_i].want, "%s: %" PRId64, durations[_i].text, ms);
}
END_TEST

static const struct {
	const char *text;
	int64_t want;
} dates[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2024-02-29T12:34:56.789012+01:00", INT64_C(1709206496789) },
	{ "2024-02-29T12:34:56", INT64_C(1709210096000) },
	{ "2024-02-29T12:34:56-00:30", INT64_C(1709211896000) },
	{ "1969-12-31T23:59:59Z", -1000 },
	{ "2024-13-01T00:00:00Z", BAD },
	{ "2024-02-29", BAD },
	{ "2024-02-29T12:34Z", BAD },
	{ "2024-02-29T12:34:56.Z", BAD },
	{ "2024-02-29T12:34:56+1:00", BAD },
	{ "2024-02-29T12:34:56+01:00x", BAD },
	{ "2024-02-29T12:34:56 Z", BAD },
	{ "2024-02-29T12:61:56Z", BAD },
	{ "tomorrow", BAD },
	{ "", BAD },
};

START_TEST(date)
{
	int64_t ms = BAD;
	bool ok = duration_parse_date(dates[_i].text, &ms);

	ck_assert_msg(ok == (dates[_i].want != BAD), "%s", dates[_i].text);
	ck_assert_msg(ms == dates[_i].want, "%s: %" PRId64, dates[_i].text, ms);
}
END_TEST

START_TEST(format)
{
	char out[DURATION_SIZE];
	int64_t ms;

	duration_format(61005, out);
	ck_assert_str_eq(out, "PT61.005S");
	ck_assert(duration_parse(out, &ms));
	ck_assert_int_eq(ms, 61005);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_duration");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, duration, 0, sizeof durations / sizeof *durations);
	tcase_add_loop_test(t, date, 0, sizeof dates / sizeof *dates);
	tcase_add_test(t, format);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
