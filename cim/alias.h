/*
 * Hyper-V's names: scripts written for Windows say Msvm_ComputerSystem where the model here says
 * CIM_ComputerSystem, as the class, and again in keys that name classes.
 */
#ifndef VSMIGD_CIM_ALIAS_H
#define VSMIGD_CIM_ALIAS_H

#include "cim/value.h"

/* The class of that name; else, for Msvm_X, the one named CIM_X; NULL when there is neither. */
const struct cim_class *alias_class_named(const char *name);
/* r with the model's own names in it, in the arena; r itself when it has them already. */
const struct cim_ref *alias_own_ref(struct arena *a, const struct cim_ref *r);

#endif
