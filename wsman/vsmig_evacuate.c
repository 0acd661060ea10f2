#include "wsman/vsmig_evacuate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"
#include "wsman/vsmig_rank.h"
#include "wsman/vsmig_show.h"

/* Questions under way at once, each on a connection of its own. A destination starts one probe at
 * a time, so that more would only wait there. */
enum { AT_ONCE = 4 };

/* The answer. */

static int status_of(const struct vsmig_evacuee *v)
{
	return v->err.code != 0 ? VSMIG_FAILED : vsmig_answer_status(&v->answer);
}

static size_t count(const struct vsmig_evacuation *ev, int status)
{
	size_t n = 0;

	for (size_t i = 0; i < ev->n; i++)
		n += status_of(&ev->items[i]) == status;
	return n;
}

int vsmig_evacuate_status(const struct vsmig_evacuation *ev)
{
	if (count(ev, VSMIG_NO) > 0)
		return VSMIG_NO;
	return count(ev, VSMIG_FAILED) > 0 ? VSMIG_FAILED : VSMIG_OK;
}

/* What those that run take together, and what is free: the least that was told. */
struct memory {
	uint64_t needed, free;
	size_t counted, unknown; /* of those that run */
	bool free_known;
};

static struct memory memory_of(const struct vsmig_evacuation *ev)
{
	struct memory m = { 0 };

	for (size_t i = 0; i < ev->n; i++) {
		const struct vsmig_answer *r = &ev->items[i].answer;
		uint64_t available =
			r->free_memory != NULL ? strtoull(r->free_memory, NULL, 10) : 0;

		if (r->free_memory != NULL && (!m.free_known || available < m.free))
			m.free = available;
		m.free_known |= r->free_memory != NULL;
		if (!ev->items[i].runs)
			continue;
		if (r->memory_needed != NULL)
			m.needed += strtoull(r->memory_needed, NULL, 10);
		m.counted += r->memory_needed != NULL;
		m.unknown += r->memory_needed == NULL;
	}
	return m;
}

static double gib(uint64_t bytes)
{
	return (double)bytes / (1 << 30);
}

/* Each was checked as if it came alone: whether all fit is told here, as what it is. */
static void add_memory(struct buf *out, const struct vsmig_evacuation *ev)
{
	struct memory m = memory_of(ev);

	if (m.counted == 0)
		return;
	buf_puts(out, m.free_known && m.needed > m.free ? "Warning: " : "Memory: ");
	buf_printf(out, "the %zu that run take %.1f GiB together", m.counted, gib(m.needed));
	if (m.unknown > 0)
		buf_printf(out, " (of %zu more it is not known)", m.unknown);
	if (!m.free_known)
		buf_puts(out, "; what is free there is not known.\n");
	else if (m.needed > m.free)
		buf_printf(out,
			", more than the %.1f GiB that are free there now; each was checked "
			"alone.\n",
			gib(m.free));
	else
		buf_printf(out, "; %.1f GiB are free there now.\n", gib(m.free));
}

static bool is_simulated(const struct vsmig_evacuation *ev)
{
	for (size_t i = 0; i < ev->n; i++)
		if (ev->items[i].answer.simulated)
			return true;
	return false;
}

static void add_sentence(struct buf *out, const struct vsmig_evacuation *ev)
{
	static const char *const begins[] = {
		[VSMIG_OK] = "yes: ",
		[VSMIG_NO] = "no: ",
		[VSMIG_FAILED] = "cannot tell: ",
	};

	buf_puts(out, begins[vsmig_evacuate_status(ev)]);
	buf_printf(out, "%zu of %zu virtual systems can move to ", count(ev, VSMIG_OK), ev->n);
	vsmig_print_clean(out, ev->destination);
	if (count(ev, VSMIG_FAILED) > 0)
		buf_printf(out, "; of %zu it cannot be told", count(ev, VSMIG_FAILED));
	buf_puts(out, is_simulated(ev) ? " [simulated]\n" : "\n");
}

