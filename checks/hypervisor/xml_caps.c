/* A host's capabilities. */
#include "checks/hypervisor/xml.h"

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
	XML_EACH(machine, parent, "machine") {
		const char *canonical = xml_attr(a, machine, "canonical");

		push_name(a, out, xml_text(a, machine));
		if (canonical && !has_name(out, canonical))
			push_name(a, out, canonical);
	}
}

static void read_arch(const xmlNode *arch, const char *os_type, struct arena *a,
	struct caps_guest **guests, size_t *n_guests)
{
	struct names shared = { 0 };
	const char *emulator = xml_text(a, xml_child(arch, "emulator"));
	const char *name = xml_attr(a, arch, "name");

	read_machines(arch, a, &shared);
	XML_EACH(domain, arch, "domain") {
		struct names own = { 0 };
		const char *path = xml_text(a, xml_child(domain, "emulator"));

		/* A <domain> that lists machines of its own has those and no others. */
		read_machines(domain, a, &own);
		if (!own.n)
			own = shared;
		*ARENA_PUSH(a, *guests, *n_guests) = (struct caps_guest){
			.os_type = os_type, .arch = name, .virt = xml_attr(a, domain, "type"),
			.emulator = path ? path : emulator,
			.machines = own.items, .n_machines = own.n,
		};
	}
}

static void read_guests(const xmlNode *root, struct arena *a, struct host_caps *out)
{
	struct caps_guest *guests = NULL;

	XML_EACH(guest, root, "guest") {
		const char *os_type = xml_text(a, xml_child(guest, "os_type"));

		XML_EACH(arch, guest, "arch")
			read_arch(arch, os_type, a, &guests, &out->n_guests);
	}
	out->guests = guests;
}

static void read_cpu(const xmlNode *cpu, struct arena *a, struct host_caps *out)
{
	struct vm_feature *features = NULL;

	out->arch = xml_text(a, xml_child(cpu, "arch"));
	out->cpu_model = xml_text(a, xml_child(cpu, "model"));
	out->cpu_vendor = xml_text(a, xml_child(cpu, "vendor"));
	out->cpu_xml = xml_dump(a, cpu);
	XML_EACH(feature, cpu, "feature")
		*ARENA_PUSH(a, features, out->n_cpu_features) = (struct vm_feature){
			.name = xml_attr(a, feature, "name")
		};
	out->cpu_features = features;
	XML_EACH(counter, cpu, "counter") {
		if (!xml_attr_is(counter, "name", "tsc"))
			continue;
		out->tsc_frequency = xml_attr_u64(counter, "frequency");
		out->tsc_scaling = xml_attr_is(counter, "scaling", "yes");
	}
}

static void read_migration(const xmlNode *host, struct arena *a, struct host_caps *out)
{
	const xmlNode *migration = xml_child(host, "migration_features");
	struct names transports = { 0 };

	out->has_migration = migration != NULL;
	out->live = xml_child(migration, "live") != NULL;
	XML_EACH(transport, xml_child(migration, "uri_transports"), "uri_transport")
		push_name(a, &transports, xml_text(a, transport));
	out->transports = transports.items;
	out->n_transports = transports.n;
}

static void read_secmodels(const xmlNode *host, struct arena *a, struct host_caps *out)
{
	struct names models = { 0 };

	XML_EACH(secmodel, host, "secmodel")
		push_name(a, &models, xml_text(a, xml_child(secmodel, "model")));
	out->secmodels = models.items;
	out->n_secmodels = models.n;
}

int xml_caps(const char *text, struct arena *a, struct host_caps *out, struct err *e)
{
	auto_doc xmlDoc *doc = xml_read(text, "capabilities", e);
	const xmlNode *host = xml_child(xmlDocGetRootElement(doc), "host");

	if (!doc)
		return -e->code;
	*out = (struct host_caps){ .uuid = xml_text(a, xml_child(host, "uuid")) };
	read_cpu(xml_child(host, "cpu"), a, out);
	read_migration(host, a, out);
	read_secmodels(host, a, out);
	XML_EACH(cell, xml_at(host, "topology/cells"), "cell")
		out->numa_nodes++;
	read_guests(xmlDocGetRootElement(doc), a, out);
	return 0;
}
