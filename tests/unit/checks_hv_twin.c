/*
 * The twin of every recorded domain: what must never be in one, what must; and what libvirt's
 * errors of twins that did not start mean.
 */
#include <check.h>
#include <dirent.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"
#include "tests/unit/checks_twins.h"

#define DATA TEST_DATA "/libvirt/"

static const xmlNode *root_of(const char *text, xmlDoc **doc)
{
	struct err e;

	*doc = vxml_read(text, "domain", &e);
	ck_assert(*doc != NULL);
	return xmlDocGetRootElement(*doc);
}

/* Whatever the VM has, its twin has none of this. */
static void lacks_the_vms_own(const struct facts *f, const char *text)
{
	static const char *const never[] = { "<nvram", "<tpm", "<shmem", "<hostdev", "<lease",
		"<loader", "<memoryBacking", "<launchSecurity", "<redirdev", "<smartcard",
		"<serial type=\"file", "<console type=\"file", "type=\"unix\"", "type=\"pty\"",
		"<log ", "serial.log", "<backingStore", "<reservations", "<mirror", "<transient",
		"qemu:commandline", "nvdimm", "virtiofs", "socket=", "clipboard", "evdev",
		"accel3d", "firmware=", "<genid", "<title", "lab:note", "<alias", "vnet" };

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		ck_assert_msg(!strstr(text, never[i]), "%s has %s:\n%.2000s", f->config.name,
			never[i], text);
	ck_assert_msg(!strstr(text, f->config.uuid), "%.3000s", text);
	for (size_t i = 0; i < f->config.n_nics; i++)
		ck_assert_msg(!strstr(text, f->config.nics[i].mac), "%.3000s", text);
}

static void harmless_disk(const xmlNode *disk, const char *text)
{
	ck_assert_msg(vxml_child(disk, "readonly") != NULL, "%.3000s", text);
	ck_assert_msg(vxml_child(disk, "shareable") != NULL, "%.3000s", text);
	ck_assert_msg(vxml_attr_is(vxml_child(disk, "driver"), "type", "raw"), "%.3000s", text);
}

/* A port that the VM listens on, or by UDP one that it connects to, and nobody who reads or writes. */
static bool says_nothing(const xmlNode *channel)
{
	bool connects = false;
	auto_arena struct arena *a = arena_new();
	const char *name = vxml_attr(a, vxml_child(channel, "target"), "name");

	XML_EACH(source, channel, "source")
	connects |= !vxml_attr_is(source, "mode", "bind");
	return name && strncmp(name, "vsmigd", 6) == 0 &&
	       (!connects || vxml_attr_is(channel, "type", "udp"));
}

static void is_harmless(const struct facts *f, const char *text)
{
	auto_doc xmlDoc *doc = NULL;
	const xmlNode *root = root_of(text, &doc), *devices = vxml_child(root, "devices");
	const xmlNode *label = vxml_child(root, "seclabel");

	lacks_the_vms_own(f, text);
	ck_assert_str_eq(vxml_text(f->arena, vxml_child(root, "uuid")), TWIN_UUID);
	ck_assert(vxml_attr_is(vxml_at(root, "metadata/probe"), "host", HOST));
	ck_assert(vxml_attr_is(label, "model", "dac") && vxml_attr_is(label, "relabel", "no"));
	XML_EACH(disk, devices, "disk")
	harmless_disk(disk, text);
	XML_EACH(nic, devices, "interface")
	ck_assert_msg(vxml_attr_is(vxml_child(nic, "link"), "state", "down"), "%.3000s", text);
	XML_EACH(serial, devices, "serial")
	ck_assert_msg(vxml_attr_is(serial, "type", "null"), "%.3000s", text);
	XML_EACH(channel, devices, "channel")
	ck_assert_msg(
		vxml_attr_is(channel, "type", "null") || says_nothing(channel), "%.3000s", text);
	XML_EACH(share, devices, "filesystem")
	ck_assert_msg(vxml_child(share, "readonly") != NULL, "%.3000s", text);
}

/* To a server elsewhere it has a socket that sends nothing; to one of its own host, or one that it may do
 * without, none. */
