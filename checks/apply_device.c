#include "checks/apply_device.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/base/mem.h"

#define PREFIX "vsmigd:"

static bool same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

static size_t hex_digits(const char *text, char out[13])
{
	size_t n = 0;

	for (; *text && n < 12; text++)
		if (isxdigit((unsigned char)*text))
			out[n++] = *text;
		else if (*text != ':' && *text != '-' && *text != '.')
			return 0;
	out[n] = '\0';
	return *text ? 0 : n;
}

bool device_same_mac(const char *a, const char *b)
{
	char x[13], y[13];

	return a && b && hex_digits(a, x) == 12 && hex_digits(b, y) == 12 && strcasecmp(x, y) == 0;
}

bool device_other(const struct vm_config *vm, size_t i, struct device_other *out)
{
	if (i < vm->n_hostdevs) {
		const struct vm_hostdev *d = &vm->hostdevs[i];

		*out = (struct device_other){ d->alias, "hostdev", d->type, d->address };
		return true;
	}
	i -= vm->n_hostdevs;
	if (i < vm->n_chardevs) {
		const struct vm_chardev *d = &vm->chardevs[i];

		*out = (struct device_other){ d->alias, d->kind, d->target_type, NULL };
		return true;
	}
	i -= vm->n_chardevs;
	if (i < vm->n_memdevs) {
		const struct vm_memdev *d = &vm->memdevs[i];

		*out = (struct device_other){ d->alias, "memory", d->model, NULL };
		return true;
	}
	i -= vm->n_memdevs;
	if (i < vm->n_devices) {
		const struct vm_named *d = &vm->devices[i];

		*out = (struct device_other){ d->alias, d->kind, d->model, NULL };
		return true;
	}
	return false;
}

const char *device_path(const struct vm_config *vm, size_t i)
{
	if (i < vm->n_hostdevs || i - vm->n_hostdevs >= vm->n_chardevs)
		return NULL;
	return vm->chardevs[i - vm->n_hostdevs].path;
}

static struct device other_named(const struct vm_config *vm, const char *name)
{
	struct device_other d;

	for (size_t i = 0; device_other(vm, i, &d); i++)
		if (same(d.alias, name))
			return (struct device){ DEVICE_OTHER, i, name };
	return (struct device){ DEVICE_NONE, 0, name };
}

/* The number in a target's letters: 0 for "vda", 26 for "vdaa". */
static size_t target_index(const char *target)
{
	size_t n = 0, prefix = strncmp(target, "xvd", 3) == 0 ? 3 : 2;

	if (strlen(target) <= prefix || strlen(target) > prefix + 3)
		return 0;
	for (const char *c = target + prefix; *c; c++)
		n = n * 26 + (size_t)(*c - 'a') + 1;
	return n - 1;
}

/* The alias that a disk gets when the machine is started, as libvirt counts; "": not known. */
static void alias_to_be(const struct vm_disk *d, char *out, size_t size)
{
	size_t i = d->target ? target_index(d->target) : 0;

	*out = '\0';
	if (same(d->bus, "virtio") || same(d->bus, "usb"))
		snprintf(out, size, "%s-disk%zu", d->bus, i);
	else if (same(d->bus, "ide"))
		snprintf(out, size, "ide%zu-%zu-%zu", i / 4, i % 4 / 2, i % 2);
	else if (same(d->bus, "sata"))
		snprintf(out, size, "sata%zu-0-%zu", i / 6, i % 6);
	else if (same(d->bus, "scsi"))
		snprintf(out, size, "scsi%zu-0-0-%zu", i / 7, i % 7);
	else if (same(d->bus, "fdc"))
		snprintf(out, size, "fdc%zu-0-%zu", i / 2, i % 2);
}

/* What a machine is started from has no aliases yet, but they were read from the running one. */
static bool to_be_named(const struct vm_disk *d, const char *name)
{
	char alias[64];

	if (d->alias || !name)
		return false;
	alias_to_be(d, alias, sizeof alias);
	return same(alias, name);
}

static bool nic_to_be_named(const struct vm_config *vm, size_t i, const char *name)
{
	char alias[32];

	snprintf(alias, sizeof alias, "net%zu", i);
	return !vm->nics[i].alias && same(alias, name);
}

static struct device disk_named(const struct vm_config *vm, const char *target)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (same(vm->disks[i].target, target) || same(vm->disks[i].alias, target) ||
			to_be_named(&vm->disks[i], target))
			return (struct device){ DEVICE_DISK, i, vm->disks[i].target };
	return (struct device){ DEVICE_NONE, 0, target };
}

