/* Interfaces that QEMU or libvirt do not move, whatever the target has. */
#include "checks/rules/rules.h"

static enum reason_id kind_of(const struct facts *f, size_t i)
{
	static const char *const models[] = { "usb-net", "rocker" };
	const struct vm_nic *nic = &f->config.nics[i];
	bool hostdev = rule_is(nic->type, "hostdev") ||
		       (rule_is(nic->type, "network") && facts_known(f, FACT_DST_NETWORKS) &&
			       rule_is(f->nics_there[i].forward_here, "hostdev"));

	if (hostdev && !rule_is(nic->teaming, "transient"))
		return VSM4406;
	if (rule_is(nic->type, "vdpa"))
		return VSM4407;
	return rule_has(models, ARRAY_LEN(models), nic->model) ? VSM4410 : REASON_NONE;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *nic = &f->config.nics[i];
		const char *mac = rule_name(nic->mac);
		enum reason_id id = kind_of(f, i);

		if (id != REASON_NONE)
			finding_detail(out,
				id == VSM4410 ? finding_add(out, id, nic->model, mac)
					      : finding_add(out, id, mac),
				arena_printf(out->arena, "interface %s", mac),
				id == VSM4410 ? nic->model : nic->type,
				"an interface that can be moved");
		if (rule_is(nic->type, "vhostuser"))
			finding_unknown(out,
				arena_printf(out->arena,
					"whether the vhost-user backend of interface %s can be "
					"migrated",
					mac),
				NULL, "only the backend knows");
	}
}

const struct rule rule_nic_kind = {
	.name = "nic-kind",
	.what = "whether the interfaces can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
