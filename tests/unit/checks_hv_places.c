/* Where things of a VM and of a host lie, read from libvirt's XML. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks/hypervisor/fs.h"
#include "checks/hypervisor/link.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

START_TEST(test_paths)
{
	static const char text[] =
		"<domain "
		"type='qemu'><os><kernel>/boot/k</kernel><acpi><table>/t</table></acpi></os>"
		"<sysinfo type='fwcfg'><entry name='a' file='/c'/><entry "
		"name='b'>x</entry></sysinfo>"
		"<devices><interface type='user'><rom file='/rom'/></interface>"
		"<filesystem><source dir='/srv'/><target dir='data'/></filesystem>"
		"<serial type='unix'><source path='/run/s'/><log file='/var/l'/></serial>"
		"<channel type='unix'><source path='/var/lib/libvirt/qemu/channel/x'/></channel>"
		"<serial type='pty'><source path='/dev/pts/1'/><target type='usb-serial'/></serial>"
		"<rng><backend model='random'>/dev/urandom</backend></rng>"
		"<rng><backend model='random'>/dev/hwrng</backend></rng>"
		"<interface type='ethernet'><script path='/etc/up'/><backend "
		"vhost='/vh'/></interface>"
		"<interface type='vhostuser'><source path='/v/1' mode='client'/></interface>"
		"<input type='evdev'><source dev='/dev/input/e1'/></input>"
		"<graphics type='egl-headless'><gl rendernode='/dev/dri/r'/></graphics>"
		"</devices><blkiotune><device><path>/dev/sdx</path></device></blkiotune></domain>";
	static const char *const want[] = { "kernel /boot/k", "acpi/table /t",
		"the firmware's configuration /c", "the boot ROM of interface /rom",
		"share data /srv", "serial /run/s", "the log of serial /var/l",
		"random numbers /dev/hwrng", "the script of interface /etc/up",
		"the device of interface /vh", "interface /v/1", "input /dev/input/e1",
		"graphics /dev/dri/r", "blkiotune /dev/sdx" };
	struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain(text, a, &c, &e), 0);
	ck_assert_uint_eq(c.n_paths, ARRAY_LEN(want));
	for (size_t i = 0; i < c.n_paths; i++)
		ck_assert_str_eq(
			arena_printf(a, "%s %s", c.paths[i].user, c.paths[i].path), want[i]);
	ck_assert_str_eq(c.chardevs[1].target_type, "usb-serial");
	arena_free(a);
}
END_TEST

/* A device's name may begin as another's. */
START_TEST(test_names_of_devices)
{
	static const struct {
		const char *node, *device;
		bool same;
	} rows[] = {
		{ "net_br0_52_54_00_77_00_01", "br0", true },
		{ "net_br_0_52_54_00_77_00_01", "br-0", true },
		{ "net_br_0_52_54_00_77_00_01", "br", false },
		{ "net_br_red_52_54_00_77_00_01", "br", false },
		{ "net_br_00_52_54_00_77_00_01", "br", false },
		{ "net_br0_52_54_00_77_00_01", "br", false },
		{ "net_tun0", "tun0", true },
		{ "net_gre0_00_00_00_00", "gre0", true },
		{ "pci_br0", "br0", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(side_names_device(rows[i].node, rows[i].device) == rows[i].same,
			"%s, %s", rows[i].node, rows[i].device);
}
END_TEST

/* A pin of a vCPU that is off is of no CPU that is needed. */
START_TEST(test_pins)
{
	static const struct {
		const char *vcpus;
		size_t n;
	} rows[] = {
		{ "<vcpu>2</vcpu>", 2 },
		{ "<vcpu current='1'>2</vcpu>", 1 },
		{ "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/>"
		  "<vcpu id='1' enabled='no'/></vcpus>",
			1 },
		{ "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/>"
		  "<vcpu id='1' enabled='yes'/></vcpus>",
			2 },
	};
	auto_arena struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vm_config c;
		struct err e;

		ck_assert_int_eq(
			vxml_domain(arena_printf(a,
					    "<domain>%s<cputune><vcpupin vcpu='1' cpuset='7'/>"
					    "<emulatorpin cpuset='0'/></cputune></domain>",
					    rows[i].vcpus),
				a, &c, &e),
			0);
		ck_assert_uint_eq(c.n_pinned, rows[i].n);
	}
}
END_TEST

/* What connects again and again needs nobody when the guest starts. */
START_TEST(test_patient)
{
	static const char text[] =
		"<domain type='qemu'><devices>"
		"<serial type='unix'><source mode='connect' path='/s'><reconnect enabled='yes' "
		"timeout='5'/></source></serial>"
		"<serial type='tcp'><source mode='connect' host='127.0.0.1' service='1'><reconnect "
		"enabled='yes' timeout='5'/></source></serial>"
		"<channel type='tcp'><source mode='connect' host='127.0.0.1' "
		"service='2'><reconnect "
		"enabled='no'/></source></channel></devices></domain>";
	struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain(text, a, &c, &e), 0);
	ck_assert_uint_eq(c.n_paths, 0);
	ck_assert_uint_eq(c.n_far_ports, 1);
	ck_assert_str_eq(c.far_ports[0].port, "2");
	arena_free(a);
}
END_TEST

