/*
 * A gather: the source and the destination asked side by side.
 *
 * The destination is asked in two steps: for what it is, at once; and for what the VM needs,
 * when both the first step is done and the VM's configuration is known. Whoever of the two is
 * later starts the second step.
 *
 * The source's half is a thing of its own, so that several gathers can have it in common. What it
 * is told goes straight into the facts of the only gather, or into facts that are nobody's, from
 * which every gather gets a copy that refers to the same text.
 */
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/side.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct hv_source {
	struct hv *hv;
	struct hv_gather *g; /* the only gather's, or `own` */
	struct hv_gather own; /* shared: its facts are the source's */
	struct side side;
	struct conn_task task;
	atomic_uint refs;
	bool configured; /* the VM's configuration is known; written before the phase */
	pthread_mutex_t lock;
	enum { SOURCE_ASKED, SOURCE_CONFIGURED, SOURCE_OVER } phase;
	struct gather *first; /* who waits for it */
};

struct gather {
	struct hv *hv;
	struct hv_gather *g;
	struct gather *next; /* of those who wait for the source */
	struct side dst;
	struct conn_task dst_task, needs_task;
	_Atomic unsigned ready; /* still missing before the second step: 2, 1, 0 */
	_Atomic unsigned parts; /* still under way: source, destination */
	bool dst_open, configured; /* written before ready falls */
	struct conn *dst_conn;
};

#define CONTAINER(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

static const enum fact vm_facts[] = {
	FACT_VM,
	FACT_VM_STATE,
	FACT_VM_JOB,
	FACT_VM_CONTROL,
	FACT_VM_CONFIG,
	FACT_VM_BLOCKJOBS,
	FACT_VM_SNAPSHOTS,
	FACT_VM_CHECKPOINTS,
	FACT_VM_SAVE_IMAGE,
	FACT_VM_DISK_FS,
	FACT_VM_NEXT,
	FACT_VM_DIRTY,
	FACT_SRC_HOST,
	FACT_SRC_CAPS,
};
static const enum fact dst_facts[] = {
	FACT_DST_HOST,
	FACT_DST_CAPS,
	FACT_DST_MEMORY,
	FACT_DST_CPUMAP,
};
static const enum fact need_facts[] = {
	FACT_DST_DOMCAPS,
	FACT_DST_CPU,
	FACT_DST_NAMES,
	FACT_DST_STORAGE,
	FACT_DST_SECRETS,
	FACT_DST_NETWORKS,
	FACT_DST_BRIDGES,
	FACT_DST_NWFILTERS,
	FACT_DST_DOMAINS,
	FACT_DST_NODEDEVS,
	FACT_DST_PAGES,
};

static void skip_all(struct facts *f, const enum fact *ids, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++)
		side_skip(f, ids[i], why);
}

static void part_done(struct gather *w)
{
	struct hv_gather *g = w->g;

	if (atomic_fetch_sub(&w->parts, 1) > 1)
		return;
	if (w->dst_open && !hv_probe_hindrance(g->facts))
		probes_met(w->hv->probes, w->dst_conn, w->dst.generation, g->facts->src.caps.uuid);
	conn_unref(w->dst_conn);
	free(w);
	g->done(g);
}

static void open_side(struct side *s, const struct conn_task *t)
{
	s->conn = t->conn;
	s->v = t->v;
	s->generation = t->generation;
	if (t->access == ACCESS_OPEN && s->host->access == ACCESS_MAINTENANCE)
		return; /* said by the first step already */
	s->host->access = t->access;
	if (t->access != ACCESS_OPEN)
		s->host->access_text = arena_strdup(s->arena, t->text);
}

static void run_needs(struct conn_task *t)
{
	struct gather *w = CONTAINER(t, struct gather, needs_task);
	struct side *s = &w->dst;
	static void (*const asks[])(struct side * s) = {
		gather_domains,
		gather_domcaps,
		gather_cpu,
		gather_storage,
		gather_secrets,
		gather_networks,
		gather_bridges,
		gather_nwfilters,
		gather_devices,
		gather_pages,
		gather_listen,
		gather_paths,
		gather_capacity,
	};

	open_side(s, t);
	if (t->access != ACCESS_OPEN)
		skip_all(s->f, need_facts, ARRAY_LEN(need_facts), s->host->access_text);
	for (size_t i = 0; t->access == ACCESS_OPEN && i < ARRAY_LEN(asks); i++)
		asks[i](s);
	part_done(w);
}

/* Called twice: by the source when it knows the configuration or never will, and by the
 * destination when its first step is over. */
static void step_ready(struct gather *w)
{
	const char *why = "the configuration of the virtual system is not known";

	if (atomic_fetch_sub(&w->ready, 1) > 1)
		return;
	if (w->dst_open && w->configured) {
		w->needs_task = (struct conn_task){ .run = run_needs, .deadline = w->g->deadline };
		conn_submit(w->dst_conn, &w->needs_task);
		return;
	}
	if (!w->dst_open)
		why = w->dst.host->access_text ? w->dst.host->access_text
					       : "no target host was asked";
	skip_all(w->dst.f, need_facts, ARRAY_LEN(need_facts), why);
	part_done(w);
}

