#include "checks/apply.h"
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	struct vm_config scratch;

	(void)c;
	apply_settings(&f->stored, f->settings, out->arena, &scratch, out);
}

const struct rule rule_new_settings = {
	.name = "new-settings",
	.what = "whether the new settings suit the move",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
