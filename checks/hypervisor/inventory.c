#include "checks/hypervisor/inventory.h"

#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdatomic.h>
#include <stdlib.h>

static void put(struct inventory *g)
{
	if (atomic_fetch_sub(&g->refs, 1) > 1)
		return;
	arena_free(g->arena);
	free(g);
}

static bool claim(struct inventory *g)
{
	return !atomic_exchange(&g->claimed, true);
}

/* What was collected becomes part of the caller's arena. */
static void answer(struct inventory *g)
{
	struct hv_inventory *i = g->caller;

	i->err = g->got.err;
	if (i->err.code == ERR_NONE) {
		i->vms = g->got.vms;
		i->n_vms = g->got.n_vms;
		i->host = g->got.host;
		i->pools = g->got.pools;
		i->n_pools = g->got.n_pools;
		i->networks = g->got.networks;
		i->n_networks = g->got.n_networks;
		arena_adopt(i->arena, take(g->arena));
	}
	i->done(i);
}

static void answer_late(struct work *w)
{
	struct inventory *g =
		(struct inventory *)(void *)((char *)w - offsetof(struct inventory, late));
	struct hv_inventory *i = g->caller;

	err_set(&i->err, ERR_TIMEOUT, "the source hypervisor did not answer in time");
	put(g);
	i->done(i);
}

static void too_late(struct timer *t)
{
	struct inventory *g =
		(struct inventory *)(void *)((char *)t - offsetof(struct inventory, timer));
	struct err e;

	if (!claim(g)) {
		put(g);
		return;
	}
	g->late.run = answer_late;
	if (pool_push(g->hv->env.late, &g->late, &e) < 0)
		abort(); /* it has a thread and no cap */
}

int inventory_call(struct inventory *g)
{
	if (clock_ms() >= g->got.deadline)
		return err_set(
			&g->got.err, ERR_TIMEOUT, "the source hypervisor did not answer in time");
	if (arena_used(g->arena) > INVENTORY_MAX)
		return err_set(&g->got.err, ERR_LIMIT,
			"all virtual systems together are more than this service takes in at once: "
			"ask for one");
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return 0;
}

int inventory_failed(struct inventory *g)
{
	const char *text = arena_strdup(g->arena, virGetLastErrorMessage());

	if (virConnectIsAlive(g->v) == 1)
		return err_set(&g->got.err, ERR_IO, "the source hypervisor: %s", text);
	return err_set(
		&g->got.err, ERR_UNAVAILABLE, "the connection to the source was lost: %s", text);
}

static void collect(struct inventory *g)
{
	static const struct {
		unsigned want;
		int (*ask)(struct inventory *g);
	} parts[] = {
		{ HV_WANT_HOST, inventory_host },
		{ HV_WANT_POOLS, inventory_pools },
		{ HV_WANT_NETWORKS, inventory_networks },
		{ HV_WANT_VMS, inventory_vms },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if ((g->got.want & parts[i].want) && parts[i].ask(g) < 0)
			return;
}

static void run(struct conn_task *t)
{
	struct inventory *g = (struct inventory *)t;

	g->v = t->v;
	if (t->access == ACCESS_TIMEOUT)
		err_set(&g->got.err, ERR_TIMEOUT, "the source hypervisor: %s", t->text);
	else if (t->access != ACCESS_OPEN)
		err_set(&g->got.err, ERR_UNAVAILABLE, "the source hypervisor: %s", t->text);
	else
		collect(g);
	if (timers_cancel(g->hv->env.timers, &g->timer))
		put(g); /* the timer's */
	if (claim(g))
		answer(g);
	put(g);
}

void hv_inventory(struct hv *hv, struct hv_inventory *i)
{
	struct inventory *g = mem_calloc(1, sizeof *g);
	struct arena *a = arena_new();

	*g = (struct inventory){
		.task = { .run = run, .deadline = i->deadline },
		.refs = 2,
		.hv = hv,
		.caller = i,
		.arena = a,
		.got = { .want = i->want,
			.only = arena_strdup(a, i->only),
			.deadline = i->deadline },
	};
	i->err = (struct err){ 0 };
	i->vms = NULL;
	i->pools = NULL;
	i->networks = NULL;
	i->n_vms = i->n_pools = i->n_networks = 0;
	i->host = (struct hv_inv_host){ 0 };
	timers_add(hv->env.timers, &g->timer, i->deadline, too_late);
	conn_submit(hv->source, &g->task);
}

static void listed(struct hv_inventory *i)
{
	struct hv_list *l = i->arg;

	l->err = i->err;
	l->n = i->n_vms;
	l->vms = arena_array(l->arena, l->n, sizeof *l->vms);
	for (size_t n = 0; n < l->n; n++)
		l->vms[n] = i->vms[n].vm;
	l->done(l);
}

void hv_list_vms(struct hv *hv, struct hv_list *l)
{
	struct hv_inventory *i = arena_alloc(l->arena, sizeof *i);

	*i = (struct hv_inventory){
		.arena = l->arena,
		.want = HV_WANT_VMS | HV_WANT_TITLES,
		.only = l->only,
		.deadline = l->deadline,
		.done = listed,
		.arg = l,
	};
	hv_inventory(hv, i);
}
