/*
 * The service's advisor, as the tool asks it: where it is, what its methods are given.
 */
#ifndef VSMIGD_WSMAN_VSMIG_ADVISOR_H
#define VSMIGD_WSMAN_VSMIG_ADVISOR_H

#include "daemon/base/buf.h"
#include "wsman/vsmig.h"
#include "wsman/vsmig_client.h"

enum { VSMIG_ADVISOR_KEYS = 4 };

struct vsmig_advisor {
	struct vsmig_key keys[VSMIG_ADVISOR_KEYS];
};

/* Finds the advisor of the service; there is exactly one. Texts are in the arena. */
int vsmig_advisor_find(
	struct vsmig_client *c, struct arena *a, struct vsmig_advisor *out, struct err *e);
/* Invokes one of its methods. */
int vsmig_advisor_invoke(struct vsmig_client *c, struct arena *a, const struct vsmig_advisor *at,
	const char *method, const char *input, struct cim_loose *out, struct err *e);

/* A parameter of a method, as text. */
void vsmig_advisor_text(struct buf *out, const char *name, const char *text);
/*
 * MigrationSettingData from the options; nothing without any. `type` is used when the options
 * have none, and may be NULL. -ERR_CONFIG when an option has no such value.
 */
int vsmig_advisor_settings(
	struct buf *out, const struct vsmig_options *o, const char *type, struct err *e);
/* An embedded instance with one property, which the class has as text. */
void vsmig_advisor_instance(struct buf *out, const char *name, const char *class_name,
	const char *property, const char *value);

#endif