/* Arguments for QEMU, what they need of a host: a file, a folder to make one in, a port. */
START_TEST(test_arguments)
{
	static const struct {
		const char *option, *value, *want;
	} rows[] = {
		{ "-drive", "file=/d.img,if=none", "file /d.img" },
		{ "-drive", "file=fat:/d,if=none", "" },
		{ "-device", "loader,file=/blob,addr=0", "file /blob" },
		{ "-readconfig", "/c.cfg", "file /c.cfg" },
		{ "-virtfs", "local,path=/srv,mount_tag=t", "file /srv" },
		{ "-object", "memory-backend-file,id=m,mem-path=/m/x", "folder /m/x" },
		{ "-object", "tls-creds-psk,id=t,dir=/psk", "file /psk" },
		{ "-D", "/log/x", "folder /log/x" },
		{ "-pidfile", "/run/x.pid", "folder /run/x.pid" },
		{ "-chardev", "file,id=c,path=/log/c", "folder /log/c" },
		{ "-chardev", "socket,id=c,path=/s", "file /s" },
		{ "-chardev", "socket,id=c,path=/s,reconnect=1", "" },
		{ "-chardev", "socket,id=c,path=/s,server=on,wait=off", "folder /s" },
		{ "-chardev", "socket,id=c,host=::1,port=7,server=on", "port [::1] 7" },
		{ "-chardev", "socket,id=c,host=h,port=7", "" },
		{ "-monitor", "unix:/s,server=on,wait=off", "folder /s" },
		{ "-monitor", "unix:/s", "file /s" },
		{ "-monitor", "stdio", "" },
		{ "-qmp", "tcp:0.0.0.0:4445,server=on,wait=off", "port [0.0.0.0] 4445" },
		{ "-qmp", "tcp:0.0.0.0:4445", "" },
		{ "-serial", "file:/log/s", "folder /log/s" },
		{ "-serial", "telnet::23,server=on", "port [any] 23" },
		{ "-vnc", "0.0.0.0:77", "port [0.0.0.0] 5977" },
		{ "-vnc", "unix:/v.sock", "folder /v.sock" },
		{ "-vnc", "none", "" },
		{ "-netdev", "socket,id=n,listen=:5354", "port [any] 5354" },
		{ "-netdev", "user,id=n,hostfwd=tcp:127.0.0.1:22-:22", "port [127.0.0.1] 22" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_arena struct arena *a = arena_new();
		const char *got = "", *text;
		struct vm_config c;
		struct err e;

		text = arena_printf(a,
			"<domain type='qemu'><devices/><qemu:commandline "
			"xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg "
			"value='%s'/><qemu:arg value='%s'/></qemu:commandline></domain>",
			rows[i].option, rows[i].value);
		ck_assert_int_eq(vxml_domain(text, a, &c, &e), 0);
		if (c.n_paths)
			got = arena_printf(a, "%s %s",
				c.paths[0].kind == PATH_FILE ? "file" : "folder", c.paths[0].path);
		if (c.n_ports)
			got = arena_printf(a, "port [%s] %s",
				c.ports[0].host ? c.ports[0].host : "any", c.ports[0].port);
		ck_assert_uint_le(c.n_paths + c.n_ports, 1);
		ck_assert_msg(strcmp(got, rows[i].want) == 0, "%s %s: %s", rows[i].option,
			rows[i].value, got);
	}
}
END_TEST

/* libvirt gives a running guest a label of each driver, and sends that of DAC only if it is fixed. */
START_TEST(test_labels)
{
	auto_arena struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain("<domain><seclabel type='dynamic' model='dac'/>"
				     "<seclabel type='dynamic' model='apparmor'/>"
				     "<seclabel type='static' model='dac'/><devices><disk><source>"
				     "<seclabel model='selinux' "
				     "relabel='no'/></source></disk></devices></domain>",
				 a, &c, &e),
		0);
	ck_assert_uint_eq(c.n_seclabel_models, 3);
	ck_assert_str_eq(c.seclabel_models[0], "apparmor");
	ck_assert_str_eq(c.seclabel_models[1], "dac");
	ck_assert_str_eq(c.seclabel_models[2], "selinux");
}
END_TEST

