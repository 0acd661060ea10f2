/* CIM in XML, written, and read back. */
#include "tests/unit/cim_text.h"

static const struct cim_style style = { "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
	"http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous" };

static struct cim_instance *capabilities(void)
{
	static const uint64_t formats[] = { 2, 3 };
	struct cim_instance *i =
		cim_instance_new(a, C(CIM_VirtualSystemMigrationCapabilities), CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_VirtualSystemMigrationCapabilities_p_InstanceID, "a<b>&\"c\"");
	cim_set_uints(a, i,
		CIM_VirtualSystemMigrationCapabilities_p_DestinationHostFormatsSupported, formats,
		2);
	cim_set_uints(a, i, CIM_VirtualSystemMigrationCapabilities_p_AsynchronousMethodsSupported,
		NULL, 0);
	return i;
}

static struct cim_instance *association(void)
{
	struct cim_instance *i = cim_instance_new(a, C(CIM_ElementCapabilities), CIM_NS_DEFAULT);

	cim_set_ref(a, i, CIM_ElementCapabilities_p_Capabilities, cim_ref_of(a, capabilities()));
	cim_set_ref(a, i, CIM_ElementCapabilities_p_ManagedElement, cim_ref_of(a, capabilities()));
	return i;
}

static struct cim_instance *dated(const char *datetime)
{
	struct cim_instance *i = cim_instance_new(a, C(CIM_ComputerSystem), CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_ComputerSystem_p_InstallDate, datetime);
	return i;
}

#define P2 "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define CAPS P2 "CIM_VirtualSystemMigrationCapabilities"

START_TEST(instance_is_written)
{
	auto_buf struct buf out = { 0 };

	cim_instance_to_xml(&out, &style, capabilities(), NULL);
	ck_assert_str_eq(out.data,
		"<p:CIM_VirtualSystemMigrationCapabilities xmlns:p=\"" CAPS "\" "
		"xsi:type=\"p:CIM_VirtualSystemMigrationCapabilities_Type\">"
		"<p:Caption xsi:nil=\"true\"/><p:Description xsi:nil=\"true\"/>"
		"<p:DestinationHostFormatsSupported>2</p:DestinationHostFormatsSupported>"
		"<p:DestinationHostFormatsSupported>3</p:DestinationHostFormatsSupported>"
		"<p:ElementName xsi:nil=\"true\"/><p:Generation xsi:nil=\"true\"/>"
		"<p:InstanceID>a&lt;b&gt;&amp;&quot;c&quot;</p:InstanceID>"
		"<p:SynchronousMethodsSupported xsi:nil=\"true\"/>"
		"</p:CIM_VirtualSystemMigrationCapabilities>");
}
END_TEST

START_TEST(instance_is_written_as_its_base)
{
	auto_buf struct buf out = { 0 };

	cim_instance_to_xml(&out, &style, capabilities(), C(CIM_ManagedElement));
	ck_assert_str_eq(out.data,
		"<p:CIM_ManagedElement xmlns:p=\"" P2 "CIM_ManagedElement\" "
		"xsi:type=\"p:CIM_ManagedElement_Type\">"
		"<p:Caption xsi:nil=\"true\"/><p:Description xsi:nil=\"true\"/>"
		"<p:ElementName xsi:nil=\"true\"/><p:Generation xsi:nil=\"true\"/>"
		"<p:InstanceID>a&lt;b&gt;&amp;&quot;c&quot;</p:InstanceID></p:CIM_ManagedElement>");
}
END_TEST

#define EPR_CONTENT                                                                                \
	"<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"             \
	"</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>" CAPS "</wsman:ResourceURI>"   \
	"<wsman:SelectorSet><wsman:Selector Name=\"__cimnamespace\">root/virtualization/v2"        \
	"</wsman:Selector><wsman:Selector Name=\"InstanceID\">a&lt;b&gt;&amp;&quot;c&quot;"        \
	"</wsman:Selector></wsman:SelectorSet></wsa:ReferenceParameters>"

