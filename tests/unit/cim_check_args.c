/* The arguments of a check as clients give them, and what is wrong with each. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cim/codec.h"
#include "cim/node.h"
#include "cim/providers/migratable.h"
#include "cim/punit.h"
#include "schema_ids.h"

#define VM "<ComputerSystem>vm1</ComputerSystem>"
#define TO "<DestinationHost>host2</DestinationHost>"
#define EPR(class, selectors)                                                                      \
	"<ComputerSystem><a:ReferenceParameters><w:ResourceURI>" class "</w:ResourceURI>"          \
								       "<w:SelectorSet>" selectors \
								       "</w:SelectorSet></"        \
								       "a:ReferenceParameters></"  \
								       "ComputerSystem>" TO
#define URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define SEL(name, value) "<w:Selector Name='" name "'>" value "</w:Selector>"
#define MSD(text) VM TO "<MigrationSettingData>" text "</MigrationSettingData>"
#define MOF(properties) MSD("instance of CIM_VirtualSystemMigrationSettingData {" properties "};")
#define SYS(text) VM TO "<NewSystemSettingData>" text "</NewSystemSettingData>"
#define RES(text) "<NewResourceSettingData>" text "</NewResourceSettingData>"

/* vm: "-" missing, "(host)" the host. defects: "ID arg arg|ID ...". */
static const struct {
	const char *input, *vm, *defects;
} rows[] = {
	{ VM TO, "vm1", "" },
	{ "<ComputerSystem> vm 1\n</ComputerSystem>" TO, "vm 1", "" },
	{ TO, "-", "VSM1001 ComputerSystem" },
	{ "<ComputerSystem/>" TO, "-", "VSM1001 ComputerSystem" },
	{ EPR(URI "CIM_ComputerSystem", SEL("Name", "vm1")), "vm1", "" },
	{ EPR(URI "CIM_ComputerSystem",
		  SEL("Name", " A-B ") SEL("CreationClassName", "Msvm_ComputerSystem")
			  SEL("__cimnamespace", "root\\virtualization\\V2")),
		"A-B", "" },
	{ EPR(URI "msvm_computersystem", SEL("NAME", "vm1")), "vm1", "" },
	{ EPR("http://libvirt.org/wbem/wscim/1/cim-schema/2/KVM_ComputerSystem",
		  SEL("Name", "vm1") SEL("CreationClassName", "KVM_ComputerSystem")),
		"vm1", "" },
	{ EPR(URI "CIM_ComputerSystem", SEL("Name", "MyHost")), "(host)", "" },
	{ EPR(URI "CIM_ComputerSystem", SEL("ElementName", "vm1")), "-",
		"VSM1002 its key Name is missing" },
	{ EPR(URI "CIM_ComputerSystem", SEL("Name", " ")), "-", "VSM1002 its key Name is missing" },
	{ EPR(URI "CIM_ComputerSystem", SEL("Name", "a") SEL("CreationClassName", "CIM_Service")),
		"-", "VSM1002 its key CreationClassName is not that of a computer system" },
	{ EPR(URI "CIM_Service", SEL("Name", "a")), "-",
		"VSM1002 it refers to the class CIM_Service" },
	{ EPR(URI "CIM_ComputerSystem", SEL("Name", "a") SEL("__cimnamespace", "root/cimv2")), "-",
		"VSM1002 it refers to the namespace root/cimv2, not root/virtualization/v2" },
	{ "<ComputerSystem>CIM_ComputerSystem.CreationClassName=\"CIM_ComputerSystem\",Name=\"x\""
	  "</ComputerSystem>" TO,
		"x", "" },
	{ "<ComputerSystem>\\\\H\\root\\virtualization\\v2:Msvm_ComputerSystem.Name='x'"
	  "</ComputerSystem>" TO,
		"x", "" },
	{ "<ComputerSystem>root/virtualization/v2:CIM_Processor.Name=\"x\"</ComputerSystem>" TO,
		"-", "VSM1002 it refers to the class CIM_Processor" },
	{ "<ComputerSystem>instance of CIM_ComputerSystem { Name = \"x\"; };</ComputerSystem>" TO,
		"x", "" },
	{ "<ComputerSystem><CIM_ComputerSystem><Name>x</Name><ElementName>y</ElementName>"
	  "</CIM_ComputerSystem></ComputerSystem>" TO,
		"x", "" },

	{ MSD("&lt;INSTANCE CLASSNAME='CIM_VirtualSystemMigrationSettingData'/>"), "vm1", "" },
	{ MSD("&lt;INSTANCE CLASSNAME='Msvm_VirtualSystemMigrationSettingData'/>"), "vm1", "" },
	{ MSD("&lt;INSTANCE CLASSNAME='KVM_VirtualSystemMigrationSettingData'/>"), "vm1", "" },
	{ MSD(" \n"), "vm1", "" },
	{ MSD("&lt;INSTANCE/>"), "vm1",
		"VSM1006 MigrationSettingData CIM_VirtualSystemMigrationSettingData "
		"the INSTANCE has no CLASSNAME" },
	{ MSD("a"), "vm1",
		"VSM1006 MigrationSettingData CIM_VirtualSystemMigrationSettingData "
		"line 1: instance is wanted, not \"a\"" },
	{ MSD("<A/><B/>"), "vm1",
		"VSM1006 MigrationSettingData CIM_VirtualSystemMigrationSettingData "
		"it holds no instance in any spelling" },
	{ MSD("&lt;INSTANCE CLASSNAME='CIM_ComputerSystem'/>"), "vm1",
		"VSM1007 MigrationSettingData CIM_ComputerSystem "
		"CIM_VirtualSystemMigrationSettingData" },
	{ MSD("&lt;INSTANCE CLASSNAME='CIM_SettingData'/>"), "vm1",
		"VSM1007 MigrationSettingData CIM_SettingData "
		"CIM_VirtualSystemMigrationSettingData" },
	{ MOF("MigrationType = 2; Priority = 1;"), "vm1", "" },
	{ MOF("MigrationType = 5;"), "vm1", "VSM1009 5" },
	{ MOF("MigrationType = 32767;"), "vm1", "VSM1009 32767" },
	{ MOF("MigrationType = 32773;"), "vm1", "VSM1009 32773" },
	{ MOF("MigrationType = 32771;"), "vm1", "" },
	{ MOF("MigrationType = 65536;"), "vm1",
		"VSM1008 MigrationType MigrationSettingData 65536" },
	{ MOF("MigrationType = \"live\";"), "vm1",
		"VSM1008 MigrationType MigrationSettingData live" },
	{ MOF("MigrationType = { 2, 3 };"), "vm1",
		"VSM1008 MigrationType MigrationSettingData 2, 3" },
	{ MOF("MigrationType = NULL;"), "vm1", "" },
	{ MOF("TransportType = 3;"), "vm1", "" },
	{ MOF("TransportType = -1;"), "vm1", "VSM1008 TransportType MigrationSettingData -1" },
	{ MOF("ChangeableType = 9;"), "vm1", "VSM1008 ChangeableType MigrationSettingData 9" },
	{ MOF("TransportType = 1;"), "vm1", "VSM1010" },
	{ MOF("TransportType = 1; OtherTransportType = \"pigeon\";"), "vm1", "" },
	{ MOF("OtherTransportType = \"pigeon\";"), "vm1", "VSM1010" },
	{ MOF("OtherTransportType = \"\";"), "vm1", "" },
	{ MOF("Bandwidth = 100; BandwidthUnit = \"percent\";"), "vm1", "" },
	{ MOF("Bandwidth = 101; BandwidthUnit = \"percent\";"), "vm1", "VSM1011 101" },
	{ MOF("Bandwidth = 5; BandwidthUnit = \"bit / second * 10^6\";"), "vm1", "" },
	{ MOF("Bandwidth = 5; BandwidthUnit = \"Mbit\";"), "vm1", "VSM1012 Mbit" },
	{ MSD("&lt;INSTANCE CLASSNAME='Msvm_VirtualSystemMigrationSettingData'>&lt;PROPERTY.ARRAY "
	      "NAME='DestinationIPAddressList' TYPE='string'>&lt;VALUE.ARRAY>&lt;VALUE>192.0.2.1"
	      "&lt;/VALUE>&lt;VALUE>2001:db8::1&lt;/VALUE>&lt;VALUE>host&lt;/VALUE>"
	      "&lt;/VALUE.ARRAY>&lt;/PROPERTY.ARRAY>&lt;/INSTANCE>"),
		"vm1", "VSM1013 2 host" },

	{ SYS("instance of CIM_VirtualSystemSettingData {};"), "vm1", "" },
	{ SYS("instance of Msvm_VirtualSystemSettingData { ElementName = \"n\"; };"), "vm1", "" },
	{ SYS("instance of CIM_VirtualSystemMigrationSettingData {};"), "vm1",
		"VSM1007 NewSystemSettingData CIM_VirtualSystemMigrationSettingData "
		"CIM_VirtualSystemSettingData" },
	{ SYS("instance of CIM_VirtualSystemSettingData { AutomaticStartupActionSequenceNumber ="
	      " \"x\"; };"),
		"vm1", "VSM1008 AutomaticStartupActionSequenceNumber NewSystemSettingData x" },
	{ SYS("{}"), "vm1",
		"VSM1006 NewSystemSettingData CIM_VirtualSystemSettingData "
		"line 1: instance is wanted, not \"{}\"" },

	{ VM TO RES("instance of CIM_ResourceAllocationSettingData { ResourceType = 4; };")
			RES("instance of Msvm_MemorySettingData {};")
				RES("instance of KVM_DiskResourceAllocationSettingData {};") RES(
					"instance of Msvm_SyntheticEthernetPortSettingData {};")
					RES("instance of CIM_StorageAllocationSettingData {};"),
		"vm1", "" },
	{ VM TO RES("a") RES("") RES("instance of CIM_Error {};"), "vm1",
		"VSM1006 NewResourceSettingData[0] CIM_ResourceAllocationSettingData "
		"line 1: instance is wanted, not \"a\"|"
		"VSM1007 NewResourceSettingData[2] CIM_Error CIM_ResourceAllocationSettingData" },
	{ VM TO RES("instance of CIM_ResourceAllocationSettingData { VirtualQuantity = \"many\"; "
		    "AutomaticAllocation = 3; };"),
		"vm1",
		"VSM1008 VirtualQuantity NewResourceSettingData[0] many|"
		"VSM1008 AutomaticAllocation NewResourceSettingData[0] 3" },
};

