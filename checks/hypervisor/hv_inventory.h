/*
 * What there is on the source: its virtual systems with their configurations, and what the host
 * has to give them.
 *
 * One inventory is one gather in one queue place of the source's connection, under a deadline.
 * Lists and statistics are asked for many virtual systems at once; what libvirt tells of one
 * alone, its configuration, is one call for each. Who asks for one virtual system by its UUID
 * pays for one. Nothing is kept between two inventories.
 */
#ifndef VSMIGD_HV_HV_INVENTORY_H
#define VSMIGD_HV_HV_INVENTORY_H

#include "checks/hypervisor/hv.h"
#include "checks/vm_config.h"

enum hv_want {
	HV_WANT_VMS = 1, /* which there are, and in what state */
	HV_WANT_TITLES = 2, /* hv_vm.title, where no configuration is wanted */
	HV_WANT_CONFIG = 4, /* what each is made of now */
	HV_WANT_NEXT = 8, /* and of what it would be when started anew, if it runs */
	HV_WANT_SIZES = 16, /* how large its disks are */
	HV_WANT_HOST = 32,
	HV_WANT_POOLS = 64, /* storage pools; with HV_WANT_CONFIG also which disk is in which */
	HV_WANT_NETWORKS = 128,
};

struct hv_inv_vm {
	struct hv_vm vm;
	bool active; /* it runs, or has begun to and not ended */
	bool autostart; /* it starts with the host */
	const struct vm_config *config; /* NULL: not wanted, or libvirt would not tell */
	const struct vm_config *next; /* NULL: not wanted, or there is none besides config */
	/* For each disk of config: the storage pool that holds it, NULL when none is known to. */
	const char **disk_pools;
	uint64_t *disk_bytes; /* for each disk of config; 0: not known. NULL: none is known */
};

struct hv_inv_host {
	unsigned cpus; /* 0: not known */
	uint64_t memory_kib, free_kib; /* 0: not known */
};

struct hv_inv_pool {
	const char *name, *type; /* "dir", "logical"; NULL: not known */
	int state; /* virStoragePoolState; -1: not known */
	bool sized; /* the two below are known: of one that is not active they are not */
	uint64_t capacity, allocation; /* bytes */
};

struct hv_inv_network {
	const char *name;
	const char *forward, *bridge; /* NULL: an isolated network; without a bridge */
	bool active;
};

struct hv_inventory {
	/* set by the caller; the arena is used by nobody else until done is called */
	struct arena *arena;
	unsigned want;
	const char *only; /* the UUID (any case) or name of one virtual system; NULL: all */
	int64_t deadline;
	/* Exactly once, from any thread, with -ERR_UNAVAILABLE, -ERR_TIMEOUT (at the deadline,
	 * even when libvirt still hangs), -ERR_IO or -ERR_LIMIT in err on failure. */
	void (*done)(struct hv_inventory *i);
	void *arg;
	/* set when done is called; lives as long as the arena. `only` not found: no vms, no error */
	struct err err;
	struct hv_inv_vm *vms; /* by name */
	size_t n_vms;
	struct hv_inv_host host;
	struct hv_inv_pool *pools; /* by name */
	size_t n_pools;
	struct hv_inv_network *networks; /* by name */
	size_t n_networks;
};
void hv_inventory(struct hv *hv, struct hv_inventory *i);

#endif
