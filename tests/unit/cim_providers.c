/* The object manager and its providers, over hosts of libvirt's test driver. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cim/codec.h"
#include "cim/node.h"
#include "cim/providers/migratable.h"
#include "cim/registry.h"
#include "cim/uri.h"
#include "cim_world.h"

/* "CIM_Processor*4 CIM_Memory ": the classes of the instances, in their order. */
static const char *classes_of(const struct cim_op *op)
{
	const char *s = "";

	for (size_t i = 0, same; i < op->n_instances; i += same) {
		const struct cim_class *c = op->instances[i]->class;

		same = 1;
		while (i + same < op->n_instances && op->instances[i + same]->class == c)
			same++;
		s = same == 1 ? arena_printf(a, "%s%s ", s, c->name)
			      : arena_printf(a, "%s%s*%zu ", s, c->name, same);
	}
	return s;
}

#define SERVICE "CIM_VirtualSystemMigrationService "
#define ADVISOR "VSMIG_MigrationAdvisor "
#define CAPS "CIM_VirtualSystemMigrationCapabilities "
#define SETTINGS "CIM_VirtualSystemMigrationSettingData "
#define SYSTEMS "CIM_ComputerSystem*9 "
#define HOSTS "VSMIG_DestinationHost*2 "
#define RESOURCES                                                                                  \
	"CIM_ResourceAllocationSettingData*9 CIM_ProcessorAllocationSettingData*8 "                \
	"CIM_StorageAllocationSettingData*3 CIM_EthernetPortAllocationSettingData*2 "
#define DEVICES "CIM_Processor*16 CIM_Memory*8 CIM_LogicalDisk*3 CIM_EthernetPort*2 "
#define POOLS "CIM_ResourcePool*4 "

static const struct {
	const char *class, *ns, *want;
	int code;
} enumerations[] = {
	{ "CIM_VirtualSystemMigrationService", NULL, SERVICE, 0 },
	{ "VSMIG_MigrationAdvisor", "root\\virtualization\\V2", ADVISOR, 0 },
	{ "CIM_Service", NULL, SERVICE ADVISOR, 0 },
	{ "CIM_VirtualSystemMigrationCapabilities", NULL, CAPS, 0 },
	{ "CIM_Capabilities", NULL, CAPS, 0 },
	{ "CIM_SettingData", NULL, SETTINGS "CIM_VirtualSystemSettingData*8 " RESOURCES, 0 },
	{ "CIM_ResourceAllocationSettingData", NULL, RESOURCES, 0 },
	{ "CIM_LogicalDevice", NULL, DEVICES, 0 },
	{ "CIM_StorageExtent", NULL, "CIM_Memory*8 CIM_LogicalDisk*3 ", 0 },
	{ "CIM_ElementCapabilities", NULL, "CIM_ElementCapabilities ", 0 },
	{ "CIM_ComputerSystem", NULL, SYSTEMS, 0 },
	{ "CIM_System", NULL, SYSTEMS, 0 },
	{ "CIM_EnabledLogicalElement", NULL, SERVICE ADVISOR SYSTEMS DEVICES, 0 },
	{ "VSMIG_DestinationHost", NULL, HOSTS, 0 },
	{ "CIM_LogicalElement", NULL, SERVICE ADVISOR SYSTEMS DEVICES POOLS, 0 },
	{ "CIM_ManagedElement", NULL,
		SERVICE ADVISOR CAPS SETTINGS SYSTEMS
		"CIM_VirtualSystemSettingData*8 " RESOURCES DEVICES POOLS HOSTS,
		0 },
	/* By the names of Hyper-V: above, nothing comes twice. */
	{ "Msvm_ComputerSystem", NULL, "Msvm_ComputerSystem*9 ", 0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "Msvm_VirtualSystemMigrationService ", 0 },
	{ "Msvm_VirtualSystemMigrationCapabilities", "ROOT\\virtualization\\v2",
		"Msvm_VirtualSystemMigrationCapabilities ", 0 },
	{ "Msvm_VirtualSystemMigrationSettingData", NULL, "Msvm_VirtualSystemMigrationSettingData ",
		0 },
	{ "Msvm_ComputerSystem", "root/interop", "", ERR_CLASS },
	{ "Msvm_MoveUnmanagedVhd", NULL, "", ERR_CLASS },
	{ "CIM_Error", NULL, "", ERR_CLASS },
	{ "CIM_Service", "root/cimv2", "", ERR_NAMESPACE },
	{ "CIM_Service", "root/interop", "", ERR_CLASS },
};

