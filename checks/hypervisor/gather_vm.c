/* The virtual system on the source: state, configuration, jobs, what hangs on it. */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const enum fact of_the_vm[] = {
	FACT_VM_STATE,
	FACT_VM_JOB,
	FACT_VM_CONTROL,
	FACT_VM_CONFIG,
	FACT_VM_BLOCKJOBS,
	FACT_VM_SNAPSHOTS,
	FACT_VM_CHECKPOINTS,
	FACT_VM_SAVE_IMAGE,
	FACT_VM_DISK_FS,
	FACT_VM_NEXT,
	FACT_VM_DIRTY,
};

static void skip_vm(struct facts *f, const char *why)
{
	for (size_t i = 0; i < ARRAY_LEN(of_the_vm); i++)
		side_skip(f, of_the_vm[i], why);
}

static virDomainPtr find_vm(struct side *s)
{
	struct vm_facts *vm = &s->f->vm;
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	virDomainPtr dom;

	if (!s->f->vm_text || s->f->vm_is_host) {
		side_skip(s->f, FACT_VM, "no virtual system was named");
		return NULL;
	}
	if (!side_begin(s, FACT_VM, "looking for the virtual system"))
		return NULL;
	dom = side_find_domain(s->v, s->f->vm_text);
	if (!dom && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) {
		side_failed(s, FACT_VM);
		return NULL;
	}
	facts_set_known(s->f, FACT_VM);
	if (!dom)
		return NULL;
	virDomainGetUUIDString(dom, uuid);
	vm->uuid = arena_strdup(s->arena, uuid);
	vm->name = arena_strdup(s->arena, virDomainGetName(dom));
	return dom;
}

/* What is stored of a VM, since something last happened to it, for some minutes at most. */
struct kept_vm {
	unsigned revision;
	bool persistent, autostart;
	const struct vm_config *next; /* NULL: not asked for yet */
};

static const char *vm_key(struct side *s)
{
	return arena_printf(s->arena, "vm %s %lld", s->f->vm.uuid, side_period(s, EVENTS_AGE_MS));
}

static const struct kept_vm *kept_vm(struct side *s, virDomainPtr dom)
{
	struct box *b = cache_get(conn_inventory(s->conn), s->generation, vm_key(s));
	unsigned char uuid[VIR_UUID_BUFLEN];
	const struct kept_vm *k;

	if (!b)
		return NULL;
	box_keep(s->arena, b);
	k = b->value;
	virDomainGetUUID(dom, uuid);
	return events_touched(conn_events(s->conn), uuid, k->revision) ? NULL : k;
}

/* Takes b's reference. */
static void keep_vm(struct side *s, struct box *b, const struct kept_vm *k)
{
	struct kept_vm *copy = arena_alloc(b->arena, sizeof *copy);

	*copy = *k;
	b->value = copy;
	if (k->revision)
		cache_put(conn_inventory(s->conn), s->generation, vm_key(s), b);
	box_keep(s->arena, b);
}

/* Whether it is stored, and begins with the host. The latter changes without an event. */
static bool ask_stored(struct side *s, virDomainPtr dom)
{
	const struct kept_vm *kept = kept_vm(s, dom);
	struct kept_vm k = { .revision = events_revision(conn_events(s->conn), TOPIC_DOMAINS) };
	int persistent, autostart = 0;

	if (!kept) {
		if (!side_more(s, s->g->step) || (persistent = virDomainIsPersistent(dom)) < 0)
			return false;
		k.persistent = persistent;
		/* A transient domain has no autostart to ask for. */
		if (persistent && side_more(s, s->g->step))
			k.autostart = virDomainGetAutostart(dom, &autostart) == 0 && autostart;
		keep_vm(s, box_new(), &k);
		kept = &k;
	}
	s->f->vm.persistent = kept->persistent;
	s->f->vm.autostart = kept->autostart;
	return true;
}

