/* The virtual systems of the source: one, or all. */
#include "checks/hypervisor/inventory.h"
#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"
#include "daemon/base/count.h"

#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 64 }; /* virtual systems in one call for statistics */

struct domains {
	virDomainPtr *items;
	int n;
};

static void domains_free(struct domains *d)
{
	for (int i = 0; i < d->n; i++)
		virDomainFree(d->items[i]);
	free(d->items);
}
#define auto_domains __attribute__((cleanup(domains_free)))

static void drop_twins(struct domains *d)
{
	int n = 0;

	for (int i = 0; i < d->n; i++)
		if (twin_is_name(virDomainGetName(d->items[i])))
			virDomainFree(d->items[i]);
		else
			d->items[n++] = d->items[i];
	d->n = n;
}

static int list(struct inventory *g, unsigned flags, struct domains *out)
{
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	out->n = virConnectListAllDomains(g->v, &out->items, flags);
	if (out->n >= 0) {
		drop_twins(out);
		return 0;
	}
	out->n = 0;
	return inventory_failed(g);
}

static int by_name(const void *a, const void *b)
{
	virDomainPtr const *x = a, *y = b;

	return strcmp(virDomainGetName(*x), virDomainGetName(*y));
}

static void sort(struct domains *d)
{
	if (d->n > 1)
		qsort(d->items, (size_t)d->n, sizeof *d->items, by_name);
}

static bool contains(const struct domains *d, virDomainPtr dom)
{
	return d->n > 0 && bsearch(&dom, d->items, (size_t)d->n, sizeof dom, by_name) != NULL;
}

/* A configuration; NULL when the virtual system went away meanwhile, or its text is none. */
static const struct vm_config *read_config(struct inventory *g, virDomainPtr dom, unsigned flags)
{
	struct vm_config *c = arena_alloc(g->arena, sizeof *c);
	auto_free char *text = virDomainGetXMLDesc(dom, flags);
	struct err e;

	return text && vxml_domain(text, g->arena, c, &e) == 0 ? c : NULL;
}

static const char *pool_of(const struct inventory *g, const struct vm_disk *disk)
{
	const struct pool_seen *seen = NULL;

	if (disk->pool)
		return disk->pool;
	if (g->places && disk->source && disk->type && strcmp(disk->type, "file") == 0)
		seen = side_pool_of(g->places, g->got.n_pools, disk->source);
	return seen ? seen->name : NULL;
}

static int add_config(struct inventory *g, virDomainPtr dom, struct hv_inv_vm *vm)
{
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	vm->config = read_config(g, dom, vm->active ? 0 : VIR_DOMAIN_XML_INACTIVE);
	if (!vm->config)
		return 0;
	vm->vm.title = vm->config->title;
	vm->disk_pools = arena_array(g->arena, vm->config->n_disks, sizeof *vm->disk_pools);
	for (size_t i = 0; i < vm->config->n_disks; i++)
		vm->disk_pools[i] = pool_of(g, &vm->config->disks[i]);
	if (!(g->got.want & HV_WANT_NEXT) || !vm->active || !vm->vm.persistent)
		return 0;
	if (inventory_call(g) < 0)
		return -g->got.err.code;
	vm->next = read_config(g, dom, VIR_DOMAIN_XML_INACTIVE);
	return 0;
}

static int add_title(struct inventory *g, virDomainPtr dom, struct hv_inv_vm *vm)
{
	auto_free char *title = NULL;

	if (inventory_call(g) < 0)
		return -g->got.err.code;
	title = virDomainGetMetadata(dom, VIR_DOMAIN_METADATA_TITLE, NULL, 0);
	vm->vm.title = arena_strdup(g->arena, title);
	return 0;
}

/* What is told without asking. A domain that runs has a number, which came with it. */
static void name_vm(struct inventory *g, virDomainPtr dom, struct hv_inv_vm *vm)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";

	virDomainGetUUIDString(dom, uuid);
	vm->vm.uuid = arena_strdup(g->arena, uuid);
	vm->vm.name = arena_strdup(g->arena, virDomainGetName(dom));
	vm->active = virDomainGetID(dom) != (unsigned)-1;
	vm->vm.state = -1;
}

