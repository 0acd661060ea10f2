/*
 * EnableCompression is VIR_MIGRATE_COMPRESSED without a method, which libvirt takes for xbzrle:
 * its QEMU driver knows the flag, and QEMU the method, from these versions on; other drivers
 * refuse the flag. (Methods that came and went again, mt, or that want parallel streams, zlib and
 * zstd, cannot be asked for.)
 */
#include "checks/rules/rules.h"

#define QEMU_SINCE VERSION(1UL, 2UL, 0UL)
#define LIBVIRT_SINCE VERSION(1UL, 0UL, 3UL)

static void one(const struct host_facts *h, const char *which, struct findings *out)
{
	bool qemu = rule_is(h->type, "QEMU");
	const char *version = rule_version(out->arena, h->hv_version);
	const char *found = arena_printf(out->arena, "%s %s, libvirt %s", rule_name(h->type),
		version, rule_version(out->arena, h->lib_version));

	if (h->simulated ||
		(qemu && h->hv_version >= QEMU_SINCE && h->lib_version >= LIBVIRT_SINCE))
		return;
	if (qemu && (!h->hv_version || !h->lib_version))
		finding_unknown(out, arena_printf(out->arena, "whether %s can compress", which),
			NULL, "it does not tell its versions");
	else
		finding_detail(out, finding_add(out, VSM3007, "EnableCompression", which), which,
			found,
			arena_printf(out->arena, "QEMU %s, libvirt %s",
				rule_version(out->arena, QEMU_SINCE),
				rule_version(out->arena, LIBVIRT_SINCE)));
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	if (!f->settings->compression)
		return;
	one(&f->src, "the source host", out);
	one(&f->dst, "the target host", out);
}

const struct rule rule_compression = {
	.name = "compression",
	.what = "whether the hypervisors can compress",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_SRC_HOST) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
