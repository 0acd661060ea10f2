/* Enumeration contexts: whose they are, how many, and all the ways in which they end. */
#include <check.h>
#include <pthread.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "wsman/contexts.h"

static const struct principal anna = { PRINCIPAL_USER, "anna" };
static const struct principal bert = { PRINCIPAL_USER, "bert" };
static const struct principal nobody = { PRINCIPAL_NONE, "anna" };

static struct timers *timers;
static struct contexts *cs;

enum { MOST = 3, IDLE_MS = 60000, MEMORY = 1 << 20 };

static void begin(int64_t idle_ms)
{
	timers = timers_new();
	cs = contexts_new(timers, idle_ms, MOST, MEMORY);
}

static void end(void)
{
	contexts_free(cs);
	timers_free(timers);
	ck_assert_int_eq(count_get(COUNT_CONTEXTS), 0);
}

static struct context *open_one(const struct principal *who, int64_t expires, struct fault *f)
{
	struct arena *a = arena_new();
	struct context *c = contexts_open(cs, who, a, arena_strdup(a, "state"), expires, f);

	if (!c)
		arena_free(a);
	return c;
}

/* Waits until no context is open, as long as the timers may take on a busy machine. */
static bool all_gone(void)
{
	int64_t deadline = clock_in(10000);
	struct timespec pause = { .tv_nsec = 1000000 };

	while (count_get(COUNT_CONTEXTS) && clock_left(deadline))
		nanosleep(&pause, NULL);
	return count_get(COUNT_CONTEXTS) == 0;
}

START_TEST(life)
{
	char name[DIGEST_UUID_SIZE];
	struct context *c;
	struct fault f;

	begin(IDLE_MS);
	c = open_one(&anna, CLOCK_NEVER, &f);
	strcpy(name, context_name(c));
	ck_assert_uint_eq(strspn(name, "0123456789abcdefABCDEF-"), DIGEST_UUID_SIZE - 1);
	ck_assert_int_eq(count_get(COUNT_CONTEXTS), 1);
	ck_assert_ptr_null(contexts_borrow(cs, &anna, name, &f));
	ck_assert_int_eq(f.id, FAULT_CONCURRENCY);
	contexts_return(cs, c);
	ck_assert_ptr_eq(contexts_borrow(cs, &anna, name, &f), c);
	ck_assert_str_eq(context_state(c), "state");
	contexts_end(cs, c);
	ck_assert_ptr_null(contexts_borrow(cs, &anna, name, &f));
	ck_assert_int_eq(f.id, FAULT_INVALID_CONTEXT);
	end();
}
END_TEST

START_TEST(foreign)
{
	static const struct {
		const struct principal *who;
		const char *name; /* NULL: the right one */
		enum fault_id want;
	} rows[] = {
		{ &bert, NULL, FAULT_ACCESS_DENIED },
		{ &nobody, NULL, FAULT_ACCESS_DENIED },
		{ &anna, "", FAULT_INVALID_CONTEXT },
		{ &anna, "00000000-0000-4000-8000-000000000000", FAULT_INVALID_CONTEXT },
		{ &bert, "x", FAULT_INVALID_CONTEXT },
	};
	struct context *c;
	struct fault f;

	begin(IDLE_MS);
	c = open_one(&anna, CLOCK_NEVER, &f);
	contexts_return(cs, c);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_ptr_null(contexts_borrow(
			cs, rows[i].who, rows[i].name ? rows[i].name : context_name(c), &f));
		ck_assert_int_eq(f.id, rows[i].want);
	}
	end();
}
END_TEST

