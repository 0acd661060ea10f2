/* Walking associations, over hosts of libvirt's test driver. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cim/alias.h"
#include "cim/codec.h"
#include "cim/ends.h"
#include "cim/registry.h"
#include "cim/uri.h"
#include "cim_world.h"
#include "daemon/base/count.h"

#define SERVICE SERVICE_KEYS("CIM_VirtualSystemMigrationService", "vsmigd")
#define HOST VM_KEYS("MyHost")
#define VM VM_KEYS(UUID "01")
#define CAPABILITIES "CIM_VirtualSystemMigrationCapabilities.InstanceID='vsmigd:capabilities'"

/* What an instance is in the tables below: its class and what tells it from others. */
static const char *label(const struct cim_instance *i)
{
	static const char *const names[] = { "InstanceID", "ElementName" };

	for (size_t n = 0; n < ARRAY_LEN(names); n++)
		if (cim_property_find(i->class, names[n]) != NULL &&
			strcmp(text_of(i, names[n]), "-") != 0)
			return arena_printf(a, "%s=%s", i->class->name, text_of(i, names[n]));
	return i->class->name;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The labels of all results, sorted, since rows may answer in any order. */
static const char *labels(const struct cim_op *op)
{
	const char **all = arena_array(a, op->n_instances + 1, sizeof *all), *s = "";

	for (size_t i = 0; i < op->n_instances; i++)
		all[i] = label(op->instances[i]);
	qsort(all, op->n_instances, sizeof *all, by_text);
	for (size_t i = 0; i < op->n_instances; i++)
		s = arena_printf(a, "%s%s%s", s, i > 0 ? " " : "", all[i]);
	return s;
}

#define ASLEEP_UUID UUID "07"
#define ASLEEP "CIM_ComputerSystem.CreationClassName='CIM_ComputerSystem',Name='" ASLEEP_UUID "'"
#define ASLEEP_ID(class, rest) class ".InstanceID='vsmigd:" ASLEEP_UUID rest "'"
#define ASLEEP_SETTINGS "CIM_VirtualSystemSettingData=vsmigd:" ASLEEP_UUID
#define STORAGE "CIM_StorageAllocationSettingData=vsmigd:" ASLEEP_UUID
#define DISK                                                                                       \
	"CIM_LogicalDisk.SystemCreationClassName='CIM_ComputerSystem',SystemName='" ASLEEP_UUID    \
	"',CreationClassName='CIM_LogicalDisk',DeviceID='vda'"
#define POOL(name) "CIM_ResourcePool.InstanceID='vsmigd:pool:" name "'"

enum kind { ENDS = CIM_OP_ASSOCIATORS, LINKS = CIM_OP_REFERENCES };

#define THEIR_VM "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='" UUID "01'"
#define THE_HOST "CIM_ComputerSystem=MyHost"
#define SYSTEM(name) "CIM_ComputerSystem=" name
#define VMS                                                                                        \
	SYSTEM("asleep")                                                                           \
	" " SYSTEM("blocked") " " SYSTEM("crashed") " " SYSTEM("leaving") " " SYSTEM(              \
		"off") " " SYSTEM("paused") " " SYSTEM("running") " " SYSTEM("saved")
#define DEFAULTS "CIM_VirtualSystemMigrationSettingData=vsmigd:default"
#define INTEROP_PROFILE "root/interop:CIM_RegisteredProfile.InstanceID='vsmigd:profile:"
#define MIGRATION_PROFILE "CIM_RegisteredProfile=vsmigd:profile:Virtual System Migration:1.0.0"
#define CAPS "CIM_VirtualSystemMigrationCapabilities=vsmigd:capabilities"
#define THE_SERVICE "CIM_VirtualSystemMigrationService=Migration Service"
#define HAS_CAPS "CIM_ElementCapabilities"

static const struct {
	enum kind kind;
	const char *object, *association, *result, *role, *result_role;
	const char *want; /* "+X": at least X */
	int code;
} walks[] = {
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, NULL, NULL, CAPS, 0 },
	{ ENDS, SERVICE, NULL, "CIM_VirtualSystemMigrationCapabilities", NULL, NULL, CAPS, 0 },
	/* Class filters mean derived classes too. */
	{ ENDS, SERVICE, NULL, "CIM_Capabilities", NULL, NULL, CAPS, 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", "CIM_ManagedElement", NULL, NULL, CAPS, 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", "CIM_ComputerSystem", NULL, NULL, "", 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, "managedelement", NULL, CAPS, 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, "Capabilities", NULL, "", 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, NULL, "CAPABILITIES", CAPS, 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, NULL, "ManagedElement", "", 0 },
	{ ENDS, SERVICE, "CIM_ElementCapabilities", NULL, "NoSuchRole", NULL, "", 0 },
	{ ENDS, CAPABILITIES, "CIM_ElementCapabilities", NULL, NULL, NULL, THE_SERVICE, 0 },
	{ ENDS, CAPABILITIES, "CIM_ElementCapabilities", NULL, "Capabilities", "ManagedElement",
		THE_SERVICE, 0 },
	{ LINKS, SERVICE, "CIM_ElementCapabilities", NULL, NULL, NULL, HAS_CAPS, 0 },
	{ LINKS, SERVICE, "CIM_ElementCapabilities", NULL, "ManagedElement", NULL, HAS_CAPS, 0 },
	{ LINKS, SERVICE, "CIM_ElementCapabilities", NULL, "Capabilities", NULL, "", 0 },
	{ LINKS, CAPABILITIES, NULL, NULL, "Capabilities", NULL, "+" HAS_CAPS, 0 },
	/* The host, its services and its virtual systems. */
	{ ENDS, HOST, "CIM_HostedService", NULL, NULL, NULL,
		THE_SERVICE " VSMIG_MigrationAdvisor=Migration Advisor", 0 },
	{ ENDS, SERVICE, "CIM_HostedService", NULL, NULL, NULL, THE_HOST, 0 },
	/* A hosted service is a hosted dependency too. */
	{ ENDS, HOST, "CIM_HostedDependency", "CIM_Service", NULL, NULL,
		THE_SERVICE " VSMIG_MigrationAdvisor=Migration Advisor", 0 },
	{ ENDS, HOST, "CIM_HostedDependency", "CIM_ComputerSystem", NULL, NULL, VMS, 0 },
	{ ENDS, HOST, "CIM_HostedDependency", "CIM_ComputerSystem", "Dependent", NULL, "", 0 },
	{ ENDS, VM, "CIM_HostedDependency", NULL, NULL, NULL, THE_HOST, 0 },
	{ ENDS, VM, "CIM_HostedDependency", NULL, "Dependent", "Antecedent", THE_HOST, 0 },
	{ LINKS, VM, "CIM_HostedDependency", NULL, NULL, NULL, "CIM_HostedDependency", 0 },
	{ ENDS, SERVICE, "CIM_ServiceAffectsElement", NULL, NULL, NULL,
		"CIM_ComputerSystem=MyHost " VMS, 0 },
	{ ENDS, VM, "CIM_ServiceAffectsElement", NULL, NULL, NULL, THE_SERVICE, 0 },
	{ ENDS, HOST, "CIM_ServiceAffectsElement", NULL, NULL, NULL, THE_SERVICE, 0 },
	/* Settings. */
	{ ENDS, SERVICE, "CIM_ElementSettingData", NULL, NULL, NULL, DEFAULTS, 0 },
	{ ENDS, CAPABILITIES, "CIM_SettingsDefineCapabilities", NULL, NULL, NULL, DEFAULTS, 0 },
	{ ENDS, "CIM_VirtualSystemMigrationSettingData.InstanceID='vsmigd:default'", NULL, NULL,
		NULL, NULL, CAPS " " THE_SERVICE, 0 },
	/* Profiles, from one namespace into the other and back. */
	{ ENDS, SERVICE, NULL, "CIM_RegisteredProfile", NULL, NULL, MIGRATION_PROFILE, 0 },
	{ ENDS, HOST, "CIM_ElementConformsToProfile", NULL, NULL, NULL,
		"CIM_RegisteredProfile=vsmigd:profile:System Virtualization:1.0.0", 0 },
	{ ENDS, VM, "CIM_ElementConformsToProfile", NULL, NULL, NULL,
		"CIM_RegisteredProfile=vsmigd:profile:Virtual System:1.0.0", 0 },
	{ ENDS, INTEROP_PROFILE "Virtual System Migration:1.0.0'", "CIM_ElementConformsToProfile",
		NULL, NULL, NULL, THE_SERVICE, 0 },
	{ ENDS, INTEROP_PROFILE "Virtual System:1.0.0'", "CIM_ElementConformsToProfile", NULL, NULL,
		NULL, VMS, 0 },
	{ ENDS, INTEROP_PROFILE "Virtual System Migration:1.0.0'", "CIM_ReferencedProfile", NULL,
		"Dependent", NULL,
		"CIM_RegisteredProfile=vsmigd:profile:Profile Registration:1.0.0 "
		"CIM_RegisteredProfile=vsmigd:profile:System Virtualization:1.0.0",
		0 },
	{ ENDS, INTEROP_PROFILE "System Virtualization:1.0.0'", "CIM_Dependency", NULL,
		"Antecedent", NULL, MIGRATION_PROFILE, 0 },
	{ ENDS, "CIM_RegisteredProfile.InstanceID='vsmigd:profile:Virtual System:1.0.0'", NULL,
		NULL, NULL, NULL, NULL, ERR_CLASS },
	/* Hyper-V's names in a reference. */
	{ ENDS,
		"Msvm_VirtualSystemMigrationService."
		"SystemCreationClassName='Msvm_ComputerSystem',SystemName='myhost',"
		"CreationClassName='Msvm_VirtualSystemMigrationService',Name='vsmigd'",
		"CIM_ElementCapabilities", NULL, NULL, NULL,
		"Msvm_VirtualSystemMigrationCapabilities=vsmigd:capabilities", 0 },
	{ ENDS, THEIR_VM, NULL, "CIM_Service", NULL, NULL,
		"Msvm_VirtualSystemMigrationService=Migration Service", 0 },
	{ ENDS, THEIR_VM, "CIM_HostedDependency", NULL, NULL, NULL, "Msvm_ComputerSystem=MyHost",
		0 },
	{ ENDS, VM, "CIM_HostedDependency", "Msvm_ComputerSystem", NULL, NULL,
		"Msvm_ComputerSystem=MyHost", 0 },
	{ ENDS, VM, NULL, "Msvm_VirtualSystemMigrationCapabilities", NULL, NULL, "", 0 },
	{ ENDS, THEIR_VM, "CIM_ElementConformsToProfile", NULL, NULL, NULL,
		"CIM_RegisteredProfile=vsmigd:profile:Virtual System:1.0.0", 0 },
	{ LINKS, THEIR_VM, "CIM_HostedDependency", NULL, "Dependent", NULL, "CIM_HostedDependency",
		0 },
	/* From a virtual system to its settings, its devices, their pools, and back. */
	{ ENDS, ASLEEP, "CIM_SettingsDefineState", NULL, NULL, NULL, ASLEEP_SETTINGS, 0 },
	{ ENDS, ASLEEP, "CIM_ElementSettingData", NULL, NULL, NULL, ASLEEP_SETTINGS, 0 },
	{ ENDS, ASLEEP, NULL, "CIM_SettingData", NULL, NULL, ASLEEP_SETTINGS, 0 },
	{ ENDS, ASLEEP, "CIM_SystemDevice", "CIM_LogicalDisk", NULL, NULL,
		"CIM_LogicalDisk=hdc CIM_LogicalDisk=vda CIM_LogicalDisk=vdb", 0 },
	{ ENDS, ASLEEP, "CIM_SystemDevice", "CIM_Processor", NULL, NULL,
		"CIM_Processor=vcpu0 CIM_Processor=vcpu1", 0 },
	{ ENDS, ASLEEP_ID("CIM_VirtualSystemSettingData", ""),
		"CIM_VirtualSystemSettingDataComponent", "CIM_StorageAllocationSettingData", NULL,
		NULL, STORAGE ":hdc " STORAGE ":vda " STORAGE ":vdb", 0 },
	{ ENDS, ASLEEP_ID("CIM_VirtualSystemSettingData", ""), NULL, "CIM_ComputerSystem", NULL,
		NULL, "CIM_ComputerSystem=asleep", 0 },
	{ ENDS, ASLEEP_ID("CIM_StorageAllocationSettingData", ":vda"), NULL, NULL, NULL, NULL,
		"CIM_LogicalDisk=vda CIM_ResourcePool=vsmigd:pool:storage:tank " ASLEEP_SETTINGS,
		0 },
	{ ENDS, ASLEEP_ID("CIM_StorageAllocationSettingData", ":hdc"), NULL, "CIM_ResourcePool",
		NULL, NULL, "", 0 },
	{ ENDS, DISK, NULL, NULL, NULL, NULL,
		"CIM_ComputerSystem=asleep CIM_ResourcePool=vsmigd:pool:storage:tank " STORAGE
		":vda",
		0 },
	{ ENDS, POOL("network:blue"), "CIM_ElementAllocatedFromPool", NULL, NULL, NULL,
		"CIM_EthernetPort=52:54:00:c1:07:01", 0 },
	{ ENDS, POOL("storage:tank"), NULL, NULL, NULL, NULL,
		"CIM_ComputerSystem=MyHost CIM_LogicalDisk=vda CIM_LogicalDisk=vdb " STORAGE
		":vda " STORAGE ":vdb",
		0 },
	{ ENDS, HOST, "CIM_HostedResourcePool", NULL, NULL, NULL,
		"CIM_ResourcePool=vsmigd:pool:memory:0 CIM_ResourcePool=vsmigd:pool:network:blue "
		"CIM_ResourcePool=vsmigd:pool:processor:0 "
		"CIM_ResourcePool=vsmigd:pool:storage:tank",
		0 },
	{ ENDS, ASLEEP, "CIM_HostedResourcePool", NULL, NULL, NULL, "", 0 },
	{ LINKS, DISK, NULL, NULL, "PartComponent", NULL, "CIM_SystemDevice", 0 },
	/* An object that is not there, and references that are none. */
	{ ENDS, "CIM_VirtualSystemMigrationCapabilities.InstanceID='x'", NULL, NULL, NULL, NULL,
		NULL, ERR_NOT_FOUND },
	{ LINKS, "CIM_ComputerSystem.CreationClassName='CIM_ComputerSystem',Name='nobody'", NULL,
		NULL, NULL, NULL, NULL, ERR_NOT_FOUND },
	{ ENDS, "CIM_ComputerSystem.Name='MyHost'", NULL, NULL, NULL, NULL, NULL, ERR_KEY_MISSING },
	{ ENDS, "root/cimv2:" CAPABILITIES, NULL, NULL, NULL, NULL, NULL, ERR_NAMESPACE },
	{ ENDS, "root/interop:" CAPABILITIES, NULL, NULL, NULL, NULL, NULL, ERR_CLASS },
};

