#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->seclabel_model != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct host_caps *caps = &f->dst.caps;
	const char *model = f->config.seclabel_model;

	(void)c;
	if (!model || rule_is(model, "none") || caps->n_secmodels == 0 ||
		rule_has(caps->secmodels, caps->n_secmodels, model))
		return;
	const char *list = rule_join(out->arena, caps->secmodels, caps->n_secmodels);
	finding_detail(out, finding_add(out, VSM4602, model, list), "seclabel", list, model);
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