START_TEST(reference_values_hold_the_epr_directly)
{
	auto_buf struct buf out = { 0 };

	cim_instance_to_xml(&out, &style, association(), NULL);
	ck_assert_str_eq(out.data,
		"<p:CIM_ElementCapabilities xmlns:p=\"" P2 "CIM_ElementCapabilities\" "
		"xsi:type=\"p:CIM_ElementCapabilities_Type\">"
		"<p:Capabilities>" EPR_CONTENT "</p:Capabilities>"
		"<p:Characteristics xsi:nil=\"true\"/>"
		"<p:ManagedElement>" EPR_CONTENT "</p:ManagedElement></p:CIM_ElementCapabilities>");
}
END_TEST

START_TEST(reference_keys_are_wrapped)
{
	auto_buf struct buf out = { 0 };

	cim_epr_to_xml(&out, &style, cim_ref_of(a, association()));
	ck_assert_ptr_nonnull(strstr(out.data,
		"<wsman:Selector Name=\"Capabilities\"><wsa:EndpointReference>" EPR_CONTENT
		"</wsa:EndpointReference></wsman:Selector>"));
	ck_assert_int_eq(strncmp(out.data, "<wsa:EndpointReference><wsa:Address>", 36), 0);
}
END_TEST

static const struct {
	const char *text, *want;
} dates[] = {
	{ "20240229123456.789012+060", "Datetime xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/"
				       "common\">2024-02-29T12:34:56.789012+01:00</cim:Datetime>" },
	{ "20240229123456.000000+000", ">2024-02-29T12:34:56.000000Z</cim:Datetime>" },
	{ "00000001010203.000004:000", ">00000001010203.000004:000</cim:CIM_DateTime>" },
	{ "2024022912****.******+000", ">2024022912****.******+000</cim:CIM_DateTime>" },
};

START_TEST(dates_are_written)
{
	auto_buf struct buf out = { 0 };

	cim_instance_to_xml(&out, &style, dated(dates[_i].text), NULL);
	ck_assert_msg(strstr(out.data, dates[_i].want) != NULL, "%s", out.data);
}
END_TEST

/* Written by us, read by us: every reference survives, in both places. */
START_TEST(reference_goes_round)
{
	const struct cim_ref *r = cim_ref_of(a, association());
	auto_buf struct buf out = { 0 };
	struct cim_ref *back;
	xmlDoc *doc;

	buf_puts(&out, "<R>");
	cim_epr_to_xml(&out, &style, r);
	buf_puts(&out, "</R>");
	doc = parse(out.data);
	ck_assert_int_eq(cim_ref_from_xml(a, xmlDocGetRootElement(doc), &back, &e), 0);
	xmlFreeDoc(doc);
	ck_assert_str_eq(ref_summary(back),
		"CIM_ElementCapabilities|root/virtualization/v2|"
		"Capabilities=(CIM_VirtualSystemMigrationCapabilities|root/virtualization/v2|"
		"InstanceID=a<b>&\"c\";);"
		"ManagedElement=(CIM_VirtualSystemMigrationCapabilities|root/virtualization/v2|"
		"InstanceID=a<b>&\"c\";);");
	ck_assert(cim_ref_selects(back, association()));
	ck_assert_int_eq(cim_ref_check(back, C(CIM_ElementCapabilities), &e), 0);
}
END_TEST

START_TEST(cimxml_goes_round)
{
	auto_buf struct buf out = { 0 };
	struct cim_loose *l;

	cim_instance_to_cimxml(&out, capabilities());
	ck_assert_int_eq(cim_loose_from_text(a, out.data, &l, &e), 0);
	ck_assert_str_eq(loose_summary(l),
		"CIM_VirtualSystemMigrationCapabilities AsynchronousMethodsSupported=[] "
		"DestinationHostFormatsSupported=[2,3] InstanceID=a<b>&\"c\"");
}
END_TEST

/* Instances within instances, whatever is in their text, come out as they went in. */
START_TEST(cimxml_holds_instances)
{
	static const char text[] = "<a> & ]]> \"b\"";
	struct cim_instance *i = cim_instance_new(a, C(VSMIG_MigrationFinding), NULL);
	struct cim_instance *o = cim_instance_new(a, C(VSMIG_DestinationVerdict), NULL);
	const struct cim_instance *list[] = { i, i };
	auto_buf struct buf out = { 0 };
	struct cim_loose *l, *f;

	cim_set_str(a, i, VSMIG_MigrationFinding_p_Message, text);
	cim_set_instances(a, o, VSMIG_DestinationVerdict_p_Findings, list, 2);
	cim_instance_to_cimxml(&out, o);
	ck_assert_ptr_nonnull(strstr(out.data, "<![CDATA[<INSTANCE"));
	ck_assert_int_eq(cim_loose_from_text(a, out.data, &l, &e), 0);
	ck_assert_uint_eq(cim_loose_find(l, "Findings")->n, 2);
	ck_assert_int_eq(
		cim_loose_from_text(a, cim_loose_find(l, "Findings")->values[1], &f, &e), 0);
	ck_assert_str_eq(cim_loose_find(f, "Message")->values[0], text);
}
END_TEST

