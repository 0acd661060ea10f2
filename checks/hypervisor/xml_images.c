/*
 * Files that become memory of the guest: the firmware, NVRAM and ROMs that the configuration names, and
 * those that QEMU takes from its packages when it names none.
 */
#include "checks/hypervisor/vxml.h"

#include <string.h>

struct images {
	struct arena *a;
	struct vm_image *items;
	size_t n;
};

static void push(struct images *m, struct vm_image image)
{
	for (size_t i = 0; image.name && i < m->n; i++)
		if (m->items[i].name && strcmp(m->items[i].name, image.name) == 0)
			return;
	if (image.name || (image.path && image.path[0] == '/'))
		*ARENA_PUSH(m->a, m->items, m->n) = image;
}

static const struct {
	const char *element, *model, *name;
} packaged[] = {
	{ "interface", "virtio", "efi-virtio.rom" },
	{ "interface", "e1000", "efi-e1000.rom" },
	{ "interface", "e1000e", "efi-e1000e.rom" },
	{ "interface", "rtl8139", "efi-rtl8139.rom" },
	{ "interface", "pcnet", "efi-pcnet.rom" },
	{ "interface", "ne2k_pci", "efi-ne2k_pci.rom" },
	{ "interface", "vmxnet3", "efi-vmxnet3.rom" },
	{ "video", "vga", "vgabios-stdvga.bin" },
	{ "video", "cirrus", "vgabios-cirrus.bin" },
	{ "video", "qxl", "vgabios-qxl.bin" },
	{ "video", "vmvga", "vgabios-vmware.bin" },
	{ "video", "virtio", "vgabios-virtio.bin" },
};

static void of_package(struct images *m, const xmlNode *device)
{
	const xmlNode *rom = vxml_child(device, "rom"), *model = vxml_child(device, "model");

	if (vxml_attr_is(rom, "enabled", "no") || vxml_attr_is(rom, "bar", "off"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(packaged); i++)
		if (vxml_is(device, packaged[i].element) &&
			vxml_attr_is(model, "type", packaged[i].model))
			push(m, (struct vm_image){ .user = "a boot ROM",
					.name = packaged[i].name,
					.kind = IMAGE_ROM });
}

/* Any device may have a boot ROM of its own. */
static void roms(struct images *m, const xmlNode *devices)
{
	XML_EACH(device, devices, NULL)
	{
		const char *file = vxml_attr(m->a, vxml_child(device, "rom"), "file");

		if (file)
			push(m, (struct vm_image){
					.user = "the boot ROM", .path = file, .kind = IMAGE_ROM });
		else
			of_package(m, device);
	}
}

void vxml_domain_images(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	struct images m = { .a = a };

	push(&m, (struct vm_image){
			 .user = "the firmware", .path = out->loader, .kind = IMAGE_FIRMWARE });
	push(&m, (struct vm_image){ .user = "NVRAM", .path = out->nvram, .kind = IMAGE_NVRAM });
	if (!out->loader && !out->firmware && out->machine && strncmp(out->machine, "pc-", 3) == 0)
		push(&m, (struct vm_image){
				 .user = "the BIOS", .name = "bios-256k.bin", .kind = IMAGE_BIOS });
	roms(&m, vxml_child(root, "devices"));
	out->images = m.items;
	out->n_images = m.n;
}
