/*
 * <qemu:commandline>: libvirt passes it on unseen; some devices and images in it QEMU marks as
 * unmigratable. An argument is "nvme,serial=1", "driver=nvme,serial=1" or a JSON object.
 */
#include "checks/rules/rules.h"

#include <string.h>

/* Where the next value of a key is, in either spelling; its length in *n. NULL: no more. */
static const char *next_value(const char *at, const char *key, size_t *n)
{
	for (size_t len = strlen(key); (at = strstr(at, key)); at += len) {
		const char *v = at + len;

		if (*v == '=') {
			*n = strcspn(v + 1, ",");
			return v + 1;
		}
		if (*v != '"')
			continue;
		v += 1 + strspn(v + 1, " :");
		v += *v == '"';
		*n = strcspn(v, "\",} ");
		return v;
	}
	return NULL;
}

static bool is(const char *v, size_t n, const char *wanted)
{
	return strlen(wanted) == n && strncmp(v, wanted, n) == 0;
}

static bool has(const char *arg, const char *key, const char *wanted)
{
	size_t n;

	for (const char *v = next_value(arg, key, &n); v; v = next_value(v, key, &n))
		if (is(v, n, wanted))
			return true;
	return false;
}

/* What a -device is of: its first word, unless that is a key. */
static const char *model_of(const char *arg, size_t *n)
{
	*n = strcspn(arg, ",={");
	return arg[*n] == '=' || arg[*n] == '{' ? next_value(arg, "driver", n) : arg;
}

/* One device of virtio has a name for each bus. */
static bool names(const char *v, size_t n, const char *device)
{
	static const char *const buses[] = { "", "-pci", "-pci-non-transitional",
		"-pci-transitional", "-ccw", "-device" };
	size_t len = strlen(device);

	for (size_t i = 0; i < ARRAY_LEN(buses); i++)
		if (n == len + strlen(buses[i]) && strncmp(v, device, len) == 0 &&
			is(v + len, n - len, buses[i]))
			return true;
	return false;
}

/* In the versions that these were read from, 7.2 and 10.0; `unless` is what makes it migratable. */
static const struct {
	const char *device, *unless;
} devices[] = {
	{ "nvme", NULL },
	{ "usb-audio", NULL },
	{ "usb-serial", NULL },
	{ "usb-braille", NULL },
	{ "usb-mtp", NULL },
	{ "usb-uas", NULL },
	{ "usb-net", NULL },
	{ "usb-wacom-tablet", NULL },
	{ "virtio-crypto", NULL },
	{ "virtio-input-host", NULL },
	{ "virtio-sound", NULL },
	{ "virtio-gpu-gl", NULL },
	{ "virtio-vga-gl", NULL },
	{ "vhost-user-vsock", NULL },
	{ "vhost-user-rng", NULL },
	{ "vhost-user-input", NULL },
	{ "vhost-user-gpio", NULL },
	{ "vhost-user-i2c", NULL },
	{ "vhost-user-fs", NULL },
	{ "vhost-vdpa-device", NULL },
	{ "vhost-scsi", "migratable" },
	{ "ivshmem-plain", "master" },
	{ "ivshmem-doorbell", "master" },
	{ "amd-iommu", NULL },
	{ "hv-syndbg", NULL },
	{ "rocker", NULL },
	{ "x-pci-proxy-dev", NULL },
	{ "ufs", NULL },
};

static const char *blocked_device(const char *arg)
{
	size_t n;
	const char *v = model_of(arg, &n);

	for (size_t i = 0; v && i < ARRAY_LEN(devices); i++)
		if (names(v, n, devices[i].device) &&
			!(devices[i].unless && (has(arg, devices[i].unless, "on") ||
						       has(arg, devices[i].unless, "true"))))
			return devices[i].device;
	return NULL;
}

/* Formats of images whose drivers block, as disk_format.c has them. */
static const char *blocked_image(const char *arg, const char *key)
{
	static const char *const formats[] = { "vmdk", "vdi", "vpc", "vhdx", "parallels", "qcow" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (has(arg, key, formats[i]))
			return formats[i];
	return NULL;
}

static const char *blocked(const struct facts *f, const char *option, const char *arg)
{
	if (rule_is(option, "-device"))
		return blocked_device(arg);
	if (rule_is(option, "-drive"))
		return blocked_image(arg, "format");
	if (rule_is(option, "-blockdev"))
		return blocked_image(arg, "driver");
	if (rule_is(option, "-chardev") && f->src.hv_version < VERSION(10, 1, 0) &&
		strncmp(arg, "qemu-vdagent,", 13) == 0)
		return "qemu-vdagent";
	return NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;

	(void)c;
	if (vm->n_qemu_args == 0)
		return;
	finding_add(out, VSM5022, "custom hypervisor arguments");
	if (f->settings->move != MOVE_OFFLINE)
		finding_unknown(out, "whether the custom hypervisor arguments suit the target host",
			NULL, "libvirt does not read them, and no probe has them");
	for (size_t i = 0; i < vm->n_qemu_args && (f->settings->move & MOVE_HOT); i++)
		if (rule_is(vm->qemu_args[i], "-incoming"))
			finding_detail(out,
				finding_add(out, VSM4901,
					"the guest itself waits for one that arrives (-incoming)"),
				"hypervisor arguments", "-incoming", "no such argument");
	for (size_t i = 1; i < vm->n_qemu_args && (f->settings->move & MOVE_HOT); i++) {
		const char *arg = vm->qemu_args[i];
		const char *device = arg ? blocked(f, vm->qemu_args[i - 1], arg) : NULL;

		if (device)
			finding_detail(out, finding_add(out, VSM4515, device),
				"hypervisor arguments", arg, "no such device");
	}
}

const struct rule rule_hypervisor_args = {
	.name = "hypervisor-args",
	.what = "whether custom hypervisor arguments can be migrated",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
