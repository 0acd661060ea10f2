#include "cim/value.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "cim/uri.h"

struct cim_instance *cim_instance_new(struct arena *a, const struct cim_class *c, const char *ns)
{
	struct cim_instance *i = arena_alloc(a, sizeof *i);

	i->class = c;
	i->ns = ns;
	i->values = arena_array(a, c->n_properties, sizeof *i->values);
	return i;
}

static union cim_datum *give(struct arena *a, struct cim_value *v, size_t n)
{
	v->given = true;
	v->n = n;
	v->data = arena_array(a, n, sizeof *v->data);
	return v->data;
}

static bool is_unsigned(enum cim_type t)
{
	return (t >= CIM_UINT8 && t <= CIM_UINT64) || t == CIM_CHAR16;
}

static struct cim_value *slot(struct cim_instance *i, size_t prop, bool array)
{
	assert(prop < i->class->n_properties);
	assert(i->class->properties[prop].array == array);
	return &i->values[prop];
}

void cim_set_str(struct arena *a, struct cim_instance *i, size_t prop, const char *s)
{
	struct cim_value *v = slot(i, prop, false);

	assert(i->class->properties[prop].type == CIM_STRING ||
		i->class->properties[prop].type == CIM_DATETIME);
	if (s != NULL)
		give(a, v, 1)->str = s;
}

void cim_set_uint(struct arena *a, struct cim_instance *i, size_t prop, uint64_t u)
{
	assert(is_unsigned(i->class->properties[prop].type));
	give(a, slot(i, prop, false), 1)->u = u;
}

void cim_set_bool(struct arena *a, struct cim_instance *i, size_t prop, bool b)
{
	assert(i->class->properties[prop].type == CIM_BOOLEAN);
	give(a, slot(i, prop, false), 1)->b = b;
}

void cim_set_ref(struct arena *a, struct cim_instance *i, size_t prop, const struct cim_ref *r)
{
	assert(i->class->properties[prop].type == CIM_REFERENCE);
	give(a, slot(i, prop, false), 1)->ref = r;
}

void cim_set_uints(
	struct arena *a, struct cim_instance *i, size_t prop, const uint64_t *u, size_t n)
{
	union cim_datum *data = give(a, slot(i, prop, true), n);

	assert(is_unsigned(i->class->properties[prop].type));
	for (size_t k = 0; k < n; k++)
		data[k].u = u[k];
}

void cim_set_strs(
	struct arena *a, struct cim_instance *i, size_t prop, const char *const *s, size_t n)
{
	union cim_datum *data = give(a, slot(i, prop, true), n);

	assert(i->class->properties[prop].type == CIM_STRING);
	for (size_t k = 0; k < n; k++)
		data[k].str = s[k];
}

void cim_set_instances(struct arena *a, struct cim_instance *i, size_t prop,
	const struct cim_instance *const *list, size_t n)
{
	struct cim_value *v = slot(i, prop, true);
	union cim_datum *data = give(a, v, n);

	assert(i->class->properties[prop].embedded != NULL);
	v->instance = true;
	for (size_t k = 0; k < n; k++)
		data[k].inst = list[k];
}

size_t cim_index_in(const struct cim_class *c, const struct cim_class *base, size_t prop)
{
	const struct cim_property *p;

	if (c == base)
		return prop;
	assert(cim_class_is(c, base) && prop < base->n_properties);
	p = cim_property_find(c, base->properties[prop].name);
	return (size_t)(p - c->properties);
}

void cim_set_instance(
	struct arena *a, struct cim_instance *i, size_t prop, const struct cim_instance *embedded)
{
	struct cim_value *v = slot(i, prop, false);

	assert(i->class->properties[prop].type == CIM_STRING);
	give(a, v, 1)->inst = embedded;
	v->instance = true;
}

struct cim_value cim_value_str(struct arena *a, const char *s)
{
	struct cim_value v = { 0 };

	if (s != NULL)
		give(a, &v, 1)->str = s;
	return v;
}

struct cim_value cim_value_uint(struct arena *a, uint64_t u)
{
	struct cim_value v = { 0 };

	give(a, &v, 1)->u = u;
	return v;
}

struct cim_value cim_value_bool(struct arena *a, bool b)
{
	struct cim_value v = { 0 };

	give(a, &v, 1)->b = b;
	return v;
}

struct cim_value cim_value_strs(struct arena *a, const char *const *s, size_t n)
{
	struct cim_value v = { 0 };
	union cim_datum *data = give(a, &v, n);

	for (size_t k = 0; k < n; k++)
		data[k].str = s[k];
	return v;
}

const char *cim_value_text(struct arena *a, const struct cim_property *p, const struct cim_value *v)
{
	if (!v->given || v->n == 0 || v->instance || v->loose || p->type == CIM_REFERENCE)
		return NULL;
	return cim_datum_text(a, p->type, &v->data[0]);
}

