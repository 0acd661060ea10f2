/* CIM in XML and text, read: every spelling that clients use. */
#include "tests/unit/cim_text.h"

static const struct {
	const char *xml, *want; /* want NULL: refused */
} refs[] = {
	/* The prefixes wsa and wsman are never declared here: libmi's way. */
	{ "<R>" ADDRESS RP(EPR_URI("CIM_ComputerSystem") SET(SEL("Name", "vm1"))) "</R>",
		"CIM_ComputerSystem|-|Name=vm1;" },
	{ "<R>" ADDRESS RP(EPR_URI("Msvm_ComputerSystem") SET(SEL("__cimnamespace", "root/v2") SEL(
		  "Name", " vm1\n") SEL("CreationClassName", "Msvm_ComputerSystem"))) "</R>",
		"Msvm_ComputerSystem|root/v2|Name=vm1;CreationClassName=Msvm_ComputerSystem;" },
	{ "<R><wsa:EndpointReference>" ADDRESS RP(
		  EPR_URI("CIM_X") SET(SEL("A", "1"))) "</wsa:EndpointReference></R>",
		"CIM_X|-|A=1;" },
	{ "<R xmlns:wsa='http://schemas.xmlsoap.org/ws/2004/08/addressing' "
	  "xmlns:wsman='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'>" ADDRESS RP(
		  EPR_URI("CIM_X") SET(SEL("A", "1"))) "</R>",
		"CIM_X|-|A=1;" },
	{ "<R>" RP("<ResourceURI>http://libvirt.org/wbem/wscim/1/cim-schema/2/KVM_ComputerSystem"
		   "</ResourceURI>" SET(SEL("Name", "g"))) "</R>",
		"KVM_ComputerSystem|-|Name=g;" },
	{ "<R>" RP("<ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/v2/Msvm_X"
		   "</ResourceURI>" SET(SEL("Name", "g"))) "</R>",
		"Msvm_X|root/v2|Name=g;" },
	{ "<R>" RP(EPR_URI("CIM_X?Name=a") SET(SEL("B", "2"))) "</R>", "CIM_X|-|Name=a;B=2;" },
	{ "<R>" RP(EPR_URI("CIM_X") SET("<wsman:Selector Name='Ref'><wsa:EndpointReference>" RP(
		  EPR_URI("CIM_Y")
			  SET(SEL("K", "v"))) "</wsa:EndpointReference></wsman:Selector>")) "</R>",
		"CIM_X|-|Ref=(CIM_Y|-|K=v;);" },
	{ "<R " XSI ">" RP(EPR_URI("CIM_X") SET("<wsman:Ref xsi:type='p:CIM_Y_Type'><p:K>v</p:K>"
						"</wsman:Ref>" SEL("A", "1"))) "</R>",
		"CIM_X|-|Ref=(CIM_Y|-|K=v;);A=1;" },
	{ "<R " XSI
	  ">" RP(EPR_URI("CIM_X") SET(SEL("Ref", "1") "<wsman:Ref xsi:type='CIM_Y_Type'/>")) "</R>",
		NULL },
	{ "<R>" RP(EPR_URI("CIM_X") SET("<wsman:Other><p:K>v</p:K></wsman:Other>")) "</R>",
		"CIM_X|-|" },
	{ "<R>" RP(EPR_URI("CIM_X")) "</R>", "CIM_X|-|" },
	{ "<R " XSI
	  " xsi:type='p:CIM_ComputerSystem_Type'><Name>vm1</Name><Caption xsi:nil='true'/>"
	  "<Roles>a</Roles><Roles>b</Roles><EnabledState>2</EnabledState></R>",
		"CIM_ComputerSystem|-|Name=vm1;EnabledState=2;" },
	{ "<R><p:CIM_ComputerSystem xmlns:p='u'><p:Name>vm1</p:Name></p:CIM_ComputerSystem></R>",
		"CIM_ComputerSystem|-|Name=vm1;" },
	{ "<R><INSTANCE CLASSNAME='CIM_X'><PROPERTY NAME='Name' TYPE='string'><VALUE>v</VALUE>"
	  "</PROPERTY></INSTANCE></R>",
		"CIM_X|-|Name=v;" },
	{ "<R>text</R>", NULL },
	{ "<R/>", NULL },
	{ "<R><A>1</A><B>2</B></R>", NULL },
	{ "<R><wsa:EndpointReference>" ADDRESS "</wsa:EndpointReference></R>", NULL },
	{ "<R>" RP(SET(SEL("A", "1"))) "</R>", NULL },
	{ "<R>" RP(EPR_URI("*") SET(SEL("A", "1"))) "</R>", NULL },
	{ "<R>" RP("<ResourceURI>nothing</ResourceURI>") "</R>", NULL },
	{ "<R>" RP(EPR_URI("CIM_X") SET(SEL("A", "1") SEL("a", "1"))) "</R>", NULL },
	{ "<R>" RP(EPR_URI("CIM_X") SET("<wsman:Selector>1</wsman:Selector>")) "</R>", NULL },
	{ "<R>" RP(EPR_URI("CIM_X")
			  SET(SEL("__cimnamespace", "a") SEL("__cimnamespace", "b"))) "</R>",
		NULL },
};

