/* What the files of the probe share. */
#ifndef VSMIGD_HV_PROBE_INNER_H
#define VSMIGD_HV_PROBE_INNER_H

#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/probe.h"
#include "checks/hypervisor/scout.h"
#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/virt.h"

enum {
	PROBE_NAMES = 8, /* twins of one source host on one destination at a time */
	PROBE_EXPIRES_S = 1800,
	PROBE_SWEEP_MS = 20000, /* an attempt to sweep may take */
	PROBE_SWEEP_AGAIN_MS = 2000,
	PROBE_SWEEPS = 300,
	PROBE_FAR_MAX = 4,
	PROBE_SCOUTS = 4, /* under way at a time */
	PROBE_SIZES = 64, /* files whose size is looked at */
};

struct probes;

/* Of an hv; connections come and go below it. */
struct probes *probes_new(struct conn_env *env);
/* Nothing is begun any more; what waits is answered. */
void probes_close(struct probes *ps);
/* When no thread of the connections is left. */
void probes_free(struct probes *ps);
/* A gather has met this connection: what is left there of ours, of the source host with this UUID,
 * is swept, once for each time that the connection is opened. */
void probes_met(struct probes *ps, struct conn *conn, unsigned generation, const char *host);

/* This process among all that ever ran on this host. */
const char *probe_instance(void);
/* Whether the process with that instance, of this host, may still be there. */
bool probe_instance_lives(const char *instance);

/* UUIDs of twins that this process has out. */
void probes_live(struct probes *ps, const char *uuid, bool live);
bool probes_is_live(struct probes *ps, const char *uuid);

/* Destroys what is ours or has expired; false when that could not be done. */
bool probe_sweep(struct probes *ps, virConnectPtr v, const char *host);

/* What a twin's name and metadata say; it lives as long as the texts. */
struct twin_id probe_identity(const char *name, const char *uuid, const char *host);
/* One that no twin of this host has there, nor over the other connection, which may be NULL: the at-th, from
 * the from-th on. NULL: all are taken. */
const char *probe_free_name(
	virConnectPtr v, virConnectPtr other, const char *host, struct arena *a, int from, int *at);
/* libvirt's error says that somebody else has just taken the name. */
bool probe_name_clashed(const char *text);
/* There are twins, whosesoever. */
bool probe_others(virConnectPtr v);
/* False: it may be there still. */
bool probe_destroy(virDomainPtr dom);
bool probe_starting(virDomainPtr dom);

/* What came of starting a twin. */
struct probe_result {
	enum tri started; /* UNKNOWN: text says why that is not known */
	int code;
	enum probe_cause cause;
	char text[1024];
	bool far; /* all that the VM connects to on its own host is there */
	enum tri images; /* QEMU can use those of the disks; UNKNOWN: images_text says why */
	char images_text[512];
	enum tri secrets; /* libvirt has those of encrypted disks */
	int64_t took_ms;
	uint64_t sizes[PROBE_SIZES]; /* of the first paths, where the twin started */
	size_t may_open; /* as in probe_facts */
	enum tri gives;
	bool left; /* the twin, or what became of the call, is out of our hands */
};

/* Starts the twin, and destroys it; covers: whose paths' sizes are asked for, or NULL. Blocks as
 * long as libvirt does. */
void probe_try(struct probes *ps, virConnectPtr v, const char *host, xmlDoc *twin,
	const struct probe_facts *covers, struct probe_result *out);

/* Likewise a twin beside the first, whose result is *r: *out gets what both have in common, the time
 * and whether anything was left. */
void probe_another(struct probes *ps, virConnectPtr v, const char *host, xmlDoc *twin,
	struct probe_result *r, struct probe_result *out);

/* All twins of one probe; zeroed, there are none. */
struct probe_twins {
	xmlDoc *twin, *images, *secrets; /* the latter two may be NULL */
	xmlDoc *whole; /* twin_whole(), or NULL */
	struct twin_far far[PROBE_FAR_MAX];
	size_t n_far;
	struct twin_owner owner;
	bool all_far; /* there are no more */
	const char *
		*given; /* images that the VM is given anew, and that are none of its disks' now */
	size_t n_given;
};

/* Those of f's VM, and what they cover. Returns their text, by which equal probes are known, in `a`;
 * NULL: there can be none. */
const char *probe_twins_make(struct probe_twins *t, const struct facts *f, struct arena *a,
	struct probe_facts *covers, struct err *e);
void probe_twins_clear(struct probe_twins *t);
/* Starts one after the other, on the target. Blocks as long as libvirt does. */
void probe_twins_try(const struct probe_twins *t, struct probes *ps, virConnectPtr v,
	const char *host, const struct probe_facts *covers, struct probe_result *out);
/* What came of them, in `a`; what they cover is left as it is. */
void probe_twins_tell(const struct probe_twins *t, const struct probe_result *r, struct arena *a,
	struct probe_facts *out);

/* Whether QEMU may open what it opens by itself: may_open and gives of *out. Where it may not, *out
 * becomes that of a twin that did not start, else it is added to. whole: of twin_whole(), or zeroed; if it
 * tells, no other is asked. */
void probe_owner(const struct twin_owner *owner, const struct probe_result *whole,
	struct probes *ps, virConnectPtr v, const char *host, struct probe_result *out);

/* QEMU, older or built with less than what we know of, does not know the arguments that it was asked
 * with: that says nothing of the VM. */
bool probe_not_understood(const char *text);

/* Takes the environment of a hook, which nobody wants to read, out of libvirt's words. */
void probe_shorten(char *text);
/* What libvirt's error says of a twin that did not start. */
enum probe_cause probe_cause_of(int code, const char *text);

#endif
