#include "checks/hypervisor/twin.h"

#include <string.h>

#include "checks/hypervisor/twin_inner.h"

#define TWIN_COMMA ",x"
#define X(s) ((const xmlChar *)(s))

bool twin_is_name(const char *name)
{
	return name && strncmp(name, TWIN_PREFIX, sizeof TWIN_PREFIX - 1) == 0;
}

void twin_set(xmlNode *n, const char *name, const char *value)
{
	xmlSetProp(n, X(name), X(value));
}

void twin_unset(xmlNode *n, const char *name)
{
	xmlUnsetProp(n, X(name));
}

xmlNode *twin_add(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, X(name), NULL);
}

void twin_drop(xmlNode *n)
{
	xmlUnlinkNode(n);
	xmlFreeNode(n);
}

static bool listed(const char *const *names, const xmlChar *name)
{
	for (; *names; names++)
		if (strcmp(*names, (const char *)name) == 0)
			return true;
	return false;
}

void twin_keep(xmlNode *n, const char *const *names)
{
	xmlNode *next;

	for (xmlNode *c = n ? n->children : NULL; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE && (c->ns || !listed(names, c->name)))
			twin_drop(c);
	}
}

void twin_keep_attrs(xmlNode *n, const char *const *names)
{
	xmlAttr *next;

	for (xmlAttr *at = n ? n->properties : NULL; at; at = next) {
		next = at->next;
		if (at->ns || !listed(names, at->name))
			xmlRemoveProp(at);
	}
}

void twin_path(struct twin *t, enum probe_part part, size_t disk, const char *path)
{
	if (path && *path)
		*ARENA_PUSH(t->a, t->paths, t->n_paths) =
			(struct probe_path){ part, disk, arena_strdup(t->a, path), NULL };
}

void twin_images(struct twin *t)
{
	const struct vm_config *vm = &t->f->config;

	for (size_t i = 0; t->f->images && i < vm->n_images; i++)
		if (vm->images[i].kind != IMAGE_FIRMWARE && t->f->images[i].there)
			twin_path(t, vm->images[i].kind == IMAGE_NVRAM ? PROBE_NVRAM : PROBE_ROM, 0,
				t->f->images[i].there);
}

static void no_relabel(xmlNode *source, const char *model)
{
	xmlNode *label = twin_add(source, "seclabel");

	twin_set(label, "model", model);
	twin_set(label, "relabel", "no");
}

void twin_no_relabel(struct twin *t, xmlNode *source)
{
	if (t->label_dac)
		no_relabel(source, "dac");
	if (t->label_selinux)
		no_relabel(source, "selinux");
}

static void drop_child(xmlNode *root, const char *name)
{
	xmlNode *old = vxml_child(root, name);

	if (old)
		twin_drop(old);
}

static void text_child(xmlNode *root, const char *name, const char *text)
{
	drop_child(root, name);
	xmlNewTextChild(root, NULL, X(name), X(text));
}

/* Whose it is, so that whoever finds it left behind knows whether it may be removed. */
static void set_metadata(xmlNode *root, const struct twin_id *id, struct arena *a)
{
	xmlNode *n;

	drop_child(root, "metadata");
	n = twin_add(twin_add(root, "metadata"), "probe");
	xmlSetNs(n, xmlNewNs(n, X(TWIN_NS), X("vsmigd")));
	twin_set(n, "host", id->host);
	twin_set(n, "instance", id->instance);
	twin_set(n, "expires", arena_printf(a, "%lld", (long long)id->expires));
}

/*
 * With the label that the VM's QEMU has there anyway, given as a fixed one that relabels nothing,
 * no file of the VM changes its owner, whichever it is. Not knowing that label, each source says
 * so for itself, and the files that libvirt would relabel beside disks are left out.
 */
static void choose_labels(struct twin *t, xmlNode *root)
{
	const struct host_caps *caps = &t->f->dst.caps;
	const char *user = facts_user(t->f, &t->f->dst);
	xmlNode *label;

	t->label_dac = facts_has_secmodel(caps, "dac");
	t->label_selinux = facts_has_secmodel(caps, "selinux");
	if (!t->label_dac || !user)
		return;
	t->label_dac = false;
	label = twin_add(root, "seclabel");
	twin_set(label, "type", "static");
	twin_set(label, "model", "dac");
	twin_set(label, "relabel", "no");
	xmlNewTextChild(label, NULL, X("label"), X(user));
}

/* The loader becomes a disk: as one it needs no NVRAM, and is found or missing all the same. */
static void take_loader(struct twin *t, xmlNode *os)
{
	xmlNode *loader = vxml_child(os, "loader");
	const char *path = loader ? vxml_text(t->a, loader) : NULL;

	if (path && path[0] == '/')
		twin_path(t, PROBE_FIRMWARE, 0, path);
	if (loader)
		twin_drop(loader);
	twin_unset(os, "firmware");
}

static void boot_files(struct twin *t, xmlNode *os)
{
	static const char *const files[] = { "kernel", "initrd", "dtb" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		xmlNode *n = vxml_child(os, files[i]);

		if (n && t->label_dac)
			twin_drop(n);
		else if (n)
			twin_path(t, PROBE_KERNEL, 0, vxml_text(t->a, n));
	}
	XML_EACH(table, vxml_child(os, "acpi"), "table")
	twin_path(t, PROBE_KERNEL, 0, vxml_text(t->a, table));
	if (!vxml_child(os, "kernel") && vxml_child(os, "cmdline"))
		twin_drop(vxml_child(os, "cmdline"));
}

