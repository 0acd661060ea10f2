/* vsmig-checks(7) names every reason with its text, every rule, and every switch of [check]. */
#include <check.h>
#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/reason.h"
#include "checks/rule.h"
#include "daemon/base/mem.h"

static struct arena *a;
static const char *page;

static const char *read_file(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = arena_alloc(a, 1 << 20);
	size_t n;

	ck_assert_msg(in != NULL, "%s", path);
	n = fread(text, 1, (1 << 20) - 1, in);
	ck_assert_uint_lt(n, (1 << 20) - 1);
	fclose(in);
	text[n] = '\0';
	return text;
}

static void setup(void)
{
	a = arena_new();
	page = read_file(TEST_ROOT "/checks/vsmig-checks.7");
}

static void teardown(void)
{
	arena_free(a);
}

/* The part of the page below ".Sh NAME". */
static const char *section(const char *name)
{
	const char *head = arena_printf(a, "\n.Sh %s\n", name);
	const char *at = strstr(page, head);

	ck_assert_msg(at != NULL, "no section %s", name);
	at += strlen(head);
	return arena_strndup(a, at, (size_t)(strstr(at, "\n.Sh ") - at));
}

/* The lines of an item up to the next macro, joined, without what only the formatter reads. */
static const char *item(const char *in, const char *tag)
{
	const char *head = arena_printf(a, ".It %s\n", tag), *text = "";
	const char *at = strstr(in, head);

	if (at == NULL)
		return NULL;
	for (at += strlen(head); *at != '\0' && *at != '.'; at += strcspn(at, "\n") + 1) {
		const char *line = arena_strndup(a, at, strcspn(at, "\n"));

		line += strncmp(line, "\\&", 2) == 0 ? 2 : 0;
		text = arena_printf(a, "%s%s%s", text, *text ? " " : "", line);
	}
	return text;
}

/* The text of a reason as the manual has it: dots for the arguments. */
static const char *with_dots(const char *text)
{
	char *out = arena_alloc(a, 3 * strlen(text) + 1), *end = out;

	while (*text != '\0') {
		if (text[0] == '%' && text[1] >= '1' && text[1] <= '4') {
			end = stpcpy(end, "...");
			text += 2;
		} else {
			*end++ = *text++;
		}
	}
	*end = '\0';
	return out;
}

START_TEST(reasons)
{
	const char *list = section("REASONS");

	for (enum reason_id id = 1; id < REASON_COUNT; id++) {
		const struct reason *r = reason_get(id);
		const char *text = item(list, arena_printf(a, "Sy %s", r->id));

		ck_assert_msg(text != NULL && strcmp(text, with_dots(r->text)) == 0,
			"%s: the manual says '%s', it should say '%s'", r->id, text ? text : "",
			with_dots(r->text));
	}
}
END_TEST

/* The effect is that of the list which the id stands in. */
START_TEST(effects)
{
	static const char *const heads[EFFECT_COUNT] = {
		[EFFECT_FALSE] = ".Ss Not migratable",
		[EFFECT_RC1] = ".Ss Code 1",
		[EFFECT_RC2] = ".Ss Code 2",
		[EFFECT_RC3] = ".Ss Code 3",
		[EFFECT_RC4] = ".Ss Code 4",
		[EFFECT_RC5] = ".Ss Code 5",
		[EFFECT_RC6] = ".Ss Code 6",
	};
	const char *list = section("REASONS");

	for (enum reason_id id = 1; id < REASON_COUNT; id++) {
		const struct reason *r = reason_get(id);
		const char *head = r->effect != EFFECT_NONE	     ? heads[r->effect]
				   : r->severity == SEVERITY_WARNING ? ".Ss Warnings"
								     : ".Ss Information";
		const char *begin = strstr(list, head), *end, *at;

		ck_assert_msg(begin != NULL, "%s", head);
		end = strstr(begin, "\n.El");
		at = strstr(begin, r->id);
		ck_assert_msg(at != NULL && at < end, "%s is not below '%s'", r->id, head);
	}
}
END_TEST

START_TEST(conditions)
{
	const char *list = section("CONDITIONS");

	for (size_t i = 0; rules[i] != NULL; i++)
		ck_assert_msg(item(list, arena_printf(a, "Cm %s", rules[i]->name)) != NULL,
			"the rule %s is not in the manual", rules[i]->name);
}
END_TEST