static const struct cim_class *class_or_null(const char *name)
{
	const struct cim_class *c = name != NULL ? cim_class_find(name) : NULL;

	ck_assert(name == NULL || c != NULL);
	return c;
}

static const char *path_class(const char *path)
{
	struct cim_ref *ref;
	struct err e;

	ck_assert_msg(cim_ref_from_text(a, path, &ref, &e) == 0, "%s: %s", path, e.text);
	return ref->class_name;
}

START_TEST(walk)
{
	struct waiting w = { .op = { .kind = (enum cim_op_kind)walks[_i].kind,
				     .class = alias_class_named(path_class(walks[_i].object)),
				     .walk = { .association = class_or_null(walks[_i].association),
					     .result = class_or_null(walks[_i].result),
					     .role = walks[_i].role,
					     .result_role = walks[_i].result_role } } };
	const char *want = walks[_i].want;
	struct cim_ref *ref;
	struct cim_op *op;

	ck_assert_int_eq(cim_ref_from_text(a, walks[_i].object, &ref, &w.op.err), 0);
	w.op.ref = ref;
	op = run(&w);
	ck_assert_msg(op->err.code == walks[_i].code, "%s", op->err.text);
	if (want == NULL)
		ck_assert_uint_eq(op->n_instances, 0);
	else if (want[0] == '+')
		ck_assert_msg(strstr(labels(op), want + 1) != NULL, "%s", labels(op));
	else
		ck_assert_str_eq(labels(op), want);
}
END_TEST

