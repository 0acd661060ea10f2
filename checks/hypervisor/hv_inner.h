/*
 * What the files of checks/hypervisor share of struct hv.
 */
#ifndef VSMIGD_HV_INNER_H
#define VSMIGD_HV_INNER_H

#include "checks/hypervisor/conn.h"
#include "checks/hypervisor/hosts.h"
#include "checks/hypervisor/hv.h"

struct hv {
	struct conn_env env;
	struct conn *source;
	char *source_uri;
	struct probes *probes;

	pthread_mutex_t lock; /* of all below */
	struct arena *names; /* keeps every host name ever told */
	const char *given_name, *learned_name, *own_name;
	struct hosts *hosts;
	struct conn **destinations;
	size_t n_destinations, max_destinations;
};

/* Libvirt alone, which says nothing by itself; part of hv_global_init. False: its last error says why. */
bool hv_libvirt_init(void);
/* The connection of a destination, made when there is none yet; a reference for the caller.
 * NULL when there are too many and none of them is idle. */
struct conn *hv_destination(struct hv *hv, const char *open_uri);
/* The configured destinations; a reference for the caller. */
struct hosts *hv_hosts_ref(struct hv *hv);
/* libvirt's name of the source, when it is first known. */
void hv_learn_name(struct hv *hv, const char *name);

#endif
