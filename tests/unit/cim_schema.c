/* The tables that schemac makes of schemas/, and what schemac refuses. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "daemon/base/mem.h"
#include "schema_ids.h"

START_TEST(every_class_is_sorted_and_found)
{
	const struct cim_class *c = cim_classes[_i];

	ck_assert_ptr_eq(cim_class_find(c->name), c);
	for (size_t p = 0; p < c->n_properties; p++) {
		ck_assert_ptr_eq(cim_property_find(c, c->properties[p].name), &c->properties[p]);
		if (p > 0)
			ck_assert_int_lt(
				strcasecmp(c->properties[p - 1].name, c->properties[p].name), 0);
	}
	for (size_t m = 0; m < c->n_methods; m++)
		ck_assert_ptr_eq(cim_method_find(c, c->methods[m].name), &c->methods[m]);
	ck_assert_ptr_null(cim_property_find(c, "NoSuchProperty"));
	ck_assert_ptr_null(cim_method_find(c, ""));
}
END_TEST

START_TEST(every_class_has_its_superclass_members)
{
	const struct cim_class *c = cim_classes[_i];

	if (c->super == NULL)
		return;
	ck_assert(cim_class_is(c, c->super));
	ck_assert(!cim_class_is(c->super, c));
	for (size_t p = 0; p < c->super->n_properties; p++) {
		const struct cim_property *base = &c->super->properties[p];
		const struct cim_property *own = cim_property_find(c, base->name);

		ck_assert_msg(own != NULL, "%s.%s", c->name, base->name);
		ck_assert_int_eq(own->type, base->type);
		ck_assert_int_eq(own->array, base->array);
		ck_assert(own->key || !base->key);
	}
	for (size_t m = 0; m < c->super->n_methods; m++)
		ck_assert_ptr_nonnull(cim_method_find(c, c->super->methods[m].name));
}
END_TEST

START_TEST(names_are_found_in_any_case)
{
	const struct cim_class *c = cim_class_find("cim_computersystem");

	ck_assert_ptr_eq(c, &cim_class_CIM_ComputerSystem);
	ck_assert_ptr_eq(cim_property_find(c, "ELEMENTNAME"),
		&c->properties[CIM_ComputerSystem_p_ElementName]);
	ck_assert_ptr_null(cim_class_find("CIM_ComputerSystems"));
}
END_TEST

/* The signature of STANDARD.md, by name, type, direction and class. */
static const struct {
	const char *name;
	enum cim_type type;
	bool array, in, out;
	const char *class;
} check_parameters[] = {
	{ "ComputerSystem", CIM_REFERENCE, false, true, false, "CIM_ComputerSystem" },
	{ "DestinationHost", CIM_STRING, false, true, false, NULL },
	{ "MigrationSettingData", CIM_STRING, false, true, false,
		"CIM_VirtualSystemMigrationSettingData" },
	{ "NewSystemSettingData", CIM_STRING, false, true, false, "CIM_VirtualSystemSettingData" },
	{ "NewResourceSettingData", CIM_STRING, true, true, false,
		"CIM_ResourceAllocationSettingData" },
	{ "IsMigratable", CIM_BOOLEAN, false, false, true, NULL },
};

START_TEST(the_check_has_the_standard_signature)
{
	const struct cim_class *c = &cim_class_CIM_VirtualSystemMigrationService;
	const struct cim_method *m =
		&c->methods
			 [CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableToHost];
	const struct cim_parameter *p = &m->parameters[_i];

	ck_assert_uint_eq(m->n_parameters, ARRAY_LEN(check_parameters));
	ck_assert_int_eq(m->returns, CIM_UINT32);
	ck_assert_str_eq(p->name, check_parameters[_i].name);
	ck_assert_int_eq(p->type, check_parameters[_i].type);
	ck_assert_int_eq(p->array, check_parameters[_i].array);
	ck_assert_int_eq(p->in, check_parameters[_i].in);
	ck_assert_int_eq(p->out, check_parameters[_i].out);
	ck_assert(!p->required);
	ck_assert_pstr_eq(
		p->ref_class != NULL ? p->ref_class : p->embedded, check_parameters[_i].class);
}
END_TEST

START_TEST(the_check_never_starts_a_job)
{
	const struct cim_class *c = &cim_class_CIM_VirtualSystemMigrationService;
	const struct cim_method *check = cim_method_find(c, "CheckVirtualSystemIsMigratableToHost");
	const struct cim_method *migrate = cim_method_find(c, "MigrateVirtualSystemToHost");

	for (size_t i = 0; i < check->n_values; i++)
		ck_assert_str_ne(check->values[i].value, "4096");
	ck_assert(cim_valuemap_allows(migrate->values, migrate->n_values, "4096"));
}
END_TEST

static const struct cim_valuemap closed[] = { { "0", "a" }, { "5", "b" } };
static const struct cim_valuemap ranged[] = { { "2", "a" }, { "4..7", "b" }, { "0x8000..", "c" } };
static const struct cim_valuemap open[] = { { "2", "a" }, { "..", "b" } };
static const struct cim_valuemap texts[] = { { "OK", "OK" }, { "Error", "Error" } };

