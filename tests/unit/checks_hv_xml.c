/* libvirt's XML into facts: recorded from real hosts, and corner cases written by hand. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/fs.h"
#include "checks/hypervisor/vxml.h"

#define DATA TEST_DATA "/libvirt/"

static char *slurp(const char *name)
{
	char path[512], *text = mem_calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof path, DATA "%s", name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, f), 0);
	fclose(f);
	return text;
}

static struct vm_config *read_domain(struct arena *a, const char *name)
{
	struct vm_config *c = arena_alloc(a, sizeof *c);
	auto_free char *text = slurp(name);
	struct err e;

	ck_assert_int_eq(vxml_domain(text, a, c, &e), 0);
	return c;
}

/* Each row names a file and one thing that its rule will look for. */
static bool file_disk(const struct vm_config *c)
{
	return c->n_disks == 1 && strcmp(c->disks[0].type, "file") == 0 &&
	       c->disks[0].source[0] == '/';
}

static bool network(const struct vm_config *c)
{
	return strcmp(c->nics[0].type, "network") == 0 && strcmp(c->nics[0].network, "blue") == 0 &&
	       strcmp(c->nics[0].mac, "52:54:00:77:00:01") == 0 && c->nics[0].bridge;
}

static bool bridge(const struct vm_config *c)
{
	return strcmp(c->nics[0].type, "bridge") == 0 && !c->nics[0].network && c->nics[0].bridge;
}

static bool cdrom(const struct vm_config *c)
{
	return strcmp(c->disks[0].device, "cdrom") == 0 && c->disks[0].readonly;
}

static bool clipboard(const struct vm_config *c)
{
	return strcmp(c->chardevs[0].type, "qemu-vdagent") == 0;
}

static bool ninep(const struct vm_config *c)
{
	return c->n_filesystems == 1 && strcmp(c->filesystems[0].driver, "path") == 0 &&
	       strcmp(c->filesystems[0].source, "/usr/share/misc") == 0;
}

static bool host_model(const struct vm_config *c)
{
	return strcmp(c->cpu_mode, "custom") == 0 && c->cpu_model && c->n_cpu_features > 10 &&
	       strncmp(c->cpu_xml, "<cpu ", 5) == 0 && strcmp(c->cpu_vendor, "AMD") == 0 &&
	       !strstr(c->cpu_xml, "<vendor>") && !strstr(c->cpu_xml, "match=");
}

static bool maximum(const struct vm_config *c)
{
	return strcmp(c->cpu_mode, "maximum") == 0 && !c->cpu_model;
}

static bool luks(const struct vm_config *c)
{
	return c->disks[0].encrypted && c->n_secrets == 1 &&
	       strcmp(c->secrets[0].uuid, "a5a5a5a5-0077-4000-8000-00000000005e") == 0 &&
	       strcmp(c->secrets[0].usage_type, "volume") == 0 &&
	       strcmp(c->secrets[0].user, "disk vda") == 0;
}

static bool pci(const struct vm_config *c)
{
	return c->n_hostdevs == 1 && strcmp(c->hostdevs[0].type, "pci") == 0 &&
	       strlen(c->hostdevs[0].address) == 12;
}

static bool serial_file(const struct vm_config *c)
{
	return c->n_chardevs == 1 && strcmp(c->chardevs[0].kind, "serial") == 0 &&
	       strcmp(c->chardevs[0].type, "file") == 0 && c->chardevs[0].path;
}

static bool master(const struct vm_config *c)
{
	return c->n_shmem == 1 && !c->shmem_peer && !c->shmem_legacy;
}

static bool peer(const struct vm_config *c)
{
	return c->n_shmem == 1 && c->shmem_peer && strcmp(c->shmem_role, "peer") == 0;
}

static bool tpm(const struct vm_config *c)
{
	return strcmp(c->tpm_backend, "emulator") == 0;
}

static bool transient(const struct vm_config *c)
{
	return c->disks[0].transient && c->disks[0].n_backing == 1;
}