START_TEST(ref_from_xml)
{
	xmlDoc *doc = parse(refs[_i].xml);
	struct cim_ref *r;

	if (cim_ref_from_xml(a, xmlDocGetRootElement(doc), &r, &e) == 0)
		ck_assert_pstr_eq(ref_summary(r), refs[_i].want);
	else
		ck_assert_pstr_eq(refs[_i].want, NULL);
	xmlFreeDoc(doc);
}
END_TEST

static const struct {
	const char *text, *want;
} paths[] = {
	{ "CIM_ComputerSystem.Name=\"vm1\"", "CIM_ComputerSystem|-|Name=vm1;" },
	{ "root/virtualization/v2:CIM_ComputerSystem.CreationClassName=\"CIM_ComputerSystem\","
	  "Name=\"vm1\"",
		"CIM_ComputerSystem|root/virtualization/v2|CreationClassName=CIM_ComputerSystem;"
		"Name=vm1;" },
	{ "\\\\HOST\\root\\virtualization\\v2:Msvm_ComputerSystem.CreationClassName='Msvm_X',"
	  "Name='A-B'",
		"Msvm_ComputerSystem|root\\virtualization\\v2|CreationClassName=Msvm_X;Name=A-B;" },
	{ "//h.example/root/v2:CIM_X.A=\"1\"", "CIM_X|root/v2|A=1;" },
	{ "https://h.example:5989/root/v2:CIM_X.A=\"1\"", "CIM_X|root/v2|A=1;" },
	{ "CIM_X.A=\"a\\\"b\\\\c\",B=7, C=TRUE", "CIM_X|-|A=a\"b\\c;B=7;C=TRUE;" },
	{ "CIM_X.A=\"1,B=:.\"", "CIM_X|-|A=1,B=:.;" },
	{ "CIM_X.A=\"\"", "CIM_X|-|A=;" },
	{ "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X?Name=a", "CIM_X|-|Name=a;" },
	{ "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X", NULL },
	{ "vm1", NULL },
	{ "3c9f8d1e-0000-4000-8000-000000000001", NULL },
	{ "web.example.org", NULL },
	{ "CIM_X", NULL },
	{ "CIM_X.", NULL },
	{ "CIM_X.A", NULL },
	{ "CIM_X.A=", NULL },
	{ "CIM_X.A=\"1", NULL },
	{ "CIM_X.A=\"1\"x", NULL },
	{ "CIM_X.A=\"1\",", NULL },
	{ "CIM_X.A=\"1\",A=\"2\"", NULL },
	{ "CIM_X.A=\"1\\", NULL },
	{ "ro ot:CIM_X.A=\"1\"", NULL },
	{ "", NULL },
};