static void ask_state(struct side *s, virDomainPtr dom)
{
	struct vm_facts *vm = &s->f->vm;

	if (!side_begin(s, FACT_VM_STATE, "reading the state of the virtual system"))
		return;
	if (virDomainGetState(dom, &vm->state, &vm->reason, 0) < 0 || !ask_stored(s, dom)) {
		side_failed(s, FACT_VM_STATE);
		return;
	}
	/* What runs has a number, which came with the domain. */
	vm->active = virDomainGetID(dom) != (unsigned)-1;
	facts_set_known(s->f, FACT_VM_STATE);
}

bool side_moves_running(const struct facts *f)
{
	bool hot = !f->settings || !f->settings->move || (f->settings->move & MOVE_HOT);

	return f->vm.active && (hot || !f->vm.persistent);
}

static unsigned xml_flags(const struct facts *f)
{
	return side_moves_running(f) ? 0 : VIR_DOMAIN_XML_INACTIVE;
}

static bool same_image(const struct vm_disk *a, const struct vm_disk *b)
{
	return a->target && b->target && strcmp(a->target, b->target) == 0 && a->source &&
	       b->source && strcmp(a->source, b->source) == 0;
}

/* What is stored of a disk does not name the images below it: they are those that the guest runs
 * with now, as long as the disk is the same. */
static void take_chains(struct vm_config *stored, const struct vm_config *live)
{
	for (size_t i = 0; i < stored->n_disks; i++) {
		struct vm_disk *d = &stored->disks[i];

		for (size_t k = 0; k < live->n_disks && !d->chain_known; k++) {
			const struct vm_disk *now = &live->disks[k];

			if (!same_image(d, now))
				continue;
			d->backing_formats = now->backing_formats;
			d->backing_sources = now->backing_sources;
			d->backing_veiled = now->backing_veiled;
			d->n_backing = now->n_backing;
			d->chain_known = now->chain_known;
		}
	}
}

static void ask_chains(struct side *s, virDomainPtr dom)
{
	struct facts *f = s->f;
	struct vm_config live;
	struct err e;
	char *text;

	if (!facts_known(f, FACT_VM_CONFIG) || !f->vm.active || side_moves_running(f) ||
		!f->settings || f->settings->move != MOVE_RESTART ||
		!side_more(s, "reading what the virtual system runs with"))
		return;
	text = virDomainGetXMLDesc(dom, 0);
	if (text && vxml_domain(text, s->arena, &live, &e) == 0)
		take_chains(&f->stored, &live);
	free(text);
}

static void ask_config(struct side *s, virDomainPtr dom)
{
	struct facts *f = s->f;
	struct err e;
	char *text;

	if (!facts_known(f, FACT_VM_STATE)) {
		side_skip(f, FACT_VM_CONFIG, "the state of the virtual system is not known");
		return;
	}
	if (!side_begin(s, FACT_VM_CONFIG, "reading the configuration of the virtual system"))
		return;
	text = virDomainGetXMLDesc(dom, xml_flags(f));
	if (!text) {
		side_failed(s, FACT_VM_CONFIG);
		return;
	}
	f->xml = arena_strdup(s->arena, text);
	free(text);
	if (vxml_domain(f->xml, s->arena, &f->stored, &e) < 0)
		facts_set_unknown(f, FACT_VM_CONFIG, arena_strdup(s->arena, e.text), NULL);
	else
		facts_set_known(f, FACT_VM_CONFIG);
}

static bool read_next(struct side *s, virDomainPtr dom, struct kept_vm *k)
{
	struct vm_config *next;
	struct box *b;
	struct err e = { 0 };
	char *text;

	if (!side_begin(s, FACT_VM_NEXT, "reading the stored configuration of the virtual system"))
		return false;
	text = virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_INACTIVE);
	if (!text) {
		side_failed(s, FACT_VM_NEXT);
		return false;
	}
	b = box_new();
	k->next = next = arena_alloc(b->arena, sizeof *next);
	if (vxml_domain(text, b->arena, next, &e) < 0)
		facts_set_unknown(s->f, FACT_VM_NEXT, arena_strdup(s->arena, e.text), NULL);
	free(text);
	if (e.text[0])
		box_unref(b);
	else
		keep_vm(s, b, k);
	return !e.text[0];
}

