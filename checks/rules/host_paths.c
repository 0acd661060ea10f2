/*
 * Files that the guest names and that are no disks. That one is there does not say that QEMU may
 * use it. Devices and memory have rules of their own.
 */
#include "checks/rules/rules.h"

static bool of_others(const struct vm_path *p)
{
	return p->kind == PATH_DEVICE || p->kind == PATH_MEMORY;
}

static bool applies(const struct vm_config *vm)
{
	for (size_t i = 0; i < vm->n_paths; i++)
		if (!of_others(&vm->paths[i]))
			return true;
	return false;
}

static void one(const struct vm_path *p, enum tri there, struct findings *out)
{
	if (there == TRI_NO)
		finding_detail(out, finding_add(out, VSM4116, p->path, p->user), p->user,
			p->kind == PATH_FOLDER ? "it cannot be made there" : "absent", p->path);
	else
		finding_unknown(out,
			arena_printf(out->arena,
				"whether %s can be used on the target host, for %s", p->path,
				p->user),
			NULL,
			there == TRI_YES ? "it is there, but libvirt does not show who may use it"
					 : "libvirt shows no files but those of storage pools");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	(void)c;
	for (size_t i = 0; i < f->config.n_paths; i++) {
		const struct vm_path *p = &f->config.paths[i];

		if (!of_others(p) && !rule_shown(f, p->path) && !rule_may_open(f, p->path))
			one(p, f->paths_there ? f->paths_there[i] : TRI_UNKNOWN, out);
	}
}

const struct rule rule_host_paths = {
	.name = "host-paths",
	.what = "whether the files that the guest names are there on the target host",
	.moves = MOVE_ANY & ~MOVE_OFFLINE,
	.applies = applies,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
