#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *backend = f->config.tpm_backend;

	(void)c;
	if (rule_is(backend, "passthrough"))
		finding_detail(out, finding_add(out, VSM4505, backend), "tpm", backend, "emulator");
}

const struct rule rule_tpm = {
	.name = "tpm",
	.what = "whether the TPM can be migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
