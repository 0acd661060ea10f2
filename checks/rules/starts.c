/*
 * What shows in nothing but a guest that starts: the devices that the target's QEMU was built with,
 * and what the target's qemu.conf, its log daemon and its hooks make of a guest. A probe finds out.
 */
#include "checks/rules/rules.h"

#include <string.h>

/* Those of a chipset, which come with the machine type, are left out, and what is none. */
static const char *model_of(const struct vm_named *dev, struct arena *a)
{
	if (rule_is(dev->model, "none") ||
		(rule_is(dev->kind, "controller") && (!dev->model || strstr(dev->model, "pci"))))
		return NULL;
	return dev->model ? arena_printf(a, "%s %s", dev->kind, dev->model) : dev->kind;
}

static const char *models(const struct facts *f, struct arena *a)
{
	const struct vm_config *vm = &f->config;
	const char *list = NULL;

	for (size_t i = 0; i < vm->n_devices; i++) {
		const char *one = model_of(&vm->devices[i], a);

		if (one && !(list && strstr(list, one)))
			list = list ? arena_printf(a, "%s, %s", list, one) : one;
	}
	return list ? arena_printf(a, " (among them %s)", list) : "";
}

/* Libvirt tells QEMU the name of its process, and swtpm that of its log, as they are, and a comma ends
 * them. A probe has such a name, but no TPM. */
static void comma(const struct facts *f, struct findings *out)
{
	if (rule_is(f->config.tpm_backend, "emulator") && f->config.name &&
		strchr(f->config.name, ','))
		finding_unknown(out,
			"whether a machine with a TPM emulator whose name has a comma starts there",
			NULL, "libvirt 9.0 starts none, and a probe has no TPM");
	if (facts_name_ends_early(f) && !rule_started(f))
		finding_unknown(out,
			"whether a machine whose name has a comma starts there (none does where "
			"qemu.conf has set_process_name)",
			NULL, "only a guest of such a name that starts there shows it");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!rule_is(f->src.type, "QEMU") || !rule_is(f->dst.type, "QEMU"))
		return;
	comma(f, out);
	if (facts_known(f, FACT_DST_PROBE))
		return;
	finding_unknown(out,
		arena_printf(out->arena,
			"whether the target's QEMU has the models of all devices%s, and its host's "
			"own settings let such a guest start: addresses, ports, certificates and "
			"keymaps of displays, addresses of serial ports, hooks, the log daemon; "
			"and whether its BIOS and boot "
			"ROMs are as large as here",
			models(f, out->arena)),
		NULL, "only a guest that starts there shows it, and none was started");
}

const struct rule rule_starts = {
	.name = "starts",
	.what = "whether the target host's own settings let such a guest start",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.advisory = true,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
