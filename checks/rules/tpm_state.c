/*
 * Two TPM emulators must not hold the same state: libvirt moves one whose state is on shared
 * storage only when swtpm knows how to hand it over, and does not show whether it does.
 */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return rule_is(vm->tpm_backend, "emulator");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (f->tpm_here.shared_fs == TRI_UNKNOWN && f->tpm_here.why)
		finding_unknown(out, "whether the TPM emulator's state is on shared storage", NULL,
			f->tpm_here.why);
	if (f->tpm_here.shared_fs == TRI_YES)
		finding_unknown(out, "whether the TPM emulator can hand over its state", NULL,
			"the state is on shared storage, and libvirt does not show what swtpm can");
}

const struct rule rule_tpm_state = {
	.name = "tpm-state",
	.what = "whether the TPM emulator can hand over its state",
	.moves = MOVE_HOT,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_VM_DISK_FS),
	.run = run,
};
