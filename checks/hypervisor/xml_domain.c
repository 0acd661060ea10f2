/* A domain's XML: what stands outside <devices>. */
#include "checks/hypervisor/xml.h"

#include <stdlib.h>
#include <string.h>

static bool yes(const xmlNode *n, const char *attr)
{
	return xml_attr_is(n, attr, "yes");
}

static void read_os(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *os = xml_child(root, "os"), *type = xml_child(os, "type");
	const xmlNode *loader = xml_child(os, "loader"), *nvram = xml_child(os, "nvram");
	const xmlNode *source = xml_child(nvram, "source");

	out->os_type = xml_text(a, type);
	out->arch = xml_attr(a, type, "arch");
	out->machine = xml_attr(a, type, "machine");
	out->firmware = xml_attr(a, os, "firmware");
	out->loader = xml_text(a, loader);
	out->loader_type = xml_attr(a, loader, "type");
	out->loader_secure = yes(loader, "secure");
	out->nvram = source ? xml_attr(a, source, "file") : xml_text(a, nvram);
	out->nvram_template = xml_attr(a, nvram, "template");
	out->kernel = xml_text(a, xml_child(os, "kernel"));
	out->initrd = xml_text(a, xml_child(os, "initrd"));
	out->dtb = xml_text(a, xml_child(os, "dtb"));
}

static void read_memory(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *backing = xml_child(root, "memoryBacking");
	const xmlNode *huge = xml_child(backing, "hugepages"), *page = xml_child(huge, "page");
	static const struct { const char *unit; uint64_t kib; } units[] = {
		{ "KiB", 1 }, { "K", 1 }, { "M", 1024 }, { "MiB", 1024 }, { "G", 1024 * 1024 },
		{ "GiB", 1024 * 1024 },
	};

	out->memory_kib = xml_kib(xml_child(root, "memory"));
	out->current_kib = xml_kib(xml_child(root, "currentMemory"));
	if (!out->current_kib)
		out->current_kib = out->memory_kib;
	out->max_memory_kib = xml_kib(xml_child(root, "maxMemory"));
	out->hard_limit_kib = xml_kib(xml_at(root, "memtune/hard_limit"));
	out->locked = xml_child(backing, "locked") != NULL;
	out->prealloc = xml_attr_is(xml_child(backing, "allocation"), "mode", "immediate");
	out->memory_source = xml_attr(a, xml_child(backing, "source"), "type");
	out->hugepages = huge != NULL;
	out->hugepage_kib = xml_attr_u64(page, "size");
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (xml_attr_is(page, "unit", units[i].unit))
			out->hugepage_kib *= units[i].kib;
	out->numa_nodes = xml_attr(a, xml_at(root, "numatune/memory"), "nodeset");
}

static void read_cpu(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const xmlNode *cpu = xml_child(root, "cpu");
	struct vm_feature *features = NULL;

	if (!cpu)
		return;
	out->cpu_mode = xml_attr(a, cpu, "mode");
	out->cpu_model = xml_text(a, xml_child(cpu, "model"));
	if (!out->cpu_mode && out->cpu_model)
		out->cpu_mode = "custom";
	out->cpu_vendor = xml_text(a, xml_child(cpu, "vendor"));
	out->cpu_check = xml_attr(a, cpu, "check");
	out->cpu_migratable = xml_attr(a, cpu, "migratable");
	XML_EACH(feature, cpu, "feature")
		*ARENA_PUSH(a, features, out->n_cpu_features) = (struct vm_feature){
			xml_attr(a, feature, "name"), xml_attr(a, feature, "policy")
		};
	out->cpu_features = features;
	out->cpu_xml = xml_dump(a, cpu);
}

static void push_cpuset(const xmlNode *n, struct arena *a, const char ***sets, size_t *n_sets)
{
	const char *set = xml_attr(a, n, "cpuset");

	if (set)
		*ARENA_PUSH(a, *sets, *n_sets) = set;
}

static void read_vcpus(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	static const char *const pins[] = { "vcpupin", "emulatorpin", "iothreadpin" };
	const xmlNode *vcpu = xml_child(root, "vcpu"), *tune = xml_child(root, "cputune");
	const char **sets = NULL;

	out->vcpus = vcpu ? (unsigned)xml_text_u64(vcpu) : 1;
	out->vcpus_current = (unsigned)xml_attr_u64(vcpu, "current");
	if (!out->vcpus_current)
		out->vcpus_current = out->vcpus;
	push_cpuset(vcpu, a, &sets, &out->n_pinned);
	for (size_t i = 0; i < ARRAY_LEN(pins); i++)
		XML_EACH(pin, tune, pins[i])
			push_cpuset(pin, a, &sets, &out->n_pinned);
	out->pinned = sets;
}

static void read_clock(const xmlNode *root, struct vm_config *out)
{
	XML_EACH(timer, xml_child(root, "clock"), "timer") {
		if (!xml_attr_is(timer, "name", "tsc"))
			continue;
		out->tsc_frequency = xml_attr_u64(timer, "frequency");
		out->has_tsc_frequency = out->tsc_frequency != 0;
	}
}

static void read_security(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	out->launch_security = xml_attr(a, xml_child(root, "launchSecurity"), "type");
	XML_EACH(label, root, "seclabel")
		if (xml_attr_is(label, "type", "static") && !out->seclabel_model)
			out->seclabel_model = xml_attr(a, label, "model");
}

static void read_qemu_args(const xmlNode *root, struct arena *a, struct vm_config *out)
{
	const char **args = NULL;

	XML_EACH(arg, xml_child(root, "commandline"), "arg")
		*ARENA_PUSH(a, args, out->n_qemu_args) = xml_attr(a, arg, "value");
	out->qemu_args = args;
}

int xml_domain(const char *text, struct arena *a, struct vm_config *out, struct err *e)
{
	auto_doc xmlDoc *doc = xml_read(text, "domain", e);
	const xmlNode *root = xmlDocGetRootElement(doc);

	if (!doc)
		return -e->code;
	*out = (struct vm_config){
		.name = xml_text(a, xml_child(root, "name")),
		.uuid = xml_text(a, xml_child(root, "uuid")),
		.title = xml_text(a, xml_child(root, "title")),
		.virt = xml_attr(a, root, "type"),
		.emulator = xml_text(a, xml_at(root, "devices/emulator")),
		.hyperv_mode = xml_attr(a, xml_at(root, "features/hyperv"), "mode"),
	};
	read_os(root, a, out);
	read_memory(root, a, out);
	read_cpu(root, a, out);
	read_vcpus(root, a, out);
	read_clock(root, out);
	read_security(root, a, out);
	read_qemu_args(root, a, out);
	xml_domain_disks(xml_child(root, "devices"), a, out);
	xml_domain_devices(xml_child(root, "devices"), a, out);
	return 0;
}
