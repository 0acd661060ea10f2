/* New settings: what they change, and what is said about what they cannot change. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "checks/apply.h"
#include "checks/apply_device.h"
#include "tests/unit/checks_facts.h"

#define ID(device)                                                                                 \
	{                                                                                          \
		"InstanceID", LIST("vsmigd:" UUID_VM ":" device), 1                                \
	}
#define PROP(name, value)                                                                          \
	{                                                                                          \
		name, LIST(value), 1                                                               \
	}
#define RESOURCE(...)                                                                              \
	{                                                                                          \
		.props = (const struct setting[]){ __VA_ARGS__ },                                  \
		.n = sizeof(const struct setting[]){ __VA_ARGS__ } / sizeof(struct setting)        \
	}
#define RESOURCES(...)                                                                             \
	(const struct new_resource[]){ __VA_ARGS__ },                                              \
		sizeof(const struct new_resource[]){ __VA_ARGS__ } / sizeof(struct new_resource)

/* What the row looks at in the result, as text. */
static const char *name(const struct vm_config *c, struct arena *a)
{
	(void)a;
	return c->name;
}
static const char *memory(const struct vm_config *c, struct arena *a)
{
	return arena_printf(a, "%llu", (unsigned long long)c->memory_kib);
}
static const char *vcpus(const struct vm_config *c, struct arena *a)
{
	return arena_printf(a, "%u", c->vcpus);
}
static const char *nics(const struct vm_config *c, struct arena *a)
{
	const struct vm_nic *n = &c->nics[c->n_nics - 1];

	return arena_printf(a, "%zu %s %s %s", c->n_nics, n->mac, n->network ? n->network : "-",
		n->model ? n->model : "-");
}
static const char *disks(const struct vm_config *c, struct arena *a)
{
	const struct vm_disk *d = &c->disks[c->n_disks - 1];

	return arena_printf(
		a, "%zu %s %s %s", c->n_disks, d->target, d->type, d->source ? d->source : "-");
}

#define SAME_NIC "1 " MAC_VM " default virtio"
#define SAME_DISK "1 vda file /shared/web1.qcow2"

