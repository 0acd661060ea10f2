/*
 * The spellings of an embedded instance, behind cim_loose_from_*: one reader each.
 * Limits: LOOSE_MAX_TEXT bytes, LOOSE_MAX_VALUES properties and array elements together.
 */
#ifndef VSMIGD_CIM_LOOSE_H
#define VSMIGD_CIM_LOOSE_H

#include "cim/codec.h"

enum { LOOSE_MAX_TEXT = 65536, LOOSE_MAX_VALUES = 1024 };

/* A loose instance while it is read. */
struct loose_maker {
	struct arena *arena;
	const char *class_name;
	struct cim_loose_property *properties;
	size_t n, values;
};

/*
 * Adds a property without a value, and a value to the last property. -ERR_SYNTAX when the
 * property is there already, or past the limit.
 */
int loose_add(struct loose_maker *m, const char *name, bool array, struct err *e);
int loose_add_value(struct loose_maker *m, const char *text, struct err *e);
/* What was made, in the arena. */
struct cim_loose *loose_made(struct loose_maker *m);

/* CIM-XML: an <INSTANCE CLASSNAME=...> element. */
int loose_from_cimxml(
	struct arena *a, const xmlNode *instance, struct cim_loose **out, struct err *e);
/* MOF: "instance of CLASS { NAME = VALUE; ... };". */
int loose_from_mof(struct arena *a, const char *text, struct cim_loose **out, struct err *e);

#endif
