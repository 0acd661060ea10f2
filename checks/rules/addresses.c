/*
 * DestinationIPAddressList: where the data go. An address that the target's name stands for is the
 * target's; whether it has others, of which nobody tells, shows when a migration is tried.
 */
#include "checks/rules/rules.h"

/* The first that is the target's, or may be, and that the source does not get to; n: there is none. */
static size_t cut_off(const struct facts *f)
{
	const struct settings *s = f->settings;
	size_t i = 0;

	while (i < s->n_addresses &&
		(facts_reaches(f, i) != TRI_NO || facts_target_has(f, s->addresses[i]) == TRI_NO))
		i++;
	return i;
}

static void nowhere_to_send(const struct facts *f, struct findings *out)
{
	const struct settings *s = f->settings;
	const char *list = rule_join(out->arena, s->addresses, s->n_addresses);
	size_t i = cut_off(f);

	if (i < s->n_addresses)
		finding_detail(out,
			finding_add(out, VSM2010, rule_target(f),
				arena_printf(out->arena, "the data are to go to %s: %s",
					s->addresses[i], facts_cut_off(f, i))),
			"DestinationIPAddressList", list,
			"an address that the source host reaches");
	else
		finding_detail(out, finding_add(out, VSM3016, rule_target(f)),
			"DestinationIPAddressList", list, "an address of the target host");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;
	size_t at = facts_data_address(f);

	(void)c;
	if (s->n_addresses == 0)
		return;
	if (at == s->n_addresses)
		nowhere_to_send(f, out);
	else if (facts_target_has(f, s->addresses[at]) != TRI_YES)
		finding_unknown(out,
			arena_printf(out->arena, "whether %s belongs to the target host",
				s->addresses[at]),
			NULL, "libvirt tells no addresses of a host");
}

const struct rule rule_addresses = {
	.name = "addresses",
	.what = "whether the addresses given belong to the target host",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_DST_HOST),
	.run = run,
};
