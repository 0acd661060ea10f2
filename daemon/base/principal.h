/*
 * Who asks. The zero value is nobody, and nobody may do nothing but Identify.
 */
#ifndef VSMIGD_BASE_PRINCIPAL_H
#define VSMIGD_BASE_PRINCIPAL_H

#include <stdbool.h>
#include <string.h>

enum principal_kind {
	PRINCIPAL_NONE = 0,
	PRINCIPAL_USER, /* a user of the password file */
};

struct principal {
	enum principal_kind kind;
	char name[256];
};

static inline bool principal_known(const struct principal *p)
{
	return p->kind != PRINCIPAL_NONE;
}

static inline bool principal_same(const struct principal *a, const struct principal *b)
{
	return principal_known(a) && a->kind == b->kind && strcmp(a->name, b->name) == 0;
}

#endif