static void destination_over(struct gather *w, const char *why)
{
	if (why)
		skip_all(w->dst.f, dst_facts, ARRAY_LEN(dst_facts), why);
	step_ready(w);
}

static void run_destination(struct conn_task *t)
{
	struct gather *w = CONTAINER(t, struct gather, dst_task);
	struct side *s = &w->dst;

	open_side(s, t);
	if (t->access != ACCESS_OPEN) {
		destination_over(w, s->host->access_text);
		return;
	}
	gather_host(s, FACT_DST_HOST, FACT_DST_CAPS);
	gather_addresses(s);
	if (s->host->maintenance && s->host->access == ACCESS_OPEN) {
		s->host->access = ACCESS_MAINTENANCE;
		s->host->access_text = "the host is set to maintenance";
	}
	w->dst_open = !s->lost;
	destination_over(w, NULL);
}

/* Room for what both sides will say of disks, interfaces and secrets. */
static void make_room(struct facts *f)
{
	f->disks_here = arena_array(f->arena, f->config.n_disks, sizeof *f->disks_here);
	f->disks_there = arena_array(f->arena, f->config.n_disks, sizeof *f->disks_there);
	f->nics_there = arena_array(f->arena, f->config.n_nics, sizeof *f->nics_there);
	f->hostdevs_there = arena_array(f->arena, f->config.n_hostdevs, sizeof *f->hostdevs_there);
	f->paths_there = arena_array(f->arena, f->config.n_paths, sizeof *f->paths_there);
	f->images = arena_array(f->arena, f->config.n_images, sizeof *f->images);
	f->secrets_there = arena_array(f->arena, f->config.n_secrets, sizeof *f->secrets_there);
}

/* What the source told, as far as the destination reads it: the same text, other arrays. */
static void lend_config(struct facts *f, const struct facts *from)
{
	f->config = from->config;
	make_room(f);
}

/* All that the source told. What was lent before is being read, and stays as it is. */
static void lend_rest(struct facts *f, const struct facts *from)
{
	for (size_t i = 0; i < ARRAY_LEN(vm_facts); i++)
		f->state[vm_facts[i]] = from->state[vm_facts[i]];
	f->vm = from->vm;
	f->stored = from->stored;
	f->next = from->next;
	f->xml = from->xml;
	f->src = from->src;
	f->tpm_here = from->tpm_here;
	f->disks_here = from->disks_here;
	for (size_t i = 0; i < f->config.n_images; i++) {
		f->images[i].here = from->images[i].here;
		f->images[i].size = from->images[i].size;
	}
	for (size_t i = 0; i < f->config.n_nics; i++) {
		f->nics_there[i].forward_here = from->nics_there[i].forward_here;
		f->nics_there[i].bridge_here = from->nics_there[i].bridge_here;
	}
}

/* Under the source's lock. The gather is not over: its source's half is still to come. */
static void tell_config(struct hv_source *s, struct gather *w)
{
	if (s->configured && w->g->facts != s->g->facts)
		lend_config(w->g->facts, s->g->facts);
	w->configured = s->configured;
	step_ready(w);
}

static void tell_rest(struct hv_source *s, struct gather *w)
{
	if (w->g->facts != s->g->facts)
		lend_rest(w->g->facts, s->g->facts);
	atomic_store(&w->g->source_told, true);
}

/* The configuration is known, or never will be: from here the destinations read it. */
static void configured(struct side *side)
{
	struct hv_source *s = CONTAINER(side, struct hv_source, side);
	struct facts *f = side->f;

	if (facts_known(f, FACT_VM_CONFIG)) {
		f->config = f->stored;
		if (s->g->prepare)
			s->g->prepare(s->g);
		make_room(f);
		s->configured = true;
	}
	pthread_mutex_lock(&s->lock);
	s->phase = SOURCE_CONFIGURED;
	for (struct gather *w = s->first; w; w = w->next)
		tell_config(s, w);
	pthread_mutex_unlock(&s->lock);
}

