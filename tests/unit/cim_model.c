/* The settings and devices that recorded configurations give, and their way back into a check. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "checks/apply.h"
#include "checks/hypervisor/vxml.h"
#include "cim/providers/device.h"
#include "cim/providers/resource_settings.h"
#include "cim/providers/system_settings.h"

#define DATA TEST_DATA "/libvirt/"

static struct arena *a;

static void setup(void)
{
	a = arena_new();
}

static void teardown(void)
{
	arena_free(a);
}

static const struct vm_config *read_domain(const char *name)
{
	struct vm_config *c = arena_alloc(a, sizeof *c);
	char *text = arena_alloc(a, 1 << 20);
	struct err e;
	FILE *f = fopen(arena_printf(a, DATA "%s", name), "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, f), 0);
	fclose(f);
	ck_assert_int_eq(vxml_domain(text, a, c, &e), 0);
	return c;
}

static const struct hv_inv_vm *make_vm(const struct vm_config *c)
{
	struct hv_inv_vm *vm = arena_alloc(a, sizeof *vm);

	vm->config = c;
	vm->vm.uuid = c->uuid;
	vm->vm.name = c->name;
	vm->active = true;
	vm->disk_pools = arena_array(a, c->n_disks, sizeof *vm->disk_pools);
	for (size_t i = 0; i < c->n_disks; i++)
		vm->disk_pools[i] = c->disks[i].pool;
	return vm;
}

/* What has a value, "Name=value Name=a|b", without what only names the instance. */
static const char *told(const struct cim_instance *i)
{
	const char *s = "";

	for (size_t p = 0; p < i->class->n_properties; p++) {
		const struct cim_property *prop = &i->class->properties[p];
		const struct cim_value *v = &i->values[p];
		const char *text = "";

		if (!v->given ||
			strstr(" InstanceID ElementName SystemName SystemCreationClassName "
			       "CreationClassName DeviceID RequestedState "
			       "TransitioningToState ",
				arena_printf(a, " %s ", prop->name)) != NULL)
			continue;
		for (size_t k = 0; k < v->n; k++)
			text = arena_printf(a, "%s%s%s", text, k > 0 ? "|" : "",
				cim_datum_text(a, prop->type, &v->data[k]));
		s = arena_printf(a, "%s%s%s=%s", s, *s != '\0' ? " " : "", prop->name, text);
	}
	return s;
}

static const struct part *find(const struct hv_inv_vm *vm, const char *name)
{
	size_t n;
	const struct part *parts = inventory_parts(a, vm, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(parts[i].name, name) == 0)
			return &parts[i];
	ck_abort_msg("no part %s", name);
}

static const struct {
	const char *file, *part, *class, *settings, *device;
} parts[] = {
	{ "domain-rich.xml", "memory", "CIM_ResourceAllocationSettingData",
		"AllocationUnits=byte * 2^10 PoolID=vsmigd:pool:memory:0 ResourceType=4 "
		"VirtualQuantity=65536",
		"Access=3 BlockSize=1024 ConsumableBlocks=65536 EnabledState=2 "
		"NumberOfBlocks=65536 "
		"Volatile=true" },
	{ "domain-rich.xml", "vcpu", "CIM_ProcessorAllocationSettingData",
		"AllocationUnits=count PoolID=vsmigd:pool:processor:0 ResourceType=3 "
		"VirtualQuantity=2",
		"CPUStatus=1 EnabledState=2 NumberOfEnabledCores=1" },
	{ "domain-rich.xml", "virtio-disk0", "CIM_StorageAllocationSettingData",
		"Access=3 AddressOnParent=vda HostResource=/run/vsmlab/shared/secret.luks "
		"ResourceType=31",
		"Access=3 Caption=disk EnabledState=2 Name=vda NameFormat=1 NameNamespace=1" },
	{ "domain-rich.xml", "ide0-0-0", "CIM_StorageAllocationSettingData",
		"Access=1 AddressOnParent=hda HostResource=/run/vsmlab/local/rich.iso "
		"ResourceType=15",
		"Access=1 Caption=cdrom EnabledState=2 Name=hda NameFormat=1 NameNamespace=1" },
	{ "domain-rich.xml", "net0", "CIM_EthernetPortAllocationSettingData",
		"Address=52:54:00:77:00:02 AllocationUnits=count Connection=blue "
		"PoolID=vsmigd:pool:network:blue ResourceSubType=virtio ResourceType=10 "
		"VirtualQuantity=1",
		"EnabledState=2 LinkTechnology=2 NetworkAddresses=525400770002 "
		"PermanentAddress=525400770002" },
	{ "domain-rich.xml", "net1", "CIM_EthernetPortAllocationSettingData",
		"Address=52:54:00:77:00:03 AllocationUnits=count Connection=br-blue "
		"ResourceSubType=virtio ResourceType=10 VirtualQuantity=1",
		NULL },
	{ "domain-rich.xml", "serial0", "CIM_ResourceAllocationSettingData",
		"AllocationUnits=count ResourceSubType=isa-serial ResourceType=21 "
		"VirtualQuantity=1",
		NULL },
	{ "domain-rich.xml", "rng0", "CIM_ResourceAllocationSettingData",
		"AllocationUnits=count OtherResourceType=rng ResourceSubType=virtio "
		"ResourceType=1 VirtualQuantity=1",
		NULL },
	{ "domain-rich-inactive.xml", "vda", "CIM_StorageAllocationSettingData",
		"Access=3 AddressOnParent=vda HostResource=/run/vsmlab/shared/secret.luks "
		"ResourceType=31",
		NULL },
	{ "domain-rich-inactive.xml", "52:54:00:77:00:02", "CIM_EthernetPortAllocationSettingData",
		"Address=52:54:00:77:00:02 AllocationUnits=count Connection=blue "
		"PoolID=vsmigd:pool:network:blue ResourceSubType=virtio ResourceType=10 "
		"VirtualQuantity=1",
		NULL },
};

