/*
 * `vsmig identify`, `vms` and `hosts`: what the service is, and what it knows. Each prints on
 * standard output and returns the exit status.
 */
#ifndef VSMIGD_WSMAN_VSMIG_SHOW_H
#define VSMIGD_WSMAN_VSMIG_SHOW_H

#include "wsman/vsmig.h"
#include "wsman/vsmig_client.h"

int vsmig_show_identify(const struct vsmig_options *o, struct vsmig_client *c);
int vsmig_show_vms(const struct vsmig_options *o, struct vsmig_client *c);
int vsmig_show_hosts(const struct vsmig_options *o, struct vsmig_client *c);

/* The virtual systems, by name, each with its Name; in the arena. */
int vsmig_show_list_vms(struct vsmig_client *c, struct arena *a, const struct cim_loose ***items,
	size_t *n, struct err *e);
/* "running", "shut off", "saved" ... */
const char *vsmig_show_state(const struct cim_loose *item);

#endif
