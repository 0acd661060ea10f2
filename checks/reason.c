#include "checks/reason.h"

static const struct reason reasons[REASON_COUNT] = {
	[REASON_NONE] = { "", SEVERITY_INFO, EFFECT_NONE, "", "", "" },
#define REASON(id, severity, effect, area, text, remedy)                                           \
	[id] = { #id, severity, effect, area, text, remedy },
#include "checks/reasons.def"
#undef REASON
};

const struct reason *reason_get(enum reason_id id)
{
	return id > REASON_NONE && id < REASON_COUNT ? &reasons[id] : &reasons[REASON_NONE];
}
