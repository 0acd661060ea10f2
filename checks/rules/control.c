#include "checks/rules/rules.h"

/*
 * "Occupied" passes within a monitor command, our own among them; "job" is a long one, which the
 * job rule names when libvirt tells it.
 */
enum { CONTROL_JOB = 1, CONTROL_ERROR = 3 };

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	struct finding *found = NULL;

	(void)c;
	if (f->vm.control_state == CONTROL_ERROR)
		found = finding_add(out, VSM2005, rule_vm(f), "its control channel failed");
	else if (f->vm.control_state == CONTROL_JOB && !f->vm.has_job &&
		 !facts_known(f, FACT_VM_JOB))
		found = finding_add(out, VSM2003, rule_vm(f), "of unknown kind");
	if (found)
		finding_detail(out, found, NULL, found->args[1], "an idle monitor");
}

const struct rule rule_control = {
	.name = "control",
	.what = "whether the monitor of the virtual system responds",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONTROL),
	.run = run,
};
