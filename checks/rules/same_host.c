/*
 * libvirt compares host UUIDs when the migration begins. The test driver has none, and two of
 * its connections share a host name: there the URI decides.
 */
#include "checks/rules/rules.h"

#include <strings.h>

static bool same(const struct facts *f)
{
	const struct host_facts *src = &f->src, *dst = &f->dst;

	if (src->caps.uuid && dst->caps.uuid)
		return strcasecmp(src->caps.uuid, dst->caps.uuid) == 0;
	if (rule_is(src->uri, dst->uri))
		return true;
	return !src->simulated && !dst->simulated && rule_is(src->type, dst->type) &&
		rule_is(src->name, dst->name);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!same(f))
		return;
	const char *id = f->dst.caps.uuid ? f->dst.caps.uuid : f->dst.uri;
	struct finding *found = finding_add(out, VSM3001, rule_name(f->dst.name));
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_target(f)), id,
		"another host");
}

const struct rule rule_same_host = {
	.name = "same-host", .what = "whether source and target are different hosts",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST) | FACT_BIT(FACT_SRC_CAPS) |
		FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