static const struct {
	const char *source;
	bool shown;
} servers[] = {
	{ "<source mode='connect' host='192.0.2.1' service='4001'/>", true },
	{ "<source mode='connect' host='log.example' service='4001'/>", true },
	{ "<source mode='connect' host='127.0.0.1' service='4001'/>", false },
	{ "<source mode='connect' host='192.0.2.1' service='telnet'/>", false },
	{ "<source mode='connect' host='192.0.2.1' service='4001'><reconnect enabled='yes' "
	  "timeout='1'/></source>",
		false },
};

START_TEST(servers_elsewhere)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(arena_printf(a,
		"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d"
		"</uuid><memory>1024</memory><os><type>hvm</type></os><devices><emulator>/usr/bin/"
		"qemu</emulator><serial type='tcp'>%s<protocol type='raw'/></serial></devices>"
		"</domain>",
		servers[_i].source));
	struct probe_facts covers;
	const char *text = twin_of(f, &covers);

	is_harmless(f, text);
	ck_assert_msg(servers[_i].shown == (strstr(text, "type=\"udp\"") != NULL), "%.3000s", text);
	facts_free(f);
}
END_TEST

START_TEST(every_recorded_domain)
{
	DIR *dir = opendir(DATA);
	struct dirent *e;
	unsigned n = 0;

	while ((e = readdir(dir))) {
		auto_arena struct arena *a = arena_new();
		struct probe_facts covers;
		struct facts *f;

		if (strncmp(e->d_name, "domain-", 7) != 0 &&
			strcmp(e->d_name, "handmade-corners.xml") != 0)
			continue;
		f = facts_of(slurp(e->d_name, a));
		is_harmless(f, twin_of(f, &covers));
		facts_free(f);
		n++;
	}
	closedir(dir);
	ck_assert_uint_gt(n, 30);
}
END_TEST

/* What the twin of a domain still needs of the target, and what it does not. */
static const struct row {
	const char *file, *has, *lacks;
} rows[] = {
	{ "domain-local-disk.xml", "file=\"/run/vsmlab/local/disk.qcow2\"", "qcow2\" cache" },
	{ "domain-network.xml", "<source network=\"blue\"/>", "portid" },
	{ "domain-bridge.xml", "<source bridge=", "target dev=" },
	{ "domain-filter.xml", "<filterref filter=\"lab\"/>", NULL },
	{ "domain-vnc.xml", "<listen type=\"address\"", "port=\"59" },
	{ "domain-volume.xml", "<source pool=\"tank\" volume=\"tank.qcow2\"/>", NULL },
	{ "domain-uefi.xml", "<source file=\"/usr/share/OVMF/OVMF_CODE_4M.ms.fd\"/>", "_VARS" },
	{ "domain-rich.xml", ">/dev/urandom<", "index=\"4" },
	{ "domain-9p.xml", "<readonly/></filesystem>", NULL },
	{ "domain-cpu-adx.xml", "name=\"adx\"", NULL },
	{ "domain-old-machine.xml", "machine=\"pc-i440fx-3.0\"", NULL },
	{ "domain-spare-emulator.xml", "/run/vsmlab/spare/qemu-system-x86_64", NULL },
	{ "handmade-corners.xml", "<source file=\"/srv/base1.qcow2\"/>", "0x3b" },
	{ "handmade-corners.xml", "<source dev=\"/dev/vg/base0\"/>", "nvme" },
	{ "handmade-corners.xml", "port=\"5901\" tlsPort=\"5902\"", "memAccess" },
	{ "handmade-corners.xml", "<cid auto=\"no\" address=\"7\"/>", "a.img" },
	{ "handmade-corners.xml", "<vcpupin vcpu=\"0\" cpuset=\"1\"/>", "hard_limit" },
};

START_TEST(what_it_needs)
{
	const struct row *r = &rows[_i];
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp(r->file, a));
	struct probe_facts covers;
	const char *text = twin_of(f, &covers);

	for (char *quote = strchr(text, '\''); quote; quote = strchr(quote, '\''))
		*quote = '"';
	ck_assert_msg(strstr(text, r->has) != NULL, "%s lacks %s:\n%.2000s", r->file, r->has, text);
	ck_assert_msg(!r->lacks || !strstr(text, r->lacks), "%s has %s:\n%.2000s", r->file,
		r->lacks, text);
	facts_free(f);
}
END_TEST

