#include "cim/providers/inventory.h"

#include <string.h>
#include <strings.h>

#include "checks/apply_device.h"

#define PREFIX "vsmigd:"

enum { ENABLED = 2, DISABLED = 3, UUID_LENGTH = 36 };

struct asking {
	struct hv_inventory inventory;
	void (*add)(struct cim_op *op, const struct hv_inventory *i);
};

static void gathered(struct hv_inventory *i)
{
	struct cim_op *op = i->arg;
	struct asking *ask = (struct asking *)i;

	if (i->err.code != ERR_NONE) {
		op->err = i->err;
	} else {
		op->gathered = i;
		ask->add(op, i);
	}
	registry_done(op);
}

static bool same_only(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

void inventory_row(struct cim_op *op, unsigned want, const char *only,
	void (*add)(struct cim_op *op, const struct hv_inventory *i))
{
	const struct hv_inventory *had = op->gathered;
	struct asking *ask;

	if (only != NULL && *only == '\0') {
		registry_done(op);
		return;
	}
	if (had != NULL && (had->want & want) == want && same_only(had->only, only)) {
		add(op, had);
		registry_done(op);
		return;
	}
	ask = arena_alloc(op->arena, sizeof *ask);
	ask->add = add;
	ask->inventory = (struct hv_inventory){
		.arena = op->arena,
		.want = want,
		.only = only,
		.deadline = op->req->deadline,
		.done = gathered,
		.arg = op,
	};
	hv_inventory(op->cim->hv, &ask->inventory);
}

const struct cim_class *inventory_class(const struct cim_op *op)
{
	const struct registry_row *row = op->row;

	return row->class;
}

const char *inventory_uuid(struct arena *a, const char *id)
{
	size_t prefix = sizeof PREFIX - 1;

	if (id == NULL || strncasecmp(id, PREFIX, prefix) != 0)
		return "";
	id += prefix;
	if (strlen(id) < UUID_LENGTH || id[8] != '-' ||
		(id[UUID_LENGTH] != ':' && id[UUID_LENGTH] != '\0'))
		return "";
	return arena_strndup(a, id, UUID_LENGTH);
}

const char *inventory_ref_uuid(const struct cim_op *op)
{
	const struct cim_key *id = cim_ref_key(op->ref, "InstanceID");

	return inventory_uuid(op->arena, id != NULL ? id->text : NULL);
}

const char *inventory_part_id(struct arena *a, const struct hv_inv_vm *vm, const char *name)
{
	return arena_printf(a, PREFIX "%s:%s", vm->vm.uuid, name);
}

const char *inventory_vm_id(struct arena *a, const struct hv_inv_vm *vm)
{
	return arena_printf(a, PREFIX "%s", vm->vm.uuid);
}

const char *inventory_next_id(struct arena *a, const struct hv_inv_vm *vm)
{
	return inventory_part_id(a, vm, "persistent");
}

const char *inventory_network_pool(struct arena *a, const char *network)
{
	return network != NULL ? arena_printf(a, PREFIX "pool:network:%s", network) : NULL;
}

const char *inventory_storage_pool(struct arena *a, const char *pool)
{
	return pool != NULL ? arena_printf(a, PREFIX "pool:storage:%s", pool) : NULL;
}

const char *inventory_pool_name(const char *id)
{
	const char *kind = id + sizeof PREFIX - 1 + sizeof "pool:" - 1;

	return strchr(kind, ':') + 1;
}

static void add_disks(struct arena *a, const struct hv_inv_vm *vm, struct part *parts, size_t *n)
{
	for (size_t i = 0; i < vm->config->n_disks; i++) {
		const struct vm_disk *d = &vm->config->disks[i];
		const char *name = d->alias != NULL ? d->alias : d->target;

		if (name != NULL)
			parts[(*n)++] = (struct part){ PART_DISK, i, name,
				inventory_storage_pool(a, vm->disk_pools[i]) };
	}
}

static void add_nics(struct arena *a, const struct hv_inv_vm *vm, struct part *parts, size_t *n)
{
	for (size_t i = 0; i < vm->config->n_nics; i++) {
		const struct vm_nic *nic = &vm->config->nics[i];
		const char *name = nic->alias != NULL ? nic->alias : nic->mac;
		bool pooled = nic->type != NULL && strcmp(nic->type, "network") == 0;

		if (name != NULL)
			parts[(*n)++] = (struct part){ PART_NIC, i, name,
				pooled ? inventory_network_pool(a, nic->network) : NULL };
	}
}

struct part *inventory_parts(struct arena *a, const struct hv_inv_vm *vm, size_t *n)
{
	const struct vm_config *c = vm->config;
	struct device_other other;
	struct part *parts;
	size_t others = 0;

	*n = 0;
	if (c == NULL)
		return NULL;
	while (device_other(c, others, &other))
		others++;
	parts = arena_array(a, 2 + c->n_disks + c->n_nics + others, sizeof *parts);
	parts[(*n)++] = (struct part){ PART_MEMORY, 0, "memory", POOL_MEMORY };
	parts[(*n)++] = (struct part){ PART_VCPU, 0, "vcpu", POOL_PROCESSOR };
	add_disks(a, vm, parts, n);
	add_nics(a, vm, parts, n);
	for (size_t i = 0; device_other(c, i, &other); i++)
		if (other.alias != NULL)
			parts[(*n)++] = (struct part){ PART_OTHER, i, other.alias, NULL };
	return parts;
}

uint64_t inventory_enabled(const struct hv_inv_vm *vm)
{
	return vm->active ? ENABLED : DISABLED;
}

uint64_t inventory_access(const struct vm_disk *disk)
{
	return disk->readonly ? 1 : 3;
}
