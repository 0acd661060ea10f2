/*
 * A query as it is read: shared by the parser (query.c) and the matcher (query_match.c) alone.
 */
#ifndef VSMIGD_CIM_QUERY_NODE_H
#define VSMIGD_CIM_QUERY_NODE_H

#include "cim/query.h"

enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_LIKE, CMP_COUNT };
enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE, NODE_NULL };
enum literal_kind { LITERAL_TEXT, LITERAL_NUMBER, LITERAL_BOOLEAN, LITERAL_NULL };

struct literal {
	enum literal_kind kind;
	const char *text;
	long double number; /* holds any 64-bit integer exactly */
	bool boolean;
};

struct node {
	enum node_kind kind;
	const struct node *left, *right;
	enum compare compare;
	const char *property;
	struct literal literal;
	const struct node *next; /* the one read before, for cim_query_bind */
};

struct cim_query {
	const char *class_name;
	const char **selected;
	size_t n_selected;
	const struct node *condition; /* NULL: all */
	const struct node *nodes;
};

#endif
