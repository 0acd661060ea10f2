/* Every fault of the table, as it leaves, in both charsets; and what errors become. */
#include <check.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/mem.h"
#include "wsman/reply.h"
#include "wsman/xml.h"

#define F_NS "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define OMI_NS "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error"
#define CIM_ERROR_NS "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Error"

static const struct reply_head head = {
	.to = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
	.relates_to = "uuid:1<&>\xc3\xa9",
	.extra = "<x:tag xmlns:x=\"urn:x\">1</x:tag>",
};

/* Parses what reply_encode made of it, as a client would: by the byte order mark. */
static xmlDoc *encode_and_parse(struct buf *utf8, enum charset c)
{
	auto_buf struct buf out = { 0 };
	xmlDoc *doc;

	reply_encode(&out, utf8, c);
	if (c == CHARSET_UTF16)
		ck_assert_mem_eq(out.data, "\xff\xfe<\0", 4);
	doc = xmlReadMemory(out.data, (int)out.len, NULL, NULL, XML_PARSE_NOBLANKS);
	ck_assert_ptr_nonnull(doc);
	return doc;
}

static const char *text_at(struct arena *a, const xmlNode *n, const char *ns, const char *name)
{
	return xml_text(a, xml_child(n, ns, name));
}

static void check_detail(struct arena *a, const xmlNode *detail, const struct fault_row *row,
	const char *text, bool from_cim)
{
	const xmlNode *wsman_fault = xml_child(detail, F_NS, "WSManFault");
	const xmlNode *omi = xml_child(detail, OMI_NS, "OMI_Error");
	const xmlNode *cim =
		xml_child(xml_child(detail, XML_NS_WSMB, "CIMError"), CIM_ERROR_NS, "CIM_Error");
	const char *uri = text_at(a, detail, XML_NS_WSMAN, "FaultDetail");

	if (row->detail)
		ck_assert_str_eq(uri, arena_printf(a, FAULT_DETAIL_PREFIX "%s", row->detail));
	else
		ck_assert_ptr_null(uri);
	ck_assert_str_eq(
		xml_attribute(a, wsman_fault, NULL, "Code"), arena_printf(a, "%u", row->winrm));
	ck_assert_str_eq(xml_attribute(a, wsman_fault, NULL, "Machine"), "host<1>");
	ck_assert_str_eq(text_at(a, wsman_fault, F_NS, "Message"), text);
	ck_assert_str_eq(xml_attribute(a, omi, XML_NS_WSMB, "IsCIM_Error"), "true");
	ck_assert_str_eq(text_at(a, omi, OMI_NS, "MessageID"),
		arena_printf(a, "OMI:MI_Result:%d", row->cim));
	ck_assert_str_eq(text_at(a, omi, OMI_NS, "CIMStatusCode"), arena_printf(a, "%d", row->cim));
	ck_assert_str_eq(text_at(a, omi, OMI_NS, "Message"), text);
	ck_assert(!cim == !from_cim);
	if (!cim)
		return;
	ck_assert_str_eq(
		text_at(a, cim, CIM_ERROR_NS, "CIMStatusCode"), arena_printf(a, "%d", row->cim));
	ck_assert_str_eq(text_at(a, cim, CIM_ERROR_NS, "Message"), text);
	ck_assert_str_eq(text_at(a, cim, CIM_ERROR_NS, "MessageID"), row->id);
	ck_assert_str_eq(text_at(a, cim, CIM_ERROR_NS, "OwningEntity"), "vsmigd");
	/* libmi takes what it knows at any depth, so what it must not mistake stands behind. */
	ck_assert_ptr_eq(xml_next(cim->parent), NULL);
}

