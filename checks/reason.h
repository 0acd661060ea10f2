/*
 * The reasons: every message id with its effect, text and remedy, from checks/reasons.def.
 * Ids are stable: never renumbered, never reused. Texts hold %1..%4 for arguments.
 */
#ifndef VSMIGD_CHECKS_REASON_H
#define VSMIGD_CHECKS_REASON_H

enum effect {
	EFFECT_NONE, /* a warning or information: never refuses */
	EFFECT_FALSE, /* code 0, IsMigratable false */
	EFFECT_RC1,
	EFFECT_RC2,
	EFFECT_RC3,
	EFFECT_RC4,
	EFFECT_RC5,
	EFFECT_RC6,
	EFFECT_COUNT
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

enum reason_id {
	REASON_NONE = 0,
#define REASON(id, severity, effect, area, text, remedy) id,
#include "checks/reasons.def"
#undef REASON
	REASON_COUNT
};

struct reason {
	const char *id; /* "VSM4301" */
	enum severity severity;
	enum effect effect;
	const char *area; /* "storage" */
	const char *text, *remedy;
};

/* Never NULL for an id of the enum. */
const struct reason *reason_get(enum reason_id id);

#endif