static struct arena *a;
static struct check *c;

static void setup(void)
{
	a = arena_new();
	c = check_new();
}

static void teardown(void)
{
	check_free(c);
	arena_free(a);
}

/* How: "Host" or "System", as the names of the methods end. */
static void read_input_of(const char *how, const char *input)
{
	const struct cim_method *m = cim_method_find(&cim_class_CIM_VirtualSystemMigrationService,
		arena_printf(a, "CheckVirtualSystemIsMigratableTo%s", how));
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	const char *text = arena_printf(a, "<M_INPUT>%s</M_INPUT>", input);
	struct err e = { 0 };
	xmlDoc *doc;

	ck_assert_msg(node_parse(text, strlen(text), &doc, &e) == 0, "%s", e.text);
	ck_assert_msg(
		cim_args_from_xml(a, m, xmlDocGetRootElement(doc), args, &e) == 0, "%s", e.text);
	xmlFreeDoc(doc);
	(how[0] == 'S' ? migratable_read_system_args : migratable_read_args)(c, args, "myhost");
}

static void read_input(const char *input)
{
	read_input_of("Host", input);
}

static const char *defects(void)
{
	const char *s = "";

	for (size_t i = 0; i < c->n_defects; i++) {
		s = arena_printf(
			a, "%s%s%s", s, i > 0 ? "|" : "", reason_get(c->defects[i].id)->id);
		for (size_t n = 0; n < 3 && c->defects[i].args[n] != NULL; n++)
			s = arena_printf(a, "%s %s", s, c->defects[i].args[n]);
	}
	return s;
}

