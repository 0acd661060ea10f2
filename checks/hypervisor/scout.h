/*
 * The scout: a guest with nothing in it, moved to the target host the way the virtual system would
 * be. It shows what libvirt and QEMU tell only when a migration begins: whether each host takes one
 * without TLS, a port is left for it, the hooks let it in, both ends have credentials that the other
 * accepts, and the data get from one QEMU to the other.
 *
 * When disks are to be copied a second one follows it, with a disk of nothing, for which libvirt takes
 * another port of the target's, and the source's QEMU connects there. The disk is a file of /proc that
 * every QEMU has of its own, may open for writing, and that holds nothing to read or write. It goes only
 * where the first got through: a QEMU whose connection for a disk is not answered lets everybody wait
 * who asks for its statistics, libvirt among them.
 *
 * It has no memory to speak of, no disk else and no network, is paused from the beginning to the end, and is
 * destroyed wherever it is then. On the source it cannot be with autodestroy, for libvirt migrates
 * none that is: what a daemon that is killed leaves there, the guard takes away (guard.h).
 *
 * QEMU itself connects to QEMU (VIR_MIGRATE_PARALLEL), where else libvirt would: libvirt's own
 * attempt, at an address that swallows it, cannot be ended for two minutes, and whoever asks for the
 * guest's statistics meanwhile hangs along with it. QEMU's ends when it is destroyed. Some versions of
 * QEMU fail in this way by TLS: once it is known that they connect, libvirt's own is tried too.
 *
 * Where the target's libvirt has a hook, that is asked about the virtual system's own name too, without
 * anything of that name coming into being: when the scout has arrived, a second one with its UUID sets
 * out for the target, to be of that name there. Libvirt asks the hook first, and then refuses it, for
 * this UUID has another name there already.
 */
#ifndef VSMIGD_HV_SCOUT_H
#define VSMIGD_HV_SCOUT_H

#include <libxml/tree.h>

#include "checks/facts.h"
#include "checks/hypervisor/conn_env.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/err.h"

struct probes;

enum {
	SCOUT_ADDRESSES = 4, /* of DestinationIPAddressList that are tried */
	/* Without a byte more, from when the target waits for them: resolvers take 5 s for each server that
	 * does not answer. */
	SCOUT_SILENT_MS = 12000,
	SCOUT_STILL_MS = 5000, /* likewise, once some have gone */
	SCOUT_SILENT_LEAST_MS = 4000,
	SCOUT_BEGUN_MS = 1000, /* from then, of one whose data need not get there */
	SCOUT_COPY_MS =
		6000, /* likewise, of the second; SCOUT_SILENT_MS where the hosts are slow */
	SCOUT_COPY_LEAST_MS = 3000, /* that there must be, to try the second */
	SCOUT_HOOK_LEAST_MS = 2000, /* likewise, to ask a hook by name */
	SCOUT_RESERVE_MS = 700, /* to end it, before the asker's deadline */
	SCOUT_MOVE_MS = 25000, /* at all */
};

/* Zeroed, there is none. */
struct scout {
	xmlDoc *twin;
	xmlDoc *copied; /* likewise, with a disk; NULL: none are copied, or there can be none */
	unsigned flags;
	bool data; /* they must get there; else it is enough that both hosts let it begin */
	const char *as; /* the name that a hook over there is asked about; NULL: none is */
	const char *tls_name; /* whose the target's certificate must be; NULL: the address's */
	/* Where the data may go, in the order they are tried. */
	const char *addresses[SCOUT_ADDRESSES];
	size_t n_addresses; /* 0: where libvirt sends them */
};

/* One for f's VM and settings. Returns its text, by which equal scouts are known, in `a`; NULL: there can
 * be none. */
const char *scout_make(struct scout *s, const struct facts *f, struct arena *a, struct err *e);
void scout_clear(struct scout *s);

/* Where it goes; the URIs are for the guard. */
struct scout_route {
	struct probes *ps;
	struct conn_env *env;
	const char *host; /* UUID of the source host */
	virConnectPtr from, to;
	const char *from_uri, *to_uri;
	int64_t until; /* no further address is tried after */
	/* What came of it is known, and is not a yes; to take it away may last. Once or more often. */
	void (*decided)(void *arg);
	void *arg;
};

struct scout_result {
	enum tri through; /* UNKNOWN: text says why */
	enum way_cause cause;
	char text[1024];
	enum tri named; /* what the hook says to the scout's `as` */
	enum tri copies; /* a disk gets there too; UNKNOWN: copies_text says why */
	char copies_text[512];
	struct {
		enum tri there, reached;
		char why[256]; /* it is not reached, because */
	} addresses[SCOUT_ADDRESSES];
	int64_t took_ms;
	bool left_here, left_there; /* what became of it is out of our hands */
};

/* Moves it, and destroys it. Blocks: as long as libvirt does to start it, and then SCOUT_MOVE_MS for each
 * address; by TLS, or with a disk, twice that. *out is right when it returns, and in route->decided. */
void scout_try(const struct scout *s, const struct scout_route *route, struct scout_result *out);
/* What came of it, in `a`, for the VM that f is about. */
void scout_tell(const struct scout *s, const struct scout_result *r, const struct facts *f,
	struct arena *a, struct way_facts *out);

/* What libvirt's error says of a migration that did not get through. */
enum way_cause scout_cause_of(int code, const char *text);

#endif
