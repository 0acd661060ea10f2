#include "checks/rules/rules.h"

/* Each state: what it is called, and the reason why a VM in it cannot move while it runs. */
static const struct {
	const char *name;
	enum reason_id hot;
} states[VM_STATE_COUNT] = {
	[VM_NOSTATE] = { "in no known state", REASON_NONE },
	[VM_RUNNING] = { "running", REASON_NONE },
	[VM_BLOCKED] = { "running", REASON_NONE },
	[VM_PAUSED] = { "paused", REASON_NONE },
	[VM_SHUTDOWN] = { "shutting down", VSM2006 },
	[VM_SHUTOFF] = { "shut off", VSM2001 },
	[VM_CRASHED] = { "crashed", VSM2005 },
	[VM_PMSUSPENDED] = { "suspended by the guest", VSM2001 },
};

static bool in_postcopy(const struct vm_facts *vm)
{
	if (vm->state == VM_PAUSED)
		return vm->reason == PAUSED_POSTCOPY || vm->reason == PAUSED_POSTCOPY_FAILED;
	return vm->state == VM_RUNNING &&
	       (vm->reason == RUNNING_POSTCOPY || vm->reason == RUNNING_POSTCOPY_FAILED);
}

static struct finding *add_state(const struct facts *f, struct findings *out, enum reason_id id,
	const char *state, const char *needed)
{
	struct finding *found = id == VSM2001 ? finding_add(out, id, rule_vm(f), state,
							move_name(f->settings->move), needed)
					      : finding_add(out, id, rule_vm(f), state);

	return finding_detail(out, found, NULL, state, needed);
}

static void not_to_move(const struct facts *f, const struct check_config *c, struct findings *out,
	enum vm_state state)
{
	struct finding *found =
		add_state(f, out, states[state].hot, states[state].name, "running or paused");

	/* libvirt moves what is left of a guest that crashed, and lets it run. */
	if (state == VM_CRASHED)
		rule_policy(found, c->refuse_crashed);
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_facts *vm = &f->vm;
	unsigned state =
		vm->state >= 0 && vm->state < VM_STATE_COUNT ? (unsigned)vm->state : VM_NOSTATE;
	bool hot = f->settings->move & MOVE_HOT;

	if (in_postcopy(vm))
		add_state(f, out, VSM2007, "in post-copy", "running");
	if (hot && !vm->active)
		add_state(f, out, VSM2001, states[VM_SHUTOFF].name, "running or paused");
	else if (hot && states[state].hot != REASON_NONE)
		not_to_move(f, c, out, state);
	/* There is nothing to shut down; it is the offline move that takes a VM that is off. */
	if (f->settings->move == MOVE_RESTART && !vm->active)
		add_state(f, out, VSM2001, states[VM_SHUTOFF].name, "active");
	/* libvirt would define the VM on the target and leave it running here: on both hosts. */
	if (f->settings->move == MOVE_OFFLINE && vm->active)
		rule_policy(add_state(f, out, VSM2001, states[state].name, "shut off"),
			c->refuse_running_offline);
	if (hot && vm->active && state == VM_PAUSED && vm->reason != PAUSED_IOERROR)
		finding_add(out, VSM5025, NULL);
}

const struct rule rule_state = {
	.name = "state",
	.what = "whether the state of the virtual system allows the move",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_STATE),
	.run = run,
};