START_TEST(input)
{
	read_input(rows[_i].input);
	ck_assert_str_eq(c->vm_is_host ? "(host)" : c->vm != NULL ? c->vm : "-", rows[_i].vm);
	ck_assert_str_eq(c->destination, "host2");
	ck_assert_str_eq(defects(), rows[_i].defects);
}
END_TEST

START_TEST(destination_is_trimmed_or_missing)
{
	read_input(VM "<DestinationHost> h.example \n</DestinationHost>");
	ck_assert_str_eq(c->destination, "h.example");
	check_free(c);
	c = check_new();
	read_input(VM "<DestinationHost> </DestinationHost>");
	ck_assert_ptr_null(c->destination);
	check_free(c);
	c = check_new();
	read_input(VM);
	ck_assert_ptr_null(c->destination);
}
END_TEST

#define TO_REF(class, selectors)                                                                   \
	"<DestinationSystem><a:ReferenceParameters><w:ResourceURI>" URI class                      \
		"</w:ResourceURI><w:SelectorSet>" selectors                                        \
		"</w:SelectorSet></a:ReferenceParameters></DestinationSystem>"
#define TO_SYSTEM(name)                                                                            \
	TO_REF("CIM_ComputerSystem",                                                               \
		SEL("CreationClassName", "CIM_ComputerSystem") SEL("Name", name))

