/*
 * A gather: the source and the destination asked side by side.
 *
 * The destination is asked in two steps: for what it is, at once; and for what the VM needs,
 * when both the first step is done and the VM's configuration is known. Whoever of the two is
 * later starts the second step.
 */
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/side.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct gather {
	struct hv *hv;
	struct hv_gather *g;
	struct side src, dst;
	struct conn_task src_task, dst_task, needs_task;
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
	if (w->dst_open)
		probes_met(w->hv->probes, w->dst_conn, w->dst.generation, g->facts);
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
	f->secrets_there = arena_array(f->arena, f->config.n_secrets, sizeof *f->secrets_there);
}

/* The configuration is known, or never will be: from here the destination reads it. */
static void configured(struct side *s)
{
	struct gather *w = CONTAINER(s, struct gather, src);
	struct facts *f = s->f;

	if (facts_known(f, FACT_VM_CONFIG)) {
		f->config = f->stored;
		if (w->g->prepare)
			w->g->prepare(w->g);
		make_room(f);
		w->configured = true;
	}
	step_ready(w);
}

static void run_source(struct conn_task *t)
{
	struct gather *w = CONTAINER(t, struct gather, src_task);
	struct side *s = &w->src;

	open_side(s, t);
	if (t->access != ACCESS_OPEN) {
		skip_all(s->f, vm_facts, ARRAY_LEN(vm_facts), s->host->access_text);
		step_ready(w);
		part_done(w);
		return;
	}
	gather_vm(s, configured);
	gather_host(s, FACT_SRC_HOST, FACT_SRC_CAPS);
	if (facts_known(s->f, FACT_SRC_HOST) && s->host->name)
		hv_learn_name(w->hv, s->host->name);
	part_done(w);
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

	*w = (struct gather){
		.hv = hv,
		.g = g,
		.ready = 2,
		.parts = 2,
		.src = { .hv = hv, .g = g, .f = f, .arena = f->arena, .host = &f->src },
		.dst = { .hv = hv, .g = g, .f = f, .arena = f->dst_arena, .host = &f->dst },
	};
	g->step = "opening the hypervisor connections";
	side_skip(f, FACT_DST_PROBE, "no probe was started");
	f->src.uri = arena_strdup(f->arena, hv->source_uri);
	w->src.uri = f->src.uri;
	w->src_task = (struct conn_task){ .run = run_source, .deadline = g->deadline };
	/* The destination first: when the source is done before conn_submit returns, w is gone. */
	start_destination(w);
	conn_submit(hv->source, &w->src_task);
}