/* What a running VM is to become with its next start. */
static void ask_next(struct side *s, virDomainPtr dom)
{
	struct facts *f = s->f;
	const struct kept_vm *kept;
	struct kept_vm k = { .revision = events_revision(conn_events(s->conn), TOPIC_DOMAINS) };

	if (!facts_known(f, FACT_VM_CONFIG)) {
		side_skip(f, FACT_VM_NEXT, "the configuration of the virtual system is not known");
		return;
	}
	if (f->vm.active && f->vm.persistent && xml_flags(f) == 0) {
		kept = kept_vm(s, dom);
		k.persistent = true;
		k.autostart = f->vm.autostart;
		if (kept && kept->next)
			k.next = kept->next;
		else if (!read_next(s, dom, &k))
			return;
		f->next = *k.next;
	}
	facts_set_known(f, FACT_VM_NEXT);
}

static void read_job(struct vm_facts *vm, int type, virTypedParameterPtr params, int n)
{
	unsigned long long total = 0, processed = 0;
	int operation = 0;

	vm->has_job = type != VIR_DOMAIN_JOB_NONE;
	vm->job_type = type;
	virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	virTypedParamsGetULLong(params, n, VIR_DOMAIN_JOB_DATA_TOTAL, &total);
	virTypedParamsGetULLong(params, n, VIR_DOMAIN_JOB_DATA_PROCESSED, &processed);
	vm->job_operation = operation;
	if (total && processed <= total)
		vm->job_percent = (int)((double)processed * 100 / (double)total);
}

static void ask_job(struct side *s, virDomainPtr dom)
{
	virTypedParameterPtr params = NULL;
	int type = 0, n = 0;

	if (!side_begin(s, FACT_VM_JOB, "asking for jobs of the virtual system"))
		return;
	if (virDomainGetJobStats(dom, &type, &params, &n, 0) == 0) {
		read_job(&s->f->vm, type, params, n);
		facts_set_known(s->f, FACT_VM_JOB);
	} else if (!s->f->vm.active && virGetLastErrorCode() == VIR_ERR_OPERATION_INVALID) {
		facts_set_known(s->f, FACT_VM_JOB); /* what does not run has no job */
	} else {
		side_failed(s, FACT_VM_JOB);
	}
	virTypedParamsFree(params, n);
}

static void ask_control(struct side *s, virDomainPtr dom)
{
	virDomainControlInfo info = { 0 };

	if (!side_begin(s, FACT_VM_CONTROL, "asking whether the virtual system can be managed"))
		return;
	if (s->f->vm.active && virDomainGetControlInfo(dom, &info, 0) < 0) {
		side_failed(s, FACT_VM_CONTROL);
		return;
	}
	s->f->vm.control_state = (int)info.state;
	facts_set_known(s->f, FACT_VM_CONTROL);
}

static const char *blockjob_name(int type)
{
	static const char *const names[] = {
		[VIR_DOMAIN_BLOCK_JOB_TYPE_UNKNOWN] = "unknown",
		[VIR_DOMAIN_BLOCK_JOB_TYPE_PULL] = "pull",
		[VIR_DOMAIN_BLOCK_JOB_TYPE_COPY] = "copy",
		[VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT] = "commit",
		[VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT] = "active commit",
		[VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP] = "backup",
	};

	return type >= 0 && (size_t)type < ARRAY_LEN(names) ? names[type] : "unknown";
}

/* A mirror shows in the XML even where the driver cannot be asked for jobs. */
static bool ask_blockjob(
	struct side *s, virDomainPtr dom, const struct vm_disk *disk, struct blockjob **jobs)
{
	struct vm_facts *vm = &s->f->vm;
	virDomainBlockJobInfo info = { 0 };
	int r;

