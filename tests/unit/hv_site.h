/*
 * A hypervisor layer on the test-driver hosts of tests/data/testhosts, beside hosts that fail in
 * every way; and a gather that is waited for.
 */
#ifndef VSMIGD_TESTS_HV_SITE_H
#define VSMIGD_TESTS_HV_SITE_H

#include <arpa/inet.h>
#include <check.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checks/hypervisor/hv.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#define SRC "test://" TEST_DATA "/testhosts/src.xml"
#define DST "test://" TEST_DATA "/testhosts/dst.xml"

enum { SILENT, REFUSED, UNIX_GONE, N_ROWS = 8 };

static struct timers *timers;
static struct hv *hv;
static int silent_fd = -1;
static char uris[4][128];

/* A TCP port of this machine; listening, or just closed again. */
__attribute__((unused)) static int tcp_port(bool listening, int *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof sin;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	*port = ntohs(sin.sin_port);
	if (listening) {
		ck_assert_int_eq(listen(fd, 64), 0);
		return fd;
	}
	close(fd);
	return -1;
}

__attribute__((unused)) static void start_with(
	const char *source, unsigned max_connections, int64_t idle_ms)
{
	struct hv_host rows[N_ROWS] = {
		{ .name = "dst", .uri = DST },
		{ .name = "silent", .uri = uris[SILENT] },
		{ .name = "refused", .uri = uris[REFUSED] },
		{ .name = "gone", .uri = uris[UNIX_GONE] },
		{ .name = "resting", .uri = DST, .maintenance = true, .max_migrations = 2 },
		{ .name = "unresolved", .uri = "test+tcp://no-such-host.invalid/default" },
		{ .name = "nofile", .uri = "test:///nonexistent/host.xml" },
		{ .name = "nodriver", .uri = "nonsense:///system" },
	};
	const char *const allow[] = { "*.example", "192.0.2.0/24" };
	struct hv_config c = {
		.source_uri = source,
		.uri_template = "test+tcp://{host}:1/default",
		.allow = allow,
		.n_allow = 2,
		.hosts = rows,
		.n_hosts = N_ROWS,
		.threads_per_connection = 4,
		.max_connections = max_connections,
		.idle_ms = idle_ms,
	};
	struct err e;

	hv = hv_new(&c, timers, &e);
	ck_assert_ptr_nonnull(hv);
}

__attribute__((unused)) static void setup_once(void)
{
	struct err e;
	int port;

	ck_assert_int_eq(hv_global_init(&e), 0);
	silent_fd = tcp_port(true, &port);
	snprintf(uris[SILENT], sizeof uris[SILENT], "test+tcp://127.0.0.1:%d/default", port);
	tcp_port(false, &port);
	snprintf(uris[REFUSED], sizeof uris[REFUSED], "test+tcp://127.0.0.1:%d/default", port);
	snprintf(uris[UNIX_GONE], sizeof uris[UNIX_GONE],
		"test+unix:///default?socket=/nonexistent/libvirt-sock");
	timers = timers_new();
}

__attribute__((unused)) static void setup(void)
{
	setup_once();
	start_with(SRC, 16, 300000);
}

__attribute__((unused)) static void teardown(void)
{
	ck_assert_uint_eq(hv_free(hv, clock_in(5000)), 0);
	timers_free(timers);
	close(silent_fd);
	ck_assert_int_eq(count_get(COUNT_HV_CONNECTIONS), 0);
	ck_assert_int_eq(count_get(COUNT_HV_STUCK), 0);
}

struct asked {
	struct hv_gather g;
	struct settings settings;
	sem_t done;
	int prepared;
};

__attribute__((unused)) static void on_done(struct hv_gather *g)
{
	struct asked *a = g->arg;

	sem_post(&a->done);
}

__attribute__((unused)) static void on_prepare(struct hv_gather *g)
{
	struct asked *a = g->arg;

	a->prepared++;
	ck_assert(facts_known(g->facts, FACT_VM_CONFIG));
	g->facts->config = g->facts->stored;
}

__attribute__((unused)) static struct asked *begin_with(
	struct hv_source *source, const char *vm, const char *destination, int64_t ms)
{
	struct asked *a = mem_calloc(1, sizeof *a);

	sem_init(&a->done, 0, 0);
	a->settings.move = MOVE_LIVE;
	a->g = (struct hv_gather){
		.facts = facts_new(),
		.deadline = clock_in(ms),
		.prepare = on_prepare,
		.done = on_done,
		.source = source,
		.arg = a,
	};
	a->g.facts->vm_text = vm;
	a->g.facts->destination = destination;
	a->g.facts->format = destination ? host_format_of(destination) : FORMAT_BAD;
	a->g.facts->settings = &a->settings;
	hv_gather_start(hv, &a->g);
	return a;
}

__attribute__((unused)) static struct asked *begin(
	const char *vm, const char *destination, int64_t ms)
{
	return begin_with(NULL, vm, destination, ms);
}

__attribute__((unused)) static struct facts *finish(struct asked *a)
{
	while (sem_wait(&a->done) != 0)
		;
	return a->g.facts;
}

__attribute__((unused)) static void end(struct asked *a)
{
	facts_free(a->g.facts);
	sem_destroy(&a->done);
	free(a);
}

#endif
