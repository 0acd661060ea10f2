/*
 * The parts of an inventory. Each runs on a thread of the source's connection, adds to `got`, and
 * returns 0, or a negative ERR_* with the inventory's err set, which ends it.
 */
#ifndef VSMIGD_HV_INVENTORY_H
#define VSMIGD_HV_INVENTORY_H

#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/hv_inventory.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/virt.h"

/* An inventory takes no more memory than this. */
#define INVENTORY_MAX (256u * 1024 * 1024)

/*
 * It collects in an arena of its own. Whoever claims it first, the thread that is done or the
 * timer of the deadline, may touch the caller's struct; the other only lets go.
 */
struct inventory {
	struct conn_task task;
	struct timer timer;
	struct work late;
	_Atomic unsigned refs;
	_Atomic bool claimed;
	struct hv *hv;
	struct hv_inventory *caller;
	struct arena *arena; /* what is collected, and `only` */
	struct hv_inventory got;
	struct pool_seen *places; /* of got.pools, in the same order: where they are */
	virConnectPtr v;
};

/* Before each call: whether there is time and room. */
int inventory_call(struct inventory *g);
/* libvirt's last error. */
int inventory_failed(struct inventory *g);

int inventory_vms(struct inventory *g);
/* State of n virtual systems, and sizes of their disks when they are wanted. */
int inventory_states(struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n);
int inventory_sizes(struct inventory *g, virDomainPtr *doms, struct hv_inv_vm *vms, size_t n);
int inventory_host(struct inventory *g);
int inventory_pools(struct inventory *g);
int inventory_networks(struct inventory *g);

#endif