START_TEST(ref_from_text)
{
	struct cim_ref *r;

	if (cim_ref_from_text(a, paths[_i].text, &r, &e) == 0)
		ck_assert_pstr_eq(ref_summary(r), paths[_i].want);
	else
		ck_assert_pstr_eq(paths[_i].want, NULL);
}
END_TEST

static const struct {
	const char *text, *want; /* want "!part": refused with that part of a sentence */
} loose[] = {
	{ "<INSTANCE CLASSNAME=\"CIM_X\"/>", "CIM_X" },
	{ " \n<?xml version='1.0'?><INSTANCE CLASSNAME='CIM_X'><QUALIFIER NAME='a'/>"
	  "<PROPERTY NAME='A' TYPE='uint16'><VALUE>2</VALUE></PROPERTY>"
	  "<PROPERTY NAME='B' TYPE='string'/>"
	  "<PROPERTY.ARRAY NAME='C' TYPE='string'><VALUE.ARRAY><VALUE>x</VALUE><VALUE.NULL/>"
	  "<VALUE>y &amp; z</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"
	  "<PROPERTY.ARRAY NAME='D' TYPE='string'/>"
	  "<PROPERTY.ARRAY NAME='E' TYPE='string'><VALUE.ARRAY/></PROPERTY.ARRAY></INSTANCE>",
		"CIM_X A=2 B=null C=[x,y & z] D=null E=[]" },
	{ "<INSTANCE/>", "!the INSTANCE has no CLASSNAME" },
	{ "<INSTANCE CLASSNAME='A'><PROPERTY TYPE='string'/></INSTANCE>", "!has no NAME" },
	{ "<INSTANCE CLASSNAME='A'><THING/></INSTANCE>", "!THING in an INSTANCE" },
	{ "<INSTANCE CLASSNAME='A'><PROPERTY NAME='a'/><PROPERTY NAME='A'/></INSTANCE>",
		"!the property A is given twice" },
	{ "<INSTANCE CLASSNAME='A'>", "!line 1: " },
	{ "<INSTANCE CLASSNAME='A'/><b/>", "!line 1: " },
	{ "<!DOCTYPE INSTANCE [<!ENTITY a 'b'>]><INSTANCE CLASSNAME='&a;'/>", "!it has a DOCTYPE" },
	{ "<!DOCTYPE INSTANCE SYSTEM 'file:///etc/passwd'><INSTANCE CLASSNAME='A'/>",
		"!it has a DOCTYPE" },
	{ "<INSTANCE CLASSNAME='&a;'/>", "!line 1: Entity 'a' not defined" },
	{ "<p:CIM_X xmlns:p='u' " XSI "><p:A>2</p:A><p:B xsi:nil='true'/><p:C>x</p:C><p:C>y</p:C>"
	  "</p:CIM_X>",
		"CIM_X A=2 B=null C=[x,y]" },
	{ "<p:CIM_X xmlns:p='u' " XSI_LIBMI "><p:B xsi:nil='true'/></p:CIM_X>", "CIM_X B=null" },
	{ "<E xmlns:p='u' " XSI " xsi:type='p:CIM_X_Type'><A>2</A></E>", "CIM_X A=2" },
	{ "<CIM_X><A>1</A><B>2</B><A>3</A></CIM_X>", "!the property A is given twice" },
	{ "instance of CIM_X {};", "CIM_X" },
	{ "\ninstance of CIM_X\n{\n\tA = 2;\n\tB = NULL;\n\tC = { \"x\", \"y\" };\n\tD = {};\n"
	  "\tE = TRUE;\n\tF = -7;\n\tG = 1.5e3;\n};\n",
		"CIM_X A=2 B=null C=[x,y] D=[] E=TRUE F=-7 G=1.5e3" },
	{ "INSTANCE OF CIM_X as $a { A = 0x1F; B = 101b; C = 017; D = +5; }",
		"CIM_X A=31 B=5 C=15 D=5" },
	{ "instance of CIM_X { A = \"a\\\"b\\\\c\\n\\x41\\xe9\" \" d\"; };",
		"CIM_X A=a\"b\\c\nA\xc3\xa9 d" },
	{ "// note\ninstance /* two\nlines */ of CIM_X { A = 'c'; };", "CIM_X A=c" },
	{ "instance of CIM_X { A = 1; a = 2; };", "!the property a is given twice" },
	{ "instance of CIM_X { A = 1 };", "!line 1: \";\" is wanted, not \"}" },
	{ "instance of CIM_X { A = ; };", "!a value is wanted" },
	{ "instance of CIM_X { A = { 1, }; };", "!a value is wanted" },
	{ "instance of CIM_X { A = { 1 2 }; };", "!\",\" or \"}\" is wanted" },
	{ "instance of CIM_X {\n\n A = \"x; };", "!line 3: the closing quote is wanted" },
	{ "instance of CIM_X { A = \"\\q\"; };", "!an escape sequence of MOF" },
	{ "instance of CIM_X { A = \"\\x0\"; };", "!the number of a character" },
	{ "instance of CIM_X { A = 12abc; };", "!a value is wanted" },
	{ "instance of CIM_X { A = 99999999999999999999; };", "CIM_X A=99999999999999999999" },
	{ "instance of CIM_X { = 1; };", "!the name of a property" },
	{ "instance of CIM_X { A = 1; }; instance of CIM_Y {};", "!the end is wanted" },
	{ "instance of { };", "!the name of a class" },
	{ "instance of CIM_X as a { };", "!an alias" },
	{ "instance of CIM_X ", "!\"{\" is wanted" },
	{ "instance of CIM_X { /* never closed", "!the name of a property" },
	{ "a", "!line 1: instance is wanted, not \"a\"" },
	{ "", "!instance is wanted" },
	{ "{\"json\": true}", "!instance is wanted" },
};