static const struct {
	const struct cim_valuemap *map;
	size_t n;
	const char *value;
	bool allowed;
} maps[] = {
	{ closed, 2, "0", true },
	{ closed, 2, "5", true },
	{ closed, 2, "1", false },
	{ closed, 2, "", false },
	{ closed, 2, "x", false },
	{ ranged, 3, "4", true },
	{ ranged, 3, "7", true },
	{ ranged, 3, "8", false },
	{ ranged, 3, "32767", false },
	{ ranged, 3, "32768", true },
	{ ranged, 3, "65535", true },
	{ ranged, 3, "-1", false },
	{ open, 2, "99", true },
	{ open, 2, "x", false },
	{ texts, 2, "OK", true },
	{ texts, 2, "ok", false },
	{ NULL, 0, "anything", true },
};

START_TEST(value_maps_allow)
{
	ck_assert_int_eq(
		cim_valuemap_allows(maps[_i].map, maps[_i].n, maps[_i].value), maps[_i].allowed);
}
END_TEST

#define KLASS(head, body) "<CLASS NAME=" head ">" body "</CLASS>"
#define Q(name, value) "<QUALIFIER NAME='" name "' TYPE='string'>" value "</QUALIFIER>"
#define TOLD Q("Version", "<VALUE>1</VALUE>") Q("Description", "<VALUE>x</VALUE>")
#define KEY                                                                                        \
	"<PROPERTY NAME='K' TYPE='string'><QUALIFIER NAME='Key' "                                  \
	"TYPE='boolean'><VALUE>true</VALUE>"                                                       \
	"</QUALIFIER></PROPERTY>"

