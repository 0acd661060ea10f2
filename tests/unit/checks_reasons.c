/* The reasons: ids that never change their meaning, texts and remedies that hold together. */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "checks/finding.h"
#include "checks/reason.h"

#define LONGEST 400

/* The first digit of an id is its effect; the rest never moves. */
static const struct {
	char digit;
	enum effect effect;
	enum severity severity;
	unsigned count;
} classes[] = {
	{ '1', EFFECT_RC4, SEVERITY_ERROR, 14 },
	{ '2', EFFECT_RC5, SEVERITY_ERROR, 21 },
	{ '3', EFFECT_RC6, SEVERITY_ERROR, 18 },
	{ '4', EFFECT_FALSE, SEVERITY_ERROR, 75 },
	{ '5', EFFECT_NONE, SEVERITY_WARNING, 25 },
	{ '6', EFFECT_NONE, SEVERITY_INFO, 5 },
};

START_TEST(ids_keep_their_effect)
{
	unsigned seen[ARRAY_LEN(classes)] = { 0 };

	for (int id = REASON_NONE + 1; id < REASON_COUNT; id++) {
		const struct reason *r = reason_get(id);

		ck_assert_uint_eq(strlen(r->id), 7);
		for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
			if (r->id[3] != classes[i].digit)
				continue;
			ck_assert_msg(r->effect == classes[i].effect, "%s", r->id);
			ck_assert_msg(r->severity == classes[i].severity, "%s", r->id);
			seen[i]++;
		}
		for (int k = id + 1; k < REASON_COUNT; k++)
			ck_assert_str_ne(r->id, reason_get(k)->id);
	}
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		ck_assert_msg(seen[i] >= classes[i].count, "%c: an id is gone", classes[i].digit);
	ck_assert_int_eq(reason_get(VSM9001)->effect, EFFECT_RC1);
	ck_assert_int_eq(reason_get(VSM9002)->effect, EFFECT_RC2);
	ck_assert_int_eq(reason_get(VSM9003)->effect, EFFECT_RC3);
}
END_TEST

/* The largest %n of a text; none may be left out before it. */
static int arguments(const char *text)
{
	int top = 0;

	for (; *text; text++)
		if (*text == '%' && isdigit((unsigned char)text[1]) && text[1] - '0' > top)
			top = text[1] - '0';
	return top;
}

START_TEST(texts_and_remedies)
{
	for (int id = REASON_NONE + 1; id < REASON_COUNT; id++) {
		const struct reason *r = reason_get(id);
		unsigned ticks = 0;

		ck_assert_msg(*r->area && *r->text && *r->remedy, "%s", r->id);
		ck_assert_msg(arguments(r->text) <= 4, "%s: too many arguments", r->id);
		ck_assert_msg(arguments(r->remedy) <= arguments(r->text),
			"%s: its remedy names what its text does not", r->id);
		ck_assert_msg(
			strlen(r->text) < LONGEST && strlen(r->remedy) < LONGEST, "%s", r->id);
		ck_assert_msg(r->remedy[strlen(r->remedy) - 1] == '.', "%s: no sentence", r->id);
		for (const char *p = r->remedy; *p; p++)
			ticks += *p == '`';
		ck_assert_msg(ticks % 2 == 0, "%s: a command has no end", r->id);
	}
}
END_TEST

START_TEST(unknown_ids)
{
	ck_assert_str_eq(reason_get(REASON_NONE)->id, "");
	ck_assert_str_eq(reason_get(REASON_COUNT)->id, "");
	ck_assert_str_eq(reason_get((enum reason_id) - 1)->id, "");
}
END_TEST

