/* What the files of the twin share. */
#ifndef VSMIGD_HV_TWIN_INNER_H
#define VSMIGD_HV_TWIN_INNER_H

#include <libxml/tree.h>

#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"

struct twin {
	const struct facts *f;
	struct arena *a;
	struct probe_path *paths;
	size_t n_paths;
	struct twin_tls_port {
		const char *port, *tls;
	} * tls_ports;
	size_t n_tls_ports;
	xmlNode *nvram; /* the source of NVRAM on the network; NULL once it is in the twin */
	bool *disks, *nics; /* of f->config: are in the twin */
	bool *unlocked; /* of its disks: are opened with their key */
	bool listens, binds;
	size_t disk, nic; /* how many were seen */
	const char
		*dac_label; /* the target's own; NULL: each source says that it keeps its owner */
	bool label_dac, label_selinux; /* each source says so for this driver */
};

void twin_set(xmlNode *n, const char *name, const char *value);
void twin_unset(xmlNode *n, const char *name);
xmlNode *twin_add(xmlNode *parent, const char *name);
void twin_drop(xmlNode *n);
/* Drops children, or attributes, that the NULL-terminated list does not name. */
void twin_keep(xmlNode *n, const char *const *names);
void twin_keep_attrs(xmlNode *n, const char *const *names);
/* The twin needs the path; disk: of f->config, for PROBE_DISK and PROBE_BACKING. */
void twin_path(struct twin *t, enum probe_part part, size_t disk, const char *path);
/* The files whose size must be the same there. */
void twin_images(struct twin *t);
/* A source keeps its owner and label. */
void twin_no_relabel(struct twin *t, xmlNode *source);

/* What is below <devices>. */
void twin_devices(struct twin *t, xmlNode *devices);
/* <disk>; false: it cannot be in a twin. */
bool twin_disk(struct twin *t, xmlNode *disk);
/* The move copies the disk, which is not there yet. */
bool twin_copies(const struct facts *f, const struct vm_disk *d);
/* Another <disk>, the i-th, of a twin that says as a whole that it relabels nothing. */
xmlNode *twin_extra_disk(
	struct arena *a, xmlNode *devices, const char *type, const char *path, size_t i);
/* <interface>; likewise. */
bool twin_nic(struct twin *t, xmlNode *nic);
/* Every interface below has another address than anybody else's. */
void twin_new_macs(const xmlNode *devices, struct arena *a);
/* Whether the VM says itself that the ports of this device are with TLS, or without. */
void twin_note_tls(struct twin *t, const xmlNode *device);
/* Channels that bind the ports of the VM's devices. */
void twin_ports(struct twin *t, xmlNode *devices);
/* Another twin with nothing in it but an emulator; its <devices> in *devices. */
xmlDoc *twin_bare(xmlDoc *twin, xmlNode **devices);
/* Likewise, with the labels of the first twin, so that it relabels as little. */
xmlDoc *twin_labelled(xmlDoc *twin, xmlNode **devices);
/* <qemu:commandline>, and one argument more in it. */
xmlNode *twin_commandline(xmlDoc *doc);
void twin_argument(xmlNode *line, const char *value);
/* No security driver of the target's refuses QEMU what is no disk of the guest's. */
bool twin_only_users_decide(const struct facts *f);
/* Disks for paths that are not disks of the VM: lower images, firmware. */
void twin_extra_disks(struct twin *t, xmlNode *devices);

#endif
