/* A host's capabilities. */
#include "checks/hypervisor/vxml.h"

#include <string.h>

struct names {
	const char **items;
	size_t n;
};

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static void push_name(struct arena *a, struct names *names, const char *name)
{
	if (name)
		*ARENA_PUSH(a, names->items, names->n) = name;
}

/* Names, and the canonical names behind aliases such as "pc". */
static void read_machines(const xmlNode *parent, struct arena *a, struct names *out)
{
	XML_EACH(machine, parent, "machine")
	{
		const char *canonical = vxml_attr(a, machine, "canonical");

		push_name(a, out, vxml_text(a, machine));
		if (canonical && !has_name(out, canonical))
			push_name(a, out, canonical);
	}
}

static void read_arch(const xmlNode *arch, const char *os_type, struct arena *a,
	struct caps_guest **guests, size_t *n_guests)
{
	struct names shared = { 0 };
	const char *emulator = vxml_text(a, vxml_child(arch, "emulator"));
	const char *name = vxml_attr(a, arch, "name");

	read_machines(arch, a, &shared);
	XML_EACH(domain, arch, "domain")
	{
		struct names own = { 0 };
		const char *path = vxml_text(a, vxml_child(domain, "emulator"));

		/* A <domain> that lists machines of its own has those and no others. */
		read_machines(domain, a, &own);
		if (!own.n)
			own = shared;
		*ARENA_PUSH(a, *guests, *n_guests) = (struct caps_guest){
			.os_type = os_type,
			.arch = name,
			.virt = vxml_attr(a, domain, "type"),
			.emulator = path ? path : emulator,
			.machines = own.items,
			.n_machines = own.n,
		};
	}
}

static void read_guests(const xmlNode *root, struct arena *a, struct host_caps *out)
{
	struct caps_guest *guests = NULL;

	XML_EACH(guest, root, "guest")
	{
		const char *os_type = vxml_text(a, vxml_child(guest, "os_type"));

		XML_EACH(arch, guest, "arch")
		read_arch(arch, os_type, a, &guests, &out->n_guests);
	}
	out->guests = guests;
}

static void read_cpu(const xmlNode *cpu, struct arena *a, struct host_caps *out)
{
	struct vm_feature *features = NULL;
	uint64_t *pages = NULL;

	out->arch = vxml_text(a, vxml_child(cpu, "arch"));
	out->cpu_model = vxml_text(a, vxml_child(cpu, "model"));
	out->cpu_vendor = vxml_text(a, vxml_child(cpu, "vendor"));
	out->cpu_xml = vxml_dump(a, cpu);
	XML_EACH(feature, cpu, "feature")
	*ARENA_PUSH(a, features, out->n_cpu_features) =
		(struct vm_feature){ .name = vxml_attr(a, feature, "name") };
	out->cpu_features = features;
	XML_EACH(page, cpu, "pages")
	*ARENA_PUSH(a, pages, out->n_pages) = xml_attr_u64(page, "size");
	out->page_kib = pages;
	XML_EACH(counter, cpu, "counter")
	{
		if (!vxml_attr_is(counter, "name", "tsc"))
			continue;
		out->tsc_frequency = xml_attr_u64(counter, "frequency");
		out->tsc_scaling = vxml_attr_is(counter, "scaling", "yes")  ? TRI_YES
				   : vxml_attr_is(counter, "scaling", "no") ? TRI_NO
									    : TRI_UNKNOWN;
	}
}

static void read_migration(const xmlNode *host, struct arena *a, struct host_caps *out)
{
	const xmlNode *migration = vxml_child(host, "migration_features");
	struct names transports = { 0 };

	out->has_migration = migration != NULL;
	out->live = vxml_child(migration, "live") != NULL;
	XML_EACH(transport, vxml_child(migration, "uri_transports"), "uri_transport")
	push_name(a, &transports, vxml_text(a, transport));
	out->transports = transports.items;
	out->n_transports = transports.n;
}

static void read_secmodels(const xmlNode *host, struct arena *a, struct host_caps *out)
{
	struct names models = { 0 };

	XML_EACH(secmodel, host, "secmodel")
	{
		const char *model = vxml_text(a, vxml_child(secmodel, "model"));

		push_name(a, &models, model);
		/* The same for every kind of guest. */
		if (model && strcmp(model, "dac") == 0)
			out->dac_label = vxml_text(a, vxml_child(secmodel, "baselabel"));
	}
	out->secmodels = models.items;
	out->n_secmodels = models.n;
}

/* Their numbers may have gaps. */
static void read_cells(const xmlNode *cells, struct arena *a, struct host_caps *out)
{
	XML_EACH(cell, cells, "cell")
	{
		unsigned id = (unsigned)xml_attr_u64(cell, "id");

		out->numa_nodes = out->numa_nodes ? arena_printf(a, "%s,%u", out->numa_nodes, id)
						  : arena_printf(a, "%u", id);
	}
}

int vxml_caps(const char *text, struct arena *a, struct host_caps *out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "capabilities", e);
	const xmlNode *host = vxml_child(xmlDocGetRootElement(doc), "host");

	if (!doc)
		return -e->code;
	*out = (struct host_caps){ .uuid = vxml_text(a, vxml_child(host, "uuid")) };
	read_cpu(vxml_child(host, "cpu"), a, out);
	read_migration(host, a, out);
	read_secmodels(host, a, out);
	read_cells(vxml_at(host, "topology/cells"), a, out);
	read_guests(xmlDocGetRootElement(doc), a, out);
	return 0;
}
