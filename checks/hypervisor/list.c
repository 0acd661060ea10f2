/* The virtual systems of the source: one, or all, with what a list shows of them. */
#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * The listing collects in an arena of its own. Whoever claims it first, the thread that is done
 * or the timer of the deadline, may touch the caller's struct; the other only lets go.
 */
struct listing {
	struct conn_task task;
	struct timer timer;
	struct work late;
	_Atomic unsigned refs;
	_Atomic bool claimed;
	struct hv *hv;
	struct hv_list *l;
	char *only;
	struct arena *arena;
	struct hv_vm *vms;
	size_t n;
	struct err err;
};

static void put(struct listing *g)
{
	if (atomic_fetch_sub(&g->refs, 1) > 1)
		return;
	arena_free(g->arena);
	free(g->only);
	free(g);
}

static bool claim(struct listing *g)
{
	return !atomic_exchange(&g->claimed, true);
}

static void answer(struct listing *g)
{
	struct hv_list *l = g->l;

	l->err = g->err;
	l->n = g->err.code ? 0 : g->n;
	l->vms = arena_array(l->arena, l->n, sizeof *l->vms);
	for (size_t i = 0; i < l->n; i++) {
		l->vms[i] = g->vms[i];
		l->vms[i].uuid = arena_strdup(l->arena, g->vms[i].uuid);
		l->vms[i].name = arena_strdup(l->arena, g->vms[i].name);
		l->vms[i].title = arena_strdup(l->arena, g->vms[i].title);
	}
	l->done(l);
}

static void answer_late(struct work *w)
{
	struct listing *g = (struct listing *)(void *)((char *)w - offsetof(struct listing, late));
	struct hv_list *l = g->l;

	l->n = 0;
	l->vms = NULL;
	err_set(&l->err, ERR_TIMEOUT, "the source hypervisor did not answer in time");
	put(g);
	l->done(l);
}

static void too_late(struct timer *t)
{
	struct listing *g = (struct listing *)(void *)((char *)t - offsetof(struct listing, timer));
	struct err e;

	if (!claim(g)) {
		put(g);
		return;
	}
	g->late.run = answer_late;
	if (pool_push(g->hv->env.late, &g->late, &e) < 0)
		abort(); /* it has a thread and no cap */
}

static int failed(struct listing *g, virConnectPtr v)
{
	const char *text = virGetLastErrorMessage();

	if (virConnectIsAlive(v) == 1)
		return err_set(&g->err, ERR_IO, "the source hypervisor: %s", text);
	return err_set(&g->err, ERR_UNAVAILABLE, "the connection to the source was lost: %s", text);
}

static int call(struct listing *g)
{
	if (clock_ms() >= g->task.deadline)
		return err_set(
			&g->err, ERR_TIMEOUT, "the source hypervisor did not answer in time");
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return 0;
}

static void add(struct listing *g, virDomainPtr dom, bool persistent, bool save_image)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	char *title = virDomainGetMetadata(dom, VIR_DOMAIN_METADATA_TITLE, NULL, 0);
	struct hv_vm *vm = ARENA_PUSH(g->arena, g->vms, g->n);

	count_add(COUNT_HV_CALLS_TOTAL, 2);
	virDomainGetUUIDString(dom, uuid);
	*vm = (struct hv_vm){
		.uuid = arena_strdup(g->arena, uuid),
		.name = arena_strdup(g->arena, virDomainGetName(dom)),
		.title = arena_strdup(g->arena, title),
		.persistent = persistent,
		.save_image = save_image,
	};
	free(title);
	/* A domain that went away meanwhile is not listed. */
	if (virDomainGetState(dom, &vm->state, &vm->reason, 0) < 0)
		g->n--;
}

struct domains {
	virDomainPtr *items;
	int n;
};

static void domains_free(struct domains *d)
{
	for (int i = 0; i < d->n; i++)
		virDomainFree(d->items[i]);
	free(d->items);
}
#define auto_domains __attribute__((cleanup(domains_free)))

static int list(struct listing *g, virConnectPtr v, unsigned flags, struct domains *out)
{
	if (call(g) < 0)
		return -1;
	out->n = virConnectListAllDomains(v, &out->items, flags);
	if (out->n >= 0)
		return 0;
	out->n = 0;
	return failed(g, v);
}

static bool contains(const struct domains *d, virDomainPtr dom)
{
	const char *name = virDomainGetName(dom);

	for (int i = 0; i < d->n; i++)
		if (strcmp(virDomainGetName(d->items[i]), name) == 0)
			return true;
	return false;
}

static int by_name(const void *a, const void *b)
{
	const struct hv_vm *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Three lists tell of all domains what would be two calls more for each. */
static void list_all(struct listing *g, virConnectPtr v)
{
	auto_domains struct domains all = { 0 }, transient = { 0 }, saved = { 0 };

	if (list(g, v, 0, &all) < 0 ||
		list(g, v, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, &transient) < 0 ||
		list(g, v, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, &saved) < 0)
		return;
	for (int i = 0; i < all.n; i++) {
		if (call(g) < 0)
			return;
		add(g, all.items[i], !contains(&transient, all.items[i]),
			contains(&saved, all.items[i]));
	}
	if (g->n)
		qsort(g->vms, g->n, sizeof *g->vms, by_name);
}

static void list_one(struct listing *g, virConnectPtr v)
{
	auto_dom virDomainPtr dom = NULL;

	if (call(g) < 0)
		return;
	dom = side_find_domain(v, g->only);
	if (!dom && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) {
		failed(g, v);
		return;
	}
	if (!dom)
		return;
	count_add(COUNT_HV_CALLS_TOTAL, 2);
	add(g, dom, virDomainIsPersistent(dom) == 1, virDomainHasManagedSaveImage(dom, 0) == 1);
}

static void collect(struct listing *g)
{
	struct conn_task *t = &g->task;

	if (t->access == ACCESS_TIMEOUT)
		err_set(&g->err, ERR_TIMEOUT, "the source hypervisor: %s", t->text);
	else if (t->access != ACCESS_OPEN)
		err_set(&g->err, ERR_UNAVAILABLE, "the source hypervisor: %s", t->text);
	else if (g->only)
		list_one(g, t->v);
	else
		list_all(g, t->v);
}

static void run(struct conn_task *t)
{
	struct listing *g = (struct listing *)t;

	collect(g);
	if (timers_cancel(g->hv->env.timers, &g->timer))
		put(g); /* the timer's */
	if (claim(g))
		answer(g);
	put(g);
}

void hv_list_vms(struct hv *hv, struct hv_list *l)
{
	struct listing *g = mem_calloc(1, sizeof *g);

	*g = (struct listing){
		.task = { .run = run, .deadline = l->deadline },
		.refs = 2,
		.hv = hv,
		.l = l,
		.arena = arena_new(),
		.only = l->only ? mem_strdup(l->only) : NULL,
	};
	l->err = (struct err){ 0 };
	timers_add(hv->env.timers, &g->timer, l->deadline, too_late);
	conn_submit(hv->source, &g->task);
}
