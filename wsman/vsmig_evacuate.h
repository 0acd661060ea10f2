/*
 * `vsmig check --all-vms HOST`: can every virtual system of the service's host move there?
 */
#ifndef VSMIGD_WSMAN_VSMIG_EVACUATE_H
#define VSMIGD_WSMAN_VSMIG_EVACUATE_H

#include "wsman/vsmig_answer.h"
#include "wsman/vsmig_client.h"

struct vsmig_evacuee {
	const char *uuid, *state;
	struct vsmig_answer answer;
	struct err err; /* why there is no answer; code 0: there is one */
	bool runs; /* takes memory as soon as it is there */
};

struct vsmig_evacuation {
	const char *destination;
	struct vsmig_evacuee *items;
	size_t n;
};

/* VSMIG_OK: all can move; VSMIG_NO: some cannot; VSMIG_FAILED: of some nobody can tell. */
int vsmig_evacuate_status(const struct vsmig_evacuation *ev);
/* A sentence, what is known of memory, and a table. */
void vsmig_evacuate_text(struct buf *out, const struct vsmig_evacuation *ev, size_t width);
void vsmig_evacuate_json(struct buf *out, const struct vsmig_evacuation *ev);

/* The command: asks, prints on standard output, returns the exit status. */
int vsmig_evacuate_run(const struct vsmig_options *o, struct vsmig_client *c, const char *host);

#endif