START_TEST(quota)
{
	struct context *c[MOST], *other;
	struct fault f;

	begin(IDLE_MS);
	for (int i = 0; i < MOST; i++) {
		c[i] = open_one(&anna, CLOCK_NEVER, &f);
		ck_assert_ptr_nonnull(c[i]);
		contexts_return(cs, c[i]);
	}
	ck_assert_ptr_null(open_one(&anna, CLOCK_NEVER, &f));
	ck_assert_int_eq(f.id, FAULT_QUOTA_LIMIT);
	other = open_one(&bert, CLOCK_NEVER, &f);
	ck_assert_ptr_nonnull(other);
	contexts_return(cs, other);
	ck_assert_ptr_eq(contexts_borrow(cs, &anna, context_name(c[1]), &f), c[1]);
	contexts_end(cs, c[1]);
	other = open_one(&anna, CLOCK_NEVER, &f);
	ck_assert_ptr_nonnull(other);
	contexts_return(cs, other);
	end();
}
END_TEST

/* One may be of any size; beside it there is no room, but for somebody else's. */
START_TEST(memory)
{
	static const struct {
		const struct principal *who;
		size_t size;
		bool want;
	} rows[] = {
		{ &anna, MEMORY / 2, true },
		{ &anna, MEMORY / 2 + 1, false },
		{ &anna, MEMORY / 4, true },
		{ &bert, 2 * MEMORY, true },
		{ &bert, 1, false },
	};

	begin(IDLE_MS);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		struct context *c;
		struct fault f;

		arena_alloc(a, rows[i].size);
		c = contexts_open(cs, rows[i].who, a, NULL, CLOCK_NEVER, &f);
		ck_assert_msg(!!c == rows[i].want, "row %zu", i);
		if (c)
			contexts_return(cs, c);
		else
			arena_free(a);
		ck_assert(c || f.id == FAULT_QUOTA_LIMIT);
	}
	end();
}
END_TEST

START_TEST(idle)
{
	struct context *c;
	struct fault f;

	begin(20);
	c = open_one(&anna, CLOCK_NEVER, &f);
	contexts_return(cs, c);
	ck_assert(all_gone());
	end();
}
END_TEST

/* Being pulled for keeps it alive; its expiration time ends it all the same. */
START_TEST(expires)
{
	struct context *c;
	struct fault f;

	begin(IDLE_MS);
	c = open_one(&anna, clock_in(20), &f);
	contexts_return(cs, c);
	ck_assert(all_gone());
	end();
}
END_TEST

START_TEST(lent_past_idle)
{
	struct timespec longer = { .tv_nsec = 30000000 };
	struct context *c;
	struct fault f;

	begin(10);
	c = open_one(&anna, CLOCK_NEVER, &f);
	nanosleep(&longer, NULL);
	ck_assert_int_eq(count_get(COUNT_CONTEXTS), 1);
	contexts_return(cs, c);
	ck_assert(all_gone());
	end();
}
END_TEST

/* Borrowing races with timers that go off at that very moment. */
static void *hammer(void *arg)
{
	const struct principal *who = arg;

	for (int i = 0; i < 3000; i++) {
		struct context *c;
		char name[DIGEST_UUID_SIZE];
		struct fault f;

		c = open_one(who, CLOCK_NEVER, &f);
		if (!c)
			continue;
		strcpy(name, context_name(c));
		for (int k = 0; k < i % 4; k++) {
			contexts_return(cs, c);
			c = contexts_borrow(cs, who, name, &f);
			if (!c)
				break;
		}
		if (c && i % 3)
			contexts_end(cs, c);
		else if (c)
			contexts_return(cs, c);
	}
	return NULL;
}

START_TEST(race)
{
	static const struct principal people[] = { { PRINCIPAL_USER, "a" }, { PRINCIPAL_USER, "b" },
		{ PRINCIPAL_USER, "c" } };
	pthread_t threads[ARRAY_LEN(people)];

	begin(_i);
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, (void *)&people[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		pthread_join(threads[i], NULL);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_contexts");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, life);
	tcase_add_test(t, foreign);
	tcase_add_test(t, quota);
	tcase_add_test(t, memory);
	tcase_add_test(t, idle);
	tcase_add_test(t, expires);
	tcase_add_test(t, lent_past_idle);
	tcase_add_loop_test(t, race, 0, 3);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