START_TEST(loose_from_text)
{
	struct cim_loose *l;
	const char *want = loose[_i].want;

	if (cim_loose_from_text(a, loose[_i].text, &l, &e) == 0) {
		ck_assert_str_eq(loose_summary(l), want);
		return;
	}
	ck_assert_int_eq(e.code, ERR_SYNTAX);
	ck_assert_msg(*want == '!' && strstr(e.text, want + 1) != NULL, "%s, not %s", e.text, want);
}
END_TEST

/* Text that passes a limit, made by repetition. */
static const struct {
	const char *head, *again, *tail;
	size_t times;
	const char *says;
} limits[] = {
	{ "<INSTANCE CLASSNAME='A'>", "          ", "</INSTANCE>", 7000, "longer than 65536" },
	{ "instance of A { B = {1", ",1", "}; };", 1024, "more than 1024 values" },
	{ "<A>", "<b>1</b>", "</A>", 1025, "more than 1024 values" },
	{ "<A>", "<b>", "", 1000, "line 1: " },
	{ "instance of A { B = ", "\"x\" ", "; };", 16000, NULL },
};

START_TEST(loose_limits)
{
	auto_buf struct buf text = { 0 };
	struct cim_loose *l;
	int rc;

	buf_puts(&text, limits[_i].head);
	for (size_t i = 0; i < limits[_i].times; i++)
		buf_puts(&text, limits[_i].again);
	buf_puts(&text, limits[_i].tail);
	rc = cim_loose_from_text(a, text.data, &l, &e);
	ck_assert_int_eq(rc, limits[_i].says != NULL ? -ERR_SYNTAX : 0);
	if (rc != 0)
		ck_assert_msg(strstr(e.text, limits[_i].says) != NULL, "%s", e.text);
}
END_TEST

static const char *datum_summary(const struct cim_parameter *p, const struct cim_value *v, size_t n)
{
	struct cim_loose *l;

	if (p->type == CIM_REFERENCE)
		return ref_summary(v->data[n].ref);
	if (p->embedded == NULL)
		return cim_datum_text(a, p->type, &v->data[n]);
	if (cim_loose_from_value(a, v, n, &l, &e) != 0)
		return "(none)";
	return loose_summary(l);
}

