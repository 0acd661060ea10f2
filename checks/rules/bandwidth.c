/*
 * libvirt takes whole MiB/s, at most what fits 63 bits in bytes; 0 means no limit. It moves the VM
 * all the same when the number comes out as another one on the way: to refuse is policy.
 */
#include "checks/rules/rules.h"

#include <string.h>
#include <stdlib.h>

#define MAX_MIB (INT64_MAX / 1048576)

/* Bytes per second of one unit: "byte / second * 2^20"; 0 when it is not such a unit. */
static double unit_bytes(const char *unit)
{
	double bytes = strncmp(unit, "bit", 3) == 0 ? 0.125 : strncmp(unit, "byte", 4) == 0 ? 1 : 0;
	const char *times = strchr(unit, '*');
	unsigned long base, power;
	char *end;

	if (bytes == 0 || !strstr(unit, "second") || !times)
		return times ? 0 : bytes;
	base = strtoul(times + 1, &end, 10);
	if (*end != '^' || (base != 2 && base != 10))
		return 0;
	for (power = strtoul(end + 1, NULL, 10); power > 0 && power <= 64; power--)
		bytes *= (double)base;
	return bytes;
}

/* What libvirt would be told; 0 when that is not known. A percentage is of the link. */
static double mib_of(const struct facts *f, const struct settings *s, const char *unit)
{
	if (strcmp(unit, "percent") == 0)
		return (double)f->link.mbit * 1e6 / 8 / 1048576 * (double)s->bandwidth / 100;
	return (double)s->bandwidth * unit_bytes(unit) / 1048576;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;
	const char *unit = s->bandwidth_unit;

	if (!s->has_bandwidth || s->bandwidth == 0)
		return;
	double mib = unit ? mib_of(f, s, unit) : 0;
	if (mib == 0) {
		finding_unknown(out, "whether the bandwidth asked for can be set", NULL,
			"the speed of the migration link is not known");
		return;
	}
	if (mib >= 1 && mib <= (double)MAX_MIB)
		return;
	const char *given = rule_number(out->arena, s->bandwidth);
	struct finding *found = finding_add(out, VSM3018, given, unit, "libvirt");
	finding_detail(out, found, "Bandwidth", given,
		arena_printf(out->arena, "1 to %s MiB/s", rule_number(out->arena, MAX_MIB)));
	rule_policy(found, c->refuse_bandwidth);
}

const struct rule rule_bandwidth = {
	.name = "bandwidth",
	.what = "whether the bandwidth asked for can be set",
	.moves = MOVE_HOT,
	.run = run,
};