/* Those that are still there, with all that is wanted of each. */
static int add_some(struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n)
{
	unsigned want = g->got.want;

	if (inventory_states(g, doms, vms, n) < 0)
		return -g->got.err.code;
	for (size_t i = 0; i < n; i++) {
		if (vms[i].vm.state < 0)
			continue;
		if ((want & HV_WANT_CONFIG) && add_config(g, doms[i], &vms[i]) < 0)
			return -g->got.err.code;
		if ((want & (HV_WANT_CONFIG | HV_WANT_TITLES)) == HV_WANT_TITLES &&
			add_title(g, doms[i], &vms[i]) < 0)
			return -g->got.err.code;
	}
	if ((want & HV_WANT_SIZES) && inventory_sizes(g, doms, vms, n) < 0)
		return -g->got.err.code;
	return 0;
}

/* A domain that went away meanwhile is not listed. */
static void drop_gone(struct inventory *g, struct hv_inv_vm *vms, size_t n)
{
	g->got.vms = vms;
	for (size_t i = 0; i < n; i++)
		if (vms[i].vm.state >= 0)
			vms[g->got.n_vms++] = vms[i];
}

static int add_all(struct inventory *g, const struct domains *all, struct hv_inv_vm *vms)
{
	size_t n = (size_t)all->n;

	for (size_t i = 0; i < n; i += AT_ONCE)
		if (add_some(g, all->items + i, vms + i, n - i < AT_ONCE ? n - i : AT_ONCE) < 0)
			return -g->got.err.code;
	drop_gone(g, vms, n);
	return 0;
}

/* Four lists tell of all domains what would be three calls for each. */
static int list_all(struct inventory *g)
{
	auto_domains struct domains all = { 0 }, transient = { 0 }, saved = { 0 }, starting = { 0 };
	struct hv_inv_vm *vms;

	if (list(g, 0, &all) < 0 || list(g, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, &transient) < 0 ||
		list(g, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, &saved) < 0)
		return -g->got.err.code;
	if ((g->got.want & HV_WANT_CONFIG) &&
		list(g, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, &starting) < 0)
		return -g->got.err.code;
	sort(&all);
	sort(&transient);
	sort(&saved);
	sort(&starting);
	vms = arena_array(g->arena, (size_t)all.n, sizeof *vms);
	for (int i = 0; i < all.n; i++) {
		name_vm(g, all.items[i], &vms[i]);
		vms[i].vm.persistent = !contains(&transient, all.items[i]);
		vms[i].vm.save_image = contains(&saved, all.items[i]);
		vms[i].autostart = contains(&starting, all.items[i]);
	}
	return add_all(g, &all, vms);
}

static int list_one(struct inventory *g)
{
	auto_dom virDomainPtr dom = NULL;
	struct hv_inv_vm *vm;
	int autostart = 0;

	if (inventory_call(g) < 0)
		return -g->got.err.code;
	dom = side_find_domain(g->v, g->got.only);
	if (!dom)
		return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? 0 : inventory_failed(g);
	if (twin_is_name(virDomainGetName(dom)))
		return 0;
	vm = arena_alloc(g->arena, sizeof *vm);
	name_vm(g, dom, vm);
	count_add(COUNT_HV_CALLS_TOTAL, 2);
	vm->vm.persistent = virDomainIsPersistent(dom) == 1;
	vm->vm.save_image = virDomainHasManagedSaveImage(dom, 0) == 1;
	if ((g->got.want & HV_WANT_CONFIG) && vm->vm.persistent) {
		count_add(COUNT_HV_CALLS_TOTAL, 1);
		vm->autostart = virDomainGetAutostart(dom, &autostart) == 0 && autostart;
	}
	if (add_some(g, &dom, vm, 1) < 0)
		return -g->got.err.code;
	drop_gone(g, vm, 1);
	return 0;
}

int inventory_vms(struct inventory *g)
{
	return g->got.only ? list_one(g) : list_all(g);
}
