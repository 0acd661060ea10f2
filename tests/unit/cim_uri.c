/* Resource URIs and namespace names, in every spelling that clients use. */
#include <check.h>
#include <stdio.h>

#include "cim/uri.h"

#define DMTF "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define MS "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/"
#define WMI "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
#define CIMXML "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/"

/* want: "KIND CLASS NAMESPACE PREFIX NAME=VALUE..."; NULL when it is none of ours. */
static const struct {
	const char *uri, *want;
} uris[] = {
	{ DMTF "CIM_Service", "class CIM_Service - " DMTF },
	{ DMTF "VSMIG_MigrationAdvisor", "class VSMIG_MigrationAdvisor - " DMTF },
	{ MS "CIM_Service", "class CIM_Service - " MS },
	{ WMI "CIM_Service", "class CIM_Service root/virtualization/v2 " WMI },
	{ WMI "*", "all  root/virtualization/v2 " WMI },
	{ "http://schemas.dmtf.org/wbem/wscim/1/*",
		"all  - http://schemas.dmtf.org/wbem/wscim/1/" },
	{ DMTF "*", "all  - " DMTF },
	{ CIMXML "*", "cimxml * - " CIMXML },
	{ CIMXML "CIM_Service", "cimxml CIM_Service - " CIMXML },
	{ "HTTP://Schemas.DMTF.org/wbem/wscim/1/cim-schema/2/CIM_Service",
		"class CIM_Service - HTTP://Schemas.DMTF.org/wbem/wscim/1/cim-schema/2/" },
	{ DMTF "CIM_Service?__cimnamespace=root/virtualization/v2",
		"class CIM_Service root/virtualization/v2 " DMTF },
	{ DMTF "CIM_Service?Name=a%20b&__cimnamespace=root%2Fv2&SystemName=h",
		"class CIM_Service root/v2 " DMTF " Name=a b SystemName=h" },
	{ DMTF "CIM_Service?", "class CIM_Service - " DMTF },
	{ DMTF "CIM_Service?Name=", "class CIM_Service - " DMTF " Name=" },
	{ DMTF "CIM_Service?Name", NULL },
	{ DMTF "CIM_Service?=x", NULL },
	{ DMTF "CIM_Service?Name=%2", NULL },
	{ DMTF "CIM_Service?Name=%00", NULL },
	{ DMTF "", NULL },
	{ DMTF "CIM_Service/", NULL },
	{ DMTF "CIM-Service", NULL },
	{ DMTF "a/CIM_Service", NULL },
	{ "http://schemas.dmtf.org/wbem/wscim/1/CIM_Service", NULL },
	{ "http://schemas.microsoft.com/wbem/wsman/1/wmi/CIM_Service", NULL },
	{ "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd", NULL },
	{ "http://libvirt.org/wbem/wscim/1/cim-schema/2/KVM_ComputerSystem", NULL },
	{ "https://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Service", NULL },
	{ "CIM_Service", NULL },
	{ "", NULL },
};

START_TEST(uri)
{
	static const char *const kinds[] = {
		[CIM_URI_CLASS] = "class", [CIM_URI_ALL] = "all", [CIM_URI_CIMXML] = "cimxml"
	};
	auto_arena struct arena *a = arena_new();
	struct cim_uri u;
	struct err e;
	char *got;

	if (cim_uri_parse(a, uris[_i].uri, &u, &e) != 0) {
		ck_assert_int_eq(e.code, ERR_CLASS);
		ck_assert_pstr_eq(uris[_i].want, NULL);
		return;
	}
	got = arena_printf(
		a, "%s %s %s %s", kinds[u.kind], u.class_name, u.ns != NULL ? u.ns : "-", u.prefix);
	for (size_t k = 0; k < u.n_keys; k++)
		got = arena_printf(a, "%s %s=%s", got, u.keys[k].name, u.keys[k].text);
	ck_assert_pstr_eq(got, uris[_i].want);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} namespaces[] = {
	{ "root/virtualization/v2", "root/virtualization/v2", true },
	{ "root\\virtualization\\v2", "root/virtualization/v2", true },
	{ "/ROOT/Virtualization/V2/", "root/virtualization/v2", true },
	{ "root//virtualization/v2", "root/virtualization/v2", true },
	{ "root/virtualization", "root/virtualization/v2", false },
	{ "root/virtualization/v2", "root/virtualization", false },
	{ "root/virtualizationv2", "root/virtualization/v2", false },
	{ "", "root", false },
	{ "", "/", true },
};

START_TEST(ns)
{
	ck_assert_int_eq(cim_ns_same(namespaces[_i].a, namespaces[_i].b), namespaces[_i].same);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_uri");
	TCase *t = tcase_create("uri");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, uri, 0, (int)ARRAY_LEN(uris));
	tcase_add_loop_test(t, ns, 0, (int)ARRAY_LEN(namespaces));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