/* One line for each argument that has a value. */
static const char *args_summary(const struct cim_method *m, const struct cim_value *args)
{
	const char *s = "";

	for (size_t i = 0; i < m->n_parameters; i++) {
		if (!args[i].given)
			continue;
		s = arena_printf(a, "%s%s:", s, m->parameters[i].name);
		for (size_t n = 0; n < args[i].n; n++)
			s = arena_printf(
				a, "%s %s", s, datum_summary(&m->parameters[i], &args[i], n));
		s = arena_printf(a, "%s\n", s);
	}
	return s;
}

#define IN(s) "<p:M_INPUT xmlns:p='urn:any' " XSI ">" s "</p:M_INPUT>"

static const struct {
	const char *xml, *want; /* want "!part": -ERR_PARAMETER */
} arguments[] = {
	{ IN(""), "" },
	{ IN("<p:DestinationHost>h</p:DestinationHost>"), "DestinationHost: h\n" },
	{ IN("<destinationhost>h</destinationhost>"), "DestinationHost: h\n" },
	{ IN("<p:DestinationHost xsi:type='cim:cimString'> h </p:DestinationHost>"),
		"DestinationHost:  h \n" },
	{ IN("<p:DestinationHost xsi:nil='true'/>"), "" },
	{ IN("<p:DestinationHost/>"), "DestinationHost: \n" },
	{ IN("<p:DestinationHost>a</p:DestinationHost><p:DestinationHost>b</p:DestinationHost>"),
		"!DestinationHost is given twice" },
	{ IN("<p:DestinationHost><a>b</a></p:DestinationHost>"), "!elements are given where" },
	{ IN("<p:Unknown>1</p:Unknown><p:IsMigratable>x</p:IsMigratable>"), "" },
	{ IN("<p:ComputerSystem>guest1</p:ComputerSystem>"), "ComputerSystem: -|-|=guest1;\n" },
	{ IN("<p:ComputerSystem> \n</p:ComputerSystem>"), "" },
	{ IN("<p:ComputerSystem>CIM_ComputerSystem.Name='x'</p:ComputerSystem>"),
		"ComputerSystem: CIM_ComputerSystem|-|Name=x;\n" },
	{ IN("<p:ComputerSystem>instance of CIM_ComputerSystem { Name = \"x\"; };"
	     "</p:ComputerSystem>"),
		"ComputerSystem: CIM_ComputerSystem|-|Name=x;\n" },
	{ IN("<p:ComputerSystem>&lt;INSTANCE CLASSNAME='CIM_ComputerSystem'>&lt;PROPERTY "
	     "NAME='Name' TYPE='string'>&lt;VALUE>x&lt;/VALUE>&lt;/PROPERTY>&lt;/INSTANCE>"
	     "</p:ComputerSystem>"),
		"ComputerSystem: CIM_ComputerSystem|-|Name=x;\n" },
	{ IN("<p:ComputerSystem><wsa:EndpointReference/></p:ComputerSystem>"),
		"!the parameter ComputerSystem: the endpoint reference has no" },
	{ IN("<p:MigrationSettingData xsi:type='p:CIM_Y_Type'><p:A>1</p:A>"
	     "</p:MigrationSettingData>"),
		"MigrationSettingData: CIM_Y A=1\n" },
	{ IN("<p:MigrationSettingData xsi:type='CIM_Y_Type'/>"), "MigrationSettingData: CIM_Y\n" },
	{ IN("<p:MigrationSettingData><p:CIM_Y><p:A>1</p:A></p:CIM_Y></p:MigrationSettingData>"),
		"MigrationSettingData: CIM_Y A=1\n" },
	{ IN("<p:MigrationSettingData><INSTANCE CLASSNAME='CIM_Y'/></p:MigrationSettingData>"),
		"MigrationSettingData: CIM_Y\n" },
	{ IN("<p:MigrationSettingData><![CDATA[<INSTANCE CLASSNAME='CIM_Y'/>]]>"
	     "</p:MigrationSettingData>"),
		"MigrationSettingData: CIM_Y\n" },
	{ IN("<p:MigrationSettingData><p:A>1</p:A><p:B>2</p:B></p:MigrationSettingData>"),
		"MigrationSettingData: (none)\n" },
	{ IN("<p:NewResourceSettingData>instance of CIM_Y {};</p:NewResourceSettingData>"
	     "<p:NewResourceSettingData xsi:type='p:CIM_Z_Type'><p:A>1</p:A>"
	     "</p:NewResourceSettingData><p:NewResourceSettingData>a</p:NewResourceSettingData>"),
		"NewResourceSettingData: CIM_Y CIM_Z A=1 (none)\n" },
	{ IN("<p:NewResourceSettingData xsi:nil='true' IsNullArray='true'/>"), "" },
	{ IN("<p:NewResourceSettingData xmlns:m='urn:m' m:IsNullArray='false'/>"),
		"NewResourceSettingData:\n" },
};

