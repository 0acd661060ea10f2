/* The event loop that libvirt's connections are watched by, used as libvirt uses it. */
#include <check.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "checks/hypervisor/loop.h"
#include "checks/hypervisor/virt.h"

/* Posted by callbacks; waited for by the test, whose time is limited by the runner. */
static sem_t told, freed;
static int events_told, rings;

static void setup(void)
{
	sem_init(&told, 0, 0);
	sem_init(&freed, 0, 0);
	events_told = rings = 0;
	ck_assert_int_eq(loop_start(), 0);
}

static void on_free(void *arg)
{
	(void)arg;
	sem_post(&freed);
}

/* Takes itself out, as a connection does for a call. */
static void on_ready(int watch, int fd, int events, void *arg)
{
	(void)fd, (void)arg;
	events_told |= events;
	virEventUpdateHandle(watch, 0);
	sem_post(&told);
}

static void on_ring(int timer, void *arg)
{
	(void)timer, (void)arg;
	rings++;
	sem_post(&told);
}

/* Stops itself after the second time. */
static void on_ring_twice(int timer, void *arg)
{
	if (rings == 1)
		virEventUpdateTimeout(timer, -1);
	on_ring(timer, arg);
}

START_TEST(a_descriptor_is_told_of_while_it_is_watched)
{
	int ends[2], w;

	ck_assert_int_eq(pipe(ends), 0);
	w = virEventAddHandle(ends[0], 0, on_ready, NULL, on_free);
	ck_assert_int_gt(w, 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	virEventUpdateHandle(w, VIR_EVENT_HANDLE_READABLE);
	sem_wait(&told);
	ck_assert_int_eq(events_told, VIR_EVENT_HANDLE_READABLE);
	/* Not read from, and not told of again before it is watched again. */
	ck_assert_int_eq(sem_trywait(&told), -1);
	virEventUpdateHandle(w, VIR_EVENT_HANDLE_READABLE);
	sem_wait(&told);
	ck_assert_int_eq(virEventRemoveHandle(w), 0);
	sem_wait(&freed);
	ck_assert_int_eq(virEventRemoveHandle(w), -1);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* The other side hung up: told of although nobody asked for that, but not of what is not watched. */
START_TEST(a_hang_up_is_told_of)
{
	int ends[2], w;

	ck_assert_int_eq(pipe(ends), 0);
	w = virEventAddHandle(ends[0], 0, on_ready, NULL, on_free);
	close(ends[1]);
	ck_assert_int_eq(sem_trywait(&told), -1);
	virEventUpdateHandle(w, VIR_EVENT_HANDLE_READABLE);
	sem_wait(&told);
	ck_assert(events_told & VIR_EVENT_HANDLE_HANGUP);
	ck_assert_int_eq(virEventRemoveHandle(w), 0);
	sem_wait(&freed);
	close(ends[0]);
}
END_TEST

/* While the loop sleeps for something later, or for nothing. */
START_TEST(a_timer_rings_until_it_is_stopped)
{
	int later = virEventAddTimeout(3600000, on_ring, NULL, on_free);
	int t = virEventAddTimeout(-1, on_ring_twice, NULL, on_free);

	virEventUpdateTimeout(t, 1);
	sem_wait(&told);
	sem_wait(&told);
	ck_assert_int_eq(rings, 2);
	ck_assert_int_eq(virEventRemoveTimeout(t), 0);
	ck_assert_int_eq(virEventRemoveTimeout(later), 0);
	sem_wait(&freed);
	sem_wait(&freed);
	ck_assert_int_eq(rings, 2);
	ck_assert_int_eq(virEventRemoveTimeout(t), -1);
}
END_TEST

/* What cannot be watched stays the caller's. */
START_TEST(what_cannot_be_watched_is_not_freed)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(
		virEventAddHandle(ends[0], VIR_EVENT_HANDLE_READABLE, on_ready, NULL, on_free), -1);
	close(ends[1]);
	/* The loop has freed all there was when it frees what was removed later. */
	ck_assert_int_eq(virEventRemoveTimeout(virEventAddTimeout(-1, on_ring, NULL, on_free)), 0);
	sem_wait(&freed);
	ck_assert_int_eq(sem_trywait(&freed), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_loop");
	TCase *t = tcase_create("loop");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_descriptor_is_told_of_while_it_is_watched);
	tcase_add_test(t, a_hang_up_is_told_of);
	tcase_add_test(t, a_timer_rings_until_it_is_stopped);
	tcase_add_test(t, what_cannot_be_watched_is_not_freed);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