START_TEST(enumerate)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = cim_class_find(enumerations[_i].class),
				     .ns = enumerations[_i].ns } };
	struct cim_op *op = run(&w);

	ck_assert_msg(op->err.code == enumerations[_i].code, "%s", op->err.text);
	ck_assert_str_eq(classes_of(op), enumerations[_i].want);
}
END_TEST

static const struct {
	const char *class, *path, *element_name;
	int code;
} gets[] = {
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "vsmigd"), "Migration Service",
		0 },
	{ "CIM_Service", SERVICE_KEYS("VSMIG_MigrationAdvisor", "VSMIGD"), "Migration Advisor", 0 },
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "svc"), NULL, ERR_NOT_FOUND },
	{ "CIM_VirtualSystemMigrationService", "X.Name='vsmigd'", NULL, ERR_KEY_MISSING },
	{ "CIM_VirtualSystemMigrationCapabilities", "X.InstanceID='vsmigd:capabilities'",
		"Migration Capabilities", 0 },
	{ "CIM_VirtualSystemMigrationCapabilities", "X.InstanceID='x',Name='y'", NULL,
		ERR_KEY_UNEXPECTED },
	{ "CIM_VirtualSystemMigrationSettingData", "X.InstanceID='vsmigd:default'",
		"Default Migration Settings", 0 },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "01"), "running", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("11111111-2222-4333-8444-00000000C105"), "off", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("myhost"), "MyHost", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("running"), NULL, ERR_NOT_FOUND },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "ff"), NULL, ERR_NOT_FOUND },
	{ "CIM_ComputerSystem", "root/cimv2:" VM_KEYS(UUID "01"), NULL, ERR_NAMESPACE },
	{ "CIM_System", VM_KEYS(UUID "01"), "running", 0 },
	{ "VSMIG_DestinationHost", "X.Name='source'", "source", 0 },
	{ "Msvm_ComputerSystem", "X.CreationClassName='Msvm_ComputerSystem',Name='" UUID "05'",
		"off", 0 },
	{ "Msvm_ComputerSystem", "X.CreationClassName='CIM_ComputerSystem',Name='myhost'", "MyHost",
		0 },
	{ "Msvm_VirtualSystemMigrationService",
		"X.SystemCreationClassName='Msvm_ComputerSystem',SystemName='MyHost',"
		"CreationClassName='Msvm_VirtualSystemMigrationService',Name='vsmigd'",
		"Migration Service", 0 },
	{ "Msvm_ComputerSystem", "X.CreationClassName='Msvm_ComputerSystem',Name='nobody'", NULL,
		ERR_NOT_FOUND },
	{ "Msvm_ComputerSystem", "X.Name='nobody'", NULL, ERR_KEY_MISSING },
	{ "CIM_ManagedElement", "X.InstanceID='vsmigd:default'", NULL, ERR_KEY_UNEXPECTED },
	{ "CIM_Error", "X.MessageID='1'", NULL, ERR_CLASS },
};

START_TEST(get)
{
	struct waiting w = { .op = { .kind = CIM_OP_GET,
				     .class = cim_class_find(gets[_i].class) } };
	struct cim_ref *ref;
	struct cim_op *op;

	ck_assert_int_eq(cim_ref_from_text(a, gets[_i].path, &ref, &w.op.err), 0);
	w.op.ref = ref;
	op = run(&w);
	ck_assert_msg(op->err.code == gets[_i].code, "%s", op->err.text);
	ck_assert_uint_eq(op->n_instances, gets[_i].code == 0);
	if (gets[_i].code == 0)
		ck_assert_str_eq(text_of(op->instances[0], "ElementName"), gets[_i].element_name);
}
END_TEST

/* INTERFACE.md: EnabledState by the state of the domain. */
static const struct {
	const char *uuid, *name, *enabled, *status, *health;
} systems[] = {
	{ UUID "01", "running", "2", "2", "5" },
	{ UUID "02", "blocked", "2", "2", "5" },
	{ UUID "03", "paused", "9", "15", "5" },
	{ UUID "04", "leaving", "4", "9", "5" },
	{ UUID "05", "off", "3", "10", "5" },
	{ UUID "06", "crashed", "3", "6", "20" },
	{ UUID "07", "asleep", "6", "15", "5" },
	{ UUID "08", "saved", "6", "10", "5" },
};

