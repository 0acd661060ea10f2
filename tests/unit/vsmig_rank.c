/* What vsmig makes of rankings: many hosts for one VM, many VMs for one host. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wsman/vsmig_evacuate.h"
#include "wsman/vsmig_print.h"
#include "wsman/vsmig_rank.h"

#define PROP(name, type, value)                                                                    \
	"<PROPERTY NAME=\"" name "\" TYPE=\"" type "\"><VALUE>" value "</VALUE></PROPERTY>"
#define FINDING(id, effect, severity, text)                                                        \
	"<VALUE><![CDATA[<INSTANCE CLASSNAME=\"VSMIG_MigrationFinding\">" PROP("MessageID",        \
		"string", id) PROP("Effect", "string", effect) PROP("PerceivedSeverity", "uint16", \
		severity) PROP("Message", "string", text) "</INSTANCE>]]></VALUE>"
#define VERDICT(host, code, more, findings)                                                        \
	"<INSTANCE CLASSNAME=\"VSMIG_DestinationVerdict\">" PROP("Host", "string", host)           \
		PROP("CheckCode", "uint32", code) more                                             \
		"<PROPERTY.ARRAY NAME=\"Findings\" TYPE=\"string\"><VALUE.ARRAY>" findings         \
		"</VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>"
#define CAN PROP("IsMigratable", "boolean", "TRUE")
#define CANNOT PROP("IsMigratable", "boolean", "FALSE")
#define SIMULATED PROP("Simulated", "boolean", "TRUE")
#define FREE(bytes) PROP("FreeMemory", "uint64", bytes)
#define NEEDED(bytes) PROP("MemoryNeeded", "uint64", bytes)
#define WARNING FINDING("VSM5004", "None", "3", "Little &lt;memory&gt;.")
#define ERROR FINDING("VSM4401", "False", "5", "No network.")
#define NOTE FINDING("VSM6005", "None", "2", "It took 3 ms.")

static struct arena *a;
static struct err e;

static void setup(void)
{
	vsmig_print_init();
	a = arena_new();
	memset(&e, 0, sizeof e);
}

static void teardown(void)
{
	arena_free(a);
}

static const struct {
	const char *name, *ret, *verdicts[3];
	int code; /* of the error */
	int status;
	const char *sentence, *in_text[3], *in_json[3];
} rows[] = {
	{ .name = "some can",
		.ret = "0",
		.verdicts = { VERDICT("n1", "0", CAN FREE("13207024435"), WARNING NOTE),
			VERDICT("n2", "0", CANNOT, ERROR WARNING), VERDICT("n3", "5", "", ERROR) },
		.status = VSMIG_OK,
		.sentence = "yes: v can move to 1 of 3 hosts, best to n1 (live)\n",
		.in_text = { "n1    yes      1         12.3 GiB     VSM5004 Little <memory>.",
			"n2    no       1         -            VSM4401 No network.",
			"n3    not now  0         -            VSM4401 No network." },
		.in_json = { "\"migratable\":true,\"ranking\":[{\"vm\":\"v\",\"destination\":"
			     "\"n1\"",
			"\"freeMemory\":13207024435", "\"freeMemory\":null" } },
	{ .name = "the best is real, another simulated",
		.ret = "0",
		.verdicts = { VERDICT("n1", "0", CAN, ""),
			VERDICT("n2", "0", CANNOT SIMULATED, ERROR) },
		.status = VSMIG_OK,
		.sentence = "yes: v can move to 1 of 2 hosts, best to n1 (live)\n" },
	{ .name = "the best is simulated",
		.ret = "0",
		.verdicts = { VERDICT("n1", "0", CAN SIMULATED, ""),
			VERDICT("n2", "0", CANNOT, ERROR) },
		.status = VSMIG_OK,
		.sentence = "yes: v can move to 1 of 2 hosts, best to n1 (live) [simulated]\n" },
	{ .name = "none can",
		.ret = "0",
		.verdicts = { VERDICT("n1", "0", CANNOT, ERROR), VERDICT("n2", "3", "", ERROR) },
		.status = VSMIG_NO,
		.sentence = "no: v can move to none of 2 hosts (live)\n",
		.in_text = { "n2    cannot tell", "\nno: v cannot move to n1 (live)\n" },
		.in_json = { "\"migratable\":false,\"ranking\"" } },
	{ .name = "nobody can tell",
		.ret = "4",
		.verdicts = { VERDICT("n1", "4", "", ERROR) },
		.status = VSMIG_FAILED,
		.sentence = "cannot tell: none of 1 hosts could be checked for v (live)\n",
		.in_json = { "\"migratable\":null,\"ranking\"" } },
	{ .name = "no hosts",
		.ret = "0",
		.status = VSMIG_FAILED,
		.sentence = "cannot tell: none of 0 hosts could be checked for v (live)\n",
		.in_text = { "The service knows no hosts by name" },
		.in_json = { "\"ranking\":[]}" } },
	{ .name = "a hostile name",
		.ret = "0",
		.verdicts = { VERDICT("n\xc2\x9b", "0", CAN FREE("1e99"), "") },
		.sentence = "yes: v can move to 1 of 1 hosts, best to n? (live)\n",
		.in_json = { "\"freeMemory\":null" } },
	{ .name = "4 without a word", .ret = "4", .code = ERR_INTERNAL },
	{ .name = "another value", .ret = "1", .code = ERR_INTERNAL },
	{ .name = "no value", .code = ERR_INTERNAL },
	{ .name = "no verdict", .ret = "0", .verdicts = { "yes" }, .code = ERR_SYNTAX },
	{ .name = "no host",
		.ret = "0",
		.verdicts = { "<INSTANCE CLASSNAME=\"VSMIG_DestinationVerdict\"/>" },
		.code = ERR_SYNTAX },
	{ .name = "no such code",
		.ret = "0",
		.verdicts = { VERDICT("n", "7", "", "") },
		.code = ERR_SYNTAX },
	{ .name = "neither yes nor no",
		.ret = "0",
		.verdicts = { VERDICT("n", "0", "", "") },
		.code = ERR_SYNTAX },
};

