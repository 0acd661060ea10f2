#include "cim/schemac.h"

#include <string.h>
#include <strings.h>

/* DSP0004 5.6.3 to 5.6.6, and the flavors there. */
static const struct qualifier_kind kinds[] = {
	{ "Abstract", "boolean", FLAVOR_RESTRICTED },
	{ "Aggregate", "boolean", FLAVOR_FIXED },
	{ "Aggregation", "boolean", FLAVOR_FIXED },
	{ "ArrayType", "string", FLAVOR_FIXED },
	{ "Association", "boolean", FLAVOR_FIXED },
	{ "BitMap", "string", 0 },
	{ "BitValues", "string", FLAVOR_TRANSLATABLE },
	{ "ClassConstraint", "string", 0 },
	{ "Composition", "boolean", FLAVOR_FIXED },
	{ "Counter", "boolean", 0 },
	{ "Deprecated", "string", FLAVOR_RESTRICTED },
	{ "Description", "string", FLAVOR_TRANSLATABLE },
	{ "DisplayName", "string", FLAVOR_TRANSLATABLE },
	{ "EmbeddedInstance", "string", 0 },
	{ "EmbeddedObject", "boolean", FLAVOR_FIXED },
	{ "Exception", "boolean", FLAVOR_FIXED },
	{ "Experimental", "boolean", FLAVOR_RESTRICTED },
	{ "Gauge", "boolean", 0 },
	{ "In", "boolean", FLAVOR_FIXED },
	{ "Indication", "boolean", FLAVOR_FIXED },
	{ "IsPUnit", "boolean", 0 },
	{ "Key", "boolean", FLAVOR_FIXED },
	{ "MappingStrings", "string", 0 },
	{ "Max", "uint32", 0 },
	{ "MaxLen", "uint32", 0 },
	{ "MaxValue", "sint64", 0 },
	{ "MethodConstraint", "string", 0 },
	{ "Min", "uint32", 0 },
	{ "MinLen", "uint32", 0 },
	{ "MinValue", "sint64", 0 },
	{ "ModelCorrespondence", "string", 0 },
	{ "OctetString", "boolean", FLAVOR_FIXED },
	{ "Out", "boolean", FLAVOR_FIXED },
	{ "Override", "string", FLAVOR_RESTRICTED },
	{ "Propagated", "string", FLAVOR_FIXED },
	{ "PropertyConstraint", "string", 0 },
	{ "PUnit", "string", 0 },
	{ "Read", "boolean", 0 },
	{ "Required", "boolean", FLAVOR_FIXED },
	{ "Static", "boolean", FLAVOR_FIXED },
	{ "Structure", "boolean", FLAVOR_RESTRICTED },
	{ "Terminal", "boolean", 0 },
	{ "UMLPackagePath", "string", 0 },
	{ "Units", "string", FLAVOR_TRANSLATABLE },
	{ "ValueMap", "string", 0 },
	{ "Values", "string", FLAVOR_TRANSLATABLE },
	{ "Version", "string", FLAVOR_RESTRICTED | FLAVOR_TRANSLATABLE },
	{ "Weak", "boolean", FLAVOR_FIXED },
	{ "Write", "boolean", 0 },
};

const struct qualifier_kind *schemac_qualifier_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcasecmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Every qualifier of n and of what is in it: known, spelled as the standard does, and once. */
static void check_qualifiers(const char *file, const xmlNode *n)
{
	for (const xmlNode *q = n->children; q != NULL; q = q->next) {
		const char *name = q->type == XML_ELEMENT_NODE ? schemac_attr(q, "NAME") : NULL;
		const char *type = q->type == XML_ELEMENT_NODE ? schemac_attr(q, "TYPE") : NULL;
		const struct qualifier_kind *kind;

		if (name == NULL)
			continue;
		if (!schemac_is(q, "QUALIFIER")) {
			check_qualifiers(file, q);
			continue;
		}
		kind = schemac_qualifier_kind(name);
		if (kind == NULL || strcmp(kind->name, name) != 0)
			schemac_die(file, q, "there is no qualifier %s", name);
		if (type == NULL || strcmp(kind->type, type) != 0)
			schemac_die(file, q, "qualifier %s has the type %s", name, kind->type);
		if (schemac_qualifier(n, name) != q)
			schemac_die(file, q, "qualifier %s is given twice", name);
	}
}

/* A property that refers to a class must name one of ours; a method may speak of others. */
static void check_references(const struct class *c)
{
	for (size_t i = 0; i < c->n_props; i++) {
		const struct member *p = &c->props[i];

		if (p->ref != NULL && schemac_class(p->ref) == NULL)
			schemac_die(c->file, p->node, "property %s refers to unknown class %s",
				p->name, p->ref);
		if (p->ref != NULL && c->association && !p->key)
			schemac_die(c->file, p->node, "reference %s of an association is no Key",
				p->name);
	}
}

/* Whether c, or what it inherits from, has the qualifier. */
static bool class_says(const struct class *c, const char *name)
{
	bool own = schemac_qualifier(c->node, name) != NULL;

	return own ||
	       (c->super != NULL && !(schemac_qualifier_kind(name)->flavor & FLAVOR_RESTRICTED) &&
		       class_says(c->super, name));
}

static void check_class(const struct class *c)
{
	static const char *const needed[] = { "Version", "Description" };
	bool key = class_says(c, "Abstract") || class_says(c, "Indication") ||
		   class_says(c, "Structure");

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (schemac_qualifier(c->node, needed[i]) == NULL)
			schemac_die(c->file, c->node, "class %s has no qualifier %s", c->name,
				needed[i]);
	for (size_t i = 0; i < c->n_props; i++)
		key |= c->props[i].key;
	if (!key)
		schemac_die(c->file, c->node,
			"class %s has no property with the qualifier Key; one whose instances are "
			"embedded only says so with Structure",
			c->name);
}

static void check_parameters(const struct class *c, const struct method *m)
{
	for (size_t i = 0; i < m->n_params; i++) {
		const struct member *p = &m->params[i];

		if (schemac_qualifier(p->node, "In") == NULL &&
			schemac_qualifier(p->node, "Out") == NULL)
			schemac_die(
				c->file, p->node, "parameter %s has neither In nor Out", p->name);
		if (!p->in && !p->out)
			schemac_die(
				c->file, p->node, "parameter %s goes neither in nor out", p->name);
	}
}

void schemac_check(void)
{
	for (size_t i = 0; i < schemac_n_classes; i++)
		check_references(&schemac_classes[i]);
	for (size_t i = 0; i < schemac_n_classes; i++) {
		const struct class *c = &schemac_classes[i];

		check_qualifiers(c->file, c->node);
		check_class(c);
		for (size_t k = 0; k < c->n_methods; k++)
			if (strcmp(c->methods[k].origin, c->name) == 0)
				check_parameters(c, &c->methods[k]);
	}
}
