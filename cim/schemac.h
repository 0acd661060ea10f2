/*
 * The parts of schemac, the build tool that compiles schemas/: what it has read, and who writes
 * what of it. It runs once and frees nothing; the first defect ends it with "file:line: ...".
 */
#ifndef VSMIGD_CIM_SCHEMAC_H
#define VSMIGD_CIM_SCHEMAC_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct map {
	char **items;
	size_t n;
};

/* A property, or a parameter: what both have in common is nearly all. */
struct member {
	const char *name, *ref, *embedded;
	const char *origin; /* the class that declared it last */
	int type;
	bool array, key, required, writable, in, out;
	struct map values, texts;
	const xmlNode *node;
};

struct method {
	const char *name, *origin;
	int type;
	struct map values, texts;
	struct member *params;
	size_t n_params;
	const xmlNode *node;
};

struct class
{
	const char *name, *super_name, *file;
	struct class *super;
	bool abstract, association, resolved, resolving;
	struct member *props; /* by name, inherited ones included */
	size_t n_props;
	struct method *methods; /* likewise */
	size_t n_methods;
	const xmlNode *node;
};

/* By name, once schemac_resolve is done. */
extern struct class *schemac_classes;
extern size_t schemac_n_classes;
/* In the order of enum cim_type, whose names are these in capitals behind "CIM_". */
extern const char *const schemac_types[];

void schemac_die(const char *file, const xmlNode *at, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
/* Room for one more element behind n of them, zeroed. */
void *schemac_grow(void *items, size_t n, size_t size);
#define PUSH(items, n) ((items) = schemac_grow((items), (n), sizeof *(items)), &(items)[(n)++])

/* schemac_read.c: documents in, classes out, everything checked that one document can tell. */
void schemac_read_file(const char *file);
/* Sorts the classes, hands members down, and checks what takes all of them. */
void schemac_resolve(void);
bool schemac_is(const xmlNode *n, const char *name);
/* Whether the element's name is `stem` or "stem.SOMETHING". */
bool schemac_is_kind(const xmlNode *n, const char *stem);
const char *schemac_attr(const xmlNode *n, const char *name);
const xmlNode *schemac_qualifier(const xmlNode *of, const char *name);
/* All text in n as one line: texts are wrapped in schemas/. */
char *schemac_text(const xmlNode *n);
struct class *schemac_class(const char *name);
struct method *schemac_method(struct class *c, const char *name);

/* schemac_check.c: what a schema must have besides, so that its documents and the WSDL are whole. */
void schemac_check(void);

/* What class documents say of a qualifier besides its name, type and value. */
enum flavor {
	FLAVOR_RESTRICTED = 1, /* TOSUBCLASS="false": a subclass does not inherit it */
	FLAVOR_FIXED = 2, /* OVERRIDABLE="false" */
	FLAVOR_TRANSLATABLE = 4
};
struct qualifier_kind {
	const char *name, *type;
	unsigned flavor;
};
/* NULL when the standard has no such qualifier. */
const struct qualifier_kind *schemac_qualifier_kind(const char *name);

/* A string as a C literal; NULL as NULL. */
void schemac_put_string(const char *s);
/* schemac_document.c: the class document of c as cim_pieces; returns how many. */
size_t schemac_put_document(const struct class *c);
/* schemac_wsdl.c: the WSDL as XML, or as the two C strings around its address. */
void schemac_put_wsdl(bool xml);

#endif
