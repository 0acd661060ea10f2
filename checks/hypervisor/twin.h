/*
 * The twin: from the XML of a virtual system, that of a guest which needs the same things of a
 * host and can harm nothing. A pure function of its input.
 *
 * What the table of twin.c and twin_devices.c does not name does not get in, so that an element
 * that a later libvirt invents is left out rather than passed on. In short:
 *
 * - name, UUID and MAC addresses are others, but for a comma in the name, which QEMU may stumble over;
 *   description, metadata and security labels are gone
 * - every disk is opened raw, read-only and shareable: the locks of the running VM do not matter,
 *   nothing is written, nothing is relabelled. Lower images of a chain, hard disks of IDE and
 *   SATA, which cannot be read-only there, and the firmware, which would bring a writable NVRAM
 *   file along, become such disks of SCSI: they are only to be found
 * - an interface is there with its link down; one that takes a host's device for itself, or that
 *   tells a controller or a switch who it is, is left out
 * - whatever writes, binds or locks something of the VM's own is left out or made null: serial and
 *   log files, sockets, channels, TPM, NVRAM, NVDIMM, shared memory, leases, reservations, passed
 *   devices, huge, locked and preallocated memory, QEMU arguments
 */
#ifndef VSMIGD_HV_TWIN_H
#define VSMIGD_HV_TWIN_H

#include <libxml/tree.h>
#include <stdint.h>

#include "checks/facts.h"
#include "daemon/base/err.h"

#define TWIN_PREFIX "vsmigd-probe-" /* of every twin's name */
#define TWIN_NS "urn:vsmigd:probe:1" /* of the element in its metadata */

/* A twin, whosesoever, is gone in a moment: it is none of a host's virtual systems. */
bool twin_is_name(const char *name);

struct twin_id {
	const char *name, *uuid;
	const char *host; /* UUID of the source host */
	const char *instance; /* of the daemon that starts it */
	int64_t expires; /* seconds of the epoch; then anybody may remove it */
};

/*
 * The twin of f's VM as its configuration is with the new settings, for f's destination, in a
 * document for xmlFreeDoc: without identity, so that equal twins are equal texts. What it covers
 * goes to *covers, in `a`. -ERR_SYNTAX, -ERR_UNAVAILABLE: there can be none.
 */
int twin_make(const struct facts *f, struct arena *a, xmlDoc **out, struct probe_facts *covers,
	struct err *e);
/*
 * Twins that are to fail, each for a server on the VM's own host to which the VM connects: the port
 * that it wants is in use when there is such a server over there. Each is for xmlFreeDoc. More than
 * max: so many are there, and max of them in out.
 */
struct twin_far {
	const struct vm_port *port;
	xmlDoc *twin;
};
size_t twin_far(
	const struct facts *f, xmlDoc *twin, struct arena *a, struct twin_far *out, size_t max);
/*
 * A twin with nothing in it but what QEMU is to open by itself: bare block nodes without a format or a
 * device, of which nothing is written, read or locked; and memory in a file that QEMU makes in a
 * folder, and unlinks at once. Only where no other security driver than that of users and groups
 * decides, and QEMU is not root. twin: NULL when there is nothing to try. gives: one that is to fail,
 * and shows by how it does whether libvirt there gives a guest's files to QEMU. For xmlFreeDoc.
 */
struct twin_owner {
	xmlDoc *twin, *gives;
	const struct probe_open *opens; /* those first that nobody gives to QEMU */
	size_t n_opens;
	bool ask; /* gives is wanted in any case */
};
void twin_owner(const struct facts *f, xmlDoc *twin, struct arena *a, struct twin_owner *out);
/* What QEMU's error has in it when it cannot open opens[i]. */
const char *twin_complaint(struct arena *a, const struct probe_open *opens, size_t i);
#define TWIN_ABSENT "/nonexistent/vsmigd-probe" /* what gives lacks */
/*
 * Two more that are to fail, for xmlFreeDoc; NULL: there is nothing to see. The first has looked at
 * the images of those disks when its QEMU misses TWIN_END; another error says what is wrong with one.
 * The second misses a secret that a disk is encrypted with, or fails because of something else; it
 * has none of a disk that is unlocked, for which the first twin of all has used it.
 */
#define TWIN_END "vsmigd-nothing"
#define TWIN_LOOK "\"node-name\":\"vsmigd-" /* QEMU's error has it, when it is about one of those */
xmlDoc *twin_of_images(const struct facts *f, xmlDoc *twin, const bool *disks, struct arena *a);
xmlDoc *twin_of_secrets(const struct facts *f, xmlDoc *twin, const bool *unlocked, struct arena *a);
/*
 * The first twin with all that the owner's and that of the images (which may be NULL) have QEMU open: if
 * this one starts, none of the three has to. QEMU takes one argument after the other: what its error says
 * of a disk, or of an argument that is another's, that one would say too. Any other failure says nothing.
 * For xmlFreeDoc; NULL: there is nothing to put together, or it would not be the same.
 */
xmlDoc *twin_whole(const struct facts *f, xmlDoc *twin, const struct twin_owner *owner,
	xmlDoc *images, struct arena *a);
/* Its text in `a`: as it is for NULL, else with this identity and MAC addresses of its own. */
const char *twin_text(xmlDoc *doc, const struct twin_id *id, struct arena *a);

#endif
