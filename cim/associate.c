#include "cim/associate.h"

#include <stdatomic.h>
#include <strings.h>

#include "cim/ends.h"
#include "cim/registry.h"
#include "daemon/base/clock.h"

/* Of the operation inside: its starter is still at it; it has left; the answer is there. */
enum turn { ASKING, PARKED, ANSWERED };

struct walk {
	struct cim_op inner; /* first: done() gets the walk from it */
	struct cim_op *op;
	atomic_int turn;
	/* Takes the answer of the operation inside; false when op->err is set. */
	bool (*accept)(struct walk *w);
	struct cim_ref *object; /* the object's reference, with its own class */
	size_t next_row, next_end;
	struct ends *ends;
};

/* A property of an association that refers to instances of c, or may, under that name. */
static bool may_refer(const struct cim_property *p, const char *role, const struct cim_class *c)
{
	const struct cim_class *of = p->ref_class != NULL ? cim_class_find(p->ref_class) : NULL;

	return p->type == CIM_REFERENCE && (role == NULL || strcasecmp(role, p->name) == 0) &&
	       (c == NULL || of == NULL || cim_class_is(c, of) || cim_class_is(of, c));
}

static bool may_lead_on(const struct walk *w, const struct cim_class *c, size_t near)
{
	const struct cim_walk *want = &w->op->walk;

	for (size_t p = 0; p < c->n_properties; p++)
		if (p != near && may_refer(&c->properties[p], want->result_role, want->result))
			return true;
	return w->op->kind == CIM_OP_REFERENCES;
}

/* Whether the row can have an answer: few can, and the others need not be asked. */
static bool is_relevant(const struct walk *w, const struct registry_row *row)
{
	const struct cim_walk *want = &w->op->walk;
	const struct cim_class *c = row->class;

	if (!c->association || !registry_serves(row, w->op->ns) ||
		(want->association != NULL && !cim_class_is(c, want->association)))
		return false;
	for (size_t p = 0; p < c->n_properties; p++)
		if (may_refer(&c->properties[p], want->role, w->inner.object->class) &&
			may_lead_on(w, c, p))
			return true;
	return false;
}

/* The reference in property p of an association; NULL when it is none, or has no value. */
static const struct cim_ref *ref_at(const struct cim_instance *i, size_t p)
{
	const struct cim_value *v = &i->values[p];

	if (i->class->properties[p].type != CIM_REFERENCE || !v->given || v->n == 0)
		return NULL;
	return v->data[0].ref;
}

static bool is_near_end(const struct walk *w, const struct cim_instance *i, size_t p)
{
	const struct cim_ref *ref = ref_at(i, p);
	const char *role = w->op->walk.role;

	return ref != NULL &&
	       (role == NULL || strcasecmp(role, i->class->properties[p].name) == 0) &&
	       cim_ref_same(ref, w->object);
}

static void want_far_ends(struct walk *w, const struct cim_instance *i, size_t near)
{
	const struct cim_walk *want = &w->op->walk;

	for (size_t p = 0; p < i->class->n_properties; p++) {
		const struct cim_ref *ref = ref_at(i, p);
		const struct cim_class *c;

		if (p == near || ref == NULL ||
			(want->result_role != NULL &&
				strcasecmp(want->result_role, i->class->properties[p].name) != 0))
			continue;
		c = cim_class_find(ref->class_name);
		if (c != NULL && (want->result == NULL || cim_class_is(c, want->result)))
			ends_want(w->ends, ref);
	}
}

static void take_association(struct walk *w, const struct cim_instance *i)
{
	bool involved = false;

	for (size_t p = 0; p < i->class->n_properties; p++) {
		if (!is_near_end(w, i, p))
			continue;
		if (w->op->kind == CIM_OP_ASSOCIATORS)
			want_far_ends(w, i, p);
		else if (!involved)
			registry_add(w->op, i);
		involved = true;
	}
}

static bool take_associations(struct walk *w)
{
	w->op->err = w->inner.err;
	for (size_t i = 0; i < w->inner.n_instances; i++)
		take_association(w, w->inner.instances[i]);
	return w->op->err.code == ERR_NONE;
}

static bool take_object(struct walk *w)
{
	w->op->err = w->inner.err;
	if (w->op->err.code != ERR_NONE)
		return false;
	w->inner.object = w->inner.instances[0];
	w->object = cim_ref_of(w->op->arena, w->inner.object);
	return true;
}

/* What is gone by now, or has no provider, is left out. */
static bool take_end(struct walk *w)
{
	if (w->inner.err.code == ERR_NOT_FOUND || w->inner.err.code == ERR_CLASS)
		return true;
	w->op->err = w->inner.err;
	if (w->op->err.code != ERR_NONE)
		return false;
	registry_add(w->op, w->inner.instances[0]);
	return true;
}

static void get(struct walk *w, const struct cim_class *c, const struct cim_ref *ref)
{
	w->inner.kind = CIM_OP_GET;
	w->inner.class = c;
	w->inner.ref = ref;
	w->inner.ns = w->op->ns;
	cim_run(w->op->cim, &w->inner);
}

static bool ask_row(struct walk *w)
{
	const struct registry_row *row = NULL;

	while (row == NULL && w->next_row < registry_row_count) {
		row = &registry_rows[w->next_row++];
		if (!is_relevant(w, row))
			row = NULL;
	}
	if (row == NULL)
		return false;
	w->accept = take_associations;
	w->inner.kind = CIM_OP_ENUMERATE;
	w->inner.class = row->class;
	w->inner.ref = NULL;
	w->inner.ns = w->op->ns;
	registry_ask(w->op->cim, &w->inner, row);
	return true;
}

static bool ask_end(struct walk *w)
{
	struct end *end;

	while ((end = ends_wanted(w->ends, w->next_end)) != NULL) {
		w->next_end++;
		if (end->instance == NULL) {
			w->accept = take_end;
			get(w, cim_class_find(end->ref->class_name), end->ref);
			return true;
		}
		registry_add(w->op, end->instance);
	}
	return false;
}

/* Takes the answer that is there and asks for the next. False: the whole is done. */
static bool step(struct walk *w)
{
	if (w->accept != NULL && !w->accept(w))
		return false;
	if (clock_ms() >= w->op->req->deadline) {
		err_set(&w->op->err, ERR_TIMEOUT, "the associations were not walked in time");
		return false;
	}
	if (w->accept != NULL)
		return ask_row(w) || ask_end(w);
	w->accept = take_object;
	get(w, w->op->class, w->op->ref);
	return true;
}

/* Goes on as long as answers come at once: a loop, so that thousands of them do not nest. */
static void go(struct walk *w)
{
	struct cim_op *op = w->op;

	do {
		atomic_store(&w->turn, ASKING);
		if (!step(w)) {
			registry_answer(op);
			return;
		}
	} while (atomic_exchange(&w->turn, PARKED) == ANSWERED);
}

static void answered(struct cim_op *inner)
{
	struct walk *w = (struct walk *)inner;

	if (atomic_exchange(&w->turn, ANSWERED) == PARKED)
		go(w);
}

void registry_know(struct cim_op *op, const struct cim_instance *i)
{
	if (op->ends != NULL)
		ends_know(op->ends, i);
}

void associate_run(struct cim_op *op)
{
	struct walk *w = arena_alloc(op->arena, sizeof *w);

	w->op = op;
	w->ends = ends_new(op->arena);
	w->inner.arena = op->arena;
	w->inner.req = op->req;
	w->inner.done = answered;
	w->inner.inside = true;
	w->inner.ends = op->kind == CIM_OP_ASSOCIATORS ? w->ends : NULL;
	go(w);
}
