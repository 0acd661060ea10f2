/*
 * The feed of changes: what it makes of events in any order and at any delay, by table; and a
 * source of libvirt's test driver, whose machines another connection of this process changes.
 */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/feed_inner.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/mem.h"

#define UUID "feed0000-0000-4000-8000-000000000001"
#define XML                                                                                        \
	"<domain type='test'><name>fed</name><uuid>" UUID "</uuid><memory>1024</memory>"           \
	"<os><type>hvm</type></os></domain>"

/* Changes as text: "+fed 5", "fed 5>1", "-fed 1". */
struct seen {
	pthread_mutex_t lock;
	pthread_cond_t more;
	char text[4096];
};

static void write_change(char *text, size_t room, const struct hv_change *c)
{
	size_t at = strlen(text);

	ck_assert_int_gt(c->at, 0);
	if (!c->before)
		snprintf(text + at, room - at, "+%s %d;", c->after->name, c->after->state);
	else if (!c->after)
		snprintf(text + at, room - at, "-%s %d;", c->before->name, c->before->state);
	else
		snprintf(text + at, room - at, "%s %d>%d;", c->after->name, c->before->state,
			c->after->state);
}

#define EV(e) VIR_DOMAIN_EVENT_##e
#define OFF VIR_DOMAIN_SHUTOFF
#define ON VIR_DOMAIN_RUNNING
#define PAUSED VIR_DOMAIN_PAUSED
enum { ABSENT = -2 };

/* `now`: the state that is found when the event is looked into, which may be long after. */
struct step {
	int event, detail, now;
	bool transient;
};

static const struct row {
	const char *name;
	int first; /* the state known at the beginning */
	bool transient;
	struct step steps[6];
	const char *want;
} rows[] = {
	{ "each is looked into in time", OFF, false,
		{ { EV(STARTED), 0, ON, 0 }, { EV(SUSPENDED), 0, PAUSED, 0 },
			{ EV(RESUMED), 0, ON, 0 }, { EV(STOPPED), 0, OFF, 0 } },
		"vm 5>1;vm 1>3;vm 3>1;vm 1>5;" },
	{ "all are looked into too late", OFF, false,
		{ { EV(STARTED), 0, OFF, 0 }, { EV(SUSPENDED), 0, OFF, 0 },
			{ EV(RESUMED), 0, OFF, 0 }, { EV(STOPPED), 0, OFF, 0 } },
		"vm 5>1;vm 1>3;vm 3>1;vm 1>5;" },
	{ "a transient one lives and is gone before anybody looks", ABSENT, false,
		{ { EV(STARTED), 0, ABSENT, 0 }, { EV(STOPPED), 0, ABSENT, 0 } }, "+vm 1;-vm 1;" },
	{ "defined and undefined", ABSENT, false,
		{ { EV(DEFINED), 0, OFF, 0 }, { EV(UNDEFINED), 0, ABSENT, 0 } }, "+vm 5;-vm 5;" },
	{ "defined, and started before anybody looks", ABSENT, false,
		{ { EV(DEFINED), 0, ON, 0 }, { EV(STARTED), 0, ON, 0 } }, "+vm 5;vm 5>1;" },
	{ "undefined and defined anew", OFF, false,
		{ { EV(UNDEFINED), 0, OFF, 0 }, { EV(DEFINED), 0, OFF, 0 } }, "-vm 5;+vm 5;" },
	{ "undefined while it runs, then stopped", ON, false,
		{ { EV(UNDEFINED), 0, ON, true }, { EV(STOPPED), 0, ABSENT, 0 } },
		"vm 1>1;-vm 1;" },
	{ "a transient one stops, and is defined by the time that we look", ON, true,
		{ { EV(STOPPED), 0, OFF, 0 }, { EV(DEFINED), 0, OFF, 0 } }, "-vm 1;+vm 5;" },
	{ "the guest shuts down", ON, false,
		{ { EV(SHUTDOWN), 0, OFF, 0 }, { EV(STOPPED), 0, OFF, 0 } }, "vm 1>4;vm 4>5;" },
	{ "crash and sleep", ON, false,
		{ { EV(PMSUSPENDED), 0, VIR_DOMAIN_PMSUSPENDED, 0 },
			{ EV(CRASHED), 0, VIR_DOMAIN_CRASHED, 0 } },
		"vm 1>7;vm 7>6;" },
	{ "one that migrates in is what it is", ABSENT, false,
		{ { EV(STARTED), VIR_DOMAIN_EVENT_STARTED_MIGRATED, PAUSED, true },
			{ EV(RESUMED), 0, ON, true } },
		"+vm 3;vm 3>1;" },
	{ "renamed", OFF, false,
		{ { EV(UNDEFINED), VIR_DOMAIN_EVENT_UNDEFINED_RENAMED, OFF, 0 },
			{ EV(DEFINED), VIR_DOMAIN_EVENT_DEFINED_RENAMED, OFF, 0 } },
		"" },
	{ "devices come and go", ON, false, { { -1, 0, ON, 0 }, { -1, 0, ABSENT, 0 } }, "-vm 1;" },
	{ "what we do not know", ON, false, { { 99, 0, ON, 0 } }, "" },
	{ "stopped, of one that was never seen", ABSENT, false, { { EV(STOPPED), 0, ABSENT, 0 } },
		"" },
};

