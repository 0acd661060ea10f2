#include "cim/alias.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "schema_ids.h"

static const char theirs[] = "Msvm_", ours[] = "CIM_";

/* The class of the name with one prefix in place of the other; NULL when there is none. */
static const struct cim_class *renamed(const char *name, const char *from, const char *to)
{
	char other[256];
	int len;

	if (name == NULL || strncasecmp(name, from, strlen(from)) != 0)
		return NULL;
	len = snprintf(other, sizeof other, "%s%s", to, name + strlen(from));
	return (size_t)len < sizeof other ? cim_class_find(other) : NULL;
}

/* The class CIM_X for a name Msvm_X. */
static const struct cim_class *own_class(const char *name)
{
	return renamed(name, theirs, ours);
}

const struct cim_class *alias_class_named(const char *name)
{
	const struct cim_class *c = cim_class_find(name);

	return c != NULL ? c : own_class(name);
}

const struct cim_class *alias_own_class(const struct cim_class *c)
{
	const struct cim_class *own = c != NULL ? own_class(c->name) : NULL;

	return own != NULL ? own : c;
}

static bool names_a_class(const char *property)
{
	return strcasecmp(property, "CreationClassName") == 0 ||
	       strcasecmp(property, "SystemCreationClassName") == 0;
}

/* The key as the model spells it. Each reference inside is gone through once. */
static struct cim_key own_key(struct arena *a, const struct cim_key *k)
{
	const struct cim_class *c;
	struct cim_key own = *k;

	if (k->ref != NULL)
		own.ref = alias_own_ref(a, k->ref);
	else if (names_a_class(k->name) && (c = own_class(k->text)) != NULL)
		own.text = c->name;
	return own;
}

/* The keys in the model's spelling; r's when they are in it. */
static const struct cim_key *own_keys(struct arena *a, const struct cim_ref *r)
{
	struct cim_key *keys = NULL;

	for (size_t i = 0; i < r->n_keys; i++) {
		struct cim_key own = own_key(a, &r->keys[i]);

		if (own.ref == r->keys[i].ref && own.text == r->keys[i].text)
			continue;
		if (keys == NULL) {
			keys = arena_array(a, r->n_keys, sizeof *keys);
			memcpy(keys, r->keys, r->n_keys * sizeof *keys);
		}
		keys[i] = own;
	}
	return keys != NULL ? keys : r->keys;
}

const struct cim_ref *alias_own_ref(struct arena *a, const struct cim_ref *r)
{
	const struct cim_class *c = own_class(r->class_name);
	const struct cim_key *keys = own_keys(a, r);
	struct cim_ref *own;

	if (c == NULL && keys == r->keys)
		return r;
	own = arena_alloc(a, sizeof *own);
	*own = *r;
	own->keys = keys;
	if (c != NULL)
		own->class_name = c->name;
	return own;
}

/* What Hyper-V calls them; scripts tell virtual systems from their host by it. */
static void fill_system(struct arena *a, struct cim_instance *i)
{
	bool vm = i->values[Msvm_ComputerSystem_p_NameFormat].given;

	cim_set_str(a, i, Msvm_ComputerSystem_p_Caption,
		vm ? "Virtual Machine" : "Hosting Computer System");
}

/* A live migration without its disks is what the default is, in the numbers of Hyper-V. */
static void fill_settings(struct arena *a, struct cim_instance *i)
{
	enum { MIGRATION_VIRTUAL_SYSTEM = 32768 };

	cim_set_uint(a, i, Msvm_VirtualSystemMigrationSettingData_p_MigrationType,
		MIGRATION_VIRTUAL_SYSTEM);
}

/* What is different by the other name. */
static const struct {
	const struct cim_class *class;
	void (*fill)(struct arena *a, struct cim_instance *i);
} fillers[] = {
	{ &cim_class_Msvm_ComputerSystem, fill_system },
	{ &cim_class_Msvm_VirtualSystemMigrationSettingData, fill_settings },
};

/* The value of a property that names a class, by the other name of the class. */
static struct cim_value value_by_name(
	struct arena *a, const struct cim_property *p, const struct cim_value *v)
{
	const struct cim_class *c = NULL;

	if (names_a_class(p->name) && p->type == CIM_STRING && v->given)
		c = renamed(v->data[0].str, ours, theirs);
	return c != NULL ? cim_value_str(a, c->name) : *v;
}

const struct cim_instance *alias_instance(struct arena *a, const struct cim_instance *i)
{
	const struct cim_class *c = renamed(i->class->name, ours, theirs);
	struct cim_instance *other;

	if (c == NULL)
		return NULL;
	other = cim_instance_new(a, c, i->ns);
	for (size_t p = 0; p < c->n_properties; p++) {
		const struct cim_property *own = cim_property_find(i->class, c->properties[p].name);

		if (own != NULL)
			other->values[p] =
				value_by_name(a, own, &i->values[own - i->class->properties]);
	}
	for (size_t f = 0; f < ARRAY_LEN(fillers); f++)
		if (fillers[f].class == c)
			fillers[f].fill(a, other);
	return other;
}
