#include "cim/alias.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char theirs[] = "Msvm_";

/* The class CIM_X for a name Msvm_X; NULL when the name is another, or there is no such class. */
static const struct cim_class *own_class(const char *name)
{
	char own[256];
	int len;

	if (name == NULL || strncasecmp(name, theirs, sizeof theirs - 1) != 0)
		return NULL;
	len = snprintf(own, sizeof own, "CIM_%s", name + sizeof theirs - 1);
	return (size_t)len < sizeof own ? cim_class_find(own) : NULL;
}

const struct cim_class *alias_class_named(const char *name)
{
	const struct cim_class *c = cim_class_find(name);

	return c != NULL ? c : own_class(name);
}

static bool names_a_class(const struct cim_key *k)
{
	return strcasecmp(k->name, "CreationClassName") == 0 ||
	       strcasecmp(k->name, "SystemCreationClassName") == 0;
}

static bool is_own_key(struct arena *a, const struct cim_key *k)
{
	if (k->ref != NULL)
		return alias_own_ref(a, k->ref) == k->ref;
	return !names_a_class(k) || own_class(k->text) == NULL;
}

static bool is_own_ref(struct arena *a, const struct cim_ref *r)
{
	for (size_t i = 0; i < r->n_keys; i++)
		if (!is_own_key(a, &r->keys[i]))
			return false;
	return own_class(r->class_name) == NULL;
}

const struct cim_ref *alias_own_ref(struct arena *a, const struct cim_ref *r)
{
	struct cim_ref *own;
	struct cim_key *keys;

	if (is_own_ref(a, r))
		return r;
	own = arena_alloc(a, sizeof *own);
	keys = arena_array(a, r->n_keys, sizeof *keys);
	*own = *r;
	own->keys = keys;
	if (own_class(r->class_name) != NULL)
		own->class_name = own_class(r->class_name)->name;
	for (size_t i = 0; i < r->n_keys; i++) {
		keys[i] = r->keys[i];
		if (keys[i].ref != NULL)
			keys[i].ref = alias_own_ref(a, keys[i].ref);
		else if (names_a_class(&keys[i]) && own_class(keys[i].text) != NULL)
			keys[i].text = own_class(keys[i].text)->name;
	}
	return own;
}
