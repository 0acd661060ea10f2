/*
 * One half of a gather: who is asked (the source or the destination), and how what came back, or
 * did not, becomes a known or an unknown fact.
 *
 *	if (!side_begin(s, FACT_VM_SNAPSHOTS, "counting snapshots"))
 *		return;
 *	n = virDomainSnapshotNum(dom, 0);
 *	if (n < 0)
 *		side_failed(s, FACT_VM_SNAPSHOTS);
 *
 * A side is used by one thread at a time.
 */
#ifndef VSMIGD_HV_SIDE_H
#define VSMIGD_HV_SIDE_H

#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/virt.h"

struct side {
	struct hv *hv;
	struct hv_gather *g;
	struct facts *f;
	struct arena *arena; /* what this side tells lives here */
	struct host_facts *host;
	struct conn *conn;
	virConnectPtr v;
	unsigned generation;
	const char *uri; /* as opened */
	const char *driver; /* "QEMU", "Test": for facts whose call is missing */
	bool lost; /* the connection broke */
	const char *missing; /* the call that this driver lacks, since side_begin */
};

/* Begins a group: false, and the group unknown, when the deadline passed, the connection is lost,
 * or its driver lacked the call before. Counts one call. */
bool side_begin(struct side *s, enum fact id, const char *step);
/* The same for a further call of a group; false leaves the group alone. */
bool side_more(struct side *s, const char *step);
/* The group is unknown for libvirt's last error. */
void side_failed(struct side *s, enum fact id);
/* The group is known, unless some call of it was missing. */
void side_end(struct side *s, enum fact id);
/* The group is unknown because something more basic is. why is static or in an arena of f. */
void side_skip(struct facts *f, enum fact id, const char *why);

/*
 * What was read of a topic and holds since its last event; NULL: it must be asked for. *key is for
 * side_keep then, NULL when nothing may be kept. The box is kept by the side's arena.
 */
struct box *side_kept(struct side *s, enum topic t, const char *name, const char **key);
void side_keep(struct side *s, const char *key, struct box *b);
/* Which of the periods of so many milliseconds it is since the connection was opened: as part of a key,
 * it lets what was kept in one be asked for anew in the next. */
long long side_period(struct side *s, int64_t ms);
/* The key of what is asked for anew every few minutes, for it changes without an event. */
const char *side_aged(struct side *s, const char *name);

/* Why nothing more can be asked, static; NULL: it can. */
const char *side_late(const struct side *s);
/* libvirt's last error in the arena. */
const char *side_error(struct side *s);
/*
 * What a lookup says: found, or not there (the last error is `absent`), or unknown with *why.
 * Notes a missing call for side_end.
 */
enum tri side_tri(struct side *s, bool found, int absent, const char **why);

/* A domain by UUID (any case) or name; NULL with VIR_ERR_NO_DOMAIN as the last error when there
 * is none. */
virDomainPtr side_find_domain(virConnectPtr v, const char *text);
bool side_is_test(const struct side *s);
/*
 * What would run on the target: a live move takes the running guest along, as it is; the others
 * start it anew there, from its stored configuration when it has one.
 */
bool side_moves_running(const struct facts *f);

/* The parts of a gather; each leaves every group of its own known or unknown. */
void gather_host(struct side *s, enum fact host_id, enum fact caps_id);
void gather_vm(struct side *s, void (*configured)(struct side *s));
void gather_vm_disks(struct side *s);
void gather_networks_here(struct side *s);
void gather_capacity(struct side *s);
void gather_addresses(struct side *s);
void gather_domcaps(struct side *s);
void gather_cpu(struct side *s);
void gather_storage(struct side *s);
void gather_secrets(struct side *s);
void gather_networks(struct side *s);
void gather_bridges(struct side *s);
void gather_nwfilters(struct side *s);
void gather_domains(struct side *s);
void gather_devices(struct side *s);
void gather_pages(struct side *s);
void gather_listen(struct side *s);
void gather_paths(struct side *s);

/* Whether libvirt's name of a node device is that of the network device ("br0"). */
bool side_names_device(const char *node, const char *device);
/* Where QEMU's own files are, as packages lay them out; NULL ends it. */
extern const char *const side_data_folders[];
/* Whether the path is there on the target; UNKNOWN where its driver is another than QEMU's. */
enum tri side_path(struct side *s, const char *path);

/* A storage pool as seen on one side. */
struct pool_seen {
	const char *name, *type, *target, *format;
	const char *host, *source; /* where it comes from; NULL: nowhere else */
	bool active;
};
/* All pools, inactive ones too, as they were since the last event; NULL with *why when they cannot be listed. */
const struct pool_seen *side_pools(struct side *s, size_t *n, const char **why);
/* The active pool of files whose target directory holds path; NULL when there is none. */
const struct pool_seen *side_pool_of(const struct pool_seen *pools, size_t n, const char *path);

#endif