START_TEST(args_from_xml)
{
	const struct cim_method *m = check_method();
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	const char *want = arguments[_i].want;
	xmlDoc *doc = parse(arguments[_i].xml);
	int rc = cim_args_from_xml(a, m, xmlDocGetRootElement(doc), args, &e);

	xmlFreeDoc(doc);
	if (rc == 0) {
		ck_assert_str_eq(args_summary(m, args), want);
		return;
	}
	ck_assert_int_eq(e.code, ERR_PARAMETER);
	ck_assert_msg(*want == '!' && strstr(e.text, want + 1) != NULL, "%s", e.text);
}
END_TEST

START_TEST(no_input_is_no_arguments)
{
	const struct cim_method *m = check_method();
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);

	ck_assert_int_eq(cim_args_from_xml(a, m, NULL, args, &e), 0);
	ck_assert_str_eq(args_summary(m, args), "");
}
END_TEST

#define VM_REF(prefix, ns, vm)                                                                     \
	prefix "_ComputerSystem|" ns "|CreationClassName=" prefix "_ComputerSystem;Name=" vm ";"

/* What clients really sent: the arguments of the recorded requests. */
static const struct {
	const char *file, *want;
} recorded[] = {
	{ "libmi-iinvoke.http",
		"ComputerSystem: " VM_REF("Msvm", "root/virtualization/v2",
			"vm1") "\n"
			       "DestinationHost: host2\nMigrationSettingData: (none)\n"
			       "NewResourceSettingData: (none) (none)\n" },
	{ "template-windows-invoke-inst.http",
		"ComputerSystem: " VM_REF("Msvm", "root/virtualization/v2",
			"vm1") "\n"
			       "DestinationHost: host2\n"
			       "MigrationSettingData: CIM_VirtualSystemMigrationSettingData\n"
			       "NewResourceSettingData: (none) (none)\n" },
	{ "template-windows-invoke-class-utf16.http",
		"ComputerSystem: " VM_REF(
			"Msvm", "root/virtualization/v2", "vm1") "\n"
								 "DestinationHost: host2\n" },
	{ "template-windows-winrm-invoke.http", "DestinationHost: host2\n" },
	{ "wsman-invoke-J-epr.http", "ComputerSystem: " VM_REF("KVM", "root/virt",
					     "guest1") "\n"
						       "DestinationHost: dst.example\n" },
	{ "wsman-invoke-k-multi.http",
		"ComputerSystem: -|-|=guest1;\nDestinationHost: dst.example\n" },
};