static void add_table(struct buf *out, const struct vsmig_evacuation *ev, size_t width)
{
	static const char *const heads[] = { "VM", "STATE", "TYPE", "VERDICT", "WARNINGS",
		"FIRST REASON" };
	auto_arena struct arena *a = arena_new();
	const char **cells = arena_array(a, ev->n, sizeof heads), **cell = cells;

	for (size_t i = 0; i < ev->n; i++) {
		const struct vsmig_evacuee *v = &ev->items[i];
		bool told = v->err.code == 0;

		*cell++ = v->answer.vm;
		*cell++ = v->state;
		*cell++ = v->answer.type;
		*cell++ = told ? vsmig_answer_word(&v->answer) : "cannot tell";
		*cell++ = told ? arena_printf(a, "%zu", vsmig_answer_warnings(&v->answer)) : "-";
		*cell++ = told ? vsmig_answer_reason(a, &v->answer) : v->err.text;
	}
	vsmig_print_table(
		out, &(struct vsmig_table){ heads, ARRAY_LEN(heads), cells, ev->n }, width);
}

void vsmig_evacuate_text(struct buf *out, const struct vsmig_evacuation *ev, size_t width)
{
	add_sentence(out, ev);
	add_memory(out, ev);
	if (ev->n == 0)
		return;
	buf_putc(out, '\n');
	add_table(out, ev, width);
}

static void json_evacuee(struct buf *out, const struct vsmig_evacuee *v)
{
	vsmig_json_next(out);
	buf_putc(out, '{');
	vsmig_json_member(out, "uuid", v->uuid);
	vsmig_json_member(out, "state", v->state);
	if (v->err.code == 0) {
		vsmig_rank_json_members(out, &v->answer);
	} else {
		vsmig_json_member(out, "vm", v->answer.vm);
		vsmig_json_member(out, "type", v->answer.type);
		vsmig_json_member(out, "code", NULL);
		vsmig_json_member(out, "migratable", NULL);
	}
	vsmig_json_member(out, "error", v->err.code != 0 ? v->err.text : NULL);
	buf_putc(out, '}');
}

static void json_memory(struct buf *out, const struct memory *m)
{
	vsmig_json_name(out, "memory");
	buf_putc(out, '{');
	vsmig_json_name(out, "needed");
	buf_printf(out, "%llu", (unsigned long long)m->needed);
	vsmig_json_name(out, "free");
	if (m->free_known)
		buf_printf(out, "%llu", (unsigned long long)m->free);
	else
		buf_puts(out, "null");
	vsmig_json_name(out, "fits");
	buf_puts(out, !m->free_known || m->unknown ? "null"
		      : m->needed <= m->free	   ? "true"
						   : "false");
	buf_putc(out, '}');
}

void vsmig_evacuate_json(struct buf *out, const struct vsmig_evacuation *ev)
{
	static const char *const migratable[] = {
		[VSMIG_OK] = "true",
		[VSMIG_NO] = "false",
		[VSMIG_FAILED] = "null",
	};
	struct memory m = memory_of(ev);

	buf_putc(out, '{');
	vsmig_json_member(out, "destination", ev->destination);
	vsmig_json_name(out, "migratable");
	buf_puts(out, migratable[vsmig_evacuate_status(ev)]);
	vsmig_json_bool(out, "simulated", is_simulated(ev));
	json_memory(out, &m);
	vsmig_json_name(out, "vms");
	buf_putc(out, '[');
	for (size_t i = 0; i < ev->n; i++)
		json_evacuee(out, &ev->items[i]);
	buf_puts(out, "]}\n");
}

/* The questions. */

struct job {
	const struct vsmig_options *options;
	const struct vsmig_advisor *advisor;
	struct vsmig_evacuation *ev;
	atomic_size_t next;
	atomic_bool stop; /* nobody answers any more */
};

struct asker {
	struct job *job;
	struct vsmig_client *client;
	struct arena *arena; /* of its answers */
	pthread_t thread;
	struct err err; /* why it stopped */
};

/* The service did not answer: it will not answer the next question either. Faults are another
 * matter; they are about the one virtual system. */
static bool is_final(int code)
{
	return code == ERR_UNAVAILABLE || code == ERR_ACCESS || code == ERR_IO ||
	       code == ERR_CONFIG || code == ERR_SYNTAX;
}

