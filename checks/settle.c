#include "checks/settle.h"

#include <string.h>

#include "checks/hypervisor/probe.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* A refusal that was concluded rather than read gives way to what is tried. */
static bool yes_so_far(const struct check *c)
{
	if (c->code != CHECK_DONE)
		return false;
	for (size_t i = 0; i < c->n_findings; i++)
		if (c->findings[i].effect != EFFECT_NONE && !c->findings[i].presumed &&
			!c->findings[i].way_shows)
			return false;
	return true;
}

static bool moves(const struct check *c, const struct facts *f)
{
	return c->settings.move == MOVE_OFFLINE || f->vm.active;
}

bool settle_possible(enum trial trial, const struct check *c, const struct facts *f,
	const struct check_config *config)
{
	if (config->probe == PROBE_OFF || f->dst.access != ACCESS_OPEN ||
		!facts_known(f, FACT_VM_CONFIG) || !facts_known(f, FACT_DST_HOST) ||
		hv_probe_hindrance(f))
		return false;
	if (trial == TRIAL_WAY &&
		(!config->probe_migration || !is(f->src.type, "QEMU") || c->settings.move == 0))
		return false;
	return config->probe == PROBE_ALWAYS ||
	       (moves(c, f) && (trial == TRIAL_WAY || c->settings.move != MOVE_OFFLINE));
}

bool settle_wanted(enum trial trial, const struct check *c, const struct facts *f,
	const struct check_config *config)
{
	return settle_possible(trial, c, f, config) &&
	       (config->probe == PROBE_ALWAYS || yes_so_far(c));
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

static bool of_disk(const struct facts *f, const struct vm_secret *s, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];
	bool encrypts = is(s->usage_type, "volume");
	bool used = f->probe.secrets == TRI_YES || (f->probe.unlocked && f->probe.unlocked[i]);

	return is(s->disk, d->target) && (encrypts ? used : !d->encrypted);
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
		if (of_disk(f, &f->config.secrets[k], i))
			f->secrets_there[k].exists = f->secrets_there[k].has_value = TRI_YES;
}

static void settle_nic(struct facts *f, size_t i)
{
	struct nic_there *there = &f->nics_there[i];

	there->exists = TRI_YES;
	there->doubt = NULL;
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