/* Both ends of every association that is enumerated find each other by walking it. */
START_TEST(both_ways)
{
	const struct registry_row *row = &registry_rows[_i];
	const char *ns = row->ns == REGISTRY_NS_INTEROP ? CIM_NS_INTEROP : CIM_NS_DEFAULT;
	struct waiting all = { .op = { .kind = CIM_OP_ENUMERATE, .class = row->class, .ns = ns } };

	if (!row->class->association)
		return;
	ck_assert_int_eq(run(&all)->err.code, 0);
	ck_assert_uint_gt(all.op.n_instances, 0);
	for (size_t n = 0; n < all.op.n_instances; n++) {
		const struct cim_instance *i = all.op.instances[n];
		const struct cim_ref *refs[2];
		size_t found = 0;

		for (size_t p = 0; p < row->class->n_properties; p++)
			if (row->class->properties[p].type == CIM_REFERENCE)
				refs[found++] = i->values[p].data[0].ref;
		ck_assert_uint_eq(found, 2);
		for (size_t from = 0; from < 2; from++) {
			struct waiting w = { .op = { .kind = CIM_OP_ASSOCIATORS,
						     .class =
							     cim_class_find(refs[from]->class_name),
						     .ref = refs[from],
						     .walk = { .association = row->class } } };
			size_t hits = 0;

			ck_assert_msg(run(&w)->err.code == 0, "%s", w.op.err.text);
			for (size_t k = 0; k < w.op.n_instances; k++)
				hits += cim_ref_same(
					cim_ref_of(a, w.op.instances[k]), refs[1 - from]);
			ck_assert_uint_eq(hits, 1);
		}
	}
}
END_TEST

