#include "cim/providers/system.h"

#include <strings.h>

#include "checks/hypervisor/hv.h"
#include "cim/registry.h"
#include "cim/uri.h"

/* Values of the schema's maps. */
enum {
	STATE_UNKNOWN = 0,
	STATE_ENABLED = 2,
	STATE_DISABLED = 3,
	STATE_SHUTTING_DOWN = 4,
	STATE_ENABLED_OFFLINE = 6,
	STATE_QUIESCE = 9,
	STATUS_UNKNOWN = 0,
	STATUS_OK = 2,
	STATUS_ERROR = 6,
	STATUS_STOPPING = 9,
	STATUS_STOPPED = 10,
	STATUS_DORMANT = 15,
	HEALTH_UNKNOWN = 0,
	HEALTH_OK = 5,
	HEALTH_MAJOR_FAILURE = 20,
	REQUESTED_NOT_APPLICABLE = 12,
};

/* By virDomainState, whose numbers are part of libvirt's stable interface. */
static const struct state {
	uint64_t enabled, status, health;
} states[] = {
	[0] = { STATE_UNKNOWN, STATUS_UNKNOWN, HEALTH_UNKNOWN }, /* no state */
	[1] = { STATE_ENABLED, STATUS_OK, HEALTH_OK }, /* running */
	[2] = { STATE_ENABLED, STATUS_OK, HEALTH_OK }, /* blocked */
	[3] = { STATE_QUIESCE, STATUS_DORMANT, HEALTH_OK }, /* paused */
	[4] = { STATE_SHUTTING_DOWN, STATUS_STOPPING, HEALTH_OK }, /* shutting down */
	[5] = { STATE_DISABLED, STATUS_STOPPED, HEALTH_OK }, /* shut off */
	[6] = { STATE_DISABLED, STATUS_ERROR, HEALTH_MAJOR_FAILURE }, /* crashed */
	[7] = { STATE_ENABLED_OFFLINE, STATUS_DORMANT, HEALTH_OK }, /* suspended by the guest */
};
enum { DOMAIN_SHUTOFF = 5 };

static const struct state *state_of(const struct hv_vm *vm)
{
	static const struct state saved = { STATE_ENABLED_OFFLINE, STATUS_STOPPED, HEALTH_OK };

	if (vm->state < 0 || (size_t)vm->state >= ARRAY_LEN(states))
		return &states[0];
	return vm->state == DOMAIN_SHUTOFF && vm->save_image ? &saved : &states[vm->state];
}

static struct cim_instance *make(
	struct arena *a, const char *name, const char *element_name, const struct state *state)
{
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_ComputerSystem, CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_ComputerSystem_p_CreationClassName, "CIM_ComputerSystem");
	cim_set_str(a, i, CIM_ComputerSystem_p_Name, name);
	cim_set_str(a, i, CIM_ComputerSystem_p_ElementName, element_name);
	cim_set_uint(a, i, CIM_ComputerSystem_p_EnabledState, state->enabled);
	cim_set_uint(a, i, CIM_ComputerSystem_p_RequestedState, REQUESTED_NOT_APPLICABLE);
	cim_set_uint(a, i, CIM_ComputerSystem_p_TransitioningToState, REQUESTED_NOT_APPLICABLE);
	cim_set_uints(a, i, CIM_ComputerSystem_p_OperationalStatus, &state->status, 1);
	cim_set_uint(a, i, CIM_ComputerSystem_p_HealthState, state->health);
	return i;
}

const struct cim_instance *system_host(struct cim_op *op)
{
	static const struct state up = { STATE_ENABLED, STATUS_OK, HEALTH_UNKNOWN };
	const char *name = hv_host_name(op->cim->hv);

	return make(op->arena, name, name, &up);
}

struct cim_instance *system_of_vm(struct arena *a, const struct hv_vm *vm)
{
	struct cim_instance *i =
		make(a, arena_strdup(a, vm->uuid), arena_strdup(a, vm->name), state_of(vm));

	cim_set_str(a, i, CIM_ComputerSystem_p_NameFormat, "UUID");
	cim_set_str(a, i, CIM_ComputerSystem_p_Description, arena_strdup(a, vm->title));
	return i;
}

struct listing {
	struct hv_list list; /* first: done() gets the listing from it */
	void (*add)(struct cim_op *op, const struct cim_instance *i);
};

static void listed(struct hv_list *l)
{
	const struct listing *listing = (const struct listing *)l;
	struct cim_op *op = l->arg;

	if (l->err.code != ERR_NONE) {
		op->err = l->err;
	} else {
		/* The hypervisor answered just now: that much is known of its host, no more. */
		if (l->only == NULL || strcasecmp(l->only, hv_host_name(op->cim->hv)) == 0)
			listing->add(op, system_host(op));
		for (size_t i = 0; i < l->n; i++)
			listing->add(op, system_of_vm(op->arena, &l->vms[i]));
	}
	registry_done(op);
}

void system_each(struct cim_op *op, const char *only,
	void (*add)(struct cim_op *op, const struct cim_instance *i))
{
	struct listing *listing = arena_alloc(op->arena, sizeof *listing);
	struct hv_list *l = &listing->list;

	listing->add = add;
	l->arena = op->arena;
	l->only = only;
	l->deadline = op->req->deadline;
	l->done = listed;
	l->arg = op;
	hv_list_vms(op->cim->hv, l);
}

void system_enumerate(struct cim_op *op)
{
	system_each(op, NULL, registry_add);
}

void system_get(struct cim_op *op)
{
	const struct cim_key *name = cim_ref_key(op->ref, "Name");

	system_each(op, name != NULL ? name->text : NULL, registry_add);
}
