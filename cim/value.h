/*
 * CIM values, references and instances in memory.
 *
 * All of it lives in the arena of the operation that made it; nothing is freed one by one. A
 * zeroed cim_value is NULL. Text is UTF-8.
 */
#ifndef VSMIGD_CIM_VALUE_H
#define VSMIGD_CIM_VALUE_H

#include <stdint.h>

#include "cim/schema.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"

struct cim_ref;
struct cim_instance;
struct cim_loose;

union cim_datum {
	bool b;
	uint64_t u; /* all unsigned integers, char16 */
	int64_t s; /* all signed integers */
	double r;
	const char *str; /* string; datetime as 25 characters of DMTF text */
	const struct cim_ref *ref;
	const struct cim_instance *inst; /* EmbeddedInstance, when instance is true */
	const struct cim_loose *loose; /* EmbeddedInstance, when loose is true: cim/codec.h */
};

struct cim_value {
	bool given; /* false: NULL */
	/* With EmbeddedInstance the data are text, unless they are instances that we made, or
	 * arguments that came as XML elements. */
	bool instance, loose;
	size_t n; /* elements; 1 for a scalar; an empty array is given with n = 0 */
	union cim_datum *data;
};

/* A key of a reference: text, or a reference of its own. */
struct cim_key {
	const char *name;
	const char *text; /* NULL when ref is set */
	const struct cim_ref *ref;
};

/* A reference: class, namespace and keys, as parsed: the class may be unknown to the schema. */
struct cim_ref {
	const char *class_name;
	const char *ns; /* NULL: the default */
	const struct cim_key *keys;
	size_t n_keys;
};

struct cim_instance {
	const struct cim_class *class;
	const char *ns;
	struct cim_value *values; /* class->n_properties of them, same order */
};

struct cim_instance *cim_instance_new(struct arena *a, const struct cim_class *c, const char *ns);

/* Setters by property index (schema_ids.h). The type must be the schema's (asserted). */
/* NULL is no value. */
void cim_set_str(struct arena *a, struct cim_instance *i, size_t prop, const char *s);
void cim_set_uint(struct arena *a, struct cim_instance *i, size_t prop, uint64_t u);
void cim_set_bool(struct arena *a, struct cim_instance *i, size_t prop, bool b);
void cim_set_ref(struct arena *a, struct cim_instance *i, size_t prop, const struct cim_ref *r);
void cim_set_uints(
	struct arena *a, struct cim_instance *i, size_t prop, const uint64_t *u, size_t n);
void cim_set_strs(
	struct arena *a, struct cim_instance *i, size_t prop, const char *const *s, size_t n);
/* Embedded instances, which live as long as i. */
void cim_set_instances(struct arena *a, struct cim_instance *i, size_t prop,
	const struct cim_instance *const *list, size_t n);

/*
 * The index in c of a property that c has from base, by its index there: for what is set alike in
 * several classes derived from one.
 */
size_t cim_index_in(const struct cim_class *c, const struct cim_class *base, size_t prop);
/* Of a string with EmbeddedInstance or EmbeddedObject. */
void cim_set_instance(
	struct arena *a, struct cim_instance *i, size_t prop, const struct cim_instance *embedded);

/* Single values, for method results. */
struct cim_value cim_value_str(struct arena *a, const char *s);
struct cim_value cim_value_uint(struct arena *a, uint64_t u);
struct cim_value cim_value_bool(struct arena *a, bool b);
struct cim_value cim_value_strs(struct arena *a, const char *const *s, size_t n);

/* The reference to an instance: its class, namespace and key properties. */
struct cim_ref *cim_ref_of(struct arena *a, const struct cim_instance *i);
/* The key of that name (case ignored), NULL when absent. */
const struct cim_key *cim_ref_key(const struct cim_ref *r, const char *name);
/*
 * Checks a reference against the keys of its class: -ERR_KEY_MISSING, -ERR_KEY_UNEXPECTED,
 * -ERR_KEY_DUPLICATE, -ERR_KEY_VALUE with a sentence naming the key.
 */
int cim_ref_check(const struct cim_ref *r, const struct cim_class *c, struct err *e);
/*
 * Whether the instance has the key values of r: names and values compared without case. A
 * reference among them that names no namespace is one in any.
 */
bool cim_ref_selects(const struct cim_ref *r, const struct cim_instance *i);
/* Whether both refer to the same: class, namespace and keys, compared without case. */
bool cim_ref_same(const struct cim_ref *a, const struct cim_ref *b);
/* The scalar value of a property as text, in the arena; NULL when NULL. */
const char *cim_value_text(
	struct arena *a, const struct cim_property *p, const struct cim_value *v);

/*
 * Text of one datum, both ways, for every type but references and instances. Reading allows
 * white space around it, except in strings; booleans in any case, or 1 and 0; char16 as one
 * character or a decimal number; datetime as DMTF text, xs:dateTime or xs:duration.
 * -ERR_PARAMETER when the text is not of the type, or out of its range.
 */
int cim_datum_from_text(
	struct arena *a, enum cim_type t, const char *text, union cim_datum *d, struct err *e);
const char *cim_datum_text(struct arena *a, enum cim_type t, const union cim_datum *d);

#endif