static int64_t calls_of(enum cim_op_kind kind, const struct cim_class *c, const struct cim_ref *ref)
{
	int64_t fewest = INT64_MAX;

	/* Something else may be counted in between: the fewest of some tries count. */
	for (int tries = 0; tries < 5; tries++) {
		struct waiting w = { .op = { .kind = kind, .class = c, .ref = ref } };
		int64_t before = count_get(COUNT_HV_CALLS_TOTAL), calls;

		ck_assert_int_eq(run(&w)->err.code, 0);
		ck_assert_uint_gt(w.op.n_instances, 1);
		calls = count_get(COUNT_HV_CALLS_TOTAL) - before;
		fewest = calls < fewest ? calls : fewest;
	}
	return fewest;
}

/* Everything that hangs on one of eight virtual systems costs its look-up, one gather of it, and
 * a few looks at the host; all devices cost a configuration of each. */
START_TEST(one_costs_what_one_costs)
{
	struct cim_ref *ref;
	struct err e;
	int64_t one, all;

	ck_assert_int_eq(cim_ref_from_text(a, ASLEEP, &ref, &e), 0);
	one = calls_of(CIM_OP_REFERENCES, &cim_class_CIM_ComputerSystem, ref);
	all = calls_of(CIM_OP_ENUMERATE, &cim_class_CIM_SystemDevice, NULL);
	ck_assert_int_le(one, 5 + 8 + 6);
	ck_assert_int_ge(all, 8 + 8);
}
END_TEST

