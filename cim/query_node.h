/*
 * A query as it is read: shared by query.c, which reads it, query_bind.c and query_match.c alone.
 */
#ifndef VSMIGD_CIM_QUERY_NODE_H
#define VSMIGD_CIM_QUERY_NODE_H

#include "cim/query.h"

enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_LIKE, CMP_COUNT };
enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE, NODE_NULL, NODE_ISA };
enum literal_kind {
	LITERAL_TEXT,
	LITERAL_NUMBER,
	LITERAL_BOOLEAN,
	LITERAL_NULL,
	LITERAL_PROPERTY /* none: the other side is a property too */
};

#define QUERY_CLASS "__CLASS" /* the name of the instance's class, as if it were a property */

struct literal {
	enum literal_kind kind;
	const char *text;
	const struct cim_ref *ref; /* what the text refers to, when it is an object path */
	bool numeric; /* it is a number, also one in quotes */
	long double number; /* holds any 64-bit integer exactly */
	bool boolean;
};

/* Made out once, since a query is matched with many instances. The text is set, or NULL. */
void query_read_number(struct literal *l);

struct path {
	const char *property;
	const char *inner; /* a property of the embedded instance that `property` holds, or NULL */
};

struct node {
	enum node_kind kind;
	const struct node *left, *right;
	enum compare compare;
	struct path path; /* without a property with NODE_ISA: the instance itself */
	struct path other; /* what it is compared with, with LITERAL_PROPERTY */
	struct literal literal; /* the class of NODE_ISA as text */
	const struct cim_class *class; /* of NODE_ISA, once it is bound */
	struct node *next; /* the one read before, to go through all of them */
};

struct cim_query {
	const char *class_name;
	const char *alias; /* of the class in the query; NULL: none */
	const char **selected;
	size_t n_selected;
	const struct node *condition; /* NULL: all */
	struct node *nodes;
};

#endif