/* The destination as a reference. destination: "-" missing. */
static const struct {
	const char *input, *destination, *defects;
} systems[] = {
	{ TO_SYSTEM("host2"), "host2", "" },
	{ TO_SYSTEM(" 192.0.2.1 "), "192.0.2.1", "" },
	{ TO_REF("Msvm_ComputerSystem",
		  SEL("CreationClassName", "Msvm_ComputerSystem") SEL("Name", "h.example")),
		"h.example", "" },
	{ TO_REF("VSMIG_DestinationHost", SEL("Name", "host2")), "host2", "" },
	{ "<DestinationSystem>host2</DestinationSystem>", "host2", "" },
	{ "<DestinationSystem>CIM_ComputerSystem.CreationClassName='CIM_ComputerSystem',"
	  "Name='host2'</DestinationSystem>",
		"host2", "" },
	{ "<DestinationSystem>instance of CIM_ComputerSystem { Name = \"host2\"; };"
	  "</DestinationSystem>",
		"host2", "" },
	{ "", "-", "VSM1001 DestinationSystem" },
	{ "<DestinationHost>host2</DestinationHost>", "-", "VSM1001 DestinationSystem" },
	{ TO_REF("CIM_Service", SEL("Name", "x")), "-",
		"VSM1014 it refers to the class CIM_Service" },
	{ TO_REF("CIM_ComputerSystem", SEL("CreationClassName", "CIM_ComputerSystem")), "-",
		"VSM1014 its key Name is missing" },
	{ TO_SYSTEM("11111111-2222-4333-8444-00000000C101"), "-",
		"VSM1014 it refers to the virtual system 11111111-2222-4333-8444-00000000C101" },
	{ TO_SYSTEM("qemu+ssh://x/system"), "-",
		"VSM1014 'qemu+ssh://x/system' is no name or address of a host" },
	{ TO_REF("CIM_ComputerSystem", SEL("__cimnamespace", "root/cimv2") SEL("Name", "h")), "-",
		"VSM1014 it refers to the namespace root/cimv2, not root/virtualization/v2" },
};

START_TEST(destination_system)
{
	read_input_of("System", arena_printf(a, VM "%s", systems[_i].input));
	ck_assert_str_eq(c->destination != NULL ? c->destination : "-", systems[_i].destination);
	ck_assert_str_eq(defects(), systems[_i].defects);
	ck_assert_str_eq(c->vm, "vm1");
}
END_TEST