struct cim_ref *cim_ref_of(struct arena *a, const struct cim_instance *i)
{
	struct cim_ref *r = arena_alloc(a, sizeof *r);
	struct cim_key *keys = NULL;
	size_t n = 0;

	for (size_t p = 0; p < i->class->n_properties; p++) {
		const struct cim_property *prop = &i->class->properties[p];
		struct cim_key *key;

		if (!prop->key || !i->values[p].given)
			continue;
		key = ARENA_PUSH(a, keys, n);
		key->name = prop->name;
		if (prop->type == CIM_REFERENCE)
			key->ref = i->values[p].data[0].ref;
		else
			key->text = cim_value_text(a, prop, &i->values[p]);
	}
	r->class_name = i->class->name;
	r->ns = i->ns;
	r->keys = keys;
	r->n_keys = n;
	return r;
}

const struct cim_key *cim_ref_key(const struct cim_ref *r, const char *name)
{
	for (size_t i = 0; i < r->n_keys; i++)
		if (strcasecmp(r->keys[i].name, name) == 0)
			return &r->keys[i];
	return NULL;
}

static int check_key(
	const struct cim_ref *r, size_t index, const struct cim_class *c, struct err *e)
{
	const struct cim_key *key = &r->keys[index];
	const struct cim_property *p = cim_property_find(c, key->name);
	auto_arena struct arena *scratch = NULL;
	union cim_datum d;
	struct err why;

	if (p == NULL || !p->key)
		return err_set(
			e, ERR_KEY_UNEXPECTED, "\"%.100s\" is not a key of %s", key->name, c->name);
	if (cim_ref_key(r, key->name) != key)
		return err_set(e, ERR_KEY_DUPLICATE, "the key %s is given twice", p->name);
	if ((p->type == CIM_REFERENCE) != (key->ref != NULL))
		return err_set(e, ERR_KEY_VALUE, "the key %s of %s is %s reference", p->name,
			c->name, p->type == CIM_REFERENCE ? "a" : "not a");
	if (p->type == CIM_REFERENCE || p->type == CIM_STRING)
		return 0;
	scratch = arena_new();
	if (cim_datum_from_text(scratch, p->type, key->text, &d, &why) != 0)
		return err_set(e, ERR_KEY_VALUE, "the key %s: %s", p->name, why.text);
	return 0;
}

int cim_ref_check(const struct cim_ref *r, const struct cim_class *c, struct err *e)
{
	int rc;

	for (size_t i = 0; i < r->n_keys; i++)
		if ((rc = check_key(r, i, c, e)) != 0)
			return rc;
	for (size_t p = 0; p < c->n_properties; p++)
		if (c->properties[p].key && cim_ref_key(r, c->properties[p].name) == NULL)
			return err_set(e, ERR_KEY_MISSING, "the key %s of %s is missing",
				c->properties[p].name, c->name);
	return 0;
}

static bool keys_same(const struct cim_key *a, const struct cim_key *b);

bool cim_ref_same(const struct cim_ref *a, const struct cim_ref *b)
{
	if (a->class_name == NULL || b->class_name == NULL ||
		strcasecmp(a->class_name, b->class_name) != 0 || a->n_keys != b->n_keys ||
		!cim_ns_same(a->ns != NULL ? a->ns : CIM_NS_DEFAULT,
			b->ns != NULL ? b->ns : CIM_NS_DEFAULT))
		return false;
	for (size_t i = 0; i < a->n_keys; i++) {
		const struct cim_key *other = cim_ref_key(b, a->keys[i].name);

		if (other == NULL || !keys_same(&a->keys[i], other))
			return false;
	}
	return true;
}

/* A reference in a key that names no namespace is meant in any: libmi has no place for it. */
static bool key_selects(const struct cim_key *given, const struct cim_key *own)
{
	struct cim_ref named;

	if (given->ref == NULL || own->ref == NULL || given->ref->ns != NULL)
		return keys_same(given, own);
	named = *given->ref;
	named.ns = own->ref->ns;
	return cim_ref_same(&named, own->ref);
}

static bool keys_same(const struct cim_key *a, const struct cim_key *b)
{
	if (a->ref != NULL && b->ref != NULL)
		return cim_ref_same(a->ref, b->ref);
	return a->text != NULL && b->text != NULL && strcasecmp(a->text, b->text) == 0;
}

bool cim_ref_selects(const struct cim_ref *r, const struct cim_instance *i)
{
	auto_arena struct arena *scratch = arena_new();
	const struct cim_ref *own = cim_ref_of(scratch, i);

	for (size_t k = 0; k < own->n_keys; k++) {
		const struct cim_key *given = cim_ref_key(r, own->keys[k].name);

		if (given == NULL || !key_selects(given, &own->keys[k]))
			return false;
	}
	return own->n_keys > 0;
}