/* Of a server that must be reached from there. */
static void take_nvram(struct twin *t, xmlNode *os)
{
	xmlNode *nvram = vxml_child(os, "nvram");

	if (!nvram || !vxml_attr_is(nvram, "type", "network"))
		return;
	t->nvram = vxml_child(nvram, "source");
	if (t->nvram)
		xmlUnlinkNode(t->nvram);
}

static void operating_system(struct twin *t, xmlNode *os)
{
	static const char *const kept[] = { "type", "loader", "kernel", "initrd", "cmdline", "dtb",
		"smbios", "acpi", NULL };

	take_nvram(t, os);
	twin_keep(os, kept);
	take_loader(t, os);
	boot_files(t, os);
}

/* libvirt wants the UUID in there, if it is, to be the guest's. */
static void sysinfo(struct twin *t, xmlNode *root)
{
	XML_EACH(info, root, "sysinfo")
	{
		xmlNode *next;

		XML_EACH(entry, info, "entry")
		twin_path(t, PROBE_KERNEL, 0, vxml_attr(t->a, entry, "file"));
		for (xmlNode *e = vxml_at(info, "system/entry"); e; e = next) {
			next = vxml_next(e, "entry");
			if (vxml_attr_is(e, "name", "uuid"))
				twin_drop(e);
		}
	}
}

static void cpu_tuning(xmlNode *root)
{
	static const char *const kept[] = { "vcpupin", "emulatorpin", "iothreadpin", NULL };

	twin_keep(vxml_child(root, "cputune"), kept);
	XML_EACH(cell, vxml_at(root, "cpu/numa"), "cell")
	twin_unset(cell, "memAccess");
}

/* A running guest takes its CPU along as it is, not as it was asked for. */
static void take_live_cpu(struct twin *t, xmlNode *root)
{
	auto_doc xmlDoc *live = NULL;
	xmlNode *cpu, *ours = vxml_child(root, "cpu");
	struct err e;

	if (!t->f->xml || t->f->xml == t->f->move_xml)
		return;
	live = vxml_read(t->f->xml, "domain", &e);
	cpu = live ? vxml_child(xmlDocGetRootElement(live), "cpu") : NULL;
	if (!cpu)
		return;
	if (ours)
		twin_drop(ours);
	xmlAddChild(root, xmlDocCopyNode(cpu, root->doc, 1));
}

/* Of shared memory of a file the kernel gives more than it has: so it must be that in the twin. It
 * needs no file of the host's, and nothing of it is touched. */
static void share_memory(struct twin *t, xmlNode *root)
{
	xmlNode *backing;

	if (!t->f->config.memory_shared)
		return;
	backing = twin_add(root, "memoryBacking");
	twin_set(twin_add(backing, "source"), "type", "memfd");
	twin_set(twin_add(backing, "access"), "mode", "shared");
}

static void whole_domain(struct twin *t, xmlNode *root)
{
	static const char *const kept[] = { "memory", "currentMemory", "maxMemory", "vcpu", "vcpus",
		"iothreads", "iothreadids", "cputune", "numatune", "resource", "sysinfo", "os",
		"features", "cpu", "clock", "on_poweroff", "on_reboot", "on_crash", "pm", "devices",
		NULL };
	static const char *const attrs[] = { "type", NULL };

	twin_keep(root, kept);
	twin_keep_attrs(root, attrs);
	share_memory(t, root);
	take_live_cpu(t, root);
	choose_labels(t, root);
	operating_system(t, vxml_child(root, "os"));
	sysinfo(t, root);
	cpu_tuning(root);
	twin_devices(t, vxml_child(root, "devices"));
}

int twin_make(const struct facts *f, struct arena *a, xmlDoc **out, struct probe_facts *covers,
	struct err *e)
{
	const char *text = f->move_xml ? f->move_xml : f->xml;
	auto_doc xmlDoc *doc = text ? vxml_read(text, "domain", e) : NULL;
	struct twin t = { .f = f, .a = a };
	xmlNode *root;

	if (!text)
		return err_set(e, ERR_UNAVAILABLE, "the XML of the virtual system is not known");
	if (!doc)
		return -e->code;
	root = xmlDocGetRootElement(doc);
	if (!vxml_child(root, "os") || !vxml_child(root, "devices"))
		return err_set(
			e, ERR_SYNTAX, "the XML of the virtual system lacks <os> or <devices>");
	t.disks = arena_array(a, f->config.n_disks, sizeof *t.disks);
	t.unlocked = arena_array(a, f->config.n_disks, sizeof *t.unlocked);
	t.nics = arena_array(a, f->config.n_nics, sizeof *t.nics);
	whole_domain(&t, root);
	if (facts_name_ends_early(f))
		text_child(root, "name", TWIN_COMMA);
	*out = take(doc);
	*covers = (struct probe_facts){
		.paths = t.paths,
		.n_paths = t.n_paths,
		.disks = t.disks,
		.nics = t.nics,
		.unlocked = t.unlocked,
		.listens = t.listens,
		.binds = t.binds,
	};
	return 0;
}

/* With a comma in it for a VM that has one, and always the same: libvirt keeps a log for each name. */
static const char *full_name(const xmlNode *root, const struct twin_id *id, struct arena *a)
{
	const xmlNode *name = vxml_child(root, "name");

	return name && strstr(vxml_text(a, name), TWIN_COMMA)
		       ? arena_printf(a, "%s" TWIN_COMMA, id->name)
		       : id->name;
}

const char *twin_text(xmlDoc *doc, const struct twin_id *id, struct arena *a)
{
	xmlNode *root = xmlDocGetRootElement(doc);

	if (id) {
		text_child(root, "name", full_name(root, id, a));
		text_child(root, "uuid", id->uuid);
		set_metadata(root, id, a);
		twin_new_macs(vxml_child(root, "devices"), a);
	}
	return vxml_dump(a, root);
}