START_TEST(cimxml_holds_references)
{
	auto_buf struct buf out = { 0 };

	cim_instance_to_cimxml(&out, association());
	ck_assert_ptr_nonnull(strstr(out.data,
		"<PROPERTY.REFERENCE NAME=\"Capabilities\"><VALUE.REFERENCE>"
		"<INSTANCENAME CLASSNAME=\"CIM_VirtualSystemMigrationCapabilities\">"
		"<KEYBINDING NAME=\"InstanceID\"><KEYVALUE>a&lt;b&gt;&amp;&quot;c&quot;</KEYVALUE>"
		"</KEYBINDING></INSTANCENAME></VALUE.REFERENCE></PROPERTY.REFERENCE>"));
}
END_TEST

START_TEST(output_begins_with_the_return_value)
{
	const struct cim_method *m = check_method();
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	struct cim_value ret = cim_value_uint(a, 0);
	auto_buf struct buf out = { 0 };

	args[1] = cim_value_str(a, "in parameters do not come back");
	args[5] = cim_value_bool(a, true);
	cim_output_to_xml(&out, &style, C(CIM_VirtualSystemMigrationService), m, &ret, args);
	ck_assert_str_eq(out.data,
		"<p:CheckVirtualSystemIsMigratableToHost_OUTPUT xmlns:p=\"" P2
		"CIM_VirtualSystemMigrationService\"><p:ReturnValue>0</p:ReturnValue>"
		"<p:IsMigratable>true</p:IsMigratable>"
		"</p:CheckVirtualSystemIsMigratableToHost_OUTPUT>");
}
END_TEST

/* An instance that stands in for text is written in place, under a prefix of its own. */
START_TEST(embedded_instances_are_written)
{
	const struct cim_method *m = cim_method_find(
		C(VSMIG_MigrationAdvisor), "ExplainVirtualSystemIsMigratableToHost");
	struct cim_value *args = arena_array(a, m->n_parameters, sizeof *args);
	struct cim_value ret = cim_value_uint(a, 0);
	struct cim_loose *l;
	union cim_datum d = { .inst = capabilities() };
	auto_buf struct buf out = { 0 };
	const xmlNode *findings;
	xmlDoc *doc;

	args[VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToHost_a_Findings] =
		(struct cim_value){ .given = true, .instance = true, .n = 1, .data = &d };
	buf_puts(&out, "<R " XSI ">");
	cim_output_to_xml(&out, &style, C(VSMIG_MigrationAdvisor), m, &ret, args);
	buf_puts(&out, "</R>");
	doc = parse(out.data);
	findings = node_child(node_first(xmlDocGetRootElement(doc)), "Findings");
	ck_assert_ptr_nonnull(findings);
	ck_assert_int_eq(cim_loose_from_xml(a, findings, &l, &e), 0);
	ck_assert_str_eq(l->class_name, "CIM_VirtualSystemMigrationCapabilities");
	ck_assert_str_eq(cim_loose_find(l, "instanceid")->values[0], "a<b>&\"c\"");
	xmlFreeDoc(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_codec_write");
	TCase *t = tcase_create("codec");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, instance_is_written);
	tcase_add_test(t, instance_is_written_as_its_base);
	tcase_add_test(t, reference_values_hold_the_epr_directly);
	tcase_add_test(t, reference_keys_are_wrapped);
	tcase_add_loop_test(t, dates_are_written, 0, (int)ARRAY_LEN(dates));
	tcase_add_test(t, reference_goes_round);
	tcase_add_test(t, cimxml_goes_round);
	tcase_add_test(t, cimxml_holds_references);
	tcase_add_test(t, cimxml_holds_instances);
	tcase_add_test(t, output_begins_with_the_return_value);
	tcase_add_test(t, embedded_instances_are_written);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