START_TEST(test_nodes)
{
	auto_arena struct arena *a = arena_new();
	struct vm_config c;
	struct err e;

	ck_assert_int_eq(vxml_domain("<domain><numatune><memory nodeset='0'/></numatune><devices>"
				     "<memory><source><nodemask>1</nodemask></source></memory>"
				     "</devices></domain>",
				 a, &c, &e),
		0);
	ck_assert_str_eq(c.numa_nodes, "0,1");
}
END_TEST

START_TEST(test_host)
{
	auto_arena struct arena *a = arena_new();
	struct host_caps c;
	struct err e;

	ck_assert_int_eq(
		vxml_caps("<capabilities><host><cpu><counter name='tsc' frequency='1'/></cpu>"
			  "<topology><cells num='2'><cell id='0'/><cell id='8'/></cells></topology>"
			  "</host></capabilities>",
			a, &c, &e),
		0);
	ck_assert_str_eq(c.numa_nodes, "0,8");
	ck_assert_int_eq(c.tsc_scaling, TRI_UNKNOWN);
}
END_TEST

/* Of several devices that one is given out that is used least. */
START_TEST(test_devices_of_a_network)
{
	static const struct {
		const char *devs, *next;
	} rows[] = {
		{ "<interface dev='a'/><interface dev='b'/>", "a" },
		{ "<interface dev='a' connections='1'/><interface dev='b'/>", "b" },
		{ "<interface dev='a' connections='2'/><interface dev='b' connections='2'/>", "a" },
		{ "", NULL },
	};
	auto_arena struct arena *a = arena_new();
	const char *type;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vxml_network n;

		ck_assert_int_eq(vxml_network(arena_printf(a,
						      "<network><forward mode='bridge'>%s"
						      "</forward></network>",
						      rows[i].devs),
					 a, &n, &e),
			0);
		ck_assert_pstr_eq(n.dev, rows[i].next);
	}
	ck_assert_int_eq(
		vxml_interface_type("<interface type='ethernet' name='br0'/>", a, &type, &e), 0);
	ck_assert_str_eq(type, "ethernet");
}
END_TEST

