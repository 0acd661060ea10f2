/*
 * QEMU on the target may be another user than on the source. Libvirt gives that user the guest's disks,
 * unless a disk's configuration or the target's says that it keeps its owner; the latter no API shows.
 * A live move that meets such a disk fails at its very end, when the guest is to go on over there.
 */
#include "checks/rules/rules.h"

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source)
			return true;
	return false;
}

static const char *another(const struct facts *f, size_t i)
{
	if (facts_keeps_owner(f, i))
		return "QEMU may run as another user there, and the disk keeps its owner";
	if (rule_copied(f, i))
		return "QEMU runs as another user there, and libvirt does not show whether it "
		       "gives "
		       "that user the copy";
	return "QEMU runs as another user there, and libvirt does not show whether it gives that "
	       "user "
	       "the disk";
}

/* Why it cannot be told; NULL: it may use it, or it is the same user. */
static const char *doubt(const struct facts *f, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];
	bool kept = facts_keeps_owner(f, i);

	if (facts_owner_matters(f, i))
		return rule_may_open(f, facts_disk_path(f, i)) ||
				       (!kept && f->probe.gives == TRI_YES)
			       ? NULL
			       : another(f, i);
	/* The owner that it has now is not the one that it has then. */
	if (f->settings->move == MOVE_RESTART && !kept && f->probe.gives == TRI_NO &&
		!rule_is(d->type, "network"))
		return "libvirt gives it to nobody there, and the source may take it back from the "
		       "guest "
		       "that ends";
	return NULL;
}

/* Libvirt makes the copy as root's, of mode 0600, and goes on to give it to nobody. */
static bool copy_of_root(const struct facts *f, size_t i, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[i];
	const char *user = facts_user(f, &f->dst);
	struct finding *found;

	if (!user || facts_user_is_root(f) || !rule_copied(f, i) ||
		f->disks_there[i].exists != TRI_NO ||
		!(facts_keeps_owner(f, i) || f->probe.gives == TRI_NO))
		return false;
	found = finding_add(out, VSM4901,
		arena_printf(out->arena,
			"libvirt makes the copy of disk %s as root's and gives it to nobody there, "
			"so "
			"QEMU, as user %s, may not write it",
			rule_name(d->target), user));
	finding_detail(out, found, arena_printf(out->arena, "disk %s", rule_name(d->target)),
		"a copy that is root's",
		arena_printf(out->arena, "a copy that user %s may write", user));
	found->remedy = arena_printf(out->arena,
		"Make an image of the same size and format at %s on the target, which QEMU's user "
		"may write, and set AllowOverwriteExistingFile; or let libvirt give it away: "
		"dynamic_ownership = 1 in /etc/libvirt/qemu.conf there, and no <seclabel "
		"model='dac'> "
		"with relabel='no' in the configuration.",
		d->source);
	return true;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];
		const char *why = d->source ? doubt(f, i) : NULL;

		if (!copy_of_root(f, i, out) && why)
			finding_unknown(out,
				arena_printf(out->arena,
					"whether QEMU may %s disk %s on the target host",
					d->readonly ? "read" : "write", rule_name(d->target)),
				NULL, why);
	}
}

const struct rule rule_disk_owner = {
	.name = "disk-owner",
	.what = "whether QEMU may use the disks on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_CAPS) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