static bool usb_sound(const struct vm_config *c)
{
	for (size_t i = 0; i < c->n_devices; i++)
		if (strcmp(c->devices[i].kind, "sound") == 0)
			return strcmp(c->devices[i].model, "usb") == 0;
	return false;
}

static bool vmdk(const struct vm_config *c)
{
	return strcmp(c->disks[0].format, "vmdk") == 0;
}

static bool vnc(const struct vm_config *c)
{
	return c->n_graphics == 1 && strcmp(c->graphics[0].listen, "10.77.0.11") == 0 &&
	       c->graphics[0].autoport && c->graphics[0].port == 5900;
}

static bool q35(const struct vm_config *c)
{
	return strcmp(c->machine, "pc-q35-7.2") == 0 && strcmp(c->virt, "qemu") == 0;
}

static bool rich(const struct vm_config *c)
{
	return c->n_disks == 4 && c->n_nics == 2 && c->n_secrets == 1 && c->n_shmem == 1 &&
	       c->vcpus == 2 && c->memory_kib == 65536 && c->title && c->n_graphics == 1;
}

static const struct {
	const char *file;
	bool (*holds)(const struct vm_config *c);
} recorded[] = {
	{ "domain-plain.xml", NULL },
	{ "domain-local-disk.xml", file_disk },
	{ "domain-shared-disk.xml", file_disk },
	{ "domain-network.xml", network },
	{ "domain-bridge.xml", bridge },
	{ "domain-cdrom.xml", cdrom },
	{ "domain-clipboard.xml", clipboard },
	{ "domain-9p.xml", ninep },
	{ "domain-cpu-host-model.xml", host_model },
	{ "domain-cpu-maximum.xml", maximum },
	{ "domain-luks.xml", luks },
	{ "domain-pci-hostdev-inactive.xml", pci },
	{ "domain-serial-file.xml", serial_file },
	{ "domain-shmem-master.xml", master },
	{ "domain-shmem-peer.xml", peer },
	{ "domain-tpm.xml", tpm },
	{ "domain-transient-disk.xml", transient },
	{ "domain-usb-sound.xml", usb_sound },
	{ "domain-vmdk.xml", vmdk },
	{ "domain-vnc.xml", vnc },
	{ "domain-q35.xml", q35 },
	{ "domain-rich.xml", rich },
	{ "domain-rich-inactive.xml", rich },
};

START_TEST(test_recorded)
{
	auto_arena struct arena *a = arena_new();
	const struct vm_config *c = read_domain(a, recorded[_i].file);

	ck_assert_ptr_nonnull(c->name);
	ck_assert_uint_eq(strlen(c->uuid), 36);
	ck_assert_ptr_nonnull(c->emulator);
	ck_assert_str_eq(c->arch, "x86_64");
	ck_assert_uint_ge(c->vcpus, 1);
	ck_assert_uint_gt(c->memory_kib, 0);
	if (recorded[_i].holds)
		ck_assert_msg(recorded[_i].holds(c), "%s", recorded[_i].file);
}
END_TEST

/* Whatever else is recorded can at least be read. */
START_TEST(test_every_recorded_domain)
{
	DIR *dir = opendir(DATA);
	struct dirent *entry;
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		auto_arena struct arena *a = arena_new();

		if (strncmp(entry->d_name, "domain-", 7) != 0)
			continue;
		ck_assert_ptr_nonnull(read_domain(a, entry->d_name)->virt);
		n++;
	}
	closedir(dir);
	ck_assert_uint_ge(n, ARRAY_LEN(recorded));
}
END_TEST

