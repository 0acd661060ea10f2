/* What libvirt tells of many virtual systems in one call. */
#include "checks/hypervisor/inventory.h"
#include "daemon/base/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stats_freep(virDomainStatsRecordPtr **records)
{
	if (*records)
		virDomainStatsRecordListFree(*records);
}
#define auto_stats __attribute__((cleanup(stats_freep)))

enum { MAX_AT_ONCE = 64 };

/*
 * Asks for statistics of n virtual systems; how many came, -1 when the call failed. Those that
 * went away are left out, so the records are a part of the list, in its order.
 */
static int ask(
	virDomainPtr *doms, size_t n, unsigned what, unsigned flags, virDomainStatsRecordPtr **out)
{
	virDomainPtr list[MAX_AT_ONCE + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		list[i] = doms[i];
	return virDomainListGetStats(list, what, out, flags);
}

static bool is_of(const virDomainStatsRecord *r, virDomainPtr dom)
{
	unsigned char a[VIR_UUID_BUFLEN], b[VIR_UUID_BUFLEN];

	return virDomainGetUUID(r->dom, a) == 0 && virDomainGetUUID(dom, b) == 0 &&
	       memcmp(a, b, sizeof a) == 0;
}

/* A driver without statistics, or one that will not give these, is asked one by one. */
static int states_one_by_one(
	struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (inventory_call(g) < 0)
			return -g->got.err.code;
		if (virDomainGetState(doms[i], &vms[i].vm.state, &vms[i].vm.reason, 0) < 0)
			vms[i].vm.state = -1;
	}
	return 0;
}

int inventory_states(struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n)
{
	auto_stats virDomainStatsRecordPtr *records = NULL;
	int found, r = 0;

	if (n == 1)
		return states_one_by_one(g, doms, vms, n);
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	found = ask(doms, n, VIR_DOMAIN_STATS_STATE, 0, &records);
	if (found < 0)
		return states_one_by_one(g, doms, vms, n);
	for (size_t i = 0; i < n && r < found; i++) {
		if (!is_of(records[r], doms[i]))
			continue;
		if (virTypedParamsGetInt(records[r]->params, records[r]->nparams, "state.state",
			    &vms[i].vm.state) != 1)
			vms[i].vm.state = -1;
		virTypedParamsGetInt(
			records[r]->params, records[r]->nparams, "state.reason", &vms[i].vm.reason);
		r++;
	}
	return 0;
}

static const char *text_param(const virDomainStatsRecord *r, unsigned i, const char *what)
{
	const char *text = NULL;
	char name[64];

	snprintf(name, sizeof name, "block.%u.%s", i, what);
	virTypedParamsGetString(r->params, r->nparams, name, &text);
	return text;
}

static uint64_t size_of(const virDomainStatsRecord *r, unsigned i)
{
	unsigned long long bytes = 0;
	char name[64];

	snprintf(name, sizeof name, "block.%u.capacity", i);
	virTypedParamsGetULLong(r->params, r->nparams, name, &bytes);
	return bytes;
}

static void read_sizes(struct inventory *g, const virDomainStatsRecord *r, struct hv_inv_vm *vm)
{
	unsigned count = 0;

	if (!vm->config || virTypedParamsGetUInt(r->params, r->nparams, "block.count", &count) != 1)
		return;
	vm->disk_bytes = arena_array(g->arena, vm->config->n_disks, sizeof *vm->disk_bytes);
	for (unsigned i = 0; i < count; i++) {
		const char *target = text_param(r, i, "name");

		for (size_t d = 0; target && d < vm->config->n_disks; d++)
			if (vm->config->disks[d].target &&
				strcmp(vm->config->disks[d].target, target) == 0)
				vm->disk_bytes[d] = size_of(r, i);
	}
}

/* The size of a disk is worth no wait for a virtual system that is busy. */
int inventory_sizes(struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n)
{
	auto_stats virDomainStatsRecordPtr *records = NULL;
	int found, r = 0;

	if (inventory_call(g) < 0)
		return -g->got.err.code;
	found = ask(doms, n, VIR_DOMAIN_STATS_BLOCK, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT,
		&records);
	for (size_t i = 0; i < n && r < found; i++)
		if (is_of(records[r], doms[i]))
			read_sizes(g, records[r++], &vms[i]);
	return 0;
}
