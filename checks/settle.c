#include "checks/settle.h"

#include <string.h>

#include "checks/hypervisor/probe.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool disks_open(const struct facts *f)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (d->n_backing || (d->source && f->disks_there[i].exists != TRI_YES))
			return true;
	}
	return false;
}

static bool nics_open(const struct facts *f)
{
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *nic = &f->config.nics[i];

		if (nic->filter || is(nic->type, "direct") ||
			(!is(nic->type, "user") && f->nics_there[i].exists != TRI_YES))
			return true;
	}
	return false;
}

static bool graphics_open(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_graphics; i++) {
		const struct vm_graphics *g = &vm->graphics[i];

		if ((!g->autoport && g->port > 0) || g->websocket > 0 || g->listen_network ||
			(g->listen && strcmp(g->listen, "0.0.0.0") != 0 &&
				strcmp(g->listen, "127.0.0.1") != 0))
			return true;
	}
	return false;
}

/* Devices that domain capabilities do not list, or only by their kind. */
static bool devices_open(const struct vm_config *vm)
{
	static const char *const kinds[] = { "sound", "rng", "watchdog", "panic", "crypto", "iommu",
		"vsock" };

	for (size_t i = 0; i < vm->n_devices; i++)
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			if (is(vm->devices[i].kind, kinds[k]))
				return true;
	return vm->n_filesystems || vm->n_memdevs || vm->vsock_cid;
}

/* What is forced is not compared, and must be there all the same. */
static bool cpu_forced(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_cpu_features; i++)
		if (is(vm->cpu_features[i].policy, "force"))
			return true;
	return false;
}

static bool platform_open(const struct facts *f)
{
	const struct vm_config *vm = &f->config;

	return vm->memory_kib > f->dst.memory_kib || cpu_forced(vm) || vm->loader || vm->n_paths ||
	       vm->n_ports || vm->n_far_ports || vm->n_pinned || vm->numa_nodes ||
	       !facts_known(f, FACT_DST_DOMCAPS) || (vm->cpu_mode && f->cpu.fits != TRI_YES);
}

static bool addresses_open(const struct facts *f)
{
	const struct settings *s = f->settings;
	size_t at = facts_data_address(f);

	return s && (s->move & MOVE_HOT) && at < s->n_addresses &&
	       facts_target_has(f, s->addresses[at]) != TRI_YES;
}

static bool something_open(const struct facts *f)
{
	return settings_tls(f->settings) || addresses_open(f) || disks_open(f) || nics_open(f) ||
	       graphics_open(&f->config) || devices_open(&f->config) || platform_open(f);
}

/* A refusal that was concluded rather than read gives way to a twin that starts. */
static bool yes_so_far(const struct check *c)
{
	if (c->code != CHECK_DONE)
		return false;
	for (size_t i = 0; i < c->n_findings; i++)
		if (c->findings[i].effect != EFFECT_NONE && !c->findings[i].presumed)
			return false;
	return true;
}

bool settle_possible(
	const struct check *c, const struct facts *f, const struct check_config *config)
{
	if (config->probe == PROBE_OFF || f->dst.access != ACCESS_OPEN ||
		!facts_known(f, FACT_VM_CONFIG) || !facts_known(f, FACT_DST_HOST) ||
		hv_probe_hindrance(f))
		return false;
	if (config->probe == PROBE_ALWAYS)
		return true;
	return f->vm.active && c->settings.move != MOVE_OFFLINE && something_open(f);
}

bool settle_wanted(const struct check *c, const struct facts *f, const struct check_config *config)
{
	return settle_possible(c, f, config) && (config->probe == PROBE_ALWAYS || yes_so_far(c));
}

static bool all(const bool *covered, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!covered[i])
			return false;
	return true;
}

/* What may be absent, and is, the twin began without. */
static bool began_without(const struct vm_disk *d, const struct disk_there *there)
{
	return (is(d->startup_policy, "optional") || is(d->startup_policy, "requisite")) &&
	       (there->exists == TRI_NO || there->pool == TRI_NO || there->pool_active == TRI_NO);
}

static void settle_disk(struct facts *f, size_t i)
{
	struct disk_there *there = &f->disks_there[i];

	if (began_without(&f->config.disks[i], there))
		return;
	there->exists = TRI_YES;
	if (f->config.disks[i].pool)
		there->pool = there->pool_active = TRI_YES;
	/* Opened raw, an encrypted disk has asked for no secret; one of the network has. */
	for (size_t k = 0; k < f->config.n_secrets; k++)
		if (is(f->config.secrets[k].disk, f->config.disks[i].target) &&
			!f->config.disks[i].encrypted)
			f->secrets_there[k].exists = f->secrets_there[k].has_value = TRI_YES;
}

static void settle_nic(struct facts *f, size_t i)
{
	struct nic_there *there = &f->nics_there[i];

	there->exists = TRI_YES;
	if (is(f->config.nics[i].type, "network"))
		there->active = TRI_YES;
	if (f->config.nics[i].filter)
		there->filter = TRI_YES;
}

void settle_facts(struct facts *f)
{
	static const enum fact of_nics[] = {
		FACT_DST_NETWORKS,
		FACT_DST_BRIDGES,
		FACT_DST_NWFILTERS,
	};
	const struct probe_facts *p = &f->probe;

	if (!facts_known(f, FACT_DST_PROBE) || p->started != TRI_YES)
		return;
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (p->disks[i])
			settle_disk(f, i);
	for (size_t i = 0; i < f->config.n_nics; i++)
		if (p->nics[i])
			settle_nic(f, i);
	if (all(p->disks, f->config.n_disks))
		facts_set_known(f, FACT_DST_STORAGE);
	for (size_t i = 0; i < ARRAY_LEN(of_nics) && all(p->nics, f->config.n_nics); i++)
		facts_set_known(f, of_nics[i]);
}
