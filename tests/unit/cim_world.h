/*
 * What tests of the object manager share: all below it for real, over hosts of libvirt's test
 * driver, and a way to wait for the end of an operation.
 */
#ifndef VSMIGD_TESTS_CIM_WORLD_H
#define VSMIGD_TESTS_CIM_WORLD_H

#include <check.h>
#include <pthread.h>
#include <stddef.h>

#include "checks/check.h"
#include "checks/facts.h"
#include "checks/hypervisor/hv.h"
#include "cim/cim.h"
#include "daemon/base/clock.h"

#define SOURCE "test://" TEST_DATA "/cim/source.xml"
#define TARGET "test://" TEST_DATA "/cim/target.xml"
#define UUID "11111111-2222-4333-8444-00000000c1"

/* Paths of instances. */
#define SERVICE_KEYS(class, name)                                                                  \
	class ".SystemCreationClassName='CIM_ComputerSystem',SystemName='MyHost',"                 \
	      "CreationClassName='" class "',Name='" name "'"
#define VM_KEYS(name) "CIM_ComputerSystem.CreationClassName='CIM_ComputerSystem',Name='" name "'"

static struct arena *a;
static struct timers *timers;
static struct hv *hv;
static struct checks *checks;
static struct cim *cim;

static const struct check_config check_config = {
	.timeout_ms = 20000,
	.formats = FORMAT_NAME | FORMAT_IPV6,
};

static inline void start(const char *source_uri)
{
	static const struct hv_host hosts[] = { { .name = "target", .uri = TARGET },
		{ .name = "source", .uri = SOURCE, .maintenance = true, .max_migrations = 2 } };
	struct hv_config c = { .source_uri = source_uri,
		.source_name = "MyHost",
		.uri_template = "test://{host}/x",
		.hosts = hosts,
		.n_hosts = ARRAY_LEN(hosts),
		.threads_per_connection = 2,
		.max_connections = 4,
		.idle_ms = 60000 };
	struct err e;

	a = arena_new();
	ck_assert_msg(hv_global_init(&e) == 0, "%s", e.text);
	timers = timers_new();
	hv = hv_new(&c, timers, &e);
	ck_assert_msg(hv != NULL, "%s", e.text);
	checks = checks_new(&check_config, hv, timers);
	cim = cim_new(checks, hv);
}

static inline void setup(void)
{
	start(SOURCE);
}

static inline void setup_unreachable(void)
{
	start("test:///no/such/file.xml");
}

static inline void teardown(void)
{
	cim_free(cim);
	checks_free(checks);
	ck_assert_uint_eq(hv_free(hv, clock_in(5000)), 0);
	timers_free(timers);
	arena_free(a);
}

/* An operation and the wait for its end, which may come on any thread. */
struct waiting {
	struct cim_op op;
	struct request req;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	unsigned done;
};

static void op_done(struct cim_op *op)
{
	struct waiting *w = (struct waiting *)op;

	pthread_mutex_lock(&w->lock);
	w->done++;
	pthread_cond_signal(&w->ended);
	pthread_mutex_unlock(&w->lock);
}

static inline struct cim_op *run(struct waiting *w)
{
	_Static_assert(offsetof(struct waiting, op) == 0, "op_done");
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->ended, NULL);
	w->req.received = clock_ms();
	w->req.deadline = clock_in(20000);
	w->req.audit.check_code = -1;
	w->op.arena = a;
	w->op.req = &w->req;
	w->op.done = op_done;
	cim_run(cim, &w->op);
	pthread_mutex_lock(&w->lock);
	while (w->done == 0)
		pthread_cond_wait(&w->ended, &w->lock);
	pthread_mutex_unlock(&w->lock);
	ck_assert_uint_eq(w->done, 1);
	return &w->op;
}

static inline const char *text_of(const struct cim_instance *i, const char *name)
{
	const struct cim_property *p = cim_property_find(i->class, name);
	const struct cim_value *v = &i->values[p - i->class->properties];
	const char *s = "";

	if (!v->given)
		return "-";
	for (size_t n = 0; n < v->n; n++)
		s = arena_printf(
			a, "%s%s%s", s, n > 0 ? "," : "", cim_datum_text(a, p->type, &v->data[n]));
	return s;
}

#endif