static void ask(struct asker *who, struct vsmig_evacuee *v)
{
	struct job *j = who->job;
	struct vsmig_ranking r = { .vm = v->uuid, .type = v->answer.type };
	const char *vm = v->answer.vm, *destination = j->ev->destination;
	int rc = vsmig_rank_ask(
		j->options, who->client, who->arena, j->advisor, destination, &r, &v->err);

	if (rc == 0 && r.n != 1)
		rc = err_set(&v->err, ERR_SYNTAX, "The ranking of one host has %zu verdicts", r.n);
	if (rc == 0)
		v->answer = r.answers[0];
	v->answer.vm = vm;
	v->answer.destination = destination;
	if (rc == 0 || !is_final(v->err.code))
		return;
	who->err = v->err;
	atomic_store(&j->stop, true);
}

static void *work(void *arg)
{
	struct asker *who = arg;
	struct job *j = who->job;

	while (!atomic_load(&j->stop)) {
		size_t i = atomic_fetch_add(&j->next, 1);

		if (i >= j->ev->n)
			break;
		ask(who, &j->ev->items[i]);
	}
	return NULL;
}

/* The first asker is the calling thread, with the connection that is there. */
static int ask_all(
	struct job *j, struct vsmig_client *c, struct asker askers[AT_ONCE], struct err *e)
{
	size_t n = 1;

	askers[0].client = c;
	while (n < AT_ONCE && n < j->ev->n) {
		askers[n].client = vsmig_client_another(c, j->options, e);
		if (askers[n].client == NULL ||
			pthread_create(&askers[n].thread, NULL, work, &askers[n]) != 0)
			break;
		n++;
	}
	work(&askers[0]);
	for (size_t i = 1; i < n; i++)
		pthread_join(askers[i].thread, NULL);
	for (size_t i = 0; i < n; i++)
		if (askers[i].err.code != 0) {
			*e = askers[i].err;
			return -e->code;
		}
	return 0;
}

/* Without --type each is asked for the move that its state allows. */
static void add_evacuee(
	struct vsmig_evacuee *v, const struct cim_loose *item, const struct vsmig_options *o)
{
	const struct cim_loose_property *uuid = cim_loose_find(item, "Name");
	const struct cim_loose_property *name = cim_loose_find(item, "ElementName");

	v->uuid = uuid->values[0];
	v->state = vsmig_show_state(item);
	v->runs = strcmp(v->state, "shut off") != 0 && strcmp(v->state, "saved") != 0;
	v->answer.vm = name != NULL && name->n > 0 ? name->values[0] : v->uuid;
	v->answer.type = o->type != NULL ? o->type : v->runs ? "live" : "offline";
}

static int evacuate(const struct vsmig_options *o, struct vsmig_client *c, struct arena *a,
	struct vsmig_evacuation *ev, struct asker askers[AT_ONCE], struct err *e)
{
	struct vsmig_advisor advisor;
	struct job job = { .options = o, .advisor = &advisor, .ev = ev };
	const struct cim_loose **items;
	int r = vsmig_show_list_vms(c, a, &items, &ev->n, e);

	if (r == 0)
		r = vsmig_advisor_find(c, a, &advisor, e);
	if (r != 0)
		return r;
	ev->items = arena_array(a, ev->n, sizeof *ev->items);
	for (size_t i = 0; i < ev->n; i++)
		add_evacuee(&ev->items[i], items[i], o);
	for (size_t i = 0; i < AT_ONCE; i++) {
		askers[i].job = &job;
		askers[i].arena = arena_new();
	}
	return ask_all(&job, c, askers, e);
}

int vsmig_evacuate_run(const struct vsmig_options *o, struct vsmig_client *c, const char *host)
{
	struct vsmig_evacuation ev = { .destination = host };
	struct asker askers[AT_ONCE] = { 0 };
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	struct err e = { 0 };
	int r = evacuate(o, c, a, &ev, askers, &e);

	if (r == 0 && o->json)
		vsmig_evacuate_json(&out, &ev);
	else if (r == 0)
		vsmig_evacuate_text(&out, &ev, vsmig_print_columns());
	for (size_t i = 0; i < AT_ONCE; i++) {
		arena_free(askers[i].arena);
		if (i > 0)
			vsmig_client_free(askers[i].client);
	}
	if (r != 0)
		return vsmig_print_fail("%s", e.text);
	fwrite(out.data, 1, out.len, stdout);
	return vsmig_evacuate_status(&ev);
}
