/* Which device of a VM an element of NewResourceSettingData means: checks/apply.c's other half. */
#ifndef VSMIGD_CHECKS_APPLY_DEVICE_H
#define VSMIGD_CHECKS_APPLY_DEVICE_H

#include "checks/settings.h"
#include "checks/vm_config.h"

enum device_kind {
	DEVICE_NONE, /* no such device */
	DEVICE_NEW, /* not there: an interface or disk that would be added */
	DEVICE_MEMORY,
	DEVICE_VCPU,
	DEVICE_DISK,
	DEVICE_NIC,
	DEVICE_OTHER /* there, and nothing of it can be changed */
};

struct device {
	enum device_kind kind;
	size_t i; /* of disks, of nics, or for device_other */
	const char *name; /* "memory", a disk's target, a MAC address, an alias */
};

/* Two MAC addresses are one, however they are written: "52:54:00:aa:bb:cc", "525400AABBCC". */
bool device_same_mac(const char *a, const char *b);

/* By InstanceID (vsmigd:UUID:DEVICE); without one by ResourceType and Address or AddressOnParent. */
struct device device_of(const struct vm_config *vm, const struct new_resource *r);

/* A device that is neither a disk nor an interface, and that libvirt has given a name. */
struct device_other {
	const char *alias;
	const char *kind; /* "hostdev", "serial", "memory", "sound", ... */
	const char *model; /* "pci", "isa-serial", "ich9"; NULL: not told */
	const char *address; /* of a host device; else NULL */
};

/* The i-th of them, counted over all kinds; false when there are no more. One without an alias is
 * counted too, with a NULL one. */
bool device_other(const struct vm_config *vm, size_t i, struct device_other *out);
/* The file, socket or device of the host behind the i-th, a character device; else NULL. */
const char *device_path(const struct vm_config *vm, size_t i);

#endif