/* The body of a recorded request, behind the empty line. */
static xmlDoc *recorded_body(const char *name)
{
	char path[512], *bytes = mem_calloc(1, 65536), *body;
	size_t n;
	xmlDoc *doc;
	FILE *f;

	snprintf(path, sizeof path, "%s/requests/%s", TEST_DATA, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	n = fread(bytes, 1, 65535, f);
	fclose(f);
	body = memmem(bytes, n, "\r\n\r\n", 4);
	ck_assert_ptr_nonnull(body);
	body += 4;
	ck_assert_int_eq(node_parse(body, n - (size_t)(body - bytes), &doc, &e), 0);
	free(bytes);
	return doc;
}

START_TEST(recorded_arguments)
{
	const struct cim_method *m = check_method();
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	xmlDoc *doc = recorded_body(recorded[_i].file);
	const xmlNode *body = node_child(xmlDocGetRootElement(doc), "Body");

	ck_assert_ptr_nonnull(body);
	ck_assert_int_eq(cim_args_from_xml(a, m, node_first(body), args, &e), 0);
	ck_assert_str_eq(args_summary(m, args), recorded[_i].want);
	xmlFreeDoc(doc);
}
END_TEST

/* Texts of single values; want NULL: refused. */
static const struct {
	enum cim_type type;
	const char *text, *want;
} data[] = {
	{ CIM_BOOLEAN, "TRUE", "true" },
	{ CIM_BOOLEAN, "0", "false" },
	{ CIM_BOOLEAN, " 1 ", "true" },
	{ CIM_BOOLEAN, "yes", NULL },
	{ CIM_BOOLEAN, "", NULL },
	{ CIM_UINT8, "255", "255" },
	{ CIM_UINT8, "256", NULL },
	{ CIM_UINT16, "-1", NULL },
	{ CIM_UINT16, " 7\n", "7" },
	{ CIM_UINT32, "4294967295", "4294967295" },
	{ CIM_UINT32, "4294967296", NULL },
	{ CIM_UINT64, "18446744073709551615", "18446744073709551615" },
	{ CIM_UINT64, "18446744073709551616", NULL },
	{ CIM_UINT16, "0x10", NULL },
	{ CIM_UINT16, "1.0", NULL },
	{ CIM_UINT16, "", NULL },
	{ CIM_SINT8, "-128", "-128" },
	{ CIM_SINT8, "-129", NULL },
	{ CIM_SINT16, "+5", "5" },
	{ CIM_SINT64, "-9223372036854775808", "-9223372036854775808" },
	{ CIM_SINT64, "9223372036854775808", NULL },
	{ CIM_SINT32, "--1", NULL },
	{ CIM_REAL64, "1.5", "1.5" },
	{ CIM_REAL32, "-INF", "-INF" },
	{ CIM_REAL64, "NaN", "NaN" },
	{ CIM_REAL64, "0x1p3", NULL },
	{ CIM_REAL64, "", NULL },
	{ CIM_REAL64, "1e999", NULL },
	{ CIM_CHAR16, "65", "A" },
	{ CIM_CHAR16, "x", "x" },
	{ CIM_CHAR16, "\xc3\xa9", "\xc3\xa9" },
	{ CIM_CHAR16, "\xe2\x82\xac", "\xe2\x82\xac" },
	{ CIM_CHAR16, "xy", NULL },
	{ CIM_CHAR16, "65536", NULL },
	{ CIM_CHAR16, "", NULL },
	{ CIM_STRING, " as it is ", " as it is " },
	{ CIM_STRING, "", "" },
	{ CIM_DATETIME, "20240229123456.789012+060", "20240229123456.789012+060" },
	{ CIM_DATETIME, "2024-02-29T12:34:56.789012+01:00", "20240229123456.789012+060" },
	{ CIM_DATETIME, "2024-02-29T12:34:56Z", "20240229123456.000000+000" },
	{ CIM_DATETIME, "2024-02-29T12:34:56.1234567-05:30", "20240229123456.123456-330" },
	{ CIM_DATETIME, "P1DT1H2M3.000004S", "00000001010203.000004:000" },
	{ CIM_DATETIME, "PT60.000S", "00000000000100.000000:000" },
	{ CIM_DATETIME, "P1Y", NULL },
	{ CIM_DATETIME, "P", NULL },
	{ CIM_DATETIME, "PT", NULL },
	{ CIM_DATETIME, "PT1M2H", NULL },
	{ CIM_DATETIME, "PT1.5M", NULL },
	{ CIM_DATETIME, "P1H", NULL },
	{ CIM_DATETIME, "P99999999999D", NULL },
	{ CIM_DATETIME, "2024-13-01T00:00:00Z", NULL },
	{ CIM_DATETIME, "2024-01-01", NULL },
	{ CIM_DATETIME, "soon", NULL },
	{ CIM_REFERENCE, "x", NULL },
};

START_TEST(datum)
{
	union cim_datum d;

	if (cim_datum_from_text(a, data[_i].type, data[_i].text, &d, &e) != 0) {
		ck_assert_int_eq(e.code, ERR_PARAMETER);
		ck_assert_msg(data[_i].want == NULL, "%s: %s", data[_i].text, e.text);
		return;
	}
	ck_assert_pstr_eq(cim_datum_text(a, data[_i].type, &d), data[_i].want);
}
END_TEST

static const struct {
	const struct cim_class *class;
	const char *path;
	int code;
} keys[] = {
	{ C(CIM_VirtualSystemMigrationService),
		"X.SystemCreationClassName='C',SystemName='h',CreationClassName='V',Name='n'", 0 },
	{ C(CIM_VirtualSystemMigrationService),
		"X.systemcreationclassname='C',SYSTEMNAME='h',CreationClassName='V',name='n'", 0 },
	{ C(CIM_VirtualSystemMigrationService), "X.Name='n'", ERR_KEY_MISSING },
	{ C(CIM_ComputerSystem), "X.Name='n',CreationClassName='c',Caption='x'",
		ERR_KEY_UNEXPECTED },
	{ C(CIM_ComputerSystem), "X.Name='n',CreationClassName='c',Nothing='x'",
		ERR_KEY_UNEXPECTED },
	{ C(CIM_ElementCapabilities), "X.ManagedElement='a',Capabilities='b'", ERR_KEY_VALUE },
};

START_TEST(ref_check)
{
	struct cim_ref *r;

	ck_assert_int_eq(cim_ref_from_text(a, keys[_i].path, &r, &e), 0);
	ck_assert_int_eq(cim_ref_check(r, keys[_i].class, &e), -keys[_i].code);
}
END_TEST

START_TEST(ref_check_duplicates_and_nested)
{
	struct cim_key twice[] = { { .name = "Name", .text = "a" },
		{ .name = "CreationClassName", .text = "b" }, { .name = "name", .text = "c" } };
	struct cim_ref inner = { .class_name = "X" };
	struct cim_key nested[] = { { .name = "Name", .ref = &inner },
		{ .name = "CreationClassName", .text = "b" } };
	struct cim_ref r = { .class_name = "CIM_ComputerSystem", .keys = twice, .n_keys = 3 };

	ck_assert_int_eq(cim_ref_check(&r, C(CIM_ComputerSystem), &e), -ERR_KEY_DUPLICATE);
	r.keys = nested;
	r.n_keys = 2;
	ck_assert_int_eq(cim_ref_check(&r, C(CIM_ComputerSystem), &e), -ERR_KEY_VALUE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_codec");
	TCase *t = tcase_create("codec");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, ref_from_xml, 0, (int)ARRAY_LEN(refs));
	tcase_add_loop_test(t, ref_from_text, 0, (int)ARRAY_LEN(paths));
	tcase_add_loop_test(t, loose_from_text, 0, (int)ARRAY_LEN(loose));
	tcase_add_loop_test(t, loose_limits, 0, (int)ARRAY_LEN(limits));
	tcase_add_loop_test(t, args_from_xml, 0, (int)ARRAY_LEN(arguments));
	tcase_add_test(t, no_input_is_no_arguments);
	tcase_add_loop_test(t, recorded_arguments, 0, (int)ARRAY_LEN(recorded));
	tcase_add_loop_test(t, datum, 0, (int)ARRAY_LEN(data));
	tcase_add_loop_test(t, ref_check, 0, (int)ARRAY_LEN(keys));
	tcase_add_test(t, ref_check_duplicates_and_nested);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
