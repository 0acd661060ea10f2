/*
 * The CIM object manager: operations on classes and instances, answered by providers.
 *
 * An operation is a struct cim_op, filled by the caller, run by cim_run, and answered by exactly
 * one call of op->done, from any thread, possibly before cim_run returns. A provider that needs
 * a hypervisor parks the operation: no thread waits. The op and its arena belong to the caller
 * again when done is called; until then nobody but cim touches them. A cancelled client does not
 * cancel an operation: every one ends by its deadline.
 */
#ifndef VSMIGD_CIM_CIM_H
#define VSMIGD_CIM_CIM_H

#include "cim/value.h"
#include "daemon/base/request.h"

struct checks;
struct hv;
struct cim;

/* The checks and the hypervisors stay the caller's and outlive the cim. */
struct cim *cim_new(struct checks *checks, struct hv *hv);
/* No operation may be under way. */
void cim_free(struct cim *cim);

enum cim_op_kind {
	CIM_OP_ENUMERATE,
	CIM_OP_GET,
	CIM_OP_INVOKE,
	CIM_OP_ASSOCIATORS, /* the instances that are associated with one */
	CIM_OP_REFERENCES, /* the associations of one */
};

/* Which associations of an instance are meant, and which of their far ends. NULL: any. */
struct cim_walk {
	const struct cim_class *association;
	const char *role; /* the property that refers to the instance */
	/* ASSOCIATORS only: the class of the far end, and the property that refers to it. */
	const struct cim_class *result;
	const char *result_role;
};

struct cim_op {
	/* set by the caller */
	enum cim_op_kind kind;
	struct arena *arena;
	struct request *req; /* deadline and audit; outlives the op */
	const struct cim_class *class;
	const char *ns; /* NULL: the default namespace */
	const struct cim_ref *ref; /* the instance; INVOKE: NULL for the class */
	struct cim_walk walk; /* ASSOCIATORS, REFERENCES */
	const struct cim_method *method; /* INVOKE */
	struct cim_value *args; /* INVOKE: n_parameters; in, and out on return */
	size_t room; /* INVOKE: octets that the answer may take in UTF-8; 0: as many as it needs */
	void (*done)(struct cim_op *op);

	/* set when done is called */
	struct err err; /* err.code ERR_NONE: it worked */
	const struct cim_instance **instances; /* ENUMERATE: of the class and its subclasses */
	size_t n_instances; /* GET: exactly 1 */
	struct cim_value ret; /* INVOKE */

	/* for cim and its providers */
	struct cim *cim;
	const void *row;
	void *state;
	const struct cim_instance *object; /* whose associations a row is asked for */
	void *ends; /* what registry_know remembers */
	bool inside; /* a step of a walk: what one step gathered is there for the next */
	void *gathered; /* cim/providers/inventory.h: what an earlier row was told */
	const struct cim_class *asked; /* class, by the name that it was asked for: alias.h */
	bool alias; /* so are the instances to be shown */
};

/*
 * Runs op. ASSOCIATORS give every far end once, and leave out those that are no longer there.
 * Errors: -ERR_NAMESPACE, -ERR_CLASS (no provider), ERR_KEY_*, ERR_NOT_FOUND, ERR_METHOD, ERR_UNAVAILABLE (the source's hypervisor cannot be reached), ERR_TIMEOUT.
 */
void cim_run(struct cim *cim, struct cim_op *op);

/* Whether the namespace is one of ours; NULL is the default one. */
bool cim_ns_known(const char *ns);
/* Whether a provider serves instances of c (not of a subclass) in namespace ns. */
bool cim_serves(const struct cim_class *c, const char *ns);

#endif