START_TEST(test_corner_platform)
{
	auto_arena struct arena *a = arena_new();
	const struct vm_config *c = read_domain(a, "handmade-corners.xml");

	ck_assert_uint_eq(c->max_memory_kib, 8388608);
	ck_assert_uint_eq(c->memory_kib, 2097152);
	ck_assert_uint_eq(c->current_kib, 1048577);
	ck_assert_uint_eq(c->hard_limit_kib, 3145728);
	ck_assert(c->hugepages && c->locked && c->prealloc);
	ck_assert_uint_eq(c->hugepage_kib, 1048576);
	ck_assert_str_eq(c->memory_source, "memfd");
	ck_assert_str_eq(c->numa_nodes, "0-1,3");
	ck_assert_uint_eq(c->vcpus, 4);
	ck_assert_uint_eq(c->vcpus_current, 2);
	ck_assert_uint_eq(c->n_pinned, 4);
	ck_assert_str_eq(c->pinned[3], "9");
	ck_assert_str_eq(c->firmware, "efi");
	ck_assert(c->loader_secure);
	ck_assert_str_eq(c->nvram_template, "/usr/share/OVMF/OVMF_VARS.fd");
	ck_assert_str_eq(c->kernel, "/boot/vmlinuz");
	ck_assert_str_eq(c->hyperv_mode, "passthrough");
	ck_assert_uint_eq(c->n_hyperv_features, 1);
	ck_assert_str_eq(c->hyperv_features[0], "relaxed");
	ck_assert_str_eq(c->cpu_mode, "host-passthrough");
	ck_assert_str_eq(c->cpu_migratable, "off");
	ck_assert(c->has_tsc_frequency);
	ck_assert_uint_eq(c->tsc_frequency, 2400000000);
	ck_assert_uint_eq(c->n_seclabel_models, 1);
	ck_assert_str_eq(c->seclabel_models[0], "apparmor");
	ck_assert(c->hugepages_partly);
	ck_assert_str_eq(c->launch_security, "sev");
	ck_assert_uint_eq(c->n_qemu_args, 2);
	ck_assert_str_eq(c->qemu_args[1], "edu");
}
END_TEST

START_TEST(test_corner_disks)
{
	auto_arena struct arena *a = arena_new();
	const struct vm_config *c = read_domain(a, "handmade-corners.xml");
	const struct vm_disk *d = c->disks;

	ck_assert_uint_eq(c->n_disks, 5);
	ck_assert_str_eq(d[0].source, "fast/a.qcow2");
	ck_assert_str_eq(d[0].pool, "fast");
	ck_assert_str_eq(d[0].serial, "S1");
	ck_assert(d[0].reservations && d[0].shareable);
	ck_assert_uint_eq(d[0].n_backing, 2);
	ck_assert_str_eq(d[0].backing_formats[1], "raw");
	ck_assert_str_eq(d[0].backing_sources[1], "/dev/vg/base0");
	ck_assert(!d[0].backing_veiled[0] && !d[0].backing_veiled[1]);
	ck_assert_str_eq(d[1].protocol, "rbd");
	ck_assert_str_eq(d[1].source, "pool/img");
	ck_assert_str_eq(d[1].cache, "writeback");
	ck_assert_str_eq(d[2].source, "0000:01:00.0/1");
	ck_assert(d[3].mirror);
	ck_assert_str_eq(d[3].device, "lun");
	ck_assert_str_eq(d[3].startup_policy, "optional");
	ck_assert_ptr_null(d[4].source);
	ck_assert_uint_eq(c->n_secrets, 2);
	ck_assert_str_eq(c->secrets[0].usage, "client.vm");
	ck_assert_str_eq(c->secrets[0].usage_type, "ceph");
	ck_assert_str_eq(c->secrets[1].user, "tpm");
	ck_assert_str_eq(c->secrets[1].usage_type, "vtpm");
}
END_TEST