/* More memory than a host has can only be had of a file's that is shared. A websocket's port that is
 * fixed must be free there; only what is sent to the target tells that it is. */
START_TEST(memory_and_websocket)
{
	static const char xml[] =
		"<domain><os/><devices><graphics type='vnc' websocket='5799'/></devices></domain>";
	struct facts *f = facts_of(xml);
	struct probe_facts covers;

	ck_assert_ptr_null(strstr(twin_of(f, &covers), "memoryBacking"));
	f->config.memory_shared = true;
	ck_assert_ptr_nonnull(strstr(twin_of(f, &covers), "<source type=\"memfd\"/>"));
	ck_assert_ptr_nonnull(strstr(twin_of(f, &covers), "5799"));
	f->vm.active = true;
	ck_assert_ptr_null(strstr(twin_of(f, &covers), "5799"));
	f->move_xml = xml;
	ck_assert_ptr_nonnull(strstr(twin_of(f, &covers), "5799"));
	facts_free(f);
}
END_TEST

#include "tests/unit/checks_hv_twin_files.h"

START_TEST(equal_twins)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp("domain-rich.xml", a));
	struct probe_facts covers;
	auto_doc xmlDoc *one = NULL, *other = NULL;
	struct err e;

	ck_assert_int_eq(twin_make(f, a, &one, &covers, &e), 0);
	ck_assert_int_eq(twin_make(f, a, &other, &covers, &e), 0);
	ck_assert_str_eq(twin_text(one, NULL, a), twin_text(other, NULL, a));
	ck_assert_str_ne(twin_of(f, &covers), twin_of(f, &covers)); /* MAC addresses */
	facts_free(f);
}
END_TEST

/* A comma that QEMU may stumble over is in the twin's name too, whatever stands around it. */
START_TEST(named)
{
	static const struct {
		const char *name, *ours;
	} names[] = {
		{ "a b", "<name>" TWIN_PREFIX HOST "</name>" },
		{ "a,,b", "<name>" TWIN_PREFIX HOST "</name>" },
		{ "a,", "<name>" TWIN_PREFIX HOST "</name>" },
		{ "a,b", "<name>" TWIN_PREFIX HOST ",x</name>" },
		{ ",,,b", "<name>" TWIN_PREFIX HOST ",x</name>" },
	};
	static const struct twin_id id = { TWIN_PREFIX HOST, TWIN_UUID, HOST, "b/1/2/3", 1 };
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp("domain-rich.xml", a));
	const char *keys[ARRAY_LEN(names)];
	struct probe_facts covers;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_doc xmlDoc *doc = NULL;

		f->config.name = names[i].name;
		ck_assert_int_eq(twin_make(f, a, &doc, &covers, &e), 0);
		keys[i] = twin_text(doc, NULL, a);
		for (int attempt = 0; attempt < 2; attempt++) {
			const char *text = twin_text(doc, &id, a);

			ck_assert_msg(strstr(text, names[i].ours) != NULL, "%s: %.300s",
				names[i].name, text);
		}
	}
	ck_assert_str_eq(keys[0], keys[2]);
	ck_assert_str_eq(keys[3], keys[4]);
	ck_assert_str_ne(keys[0], keys[3]);
	ck_assert(twin_is_name(TWIN_PREFIX HOST ",x"));
	facts_free(f);
}
END_TEST

/* Without a label to give, each source keeps its owner, and what libvirt relabels is left out. */
START_TEST(unknown_label)
{
	static const char *const both[] = { "selinux", "dac" };
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp("handmade-corners.xml", a));
	auto_doc xmlDoc *doc = NULL;
	struct probe_facts covers;
	const xmlNode *root;

	f->dst.caps.secmodels = both;
	f->dst.caps.dac_label = NULL;
	root = root_of(twin_of(f, &covers), &doc);
	ck_assert(!vxml_child(root, "seclabel") && !vxml_at(root, "os/kernel"));
	XML_EACH(disk, vxml_child(root, "devices"), "disk")
	{
		const xmlNode *source = vxml_child(disk, "source"), *first;

		if (!source)
			continue;
		first = vxml_child(source, "seclabel");
		ck_assert(vxml_attr_is(first, "model", "dac"));
		ck_assert(vxml_attr_is(first, "relabel", "no"));
		ck_assert(vxml_attr_is(vxml_next(first, "seclabel"), "model", "selinux"));
	}
	facts_free(f);
}
END_TEST

