/* libvirt moves such a guest unless told to stop at disk errors; the error moves with it. */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *disk = f->vm.io_error ? f->vm.io_error : "an unknown disk";

	if (!f->vm.active || f->vm.state != VM_PAUSED || f->vm.reason != PAUSED_IOERROR)
		return;
	struct finding *found = finding_add(out, VSM2004, rule_vm(f), disk);
	finding_detail(out, found,
		f->vm.io_error ? arena_printf(out->arena, "disk %s", disk) : NULL,
		"paused by an I/O error", "running");
	rule_policy(found, c->refuse_io_error);
}

const struct rule rule_io_error = {
	.name = "io-error",
	.what = "whether a disk error paused the guest",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_STATE),
	.run = run,
};