	if (disk->mirror) {
		*ARENA_PUSH(s->arena, *jobs, vm->n_blockjobs) =
			(struct blockjob){ disk->target, "copy" };
		return true;
	}
	if (!side_more(s, "asking for block jobs"))
		return false;
	r = virDomainGetBlockJobInfo(dom, disk->target, &info, 0);
	if (r > 0)
		*ARENA_PUSH(s->arena, *jobs, vm->n_blockjobs) =
			(struct blockjob){ disk->target, blockjob_name(info.type) };
	return r >= 0;
}

static void ask_blockjobs(struct side *s, virDomainPtr dom)
{
	const struct vm_config *config = &s->f->stored;
	struct blockjob *jobs = NULL;
	bool ok = true;

	if (!facts_known(s->f, FACT_VM_CONFIG)) {
		side_skip(s->f, FACT_VM_BLOCKJOBS, "the disks of the virtual system are not known");
		return;
	}
	for (size_t i = 0; s->f->vm.active && ok && i < config->n_disks; i++)
		if (config->disks[i].target && config->disks[i].source)
			ok = ask_blockjob(s, dom, &config->disks[i], &jobs);
	s->f->vm.blockjobs = jobs;
	if (ok || s->f->vm.n_blockjobs)
		facts_set_known(s->f, FACT_VM_BLOCKJOBS);
	else if (side_begin(s, FACT_VM_BLOCKJOBS, s->g->step))
		side_failed(s, FACT_VM_BLOCKJOBS);
}

static void ask_number(struct side *s, enum fact id, virDomainPtr dom, unsigned *out,
	int (*call)(virDomainPtr dom))
{
	int n;

	if (!side_begin(s, id, fact_text(id)))
		return;
	n = call(dom);
	if (n < 0) {
		side_failed(s, id);
		return;
	}
	*out = (unsigned)n;
	facts_set_known(s->f, id);
}

static int count_snapshots(virDomainPtr dom)
{
	return virDomainSnapshotNum(dom, 0);
}

static int count_checkpoints(virDomainPtr dom)
{
	return virDomainListAllCheckpoints(dom, NULL, 0);
}

static int has_save_image(virDomainPtr dom)
{
	return virDomainHasManagedSaveImage(dom, 0);
}

/* QEMU's last measurement that has ended. */
struct dirty {
	bool measured;
	uint64_t mib;
};

enum { DIRTY_AGE_MS = 60000 };

static void read_dirty(const virDomainStatsRecord *r, struct dirty *out)
{
	long long mib = 0;
	int status = VIR_DOMAIN_DIRTYRATE_UNSTARTED;

	virTypedParamsGetInt(r->params, r->nparams, "dirtyrate.calc_status", &status);
	out->measured = status == VIR_DOMAIN_DIRTYRATE_MEASURED &&
			virTypedParamsGetLLong(r->params, r->nparams,
				"dirtyrate.megabytes_per_second", &mib) == 1 &&
			mib >= 0;
	out->mib = out->measured ? (uint64_t)mib : 0;
}

/* NULL, and the group unknown, when it cannot be had. */
static struct box *ask_dirty(struct side *s, virDomainPtr dom)
{
	virDomainPtr one[] = { dom, NULL };
	virDomainStatsRecordPtr *records = NULL;
	struct box *b;
	int n;