/* New settings, disks that are copied, networks that lend devices of their host. */
START_TEST(changed)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp("domain-rich.xml", a));
	static const struct settings copy = { .move = MOVE_LIVE_COPY };
	struct vm_disk *disks = arena_array(a, f->config.n_disks, sizeof *disks);
	struct vm_nic *nics = arena_array(a, f->config.n_nics, sizeof *nics);
	struct probe_facts covers;
	const char *text;

	memcpy(disks, f->stored.disks, f->config.n_disks * sizeof *disks);
	memcpy(nics, f->stored.nics, f->config.n_nics * sizeof *nics);
	f->config.disks = disks;
	f->config.nics = nics;
	disks[1].source = "/other/data.qcow2";
	nics[0].network = "green";
	f->nics_there[1].forward = "hostdev";
	text = twin_of(f, &covers);
	ck_assert_msg(
		strstr(text, "/other/data.qcow2") && !strstr(text, "shared/data"), "%.3000s", text);
	ck_assert_msg(strstr(text, "green") && !strstr(text, "br-blue"), "%.3000s", text);
	ck_assert(covers.disks[1] && covers.nics[0] && !covers.nics[1]);
	f->settings = &copy;
	text = twin_of(f, &covers);
	ck_assert_msg(!strstr(text, "qcow2") && strstr(text, "rich.iso"), "%.3000s", text);
	ck_assert(!covers.disks[0] && covers.disks[3]);
	facts_free(f);
}
END_TEST

/* A requisite medium must be there when a guest begins, not when one arrives. */
START_TEST(requisite_medium)
{
	static const struct settings restart = { .move = MOVE_RESTART };
	struct facts *f = facts_of(
		"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d"
		"</uuid><memory>1024</memory><os><type>hvm</type></os><devices><disk type='file' "
		"device='cdrom'><source file='/cd.iso' startupPolicy='requisite'/><target "
		"dev='hda' bus='ide'/></disk></devices></domain>");
	struct probe_facts covers;

	ck_assert(strstr(twin_of(f, &covers), "startupPolicy=\"optional\""));
	f->settings = &restart;
	ck_assert(strstr(twin_of(f, &covers), "startupPolicy=\"requisite\""));
	facts_free(f);
}
END_TEST

/* A hard disk that cannot be read-only on its bus is to be found on another. */
START_TEST(sata_disk)
{
	struct facts *f = facts_of(
		"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d"
		"</uuid><memory>1024</memory><os><type>hvm</type></os><devices><disk type='file' "
		"device='disk'><source file='/a.qcow2'/><target dev='sda' bus='sata'/></disk>"
		"</devices></domain>");
	struct probe_facts covers;
	const char *text = twin_of(f, &covers);

	ck_assert_msg(strstr(text, "/a.qcow2") && strstr(text, "virtio-scsi"), "%s", text);
	ck_assert_msg(!strstr(text, "cdrom") && !strstr(text, "sata"), "%s", text);
	ck_assert(covers.disks[0]);
	facts_free(f);
}
END_TEST

START_TEST(no_twin)
{
	struct facts *f = facts_new();
	struct probe_facts covers;
	xmlDoc *doc = NULL;
	struct err e;

	ck_assert_int_eq(twin_make(f, f->arena, &doc, &covers, &e), -ERR_UNAVAILABLE);
	f->xml = "<domain type='lxc'><name>x</name></domain>";
	ck_assert_int_eq(twin_make(f, f->arena, &doc, &covers, &e), -ERR_SYNTAX);
	f->xml = "<domain";
	ck_assert_int_eq(twin_make(f, f->arena, &doc, &covers, &e), -ERR_SYNTAX);
	facts_free(f);
}
END_TEST

