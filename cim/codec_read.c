/* WS-CIM (DSP0230) in: references, selectors and method arguments. */
#include <string.h>
#include <strings.h>

#include "cim/codec.h"
#include "cim/node.h"

/* More are refused: no class has so many keys, and no method takes so many elements. */
enum { MAX_KEYS = 64, MAX_ELEMENTS = 4096 };

static bool is_nested_reference(const xmlNode *n)
{
	return node_child(n, "EndpointReference") != NULL ||
	       node_child(n, "ReferenceParameters") != NULL;
}

static int add_key(struct arena *a, struct cim_ref *ref, const struct cim_key *key, struct err *e)
{
	struct cim_key *keys = (struct cim_key *)ref->keys;

	if (cim_ref_key(ref, key->name) != NULL)
		return err_set(
			e, ERR_KEY_DUPLICATE, "the selector %.100s is given twice", key->name);
	if (ref->n_keys >= MAX_KEYS)
		return err_set(e, ERR_KEY_UNEXPECTED, "there are more than %d selectors", MAX_KEYS);
	*ARENA_PUSH(a, keys, ref->n_keys) = *key;
	ref->keys = keys;
	return 0;
}

static int add_reference(
	struct arena *a, const xmlNode *n, const char *name, struct cim_ref *ref, struct err *e)
{
	struct cim_key key = { .name = name };
	struct cim_ref *nested;
	int rc = cim_ref_from_xml(a, n, &nested, e);

	if (rc == -ERR_SYNTAX)
		return err_set(e, ERR_KEY_VALUE, "the selector %.100s: %s", name,
			arena_strdup(a, e->text));
	if (rc != 0)
		return rc;
	key.ref = nested;
	return add_key(a, ref, &key, e);
}

/* A selector that holds elements: a reference, and nothing else (DSP0226 R5.1.2.2-5). */
static int add_nested(
	struct arena *a, const xmlNode *n, const char *name, struct cim_ref *ref, struct err *e)
{
	if (!is_nested_reference(n))
		return err_set(e, ERR_KEY_VALUE,
			"the selector %.100s holds neither text nor a reference", name);
	return add_reference(a, n, name, ref, e);
}

static int add_selector(struct arena *a, const xmlNode *n, struct cim_ref *ref, struct err *e)
{
	struct cim_key key = { .name = node_attr(a, n, "Name") };

	if (key.name == NULL || *key.name == '\0')
		return err_set(e, ERR_SYNTAX, "a selector has no Name");
	if (node_first(n) != NULL)
		return add_nested(a, n, key.name, ref, e);
	key.text = node_trimmed(a, n);
	if (strcasecmp(key.name, "__cimnamespace") != 0)
		return add_key(a, ref, &key, e);
	if (*key.text == '\0')
		return 0;
	if (ref->ns != NULL && !cim_ns_same(ref->ns, key.text))
		return err_set(e, ERR_KEY_DUPLICATE, "two namespaces are named: %.100s and %.100s",
			ref->ns, key.text);
	ref->ns = key.text;
	return 0;
}

int cim_keys_from_selectors(
	struct arena *a, const xmlNode *selector_set, struct cim_ref *ref, struct err *e)
{
	int rc;