	if (!side_begin(s, FACT_VM_DIRTY, "asking how fast the guest's memory changes"))
		return NULL;
	n = virDomainListGetStats(one, VIR_DOMAIN_STATS_DIRTYRATE, &records,
		VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
	if (n < 0) {
		side_failed(s, FACT_VM_DIRTY);
		return NULL;
	}
	b = box_new();
	b->value = arena_alloc(b->arena, sizeof(struct dirty));
	if (n > 0)
		read_dirty(records[0], b->value);
	virDomainStatsRecordListFree(records);
	return b;
}

/* Measuring takes a second at least and is a job of the guest's: what is known is read, at most
 * once in a minute. */
static void gather_dirty(struct side *s, virDomainPtr dom)
{
	bool live = s->f->settings && (s->f->settings->move & (MOVE_LIVE | MOVE_LIVE_COPY));
	const struct dirty *d;
	const char *key;
	struct box *b;

	if (!live || s->f->vm.state != VIR_DOMAIN_RUNNING) {
		facts_set_known(s->f, FACT_VM_DIRTY);
		return;
	}
	key = arena_printf(s->arena, "dirty %s %lld", s->f->vm.uuid, side_period(s, DIRTY_AGE_MS));
	b = cache_get(conn_inventory(s->conn), s->generation, key);
	if (!b) {
		b = ask_dirty(s, dom);
		if (!b)
			return;
		cache_put(conn_inventory(s->conn), s->generation, key, b);
	}
	box_keep(s->arena, b);
	d = b->value;
	s->f->vm.dirty_measured = d->measured;
	s->f->vm.dirty_mib = d->mib;
	facts_set_known(s->f, FACT_VM_DIRTY);
}

/* Which disk the guest was paused for. */
static void ask_io_error(struct side *s, virDomainPtr dom)
{
	struct vm_facts *vm = &s->f->vm;
	virDomainDiskError errors[32];
	int n;

	if (vm->state != VIR_DOMAIN_PAUSED || vm->reason != VIR_DOMAIN_PAUSED_IOERROR ||
		!side_more(s, "asking for disk errors"))
		return;
	n = virDomainGetDiskErrors(dom, errors, ARRAY_LEN(errors), 0);
	for (int i = 0; i < n; i++) {
		if (!vm->io_error)
			vm->io_error = arena_strdup(s->arena, errors[i].disk);
		free(errors[i].disk);
	}
}

/* What only a copy of the disks needs: how large they are. */
static void ask_disk_sizes(struct side *s, virDomainPtr dom)
{
	const struct vm_config *config = &s->f->config;
	virDomainBlockInfo info;

	if (!s->f->settings || s->f->settings->move != MOVE_LIVE_COPY)
		return;
	for (size_t i = 0; i < config->n_disks; i++) {
		if (!config->disks[i].target || !side_more(s, "reading the sizes of disks") ||
			virDomainGetBlockInfo(dom, config->disks[i].target, &info, 0) < 0)
			continue;
		s->f->disks_here[i].capacity = info.capacity;
		s->f->disks_here[i].allocation = info.allocation;
	}
}

static void ask_the_rest(struct side *s, virDomainPtr dom)
{
	struct vm_facts *vm = &s->f->vm;
	unsigned saved = 0;

	ask_job(s, dom);
	ask_control(s, dom);
	ask_blockjobs(s, dom);
	ask_next(s, dom);
	ask_number(s, FACT_VM_SNAPSHOTS, dom, &vm->snapshots, count_snapshots);
	ask_number(s, FACT_VM_CHECKPOINTS, dom, &vm->checkpoints, count_checkpoints);
	ask_number(s, FACT_VM_SAVE_IMAGE, dom, &saved, has_save_image);
	vm->save_image = saved != 0;
	ask_io_error(s, dom);
	gather_dirty(s, dom);
	if (!facts_known(s->f, FACT_VM_CONFIG)) {
		side_skip(s->f, FACT_VM_DISK_FS, "the disks of the virtual system are not known");
		return;
	}
	ask_disk_sizes(s, dom);
	gather_vm_disks(s);
	gather_networks_here(s);
}

void gather_vm(struct side *s, void (*configured)(struct side *s))
{
	auto_dom virDomainPtr dom = NULL;
	/* Named before anything is asked, for facts whose call this driver lacks. */
	const char *type = virConnectGetType(s->v);

	s->driver = type && strcasecmp(type, "test") == 0 ? "Test" : arena_strdup(s->arena, type);
	dom = find_vm(s);
	if (!dom) {
		skip_vm(s->f, facts_known(s->f, FACT_VM)
				      ? "there is no such virtual system"
				      : "the virtual system could not be asked for");
		configured(s);
		return;
	}
	ask_state(s, dom);
	ask_config(s, dom);
	ask_chains(s, dom);
	configured(s);
	ask_the_rest(s, dom);
}
