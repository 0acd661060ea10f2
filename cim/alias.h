/*
 * Hyper-V's names: scripts written for Windows say Msvm_ComputerSystem where the model here says
 * CIM_ComputerSystem, as the class, and again in keys that name classes. A class Msvm_X of the
 * schema, derived from CIM_X, is another name for it: it is asked for by the rows of CIM_X, whose
 * instances are shown as its own. A name Msvm_X that the schema lacks means CIM_X itself.
 */
#ifndef VSMIGD_CIM_ALIAS_H
#define VSMIGD_CIM_ALIAS_H

#include "cim/value.h"

/* The class of that name; else, for Msvm_X, the one named CIM_X; NULL when there is neither. */
const struct cim_class *alias_class_named(const char *name);
/* The class that answers for c: c itself, unless it is another name. NULL stays NULL. */
const struct cim_class *alias_own_class(const struct cim_class *c);
/* r with the model's own names in it, in the arena; r itself when it has them already. */
const struct cim_ref *alias_own_ref(struct arena *a, const struct cim_ref *r);
/* The instance by its other name, in the arena; NULL when it has none. */
const struct cim_instance *alias_instance(struct arena *a, const struct cim_instance *i);

#endif