static const struct {
	const char *input;
	unsigned type;
	enum move move;
} moves[] = {
	{ VM TO, 0, MOVE_LIVE },
	{ MOF(""), 0, MOVE_LIVE },
	{ MOF("MigrationType = 0;"), 0, MOVE_LIVE },
	{ MOF("MigrationType = 1;"), 1, MOVE_OFFLINE },
	{ MOF("MigrationType = 2;"), 2, MOVE_LIVE },
	{ MOF("MigrationType = 3;"), 3, MOVE_RESUME },
	{ MOF("MigrationType = 4;"), 4, MOVE_RESTART },
	{ MOF("MigrationType = 32768;"), 32768, MOVE_LIVE },
	{ MOF("MigrationType = 32769;"), 32769, 0 },
	{ MOF("MigrationType = 32771;"), 32771, MOVE_LIVE_COPY },
};

START_TEST(move)
{
	read_input(moves[_i].input);
	ck_assert_uint_eq(c->settings.type, moves[_i].type);
	ck_assert_int_eq(c->settings.move, moves[_i].move);
	ck_assert_uint_eq(c->n_defects, 0);
}
END_TEST

/* However much is wrong, so that 64 hosts cannot each be told of thousands of things. */
START_TEST(what_is_told_is_limited)
{
	auto_buf struct buf long_list = { 0 };
	auto_free char *name = mem_calloc(1, 100001);

	buf_puts(&long_list, "instance of CIM_VirtualSystemMigrationSettingData {"
			     "DestinationIPAddressList={\"x\"");
	for (size_t i = 0; i < 900; i++)
		buf_puts(&long_list, ",\"x\"");
	buf_puts(&long_list, "};};");
	read_input(arena_printf(c->arena, MSD("%s"), long_list.data));
	ck_assert_uint_eq(c->n_defects, CHECK_MAX_DEFECTS);
	ck_assert_int_eq(c->defects[CHECK_MAX_DEFECTS - 1].id, VSM1013);
	check_free(c);
	c = check_new();
	memset(name, 'x', 100000);
	read_input(arena_printf(c->arena, "<ComputerSystem>%s</ComputerSystem>" TO, name));
	ck_assert_ptr_null(c->vm);
	ck_assert_str_eq(defects(), "VSM1002 its name is longer than that of any virtual system");
	check_free(c);
	c = check_new();
	read_input(arena_printf(c->arena, EPR(URI "%s", SEL("Name", "x")), name));
	ck_assert_uint_lt(strlen(defects()), 300);
}
END_TEST

START_TEST(settings_are_read)
{
	const struct settings *s = &c->settings;

	read_input(MSD(
		"<p:Msvm_VirtualSystemMigrationSettingData xmlns:p='u'>"
		"<p:MigrationType>3</p:MigrationType><p:Priority>7</p:Priority>"
		"<p:Bandwidth>20</p:Bandwidth><p:BandwidthUnit>byte / second*2^20</p:BandwidthUnit>"
		"<p:TransportType>32768</p:TransportType>"
		"<p:DestinationIPAddressList>192.0.2.1</p:DestinationIPAddressList>"
		"<p:EnableCompression>true</p:EnableCompression><p:ElementName>x</p:ElementName>"
		"<p:AvoidRemovingVHDs>false</p:AvoidRemovingVHDs>"
		"<p:RetainVhdCopiesOnSource>TRUE</p:RetainVhdCopiesOnSource>"
		"<p:DestinationPlannedVirtualSystemId>u-1</p:DestinationPlannedVirtualSystemId>"
		"<p:AllowOverwriteExistingFile>True</p:AllowOverwriteExistingFile>"
		"<p:UnmanagedVhds>vda</p:UnmanagedVhds><p:UnmanagedVhds>vdb</p:UnmanagedVhds>"
		"</p:Msvm_VirtualSystemMigrationSettingData>"));
	ck_assert_str_eq(defects(), "");
	ck_assert(s->given && s->has_priority && s->has_bandwidth);
	ck_assert_uint_eq(s->priority, 7);
	ck_assert_uint_eq(s->bandwidth, 20);
	ck_assert_str_eq(s->bandwidth_unit, "byte / second*2^20");
	ck_assert_int_eq(s->transport, TRANSPORT_SMB);
	ck_assert_uint_eq(s->n_addresses, 1);
	ck_assert_str_eq(s->addresses[0], "192.0.2.1");
	ck_assert_uint_eq(s->n_ignored, 1);
	ck_assert_str_eq(s->ignored[0], "AvoidRemovingVHDs");
	ck_assert_str_eq(s->planned_vm, "u-1");
	ck_assert(s->allow_overwrite);
	ck_assert_uint_eq(s->n_unmanaged, 2);
	ck_assert_str_eq(s->unmanaged[1], "vdb");
	ck_assert_ptr_null(s->system);
	ck_assert_uint_eq(s->n_resources, 0);
}
END_TEST