static void check_fault(struct arena *a, const xmlNode *fault, const struct fault_row *row,
	const char *text, bool from_cim)
{
	const xmlNode *code = xml_child(fault, XML_NS_SOAP, "Code");
	const xmlNode *subcode = xml_child(code, XML_NS_SOAP, "Subcode");
	const xmlNode *reason = xml_child(fault, XML_NS_SOAP, "Reason");

	ck_assert_str_eq(text_at(a, code, XML_NS_SOAP, "Value"), row->code);
	if (row->subcode)
		ck_assert_str_eq(text_at(a, subcode, XML_NS_SOAP, "Value"), row->subcode);
	else
		ck_assert_ptr_null(subcode);
	ck_assert_str_eq(text_at(a, reason, XML_NS_SOAP, "Text"), text);
	ck_assert_str_eq(xml_attribute(a, xml_child(reason, XML_NS_SOAP, "Text"),
				 "http://www.w3.org/XML/1998/namespace", "lang"),
		"en-US");
	check_detail(a, xml_child(fault, XML_NS_SOAP, "Detail"), row, text, from_cim);
}

static void check_row(enum fault_id id, enum charset c, bool from_cim)
{
	const struct fault_row *row = fault_row(id);
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	const xmlNode *root, *header;
	struct fault f = { 0 };
	xmlDoc *doc;

	fault_set(&f, id, "A sentence \xe2\x82\xac <of> %s\x01", "row");
	f.cim = from_cim;
	f.detail = "<y:more xmlns:y=\"urn:y\"/>";
	reply_fault(&out, &head, &f, "host<1>");
	ck_assert_uint_le(out.len, 4096);
	doc = encode_and_parse(&out, c);
	root = xmlDocGetRootElement(doc);
	header = xml_child(root, XML_NS_SOAP, "Header");
	ck_assert_str_eq(text_at(a, header, XML_NS_WSA, "Action"), fault_action(id));
	ck_assert_str_eq(text_at(a, header, XML_NS_WSA, "To"), head.to);
	ck_assert_str_eq(text_at(a, header, XML_NS_WSA, "RelatesTo"), head.relates_to);
	ck_assert_int_eq(strncmp(text_at(a, header, XML_NS_WSA, "MessageID"), "uuid:", 5), 0);
	ck_assert_str_eq(text_at(a, header, "urn:x", "tag"), "1");
	ck_assert(!!xml_child(header, XML_NS_SOAP, "Upgrade") == (id == FAULT_VERSION_MISMATCH));
	check_fault(a, xml_child(xml_child(root, XML_NS_SOAP, "Body"), XML_NS_SOAP, "Fault"), row,
		"A sentence \xe2\x82\xac <of> row?", from_cim);
	xmlFreeDoc(doc);
}

START_TEST(row)
{
	const struct fault_row *r = fault_row(_i);

	ck_assert_ptr_nonnull(r->code);
	ck_assert_ptr_nonnull(strchr(r->code, ':'));
	ck_assert(r->winrm != 0 && r->cim > 0 && r->text[0]);
	ck_assert(!r->subcode ==
		  !(strcmp(r->code, "s:Sender") == 0 || strcmp(r->code, "s:Receiver") == 0));
	for (int from_cim = 0; from_cim < 2; from_cim++) {
		check_row(_i, CHARSET_UTF8, from_cim);
		check_row(_i, CHARSET_UTF16, from_cim);
	}
}
END_TEST

START_TEST(own_text)
{
	struct fault f;

	ck_assert_int_eq(fault_set(&f, _i, NULL), -1);
	ck_assert_str_eq(f.text, fault_row(_i)->text);
}
END_TEST

