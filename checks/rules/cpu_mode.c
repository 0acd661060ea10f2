#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->cpu_mode != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct domcaps *d = &f->domcaps;
	const struct {
		const char *name;
		bool offered;
	} modes[] = {
		{ "host-passthrough", d->host_passthrough },
		{ "host-model", d->host_model },
		{ "maximum", d->maximum },
		{ "custom", d->custom },
	};

	(void)c;
	if (d->supported != TRI_YES)
		return;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (rule_is(f->config.cpu_mode, modes[i].name) && !modes[i].offered)
			finding_detail(out, finding_add(out, VSM4106, modes[i].name), "CPU",
				"not supported", modes[i].name);
}

const struct rule rule_cpu_mode = {
	.name = "cpu-mode",
	.what = "whether the target host supports the CPU mode",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_DOMCAPS),
	.run = run,
};
