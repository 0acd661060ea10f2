/*
 * Whoever gives a guest a channel for its agent wants to talk with it; libvirt sees from the
 * channel whether somebody listens at the guest's end. No migration depends on it.
 */
#include "checks/rules/rules.h"

static const char agent[] = "org.qemu.guest_agent.0";

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_chardevs; i++)
		if (rule_is(vm->chardevs[i].target_name, agent))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; f->vm.active && i < f->stored.n_chardevs; i++) {
		const struct vm_chardev *dev = &f->stored.chardevs[i];

		if (rule_is(dev->target_name, agent) && rule_is(dev->state, "disconnected"))
			finding_detail(out, finding_add(out, VSM5014, NULL),
				arena_printf(out->arena, "channel %s", agent), dev->state,
				"connected");
	}
}

const struct rule rule_guest_agent = {
	.name = "guest-agent",
	.what = "whether the guest's agent answers",
	.moves = MOVE_HOT,
	.applies = applies,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_STATE) | FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
