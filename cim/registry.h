/*
 * The registry: which classes have instances here, and who provides them. One row per class.
 *
 * A row is asked through its operation: it adds instances with registry_add and ends with
 * registry_done, now or later, from any thread; meanwhile nobody else touches the operation.
 */
#ifndef VSMIGD_CIM_REGISTRY_H
#define VSMIGD_CIM_REGISTRY_H

#include "cim/cim.h"
#include "schema_ids.h"

struct cim {
	struct checks *checks;
	struct hv *hv;
};

struct registry_method {
	size_t method; /* CLASS_m_METHOD */
	void (*run)(struct cim_op *op); /* ends with registry_answer */
};

/* Where the instances of a class are: the provider finds the namespace asked for in op->ns. */
enum registry_ns { REGISTRY_NS_DEFAULT, REGISTRY_NS_INTEROP, REGISTRY_NS_BOTH };

struct registry_row {
	const struct cim_class *class;
	enum registry_ns ns;
	/* Adds all instances of the class, those of subclasses excepted. */
	void (*enumerate)(struct cim_op *op);
	/* Adds the instance that op->ref may select. NULL: all are made, and the one selected. */
	void (*get)(struct cim_op *op);
	/* An association: adds those that involve op->object, and may add others, which are left
	 * out. NULL: all are made. */
	void (*involve)(struct cim_op *op);
	/* There is exactly one instance, so that a method may be called on the class. */
	bool singleton;
	/* Methods that are really there; the class's others answer 1, Not Supported. */
	const struct registry_method *methods;
	size_t n_methods;
};

extern const struct registry_row registry_rows[];
extern const size_t registry_row_count;

void registry_add(struct cim_op *op, const struct cim_instance *i);
/*
 * Remembers an instance that a row of an association has at hand for a far end, which then need
 * not be fetched.
 */
void registry_know(struct cim_op *op, const struct cim_instance *i);
/* Whether the row has instances in that namespace. */
bool registry_serves(const struct registry_row *row, const char *ns);
/* Asks one row alone, for the associations of op->object; op->done is called as ever. */
void registry_ask(struct cim *cim, struct cim_op *op, const struct registry_row *row);
/* Ends the row; op->err says how it went. */
void registry_done(struct cim_op *op);
/* Ends a method: op->ret, op->args and op->err are set. */
void registry_answer(struct cim_op *op);

#endif