static const struct {
	const char *name;
	enum move move;
	const struct new_resource *resources;
	size_t n;
	const char *want; /* ids */
	const char *(*look)(const struct vm_config *c, struct arena *a);
	const char *result;
} rows[] = {
	{ "memory as it is", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "2048"),
			PROP("AllocationUnits", "byte * 2^20"))),
		"", memory, "2097152" },
	{ "memory as it is, in KiB", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "4"), PROP("VirtualQuantity", "2097152"),
			PROP("AllocationUnits", "KiloBytes"))),
		"", memory, "2097152" },
	{ "memory as it is, no unit", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "2048"))), "", memory,
		"2097152" },
	{ "more memory, live", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "4096"),
			PROP("AllocationUnits", "byte*2^20"))),
		"VSM3009", memory, "4194304" },
	{ "more memory, no unit", MOVE_RESUME,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "4096"))), "VSM3009",
		memory, "2097152" },
	{ "more memory, restart", MOVE_RESTART,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "4"),
			PROP("AllocationUnits", "byte * 2^30"))),
		"VSM3009", memory, "4194304" },
	{ "memory of no known unit", MOVE_RESTART,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "4"),
			PROP("AllocationUnits", "dimm"))),
		"VSM6002", memory, "2097152" },
	{ "memory beyond all numbers", MOVE_RESTART,
		RESOURCES(RESOURCE(ID("memory"), PROP("VirtualQuantity", "18446744073709551615"),
			PROP("AllocationUnits", "GB"))),
		"VSM3009", memory, "18014398509481983" },
	{ "as many vCPUs", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "3"), PROP("VirtualQuantity", "2"))), "",
		vcpus, "2" },
	{ "more vCPUs", MOVE_LIVE_COPY,
		RESOURCES(RESOURCE(ID("vcpu"), PROP("VirtualQuantity", "8"))), "VSM3009", vcpus,
		"8" },
	{ "more vCPUs, offline", MOVE_OFFLINE,
		RESOURCES(RESOURCE(ID("vcpu"), PROP("VirtualQuantity", "8"))), "VSM3009", vcpus,
		"8" },
	{ "another network, by MAC", MOVE_LIVE,
		RESOURCES(RESOURCE(ID(MAC_VM), PROP("Connection", "blue"))), "", nics,
		"1 " MAC_VM " blue virtio" },
	{ "a network of another case", MOVE_LIVE,
		RESOURCES(RESOURCE(ID(MAC_VM), PROP("Connection", "Default"))), "", nics,
		"1 " MAC_VM " Default virtio" },
	{ "a target of another case", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("AddressOnParent", "VDA"))), "VSM3009", disks,
		"1 VDA file /shared/web1.qcow2" },
	{ "another network, by alias", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("net0"), PROP("HostResource", "vsmigd:pool:network:blue"))),
		"", nics, "1 " MAC_VM " blue virtio" },
	{ "another file, by the alias to be", MOVE_RESTART,
		RESOURCES(RESOURCE(ID("virtio-disk0"), PROP("HostResource", "/other/web1.qcow2"))),
		"", disks, "1 vda file /other/web1.qcow2" },
	{ "an alias that nothing will have", MOVE_RESTART,
		RESOURCES(RESOURCE(ID("virtio-disk1"), PROP("HostResource", "/x"))), "VSM3010",
		disks, SAME_DISK },
	{ "another network, by path", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "10"), PROP("Address", "52:54:00:00:00:01"),
			PROP("Connection",
				"//h/root:X.InstanceID=\"vsmigd:pool:network:blue\",Y=1"))),
		"", nics, "1 " MAC_VM " blue virtio" },
	{ "the only interface", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "10"), PROP("Connection", "blue"))), "",
		nics, "1 " MAC_VM " blue virtio" },
	{ "another MAC, live", MOVE_LIVE,
		RESOURCES(RESOURCE(ID(MAC_VM), PROP("Address", "52:54:00:00:00:09"))), "VSM3009",
		nics, "1 52:54:00:00:00:09 default virtio" },
	{ "another model, restart", MOVE_RESTART,
		RESOURCES(RESOURCE(ID(MAC_VM), PROP("ResourceSubType", "e1000e"))), "VSM3009", nics,
		"1 " MAC_VM " default e1000e" },
	{ "another file", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("HostResource", "/other/web1.qcow2"))), "",
		disks, "1 vda file /other/web1.qcow2" },
	{ "a device instead", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "31"), PROP("AddressOnParent", "vda"),
			PROP("HostResource", "/dev/vg/web1"))),
		"", disks, "1 vda block /dev/vg/web1" },
	{ "something that is no path", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("HostResource", "rbd:x"))), "VSM6002", disks,
		SAME_DISK },
	{ "another target", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("AddressOnParent", "vdb"))), "VSM3009", disks,
		"1 vdb file /shared/web1.qcow2" },
	{ "a new interface, live", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "10"), PROP("Address", "52:54:00:00:00:02"),
			PROP("Connection", "blue"))),
		"VSM3011", nics, SAME_NIC },
	{ "a new interface, restart", MOVE_RESTART,
		RESOURCES(RESOURCE(PROP("ResourceType", "10"), PROP("Address", "52:54:00:00:00:02"),
			PROP("Connection", "blue"))),
		"VSM3011", nics, SAME_NIC },
	{ "a new disk, restart", MOVE_RESTART,
		RESOURCES(RESOURCE(PROP("ResourceType", "17"), PROP("AddressOnParent", "vdb"),
			PROP("HostResource", "/shared/b"))),
		"VSM3011", disks, SAME_DISK },
	{ "no such device", MOVE_LIVE, RESOURCES(RESOURCE(ID("vdz"), PROP("HostResource", "/x"))),
		"VSM3010", disks, SAME_DISK },
	{ "another VM's device", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("InstanceID", "vsmigd:" UUID_OTHER ":vda"),
			PROP("HostResource", "/x"))),
		"VSM3010", disks, SAME_DISK },
	{ "the VM itself", MOVE_LIVE, RESOURCES(RESOURCE(PROP("InstanceID", "vsmigd:" UUID_VM))),
		"VSM3010", disks, SAME_DISK },
	{ "a foreign id", MOVE_LIVE, RESOURCES(RESOURCE(PROP("InstanceID", "Microsoft:1/2"))),
		"VSM3010", disks, SAME_DISK },
	{ "nothing that names a device", MOVE_LIVE, RESOURCES(RESOURCE(PROP("Limit", "3"))),
		"VSM3010", disks, SAME_DISK },
	{ "one device twice", MOVE_LIVE,
		RESOURCES(RESOURCE(ID(MAC_VM), PROP("Connection", "blue")),
			RESOURCE(ID("net0"), PROP("Connection", "red"))),
		"VSM3014", nics, "1 " MAC_VM " blue virtio" },
	{ "what means nothing here", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("Caption", "x"), PROP("Weight", "100"),
			PROP("ElementName", "y"))),
		"", disks, SAME_DISK },
	{ "what cannot be mapped", MOVE_LIVE,
		RESOURCES(RESOURCE(ID("vda"), PROP("PoolID", "1"), PROP("Limit", "3"))),
		"VSM6002,VSM6002", disks, SAME_DISK },
	{ "read-only", MOVE_LIVE, RESOURCES(RESOURCE(ID("vda"), PROP("Access", "1"))), "VSM3009",
		disks, SAME_DISK },
	{ "as writable as it is", MOVE_LIVE, RESOURCES(RESOURCE(ID("vda"), PROP("Access", "3"))),
		"", disks, SAME_DISK },
	{ "its MAC, as others write it", MOVE_LIVE,
		RESOURCES(RESOURCE(PROP("ResourceType", "10"), PROP("Address", "525400000001"),
			PROP("Connection", "blue"))),
		"", nics, "1 " MAC_VM " blue virtio" },
};