static const struct {
	int code;
	enum fault_id want;
} errors[] = {
	{ ERR_SYNTAX, FAULT_SCHEMA_VALIDATION },
	{ ERR_LIMIT, FAULT_ENCODING_LIMIT },
	{ ERR_CONFIG, FAULT_INTERNAL_ERROR },
	{ ERR_IO, FAULT_INTERNAL_ERROR },
	{ ERR_BUSY, FAULT_QUOTA_LIMIT },
	{ ERR_TIMEOUT, FAULT_TIMED_OUT },
	{ ERR_UNAVAILABLE, FAULT_ENDPOINT_UNAVAILABLE },
	{ ERR_ACCESS, FAULT_ACCESS_DENIED },
	{ ERR_UNSUPPORTED, FAULT_ACTION_MISMATCH },
	{ ERR_INTERNAL, FAULT_INTERNAL_ERROR },
	{ ERR_NAMESPACE, FAULT_INVALID_NAMESPACE },
	{ ERR_CLASS, FAULT_INVALID_RESOURCE_URI },
	{ ERR_NOT_FOUND, FAULT_NOT_FOUND },
	{ ERR_METHOD, FAULT_METHOD_NOT_FOUND },
	{ ERR_PARAMETER, FAULT_INVALID_PARAMETER },
	{ ERR_KEY_MISSING, FAULT_INSUFFICIENT_SELECTORS },
	{ ERR_KEY_UNEXPECTED, FAULT_UNEXPECTED_SELECTORS },
	{ ERR_KEY_DUPLICATE, FAULT_DUPLICATE_SELECTORS },
	{ ERR_KEY_VALUE, FAULT_SELECTOR_TYPE },
	{ ERR_CODE_COUNT, FAULT_INTERNAL_ERROR },
	{ -1, FAULT_INTERNAL_ERROR },
};

START_TEST(error)
{
	struct err e = { .code = errors[_i].code, .text = "because" };
	struct fault f;

	fault_from_err(&f, &e);
	ck_assert_int_eq(f.id, errors[_i].want);
	ck_assert_str_eq(f.text, "because");
	ck_assert(f.cim);
	e.text[0] = '\0';
	fault_from_err(&f, &e);
	ck_assert_str_eq(f.text, fault_row(f.id)->text);
}
END_TEST

START_TEST(replies)
{
	static const char body[] = "<wsmid:IdentifyResponse/>";
	struct reply_head full = head;
	auto_buf struct buf out = { 0 };

	full.action = "urn:a";
	full.total = "7";
	for (enum charset c = 0; c < CHARSET_COUNT; c++) {
		size_t around = reply_overhead(&full, c);
		auto_buf struct buf utf8 = { 0 }, encoded = { 0 };

		reply_write(&utf8, &full, body, sizeof body - 1);
		reply_encode(&encoded, &utf8, c);
		ck_assert_uint_eq(encoded.len, around + charset_size(c, body, sizeof body - 1));
		ck_assert_uint_eq(utf8.len, 0);
	}
	reply_write(&out, NULL, body, sizeof body - 1);
	ck_assert_ptr_nonnull(
		strstr(out.data, "<s:Header/><s:Body><wsmid:IdentifyResponse/></s:Body>"));
	buf_clear(&out);
	reply_write(&out, &full, "", 0);
	ck_assert_ptr_nonnull(strstr(out.data, "<wsman:TotalItemsCountEstimate>7<"));
	ck_assert_ptr_null(strstr(out.data, "&#"));
}
END_TEST

/* More than gSOAP's own buffer holds. */
START_TEST(large)
{
	auto_buf struct buf body = { 0 }, out = { 0 };
	struct reply_head full = head;

	full.action = "urn:a";
	for (int i = 0; i < 40000; i++)
		buf_printf(&body, "<x>%d</x>", i);
	reply_write(&out, &full, body.data, body.len);
	ck_assert_uint_eq(out.len, reply_overhead(&full, CHARSET_UTF8) + body.len);
	ck_assert_ptr_nonnull(strstr(out.data, body.data));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_faults");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, row, 0, FAULT_COUNT);
	tcase_add_loop_test(t, own_text, 0, FAULT_COUNT);
	tcase_add_loop_test(t, error, 0, ARRAY_LEN(errors));
	tcase_add_test(t, replies);
	tcase_add_test(t, large);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
