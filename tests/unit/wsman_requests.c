/*
 * Requests as real clients sent them (tests/data/requests), and what EXPECT.tsv there says that
 * they must get.
 */
#include "wsman_world.h"

#include "daemon/base/mem.h"

#define CLASS_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WMI_URI "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
#define SERVICE "CIM_VirtualSystemMigrationService"
#define CHECK "CheckVirtualSystemIsMigratableToHost"
#define OUTPUT "<p:" CHECK "_OUTPUT xmlns:p=\"" CLASS_URI SERVICE "\">"
#define CODE(n) "<p:ReturnValue>" #n "</p:ReturnValue>"
#define SELECTOR(name, value) "<wsman:Selector Name=\"" name "\">" value "</wsman:Selector>"
#define KEYS                                                                                       \
	SELECTOR("CreationClassName", SERVICE)                                                     \
	SELECTOR("Name", "vsmigd")                                                                 \
	SELECTOR("SystemCreationClassName", "CIM_ComputerSystem") SELECTOR("SystemName", "MyHost")
#define VM_KEY                                                                                     \
	{                                                                                          \
		">vm1<", ">" WORLD_VM "<"                                                          \
	}
#define TARGET                                                                                     \
	{                                                                                          \
		">host2<", ">target<"                                                              \
	}
#define LIBMI_KEYS                                                                                 \
	{ ">svc<", ">vsmigd<" }, { ">CIM_System<", ">CIM_ComputerSystem<" },                       \
	{                                                                                          \
		">h<", ">MyHost<"                                                                  \
	}
#define WINDOWS_KEYS                                                                               \
	{ ">migsvc<", ">vsmigd<" },                                                                \
	{                                                                                          \
		">host1<", ">MyHost<"                                                              \
	}
#define WSMAN_KEYS                                                                                 \
	{ "http://libvirt.org/wbem/wscim/1/cim-schema/2/KVM_", CLASS_URI "CIM_" },                 \
		{ SELECTOR("Name", "svc1"), KEYS },                                                \
	{                                                                                          \
		">dst.example<", ">target<"                                                        \
	}

struct row {
	const char *file;
	struct {
		const char *from, *to; /* every occurrence; at least one */
	} put[12];
	int status;
	const char *want[5], *absent[3];
};