static void ids(const struct findings *fs, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < fs->n; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "," : "",
			reason_get(fs->items[i].id)->id);
}

static void expect(const char *what, const struct settings *s, const char *want,
	const char *(*look)(const struct vm_config *c, struct arena *a), const char *result)
{
	struct facts *f = facts_sample(s);
	struct findings fs = { .arena = f->arena };
	struct vm_config silent, out;
	char got[256];

	apply_settings(&f->stored, s, f->arena, &out, &fs);
	ids(&fs, got, sizeof got);
	ck_assert_msg(strcmp(got, want) == 0, "%s: found '%s', want '%s'", what, got, want);
	ck_assert_msg(strcmp(look(&out, f->arena), result) == 0, "%s: '%s', want '%s'", what,
		look(&out, f->arena), result);
	apply_settings(&f->stored, s, f->arena, &silent, NULL);
	ck_assert_str_eq(look(&silent, f->arena), result);
	ck_assert_str_eq(nics(&f->stored, f->arena), SAME_NIC);
	ck_assert_str_eq(disks(&f->stored, f->arena), SAME_DISK);
	facts_free(f);
}

START_TEST(resources)
{
	struct settings s = {
		.move = rows[_i].move, .resources = rows[_i].resources, .n_resources = rows[_i].n
	};

	expect(rows[_i].name, &s, rows[_i].want, rows[_i].look, rows[_i].result);
}
END_TEST

#define FIFTY "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define LONG_NAME                                                                                  \
	FIFTY FIFTY FIFTY FIFTY "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" /* 247 bytes */

static const struct {
	const char *property, *value;
	enum move move;
	const char *want, *vm;
} systems[] = {
	{ "ElementName", "web2", MOVE_LIVE, "", "web2" },
	{ "elementname", "web2", MOVE_OFFLINE, "", "web2" },
	{ "ElementName", "a/b", MOVE_LIVE, "VSM3012", "a/b" },
	{ "ElementName", "/a/b", MOVE_OFFLINE, "VSM3012", "/a/b" },
	{ "ElementName", "/a", MOVE_LIVE, "", "/a" },
	{ "ElementName", "..", MOVE_LIVE, "VSM3012", ".." },
	{ "ElementName", LONG_NAME, MOVE_LIVE, "", LONG_NAME },
	{ "ElementName", LONG_NAME "n", MOVE_LIVE, "VSM3012", LONG_NAME "n" },
	{ "ElementName", "", MOVE_LIVE, "", "web1" },
	{ "VirtualSystemIdentifier", UUID_VM, MOVE_LIVE, "", "web1" },
	{ "VirtualSystemIdentifier", "web1", MOVE_LIVE, "", "web1" },
	{ "VirtualSystemIdentifier", UUID_OTHER, MOVE_LIVE, "VSM3008", "web1" },
	{ "VirtualSystemIdentifier", UUID_OTHER, MOVE_RESTART, "VSM3008", "web1" },
	{ "VirtualSystemType", "QEMU", MOVE_LIVE, "", "web1" },
	{ "VirtualSystemType", "kvm", MOVE_LIVE, "VSM3008", "web1" },
	{ "VirtualSystemType", "kvm", MOVE_RESTART, "VSM3008", "web1" },
	{ "InstanceID", "vsmigd:" UUID_VM, MOVE_LIVE, "", "web1" },
	{ "InstanceID", "vsmigd:" UUID_OTHER, MOVE_LIVE, "VSM3008", "web1" },
	{ "Notes", "x", MOVE_LIVE, "", "web1" },
	{ "VirtualNumaEnabled", "true", MOVE_LIVE, "VSM6002", "web1" },
};

/* Of several drives the resource type says which; a volume may be of another pool; a character
 * device may have another file. */