START_TEST(states)
{
	struct waiting w = { .op = { .kind = CIM_OP_GET, .class = &cim_class_CIM_ComputerSystem } };
	struct cim_key keys[] = { { .name = "Name", .text = systems[_i].uuid },
		{ .name = "CreationClassName", .text = "CIM_ComputerSystem" } };
	struct cim_ref ref = { .class_name = "CIM_ComputerSystem", .keys = keys, .n_keys = 2 };
	const struct cim_instance *i;

	w.op.ref = &ref;
	ck_assert_msg(run(&w)->err.code == 0, "%s", w.op.err.text);
	i = w.op.instances[0];
	ck_assert_str_eq(text_of(i, "Name"), systems[_i].uuid);
	ck_assert_str_eq(text_of(i, "NameFormat"), "UUID");
	ck_assert_str_eq(text_of(i, "ElementName"), systems[_i].name);
	ck_assert_str_eq(text_of(i, "EnabledState"), systems[_i].enabled);
	ck_assert_str_eq(text_of(i, "OperationalStatus"), systems[_i].status);
	ck_assert_str_eq(text_of(i, "HealthState"), systems[_i].health);
	ck_assert_str_eq(text_of(i, "Description"), _i == 0 ? "Shop <front>" : "-");
}
END_TEST

/* The same instance by its other name: the keys say so too, and what is not known is NULL. */
START_TEST(names_of_hyper_v)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = &cim_class_Msvm_ComputerSystem } };
	struct waiting d = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = &cim_class_Msvm_VirtualSystemMigrationSettingData } };
	struct cim_op *op = run(&w);
	struct err e;

	for (size_t n = 0; n < op->n_instances; n++) {
		const struct cim_instance *i = op->instances[n];
		bool host = strcmp(text_of(i, "Name"), "MyHost") == 0;

		ck_assert_str_eq(text_of(i, "CreationClassName"), "Msvm_ComputerSystem");
		ck_assert_str_eq(text_of(i, "Caption"),
			host ? "Hosting Computer System" : "Virtual Machine");
		ck_assert_str_eq(text_of(i, "ProcessID"), "-");
		ck_assert_str_eq(text_of(i, "ReplicationState"), "-");
		ck_assert_int_eq(cim_ref_check(cim_ref_of(a, i), i->class, &e), 0);
	}
	op = run(&d);
	ck_assert_str_eq(text_of(op->instances[0], "InstanceID"), "vsmigd:default");
	ck_assert_str_eq(text_of(op->instances[0], "MigrationType"), "32768");
	ck_assert_str_eq(text_of(op->instances[0], "EnableCompression"), "-");
}
END_TEST

START_TEST(capabilities_are_what_is_there)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = &cim_class_CIM_VirtualSystemMigrationCapabilities } };
	const struct cim_instance *i = run(&w)->instances[0];

	ck_assert_str_eq(text_of(i, "SynchronousMethodsSupported"), "4,5");
	ck_assert_str_eq(text_of(i, "AsynchronousMethodsSupported"), "");
	ck_assert_str_eq(text_of(i, "DestinationHostFormatsSupported"), "2,4");
}
END_TEST

/* A row must name a concrete class once, and each of its methods must be one of the class. */
START_TEST(registry_agrees_with_the_schema)
{
	const struct registry_row *row = &registry_rows[_i];

	ck_assert_ptr_eq(cim_class_find(row->class->name), row->class);
	ck_assert(!row->class->abstract);
	ck_assert_int_eq(cim_serves(row->class, NULL), row->ns != REGISTRY_NS_INTEROP);
	ck_assert_int_eq(cim_serves(row->class, CIM_NS_DEFAULT), row->ns != REGISTRY_NS_INTEROP);
	ck_assert_int_eq(cim_serves(row->class, CIM_NS_INTEROP), row->ns != REGISTRY_NS_DEFAULT);
	ck_assert(!cim_serves(row->class, "root/cimv2"));
	ck_assert(row->involve == NULL || row->class->association);
	/* An association may have a row for each family of things that it ties together. */
	for (size_t i = 0; i < (size_t)_i && !row->class->association; i++)
		ck_assert_ptr_ne(registry_rows[i].class, row->class);
	for (size_t m = 0; m < row->n_methods; m++)
		ck_assert_uint_lt(row->methods[m].method, row->class->n_methods);
}
END_TEST

