/* Domain capabilities: what a guest of one emulator, architecture and machine may have. */
#include "checks/hypervisor/vxml.h"

#include <string.h>

static const char *const *read_values(const xmlNode *parent, struct arena *a, size_t *n)
{
	const char **items = NULL;

	XML_EACH(value, parent, "value")
	{
		const char *text = vxml_text(a, value);

		if (text)
			*ARENA_PUSH(a, items, *n) = text;
	}
	return items;
}

static xmlNode *find_enum(const xmlNode *parent, const char *name)
{
	XML_EACH(n, parent, "enum")
	if (vxml_attr_is(n, "name", name))
		return n;
	return NULL;
}

/* Every <enum> of an element: "disk/bus". One name repeats its element's: "disk/device". */
static void push_enums(
	const xmlNode *element, struct arena *a, struct domcaps_enum **items, size_t *n)
{
	XML_EACH(e, element, "enum")
	{
		const char *name = vxml_attr(a, e, "name");
		struct domcaps_enum *item = ARENA_PUSH(a, *items, *n);

		if (name && strcmp(name, "diskDevice") == 0)
			name = "device";
		item->path =
			arena_printf(a, "%s/%s", (const char *)element->name, name ? name : "");
		item->n = 0;
		item->values = read_values(e, a, &item->n);
	}
}

static void read_enums(const xmlNode *root, struct arena *a, struct domcaps *out)
{
	struct domcaps_enum *items = NULL;

	push_enums(vxml_child(root, "memoryBacking"), a, &items, &out->n_enums);
	XML_EACH(device, vxml_child(root, "devices"), NULL)
	push_enums(device, a, &items, &out->n_enums);
	XML_EACH(feature, vxml_child(root, "features"), NULL)
	push_enums(feature, a, &items, &out->n_enums);
	out->enums = items;
}

static void read_loader(const xmlNode *root, struct arena *a, struct domcaps *out)
{
	const xmlNode *os = vxml_child(root, "os"), *loader = vxml_child(os, "loader");

	out->firmware_told = find_enum(os, "firmware") != NULL;
	out->firmwares = read_values(find_enum(os, "firmware"), a, &out->n_firmwares);
	out->loader_supported = vxml_attr_is(loader, "supported", "yes");
	out->loaders = read_values(loader, a, &out->n_loaders);
	XML_EACH(value, find_enum(loader, "secure"), "value")
	{
		const char *text = vxml_text(a, value);

		out->loader_secure |= text && strcmp(text, "yes") == 0;
	}
}

static void read_cpu_modes(const xmlNode *root, struct domcaps *out)
{
	const struct {
		const char *name;
		bool *flag;
	} modes[] = {
		{ "host-passthrough", &out->host_passthrough },
		{ "host-model", &out->host_model },
		{ "maximum", &out->maximum },
		{ "custom", &out->custom },
	};

	XML_EACH(mode, vxml_child(root, "cpu"), "mode")
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (vxml_attr_is(mode, "name", modes[i].name))
			*modes[i].flag = vxml_attr_is(mode, "supported", "yes");
}

int vxml_domcaps(const char *text, struct arena *a, struct domcaps *out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "domainCapabilities", e);
	const xmlNode *root = xmlDocGetRootElement(doc);

	if (!doc)
		return -e->code;
	*out = (struct domcaps){
		.supported = TRI_YES,
		.max_vcpus = (unsigned)xml_attr_u64(vxml_child(root, "vcpu"), "max"),
	};
	read_loader(root, a, out);
	read_cpu_modes(root, out);
	read_enums(root, a, out);
	return 0;
}
