/*
 * libvirt parses the VM's XML on the target against these: even an offline move needs the architecture.
 * A VM of KVM, however, is defined where there is none, and does not start there.
 */
#include "checks/rules/rules.h"

static bool arch_fits(const struct caps_guest *g, const struct vm_config *vm)
{
	return rule_is(g->arch, vm->arch) && (!vm->os_type || rule_is(g->os_type, vm->os_type));
}

static const char *list(const struct facts *f, struct findings *out, bool virts)
{
	const char **items = NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->dst.caps.n_guests; i++) {
		const struct caps_guest *g = &f->dst.caps.guests[i];
		const char *item = virts ? g->virt : g->arch;

		if (item && !rule_has(items, n, item) && (!virts || arch_fits(g, &f->config)))
			*ARENA_PUSH(out->arena, items, n) = item;
	}
	return rule_join(out->arena, items, n);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;
	bool arch = false, virt = false;

	(void)c;
	if (!vm->arch || !vm->virt)
		return;
	for (size_t i = 0; i < f->dst.caps.n_guests; i++) {
		const struct caps_guest *g = &f->dst.caps.guests[i];

		arch |= arch_fits(g, vm);
		virt |= arch_fits(g, vm) && rule_is(g->virt, vm->virt);
	}
	if (virt)
		return;
	const char *found = list(f, out, arch), *needed = arch ? vm->virt : vm->arch;
	struct finding *it = finding_add(out, arch ? VSM4102 : VSM4101, needed, found);

	finding_detail(out, it, NULL, found, needed);
	if (arch && f->settings->move == MOVE_OFFLINE)
		it->effect = EFFECT_NONE;
}

const struct rule rule_guest_type = {
	.name = "guest-type",
	.what = "whether the target host runs guests of this type",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
