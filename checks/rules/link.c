/*
 * The interface of the source that leads to where the data are to go. How the target's end is,
 * nobody tells; and where its qemu.conf names another address, the data go another way.
 */
#include "checks/rules/rules.h"

enum { RECOMMENDED_MBIT = 1000 };

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct link_facts *l = &f->link;

	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU") ||
		(l->name && rule_is(l->name, "lo")))
		return;
	if (!l->name || (l->up && !l->mbit)) {
		finding_unknown(out, "how fast the link is that the migration data take", NULL,
			l->name ? arena_printf(out->arena, "%s does not tell its speed", l->name)
				: rule_name(l->why));
		return;
	}
	if (l->up && l->mbit >= RECOMMENDED_MBIT)
		return;
	const char *found =
		l->up ? arena_printf(out->arena, "%s Mbit/s", rule_number(out->arena, l->mbit))
		      : "0 (the link is down)";
	const char *needed =
		arena_printf(out->arena, "%s Mbit/s", rule_number(out->arena, RECOMMENDED_MBIT));
	finding_detail(out, finding_add(out, VSM5016, found, needed),
		arena_printf(out->arena, "interface %s to %s", l->name, rule_name(l->to)), found,
		needed);
}

const struct rule rule_link = {
	.name = "link",
	.what = "whether the migration link is fast",
	.moves = MOVE_HOT,
	.advisory = true,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