START_TEST(test_corner_devices)
{
	auto_arena struct arena *a = arena_new();
	const struct vm_config *c = read_domain(a, "handmade-corners.xml");

	ck_assert_uint_eq(c->n_nics, 3);
	ck_assert_str_eq(c->nics[0].portgroup, "staff");
	ck_assert_str_eq(c->nics[0].filter, "clean-traffic");
	ck_assert_str_eq(c->nics[0].teaming, "persistent");
	ck_assert_str_eq(c->nics[1].dev, "eth0");
	ck_assert_str_eq(c->nics[2].type, "hostdev");
	ck_assert_uint_eq(c->n_hostdevs, 3);
	ck_assert_str_eq(c->hostdevs[0].address, "046d:c52b");
	ck_assert_str_eq(c->hostdevs[1].address, "bus 1 device 4");
	ck_assert_str_eq(c->hostdevs[2].address, "c2177883-f1bb-47f0-914d-32a22e3a8804");
	ck_assert(c->filesystems[0].external_socket);
	ck_assert_uint_eq(c->n_chardevs, 3);
	ck_assert_str_eq(c->chardevs[0].service, "4555");
	ck_assert_str_eq(c->chardevs[0].log_file, "/var/log/s.log");
	ck_assert_str_eq(c->chardevs[1].kind, "console");
	ck_assert_int_eq(c->graphics[0].tls_port, 5902);
	ck_assert(!c->graphics[0].autoport);
	ck_assert_str_eq(c->graphics[0].listen_network, "blue");
	ck_assert_int_eq(c->graphics[1].port, -1);
	ck_assert_uint_eq(c->n_devices, 3);
	ck_assert_str_eq(c->devices[0].kind, "video");
	ck_assert(c->devices[0].accel3d);
	ck_assert_str_eq(c->devices[2].source, "/dev/input/event0");
	ck_assert_uint_eq(c->n_shmem, 2);
	ck_assert(c->shmem_peer);
	ck_assert_str_eq(c->shmem_name, "b");
	ck_assert_str_eq(c->memdevs[0].base, "0x100000000");
	ck_assert_uint_eq(c->vsock_cid, 7);
	ck_assert_str_eq(c->lease, "one");
	ck_assert_str_eq(c->lockspace, "area");
}
END_TEST

#define FEATURE(name, enabled)                                                                     \
	"<domain><os><firmware><feature enabled='" enabled "' name='" name                         \
	"'/></firmware></os></domain>"

START_TEST(test_minimal)
{
	auto_arena struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain("<domain/>", a, &c, &e), 0);
	ck_assert_uint_eq(c.vcpus, 1);
	ck_assert_ptr_null(c.name);
	ck_assert_uint_eq(c.n_disks, 0);
	vxml_domain(FEATURE("secure-boot", "no"), a, &c, &e);
	ck_assert(!c.loader_secure);
	vxml_domain(FEATURE("secure-boot", "yes"), a, &c, &e);
	ck_assert(c.loader_secure);
}
END_TEST

static const char *const broken[] = {
	"",
	"text",
	"<domain",
	"<network/>",
	"<domain></domian>",
	"<!DOCTYPE domain [<!ENTITY e 'x'>]><domain><name>&e;</name></domain>",
	"<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>",
};

START_TEST(test_broken)
{
	auto_arena struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain(broken[_i], a, &c, &e), -ERR_SYNTAX);
}
END_TEST

static const struct caps_guest *guest(const struct host_caps *c, const char *arch, const char *virt)
{
	for (size_t i = 0; i < c->n_guests; i++)
		if (strcmp(c->guests[i].arch, arch) == 0 && strcmp(c->guests[i].virt, virt) == 0)
			return &c->guests[i];
	return NULL;
}

START_TEST(test_caps)
{
	auto_arena struct arena *a = arena_new();
	auto_free char *text = slurp("capabilities-qemu.xml");
	const struct caps_guest *g;
	struct host_caps c;
	size_t found = 0;
	struct err e;

	ck_assert_int_eq(vxml_caps(text, a, &c, &e), 0);
	ck_assert_uint_eq(c.n_pages, 3);
	ck_assert_uint_eq(c.page_kib[1], 2048);
	ck_assert_str_eq(c.uuid, "a5a5a5a5-0077-4000-8000-000000000011");
	ck_assert_str_eq(c.arch, "x86_64");
	ck_assert_str_eq(c.cpu_vendor, "AMD");
	ck_assert_uint_gt(c.n_cpu_features, 50);
	ck_assert(c.live && c.has_migration);
	ck_assert_uint_ge(c.n_transports, 1);
	ck_assert_int_eq(c.numa_nodes[0], '0');
	g = guest(&c, "x86_64", "qemu");
	ck_assert_ptr_nonnull(g);
	ck_assert_str_eq(g->os_type, "hvm");
	for (size_t i = 0; i < g->n_machines; i++)
		found += strcmp(g->machines[i], "pc-q35-7.2") == 0 ||
			 strcmp(g->machines[i], "q35") == 0;
	ck_assert_uint_eq(found, 2);
}
END_TEST