static struct hv_vm vm_in(int state, bool transient)
{
	return (struct hv_vm){
		.uuid = UUID, .name = "vm", .state = state, .persistent = !transient
	};
}

START_TEST(events_in_their_order)
{
	const struct row *row = &rows[_i];
	struct feed_changes out = { .arena = arena_new() };
	struct hv_vm first = vm_in(row->first, row->transient);
	struct feed_known known = { 0 };
	char text[512] = "";

	feed_known_all(&known, &first, row->first != ABSENT, 1, NULL);
	for (const struct step *s = row->steps; s->now; s++) {
		struct feed_note note = {
			.name = (char *)"vm", .event = s->event, .detail = s->detail, .at = 7
		};
		struct hv_vm found = vm_in(s->now, s->transient);

		memcpy(note.uuid, "\xfe\xed\0\0\0\0\x40\0\x80\0\0\0\0\0\0\x01", VIR_UUID_BUFLEN);
		feed_known_one(&known, &note, s->now == ABSENT ? NULL : &found, &out);
	}
	for (size_t i = 0; i < out.n; i++)
		write_change(text, sizeof text, &out.items[i]);
	ck_assert_msg(strcmp(text, row->want) == 0, "%s: %s", row->name, text);
	feed_known_clear(&known);
	arena_free(out.arena);
}
END_TEST

/* After a connection was lost: what is different is told, in the order of the UUIDs. */
START_TEST(differences)
{
	struct feed_changes out = { .arena = arena_new() };
	struct hv_vm before[] = { { .uuid = "c", .name = "c", .state = ON },
		{ .uuid = "a", .name = "a", .state = ON }, { .uuid = "b", .name = "b" } };
	struct hv_vm after[] = { { .uuid = "d", .name = "d", .state = OFF },
		{ .uuid = "c", .name = "c", .state = OFF }, { .uuid = "b", .name = "b" } };
	struct feed_known known = { 0 };
	char text[512] = "";

	feed_known_all(&known, before, 3, 1, NULL);
	feed_known_all(&known, after, 3, 1, &out);
	for (size_t i = 0; i < out.n; i++)
		write_change(text, sizeof text, &out.items[i]);
	ck_assert_str_eq(text, "-a 1;c 1>5;+d 5;");
	feed_known_all(&known, NULL, 0, 1, &out);
	ck_assert_uint_eq(out.n, 6);
	ck_assert_uint_eq(known.n, 0);
	feed_known_clear(&known);
	arena_free(out.arena);
}
END_TEST

static struct timers *timers;
static struct hv *hv;
static struct hv_feed *feed;
static struct seen seen;
static virConnectPtr other;

static void on_changed(void *arg, const struct hv_change *c)
{
	struct seen *s = arg;

	pthread_mutex_lock(&s->lock);
	write_change(s->text, sizeof s->text, c);
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
}

/* What was told, but for `again` at its beginning, as often as that is there. */
static const char *behind(const char *again)
{
	const char *text = seen.text;

	while (*again && strncmp(text, again, strlen(again)) == 0)
		text += strlen(again);
	return text;
}

/* Under the lock: until so many letters behind `again` were told, for 20 s. */
static void wait_for(const char *again, size_t letters)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	while (strlen(behind(again)) < letters)
		if (pthread_cond_timedwait(&seen.more, &seen.lock, &until) != 0)
			break;
}

/* Waits until exactly this was told, and forgets it. Before it `again` may have been: libvirt's event may
 * come after a listing that has shown the same. */
static void expect_after(const char *again, const char *want)
{
	pthread_mutex_lock(&seen.lock);
	wait_for(again, strlen(want));
	ck_assert_str_eq(behind(again), want);
	seen.text[0] = '\0';
	pthread_mutex_unlock(&seen.lock);
}

static void expect(const char *want)
{
	expect_after("", want);
}

/* Likewise until this was told, once or more often, and nothing else. */
static void expect_some(const char *part)
{
	pthread_mutex_lock(&seen.lock);
	wait_for("", strlen(part));
	ck_assert_str_eq(behind(part), "");
	ck_assert_str_ne(seen.text, "");
	seen.text[0] = '\0';
	pthread_mutex_unlock(&seen.lock);
}

struct waited {
	struct hv_feed_wait wait;
	pthread_mutex_t lock;
	pthread_cond_t end;
	unsigned done;
};

static void on_ready(struct hv_feed_wait *wait)
{
	struct waited *w = (struct waited *)wait;

	pthread_mutex_lock(&w->lock);
	w->done++;
	pthread_cond_signal(&w->end);
	pthread_mutex_unlock(&w->lock);
}

