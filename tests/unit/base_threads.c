/* Pools and timers: order, caps, and who may free what when. */
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/base/mem.h"
#include "daemon/base/pool.h"
#include "daemon/base/quota.h"
#include "daemon/base/timer.h"

struct job {
	struct work work;
	sem_t *gate; /* waited for when not NULL */
	sem_t *begun;
	int number;
};

static atomic_int done_count;
static int order[1000];

static void run_job(struct work *w)
{
	struct job *j = (struct job *)w;

	if (j->begun)
		sem_post(j->begun);
	if (j->gate)
		sem_wait(j->gate);
	order[atomic_fetch_add(&done_count, 1)] = j->number;
	free(j);
}

static int push_as(struct pool *p, int number, bool is_long, sem_t *begun, sem_t *gate)
{
	struct job *j = mem_calloc(1, sizeof *j);
	struct err e;
	int r;

	*j = (struct job){ .work.run = run_job, .gate = gate, .begun = begun, .number = number };
	j->work.is_long = is_long;
	r = pool_push(p, &j->work, &e);
	if (r < 0)
		free(j);
	return r;
}

static int push(struct pool *p, int number, sem_t *begun, sem_t *gate)
{
	return push_as(p, number, false, begun, gate);
}

START_TEST(one_thread_keeps_the_order)
{
	struct pool *p = pool_new("test", 1, 0);

	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(push(p, i, NULL, NULL), 0);
	pool_free(p);
	ck_assert_int_eq(done_count, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(order[i], i);
}
END_TEST

/* What is long waits for what is short, and gets its turn all the same. */
START_TEST(short_work_goes_ahead)
{
	enum { N = 20 };
	struct pool *p = pool_new("test", 1, 0);
	sem_t begun, gate;
	int n_long = 0;

	sem_init(&begun, 0, 0);
	sem_init(&gate, 0, 0);
	ck_assert_int_eq(push(p, -1, &begun, &gate), 0);
	sem_wait(&begun);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(push_as(p, 100 + i, true, NULL, NULL), 0);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(push(p, i, NULL, NULL), 0);
	ck_assert_uint_eq(pool_waiting(p), 2 * N);
	sem_post(&gate);
	pool_free(p);
	ck_assert_int_eq(done_count, 2 * N + 1);
	for (int i = 1; i <= 2 * N; i++) {
		bool turn = i <= N + N / LONG_TURN ? i % LONG_TURN == 0 : true;

		ck_assert_msg((order[i] >= 100) == turn, "%d at %d", order[i], i);
		ck_assert_int_eq(order[i], turn ? 100 + n_long : i - 1 - n_long);
		n_long += turn;
	}
	sem_destroy(&begun);
	sem_destroy(&gate);
}
END_TEST

/* Each principal has a share of its own. */
START_TEST(quotas)
{
	struct principal a = { PRINCIPAL_USER, "a" }, b = { PRINCIPAL_USER, "b" }, nobody = { 0 };
	struct quota *q = quota_new();

	ck_assert(quota_take(q, &a, 2, 3) && quota_take(q, &a, 1, 3));
	ck_assert(!quota_take(q, &a, 1, 3) && !quota_take(q, &a, 9, 3));
	ck_assert(quota_take(q, &b, 9, 3) && !quota_take(q, &b, 1, 3));
	ck_assert(quota_take(q, &nobody, 3, 3) && !quota_take(q, &nobody, 1, 3));
	quota_give(q, &a, 2);
	ck_assert(quota_take(q, &a, 2, 3) && !quota_take(q, &a, 1, 3));
	quota_give(q, &a, 3);
	ck_assert(quota_take(q, &a, 3, 3));
	quota_give(q, &a, 3);
	quota_give(q, &b, 9);
	quota_give(q, &nobody, 3);
	quota_free(q);
}
END_TEST

START_TEST(full_queue_says_so)
{
	struct pool *p = pool_new("test", 2, 3);
	sem_t begun, gate;

	sem_init(&begun, 0, 0);
	sem_init(&gate, 0, 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(push(p, i, &begun, &gate), 0);
		sem_wait(&begun);
	}
	ck_assert_uint_eq(pool_busy(p), 2);
	for (int i = 2; i < 5; i++)
		ck_assert_int_eq(push(p, i, NULL, NULL), 0);
	ck_assert_uint_eq(pool_waiting(p), 3);
	ck_assert_int_eq(push(p, 5, NULL, NULL), -ERR_BUSY);
	sem_post(&gate);
	sem_post(&gate);
	pool_free(p);
	ck_assert_int_eq(done_count, 5);
	sem_destroy(&begun);
	sem_destroy(&gate);
}
END_TEST

struct alarm {
	struct timer timer;
	sem_t *rang;
	int number;
};

static void ring(struct timer *t)
{
	struct alarm *a = (struct alarm *)t;

	order[atomic_fetch_add(&done_count, 1)] = a->number;
	sem_post(a->rang);
}

START_TEST(timers_fire_in_order)
{
	struct timers *ts = timers_new();
	struct alarm alarms[20] = { 0 };
	int64_t now = clock_ms();
	sem_t rang;

	sem_init(&rang, 0, 0);
	for (int i = 0; i < 20; i++) {
		alarms[i] = (struct alarm){ .rang = &rang, .number = (i * 7) % 20 };
		timers_add(ts, &alarms[i].timer, now + 20 + 5 * alarms[i].number, ring);
	}
	for (int i = 0; i < 20; i++)
		sem_wait(&rang);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(order[i], i);
	timers_free(ts);
	sem_destroy(&rang);
}
END_TEST

START_TEST(cancelled_timers_never_fire)
{
	struct timers *ts = timers_new();
	struct alarm alarms[200] = { 0 }, last = { 0 };
	int64_t now = clock_ms();
	sem_t rang;
	int cancelled = 0;

	sem_init(&rang, 0, 0);
	for (int i = 0; i < 200; i++) {
		alarms[i] = (struct alarm){ .rang = &rang, .number = i };
		timers_add(ts, &alarms[i].timer, now + 1000 + (i * 37) % 200, ring);
	}
	for (int i = 0; i < 200; i++)
		cancelled += timers_cancel(ts, &alarms[i].timer);
	ck_assert_int_eq(cancelled, 200);
	ck_assert(!timers_cancel(ts, &alarms[0].timer));
	last = (struct alarm){ .rang = &rang, .number = 999 };
	timers_add(ts, &last.timer, clock_ms(), ring);
	sem_wait(&rang);
	ck_assert_int_eq(order[0], 999);
	/* Pending ones are dropped with the timers. */
	timers_add(ts, &alarms[0].timer, CLOCK_NEVER, ring);
	timers_free(ts);
	sem_destroy(&rang);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base_threads");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_thread_keeps_the_order);
	tcase_add_test(t, short_work_goes_ahead);
	tcase_add_test(t, quotas);
	tcase_add_test(t, full_queue_says_so);
	tcase_add_test(t, timers_fire_in_order);
	tcase_add_test(t, cancelled_timers_never_fire);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