START_TEST(several_devices)
{
	static const struct {
		const char *type;
		size_t disk;
	} drives[] = { { "14", 2 }, { "15", 1 }, { "16", 1 }, { "17", 0 }, { "31", 0 } };
	auto_arena struct arena *a = arena_new();
	struct vm_disk disks[] = { { .target = "vda", .device = "disk", .source = "/a" },
		{ .target = "hda", .device = "cdrom" }, { .target = "fda", .device = "floppy" } };
	struct vm_disk volume = { .target = "vda",
		.device = "disk",
		.type = "volume",
		.pool = "tank",
		.volume = "v",
		.source = "tank/v" };
	struct vm_chardev serial = { .alias = "serial0", .kind = "serial", .path = "/logs/a" };
	struct vm_path path = { .kind = PATH_FOLDER, .user = "serial", .path = "/logs/a" };
	struct vm_config vm = { .uuid = UUID_VM, .disks = disks, .n_disks = 3 }, out;
	struct new_resource resource;
	struct settings s = { .move = MOVE_LIVE, .resources = &resource, .n_resources = 1 };

	for (size_t i = 0; i < ARRAY_LEN(drives); i++) {
		resource = (struct new_resource)RESOURCE(
			PROP("ResourceType", drives[i].type), PROP("HostResource", "/new"));
		apply_settings(&vm, &s, a, &out, NULL);
		for (size_t k = 0; k < 3; k++)
			ck_assert_msg((out.disks[k].source && out.disks[k].source[1] == 'n') ==
					      (k == drives[i].disk),
				"%s, disk %zu", drives[i].type, k);
	}
	vm = (struct vm_config){ .uuid = UUID_VM, .disks = &volume, .n_disks = 1 };
	resource = (struct new_resource)RESOURCE(
		ID("vda"), PROP("PoolID", "vsmigd:pool:storage:pond"));
	apply_settings(&vm, &s, a, &out, NULL);
	ck_assert_str_eq(out.disks[0].source, "pond/v");
	ck_assert_str_eq(out.disks[0].pool, "pond");
	vm = (struct vm_config){
		.uuid = UUID_VM, .chardevs = &serial, .n_chardevs = 1, .paths = &path, .n_paths = 1
	};
	resource = (struct new_resource)RESOURCE(ID("serial0"), PROP("HostResource", "/var/a"));
	apply_settings(&vm, &s, a, &out, NULL);
	ck_assert_str_eq(out.paths[0].path, "/var/a");
	ck_assert_str_eq(path.path, "/logs/a");
}
END_TEST

START_TEST(whole_system)
{
	const struct setting prop = PROP(systems[_i].property, systems[_i].value);
	const struct new_system sys = { .props = &prop, .n = 1 };
	struct settings s = { .move = systems[_i].move, .system = &sys };

	expect(systems[_i].property, &s, systems[_i].want, name, systems[_i].vm);
}
END_TEST

static const struct {
	unsigned type;
	enum move move;
	const char *name;
} types[] = {
	{ 0, MOVE_LIVE, "Live" },
	{ 1, MOVE_OFFLINE, "Offline" },
	{ 2, MOVE_LIVE, "Live" },
	{ 3, MOVE_RESUME, "Resume" },
	{ 4, MOVE_RESTART, "Restart" },
	{ 5, 0, "none" },
	{ 32767, 0, "none" },
	{ 32768, MOVE_LIVE, "Live" },
	{ 32769, 0, "none" },
	{ 32770, 0, "none" },
	{ 32771, MOVE_LIVE_COPY, "LiveWithStorage" },
	{ 32772, 0, "none" },
	{ 65535, 0, "none" },
};

START_TEST(moves)
{
	ck_assert_int_eq(move_of_type(types[_i].type), types[_i].move);
	ck_assert_str_eq(move_name(types[_i].move), types[_i].name);
}
END_TEST

START_TEST(finding_a_setting)
{
	const struct setting props[] = {
		{ "Address", LIST("x", "y"), 2 },
		{ "Empty", LIST(""), 1 },
		{ "None", NULL, 0 },
	};

	ck_assert_ptr_eq(setting_find(props, 3, "ADDRESS"), &props[0]);
	ck_assert_ptr_null(setting_find(props, 3, "Addres"));
	ck_assert_ptr_null(setting_find(NULL, 0, "Address"));
	ck_assert_str_eq(setting_text(props, 3, "address"), "x");
	ck_assert_ptr_null(setting_text(props, 3, "Empty"));
	ck_assert_ptr_null(setting_text(props, 3, "None"));
	ck_assert_ptr_null(setting_text(props, 3, "Absent"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tc = tcase_create("settings");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, resources, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, several_devices);
	tcase_add_loop_test(tc, whole_system, 0, ARRAY_LEN(systems));
	tcase_add_loop_test(tc, moves, 0, ARRAY_LEN(types));
	tcase_add_test(tc, finding_a_setting);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
