#include "cim/cim.h"

#include <strings.h>

#include "cim/registry.h"
#include "cim/uri.h"

/*
 * An operation on its way through the rows that serve its class. GET, and INVOKE on an instance,
 * look the instance up first: `found` is the row that has it.
 */
struct run {
	size_t next; /* the row to ask next */
	size_t seen; /* instances looked at */
	const struct registry_row *row; /* the row being asked */
	const struct registry_row *found;
	bool lookup;
};

struct cim *cim_new(struct checks *checks, struct hv *hv)
{
	struct cim *cim = mem_calloc(1, sizeof *cim);

	cim->checks = checks;
	cim->hv = hv;
	return cim;
}

void cim_free(struct cim *cim)
{
	mem_freep(&cim);
}

static bool ns_known(const char *ns)
{
	return ns == NULL || cim_ns_same(ns, CIM_NS_DEFAULT);
}

bool cim_serves(const struct cim_class *c, const char *ns)
{
	for (size_t i = 0; i < registry_row_count; i++)
		if (registry_rows[i].class == c)
			return ns_known(ns);
	return false;
}

/* The next row from *at on that has instances of c. */
static const struct registry_row *next_row(const struct cim_class *c, size_t *at)
{
	while (*at < registry_row_count) {
		const struct registry_row *row = &registry_rows[(*at)++];

		if (cim_class_is(row->class, c))
			return row;
	}
	return NULL;
}

static void finish(struct cim_op *op)
{
	if (op->err.code != ERR_NONE) {
		op->instances = NULL;
		op->n_instances = 0;
	}
	op->done(op);
}

void registry_add(struct cim_op *op, const struct cim_instance *i)
{
	*ARENA_PUSH(op->arena, op->instances, op->n_instances) = i;
}

void registry_answer(struct cim_op *op)
{
	finish(op);
}

/* Runs the method, or answers 1: Not Supported in every method of the schema that has no row. */
static void call_method(struct cim_op *op, const struct registry_row *row)
{
	const struct cim_method *m = cim_method_find(row->class, op->method->name);

	op->row = row;
	for (size_t i = 0; m != NULL && i < row->n_methods; i++) {
		if (&row->class->methods[row->methods[i].method] != m)
			continue;
		row->methods[i].run(op);
		return;
	}
	op->ret = cim_value_uint(op->arena, 1);
	finish(op);
}

/* Keeps of the instances just added the one that the reference selects. */
static void select_instance(struct cim_op *op, struct run *run)
{
	for (; run->seen < op->n_instances && run->found == NULL; run->seen++) {
		if (!cim_ref_selects(op->ref, op->instances[run->seen]))
			continue;
		op->instances[0] = op->instances[run->seen];
		run->found = run->row;
	}
}

static void end_lookup(struct cim_op *op, struct run *run)
{
	if (run->found == NULL) {
		err_set(&op->err, ERR_NOT_FOUND, "there is no such instance of %s",
			op->class->name);
		finish(op);
		return;
	}
	op->n_instances = 1;
	if (op->kind == CIM_OP_GET) {
		finish(op);
		return;
	}
	op->instances = NULL;
	op->n_instances = 0;
	call_method(op, run->found);
}

/* Asks the next row; rows that answer at once come back here through registry_done. */
static void ask_next(struct cim_op *op)
{
	struct run *run = op->state;

	run->row = run->found == NULL ? next_row(op->class, &run->next) : NULL;
	op->row = run->row;
	if (run->row == NULL && run->lookup)
		end_lookup(op, run);
	else if (run->row == NULL)
		finish(op);
	else if (run->lookup && run->row->get != NULL)
		run->row->get(op);
	else
		run->row->enumerate(op);
}

void registry_done(struct cim_op *op)
{
	struct run *run = op->state;

	if (op->err.code != ERR_NONE) {
		finish(op);
		return;
	}
	if (run->lookup)
		select_instance(op, run);
	ask_next(op);
}

/* INVOKE on the class itself: only where one instance can be meant. */
static void invoke_on_class(struct cim_op *op)
{
	size_t at = 0;
	const struct registry_row *row = next_row(op->class, &at);

	if (next_row(op->class, &at) == NULL && row->singleton) {
		call_method(op, row);
		return;
	}
	err_set(&op->err, ERR_KEY_MISSING,
		"the method %s is called on an instance of %s: say which by its keys",
		op->method->name, op->class->name);
	finish(op);
}

/* What can be wrong before any provider is asked. */
static int check_op(const struct cim_op *op, struct err *e)
{
	size_t at = 0;

	if (!ns_known(op->ns) || (op->ref != NULL && !ns_known(op->ref->ns)))
		return err_set(e, ERR_NAMESPACE, "there is no namespace %.200s here, only %s",
			ns_known(op->ns) ? op->ref->ns : op->ns, CIM_NS_DEFAULT);
	if (next_row(op->class, &at) == NULL)
		return err_set(e, ERR_CLASS, "the class %s has no instances here", op->class->name);
	if (op->kind == CIM_OP_INVOKE &&
		(op->method == NULL || cim_method_find(op->class, op->method->name) == NULL))
		return err_set(e, ERR_METHOD, "the class %s has no such method", op->class->name);
	if (op->kind == CIM_OP_GET && op->ref == NULL)
		return err_set(e, ERR_KEY_MISSING, "no keys are given");
	if (op->kind == CIM_OP_GET || (op->kind == CIM_OP_INVOKE && op->ref != NULL))
		return cim_ref_check(op->ref, op->class, e);
	return 0;
}

void cim_run(struct cim *cim, struct cim_op *op)
{
	struct run *run = arena_alloc(op->arena, sizeof *run);

	op->cim = cim;
	op->state = run;
	op->row = NULL;
	op->instances = NULL;
	op->n_instances = 0;
	op->err.code = ERR_NONE;
	op->err.text[0] = '\0';
	if (op->kind == CIM_OP_INVOKE && op->ref != NULL && op->ref->n_keys == 0)
		op->ref = NULL;
	if (check_op(op, &op->err) != 0) {
		finish(op);
		return;
	}
	run->lookup = op->kind != CIM_OP_ENUMERATE && op->ref != NULL;
	if (op->kind == CIM_OP_INVOKE && op->ref == NULL)
		invoke_on_class(op);
	else
		ask_next(op);
}
