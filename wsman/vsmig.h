/*
 * The tool vsmig: what its commands share. One request at a time on one connection; only an
 * evacuation has several, a thread for each.
 */
#ifndef VSMIGD_WSMAN_VSMIG_H
#define VSMIGD_WSMAN_VSMIG_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses. Only `check` uses VSMIG_NO. */
enum { VSMIG_OK = 0, VSMIG_NO = 1, VSMIG_FAILED = 2 };

enum { VSMIG_MAX_SETS = 32 };

/* What a check is about. */
enum vsmig_scope { VSMIG_ONE, VSMIG_ALL_HOSTS, VSMIG_ALL_VMS };

/* The command line, as text; NULL where an option was not given. */
struct vsmig_options {
	enum vsmig_scope scope;
	const char *host, *port;
	const char *user, *password_file;
	const char *ca;
	bool insecure;
	int timeout_s;
	bool json;
	const char *type, *new_name, *bandwidth, *transport;
	const char *sets[VSMIG_MAX_SETS]; /* NAME=VALUE */
	size_t n_sets;
};

#endif