/* As libvirt 9.0.0 said it. */
static const struct {
	int code;
	const char *text;
	enum probe_cause cause;
} causes[] = {
	{ VIR_ERR_SYSTEM_ERROR,
		"Cannot access storage file '/run/vsmlab/local/disk.qcow2': No such file or "
		"directory",
		PROBE_FILE },
	{ VIR_ERR_SYSTEM_ERROR,
		"Cannot access storage file '/srv/disk' (as uid:64055, gid:64055): Permission "
		"denied",
		PROBE_OWN },
	{ VIR_ERR_INTERNAL_ERROR,
		"-chardev socket,id=charchannel0,host=0.0.0.0,port=801,server=on,wait=off: Failed "
		"to bind socket: Permission denied",
		PROBE_OTHER },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: -blockdev ...: Failed to get "
		"\"write\" "
		"lock",
		PROBE_OWN },
	{ VIR_ERR_SYSTEM_ERROR, "Cannot get interface MTU on 'br-red': No such device",
		PROBE_DEVICE },
	{ VIR_ERR_INTERNAL_ERROR, "referenced filter 'lab' is missing", PROBE_FILTER },
	{ VIR_ERR_NO_NETWORK, "Network not found: no network with matching name 'blue'",
		PROBE_NETWORK },
	{ VIR_ERR_OPERATION_INVALID,
		"Requested operation is not valid: network 'blue' is not active",
		PROBE_NETWORK_INACTIVE },
	{ VIR_ERR_NO_STORAGE_POOL, "Storage pool not found: no storage pool with matching name 'x'",
		PROBE_POOL },
	{ VIR_ERR_CONFIG_UNSUPPORTED,
		"unsupported configuration: storage pool 'tank' containing volume 'a' is not "
		"active",
		PROBE_POOL_INACTIVE },
	{ VIR_ERR_NO_SECRET, "Secret not found", PROBE_SECRET },
	{ VIR_ERR_INTERNAL_ERROR,
		"Unable to access credentials /etc/pki/qemu/ca-cert.pem: No such file or directory",
		PROBE_OTHER },
	{ VIR_ERR_INTERNAL_ERROR, "Image is not in qcow2 format", PROBE_FORMAT },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: qemu-system-x86_64: -name guest=a,,b,"
		"process=qemu:a,b,debug-threads=on: Invalid parameter 'b'",
		PROBE_NAME },
	{ VIR_ERR_INTERNAL_ERROR,
		"-device {\"driver\":\"usb-tablet\"}: 'usb-tablet' is not a valid device model "
		"name",
		PROBE_MODEL },
	{ VIR_ERR_CONFIG_UNSUPPORTED,
		"unsupported configuration: This QEMU doesn't support the LSI 53C895A SCSI "
		"controller",
		PROBE_MODEL },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: Could not access KVM kernel module: "
		"Permission denied\n"
		"qemu-system-x86_64: -accel kvm: failed to initialize kvm: Permission denied",
		PROBE_OTHER },
	{ VIR_ERR_INTERNAL_ERROR,
		"cannot initialize fsdev 'fsdev-fs0': failed to open '/s': Permission denied",
		PROBE_OTHER },
	{ VIR_ERR_SYSTEM_ERROR,
		"Cannot check QEMU binary /usr/local/bin/qemu: No such file or directory",
		PROBE_EMULATOR },
	{ VIR_ERR_CONFIG_UNSUPPORTED,
		"unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not "
		"support "
		"machine type 'pc-i440fx-3.0'",
		PROBE_MACHINE },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: guest CPU doesn't match specification: missing features: adx",
		PROBE_CPU },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: -vnc 10.77.0.11:0: Failed to bind "
		"socket: "
		"Cannot assign requested address",
		PROBE_ADDRESS },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: -vnc 0.0.0.0:77: Failed to find an "
		"available port: Address already in use",
		PROBE_PORT },
	{ VIR_ERR_INTERNAL_ERROR, "Failed to reserve port 5977", PROBE_PORT },
	{ VIR_ERR_INTERNAL_ERROR,
		"warning: Spice: ../server/reds.cpp:2585:reds_init_socket: binding socket to "
		"0.0.0.0:5978 failed",
		PROBE_PORT },
	{ VIR_ERR_INTERNAL_ERROR,
		"warning: Spice: ../server/reds.cpp:2585:reds_init_socket: binding socket to "
		"10.77.0.11:5978 failed",
		PROBE_ADDRESS },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: cannot set up guest memory 'pc.ram': "
		"Cannot allocate memory",
		PROBE_MEMORY },
	{ VIR_ERR_OPERATION_FAILED, "operation failed: domain 'x' already exists with uuid y",
		PROBE_OWN },
	{ VIR_ERR_ACCESS_DENIED, "access denied", PROBE_OWN },
	{ VIR_ERR_INTERNAL_ERROR,
		"process exited while connecting to monitor: -blockdev {}: Could not open '/a': "
		"Read-only file system",
		PROBE_OTHER },
	{ VIR_ERR_INTERNAL_ERROR, "client socket is closed", PROBE_OTHER },
	{ VIR_ERR_INTERNAL_ERROR, "something that nobody has seen", PROBE_OTHER },
	{ VIR_ERR_XML_ERROR, "XML error: missing something", PROBE_OWN },
};

