/* The three embedded inputs of a check, from CIM into struct settings. */
#ifndef VSMIGD_CIM_PROVIDERS_MIGRATABLE_SETTINGS_H
#define VSMIGD_CIM_PROVIDERS_MIGRATABLE_SETTINGS_H

#include "cim/providers/migratable.h"

/* Fills c->settings; what is wrong becomes defects of c. */
void migratable_read_settings(struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT]);

#endif