START_TEST(part_is_told)
{
	const struct hv_inv_vm *vm = make_vm(read_domain(parts[_i].file));
	const struct part *part = find(vm, parts[_i].part);
	const struct cim_instance *i = resource_settings_instance(a, vm, part);

	ck_assert_str_eq(i->class->name, parts[_i].class);
	ck_assert_str_eq(told(i), parts[_i].settings);
	ck_assert_ptr_eq(i->class, resource_settings_class(part->kind));
	if (parts[_i].device != NULL)
		ck_assert_str_eq(told(device_instance(a, vm, part, 0)), parts[_i].device);
}
END_TEST

/* A part's settings as NewResourceSettingData has them; `name`, if any, with another value. */
static struct new_resource sent_back(
	const struct hv_inv_vm *vm, const struct part *part, const char *name, const char *value)
{
	const struct cim_instance *i = resource_settings_instance(a, vm, part);
	struct setting *props = arena_array(a, i->class->n_properties, sizeof *props);
	size_t n = 0;

	for (size_t p = 0; p < i->class->n_properties; p++) {
		const struct cim_property *prop = &i->class->properties[p];
		const char **values = arena_array(a, i->values[p].n, sizeof *values);

		if (!i->values[p].given)
			continue;
		for (size_t k = 0; k < i->values[p].n; k++)
			values[k] = name != NULL && strcmp(prop->name, name) == 0
					    ? value
					    : cim_datum_text(a, prop->type, &i->values[p].data[k]);
		props[n++] = (struct setting){ prop->name, values, i->values[p].n };
	}
	return (struct new_resource){ .class_name = i->class->name, .props = props, .n = n };
}

static struct vm_config apply(
	const struct vm_config *to, struct new_resource *r, size_t n, struct findings *fs)
{
	struct settings s = { .move = MOVE_LIVE, .resources = r, .n_resources = n };
	struct vm_config out;

	for (size_t i = 0; i < n; i++)
		r[i].index = i;
	apply_settings(to, &s, a, &out, fs);
	return out;
}

/* What is read of any machine that was recorded is what it is, when it is sent back. */
START_TEST(all_goes_back_as_it_is)
{
	struct dirent *e;
	DIR *dir = opendir(DATA);
	size_t files = 0;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL) {
		const struct vm_config *c;
		struct findings fs = { .arena = a };
		struct new_resource *r;
		struct vm_config out;
		size_t n;

		if (strncmp(e->d_name, "domain-", 7) != 0)
			continue;
		c = read_domain(e->d_name);
		r = arena_array(a, 64, sizeof *r);
		const struct hv_inv_vm *vm = make_vm(c);
		const struct part *list = inventory_parts(a, vm, &n);
		ck_assert_uint_ge(n, 2 + c->n_disks + c->n_nics);
		for (size_t i = 0; i < n; i++)
			r[i] = sent_back(vm, &list[i], NULL, NULL);
		out = apply(c, r, n, &fs);
		ck_assert_msg(fs.n == 0, "%s: %s of %s", e->d_name, fs.items[0].object,
			reason_get(fs.items[0].id)->id);
		ck_assert_uint_eq(out.memory_kib, c->memory_kib);
		ck_assert_uint_eq(out.vcpus, c->vcpus);
		ck_assert(c->n_disks == 0 ||
			  memcmp(out.disks, c->disks, c->n_disks * sizeof *c->disks) == 0);
		ck_assert(c->n_nics == 0 ||
			  memcmp(out.nics, c->nics, c->n_nics * sizeof *c->nics) == 0);
		files++;
	}
	closedir(dir);
	ck_assert_uint_ge(files, 25);
}
END_TEST

