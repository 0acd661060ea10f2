/* How it went to reach the destination: one finding, whatever else depends on it. */
#include "checks/rules/rules.h"

static const enum reason_id ids[ACCESS_COUNT] = {
	[ACCESS_NOT_ALLOWED] = VSM2012,
	[ACCESS_UNRESOLVED] = VSM2011,
	[ACCESS_UNREACHABLE] = VSM2010,
	[ACCESS_NO_SERVICE] = VSM2014,
	[ACCESS_CREDENTIALS] = VSM2012,
	[ACCESS_CERTIFICATE] = VSM2013,
	[ACCESS_LOST] = VSM2010,
	[ACCESS_FAILED] = VSM2010,
};

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	enum reason_id id = ids[f->dst.access];
	const char *why = f->dst.access_text ? f->dst.access_text : "no more is known";

	(void)c;
	if (id == REASON_NONE)
		return;
	struct finding *found =
		finding_add(out, id, rule_target(f), id == VSM2014 && out->dst ? out->dst : why);
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)), why,
		"an open connection");
}

const struct rule rule_target_access = {
	.name = "target-access",
	.what = "whether the target host can be reached",
	.moves = MOVE_ANY,
	.run = run,
};