/* Findings that are never given, for libvirt does not show their cause. */
START_TEST(unseen)
{
	static const enum reason_id never[] = { VSM3003, VSM4003, VSM4408, VSM4506, VSM4603,
		VSM4902 };
	const char *list = section("WHAT CANNOT BE SEEN");

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		ck_assert_msg(strstr(list, reason_get(never[i])->id) != NULL,
			"%s is never given, and the manual does not say why",
			reason_get(never[i])->id);
}
END_TEST

/* The table of conditions in tests/lab/MEASURED.md: a column of a line, without its blanks. */
static const char *column(const char *line, int n)
{
	const char *end;

	while (n-- > 0) {
		line = strchr(line, '|');
		ck_assert_ptr_nonnull(line);
		line++;
	}
	end = strchr(line, '|');
	ck_assert_ptr_nonnull(end);
	return arena_strndup(a, line + 1, (size_t)(end - line) - 2);
}

/* The rows of all of the lab's tables. */
static const char *lab_rows(void)
{
	const char *text = "";
	glob_t files;

	ck_assert_int_eq(glob(TEST_ROOT "/tests/lab/rows_*.py", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		text = arena_printf(a, "%s%s", text, read_file(files.gl_pathv[i]));
	globfree(&files);
	return text;
}

static void named_in_lab(const char *names, const char *lab)
{
	size_t len;

	for (; *names != '\0' && *names != '('; names += len) {
		len = (size_t)(strstr(names, "; ") ? strstr(names, "; ") - names
						   : (ptrdiff_t)strlen(names));
		ck_assert_msg(
			strstr(lab, arena_printf(a, "S(\"%.*s\",", (int)len, names)) != NULL ||
				strstr(lab, arena_printf(a, "S(\"%.*s\")", (int)len, names)),
			"the lab has no row '%.*s'", (int)len, names);
		len += strncmp(names + len, "; ", 2) == 0 ? 2 : 0;
	}
}

START_TEST(shown_where)
{
	static const char head[] = "\n| no. | ids | rule | lab |\n|---|---|---|---|\n";
	const char *at = strstr(read_file(TEST_ROOT "/tests/lab/MEASURED.md"), head);
	const char *lab = lab_rows(), *ids = "", *names = ",", *numbers = ",";

	ck_assert_ptr_nonnull(at);
	for (at += sizeof head - 1; *at == '|'; at += strcspn(at, "\n") + 1) {
		const char *line = arena_strndup(a, at, strcspn(at, "\n"));

		numbers = arena_printf(a, "%s%s,", numbers, column(line, 1));
		ids = arena_printf(a, "%s%s,", ids, column(line, 2));
		names = arena_printf(a, "%s %s,", names, column(line, 3));
		named_in_lab(column(line, 4), lab);
	}
	for (int n = 1; n <= 114; n++)
		ck_assert_msg(n == 102 || n == 104 || (n >= 105 && n <= 108) ||
				      strstr(numbers, arena_printf(a, ",%d,", n)),
			"condition %d is not in the table", n);
	for (enum reason_id id = 1; id < REASON_COUNT; id++)
		ck_assert_msg(strchr("69", reason_get(id)->id[3]) ||
				      reason_get(id)->id == reason_get(VSM3003)->id ||
				      reason_get(id)->id == reason_get(VSM4902)->id ||
				      strstr(ids, reason_get(id)->id),
			"%s is not in the table", reason_get(id)->id);
	for (size_t i = 0; rules[i] != NULL; i++)
		ck_assert_msg(strstr(names, arena_printf(a, " %s,", rules[i]->name)) != NULL,
			"the rule %s is not in the table", rules[i]->name);
}
END_TEST

START_TEST(switches)
{
	static const char mark[] = "{ \"check\", \"";
	const char *list = section("POLICY");
	const char *at = read_file(TEST_ROOT "/daemon/option_rows.c");
	size_t n = 0;

	while ((at = strstr(at, mark)) != NULL) {
		const char *name;

		at += sizeof mark - 1;
		name = arena_strndup(a, at, strcspn(at, "\""));
		ck_assert_msg(item(list, arena_printf(a, "Cm %s", name)) != NULL,
			"the switch %s is not in the manual", name);
		n++;
	}
	ck_assert_uint_ge(n, 7);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("manual");
	TCase *t = tcase_create("manual");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, reasons);
	tcase_add_test(t, effects);
	tcase_add_test(t, conditions);
	tcase_add_test(t, unseen);
	tcase_add_test(t, shown_where);
	tcase_add_test(t, switches);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