static void expect_in(const char *const *parts, size_t n, const char *text)
{
	for (size_t i = 0; i < n && parts[i] != NULL; i++)
		ck_assert_msg(strstr(text, parts[i]) != NULL, "no \"%s\" in:\n%s", parts[i], text);
}

START_TEST(rankings)
{
	const struct cim_loose_property properties[] = {
		{ .name = "ReturnValue", .values = &rows[_i].ret, .n = rows[_i].ret != NULL },
		{ .name = "Ranking",
			.values = rows[_i].verdicts,
			.array = true,
			.n = (rows[_i].verdicts[0] != NULL) + (rows[_i].verdicts[1] != NULL) +
			     (rows[_i].verdicts[2] != NULL) },
	};
	const struct cim_loose reply = { "OUTPUT", properties, 2 };
	struct vsmig_ranking r = { .vm = "v", .type = "live" };
	auto_buf struct buf text = { 0 }, json = { 0 };
	int rc = vsmig_rank_read(a, &reply, &r, &e);

	ck_assert_msg(rc == -rows[_i].code, "%s: %d %s", rows[_i].name, rc, e.text);
	if (rc != 0)
		return;
	ck_assert_int_eq(vsmig_rank_status(&r), rows[_i].status);
	vsmig_rank_text(&text, &r, 100);
	ck_assert_msg(strncmp(text.data, rows[_i].sentence, strlen(rows[_i].sentence)) == 0, "%s",
		text.data);
	expect_in(rows[_i].in_text, ARRAY_LEN(rows[_i].in_text), text.data);
	vsmig_rank_json(&json, &r);
	expect_in(rows[_i].in_json, ARRAY_LEN(rows[_i].in_json), json.data);
}
END_TEST

