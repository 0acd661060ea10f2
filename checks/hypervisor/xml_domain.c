/* A domain's XML: what stands outside <devices>. */
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

static bool yes(const xmlNode *n, const char *attr)
{
	return vxml_attr_is(n, attr, "yes");
}

static void read_os(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *os = vxml_child(root, "os"), *type = vxml_child(os, "type");
	const xmlNode *loader = vxml_child(os, "loader"), *nvram = vxml_child(os, "nvram");
	const xmlNode *source = vxml_child(nvram, "source");

	out->os_type = vxml_text(a, type);
	out->arch = vxml_attr(a, type, "arch");
	out->machine = vxml_attr(a, type, "machine");
	out->firmware = vxml_attr(a, os, "firmware");
	out->loader = vxml_text(a, loader);
	out->loader_type = vxml_attr(a, loader, "type");
	out->loader_secure = yes(loader, "secure");
	XML_EACH(feature, vxml_child(os, "firmware"), "feature")
	out->loader_secure |=
		vxml_attr_is(feature, "name", "secure-boot") && yes(feature, "enabled");
	out->nvram = source ? vxml_attr(a, source, "file") : vxml_text(a, nvram);
	out->nvram_template = vxml_attr(a, nvram, "template");
	out->kernel = vxml_text(a, vxml_child(os, "kernel"));
	out->initrd = vxml_text(a, vxml_child(os, "initrd"));
	out->dtb = vxml_text(a, vxml_child(os, "dtb"));
}

static void read_memory(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *backing = vxml_child(root, "memoryBacking");
	const xmlNode *huge = vxml_child(backing, "hugepages"), *page = vxml_child(huge, "page");
	static const struct {
		const char *unit;
		uint64_t kib;
	} units[] = {
		{ "KiB", 1 },
		{ "K", 1 },
		{ "M", 1024 },
		{ "MiB", 1024 },
		{ "G", 1024 * 1024 },
		{ "GiB", 1024 * 1024 },
	};

	out->memory_kib = vxml_kib(vxml_child(root, "memory"));
	out->current_kib = vxml_kib(vxml_child(root, "currentMemory"));
	if (!out->current_kib)
		out->current_kib = out->memory_kib;
	out->max_memory_kib = vxml_kib(vxml_child(root, "maxMemory"));
	out->hard_limit_kib = vxml_kib(vxml_at(root, "memtune/hard_limit"));
	out->locked = vxml_child(backing, "locked") != NULL;
	out->prealloc = vxml_attr_is(vxml_child(backing, "allocation"), "mode", "immediate");
	out->memory_source = vxml_attr(a, vxml_child(backing, "source"), "type");
	out->memory_shared = vxml_attr_is(vxml_child(backing, "access"), "mode", "shared") &&
			     out->memory_source && strcmp(out->memory_source, "anonymous") != 0;
	out->hugepages = huge != NULL;
	out->hugepages_partly =
		vxml_next(page ? page->next : NULL, "page") || vxml_attr(a, page, "nodeset");
	out->hugepage_kib = xml_attr_u64(page, "size");
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (vxml_attr_is(page, "unit", units[i].unit))
			out->hugepage_kib *= units[i].kib;
}

static void push_nodes(const char *set, struct arena *a, struct vm_config *out)
{
	if (set)
		out->numa_nodes =
			out->numa_nodes ? arena_printf(a, "%s,%s", out->numa_nodes, set) : set;
}

static void read_numa(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *tune = vxml_child(root, "numatune");

	push_nodes(vxml_attr(a, vxml_child(tune, "memory"), "nodeset"), a, out);
	XML_EACH(node, tune, "memnode")
	push_nodes(vxml_attr(a, node, "nodeset"), a, out);
	XML_EACH(memory, vxml_child(root, "devices"), "memory")
	push_nodes(vxml_text(a, vxml_at(memory, "source/nodemask")), a, out);
}

/* <relaxed state='on'/> and the like. */
static void read_hyperv(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *hyperv = vxml_at(root, "features/hyperv");
	const char **names = NULL;

	out->hyperv_mode = vxml_attr(a, hyperv, "mode");
	XML_EACH(feature, hyperv, NULL)
	if (vxml_attr_is(feature, "state", "on"))
		*ARENA_PUSH(a, names, out->n_hyperv_features) =
			arena_strdup(a, (const char *)feature->name);
	out->hyperv_features = names;
}

/*
 * What is to be compared. Of a guest that runs, check='full', libvirt sees to the features that it has,
 * and compares nothing: neither that the host has no others, nor its vendor.
 */
static const char *comparable(const xmlNode *cpu, struct arena *a)
{
	xmlNode *copy = xmlCopyNode((xmlNode *)cpu, 1), *vendor;
	const char *text;

	if (vxml_attr_is(copy, "check", "full")) {
		xmlUnsetProp(copy, (const xmlChar *)"match");
		vendor = vxml_child(copy, "vendor");
		xmlUnlinkNode(vendor);
		xmlFreeNode(vendor);
	}
	text = vxml_dump(a, copy);
	xmlFreeNode(copy);
	return text;
}

