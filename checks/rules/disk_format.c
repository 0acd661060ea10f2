/* The image formats whose QEMU drivers block a migration, anywhere in a disk's chain. */
#include "checks/rules/rules.h"

static const char *blocked(const struct vm_disk *d)
{
	static const char *const formats[] = {
		"vmdk",
		"vdi",
		"vpc",
		"vhdx",
		"parallels",
		"ploop",
		"qcow",
		"cow",
	};

	if (rule_has(formats, ARRAY_LEN(formats), d->format))
		return d->format;
	for (size_t i = 0; i < d->n_backing; i++)
		if (rule_has(formats, ARRAY_LEN(formats), d->backing_formats[i]))
			return d->backing_formats[i];
	return NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];
		const char *format = d->source ? blocked(d) : NULL;

		if (!format)
			continue;
		struct finding *found = finding_add(out, VSM4307, rule_name(d->target), format);
		finding_detail(out, found,
			arena_printf(out->arena, "disk %s", rule_name(d->target)), format,
			"raw or qcow2");
	}
}

const struct rule rule_disk_format = {
	.name = "disk-format",
	.what = "whether the disk formats can be live migrated",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
