/*
 * The table of conformance in vsmig-cim(7): each rule of DSP0226 that tests/data/dsp0226-rules.txt
 * lists stands there once, with a test that exists or a reason.
 */
#include <check.h>
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"

enum { RULE_LIMIT = 400, ENTRY_LIMIT = 400 };

static struct arena *a;
static const char *rules[RULE_LIMIT];
static unsigned told[RULE_LIMIT]; /* how often a rule stands in the table */
static size_t n_rules;
static const char *heads[ENTRY_LIMIT], *bodies[ENTRY_LIMIT];
static size_t n_entries;

static void add_file(struct buf *out, const char *path)
{
	FILE *in = fopen(path, "re");
	char piece[4096];
	size_t n;

	ck_assert_msg(in != NULL, "%s", path);
	while ((n = fread(piece, 1, sizeof piece, in)) > 0)
		buf_add(out, piece, n);
	fclose(in);
}

static const char *read_file(const char *path)
{
	auto_buf struct buf text = { 0 };

	add_file(&text, path);
	return arena_strdup(a, text.data);
}

static void read_rules(void)
{
	char *text = (char *)(uintptr_t)read_file(TEST_DATA "/dsp0226-rules.txt"), *save = NULL;

	for (char *id = strtok_r(text, "\n", &save); id; id = strtok_r(NULL, "\n", &save)) {
		ck_assert_uint_lt(n_rules, RULE_LIMIT);
		rules[n_rules++] = id;
	}
	ck_assert_uint_gt(n_rules, 250);
}

/* The table: ".It RULES" and the lines below it. */
static void read_entries(void)
{
	const char *page = read_file(TEST_ROOT "/cim/vsmig-cim.7");
	const char *at = strstr(page, "\n.Ss Conformance\n"), *end;

	ck_assert_ptr_nonnull(at);
	end = strstr(at, "\n.El\n");
	ck_assert_ptr_nonnull(end);
	at = strstr(arena_strndup(a, at, (size_t)(end - at)), "\n.It ");
	while (at) {
		const char *head = at + strlen("\n.It "), *body = strchr(head, '\n');
		const char *next = strstr(head, "\n.It ");

		ck_assert_ptr_nonnull(body);
		ck_assert_uint_lt(n_entries, ENTRY_LIMIT);
		heads[n_entries] = arena_strndup(a, head, (size_t)(body - head));
		bodies[n_entries++] = next ? arena_strndup(a, body, (size_t)(next - body)) : body;
		at = next;
	}
}

static void setup(void)
{
	a = arena_new();
	n_rules = n_entries = 0;
	memset(told, 0, sizeof told);
	read_rules();
	read_entries();
}

static void teardown(void)
{
	arena_free(a);
}

static size_t rule_index(const char *id)
{
	for (size_t i = 0; i < n_rules; i++) {
		if (strcmp(rules[i], id) == 0)
			return i;
	}
	ck_abort_msg("the table has %s, which is no rule", id);
	return 0;
}

/* "R1-1 R1-2" names two rules; "R1-1 to R1-5" all from one to the other. */
static void count_rules(const char *head)
{
	char *save = NULL, *words = arena_strdup(a, head);
	size_t last = 0;
	bool range = false;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		size_t i;

		if (strcmp(w, "to") == 0) {
			range = true;
			continue;
		}
		i = rule_index(w);
		ck_assert_msg(!range || i > last, "%s: it ends before it begins", head);
		for (size_t k = range ? last + 1 : i; k <= i; k++)
			told[k]++;
		last = i;
		range = false;
	}
	ck_assert_msg(!range, "%s: no end", head);
}

START_TEST(every_rule_once)
{
	for (size_t i = 0; i < n_entries; i++)
		count_rules(heads[i]);
	for (size_t i = 0; i < n_rules; i++)
		ck_assert_msg(told[i] == 1, "%s stands in the table %u times", rules[i], told[i]);
}
END_TEST

static const char *all_tests(void)
{
	auto_buf struct buf all = { 0 };
	glob_t found;

	ck_assert_int_eq(glob(TEST_ROOT "/tests/protocol/test_*.py", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_file(&all, found.gl_pathv[i]);
	globfree(&found);
	return arena_strdup(a, all.data);
}

static size_t word_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* An entry names tests, all of which are there, or says why there is none. */
START_TEST(every_entry_is_shown)
{
	const char *tests = all_tests();

	for (size_t i = 0; i < n_entries; i++) {
		size_t words = 0;

		for (const char *p = bodies[i]; *p; p += strcspn(p, " \n,:;()")) {
			p += strspn(p, " \n,:;()");
			words += *p != '\0';
			if (strncmp(p, "test_", 5) != 0)
				continue;
			ck_assert_msg(strstr(tests, arena_printf(a, "def %.*s(",
							    (int)word_length(p), p)) != NULL,
				"%s: there is no %.*s", heads[i], (int)word_length(p), p);
			words += 3;
		}
		ck_assert_msg(words >= 4, "%s: neither a test nor a reason", heads[i]);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_manual");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_rule_once);
	tcase_add_test(t, every_entry_is_shown);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
