/*
 * What libvirt does when it adds the incoming VM: by UUID first (another name refuses, the same
 * name while active refuses, inactive is replaced), then by name (another UUID refuses).
 */
#include "checks/rules/rules.h"

#include <strings.h>

static const char *object(const struct facts *f, struct findings *out)
{
	return arena_printf(out->arena, "host %s", rule_target(f));
}

static void active_there(const struct facts *f, struct findings *out)
{
	const struct name_clash *it = &f->same_uuid;
	/* While the guest's memory arrives, libvirt calls the domain "starting up". */
	bool incoming = it->state == VM_PAUSED &&
			(it->reason == PAUSED_MIGRATION || it->reason == PAUSED_STARTING_UP);
	struct finding *found =
		finding_add(out, incoming ? VSM2019 : VSM2018, rule_vm(f), rule_target(f));

	finding_detail(out, found, object(f, out), incoming ? "incoming" : "active", "not active");
}

static void by_uuid(const struct facts *f, struct findings *out)
{
	const struct name_clash *it = &f->same_uuid;

	if (!rule_is(it->name, f->config.name)) {
		struct finding *found = finding_add(out, VSM4002, rule_name(f->config.uuid),
			rule_target(f), rule_name(it->name));

		finding_detail(out, found, object(f, out), it->name, f->config.name);
	} else if (it->active) {
		active_there(f, out);
	} else {
		finding_detail(
			out, finding_add(out, VSM5009, NULL), object(f, out), "inactive", NULL);
	}
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct name_clash *name = &f->same_name;

	(void)c;
	/* What stands there under our name is this very VM. */
	if (rule_hosts_same(f))
		return;
	if (f->same_uuid.taken == TRI_YES)
		by_uuid(f, out);
	if (name->taken != TRI_YES || !name->uuid || !f->config.uuid ||
		strcasecmp(name->uuid, f->config.uuid) == 0)
		return;
	struct finding *found =
		finding_add(out, VSM4001, rule_name(f->config.name), rule_target(f), name->uuid);
	finding_detail(out, found, object(f, out), name->uuid, f->config.uuid);
}

const struct rule rule_target_names = {
	.name = "target-names",
	.what = "whether name and UUID are free on the target host",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_NAMES),
	.run = run,
};