static struct vsmig_answer verdict(const char *text)
{
	struct vsmig_answer answer = { .vm = "v", .type = "live" };

	ck_assert_msg(vsmig_answer_read_verdict(a, text, &answer, &e) == 0, "%s", e.text);
	return answer;
}

#define GIB4 "4294967296"
#define GIB6 "6442450944"

static const struct {
	const char *verdicts[3]; /* NULL: no answer */
	bool runs[3];
	size_t n;
	int status;
	const char *begin, *in_text, *in_json;
} evacuations[] = {
	{ { VERDICT("h", "0", CAN FREE(GIB6) NEEDED(GIB4), ""),
		  VERDICT("h", "0", CAN FREE(GIB6) NEEDED(GIB4), WARNING) },
		{ true, true }, 2, VSMIG_OK,
		"yes: 2 of 2 virtual systems can move to h\n"
		"Warning: the 2 that run take 8.0 GiB together, more than the 6.0 GiB that are "
		"free there now; each was checked alone.\n",
		"v   running  live  yes      1         VSM5004 Little <memory>.",
		"\"memory\":{\"needed\":8589934592,\"free\":6442450944,\"fits\":false}" },
	{ { VERDICT("h", "0", CAN FREE(GIB6) NEEDED(GIB4), ""),
		  VERDICT("h", "0", CANNOT FREE(GIB4) NEEDED(GIB4), ERROR) },
		{ true, false }, 2, VSMIG_NO,
		"no: 1 of 2 virtual systems can move to h\n"
		"Memory: the 1 that run take 4.0 GiB together; 4.0 GiB are free there now.\n",
		"v   running  live  no       0         VSM4401 No network.", "\"fits\":true}" },
	{ { VERDICT("h", "0", CAN NEEDED(GIB4), ""), NULL, VERDICT("h", "3", "", ERROR) },
		{ true, true, true }, 3, VSMIG_FAILED,
		"cannot tell: 1 of 3 virtual systems can move to h; of 2 it cannot be told\n"
		"Memory: the 1 that run take 4.0 GiB together (of 2 more it is not known); what is "
		"free there is not known.\n",
		"cannot tell  -         too busy",
		"\"code\":null,\"migratable\":null,\"error\":\"too busy\"" },
	{ { NULL }, { false }, 0, VSMIG_OK, "yes: 0 of 0 virtual systems can move to h\n", NULL,
		"\"migratable\":true" },
};

START_TEST(evacuating)
{
	struct vsmig_evacuee items[3] = { 0 };
	struct vsmig_evacuation ev = { "h", items, evacuations[_i].n };
	auto_buf struct buf text = { 0 }, json = { 0 };

	for (size_t i = 0; i < ev.n; i++) {
		items[i] = (struct vsmig_evacuee){
			.uuid = "u", .state = "running", .answer = { .vm = "v", .type = "live" }
		};
		items[i].runs = evacuations[_i].runs[i];
		if (evacuations[_i].verdicts[i] != NULL)
			items[i].answer = verdict(evacuations[_i].verdicts[i]);
		else
			err_set(&items[i].err, ERR_BUSY, "too busy");
	}
	ck_assert_int_eq(vsmig_evacuate_status(&ev), evacuations[_i].status);
	vsmig_evacuate_text(&text, &ev, 100);
	ck_assert_msg(strncmp(text.data, evacuations[_i].begin, strlen(evacuations[_i].begin)) == 0,
		"%s", text.data);
	expect_in(&evacuations[_i].in_text, 1, text.data);
	vsmig_evacuate_json(&json, &ev);
	expect_in(&evacuations[_i].in_json, 1, json.data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vsmig_rank");
	TCase *t = tcase_create("rank");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, rankings, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, evacuating, 0, ARRAY_LEN(evacuations));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