static const struct row rows[] = {
	{ "libmi-enum.http", { { "Msvm_ComputerSystem", "CIM_ComputerSystem" } }, 200,
		{ "<wsen:EnumerationContext/><wsman:Items><p:CIM_ComputerSystem ", WORLD_VM,
			"</p:CIM_ComputerSystem></wsman:Items><wsman:EndOfSequence/>",
			"<wsa:RelatesTo>uuid:3C798464-60F2-0006-0000-000000010000<" },
		{ "wsman:Item>", "wsen:Items" } },
	{ "libmi-iinvoke.http", { LIBMI_KEYS, VM_KEY, TARGET }, 200,
		{ OUTPUT CODE(4), CLASS_URI SERVICE "/" CHECK "Response</wsa:Action>" },
		{ "<p:IsMigratable" } },
	{ "libmi-iinvoke.http",
		{ LIBMI_KEYS, VM_KEY, TARGET,
			{ "<p:MigrationSettingData>&lt;INSTANCE/&gt;</p:MigrationSettingData>",
				"" },
			{ "<p:NewResourceSettingData>a</p:NewResourceSettingData>", "" },
			{ "<p:NewResourceSettingData>b</p:NewResourceSettingData>", "" } },
		200, { OUTPUT CODE(0), "<p:IsMigratable>" }, { NULL } },
	{ "libmi-wql.http", { { NULL, NULL } }, 500,
		{ "wsman:SchemaValidationError", "OMI:MI_Result:4<" }, { NULL } },
	{ "libmi-wql.http", { { "a&b", "a and b" }, { "< 3", "= 2" } }, 200,
		{ "EnumerateResponse>", "<wsen:EnumerationContext/><wsman:Items></wsman:Items>"
					"<wsman:EndOfSequence/>" },
		{ NULL } },
	{ "libmi-wql.http", { { "a&b", "running" }, { "< 3", "= 2" } }, 200,
		{ "<p:Msvm_ComputerSystem xmlns:p=\"" WMI_URI "Msvm_ComputerSystem\"", WORLD_VM },
		{ "c102", "wsman:Item>" } },
	{ "template-windows-assoc.http", { VM_KEY }, 200,
		{ "EnumerateResponse>",
			"<wsen:EnumerationContext/"
			"><wsman:Items><wsman:Item><p:Msvm_ComputerSystem ",
			"</p:Msvm_ComputerSystem><wsa:EndpointReference>",
			"</wsa:EndpointReference></wsman:Item></wsman:Items><wsman:EndOfSequence/"
			">" },
		{ NULL } },
	{ "template-windows-assoc.http", { { NULL, NULL } }, 500,
		{ "wsen:CannotProcessFilter", "2150858778", "Object selects no instance",
			"http://schemas.dmtf.org/wbem/wsman/1/wsman/fault</wsa:Action>" },
		{ NULL } },
	{ "template-windows-enum.http", { { SERVICE, "CIM_ComputerSystem" } }, 200,
		{ "<wsman:Items><wsman:Item><p:CIM_ComputerSystem ",
			"</p:CIM_ComputerSystem><wsa:EndpointReference>",
			"</wsa:EndpointReference></wsman:Item></wsman:Items><wsman:EndOfSequence/"
			">" },
		{ NULL } },
	{ "template-windows-enum.http", { { NULL, NULL } }, 200,
		{ "<wsman:Item><p:" SERVICE " ", "</p:" SERVICE "><wsa:EndpointReference>" },
		{ NULL } },
	{ "template-windows-getclass.http", { { NULL, NULL } }, 200,
		{ "transfer/GetResponse</wsa:Action>",
			"<s:Body><CLASS NAME=\"" SERVICE "\" SUPERCLASS=\"CIM_Service\" "
			"DERIVATION=\"CIM_Service,",
			"<METHOD NAME=\"" CHECK "\" TYPE=\"uint32\" CLASSORIGIN=\"" SERVICE "\">",
			"</METHOD></CLASS></s:Body>" },
		{ NULL } },
	{ "template-windows-getclass.http", { { SERVICE, "CIM_Nothing" } }, 500,
		{ "wsa:DestinationUnreachable", "faultDetail/InvalidResourceURI",
			"OMI:MI_Result:5<" },
		{ NULL } },
	{ "template-windows-getclass.http", { { ">root/virtualization/v2<", ">root/none<" } }, 500,
		{ "wsa:DestinationUnreachable", "OMI:MI_Result:3<" }, { NULL } },
	{ "template-windows-invoke-class-utf16.http", { VM_KEY, TARGET }, 200,
		{ OUTPUT CODE(0), "<p:IsMigratable>" }, { NULL } },
	{ "template-windows-invoke-inst.http", { WINDOWS_KEYS, VM_KEY, TARGET }, 200,
		{ OUTPUT CODE(4) }, { "<p:IsMigratable" } },
	{ "template-windows-invoke-inst.http",
		{ WINDOWS_KEYS, VM_KEY, TARGET,
			{ "<p0:NewResourceSettingData "
			  "xsi:type=\"cim:cimString\">a</p0:NewResourceSettingData>",
				"" },
			{ "<p0:NewResourceSettingData "
			  "xsi:type=\"cim:cimString\">b</p0:NewResourceSettingData>",
				"" } },
		200, { OUTPUT CODE(0), "<p:IsMigratable>" }, { NULL } },
	{ "template-windows-winrm-invoke.http", { WINDOWS_KEYS, TARGET }, 200,
		{ WMI_URI SERVICE "/" CHECK "Response</wsa:Action>",
			"_OUTPUT xmlns:p=\"" WMI_URI SERVICE "\">" CODE(4) },
		{ NULL } },
	{ "wsman-enumerate-objepr.http", { { NULL, NULL } }, 200,
		{ "EnumerateResponse>", "<wsen:EnumerationContext>" },
		{ "Items", "EndOfSequence" } },
	{ "wsman-identify-encoding-utf16.http", { { NULL, NULL } }, 200,
		{ "<wsmid:IdentifyResponse>", "Stack: 3.0" }, { NULL } },
	{ "wsman-identify.http", { { NULL, NULL } }, 200,
		{ "<s:Header/><s:Body><wsmid:IdentifyResponse><wsmid:ProtocolVersion>"
		  "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>",
			"https/basic" },
		{ NULL } },
	{ "wsman-invoke-J-epr.http",
		{ WSMAN_KEYS, { ">guest1<", ">" WORLD_VM "<" },
			{ ">root/virt<", ">root/virtualization/v2<" }, { ">KVM_", ">CIM_" } },
		200, { OUTPUT CODE(0), "<p:IsMigratable>" }, { NULL } },
	{ "wsman-invoke-k-multi.http", { WSMAN_KEYS, { ">guest1<", ">running<" } }, 200,
		{ OUTPUT CODE(0), "<p:IsMigratable>" }, { NULL } },
	{ "wsman-put-k.http",
		{ { ">svc1<", ">vsmigd<" }, { ">host1<", ">MyHost<" },
			{ ">CIM_System<", ">CIM_ComputerSystem<" } },
		500,
		{ "wsa:ActionNotSupported", "ActionMismatch", "addressing/fault</wsa:Action>" },
		{ NULL } },
};

