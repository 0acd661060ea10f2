/*
 * Hypervisors: connections to libvirt, and the facts that a check needs of both sides.
 *
 * One thread runs libvirt's default event loop (registered before the first connection is
 * opened); its callbacks only enqueue. Each connection has one queue and a few threads of its
 * own: a libvirt call cannot be cancelled, so a call that overstays keeps its thread, counted
 * (COUNT_HV_STUCK), and nobody else waits for it. Connections are kept, watched by keepalive,
 * and opened again when lost; an idle destination is closed after a while.
 *
 * How old a fact may be:
 *
 *	live		state, running configuration, jobs, block jobs, snapshots, checkpoints, save
 *			image; of the target: its list of domains, active networks, volumes, secrets,
 *			filters, devices, free memory and pages, and what a kind of guest may have; and
 *			that anything is absent
 *	by events	what the target's domains use (MACs, ports, CIDs), what networks and pools
 *			are, whether the VM is stored and as what; at most five minutes old
 *	some minutes	autostart, CPUs and size of a host, what names resolve to; capabilities, that a
 *			CPU fits, and whether there are hooks: at most five
 *	a minute	the last measurement of how fast the guest changes its memory; which
 *			interface has the address that is sent from (that it is up, its speed and
 *			the route are live)
 *	cached		limits, names, versions, which calls a driver lacks, and which process the
 *			source's daemon is: until the connection is opened again
 *
 * A gather between open connections makes at most 10 calls, 2 for each disk and 2 for each
 * interface, for a VM that has nothing out of the ordinary.
 *
 * All functions may be called from any thread.
 */
#ifndef VSMIGD_HV_HV_H
#define VSMIGD_HV_HV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/facts.h"
#include "daemon/base/err.h"
#include "daemon/base/timer.h"

struct hv;

struct hv_host { /* a [hosts] row with its [host NAME] section */
	const char *name, *uri;
	bool maintenance;
	unsigned max_migrations;
};

struct hv_config {
	const char *source_uri;
	const char *source_name; /* NULL or "": what libvirt says */
	const char *uri_template; /* with one {host}; IPv6 is bracketed by us */
	const char *const
		*allow; /* patterns (fnmatch on names) and networks (CIDR); none: only hosts */
	size_t n_allow;
	const struct hv_host *hosts;
	size_t n_hosts;
	const char *pki_path, *auth_file; /* NULL or "": libvirt's own */
	unsigned threads_per_connection; /* 4 */
	unsigned max_connections; /* destinations open at once */
	int64_t idle_ms; /* a destination unused for so long is closed */
};

/* Starts libvirt and the event loop; once per process, before hv_new. */
int hv_global_init(struct err *e);
/* Copies c. Starts opening the source in the background: a source that is down is not an error. */
struct hv *hv_new(const struct hv_config *c, struct timers *timers, struct err *e);
/* Reload: hosts, template, allow, limits. Connections whose URI stays are kept. The source's URI
 * cannot change: -ERR_CONFIG. */
int hv_set_config(struct hv *hv, const struct hv_config *c, struct err *e);
/*
 * Closes the connections and joins threads, but waits for none that is stuck in a call past
 * `deadline`; returns how many such there are (the process should then end by _exit).
 */
size_t hv_free(struct hv *hv, int64_t deadline);

/* The host name of the service: [source] name, else libvirt's once known, else gethostname's.
 * The text lives as long as hv. */
const char *hv_host_name(struct hv *hv);
/* A migration-capable type, by a table over virConnectGetType: "QEMU", "Xen", "Test" (for the
 * demo) ...; false: code 1. */
bool hv_type_migrates(const char *type);

struct hv_vm {
	const char *uuid, *name, *title;
	int state, reason; /* virDomainState */
	bool persistent, save_image;
};

/*
 * Lists all domains of the source, or the one whose UUID (any case) or name is `only`.
 * done gets them in the arena of the caller's choice; it is called exactly once, from any
 * thread, with -ERR_UNAVAILABLE, -ERR_TIMEOUT (at the deadline, even when libvirt still hangs)
 * or -ERR_IO in e on failure. `only` not found: 0 vms, no error. The arena must stay valid until
 * done is called, and is used by nobody else meanwhile.
 */
struct hv_list {
	struct arena *arena;
	const char *only;
	int64_t deadline;
	void (*done)(struct hv_list *l);
	void *arg;
	struct hv_vm *vms;
	size_t n;
	struct err err;
};
void hv_list_vms(struct hv *hv, struct hv_list *l);

/* The destinations known by name, for the tool and the audit: [hosts] rows. In arena. */
const struct hv_host *hv_hosts(struct hv *hv, struct arena *a, size_t *n);

/*
 * A libvirt URI as it may be shown, in the arena: without the user, who may come with a
 * password, and without parameters, which name key files and programs.
 */
const char *hv_public_uri(struct arena *a, const char *uri);

/*
 * Gathers facts. The struct and the facts stay valid until done is called, which may be long
 * after the deadline when a hypervisor hangs: the engine answers at the deadline by itself and
 * leaves the gather to end alone. The source and the destination are asked concurrently; what
 * depends on the VM's configuration is asked of the destination after prepare.
 */
struct hv_gather {
	struct facts *facts; /* inputs set */
	int64_t deadline; /* no new libvirt call is begun past it */
	/* Called on a hypervisor thread when facts.stored is known: sets facts.config. */
	void (*prepare)(struct hv_gather *g);
	void (*done)(struct hv_gather *g); /* exactly once, any thread */
	struct hv_source *source; /* the source's half, asked for several; NULL: for this one */
	void *arg;
	_Atomic bool
		source_told; /* all that the source tells is in the facts, and stays as it is */
	/* Static text: what the source, and what the target is being waited for. */
	_Atomic(const char *) step, target_step;
};
void hv_gather_start(struct hv *hv, struct hv_gather *g);
/* What is being waited for, or was last. Not once the facts are freed. */
const char *hv_gather_step(struct hv_gather *g);

/*
 * The source's half of several gathers: asked once, for one virtual system and one set of
 * settings; begun or ended, it can be the `source` of any gather of the same, which then asks
 * its destination only. `like` has the inputs, deadline, prepare and arg; done is not
 * called. Its facts belong to the half from now on, with all that is deferred to their arena.
 * One reference for the caller; every gather's facts keep one of their own.
 */
struct hv_source *hv_source_start(struct hv *hv, const struct hv_gather *like);
void hv_source_unref(struct hv_source *s);
/* How many destinations can be open at once. */
size_t hv_max_destinations(struct hv *hv);
/* Whether one more can be opened now; another may be quicker. */
bool hv_has_room(struct hv *hv);

#endif