START_TEST(new_settings_are_read)
{
	const struct settings *s = &c->settings;

	read_input(SYS("instance of CIM_VirtualSystemSettingData { elementname = \"new\"; "
		       "Notes = { \"a\", \"b\" }; VendorThing = 5; Caption = NULL; };") RES("")
			RES("instance of CIM_ResourceAllocationSettingData { "
			    "InstanceID = \"vsmigd:u:vda\"; HostResource = \"/x\"; };"));
	ck_assert_str_eq(defects(), "");
	ck_assert(!s->given);
	ck_assert_str_eq(s->system->class_name, "CIM_VirtualSystemSettingData");
	ck_assert_uint_eq(s->system->n, 3);
	ck_assert_str_eq(s->system->props[0].name, "ElementName");
	ck_assert_str_eq(setting_text(s->system->props, 3, "ElementName"), "new");
	ck_assert_uint_eq(setting_find(s->system->props, 3, "Notes")->n, 2);
	ck_assert_str_eq(setting_text(s->system->props, 3, "VendorThing"), "5");
	ck_assert_uint_eq(s->n_resources, 1);
	ck_assert_uint_eq(s->resources[0].index, 1);
	ck_assert_str_eq(
		setting_text(s->resources[0].props, s->resources[0].n, "HostResource"), "/x");
}
END_TEST

static const struct {
	const char *text;
	bool rate, percent;
} units[] = {
	{ "bit / second", true, false },
	{ "byte / second", true, false },
	{ "bit/second*10^6", true, false },
	{ "byte / second * 2^20", true, false },
	{ " byte  /  second  *  1000 ", true, false },
	{ "bit / second * 10^3 * 2", true, false },
	{ "bit / second * 10^-3", true, false },
	{ "percent", false, true },
	{ " percent ", false, true },
	{ "percents", false, false },
	{ "bit", false, false },
	{ "bit / minute", false, false },
	{ "bit / seconds", false, false },
	{ "bit / second *", false, false },
	{ "bit / second * 10^", false, false },
	{ "bit / second * x", false, false },
	{ "Bit / Second", false, false },
	{ "bit / second * 10000000000", false, false },
	{ "", false, false },
};

START_TEST(unit)
{
	ck_assert_int_eq(punit_is_data_rate(units[_i].text), units[_i].rate);
	ck_assert_int_eq(punit_is_percent(units[_i].text), units[_i].percent);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_check_args");
	TCase *t = tcase_create("args");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, input, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, destination_is_trimmed_or_missing);
	tcase_add_loop_test(t, destination_system, 0, (int)ARRAY_LEN(systems));
	tcase_add_loop_test(t, move, 0, (int)ARRAY_LEN(moves));
	tcase_add_test(t, what_is_told_is_limited);
	tcase_add_test(t, settings_are_read);
	tcase_add_test(t, new_settings_are_read);
	tcase_add_loop_test(t, unit, 0, (int)ARRAY_LEN(units));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