void hv_source_unref(struct hv_source *s)
{
	if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	facts_free(s->own.facts);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void source_over(struct hv_source *s)
{
	struct gather *all, *next;

	pthread_mutex_lock(&s->lock);
	s->phase = SOURCE_OVER;
	all = s->first;
	s->first = NULL;
	for (struct gather *w = all; w; w = w->next)
		tell_rest(s, w);
	pthread_mutex_unlock(&s->lock);
	for (struct gather *w = all; w; w = next) {
		next = w->next;
		part_done(w);
	}
	hv_source_unref(s);
}

static void run_source(struct conn_task *t)
{
	struct hv_source *s = CONTAINER(t, struct hv_source, task);
	struct side *side = &s->side;

	open_side(side, t);
	if (t->access != ACCESS_OPEN) {
		skip_all(side->f, vm_facts, ARRAY_LEN(vm_facts), side->host->access_text);
		configured(side);
		source_over(s);
		return;
	}
	gather_vm(side, configured);
	gather_host(side, FACT_SRC_HOST, FACT_SRC_CAPS);
	if (facts_known(side->f, FACT_SRC_HOST) && side->host->name)
		hv_learn_name(s->hv, side->host->name);
	if (facts_known(side->f, FACT_SRC_CAPS) && side->host->caps.uuid && !side_is_test(side))
		probes_met(s->hv->probes, t->conn, t->generation, side->host->caps.uuid);
	source_over(s);
}

/* One reference, which source_over gives back. */
static struct hv_source *source_new(struct hv *hv, struct hv_gather *g)
{
	struct hv_source *s = mem_calloc(1, sizeof *s);

	s->hv = hv;
	s->g = g;
	atomic_init(&s->refs, 1);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static void source_ask(struct hv_source *s)
{
	struct hv_gather *g = s->g;
	struct facts *f = g->facts;

	f->src.uri = arena_strdup(f->arena, s->hv->source_uri);
	s->side = (struct side){ .hv = s->hv, .g = g, .f = f, .arena = f->arena, .host = &f->src };
	s->side.uri = f->src.uri;
	s->task = (struct conn_task){ .run = run_source, .deadline = g->deadline };
	conn_submit(s->hv->source, &s->task);
}

struct hv_source *hv_source_start(struct hv *hv, const struct hv_gather *like)
{
	struct hv_source *s = source_new(hv, NULL);

	s->g = &s->own;
	s->own.facts = like->facts;
	s->own.deadline = like->deadline;
	s->own.prepare = like->prepare;
	s->own.arg = like->arg;
	s->own.step = "opening the connection to the source host";
	atomic_fetch_add(&s->refs, 1); /* the caller's */
	source_ask(s);
	return s;
}

static void unref_source(void *s)
{
	hv_source_unref(s);
}

/* w waits for the source, or has all of it at once; then it may be gone afterwards. */
static void join_source(struct hv_source *s, struct gather *w)
{
	bool over;

	pthread_mutex_lock(&s->lock);
	over = s->phase == SOURCE_OVER;
	if (!over) {
		w->next = s->first;
		s->first = w;
	}
	if (s->phase != SOURCE_ASKED)
		tell_config(s, w);
	if (over)
		tell_rest(s, w);
	pthread_mutex_unlock(&s->lock);
	if (over)
		part_done(w);
}

const char *hv_gather_step(struct hv_gather *g)
{
	const char *target = atomic_load(&g->target_step);

	/* A source that could not be had in time is over too, and yet what was waited for. */
	if (atomic_load(&g->source_told) && g->facts->src.access == ACCESS_OPEN && target)
		return target;
	return atomic_load(g->source ? &g->source->own.step : &g->step);
}

static void start_destination(struct gather *w)
{
	struct facts *f = w->g->facts;
	struct hosts *hosts = hv_hosts_ref(w->hv);
	struct destination d;

	f->dst.access = ACCESS_NOT_TRIED;
	if (!f->destination || f->format == FORMAT_BAD) {
		hosts_unref(hosts);
		f->dst.access_text = "no target host was named";
		destination_over(w, f->dst.access_text);
		return;
	}
	hosts_find(hosts, f->destination, f->dst_arena, &d);
	hosts_unref(hosts);
	f->dst.access = d.access;
	f->dst.access_text = d.text;
	f->dst.uri = d.uri;
	f->dst.open_uri = d.open_uri;
	f->dst.maintenance = d.maintenance;
	f->dst.max_migrations = d.max_migrations;
	if (d.access == ACCESS_OPEN)
		w->dst_conn = hv_destination(w->hv, d.open_uri);
	if (d.access == ACCESS_OPEN && !w->dst_conn) {
		f->dst.access = ACCESS_FAILED;
		f->dst.access_text = "too many hypervisor connections are in use; "
				     "raise [limits] max_hypervisors or try again later";
	}
	if (!w->dst_conn) {
		destination_over(w, f->dst.access_text);
		return;
	}
	w->dst.uri = d.open_uri;
	w->dst_task = (struct conn_task){ .run = run_destination, .deadline = w->g->deadline };
	conn_submit(w->dst_conn, &w->dst_task);
}

void hv_gather_start(struct hv *hv, struct hv_gather *g)
{
	struct gather *w = mem_calloc(1, sizeof *w);
	struct facts *f = g->facts;
	struct hv_source *shared = g->source, *s = shared ? shared : source_new(hv, g);

	*w = (struct gather){
		.hv = hv,
		.g = g,
		.ready = 2,
		.parts = 2,
		.dst = { .hv = hv, .g = g, .f = f, .arena = f->dst_arena, .host = &f->dst },
	};
	g->step = "opening the connection to the source host";
	g->target_step = "opening the connection to the target host";
	side_skip(f, FACT_DST_PROBE, "no probe was started");
	side_skip(f, FACT_WAY, "no migration was tried");
	if (shared) {
		atomic_fetch_add(&shared->refs, 1);
		arena_defer(f->arena, unref_source, shared);
	}
	/* The destination first: when the source is done before conn_submit returns, w is gone. */
	start_destination(w);
	join_source(s, w);
	if (!shared)
		source_ask(s);
}
