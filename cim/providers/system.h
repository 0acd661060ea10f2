/* CIM_ComputerSystem: the host, and every virtual system on it as libvirt lists them. */
#ifndef VSMIGD_CIM_PROVIDERS_SYSTEM_H
#define VSMIGD_CIM_PROVIDERS_SYSTEM_H

#include "cim/cim.h"

void system_enumerate(struct cim_op *op);
/*
 * Lists the host and the virtual systems, or the one whose Name is `only`, calls `add` for each,
 * and ends the row.
 */
void system_each(struct cim_op *op, const char *only,
	void (*add)(struct cim_op *op, const struct cim_instance *i));
/* The host, as far as it is known without asking the hypervisor. */
const struct cim_instance *system_host(struct cim_op *op);
/* One look-up by the key Name. */
void system_get(struct cim_op *op);

/* A virtual system as an instance in the arena, which nothing of vm needs to outlive. */
struct hv_vm;
struct cim_instance *system_of_vm(struct arena *a, const struct hv_vm *vm);

#endif