static int ready(void)
{
	struct waited w = { .wait.done = on_ready,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.end = PTHREAD_COND_INITIALIZER };

	hv_feed_ready(feed, &w.wait);
	pthread_mutex_lock(&w.lock);
	while (!w.done)
		pthread_cond_wait(&w.end, &w.lock);
	pthread_mutex_unlock(&w.lock);
	ck_assert_uint_eq(w.done, 1);
	return w.wait.err.code;
}

static void begin(const char *uri)
{
	struct hv_config c = { .source_uri = uri,
		.uri_template = "test:///{host}",
		.threads_per_connection = 2,
		.max_connections = 1,
		.idle_ms = 60000 };
	struct err e;

	ck_assert_int_eq(hv_global_init(&e), 0);
	timers = timers_new();
	hv = hv_new(&c, timers, &e);
	ck_assert_ptr_nonnull(hv);
	pthread_mutex_init(&seen.lock, NULL);
	pthread_cond_init(&seen.more, NULL);
	feed = hv_feed_new(hv, on_changed, &seen);
	other = virConnectOpen("test:///default");
	ck_assert_ptr_nonnull(other);
}

static void end(void)
{
	hv_feed_free(feed);
	ck_assert_uint_eq(hv_free(hv, clock_in(5000)), 0);
	timers_free(timers);
	virConnectClose(other);
}

/* The test driver's default host is one for all connections of a process. */
START_TEST(a_machine_lives)
{
	virDomainPtr dom;

	begin("test:///default");
	hv_feed_hold(feed);
	ck_assert_int_eq(ready(), 0);
	ck_assert_int_eq(ready(), 0);
	dom = virDomainDefineXML(other, XML);
	ck_assert_ptr_nonnull(dom);
	virDomainCreate(dom);
	virDomainSuspend(dom);
	virDomainResume(dom);
	virDomainDestroy(dom);
	virDomainUndefine(dom);
	expect("+fed 5;fed 5>1;fed 1>3;fed 3>1;fed 1>5;-fed 5;");
	hv_feed_drop(feed);
	virDomainFree(dom);
	/* Nobody listens: nothing is told, and whoever comes again begins anew. */
	dom = virDomainDefineXML(other, XML);
	hv_feed_hold(feed);
	ck_assert_int_eq(ready(), 0);
	ck_assert_int_eq(virDomainSetMetadata(dom, VIR_DOMAIN_METADATA_TITLE, "x", NULL, NULL,
				 VIR_DOMAIN_AFFECT_CONFIG),
		0);
	expect_some("fed 5>5;");
	virDomainUndefine(dom);
	expect_after("fed 5>5;", "-fed 5;");
	hv_feed_drop(feed);
	virDomainFree(dom);
	end();
}
END_TEST

/* More than can wait: what is told in the end is what there is. */
START_TEST(a_storm)
{
	virDomainPtr dom;
	char last[64];
	int64_t until;
	size_t n;

	begin("test:///default");
	hv_feed_hold(feed);
	ck_assert_int_eq(ready(), 0);
	dom = virDomainDefineXML(other, XML);
	for (int i = 0; i < 2 * HV_FEED_NOTES; i++) {
		virDomainCreate(dom);
		virDomainDestroy(dom);
		pthread_mutex_lock(&seen.lock);
		seen.text[0] = '\0';
		pthread_mutex_unlock(&seen.lock);
	}
	virDomainUndefine(dom);
	virDomainFree(dom);
	until = clock_in(50000);
	do {
		struct timespec pause = { .tv_nsec = 1000000 };

		nanosleep(&pause, NULL);
		pthread_mutex_lock(&seen.lock);
		n = strlen(seen.text);
		snprintf(last, sizeof last, "%.7s", n > 7 ? seen.text + n - 7 : seen.text);
		if (n > sizeof seen.text / 2)
			memmove(seen.text, seen.text + n - 7, 8);
		pthread_mutex_unlock(&seen.lock);
	} while (strncmp(last, "-fed", 4) != 0 && clock_left(until));
	ck_assert_msg(strncmp(last, "-fed", 4) == 0, "%s", last);
	hv_feed_drop(feed);
	end();
}
END_TEST

START_TEST(a_source_that_is_down)
{
	begin("test+unix:///default?socket=/nonexistent/libvirt-sock");
	hv_feed_hold(feed);
	ck_assert_int_eq(ready(), ERR_UNAVAILABLE);
	ck_assert_int_eq(ready(), ERR_UNAVAILABLE);
	hv_feed_drop(feed);
	end();
}
END_TEST

/* The daemon ends while somebody listens, and while the source is being asked. */
START_TEST(an_end_at_any_moment)
{
	begin(_i ? "test:///default" : "test+unix:///default?socket=/nonexistent/libvirt-sock");
	hv_feed_hold(feed);
	if (_i == 2)
		ready();
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_feed");
	TCase *t = tcase_create("feed");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, events_in_their_order, 0, ARRAY_LEN(rows));
	tcase_add_test(t, differences);
	tcase_add_test(t, a_machine_lives);
	tcase_add_test(t, a_storm);
	tcase_add_test(t, a_source_that_is_down);
	tcase_add_loop_test(t, an_end_at_any_moment, 0, 3);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
