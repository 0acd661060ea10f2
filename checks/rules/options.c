#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;

	(void)c;
	if (s->has_priority && s->priority != 0)
		finding_add(out, VSM5018, NULL);
	if (s->given && s->type == 0)
		finding_add(out, VSM6004, "MigrationType", "2 (Live)");
	for (size_t i = 0; i < s->n_ignored; i++)
		finding_add(out, VSM5019, s->ignored[i]);
}

const struct rule rule_options = {
	.name = "options",
	.what = "which migration settings are ignored",
	.moves = MOVE_ANY,
	.advisory = true,
	.run = run,
};
