/* What the files of the scout share. */
#ifndef VSMIGD_HV_SCOUT_INNER_H
#define VSMIGD_HV_SCOUT_INNER_H

#include "checks/hypervisor/scout.h"

/* Of virDomainMigrate3. */
struct scout_params {
	virTypedParameterPtr items;
	int n;
};

void scout_params_add(struct scout_params *p, const char *name, const char *value);
/* Those of a scout to address i of its own, if it has any. For scout_params_free. */
void scout_params_make(struct scout_params *p, const struct scout *s, size_t i, struct arena *a);
void scout_params_free(struct scout_params *p);

/* What a hook is asked while a scout of this UUID waits on the target. */
struct scout_question {
	virConnectPtr from, to;
	const char *xml, *uuid; /* of a scout that is to set out once more */
	struct scout_params params; /* with VIR_MIGRATE_PARAM_DEST_NAME */
	unsigned flags;
};

/* Sets out->named; a no of the hook's makes out one. Blocks as long as the hook does. What is there
 * afterwards has the UUID. */
void scout_ask_hook(const struct scout_question *q, struct scout_result *out);
/* What libvirt's error says of that: its hook refuses, in whatever words, or the scout of this UUID was
 * in the way, which comes after the hook. */
void scout_hear(int code, const char *message, const char *uuid, struct scout_result *out);

#endif
