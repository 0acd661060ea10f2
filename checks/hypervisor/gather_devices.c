/* What of the source's hardware the destination has too: devices passed through, huge pages. */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* "0000:01:00.0" is "pci_0000_01_00_0". */
static const char *node_name(struct arena *a, const char *prefix, const char *address)
{
	char *name = (char *)arena_printf(a, "%s_%s", prefix, address);

	for (char *p = name; *p; p++)
		if (*p == ':' || *p == '.' || *p == '-')
			*p = '_';
	return name;
}

static enum tri by_name(struct side *s, const char *name)
{
	virNodeDevicePtr dev;
	const char *why;

	if (!side_more(s, "looking for devices on the target host"))
		return TRI_UNKNOWN;
	dev = virNodeDeviceLookupByName(s->v, name);
	if (dev)
		virNodeDeviceFree(dev);
	return side_tri(s, dev != NULL, VIR_ERR_NO_NODE_DEVICE, &why);
}

struct devices {
	virNodeDevicePtr *items;
	int n;
};

static void devices_free(struct devices *d)
{
	for (int i = 0; i < d->n; i++)
		virNodeDeviceFree(d->items[i]);
	free(d->items);
}

/* A mediated device is named after its UUID, and in later versions after its parent too. */
static bool mdev_is(struct side *s, virNodeDevicePtr dev, const char *address)
{
	const char *want = node_name(s->arena, "mdev", address), *name = virNodeDeviceGetName(dev);

	return name && strncmp(name, want, strlen(want)) == 0;
}

/* By vendor and product; a USB device that is named by its place there is not looked for. */
static bool usb_is(struct side *s, virNodeDevicePtr dev, const char *address)
{
	const xmlNode *cap;
	char *text;
	struct err e;
	bool same = false;

	if (!side_more(s, "looking for USB devices on the target host"))
		return false;
	text = virNodeDeviceGetXMLDesc(dev, 0);
	if (!text)
		return false;
	auto_doc xmlDoc *doc = vxml_read(text, "device", &e);
	cap = vxml_child(xmlDocGetRootElement(doc), "capability");
	if (cap)
		same = is(arena_printf(s->arena, "%04x:%04x",
				  (unsigned)xml_attr_u64(vxml_child(cap, "vendor"), "id"),
				  (unsigned)xml_attr_u64(vxml_child(cap, "product"), "id")),
			address);
	free(text);
	return same;
}

static enum tri by_list(struct side *s, unsigned cap, const char *address,
	bool (*matches)(struct side *s, virNodeDevicePtr dev, const char *address))
{
	__attribute__((cleanup(devices_free))) struct devices all = { 0 };
	const char *why;

	if (!side_more(s, "listing devices of the target host"))
		return TRI_UNKNOWN;
	all.n = virConnectListAllNodeDevices(s->v, &all.items, cap);
	if (all.n < 0) {
		all.n = 0;
		return side_tri(s, false, -1, &why);
	}
	for (int i = 0; i < all.n; i++)
		if (matches(s, all.items[i], address))
			return TRI_YES;
	return s->lost ? TRI_UNKNOWN : TRI_NO;
}

static enum tri find(struct side *s, const struct vm_hostdev *dev)
{
	if (!dev->type || !dev->address)
		return TRI_UNKNOWN;
	if (is(dev->type, "pci"))
		return by_name(s, node_name(s->arena, "pci", dev->address));
	if (is(dev->type, "mdev"))
		return by_list(s, VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV, dev->address, mdev_is);
	if (is(dev->type, "usb") && strchr(dev->address, ':'))
		return by_list(s, VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV, dev->address, usb_is);
	return TRI_UNKNOWN;
}

void gather_devices(struct side *s)
{
	const struct vm_config *config = &s->f->config;

	s->missing = NULL;
	for (size_t i = 0; i < config->n_hostdevs; i++)
		s->f->hostdevs_there[i] = find(s, &config->hostdevs[i]);
	side_end(s, FACT_DST_NODEDEVS);
}

/* The size asked for; without one the smallest that is larger than a common page, which is what
 * kernels default to. */
static uint64_t page_size(const struct facts *f)
{
	const struct host_caps *caps = &f->dst.caps;
	uint64_t size = f->config.hugepage_kib;

	for (size_t i = 0; size == 0 && i < caps->n_pages; i++)
		if (caps->page_kib[i] > 64)
			size = caps->page_kib[i];
	return size;
}

static bool has_size(const struct host_caps *caps, uint64_t kib)
{
	for (size_t i = 0; i < caps->n_pages; i++)
		if (caps->page_kib[i] == kib)
			return true;
	return false;
}

void gather_pages(struct side *s)
{
	struct host_facts *host = s->host;
	unsigned long long free_pages = 0;
	unsigned size;

	if (!s->f->config.hugepages) {
		facts_set_known(s->f, FACT_DST_PAGES);
		return;
	}
	if (!facts_known(s->f, FACT_DST_CAPS) || !host->caps.n_pages) {
		facts_set_unknown(s->f, FACT_DST_PAGES,
			"the target host does not tell what sizes of pages it has", NULL);
		return;
	}
	host->page_kib = page_size(s->f);
	if (!has_size(&host->caps, host->page_kib)) {
		facts_set_known(s->f, FACT_DST_PAGES);
		return;
	}
	if (!side_begin(s, FACT_DST_PAGES, "counting free huge pages of the target host"))
		return;
	size = (unsigned)host->page_kib;
	if (virNodeGetFreePages(s->v, 1, &size, -1, 1, &free_pages, 0) < 1) {
		side_failed(s, FACT_DST_PAGES);
		return;
	}
	host->free_pages = free_pages;
	facts_set_known(s->f, FACT_DST_PAGES);
}
