/* <qemu:commandline>: libvirt passes it on unseen; some devices in it QEMU marks unmigratable. */
#include "checks/rules/rules.h"

#include <string.h>

static bool names(const char *arg, const char *device)
{
	size_t n = strlen(device);

	return strncmp(arg, device, n) == 0 && (arg[n] == '\0' || arg[n] == ',');
}

static const char *blocked(const char *arg)
{
	static const char *const devices[] = {
		"nvme",
		"usb-audio",
		"usb-serial",
		"usb-braille",
		"usb-mtp",
		"usb-uas",
		"usb-net",
		"virtio-crypto-pci",
		"virtio-input-host-pci",
		"vhost-user-vsock-pci",
		"vhost-user-rng-pci",
		"vhost-user-input-pci",
		"vhost-user-gpio-pci",
		"vhost-user-i2c-pci",
		"virtio-sound-pci",
		"amd-iommu",
		"rocker",
		"ivshmem-doorbell,master=off",
		"x-pci-proxy-dev",
		"ufs",
	};

	for (size_t i = 0; i < ARRAY_LEN(devices); i++)
		if (names(arg, devices[i]))
			return devices[i];
	return NULL;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct vm_config *vm = &f->config;

	(void)c;
	if (vm->n_qemu_args == 0)
		return;
	finding_add(out, VSM5022, "custom hypervisor arguments");
	for (size_t i = 1; i < vm->n_qemu_args && (f->settings->move & MOVE_HOT); i++) {
		const char *device =
			rule_is(vm->qemu_args[i - 1], "-device") ? blocked(vm->qemu_args[i]) : NULL;

		if (device)
			finding_detail(out, finding_add(out, VSM4515, device),
				"hypervisor arguments", vm->qemu_args[i], "no such device");
	}
}

const struct rule rule_hypervisor_args = {
	.name = "hypervisor-args",
	.what = "whether custom hypervisor arguments can be migrated",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_CONFIG),
	.run = run,
};