static struct cim_ref *numbered(unsigned n, bool turned)
{
	struct cim_key *keys = arena_array(a, 2, sizeof *keys);
	struct cim_ref *r = arena_alloc(a, sizeof *r);

	keys[turned] = (struct cim_key){ .name = "Name", .text = arena_printf(a, "n%u", n) };
	keys[!turned] = (struct cim_key){ .name = "CreationClassName", .text = "X" };
	*r = (struct cim_ref){ .class_name = "CIM_ComputerSystem", .keys = keys, .n_keys = 2 };
	return r;
}

START_TEST(each_end_once)
{
	struct ends *e = ends_new(a);

	for (unsigned n = 0; n < 3000; n++) {
		ends_want(e, numbered(n, false));
		ends_want(e, numbered(n / 2, true));
	}
	for (unsigned n = 0; n < 3000; n++)
		ck_assert(cim_ref_same(ends_wanted(e, n)->ref, numbered(n, true)));
	ck_assert_ptr_null(ends_wanted(e, 3000));
}
END_TEST

START_TEST(what_is_known_need_not_be_wanted)
{
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_ComputerSystem, NULL);
	struct ends *e = ends_new(a);

	cim_set_str(a, i, CIM_ComputerSystem_p_CreationClassName, "x");
	cim_set_str(a, i, CIM_ComputerSystem_p_Name, "N7");
	ends_know(e, i);
	ck_assert_ptr_null(ends_wanted(e, 0));
	ends_want(e, numbered(7, true));
	ends_want(e, numbered(8, true));
	ck_assert_ptr_eq(ends_wanted(e, 0)->instance, i);
	ck_assert_ptr_null(ends_wanted(e, 1)->instance);
}
END_TEST