/* Files that are memory of the guest: its own, and those of QEMU's packages, each once. */
START_TEST(test_images)
{
	static const struct {
		const char *os, *devices, *want;
	} rows[] = {
		{ "<type machine='pc-i440fx-7.2'/>", "", " bios-256k.bin" },
		{ "<type machine='pc-q35-7.2'/><loader>/code</loader><nvram>/vars</nvram>", "",
			" /code /vars" },
		{ "<type machine='virt-7.2'/>",
			"<interface><model type='virtio'/></interface><interface><model "
			"type='virtio'/></interface><video><model type='qxl'/></video>",
			" efi-virtio.rom vgabios-qxl.bin" },
		{ "<type machine='virt-7.2'/>",
			"<interface><model type='virtio'/><rom file='/own.rom'/></interface>"
			"<interface><model type='e1000'/><rom enabled='no'/></interface>"
			"<interface><model type='e1000'/><rom bar='off'/></interface>",
			" /own.rom" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_arena struct arena *a = arena_new();
		const char *got = "";
		struct vm_config c;
		struct err e;

		ck_assert_int_eq(
			vxml_domain(
				arena_printf(a, "<domain><os>%s</os><devices>%s</devices></domain>",
					rows[i].os, rows[i].devices),
				a, &c, &e),
			0);
		for (size_t k = 0; k < c.n_images; k++)
			got = arena_printf(a, "%s %s", got,
				c.images[k].path ? c.images[k].path : c.images[k].name);
		ck_assert_str_eq(got, rows[i].want);
	}
}
END_TEST

START_TEST(test_where_a_pool_comes_from)
{
	struct arena *a = arena_new();
	struct vxml_pool p;
	struct vxml_network n;
	struct err e;

	ck_assert_int_eq(
		vxml_pool("<pool type='netfs'><source><host name='nas'/><dir path='/vm'/></source>"
			  "<target><path>/srv</path></target></pool>",
			a, &p, &e),
		0);
	ck_assert_str_eq(p.host, "nas");
	ck_assert_str_eq(p.source, "/vm");
	ck_assert_int_eq(
		vxml_pool("<pool type='rbd'><source><name>vms</name></source></pool>", a, &p, &e),
		0);
	ck_assert_ptr_null(p.host);
	ck_assert_str_eq(p.source, "vms");
	ck_assert_int_eq(vxml_pool("<pool type='dir'><source/></pool>", a, &p, &e), 0);
	ck_assert_ptr_null(p.source);
	ck_assert_int_eq(vxml_network("<network><ip address='192.168.122.1'/><ip family='ipv6' "
				      "address='fd00::1'/></network>",
				 a, &n, &e),
		0);
	ck_assert_uint_eq(n.n_addresses, 2);
	ck_assert_str_eq(n.addresses[1], "fd00::1");
	arena_free(a);
}
END_TEST

/* What a client calls an address makes nobody ask a name server. */
START_TEST(test_addresses)
{
	static const struct {
		const char *text;
		int family;
	} rows[] = {
		{ "192.0.2.7", AF_INET },
		{ "2001:db8::7", AF_INET6 },
		{ "localhost", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sockaddr_storage found = { 0 };
		socklen_t size = 0;

		ck_assert_int_eq(link_address(rows[i].text, &found, &size), rows[i].family != 0);
		ck_assert_int_eq(found.ss_family, rows[i].family);
	}
}
END_TEST

START_TEST(test_ways)
{
	struct sockaddr_storage to, from = { 0 };
	socklen_t size;

	ck_assert(link_address("127.0.0.1", &to, &size));
	ck_assert_int_eq(link_route((const struct sockaddr *)&to, size, &from), TRI_YES);
	ck_assert_int_eq(from.ss_family, AF_INET);
	/* Of which link it is, nobody knows. */
	if (link_address("fe80::7", &to, &size))
		ck_assert_int_eq(link_route((const struct sockaddr *)&to, size, &from), TRI_NO);
}
END_TEST

START_TEST(test_same_file)
{
	struct fs_view v;

	fs_view_open(&v, getpid(), NULL);
	ck_assert_int_eq(fs_same(&v, "/dev/null", "/dev/../dev/null"), TRI_YES);
	ck_assert_int_eq(fs_same(&v, "/dev/null", "/dev/zero"), TRI_NO);
	ck_assert_int_eq(fs_same(&v, "/dev/null", "/nonexistent"), TRI_UNKNOWN);
	fs_view_close(&v);
	ck_assert_int_eq(fs_same(&v, "/dev/null", "/dev/null"), TRI_UNKNOWN);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_places");
	TCase *t = tcase_create("places");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_paths);
	tcase_add_test(t, test_names_of_devices);
	tcase_add_test(t, test_pins);
	tcase_add_test(t, test_labels);
	tcase_add_test(t, test_nodes);
	tcase_add_test(t, test_host);
	tcase_add_test(t, test_images);
	tcase_add_test(t, test_patient);
	tcase_add_test(t, test_arguments);
	tcase_add_test(t, test_devices_of_a_network);
	tcase_add_test(t, test_where_a_pool_comes_from);
	tcase_add_test(t, test_addresses);
	tcase_add_test(t, test_ways);
	tcase_add_test(t, test_same_file);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
