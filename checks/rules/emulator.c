/* libvirt on the target asks the emulator itself while it parses the VM's XML. */
#include "checks/rules/rules.h"

#include <string.h>

static bool listed(const struct facts *f)
{
	for (size_t i = 0; i < f->dst.caps.n_guests; i++)
		if (rule_is(f->dst.caps.guests[i].emulator, f->config.emulator))
			return true;
	return false;
}

static bool applies(const struct vm_config *vm)
{
	return vm->emulator != NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const char *path = f->config.emulator;
	const char *error = f->domcaps.error;
	bool told = facts_known(f, FACT_DST_DOMCAPS) && f->domcaps.supported != TRI_UNKNOWN;

	(void)c;
	if (!path || rule_started(f) || (told && f->domcaps.supported == TRI_YES))
		return;
	/* The list may be older; libvirt speaks of the binary when it is gone or does not run. */
	if (listed(f) && !(told && error && strstr(error, "QEMU binary")))
		return;
	if (!told) {
		const struct fact_state *st = &f->state[FACT_DST_DOMCAPS];

		finding_unknown(out, "whether the emulator is there", st->driver,
			st->driver || !st->why ? fact_text(FACT_DST_DOMCAPS) : st->why);
		return;
	}
	if (error && strstr(error, "machine"))
		return;
	finding_detail(out, finding_add(out, VSM4112, path), NULL, error, path);
}

const struct rule rule_emulator = {
	.name = "emulator",
	.what = "whether the emulator is there",
	.moves = MOVE_ANY,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