static struct device nic_named(const struct vm_config *vm, const char *name)
{
	for (size_t i = 0; i < vm->n_nics; i++)
		if (device_same_mac(vm->nics[i].mac, name) || same(vm->nics[i].alias, name) ||
			nic_to_be_named(vm, i, name))
			return (struct device){ DEVICE_NIC, i, name };
	return (struct device){ DEVICE_NONE, 0, name };
}

static struct device any_named(const struct vm_config *vm, const char *name)
{
	struct device d;

	if (same(name, "memory") || same(name, "mem"))
		return (struct device){ DEVICE_MEMORY, 0, "memory" };
	if (same(name, "vcpu"))
		return (struct device){ DEVICE_VCPU, 0, "vcpu" };
	d = disk_named(vm, name);
	if (d.kind == DEVICE_NONE)
		d = nic_named(vm, name);
	return d.kind == DEVICE_NONE ? other_named(vm, name) : d;
}

/* The DEVICE of an InstanceID of this VM, NULL when it is none. */
static const char *device_part(const struct vm_config *vm, const char *id)
{
	size_t uuid = vm->uuid ? strlen(vm->uuid) : 0;

	if (uuid == 0 || strncmp(id, PREFIX, sizeof PREFIX - 1) != 0)
		return NULL;
	id += sizeof PREFIX - 1;
	if (strncasecmp(id, vm->uuid, uuid) != 0 || id[uuid] != ':' || id[uuid + 1] == '\0')
		return NULL;
	return id + uuid + 1;
}

/* Without an address, the only device of its kind is meant. */
static struct device by_address(
	struct device found, const char *address, size_t n, enum device_kind kind)
{
	if (found.kind != DEVICE_NONE)
		return found;
	if (address)
		return (struct device){ DEVICE_NEW, 0, address };
	return (struct device){ n == 1 ? kind : DEVICE_NONE, 0, "" };
}

/* The drives of a resource type: floppies, CDs, or hard disks. */
static bool drive_of(const struct vm_disk *d, int type)
{
	bool floppy = same(d->device, "floppy"), cd = same(d->device, "cdrom");

	return type == 14 ? floppy : type == 15 || type == 16 ? cd : !floppy && !cd;
}

/* The only one of its type; a VM that has but one disk means that one, whatever the type. */
static struct device only_drive(const struct vm_config *vm, int type)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < vm->n_disks; i++)
		if (drive_of(&vm->disks[i], type)) {
			at = i;
			n++;
		}
	if (n == 0 && vm->n_disks == 1)
		n = 1;
	return (struct device){ n == 1 ? DEVICE_DISK : DEVICE_NONE, at,
		n == 1 ? vm->disks[at].target : "" };
}

static struct device by_type(const struct vm_config *vm, const struct new_resource *r)
{
	const char *type = setting_text(r->props, r->n, "ResourceType");
	const char *address = setting_text(r->props, r->n, "Address");
	const char *slot = setting_text(r->props, r->n, "AddressOnParent");
	const char *target = slot ? slot : address;

	int number = type ? atoi(type) : 0;

	switch (number) { /* CIM_ResourceAllocationSettingData.ResourceType */
	case 3:
		return any_named(vm, "vcpu");
	case 4:
		return any_named(vm, "memory");
	case 10:
	case 33: /* Ethernet adapter, connection */
		return by_address(nic_named(vm, address), address, vm->n_nics, DEVICE_NIC);
	case 14:
	case 15:
	case 16:
	case 17:
	case 19:
	case 31:
	case 32: /* drives, extents, volumes */
		return target ? by_address(disk_named(vm, target), target, 0, DEVICE_DISK)
			      : only_drive(vm, number);
	default:
		return (struct device){ DEVICE_NONE, 0, "" };
	}
}

/*
 * An alias is of the machine that runs: what it is started from anew may have none. The address
 * then says which device the settings were read from.
 */
static struct device by_address_alone(
	const struct vm_config *vm, const struct new_resource *r, struct device none)
{
	const char *address = setting_text(r->props, r->n, "Address");
	const char *target = setting_text(r->props, r->n, "AddressOnParent");
	struct device d = address ? nic_named(vm, address) : none;

	if (d.kind == DEVICE_NONE && target)
		d = disk_named(vm, target);
	return d.kind == DEVICE_NONE ? none : d;
}

struct device device_of(const struct vm_config *vm, const struct new_resource *r)
{
	const char *id = setting_text(r->props, r->n, "InstanceID");
	const char *name = id ? device_part(vm, id) : NULL;
	struct device d;

	if (!name)
		return id ? (struct device){ DEVICE_NONE, 0, id } : by_type(vm, r);
	d = any_named(vm, name);
	return d.kind == DEVICE_NONE ? by_address_alone(vm, r, d) : d;
}