/* Documents that schemac must refuse, and a part of what it says; the second may be NULL. */
static const struct {
	const char *one, *two, *says;
} refused[] = {
	{ "not xml", NULL, "a.xml:0: cannot be read" },
	{ "<KLASS NAME='A'/>", NULL, "not a CLASS" },
	{ "<CLASS/>", NULL, "a.xml:1: CLASS has no NAME" },
	{ KLASS("'A-B'", ""), NULL, "is not a CIM name" },
	{ KLASS("'A' SUPERCLASS='B'", ""), NULL, "a.xml:1: unknown superclass B" },
	{ KLASS("'A' SUPERCLASS='B'", ""), KLASS("'B' SUPERCLASS='A'", ""), "from itself" },
	{ KLASS("'A'", ""), KLASS("'a'", ""), "b.xml:1: class a is declared in" },
	{ KLASS("'A'", "\n<PROPERTY NAME='P' TYPE='int'/>"), NULL,
		"a.xml:2: unknown type \"int\"" },
	{ KLASS("'A'", "<PROPERTY NAME='P'/>"), NULL, "has no TYPE" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='string'/>\n<PROPERTY NAME='p' TYPE='string'/>"),
		NULL, "a.xml:2: property p is declared twice" },
	{ KLASS("'A'", "<METHOD NAME='M' TYPE='uint32'/><METHOD NAME='M' TYPE='uint32'/>"), NULL,
		"method M is declared twice" },
	{ KLASS("'A'", "<METHOD NAME='M' TYPE='uint32'><PARAMETER NAME='X' TYPE='string'/>"
		       "<PARAMETER NAME='X' TYPE='string'/></METHOD>"),
		NULL, "parameter X is declared twice" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='string'/>"),
		KLASS("'B' SUPERCLASS='A'", "<PROPERTY NAME='P' TYPE='uint8'/>"),
		"b.xml:1: property P overrides one of another type (string in A)" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='string'/>"),
		KLASS("'B' SUPERCLASS='A'", "<PROPERTY.ARRAY NAME='P' TYPE='string'/>"),
		"overrides one of another type" },
	{ KLASS("'A'", "<METHOD NAME='M' TYPE='uint32'/>"),
		KLASS("'B' SUPERCLASS='A'", "<METHOD NAME='M' TYPE='uint16'/>"),
		"method M overrides one that returns uint32 in A" },
	{ KLASS("'A'", "<PROPERTY.REFERENCE NAME='P'/>"), NULL, "has no REFERENCECLASS" },
	{ KLASS("'A'", "<PROPERTY.REFERENCE NAME='P' REFERENCECLASS='B'/>"), NULL,
		"refers to unknown class B" },
	{ KLASS("'A'", "<THING/>"), NULL, "unknown element THING" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='uint8'>" Q(
			       "ValueMap", "<VALUE>1</VALUE>") "</PROPERTY>"),
		NULL, "come together" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='uint8'>" Q("ValueMap", "<VALUE>1</VALUE>")
			       Q("Values", "<VALUE.ARRAY><VALUE>a</VALUE><VALUE>b</VALUE></"
					   "VALUE.ARRAY>") "</PROPERTY>"),
		NULL, "ValueMap has 1 values and Values has 2" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='uint8'>" Q(
			       "Key", "<VALUE>perhaps</VALUE>") "</PROPERTY>"),
		NULL, "neither true nor false" },
	{ KLASS("'A'", "<PROPERTY NAME='P' TYPE='uint8'>" Q(
			       "EmbeddedInstance", "<VALUE>B</VALUE>") "</PROPERTY>"),
		NULL, "is an EmbeddedInstance and not a string" },
	{ KLASS("'A'", "<PROPERTY.ARRAY NAME='P' TYPE='uint8'>" Q(
			       "Key", "<VALUE>true</VALUE>") "</PROPERTY.ARRAY>"),
		NULL, "key P is an array" },
	{ KLASS("'A'", Q("Abstract", "")), NULL, "has no VALUE" },
	{ KLASS("'A'", Q("Description", "<VALUE>x</VALUE>")), NULL,
		"a.xml:1: class A has no qualifier Version" },
	{ KLASS("'A'", Q("Version", "<VALUE>1</VALUE>")), NULL,
		"a.xml:1: class A has no qualifier Description" },
	{ KLASS("'A'", TOLD), NULL, "a.xml:1: class A has no property with the qualifier Key" },
	{ KLASS("'A'", TOLD "\n" Q("Colour", "<VALUE>red</VALUE>")), NULL,
		"a.xml:2: there is no qualifier Colour" },
	{ KLASS("'A'", TOLD "\n" Q("version", "<VALUE>1</VALUE>")), NULL,
		"a.xml:2: there is no qualifier version" },
	{ KLASS("'A'", TOLD "\n" Q("Version", "<VALUE>1</VALUE>")), NULL,
		"a.xml:2: qualifier Version is given twice" },
	{ KLASS("'A'", TOLD "<PROPERTY NAME='P' TYPE='uint8'>\n" Q(
			       "Key", "<VALUE>true</VALUE>") "</PROPERTY>"),
		NULL, "a.xml:2: qualifier Key has the type boolean" },
	{ KLASS("'A'", TOLD KEY "<METHOD NAME='M' TYPE='uint32'>\n"
				"<PARAMETER NAME='X' TYPE='string'/></METHOD>"),
		NULL, "a.xml:2: parameter X has neither In nor Out" },
	{ KLASS("'A'", TOLD KEY "<METHOD NAME='M' TYPE='uint32'><PARAMETER NAME='X' TYPE='string'>"
				"<QUALIFIER NAME='In' TYPE='boolean'><VALUE>false</VALUE>"
				"</QUALIFIER></PARAMETER></METHOD>"),
		NULL, "parameter X goes neither in nor out" },
	{ KLASS("'A'", TOLD KEY "<QUALIFIER NAME='Association' TYPE='boolean'><VALUE>true</VALUE>"
				"</QUALIFIER>\n<PROPERTY.REFERENCE NAME='R' REFERENCECLASS='A'/>"),
		NULL, "a.xml:2: reference R of an association is no Key" },
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* Runs schemac on a.xml and b.xml in dir; its status, and what it says on standard error. */
static int run_schemac(const char *dir, bool two, char *says, size_t size)
{
	char command[1024];
	size_t n;
	FILE *p;

	snprintf(command, sizeof command,
		"cd %s && ASAN_OPTIONS=detect_leaks=0 '%s/schemac' a.xml %s 2>&1 >/dev/null", dir,
		TEST_BUILD, two ? "b.xml" : "");
	p = popen(command, "r");
	ck_assert_ptr_nonnull(p);
	n = fread(says, 1, size - 1, p);
	says[n] = '\0';
	return pclose(p);
}

START_TEST(schemac_refuses)
{
	char dir[] = "/tmp/schemac-XXXXXX", says[4096], path[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	write_file(dir, "a.xml", refused[_i].one);
	if (refused[_i].two != NULL)
		write_file(dir, "b.xml", refused[_i].two);
	ck_assert_int_ne(run_schemac(dir, refused[_i].two != NULL, says, sizeof says), 0);
	ck_assert_msg(strstr(says, refused[_i].says) != NULL, "%s", says);
	snprintf(path, sizeof path, "%s/a.xml", dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/b.xml", dir);
	unlink(path);
	rmdir(dir);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_schema");
	TCase *t = tcase_create("schema");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, every_class_is_sorted_and_found, 0, (int)cim_class_count);
	tcase_add_loop_test(t, every_class_has_its_superclass_members, 0, (int)cim_class_count);
	tcase_add_test(t, names_are_found_in_any_case);
	tcase_add_loop_test(
		t, the_check_has_the_standard_signature, 0, (int)ARRAY_LEN(check_parameters));
	tcase_add_test(t, the_check_never_starts_a_job);
	tcase_add_loop_test(t, value_maps_allow, 0, (int)ARRAY_LEN(maps));
	tcase_add_loop_test(t, schemac_refuses, 0, (int)ARRAY_LEN(refused));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