/* References within references: what a message has room for takes no longer than it is long. */
START_TEST(names_far_inside)
{
	const struct cim_ref *own, *deepest = numbered(1, false);
	struct cim_ref *r = numbered(1, false);

	r->class_name = "Msvm_ComputerSystem";
	for (unsigned depth = 0; depth < 60; depth++) {
		struct cim_key *key = arena_alloc(a, sizeof *key);
		struct cim_ref *outer = arena_alloc(a, sizeof *outer);

		*key = (struct cim_key){ .name = "Antecedent", .ref = r };
		*outer = (struct cim_ref){ .class_name = "X", .keys = key, .n_keys = 1 };
		r = outer;
	}
	own = alias_own_ref(a, r);
	ck_assert_ptr_eq(alias_own_ref(a, own), own);
	while (own->keys[0].ref != NULL)
		own = own->keys[0].ref;
	ck_assert(cim_ref_same(own, deepest));
}
END_TEST

static void new_arena(void)
{
	a = arena_new();
}

static void free_arena(void)
{
	arena_free(a);
}

int main(void)
{
	Suite *s = suite_create("cim_associate");
	TCase *t = tcase_create("walks"), *plain = tcase_create("ends");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, walk, 0, (int)ARRAY_LEN(walks));
	tcase_add_test(t, one_costs_what_one_costs);
	tcase_add_loop_test(t, both_ways, 0, (int)registry_row_count);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(plain, new_arena, free_arena);
	tcase_add_test(plain, each_end_once);
	tcase_add_test(plain, what_is_known_need_not_be_wanted);
	tcase_add_test(plain, names_far_inside);
	suite_add_tcase(s, plain);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