/* What was named by a client or a guest stays one word of the command that is suggested. */
static const struct {
	const char *name, *arg, *dst, *message, *remedy;
} quoting[] = {
	{ "plain", "default", "qemu+tls://b/system",
		"Virtual network default is not active on the target host.",
		"Start it: `virsh -c qemu+tls://b/system net-start default`; and for the next boot "
		"`virsh -c qemu+tls://b/system net-autostart default`." },
	{ "an attack", "x; rm -rf ~", "qemu+tls://b/system",
		"Virtual network x; rm -rf ~ is not active on the target host.",
		"Start it: `virsh -c qemu+tls://b/system net-start 'x; rm -rf ~'`; and for the "
		"next boot "
		"`virsh -c qemu+tls://b/system net-autostart 'x; rm -rf ~'`." },
	{ "a quote", "it's", NULL, "Virtual network it's is not active on the target host.",
		"Start it: `virsh -c TARGET-URI net-start 'it'\\''s'`; and for the next boot "
		"`virsh -c TARGET-URI net-autostart 'it'\\''s'`." },
	{ "no name", "", "a b", "Virtual network  is not active on the target host.",
		"Start it: `virsh -c 'a b' net-start ''`; and for the next boot "
		"`virsh -c 'a b' net-autostart ''`." },
	{ "a placeholder", "%1{vm}", "u",
		"Virtual network %1{vm} is not active on the target host.",
		"Start it: `virsh -c u net-start '%1{vm}'`; and for the next boot "
		"`virsh -c u net-autostart '%1{vm}'`." },
};

START_TEST(filled_in)
{
	auto_arena struct arena *a = arena_new();
	struct findings fs = { .arena = a, .dst = quoting[_i].dst };
	const struct finding *f = finding_add(&fs, VSM4402, quoting[_i].arg);

	ck_assert_str_eq(f->message, quoting[_i].message);
	ck_assert_str_eq(f->remedy, quoting[_i].remedy);
	ck_assert_str_eq(f->rule, "");
}
END_TEST

START_TEST(percent_signs)
{
	auto_arena struct arena *a = arena_new();
	struct findings fs = { .arena = a, .vm = "web1" };

	ck_assert_str_eq(finding_add(&fs, VSM2002, "web1", "outgoing migration", "40")->message,
		"Virtual system web1 is already being migrated (job operation outgoing migration, "
		"40% done).");
}
END_TEST

START_TEST(not_evaluated_is_said_once)
{
	auto_arena struct arena *a = arena_new();
	struct findings fs = { .arena = a };

	ck_assert_ptr_nonnull(finding_unknown(&fs, "whether x", "Test", "the y"));
	ck_assert_ptr_null(finding_unknown(&fs, "whether x", "Test", "the y"));
	ck_assert_ptr_nonnull(finding_unknown(&fs, "whether x", NULL, "it broke"));
	ck_assert_uint_eq(fs.n, 2);
	ck_assert_str_eq(fs.items[0].message,
		"Not evaluated: whether x, because the Test driver does not provide the y.");
	ck_assert_str_eq(fs.items[1].message, "Not evaluated: whether x, because it broke.");
}
END_TEST

START_TEST(severity_follows_the_effect)
{
	struct finding f = { .id = VSM4301, .effect = EFFECT_FALSE };

	ck_assert_int_eq(finding_severity(&f), SEVERITY_ERROR);
	f.effect = EFFECT_NONE;
	ck_assert_int_eq(finding_severity(&f), SEVERITY_WARNING);
	f = (struct finding){ .id = VSM6002, .effect = EFFECT_NONE };
	ck_assert_int_eq(finding_severity(&f), SEVERITY_INFO);
	f.effect = EFFECT_RC2;
	ck_assert_int_eq(finding_severity(&f), SEVERITY_ERROR);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reasons");
	TCase *tc = tcase_create("reasons");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, ids_keep_their_effect);
	tcase_add_test(tc, texts_and_remedies);
	tcase_add_test(tc, unknown_ids);
	tcase_add_loop_test(tc, filled_in, 0, ARRAY_LEN(quoting));
	tcase_add_test(tc, percent_signs);
	tcase_add_test(tc, not_evaluated_is_said_once);
	tcase_add_test(tc, severity_follows_the_effect);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
