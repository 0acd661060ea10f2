/* libvirt may run slirp-helper for such an interface, as its qemu.conf says, and refuses to move it
 * when the helper cannot; nothing shows whether it does. */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (rule_is(vm->nics[i].type, "user") && !vm->nics[i].backend)
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)f;
	(void)c;
	finding_unknown(out, "whether user networking has a helper that cannot be migrated", NULL,
		"libvirt does not show whether slirp-helper runs");
}

const struct rule rule_user_net = {
	.name = "user-net",
	.what = "whether user networking can be migrated",
	.moves = MOVE_HOT,
	.applies = applies,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