static void read_cpu(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	xmlNode *cpu = vxml_child(root, "cpu");
	struct vm_feature *features = NULL;

	if (!cpu)
		return;
	out->cpu_mode = vxml_attr(a, cpu, "mode");
	out->cpu_model = vxml_text(a, vxml_child(cpu, "model"));
	if (!out->cpu_mode && out->cpu_model)
		out->cpu_mode = "custom";
	out->cpu_vendor = vxml_text(a, vxml_child(cpu, "vendor"));
	out->cpu_check = vxml_attr(a, cpu, "check");
	out->cpu_migratable = vxml_attr(a, cpu, "migratable");
	XML_EACH(feature, cpu, "feature")
	*ARENA_PUSH(a, features, out->n_cpu_features) =
		(struct vm_feature){ vxml_attr(a, feature, "name"),
			vxml_attr(a, feature, "policy") };
	out->cpu_features = features;
	out->cpu_xml = comparable(cpu, a);
}

static void push_cpuset(const xmlNode *n, struct arena *a, const char ***sets, size_t *n_sets)
{
	const char *set = vxml_attr(a, n, "cpuset");

	if (set)
		*ARENA_PUSH(a, *sets, *n_sets) = set;
}

/* A pin of a vCPU that is off is applied when it is plugged in. */
static bool is_off(const xmlNode *root, const xmlNode *pin, unsigned current)
{
	uint64_t id = xml_attr_u64(pin, "vcpu");

	if (!vxml_is(pin, "vcpupin"))
		return false;
	XML_EACH(vcpu, vxml_child(root, "vcpus"), "vcpu")
	if (xml_attr_u64(vcpu, "id") == id)
		return !yes(vcpu, "enabled");
	return id >= current;
}

static void read_vcpus(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	static const char *const pins[] = { "vcpupin", "emulatorpin", "iothreadpin" };
	const xmlNode *vcpu = vxml_child(root, "vcpu"), *tune = vxml_child(root, "cputune");
	const char **sets = NULL;

	out->vcpus = vcpu ? (unsigned)xml_text_u64(vcpu) : 1;
	out->vcpus_current = (unsigned)xml_attr_u64(vcpu, "current");
	if (!out->vcpus_current)
		out->vcpus_current = out->vcpus;
	push_cpuset(vcpu, a, &sets, &out->n_pinned);
	for (size_t i = 0; i < ARRAY_LEN(pins); i++)
		XML_EACH(pin, tune, pins[i])
	if (!is_off(root, pin, out->vcpus_current))
		push_cpuset(pin, a, &sets, &out->n_pinned);
	out->pinned = sets;
}

static void read_clock(const xmlNode *root, struct vm_config *out)
{
	XML_EACH(timer, vxml_child(root, "clock"), "timer")
	{
		if (!vxml_attr_is(timer, "name", "tsc"))
			continue;
		out->tsc_frequency = xml_attr_u64(timer, "frequency");
		out->has_tsc_frequency = out->tsc_frequency != 0;
	}
}

struct models {
	const char **items;
	size_t n;
};

static void push_model(const xmlNode *label, struct arena *a, struct models *models)
{
	const char *model = vxml_attr(a, label, "model");

	if (model)
		*ARENA_PUSH(a, models->items, models->n) = model;
}

/* Of the driver of users and groups, which is there beside any other. */
static void read_dac(const xmlNode *label, struct arena *a, struct vm_config *out)
{
	bool fixed = vxml_attr_is(label, "type", "static");

	if (!vxml_attr_is(label, "model", "dac"))
		return;
	if (fixed)
		out->dac_label = vxml_text(a, vxml_child(label, "label"));
	out->keeps_owners = vxml_attr_is(label, "type", "none") ||
			    (fixed && vxml_attr_is(label, "relabel", "no"));
}

/*
 * libvirt refuses a guest whose labels, its own or those of a disk or a character device, are of a
 * driver that the host does not have. It gives a running guest one of each driver, and sends all
 * of them along but that of DAC.
 */
static void read_security(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	struct models models = { 0 };

	out->launch_security = vxml_attr(a, vxml_child(root, "launchSecurity"), "type");
	XML_EACH(label, root, "seclabel")
	{
		if (!vxml_attr_is(label, "model", "dac") || vxml_attr_is(label, "type", "static"))
			push_model(label, a, &models);
		read_dac(label, a, out);
	}
	XML_EACH(device, vxml_child(root, "devices"), NULL)
	XML_EACH(label, vxml_child(device, "source"), "seclabel")
	push_model(label, a, &models);
	out->seclabel_models = models.items;
	out->n_seclabel_models = models.n;
}

static void read_qemu_args(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const char **args = NULL;

	XML_EACH(arg, vxml_child(root, "commandline"), "arg")
	*ARENA_PUSH(a, args, out->n_qemu_args) = vxml_attr(a, arg, "value");
	out->qemu_args = args;
}

int vxml_domain(const char *text, struct arena *a, struct vm_config *out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "domain", e);
	const xmlNode *root = xmlDocGetRootElement(doc);

	if (!doc)
		return -e->code;
	*out = (struct vm_config){
		.name = vxml_text(a, vxml_child(root, "name")),
		.uuid = vxml_text(a, vxml_child(root, "uuid")),
		.title = vxml_text(a, vxml_child(root, "title")),
		.virt = vxml_attr(a, root, "type"),
		.emulator = vxml_text(a, vxml_at(root, "devices/emulator")),
	};
	read_os(root, a, out);
	read_memory(root, a, out);
	read_numa(root, a, out);
	read_hyperv(root, a, out);
	read_cpu(root, a, out);
	read_vcpus(root, a, out);
	read_clock(root, out);
	read_security(root, a, out);
	read_qemu_args(root, a, out);
	vxml_domain_paths(root, a, out);
	vxml_domain_disks(vxml_child(root, "devices"), a, out);
	vxml_domain_devices(vxml_child(root, "devices"), a, out);
	return 0;
}
