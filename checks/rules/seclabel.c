#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_seclabel_models > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct host_caps *caps = &f->dst.caps;
	const char *const *models = f->config.seclabel_models;
	const char *list = rule_join(out->arena, caps->secmodels, caps->n_secmodels);

	(void)c;
	for (size_t i = 0; i < f->config.n_seclabel_models && caps->n_secmodels; i++)
		if (!rule_is(models[i], "none") && !rule_has(models, i, models[i]) &&
			!rule_has(caps->secmodels, caps->n_secmodels, models[i]))
			finding_detail(out, finding_add(out, VSM4602, models[i], list), "seclabel",
				list, models[i]);
}

const struct rule rule_seclabel = {
	.name = "seclabel",
	.what = "whether the target host has the security model",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
