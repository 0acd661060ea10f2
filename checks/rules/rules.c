#include "checks/rules/rules.h"

#include <ctype.h>
#include <strings.h>

#include <string.h>
#include <inttypes.h>

bool rule_is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool rule_has(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (rule_is(list[i], text))
			return true;
	return false;
}

const char *rule_join(struct arena *a, const char *const *list, size_t n)
{
	const char *text = n > 0 ? list[0] : "none";

	for (size_t i = 1; i < n; i++)
		text = arena_printf(a, "%s, %s", text, list[i]);
	return text;
}

const char *rule_mib(struct arena *a, uint64_t kib)
{
	if (kib % 1024 != 0 && kib < 1024 * 1024)
		return arena_printf(a, "%" PRIu64 " KiB", kib);
	return arena_printf(a, "%" PRIu64 " MiB", kib / 1024);
}

const char *rule_gib(struct arena *a, uint64_t bytes)
{
	return rule_mib(a, bytes / 1024);
}

const char *rule_version(struct arena *a, unsigned long version)
{
	return arena_printf(
		a, "%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

const char *rule_number(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%" PRIu64, n);
}

const char *rule_name(const char *name)
{
	return name ? name : "(unnamed)";
}

const char *rule_vm(const struct facts *f)
{
	return f->vm.name ? f->vm.name : rule_name(f->vm_text);
}

const char *rule_target(const struct facts *f)
{
	return f->destination ? f->destination : "(unnamed)";
}

const struct domcaps_enum *rule_enum(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->domcaps.n_enums; i++)
		if (rule_is(f->domcaps.enums[i].path, path))
			return &f->domcaps.enums[i];
	return NULL;
}

enum tri rule_offers(const struct facts *f, const char *path, const char *value)
{
	const struct domcaps_enum *e = rule_enum(f, path);

	if (!e || e->n == 0 || !value)
		return TRI_UNKNOWN;
	return rule_has(e->values, e->n, value) ? TRI_YES : TRI_NO;
}

enum tri rule_path(const struct facts *f, enum vm_path_kind kind, const char *path)
{
	for (size_t i = 0; f->paths_there && i < f->config.n_paths; i++)
		if (f->config.paths[i].kind == kind && rule_is(f->config.paths[i].path, path))
			return f->paths_there[i];
	return TRI_UNKNOWN;
}

void rule_policy(struct finding *f, bool refuse)
{
	f->policy = true;
	if (!refuse)
		f->effect = EFFECT_NONE;
}

const struct vm_disk *rule_disks(const struct facts *f)
{
	return f->settings->move & MOVE_HOT ? f->stored.disks : f->config.disks;
}

bool rule_names_disk(const char *text, const struct vm_disk *d)
{
	size_t len = d->target ? strlen(d->target) : 0;

	if (d->source && strstr(text, d->source))
		return true;
	for (const char *at = text; len > 0 && (at = strstr(at, d->target)); at += len)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[len]))
			return true;
	return false;
}

bool rule_copied(const struct facts *f, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];

	if (f->settings->move != MOVE_LIVE_COPY || !d->source || d->readonly || d->shareable)
		return false;
	for (size_t k = 0; k < f->settings->n_unmanaged; k++)
		if (rule_names_disk(f->settings->unmanaged[k], d))
			return false;
	return true;
}

struct finding *rule_pool_lacks(
	const struct vm_disk *d, const struct disk_there *there, struct findings *out)
{
	bool missing = there->pool == TRI_NO;
	struct finding *found;

	if (!d->pool || (!missing && there->pool_active != TRI_NO))
		return NULL;
	found = finding_add(out, missing ? VSM4303 : VSM4304, d->pool, rule_name(d->target));
	return finding_detail(out, found, arena_printf(out->arena, "disk %s", rule_name(d->target)),
		missing ? "no such pool" : "inactive", d->pool);
}

static const struct setting *naming(const struct new_resource *r, const char *value)
{
	static const char *const names[] = { "Connection", "HostResource", "PoolID" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct setting *s = setting_find(r->props, r->n, names[i]);

		if (s && s->n > 0 && strstr(s->values[0], value))
			return s;
	}
	return NULL;
}

static bool had(const struct vm_config *vm, const char *value)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (rule_is(vm->nics[i].network, value) || rule_is(vm->nics[i].bridge, value) ||
			rule_is(vm->nics[i].dev, value))
			return true;
	for (size_t i = 0; i < vm->n_disks; i++)
		if (rule_is(vm->disks[i].source, value))
			return true;
	return false;
}

bool rule_is_new_value(const struct facts *f, const char *value)
{
	for (size_t i = 0; value && i < f->settings->n_resources && !had(&f->stored, value); i++)
		if (naming(&f->settings->resources[i], value))
			return true;
	return false;
}

struct finding *rule_new_value_absent(
	const struct facts *f, struct findings *out, const char *value)
{
	for (size_t i = 0; i < f->settings->n_resources && !had(&f->stored, value); i++) {
		const struct new_resource *r = &f->settings->resources[i];
		const struct setting *s = naming(r, value);

		if (s)
			return finding_add(out, VSM3013, rule_number(out->arena, r->index), s->name,
				value, rule_target(f));
	}
	return NULL;
}

bool rule_started(const struct facts *f)
{
	return facts_known(f, FACT_DST_PROBE) && f->probe.started == TRI_YES;
}

const char *rule_hook_remedy(const char *text)
{
	if (!text || !strstr(text, "Hook script"))
		return NULL;
	return "See why /etc/libvirt/hooks/qemu refuses. If it lets in only machines that it knows "
	       "by "
	       "name, have it let in those whose name begins with vsmigd-probe- too, or set "
	       "[check] "
	       "probe = off in vsmigd.conf.";
}

bool rule_through(const struct facts *f)
{
	return facts_known(f, FACT_WAY) && f->way.through == TRI_YES;
}

bool rule_way_fails(const struct facts *f, enum way_cause cause)
{
	return facts_known(f, FACT_WAY) && f->way.through == TRI_NO && f->way.cause == cause;
}

const char *rule_way_why(const struct facts *f, const char *untried)
{
	if (!f->way.asked)
		return untried;
	return facts_known(f, FACT_WAY) ? f->way.text : f->state[FACT_WAY].why;
}

bool rule_shown(const struct facts *f, const char *path)
{
	for (size_t i = 0; rule_started(f) && i < f->probe.n_paths; i++)
		if (f->probe.paths[i].part != PROBE_NVRAM && rule_is(f->probe.paths[i].path, path))
			return true;
	return false;
}

/* In a folder a file was made. */
static bool is_opened(const struct probe_open *o, const char *path)
{
	size_t n = strlen(o->path);

	return o->folder ? strncmp(path, o->path, n) == 0 && strrchr(path, '/') == path + n
			 : strcmp(path, o->path) == 0;
}

bool rule_may_open(const struct facts *f, const char *path)
{
	for (size_t i = 0; path && i < f->probe.may_open; i++)
		if (is_opened(&f->probe.opens[i], path))
			return true;
	return false;
}

bool rule_hosts_same(const struct facts *f)
{
	const struct host_facts *src = &f->src, *dst = &f->dst;

	if (src->caps.uuid && dst->caps.uuid)
		return strcasecmp(src->caps.uuid, dst->caps.uuid) == 0;
	if (rule_is(src->uri, dst->uri))
		return true;
	return !src->simulated && !dst->simulated && rule_is(src->type, dst->type) &&
	       rule_is(src->name, dst->name);
}
