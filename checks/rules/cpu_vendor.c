/* An emulated CPU (type qemu) has whatever vendor the guest wants. */
#include "checks/rules/rules.h"

#include <string.h>

static bool applies(const struct vm_config *vm)
{
	return vm->cpu_vendor != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *guest = f->config.cpu_vendor, *host = f->dst.caps.cpu_vendor;

	(void)c;
	if (!rule_is(f->config.virt, "kvm") || !guest || !host || strcmp(guest, host) == 0 ||
		rule_is(f->config.cpu_check, "none"))
		return;
	struct finding *found =
		finding_add(out, VSM4105, host, guest, rule_name(f->config.cpu_model));
	finding_detail(out, found, "CPU", host, guest);
	found->presumed = true; /* as in cpu-features */
}

const struct rule rule_cpu_vendor = {
	.name = "cpu-vendor",
	.what = "whether the CPU vendor is the same",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