static const struct domcaps_enum *find_enum(const struct domcaps *c, const char *path)
{
	for (size_t i = 0; i < c->n_enums; i++)
		if (strcmp(c->enums[i].path, path) == 0)
			return &c->enums[i];
	return NULL;
}

static const struct {
	const char *path;
	size_t n;
} enums[] = {
	{ "disk/bus", 6 },
	{ "disk/device", 4 },
	{ "graphics/type", 5 },
	{ "video/modelType", 8 },
	{ "hostdev/subsysType", 3 },
	{ "rng/model", 3 },
	{ "tpm/backendModel", 3 },
	{ "filesystem/driverType", 3 },
	{ "memoryBacking/sourceType", 3 },
	{ "hyperv/features", 2 },
	{ "channel/type", 3 },
	{ "hostdev/capsType", 0 },
};

/* None announced is not the same as nothing told. */
START_TEST(test_domcaps_without_firmware)
{
	static const char empty[] =
		"<domainCapabilities><os supported='yes'><enum name='firmware'/>"
		"<loader supported='yes'/></os></domainCapabilities>",
			  older[] = "<domainCapabilities><os supported='yes'><loader "
				    "supported='yes'/></os></domainCapabilities>";
	auto_arena struct arena *a = arena_new();
	struct domcaps c;
	struct err e;

	ck_assert_int_eq(vxml_domcaps(empty, a, &c, &e), 0);
	ck_assert(c.firmware_told && c.n_firmwares == 0);
	ck_assert_int_eq(vxml_domcaps(older, a, &c, &e), 0);
	ck_assert(!c.firmware_told);
}
END_TEST

START_TEST(test_domcaps)
{
	auto_arena struct arena *a = arena_new();
	auto_free char *text = slurp("domcapabilities-qemu.xml");
	struct domcaps c;
	struct err e;

	ck_assert_int_eq(vxml_domcaps(text, a, &c, &e), 0);
	ck_assert_int_eq(c.supported, TRI_YES);
	ck_assert_uint_eq(c.max_vcpus, 255);
	ck_assert(c.loader_supported && !c.loader_secure);
	ck_assert_uint_eq(c.n_loaders, 1);
	ck_assert_str_eq(c.loaders[0], "/usr/share/OVMF/OVMF_CODE_4M.fd");
	ck_assert(c.firmware_told);
	ck_assert_uint_eq(c.n_firmwares, 1);
	ck_assert(!c.host_passthrough && c.host_model && c.maximum && c.custom);
	for (size_t i = 0; i < ARRAY_LEN(enums); i++) {
		const struct domcaps_enum *found = find_enum(&c, enums[i].path);

		ck_assert_msg(found && found->n == enums[i].n, "%s", enums[i].path);
	}
}
END_TEST

START_TEST(test_network)
{
	auto_arena struct arena *a = arena_new();
	auto_free char *text = slurp("network-blue.xml");
	struct vxml_network n;
	struct err e;

	ck_assert_int_eq(vxml_network(text, a, &n, &e), 0);
	ck_assert_ptr_nonnull(n.bridge);
	ck_assert_int_eq(
		vxml_network("<network><forward/><portgroup name='p'/></network>", a, &n, &e), 0);
	ck_assert_str_eq(n.forward, "nat");
	ck_assert_str_eq(n.portgroups[0], "p");
}
END_TEST

