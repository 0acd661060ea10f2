#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	return vm->n_secrets > 0;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_secrets; i++) {
		const struct vm_secret *s = &f->config.secrets[i];
		const struct secret_there *there = &f->secrets_there[i];
		const char *id = s->uuid ? s->uuid : rule_name(s->usage);
		const char *lack = there->exists == TRI_NO	? "it does not exist there"
				   : there->other_use		? "it is for another use there"
				   : there->has_value == TRI_NO ? "it has no value there"
								: NULL;

		if (lack)
			finding_detail(out, finding_add(out, VSM4314, id, rule_name(s->user), lack),
				rule_name(s->user), lack, id);
		else if (there->exists == TRI_YES && there->has_value == TRI_UNKNOWN)
			finding_unknown(out,
				arena_printf(out->arena,
					"whether secret %s has a value on the target host", id),
				NULL, "it would have to be read, and may be private");
		else if (there->exists == TRI_UNKNOWN)
			finding_unknown(out,
				arena_printf(out->arena,
					"whether secret %s is there on the target host", id),
				NULL, there->why ? there->why : "libvirt did not tell");
	}
}

const struct rule rule_secrets = {
	.name = "secrets",
	.what = "whether the target host has the secrets",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_SECRETS),
	.run = run,
};
