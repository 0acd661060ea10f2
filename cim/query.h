/*
 * Queries: WQL, and CQL's basic form (DSP0202). SELECT *, or SELECT properties, FROM class,
 * optionally WHERE with = <> != < <= > >= LIKE, IS [NOT] NULL, ISA, NOT, AND, OR and parentheses,
 * between a property and a literal (text in either quotes, a number, TRUE, FALSE, NULL), in
 * either order, or between two properties. In text a backslash takes the next character as it
 * is, and a quote given twice is one. __CLASS is the name of the instance's class. Names may have
 * the class, or the alias that follows it behind FROM, and a dot before them; EMBEDDED.NAME is a
 * property of the instance that a property holds. "X ISA class" asks of what class is the
 * instance (X being __CLASS, __THIS, the class or its alias) or the instance in property X.
 *
 * Text compares without case, as WQL does; LIKE knows %, _ and [a-z], [^a-z]. A comparison with
 * a property that has no value is false, and so is its negation by <>. A query lives in the
 * arena it was read into and is not changed after cim_query_bind; any thread may use it then.
 */
#ifndef VSMIGD_CIM_QUERY_H
#define VSMIGD_CIM_QUERY_H

#include "cim/value.h"

struct cim_query;

/* -ERR_SYNTAX with a sentence that says where. */
int cim_query_parse(struct arena *a, const char *text, struct cim_query **q, struct err *e);
/* The same for CQL, of which only the basic form is read: without LIKE, functions and joins. */
int cim_query_parse_cql(struct arena *a, const char *text, struct cim_query **q, struct err *e);
/*
 * The query for instances of c that have all these values (DSP0226 annex E); it is bound. An
 * array has a value when any of its elements is it. -ERR_KEY_UNEXPECTED when neither c nor a
 * class derived from it has a property of that name.
 */
int cim_query_from_keys(struct arena *a, const struct cim_class *c, const struct cim_key *keys,
	size_t n, struct cim_query **q, struct err *e);
/* The class behind FROM, as spelled. */
const char *cim_query_class_name(const struct cim_query *q);
/*
 * The class that the query is about: the one of its name, else for Msvm_X, as tools written for
 * another hypervisor spell it, CIM_X; NULL when there is neither.
 */
const struct cim_class *cim_query_class(const struct cim_query *q);
/* Resolves the property names: -ERR_SYNTAX when the class has no such property. */
int cim_query_bind(struct cim_query *q, const struct cim_class *c, struct err *e);
/* Whether the instance, of the bound class or one derived from it, satisfies the condition. */
bool cim_query_matches(const struct cim_query *q, const struct cim_instance *i);
/* The selected property names; *n is 0 for SELECT *. */
const char *const *cim_query_selected(const struct cim_query *q, size_t *n);

#endif
