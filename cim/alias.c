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

static bool is_own_key(struct arena *a, const struct cim_key *k)
{
	if (k->ref != NULL)
		return alias_own_ref(a, k->ref) == k->ref;
	return !names_a_class(k->name) || own_class(k->text) == NULL;
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
		else if (names_a_class(keys[i].name) && own_class(keys[i].text) != NULL)
			keys[i].text = own_class(keys[i].text)->name;
	}
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
