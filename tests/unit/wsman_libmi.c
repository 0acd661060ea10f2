/* Which pages of an enumeration libmi can read. */
#include <check.h>

#include "daemon/base/buf.h"
#include "wsman/libmi.h"

#define EPR(inside)                                                                                \
	"<wsa:Address>a</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>u"                \
	"</wsman:ResourceURI><wsman:SelectorSet>" inside                                           \
	"</wsman:SelectorSet></wsa:ReferenceParameters>"
#define KEY "<wsman:Selector Name=\"n\">v</wsman:Selector>"
#define NESTED                                                                                     \
	"<wsman:Selector Name=\"n\"><wsa:EndpointReference>" EPR(                                  \
		KEY) "</wsa:EndpointReference></wsman:Selector>"
#define REF "<p:R>" EPR(KEY) "</p:R>"
#define DEEP "<p:R>" EPR(NESTED) "</p:R>"
#define TEXT "<p:T>text</p:T>"
#define NONE "<p:T xsi:nil=\"true\"/><p:T></p:T>"
#define DATE "<p:D><cim:Datetime xmlns:cim=\"c\">2024-02-29T12:34:56.000000Z</cim:Datetime></p:D>"
#define INTERVAL "<p:D><cim:CIM_DateTime xmlns:cim=\"c\">000</cim:CIM_DateTime></p:D>"
#define INSTANCE(inside) "<p:I xmlns:q=\"c\" xsi:type=\"q:C_Type\">" inside "</p:I>"

/* How many of 100 such items one page takes, and whether it needs the declaration. */
static const struct {
	const char *item;
	int items;
	bool declaration;
} pages[] = {
	{ REF, 100, false },
	{ DEEP, 100, false },
	{ TEXT TEXT, 100, false },
	{ TEXT TEXT TEXT TEXT TEXT TEXT TEXT, 100, false },
	/* The count of one stands at 6 before the seventh item, that of the other before the eighth. */
	{ REF TEXT, 7, true },
	{ REF REF TEXT, 7, true },
	{ REF NONE TEXT, 7, true },
	{ TEXT REF, 6, true },
	{ REF TEXT TEXT, 100, true },
	{ REF REF DATE, 100, true },
	{ REF INSTANCE("<q:T xsi:nil=\"true\"/>"), 7, true },
	{ REF INSTANCE(TEXT), 100, true },
	{ REF INTERVAL, 100, false },
	{ REF TEXT TEXT TEXT, 100, true },
	{ REF TEXT TEXT TEXT TEXT, 100, false },
	{ REF TEXT TEXT TEXT TEXT TEXT, 100, false },
	/* The Address of the inner reference is four elements deeper. */
	{ DEEP TEXT TEXT TEXT TEXT TEXT, 100, true },
	/* Alone it can be read neither way; items_write gives it all the same. */
	{ TEXT TEXT TEXT TEXT TEXT TEXT REF TEXT REF, 0, false },
};

START_TEST(page)
{
	struct libmi_page p = { 0 };
	auto_buf struct buf item = { 0 };
	int n = 0;

	buf_printf(&item, "<p:C xmlns:p=\"c\" xsi:type=\"p:C_Type\">%s</p:C>", pages[_i].item);
	while (n < 100 && libmi_add(&p, item.data))
		n++;
	ck_assert_int_eq(n, pages[_i].items);
	ck_assert_int_eq(p.lost[0], pages[_i].declaration);
	ck_assert(!p.lost[0] || !p.lost[1]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_libmi");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, page, 0, sizeof pages / sizeof *pages);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