static void read_file(struct buf *out, const char *name)
{
	char path[1024];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, TEST_DATA "/requests/%s", name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	while ((n = fread(buf_reserve(out, 4096), 1, 4096, f)) > 0)
		out->len += n;
	fclose(f);
}

/* A recorded request: its Content-Type, and its body in UTF-8. */
static void load(const char *name, char type[128], struct buf *body)
{
	static const char header[] = "\r\nContent-Type: ";
	auto_buf struct buf file = { 0 };
	const char *at, *end;
	size_t head;

	read_file(&file, name);
	at = memmem(file.data, file.len, header, sizeof header - 1);
	end = memmem(file.data, file.len, "\r\n\r\n", 4);
	ck_assert_msg(at && end && at < end, "%s", name);
	at += sizeof header - 1;
	snprintf(type, 128, "%.*s", (int)strcspn(at, "\r"), at);
	head = (size_t)(end + 4 - file.data);
	if (strstr(type, "UTF-16"))
		ck_assert(
			charset_from_utf16(body, file.data + head + 2, file.len - head - 2, false));
	else
		buf_add(body, file.data + head, file.len - head);
}

static void replace(struct buf *text, const char *from, const char *to, const char *file)
{
	auto_buf struct buf out = { 0 };
	const char *p = text->data, *next;
	size_t count = 0;

	for (; (next = strstr(p, from)); p = next + strlen(from), count++) {
		buf_add(&out, p, (size_t)(next - p));
		buf_puts(&out, to);
	}
	ck_assert_msg(count > 0, "%s has no \"%s\"", file, from);
	buf_puts(&out, p);
	buf_clear(text);
	buf_add(text, out.data, out.len);
}

static struct asking *send_utf8_or_16(const char *type, const struct buf *body)
{
	static const struct principal who = { PRINCIPAL_USER, "client" };
	auto_buf struct buf wide = { 0 };

	if (!strstr(type, "UTF-16"))
		return ask_as(&who, type, body->data, body->len);
	buf_add(&wide, "\xff\xfe", 2);
	charset_to_utf16(&wide, body->data, body->len);
	struct asking *q = ask_as(&who, type, wide.data, wide.len);

	ck_assert_str_eq(q->call.reply_type, WORLD_UTF16);
	return q;
}

START_TEST(recorded)
{
	const struct row *r = &rows[_i];
	auto_buf struct buf body = { 0 };
	struct asking *q;
	char type[128];

	load(r->file, type, &body);
	for (size_t i = 0; i < ARRAY_LEN(r->put) && r->put[i].from; i++)
		replace(&body, r->put[i].from, r->put[i].to, r->file);
	q = send_utf8_or_16(type, &body);
	ck_assert_msg(q->call.status == r->status, "%s: %d %s", r->file, q->call.status, q->text);
	for (size_t i = 0; i < ARRAY_LEN(r->want) && r->want[i]; i++)
		ck_assert_msg(strstr(q->text, r->want[i]) != NULL, "%s: no %s in %s", r->file,
			r->want[i], q->text);
	for (size_t i = 0; i < ARRAY_LEN(r->absent) && r->absent[i]; i++)
		ck_assert_msg(!strstr(q->text, r->absent[i]), "%s: %s in %s", r->file, r->absent[i],
			q->text);
	asking_free(q);
}
END_TEST

/* The enumeration that wsman began is pulled as it would: text of the context, nothing else. */
START_TEST(pulled)
{
	static const char open_tag[] = "<wsen:EnumerationContext>";
	auto_buf struct buf body = { 0 }, pull = { 0 };
	const char *context;
	struct asking *q;
	char type[128];

	load("wsman-enumerate-objepr.http", type, &body);
	q = send_utf8_or_16(type, &body);
	context = strstr(q->text, open_tag) + sizeof open_tag - 1;
	buf_printf(&pull,
		"<wsen:Pull><wsen:EnumerationContext>%.36s</wsen:EnumerationContext>"
		"</wsen:Pull>",
		context);
	asking_free(q);
	replace(&body,
		"<wsen:Enumerate><wsman:EnumerationMode>EnumerateObjectAndEPR"
		"</wsman:EnumerationMode></wsen:Enumerate>",
		pull.data, "enumerate");
	replace(&body, "enumeration/Enumerate<", "enumeration/Pull<", "enumerate");
	q = send_utf8_or_16(type, &body);
	ck_assert_int_eq(q->call.status, 200);
	ck_assert_ptr_nonnull(
		strstr(q->text, "<wsen:PullResponse><wsen:Items><wsman:Item><p:" SERVICE));
	ck_assert_ptr_nonnull(strstr(q->text, "</wsman:Item></wsen:Items><wsen:EndOfSequence/>"));
	asking_free(q);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_requests");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, world_begin, world_end);
	tcase_add_loop_test(t, recorded, 0, ARRAY_LEN(rows));
	tcase_add_test(t, pulled);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