/* As a kernel writes it: bind mounts, a mount over a mount, an escaped space. */
static const char mounts[] = "22 1 0:20 / / rw - ext4 /dev/sda1 rw\n"
			     "23 22 0:21 / /srv rw shared:1 - xfs /dev/sdb1 rw\n"
			     "24 23 0:22 / /srv/vm rw - nfs4 filer:/vm rw\n"
			     "25 24 0:23 / /srv/vm/deep rw - ext4 /dev/sdc rw\n"
			     "26 25 0:24 / /srv/vm/deep rw - fuse.glusterfs gl rw\n"
			     "27 22 0:25 / /with\\040space rw - ceph mon:/ rw\n"
			     "no mount line at all\n";

static const struct {
	const char *path;
	unsigned long id;
	const char *type;
} lines[] = {
	{ "/etc/passwd", 0, "ext4" },
	{ "/srv/x", 0, "xfs" },
	{ "/srv", 0, "xfs" },
	{ "/srvx", 0, "ext4" },
	{ "/srv/vm/a.qcow2", 0, "nfs4" },
	{ "/srv/vm/deep/a", 0, "fuse.glusterfs" },
	{ "/with space/a", 0, "ceph" },
	{ "/srv/vm/deep/a", 25, "ext4" },
	{ "/", 99, NULL },
};

START_TEST(test_mounts)
{
	char *type = fs_type_in(mounts, lines[_i].path, lines[_i].id);

	if (lines[_i].type)
		ck_assert_str_eq(type, lines[_i].type);
	else
		ck_assert_ptr_null(type);
	free(type);
}
END_TEST

static const struct {
	const char *path, *fs;
	enum tri shared, coherent;
} views[] = {
	{ "/srv/vm/a", "nfs4", TRI_YES, TRI_NO },
	{ "/srv/vm/deep/a", "fuse.glusterfs", TRI_YES, TRI_YES },
	{ "/with space/a", "ceph", TRI_YES, TRI_YES },
	{ "/srv/a", "xfs", TRI_NO, TRI_NO },
};

START_TEST(test_view_by_mounts)
{
	auto_arena struct arena *a = arena_new();
	struct fs_view v = { .root = -1, .mounts = mem_strdup(mounts) };
	struct disk_here d = { 0 };

	fs_look(&v, views[_i].path, a, &d);
	ck_assert_str_eq(d.fs, views[_i].fs);
	ck_assert_int_eq(d.shared_fs, views[_i].shared);
	ck_assert_int_eq(d.coherent, views[_i].coherent);
	fs_view_close(&v);
}
END_TEST

START_TEST(test_no_view)
{
	auto_arena struct arena *a = arena_new();
	struct disk_here d = { 0 };
	const char *why = NULL;
	struct fs_view v;

	ck_assert_int_eq(fs_daemon("qemu+unix:///system?socket=/nonexistent/sock", &why), 0);
	ck_assert_ptr_nonnull(why);
	fs_view_open(&v, 0, why);
	fs_look(&v, "/srv/a", a, &d);
	ck_assert_int_eq(d.shared_fs, TRI_UNKNOWN);
	ck_assert_str_eq(d.why, why);
	fs_view_close(&v);
	ck_assert_int_eq(fs_daemon("qemu+tls://h.example/system", &why), 0);
	ck_assert_msg(strstr(why, "another machine") != NULL, "%s", why);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_xml");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, test_recorded, 0, ARRAY_LEN(recorded));
	tcase_add_test(t, test_every_recorded_domain);
	tcase_add_test(t, test_corner_platform);
	tcase_add_test(t, test_corner_disks);
	tcase_add_test(t, test_corner_devices);
	tcase_add_test(t, test_minimal);
	tcase_add_loop_test(t, test_broken, 0, ARRAY_LEN(broken));
	tcase_add_test(t, test_caps);
	tcase_add_test(t, test_domcaps_without_firmware);
	tcase_add_test(t, test_domcaps);
	tcase_add_test(t, test_network);
	tcase_add_loop_test(t, test_mounts, 0, ARRAY_LEN(lines));
	tcase_add_loop_test(t, test_view_by_mounts, 0, ARRAY_LEN(views));
	tcase_add_test(t, test_no_view);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