	for (const xmlNode *n = node_first(selector_set); n != NULL; n = node_next(n)) {
		rc = 0;
		if (strcasecmp(node_local(n), "Selector") == 0)
			rc = add_selector(a, n, ref, e);
		else if (node_class(a, n) != NULL) /* how libmi writes a key that is an instance */
			rc = add_reference(a, n, node_local(n), ref, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The class that a resource URI names, also under a vendor's prefix that is none of ours. */
static int class_of_uri(struct arena *a, const char *text, struct cim_ref *ref, struct err *e)
{
	struct cim_uri uri;
	const char *slash = strrchr(text, '/');

	if (cim_uri_parse(a, text, &uri, e) == 0) {
		if (uri.kind != CIM_URI_CLASS)
			return err_set(e, ERR_SYNTAX, "its resource URI names no class");
		ref->class_name = uri.class_name;
		ref->ns = uri.ns;
		ref->keys = uri.keys;
		ref->n_keys = uri.n_keys;
		return 0;
	}
	if (slash == NULL || slash[1] == '\0' || strpbrk(slash + 1, "?*") != NULL)
		return err_set(e, ERR_SYNTAX, "its resource URI names no class");
	ref->class_name = slash + 1;
	return 0;
}

static int ref_from_epr(
	struct arena *a, const xmlNode *parameters, struct cim_ref **out, struct err *e)
{
	const xmlNode *uri = node_child(parameters, "ResourceURI");
	const xmlNode *selectors = node_child(parameters, "SelectorSet");
	struct cim_ref *ref = arena_alloc(a, sizeof *ref);
	int rc;

	if (uri == NULL)
		return err_set(e, ERR_SYNTAX, "the endpoint reference has no ResourceURI");
	if ((rc = class_of_uri(a, node_trimmed(a, uri), ref, e)) != 0)
		return rc;
	if (selectors != NULL && (rc = cim_keys_from_selectors(a, selectors, ref, e)) != 0)
		return rc;
	*out = ref;
	return 0;
}

static struct cim_ref *ref_from_loose(struct arena *a, const struct cim_loose *l)
{
	struct cim_ref *ref = arena_alloc(a, sizeof *ref);
	struct cim_key *keys = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (!l->properties[i].null && !l->properties[i].array && l->properties[i].n == 1)
			*ARENA_PUSH(a, keys, ref->n_keys) =
				(struct cim_key){ .name = l->properties[i].name,
					.text = l->properties[i].values[0] };
	ref->class_name = l->class_name;
	ref->keys = keys;
	return ref;
}

int cim_ref_from_xml(struct arena *a, const xmlNode *holder, struct cim_ref **ref, struct err *e)
{
	const xmlNode *epr = node_child(holder, "EndpointReference");
	const xmlNode *parameters = node_child(epr != NULL ? epr : holder, "ReferenceParameters");
	struct cim_loose *loose;
	int rc;

	if (parameters != NULL)
		return ref_from_epr(a, parameters, ref, e);
	if (epr != NULL)
		return err_set(e, ERR_SYNTAX, "the endpoint reference has no ReferenceParameters");
	if ((rc = cim_loose_from_xml(a, holder, &loose, e)) != 0)
		return rc;
	*ref = ref_from_loose(a, loose);
	return 0;
}

static bool looks_embedded(const char *text)
{
	text += strspn(text, " \t\r\n");
	return *text == '<' || strncasecmp(text, "instance of", 11) == 0;
}

/* A REF argument that holds text: an instance, an object path, or the bare name of something. */
static const struct cim_ref *ref_from_argument_text(struct arena *a, const char *text)
{
	struct cim_key *key = arena_alloc(a, sizeof *key);
	struct cim_loose *loose;
	struct cim_ref *ref;
	struct err why;

	if (looks_embedded(text) && cim_loose_from_text(a, text, &loose, &why) == 0)
		return ref_from_loose(a, loose);
	if (cim_ref_from_text(a, text, &ref, &why) == 0)
		return ref;
	ref = arena_alloc(a, sizeof *ref);
	*key = (struct cim_key){ .name = "", .text = text };
	ref->keys = key;
	ref->n_keys = 1;
	return ref;
}

/* One element of an argument. `absent` is set when an empty reference stands for none. */
static int read_datum(struct arena *a, const struct cim_parameter *p, const xmlNode *n,
	union cim_datum *d, bool *absent, struct err *e)
{
	const char *text = node_text(a, n);
	struct cim_ref *ref;
	int rc;

	if (p->type == CIM_REFERENCE && (node_first(n) != NULL || node_class(a, n) != NULL)) {
		rc = cim_ref_from_xml(a, n, &ref, e);
		d->ref = ref;
		return rc == 0 ? 0 : err_set(e, ERR_PARAMETER, "%s", arena_strdup(a, e->text));
	}
	if (p->type == CIM_REFERENCE) {
		text = node_trimmed(a, n);
		*absent = *text == '\0';
		d->ref = ref_from_argument_text(a, text);
		return 0;
	}
	if (node_first(n) != NULL && p->type != CIM_DATETIME)
		return err_set(e, ERR_PARAMETER, "elements are given where a %s is due",
			cim_type_name(p->type));
	return cim_datum_from_text(a, p->type, text, d, e);
}

static bool is_embedded_element(struct arena *a, const struct cim_parameter *p, const xmlNode *n)
{
	return p->embedded != NULL && (node_first(n) != NULL || node_class(a, n) != NULL);
}

/* Texts that came before the first element of an array join it as instances read from text; one
 * that cannot be read is NULL, and cim_loose_from_value says so. */
static void become_loose(struct arena *a, struct cim_value *v)
{
	struct err why;

	for (size_t i = 0; i < v->n; i++) {
		struct cim_loose *loose = NULL;

		if (cim_loose_from_text(a, v->data[i].str, &loose, &why) != 0)
			loose = NULL;
		v->data[i].loose = loose;
	}
	v->loose = true;
}

static void add_embedded(struct arena *a, const xmlNode *n, struct cim_value *v)
{
	struct cim_loose *loose = NULL;
	struct err why;

	if (!v->loose)
		become_loose(a, v);
	if ((node_first(n) != NULL || node_class(a, n) != NULL
			    ? cim_loose_from_xml(a, n, &loose, &why)
			    : cim_loose_from_text(a, node_text(a, n), &loose, &why)) != 0)
		loose = NULL;
	ARENA_PUSH(a, v->data, v->n)->loose = loose;
}

static bool is_null_array(struct arena *a, const xmlNode *n, bool *empty)
{
	const char *attr = node_attr(a, n, "IsNullArray");

	*empty = attr != NULL && strcasecmp(attr, "false") == 0 && *node_trimmed(a, n) == '\0' &&
		 node_first(n) == NULL;
	return attr != NULL && strcasecmp(attr, "true") == 0;
}

static int add_argument(struct arena *a, const struct cim_parameter *p, const xmlNode *n,
	struct cim_value *v, struct err *e)
{
	union cim_datum d = { 0 };
	bool absent = false, empty = false;
	int rc;

	if (node_is_nil(n) || (p->array && is_null_array(a, n, &empty)))
		return 0;
	if (v->given && !p->array)
		return err_set(e, ERR_PARAMETER, "the parameter %s is given twice", p->name);
	if (v->n >= MAX_ELEMENTS)
		return err_set(e, ERR_PARAMETER, "the parameter %s has more than %d elements",
			p->name, MAX_ELEMENTS);
	if (empty) {
		v->given = true;
		return 0;
	}
	if (v->loose || is_embedded_element(a, p, n)) {
		add_embedded(a, n, v);
		v->given = true;
		return 0;
	}
	if ((rc = read_datum(a, p, n, &d, &absent, e)) != 0)
		return err_prefix(e, "the parameter %s", p->name), rc;
	if (absent)
		return 0;
	*ARENA_PUSH(a, v->data, v->n) = d;
	v->given = true;
	return 0;
}

int cim_args_from_xml(struct arena *a, const struct cim_method *m, const xmlNode *input,
	struct cim_value *args, struct err *e)
{
	int rc;

	for (const xmlNode *n = input != NULL ? node_first(input) : NULL; n != NULL;
		n = node_next(n)) {
		const struct cim_parameter *p = cim_parameter_find(m, node_local(n));

		if (p == NULL || !p->in)
			continue;
		if ((rc = add_argument(a, p, n, &args[p - m->parameters], e)) != 0)
			return rc;
	}
	return 0;
}