static const struct {
	const char *file, *part, *name, *value, *id; /* id NULL: it is changed */
} changed[] = {
	{ "domain-rich.xml", "net0", "Connection", "green", NULL },
	{ "domain-rich.xml", "net0", "PoolID", "vsmigd:pool:network:green", NULL },
	{ "domain-rich.xml", "net1", "Connection", "green", NULL },
	{ "domain-rich.xml", "net0", "Address", "52:54:00:00:00:01", "VSM3009" },
	{ "domain-rich.xml", "net0", "VirtualQuantity", "2", "VSM6002" },
	{ "domain-rich.xml", "virtio-disk0", "HostResource", "/green", NULL },
	{ "domain-volume.xml", "virtio-disk0", "HostResource", "/green", NULL },
	{ "domain-volume.xml", "virtio-disk0", "PoolID", "vsmigd:pool:storage:green", NULL },
	{ "domain-rich.xml", "virtio-disk0", "Access", "1", "VSM3009" },
	{ "domain-rich.xml", "memory", "VirtualQuantity", "1", "VSM3009" },
	{ "domain-rich.xml", "memory", "PoolID", "vsmigd:pool:processor:0", "VSM6002" },
	{ "domain-rich.xml", "vcpu", "VirtualQuantity", "1", "VSM3009" },
	{ "domain-rich.xml", "serial0", "ResourceSubType", "usb-serial", "VSM6002" },
};

START_TEST(change_is_taken)
{
	const struct vm_config *c = read_domain(changed[_i].file);
	const struct hv_inv_vm *vm = make_vm(c);
	const struct part *part = find(vm, changed[_i].part);
	struct new_resource r = sent_back(vm, part, changed[_i].name, changed[_i].value);
	struct findings fs = { .arena = a };
	struct vm_config out = apply(c, &r, 1, &fs);
	const struct vm_nic *nic = &out.nics[part->i];

	if (changed[_i].id != NULL) {
		ck_assert_uint_eq(fs.n, 1);
		ck_assert_str_eq(reason_get(fs.items[0].id)->id, changed[_i].id);
		return;
	}
	ck_assert_uint_eq(fs.n, 0);
	if (part->kind == PART_DISK)
		ck_assert_ptr_nonnull(strstr(out.disks[part->i].source, "green"));
	else
		ck_assert_str_eq(nic->network != NULL ? nic->network : nic->bridge, "green");
}
END_TEST

/* A move that starts the machine anew looks at the stored configuration, which has no aliases. */
START_TEST(running_settings_find_their_stored_device)
{
	const struct hv_inv_vm *vm = make_vm(read_domain("domain-rich.xml"));
	const struct vm_config *stored = read_domain("domain-rich-inactive.xml");
	struct new_resource r[] = {
		sent_back(vm, find(vm, "virtio-disk1"), "HostResource", "/green"),
		sent_back(vm, find(vm, "net0"), "Connection", "green"),
	};
	struct findings fs = { .arena = a };
	struct vm_config out = apply(stored, r, 2, &fs);

	ck_assert_uint_eq(fs.n, 0);
	ck_assert_str_eq(out.disks[1].source, "/green");
	ck_assert_str_eq(out.nics[0].network, "green");
}
END_TEST

START_TEST(next_start_differs_by_what_settings_say)
{
	struct vm_config next = *read_domain("domain-rich-inactive.xml");
	struct hv_inv_vm vm = *make_vm(read_domain("domain-rich.xml"));

	ck_assert(!system_settings_next_differs(&vm));
	vm.next = &next;
	ck_assert(!system_settings_next_differs(&vm));
	next.vcpus_current = 1;
	ck_assert(system_settings_next_differs(&vm));
	next = *vm.config;
	ck_assert(!system_settings_next_differs(&vm));
	next.n_nics = 0;
	ck_assert(system_settings_next_differs(&vm));
}
END_TEST

static const struct {
	const char *id, *uuid;
} ids[] = {
	{ "vsmigd:b6edba5a-9ecc-5854-b8b9-ba7faed2409d", "b6edba5a-9ecc-5854-b8b9-ba7faed2409d" },
	{ "VSMIGD:B6EDBA5A-9ECC-5854-B8B9-BA7FAED2409D:vda",
		"B6EDBA5A-9ECC-5854-B8B9-BA7FAED2409D" },
	{ "vsmigd:pool:network:blue", "" },
	{ "vsmigd:default", "" },
	{ "Microsoft:1", "" },
	{ "vsmigd:", "" },
	{ NULL, "" },
};

START_TEST(uuid_of_an_id)
{
	ck_assert_str_eq(inventory_uuid(a, ids[_i].id), ids[_i].uuid);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_model");
	TCase *t = tcase_create("model");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, part_is_told, 0, (int)ARRAY_LEN(parts));
	tcase_add_test(t, all_goes_back_as_it_is);
	tcase_add_loop_test(t, change_is_taken, 0, (int)ARRAY_LEN(changed));
	tcase_add_test(t, running_settings_find_their_stored_device);
	tcase_add_test(t, next_start_differs_by_what_settings_say);
	tcase_add_loop_test(t, uuid_of_an_id, 0, (int)ARRAY_LEN(ids));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