START_TEST(shorter)
{
	char hook[] =
		"Hook script execution failed: internal error: Child process (LC_ALL=C "
		"PATH=/usr/sbin:/sbin HOME=/root /etc/libvirt/hooks/qemu web1 prepare begin -) "
		"unexpected exit status 1: no /guests";
	char other[] = "Child process (true) unexpected exit status 1: no such /file",
	     plain[] = "x /y";

	probe_shorten(hook);
	ck_assert_str_eq(hook, "Hook script execution failed: internal error: Child process "
			       "(/etc/libvirt/hooks/qemu web1 prepare begin -) unexpected exit "
			       "status 1: no /guests");
	probe_shorten(other);
	ck_assert_str_eq(other, "Child process (true) unexpected exit status 1: no such /file");
	probe_shorten(plain);
	ck_assert_str_eq(plain, "x /y");
}
END_TEST

START_TEST(what_it_means)
{
	ck_assert_msg(probe_cause_of(causes[_i].code, causes[_i].text) == causes[_i].cause,
		"%s: %d", causes[_i].text, probe_cause_of(causes[_i].code, causes[_i].text));
}
END_TEST

START_TEST(instances)
{
	char other[256];
	const char *own = probe_instance(), *pid;

	ck_assert(probe_instance_lives(own));
	ck_assert(probe_instance_lives("what another version wrote"));
	ck_assert(!probe_instance_lives("00000000-0000-4000-8000-000000000000/1/1/1"));
	/* A process of this boot that started at another time is not this one. */
	snprintf(other, sizeof other, "%.*s/1", (int)(strrchr(own, '/') - own), own);
	ck_assert(!probe_instance_lives(other));
	/* In another PID namespace: not to be judged from here. */
	pid = strchr(own, '/') + 1;
	snprintf(other, sizeof other, "%.*s1%s", (int)(pid - own), own, pid);
	ck_assert(probe_instance_lives(other));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("twin");
	TCase *t = tcase_create("twin");
	SRunner *runner;
	int failed;

	tcase_add_test(t, every_recorded_domain);
	tcase_add_loop_test(t, what_it_needs, 0, ARRAY_LEN(rows));
	tcase_add_test(t, memory_and_websocket);
	tcase_add_test(t, images);
	tcase_add_test(t, of_the_network);
	tcase_add_test(t, boot_rom);
	tcase_add_test(t, equal_twins);
	tcase_add_test(t, named);
	tcase_add_test(t, unknown_label);
	tcase_add_test(t, changed);
	tcase_add_test(t, no_twin);
	tcase_add_test(t, requisite_medium);
	tcase_add_test(t, sata_disk);
	tcase_add_loop_test(t, what_it_means, 0, ARRAY_LEN(causes));
	tcase_add_loop_test(t, servers_elsewhere, 0, ARRAY_LEN(servers));
	tcase_add_test(t, shorter);
	tcase_add_test(t, instances);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
