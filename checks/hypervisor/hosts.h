/*
 * Destinations: from what a client calls a host to the libvirt URI that is opened.
 *
 * What a client wrote reaches a URI only as the {host} of the configured template, and only when
 * it is a plain DNS name or an address: in a URI, "h/system?command=..." would run a program as
 * the daemon. A set of hosts never changes; a reload makes another one.
 */
#ifndef VSMIGD_HV_HOSTS_H
#define VSMIGD_HV_HOSTS_H

#include "checks/hypervisor/hv.h"

struct hosts;

/* Copies what of c concerns destinations; -ERR_CONFIG when a URI, pattern or network is no such
 * thing. The caller has one reference. */
int hosts_new(const struct hv_config *c, struct hosts **out, struct err *e);
struct hosts *hosts_ref(struct hosts *h);
void hosts_unref(struct hosts *h);

struct destination {
	enum access access; /* ACCESS_OPEN: may be contacted; else ACCESS_NOT_ALLOWED */
	const char *text; /* a sentence when it may not */
	const char *uri; /* as configured: see hv_public_uri before it is shown */
	const char *open_uri; /* with the paths of keys and passwords */
	bool maintenance;
	unsigned max_migrations;
};

/* What `name` means; text in a. */
void hosts_find(const struct hosts *h, const char *name, struct arena *a, struct destination *out);
/* uri with pkipath and authfile where they mean something. In a. */
const char *hosts_open_uri(const struct hosts *h, struct arena *a, const char *uri);
/* The rows of [hosts], as long as h lives. */
const struct hv_host *hosts_rows(const struct hosts *h, size_t *n);

#endif
