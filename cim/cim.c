#include "cim/cim.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cim/alias.h"
#include "cim/associate.h"
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

bool cim_ns_known(const char *ns)
{
	return ns == NULL || cim_ns_same(ns, CIM_NS_DEFAULT) || cim_ns_same(ns, CIM_NS_INTEROP);
}

bool registry_serves(const struct registry_row *row, const char *ns)
{
	return row->ns == REGISTRY_NS_BOTH ||
	       (row->ns == REGISTRY_NS_INTEROP) == cim_ns_same(ns, CIM_NS_INTEROP);
}

bool cim_serves(const struct cim_class *c, const char *ns)
{
	c = alias_own_class(c);
	if (ns == NULL)
		ns = CIM_NS_DEFAULT;
	for (size_t i = 0; i < registry_row_count && cim_ns_known(ns); i++)
		if (registry_rows[i].class == c && registry_serves(&registry_rows[i], ns))
			return true;
	return false;
}

/* The next row from *at on that has instances of c in the namespace. */
static const struct registry_row *next_row(const struct cim_class *c, const char *ns, size_t *at)
{
	while (*at < registry_row_count) {
		const struct registry_row *row = &registry_rows[(*at)++];

		if (cim_class_is(row->class, c) && registry_serves(row, ns))
			return row;
	}
	return NULL;
}

/* Shows the instances by their other names; of what a class was asked for, those that have one. */
static void rename_instances(struct cim_op *op)
{
	bool walk = op->kind == CIM_OP_ASSOCIATORS || op->kind == CIM_OP_REFERENCES;
	size_t n = 0;

	for (size_t i = 0; i < op->n_instances; i++) {
		const struct cim_instance *other = alias_instance(op->arena, op->instances[i]);

		if (other != NULL || walk)
			op->instances[n++] = other != NULL ? other : op->instances[i];
	}
	op->n_instances = n;
}

static void finish(struct cim_op *op)
{
	if (op->alias)
		rename_instances(op);
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

/*
 * What a method without a row answers: its own number of Not Supported. That is 1 in all methods
 * of CIM, and 32770 in most of Hyper-V's that begin a job, also where they do not list it.
 */
static uint64_t not_supported(const struct cim_method *m)
{
	bool job = false;

	for (size_t i = 0; i < m->n_values; i++) {
		if (strcasecmp(m->values[i].text, "Not Supported") == 0)
			return strtoul(m->values[i].value, NULL, 10);
		job = job || strcmp(m->values[i].value, "4096") == 0;
	}
	return job ? 32770 : 1;
}

/* Runs the method of the row's class by the name of the one asked for. */
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
	op->ret = cim_value_uint(op->arena, not_supported(op->method));
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

	run->row = run->found == NULL ? next_row(op->class, op->ns, &run->next) : NULL;
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
	const struct registry_row *row = next_row(op->class, op->ns, &at);

	if (next_row(op->class, op->ns, &at) == NULL && row->singleton) {
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

	if (!cim_ns_known(op->ns))
		return err_set(e, ERR_NAMESPACE,
			"there is no namespace %.200s here, only %s and %s", op->ns, CIM_NS_DEFAULT,
			CIM_NS_INTEROP);
	if (next_row(op->class, op->ns, &at) == NULL)
		return err_set(e, ERR_CLASS,
			"the class %s has no instances in the namespace %.200s", op->class->name,
			op->ns);
	if (op->kind == CIM_OP_INVOKE &&
		(op->method == NULL || cim_method_find(op->asked, op->method->name) == NULL))
		return err_set(e, ERR_METHOD, "the class %s has no such method", op->asked->name);
	if (op->kind != CIM_OP_ENUMERATE && op->kind != CIM_OP_INVOKE && op->ref == NULL)
		return err_set(e, ERR_KEY_MISSING, "no keys are given");
	if (op->kind != CIM_OP_ENUMERATE && op->ref != NULL)
		return cim_ref_check(op->ref, op->class, e);
	return 0;
}

/* The namespace of the reference goes before that of the request; as we spell it, if it is ours. */
static const char *ns_of(const struct cim_op *op)
{
	const char *ns = op->ref != NULL && op->ref->ns != NULL ? op->ref->ns : op->ns;

	if (ns == NULL || cim_ns_same(ns, CIM_NS_DEFAULT))
		return CIM_NS_DEFAULT;
	return cim_ns_same(ns, CIM_NS_INTEROP) ? CIM_NS_INTEROP : ns;
}

static struct run *begin(struct cim *cim, struct cim_op *op)
{
	struct run *run = arena_alloc(op->arena, sizeof *run);

	op->cim = cim;
	op->state = run;
	op->row = NULL;
	if (!op->inside)
		op->gathered = NULL;
	op->instances = NULL;
	op->n_instances = 0;
	op->err.code = ERR_NONE;
	op->err.text[0] = '\0';
	return run;
}

void registry_ask(struct cim *cim, struct cim_op *op, const struct registry_row *row)
{
	struct run *run = begin(cim, op);

	run->next = registry_row_count;
	run->row = row;
	op->row = row;
	(row->involve != NULL ? row->involve : row->enumerate)(op);
}

/* Hyper-V's names become ours on the way in; finish turns them back for who asked by them. */
static void use_own_names(struct cim_op *op)
{
	const struct cim_class *c = alias_own_class(op->class);
	const struct cim_class *result = alias_own_class(op->walk.result);

	op->asked = op->class;
	op->alias = c != op->class || result != op->walk.result;
	op->class = c;
	op->walk.result = result;
	op->walk.association = alias_own_class(op->walk.association);
	if (op->ref != NULL)
		op->ref = alias_own_ref(op->arena, op->ref);
}

void cim_run(struct cim *cim, struct cim_op *op)
{
	struct run *run = begin(cim, op);

	if (op->kind == CIM_OP_INVOKE && op->ref != NULL && op->ref->n_keys == 0)
		op->ref = NULL;
	use_own_names(op);
	op->ns = ns_of(op);
	if (check_op(op, &op->err) != 0) {
		finish(op);
		return;
	}
	run->lookup = op->kind != CIM_OP_ENUMERATE && op->ref != NULL;
	if (op->kind == CIM_OP_ASSOCIATORS || op->kind == CIM_OP_REFERENCES)
		associate_run(op);
	else if (op->kind == CIM_OP_INVOKE && op->ref == NULL)
		invoke_on_class(op);
	else
		ask_next(op);
}