static const char *home_of(const struct registry_row *row)
{
	return row->ns == REGISTRY_NS_INTEROP ? CIM_NS_INTEROP : CIM_NS_DEFAULT;
}

/* Every instance that a row makes has all its keys, is found again by them, and is in the
 * values that the schema allows. */
START_TEST(instances_are_whole)
{
	const struct cim_class *c = registry_rows[_i].class;
	const char *ns = home_of(&registry_rows[_i]);
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE, .class = c, .ns = ns } };
	struct cim_op *op = run(&w);
	struct err e;

	ck_assert_int_eq(op->err.code, 0);
	ck_assert_uint_gt(op->n_instances, 0);
	if (registry_rows[_i].singleton)
		ck_assert_uint_eq(op->n_instances, 1);
	for (size_t n = 0; n < op->n_instances; n++) {
		const struct cim_instance *i = op->instances[n];
		struct waiting again = {
			.op = { .kind = CIM_OP_GET, .class = c, .ref = cim_ref_of(a, i) }
		};

		ck_assert(cim_class_is(i->class, c));
		if (i->class != c)
			continue;
		ck_assert_str_eq(i->ns, ns);
		ck_assert_int_eq(cim_ref_check(again.op.ref, c, &e), 0);
		ck_assert_int_eq(run(&again)->err.code, 0);
		ck_assert_uint_eq(again.op.n_instances, 1);
	}
}
END_TEST

START_TEST(values_are_in_their_maps)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = registry_rows[_i].class,
				     .ns = home_of(&registry_rows[_i]) } };
	struct cim_op *op = run(&w);

	ck_assert_int_eq(op->err.code, 0);

	for (size_t n = 0; n < op->n_instances; n++) {
		const struct cim_instance *i = op->instances[n];

		for (size_t p = 0; p < i->class->n_properties; p++) {
			const struct cim_property *prop = &i->class->properties[p];
			const struct cim_value *v = &i->values[p];

			if (prop->required || prop->key)
				ck_assert_msg(v->given, "%s.%s", i->class->name, prop->name);
			for (size_t k = 0; prop->n_values > 0 && k < v->n; k++)
				ck_assert_msg(cim_valuemap_allows(prop->values, prop->n_values,
						      cim_datum_text(a, prop->type, &v->data[k])),
					"%s.%s", i->class->name, prop->name);
		}
	}
}
END_TEST

/* The source is down: what needs it says so, what does not need it is there. */
static const struct {
	const char *class;
	int code;
} down[] = {
	{ "CIM_ComputerSystem", ERR_UNAVAILABLE },
	{ "CIM_ManagedElement", ERR_UNAVAILABLE },
	{ "CIM_Service", 0 },
	{ "CIM_Capabilities", 0 },
};

START_TEST(source_unreachable)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = cim_class_find(down[_i].class) } };

	ck_assert_msg(run(&w)->err.code == down[_i].code, "%s", w.op.err.text);
	ck_assert_int_eq(w.op.n_instances == 0, down[_i].code != 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_providers");
	TCase *t = tcase_create("providers");
	TCase *unreachable = tcase_create("unreachable");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, enumerate, 0, (int)ARRAY_LEN(enumerations));
	tcase_add_loop_test(t, get, 0, (int)ARRAY_LEN(gets));
	tcase_add_loop_test(t, states, 0, (int)ARRAY_LEN(systems));
	tcase_add_test(t, names_of_hyper_v);
	tcase_add_test(t, capabilities_are_what_is_there);
	tcase_add_loop_test(t, registry_agrees_with_the_schema, 0, (int)registry_row_count);
	tcase_add_loop_test(t, instances_are_whole, 0, (int)registry_row_count);
	tcase_add_loop_test(t, values_are_in_their_maps, 0, (int)registry_row_count);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(unreachable, setup_unreachable, teardown);
	tcase_set_timeout(unreachable, 30);
	tcase_add_loop_test(unreachable, source_unreachable, 0, (int)ARRAY_LEN(down));
	suite_add_tcase(s, unreachable);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
