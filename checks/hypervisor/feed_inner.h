/*
 * What feed.c (when to ask, whom to tell) and feed_known.c (what is known, and what differs)
 * share.
 */
#ifndef VSMIGD_HV_FEED_INNER_H
#define VSMIGD_HV_FEED_INNER_H

#include "checks/hypervisor/events.h"
#include "checks/hypervisor/feed.h"

/* An event that waits; its texts are on the heap. */
struct feed_note {
	unsigned char uuid[VIR_UUID_BUFLEN];
	char *name;
	int event, detail;
	int64_t at;
};

/* The virtual systems as they were told of last, by UUID; texts on the heap. */
struct feed_known {
	struct hv_vm *vms;
	size_t n;
};

/* Changes to be told, in an arena. */
struct feed_changes {
	struct arena *arena;
	struct hv_change *items;
	size_t n;
};

/* As libvirt writes it; text has VIR_UUID_STRING_BUFLEN octets. */
void feed_uuid_text(const unsigned char *uuid, char *text);
void feed_known_clear(struct feed_known *k);
/* Takes over what a listing of everything found; what differs is added to `out` unless NULL. */
void feed_known_all(
	struct feed_known *k, struct hv_vm *vms, size_t n, int64_t at, struct feed_changes *out);
/* Takes over one event; found: the virtual system as it is now, NULL when there is none. */
void feed_known_one(struct feed_known *k, const struct feed_note *note, const struct hv_vm *found,
	struct feed_changes *out);

#endif
