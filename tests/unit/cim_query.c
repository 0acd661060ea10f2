/* Queries: what is read, what is refused, and which of three systems each one finds. */
#include <check.h>
#include <string.h>

#include "cim/query.h"
#include "daemon/base/buf.h"
#include "schema_ids.h"

static const struct system {
	const char *name, *element;
	uint64_t state; /* 0: no value */
	uint64_t operational[2];
	const char *installed;
} systems[] = {
	{ "AAAA", "a and b", 2, { 2, 0 }, NULL },
	{ "BBBB", "It's \"B\" 100%_[x]", 3, { 6, 2 }, NULL },
	{ "CCCC", NULL, 0, { 0, 0 }, "20260102030405.000000+000" },
};

static struct cim_instance *make(struct arena *a, const struct system *s)
{
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_ComputerSystem, NULL);

	cim_set_str(a, i, CIM_ComputerSystem_p_Name, s->name);
	cim_set_str(a, i, CIM_ComputerSystem_p_ElementName, s->element);
	cim_set_str(a, i, CIM_ComputerSystem_p_InstallDate, s->installed);
	if (s->state)
		cim_set_uint(a, i, CIM_ComputerSystem_p_EnabledState, s->state);
	cim_set_uints(a, i, CIM_ComputerSystem_p_OperationalStatus, s->operational,
		(s->operational[0] != 0) + (s->operational[1] != 0));
	return i;
}

/* want: the first letters of those found; NULL: the query is refused. */
static const struct {
	const char *text, *want;
} rows[] = {
	{ "SELECT * FROM CIM_ComputerSystem", "ABC" },
	{ "select*from cim_computersystem", "ABC" },
	{ " SELECT  Name , ElementName\nFROM CIM_ComputerSystem ", "ABC" },
	{ "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'a and b' AND EnabledState = 2",
		"A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'aaaa'", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE NAME=\"bbbb\"", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name <> 'AAAA'", "BC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name != 'AAAA'", "BC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name > 'aaaa'", "BC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name >= 'bbbb'", "BC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name < 'BBBB'", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name <= 'BBBB'", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState < 3", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState<=3.0", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = '3'", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState <> 3", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState > -1", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = 'x'", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = true", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState IS NULL", "C" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState IS NOT NULL", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = NULL", "C" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName <> NULL", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE OperationalStatus = 2", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE OperationalStatus = 6", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE NOT Name = 'AAAA'", "BC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE NOT NOT Name = 'AAAA'", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name='AAAA' OR Name='BBBB' AND EnabledState=2",
		"A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE (Name='AAAA' OR Name='BBBB') AND EnabledState=3",
		"B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE 'a%'", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '%'", "ABC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '%%A%%'", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '____'", "ABC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '___'", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '[a-b]%'", "AB" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '[^a-b]%'", "C" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '[ac]%'", "AC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE '[a'", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName LIKE '%100[%][_][[]x]'", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = 'It\\'s \"B\" 100%_[x]'", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = ''", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState LIKE '2'", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = 'It''s \"B\" 100%_[x]'", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = \"It's \"\"B\\\" 100%_[x]\"", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE ElementName = ''''", "" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 'AAAA' = Name", "A" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 3 <= EnabledState", "B" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 3 > EnabledState", "A" },

	{ "SELECT * FROM CIM_ComputerSystem WHERE __CLASS = 'cim_computersystem'", "ABC" },
	{ "SELECT __CLASS, Name FROM CIM_ComputerSystem WHERE __CLASS <> 'CIM_ComputerSystem'",
		"" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE __CLASS LIKE 'CIM_C%'", "ABC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE __CLASS IS NULL", "" },
	{ "SELECT * FROM CIM_System WHERE __CLASS ISA 'CIM_ComputerSystem' AND Name='AAAA'", "A" },
	{ "SELECT * FROM CIM_System WHERE __this isa \"CIM_ManagedElement\"", "ABC" },
	{ "SELECT * FROM CIM_System WHERE CIM_System ISA CIM_ComputerSystem", "ABC" },
	{ "SELECT * FROM CIM_System s WHERE s ISA CIM_Service OR s.Name = 'BBBB'", "B" },
	{ "SELECT * FROM CIM_ManagedElement WHERE NOT __this ISA CIM_Service", "ABC" },

	{ "SELECT CIM_ComputerSystem.Name FROM CIM_ComputerSystem WHERE "
	  "CIM_ComputerSystem.EnabledState = 2",
		"A" },
	{ "SELECT x.* FROM CIM_ComputerSystem AS x WHERE x.Name <> 'AAAA'", "BC" },
	{ "SELECT * FROM CIM_ElementCapabilities WHERE ManagedElement = 'CIM_X.Name=\"y\"'", "" },

	{ "", NULL },
	{ "SELECT", NULL },
	{ "SELECT *", NULL },
	{ "SELECT FROM CIM_ComputerSystem", NULL },
	{ "SELECT Name, FROM CIM_ComputerSystem", NULL },
	{ "SELECT Nothing FROM CIM_ComputerSystem", NULL },
	{ "SELECT * FROM", NULL },
	{ "SELECT * FROM 'x'", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name =", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = Name", "ABC" },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = Colour", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE Name", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 'x' = 'x'", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 'x' LIKE Name", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE 'x' Name", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE x.Name = 1", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name.Name = 1", NULL },
	{ "SELECT Name.Name FROM CIM_ComputerSystem", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE __CLASS ISA 'CIM_Unicorn'", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE __CLASS ISA", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name ISA CIM_System", NULL },
	{ "SELECT * FROM CIM_ComputerSystem AS", NULL },
	{ "SELECT * FROM CIM_ComputerSystem a b", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Nothing = 1", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x\\", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE (Name = 'x'", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x')", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x''", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x' garbage", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name = 'x' AND", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name IS 1", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name < NULL", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE 1", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = 1x", NULL },
	{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = 1 ; DROP", NULL },
	{ "DELETE * FROM CIM_ComputerSystem", NULL },
	{ "ASSOCIATORS OF {CIM_ComputerSystem.Name='x'}", NULL },
};

START_TEST(row)
{
	auto_arena struct arena *a = arena_new();
	char found[ARRAY_LEN(systems) + 1] = "", *at = found;
	struct cim_query *q;
	struct err e = { 0 };
	bool ok = cim_query_parse(a, rows[_i].text, &q, &e) == 0 &&
		  cim_query_bind(q, cim_query_class(q), &e) == 0;

	ck_assert_msg(ok == (rows[_i].want != NULL), "%s: %s", rows[_i].text, e.text);
	if (!ok) {
		ck_assert_int_eq(e.code, ERR_SYNTAX);
		ck_assert(e.text[0]);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		if (cim_query_matches(q, make(a, &systems[i])))
			*at++ = systems[i].name[0];
	}
	ck_assert_msg(strcmp(found, rows[_i].want) == 0, "%s: %s", rows[_i].text, found);
}
END_TEST

/* What CQL's basic form adds to or takes from WQL. */
START_TEST(cql)
{
	static const struct {
		const char *text;
		bool ok;
	} texts[] = {
		{ "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = 0x2", true },
		{ "SELECT Name FROM CIM_ComputerSystem WHERE CIM_ComputerSystem ISA CIM_System",
			true },
		{ "SELECT a.Name FROM CIM_ComputerSystem AS a WHERE a.Name <> 'x'", true },
		{ "SELECT * FROM CIM_ComputerSystem WHERE Name LIKE 'x%'", false },
		{ "SELECT COUNT(*) FROM CIM_ComputerSystem", false },
		{ "SELECT * FROM CIM_ComputerSystem, CIM_Service", false },
		{ "SELECT * FROM CIM_ComputerSystem WHERE ANY OperationalStatus = 2", false },
		{ "SELECT FIRST 2 * FROM CIM_ComputerSystem", false },
	};
	auto_arena struct arena *a = arena_new();
	struct cim_query *q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_msg(cim_query_parse_cql(a, texts[i].text, &q, &e) ==
				      (texts[i].ok ? 0 : -ERR_SYNTAX),
			"%s", texts[i].text);
}
END_TEST

START_TEST(keys)
{
	static const struct cim_ref nowhere = { .class_name = "CIM_System" };
	static const struct {
		struct cim_key keys[3];
		size_t n;
		const char *want; /* NULL: refused */
	} sets[] = {
		{ { { "Name", "aaaa", NULL } }, 1, "A" },
		{ { { "name", "BBBB", NULL }, { "EnabledState", "3", NULL } }, 2, "B" },
		{ { { "Name", "BBBB", NULL }, { "EnabledState", "2", NULL } }, 2, "" },
		{ { { "OperationalStatus", "2", NULL } }, 1, "AB" },
		{ { { "EnabledState", "two", NULL } }, 1, "" },
		{ { { "InstallDate", "2026-01-02T03:04:05Z", NULL } }, 1, "C" },
		{ { { "Name", NULL, &nowhere } }, 1, "" },
		{ { { "EnabledState", NULL, &nowhere } }, 1, "" },
		{ { { "Colour", "x", NULL } }, 1, NULL },
	};
	auto_arena struct arena *a = arena_new();
	struct cim_query *q;
	struct err e;

	for (size_t s = 0; s < ARRAY_LEN(sets); s++) {
		char found[ARRAY_LEN(systems) + 1] = "", *at = found;
		int rc = cim_query_from_keys(
			a, &cim_class_CIM_System, sets[s].keys, sets[s].n, &q, &e);

		ck_assert_int_eq(rc, sets[s].want ? 0 : -ERR_KEY_UNEXPECTED);
		for (size_t i = 0; sets[s].want && i < ARRAY_LEN(systems); i++) {
			if (cim_query_matches(q, make(a, &systems[i])))
				*at++ = systems[i].name[0];
		}
		ck_assert_msg(
			!sets[s].want || strcmp(found, sets[s].want) == 0, "%zu: %s", s, found);
	}
}
END_TEST

/* What an instance inside another has, and of what class it is. */
START_TEST(embedded)
{
#define WHERE "SELECT * FROM CIM_AllocatedLogicalElement WHERE "
	static const struct {
		const char *text;
		bool want[2]; /* with an instance inside; without */
	} texts[] = {
		{ WHERE "AllocationState.InstanceID = 'x:1'", { true, false } },
		{ WHERE "AllocationState.InstanceID <> 'x:1'", { false, false } },
		{ WHERE "AllocationState.VirtualSystemIdentifier = 'id'", { true, false } },
		{ WHERE "AllocationState.Caption IS NULL", { true, true } },
		{ WHERE "AllocationState.InstanceID IS NULL", { false, true } },
		{ WHERE "AllocationState.__CLASS LIKE '%Virtual%'", { true, false } },
		{ WHERE "AllocationState ISA CIM_SettingData", { true, false } },
		{ WHERE "AllocationState ISA 'CIM_ResourceAllocationSettingData'",
			{ false, false } },
		{ WHERE "AllocationState IS NULL", { false, true } },
		{ WHERE "AllocationState = 'x'", { false, false } },
	};
	auto_arena struct arena *a = arena_new();
	struct cim_instance *inner =
		cim_instance_new(a, &cim_class_CIM_VirtualSystemSettingData, NULL);
	const struct cim_property *p =
		cim_property_find(&cim_class_CIM_AllocatedLogicalElement, "AllocationState");
	struct cim_instance *outer[2];
	struct cim_value *v;
	struct cim_query *q;
	struct err e;

	cim_set_str(a, inner, CIM_VirtualSystemSettingData_p_InstanceID, "x:1");
	cim_set_str(a, inner, CIM_VirtualSystemSettingData_p_VirtualSystemIdentifier, "id");
	for (size_t k = 0; k < 2; k++)
		outer[k] = cim_instance_new(a, &cim_class_CIM_AllocatedLogicalElement, NULL);
	v = &outer[0]->values[p - outer[0]->class->properties];
	ARENA_PUSH(a, v->data, v->n)->inst = inner;
	v->given = v->instance = true;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ck_assert_int_eq(cim_query_parse(a, texts[i].text, &q, &e), 0);
		ck_assert_msg(cim_query_bind(q, outer[0]->class, &e) == 0, "%s", e.text);
		for (size_t k = 0; k < 2; k++)
			ck_assert_msg(cim_query_matches(q, outer[k]) == texts[i].want[k], "%s: %zu",
				texts[i].text, k);
	}
	ck_assert_int_eq(cim_query_parse(a, WHERE "AllocationState.Colour = 1", &q, &e), 0);
	ck_assert_int_eq(cim_query_bind(q, outer[0]->class, &e), -ERR_SYNTAX);
}
END_TEST

/* One property against another, of an indication's two instances for example. */
START_TEST(pairs)
{
	static const struct {
		const char *text;
		bool want;
	} texts[] = {
		{ "SourceInstance.EnabledState <> PreviousInstance.EnabledState", true },
		{ "SourceInstance.EnabledState = PreviousInstance.EnabledState", false },
		{ "SourceInstance.EnabledState > PreviousInstance.EnabledState", true },
		{ "SourceInstance.EnabledState <= PreviousInstance.EnabledState", false },
		{ "SourceInstance.Name = PreviousInstance.name", true },
		{ "SourceInstance.Name <> PreviousInstance.Name", false },
		{ "SourceInstance.OperationalStatus <> PreviousInstance.OperationalStatus", true },
		{ "SourceInstance.OperationalStatus = SourceInstance.OperationalStatus", true },
		{ "SourceInstance.OperationalStatus <> SourceInstance.OperationalStatus", false },
		{ "SourceInstance.OperationalStatus < PreviousInstance.OperationalStatus", false },
		{ "SourceInstance.HealthState <> PreviousInstance.HealthState", false },
		{ "SourceInstance.Name = PreviousInstance.EnabledState", false },
		{ "IndicationIdentifier = SourceInstance.Name", true },
		{ "i.IndicationIdentifier = i.SourceInstance.Name", true },
		{ "NOT SourceInstance.EnabledState = PreviousInstance.EnabledState", true },
	};
	static const char *const refused[] = {
		"SourceInstance.EnabledState = PreviousInstance.Colour",
		"SourceInstance.EnabledState = Colour",
		"SourceInstance.__CLASS = PreviousInstance.__CLASS",
		"IndicationIdentifier = IndicationIdentifier.Name",
	};
	static const uint64_t one[] = { 2 }, two[] = { 2, 5 };
	auto_arena struct arena *a = arena_new();
	struct cim_instance *before = cim_instance_new(a, &cim_class_CIM_ComputerSystem, NULL);
	struct cim_instance *after = cim_instance_new(a, &cim_class_CIM_ComputerSystem, NULL);
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_InstModification, NULL);
	struct cim_query *q;
	struct err e;

	cim_set_str(a, before, CIM_ComputerSystem_p_Name, "vm");
	cim_set_uint(a, before, CIM_ComputerSystem_p_EnabledState, 2);
	cim_set_uints(a, before, CIM_ComputerSystem_p_OperationalStatus, one, 1);
	cim_set_str(a, after, CIM_ComputerSystem_p_Name, "VM");
	cim_set_uint(a, after, CIM_ComputerSystem_p_EnabledState, 3);
	cim_set_uints(a, after, CIM_ComputerSystem_p_OperationalStatus, two, 2);
	cim_set_uint(a, after, CIM_ComputerSystem_p_HealthState, 5);
	cim_set_str(a, i, CIM_InstModification_p_IndicationIdentifier, "vm");
	cim_set_instance(a, i, CIM_InstModification_p_PreviousInstance, before);
	cim_set_instance(a, i, CIM_InstModification_p_SourceInstance, after);
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		const char *text = arena_printf(
			a, "SELECT * FROM CIM_InstModification i WHERE %s", texts[k].text);

		ck_assert_msg(cim_query_parse_cql(a, text, &q, &e) == 0, "%s: %s", text, e.text);
		ck_assert_msg(cim_query_bind(q, i->class, &e) == 0, "%s: %s", text, e.text);
		ck_assert_msg(cim_query_matches(q, i) == texts[k].want, "%s", text);
	}
	for (size_t k = 0; k < ARRAY_LEN(refused); k++) {
		const char *text =
			arena_printf(a, "SELECT * FROM CIM_InstModification WHERE %s", refused[k]);

		ck_assert_msg(cim_query_parse(a, text, &q, &e) == 0, "%s: %s", text, e.text);
		ck_assert_msg(cim_query_bind(q, i->class, &e) == -ERR_SYNTAX, "%s", text);
	}
}
END_TEST

START_TEST(parts)
{
	static const struct {
		const char *text, *class;
	} classes[] = {
		{ "SELECT * FROM CIM_computersystem", "CIM_ComputerSystem" },
		{ "SELECT * FROM msvm_ComputerSystem", "Msvm_ComputerSystem" },
		{ "SELECT * FROM msvm_HostedService", "CIM_HostedService" },
		{ "SELECT * FROM Msvm_Nothing", NULL },
		{ "SELECT * FROM Nothing", NULL },
	};
	auto_arena struct arena *a = arena_new();
	const char *const *names;
	struct cim_query *q;
	struct err e;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		ck_assert_int_eq(cim_query_parse(a, classes[i].text, &q, &e), 0);
		const struct cim_class *c = cim_query_class(q);

		ck_assert(!c == !classes[i].class);
		if (c)
			ck_assert_str_eq(c->name, classes[i].class);
		cim_query_selected(q, &n);
		ck_assert_uint_eq(n, 0);
	}
	ck_assert_int_eq(cim_query_parse(a, "SELECT a, b FROM c", &q, &e), 0);
	names = cim_query_selected(q, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(names[0], "a");
	ck_assert_str_eq(names[1], "b");
	ck_assert_str_eq(cim_query_class_name(q), "c");
}
END_TEST

START_TEST(limits)
{
	static const struct {
		const char *before, *one, *middle, *other;
		size_t good, bad;
	} much[] = {
		{ "SELECT * FROM c WHERE ", "(", "a=1", ")", 50, 100000 },
		{ "SELECT * FROM c WHERE ", "NOT ", "a=1", "", 50, 100000 },
		{ "SELECT * FROM c WHERE ", "a=1 AND ", "a=1", "", 900, 100000 },
		{ "SELECT * FROM c WHERE ", "a=1 OR ", "a=1", "", 900, 100000 },
		{ "SELECT ", "a,", "a FROM c", "", 200, 100000 },
		/* Each instance is matched with all of a pattern at each place of its text. */
		{ "SELECT * FROM c WHERE a LIKE '%", "[", "'", "", 2000, 3000 },
		{ "SELECT * FROM c WHERE ", "a LIKE '%abc' OR ", "a=1", "", 300, 400 },
	};
	struct cim_query *q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(much); i++) {
		for (int bad = 0; bad < 2; bad++) {
			auto_arena struct arena *a = arena_new();
			size_t n = bad ? much[i].bad : much[i].good;
			char *text = arena_alloc(a, n * 20 + 100),
			     *at = stpcpy(text, much[i].before);

			for (size_t k = 0; k < n; k++)
				at = stpcpy(at, much[i].one);
			at = stpcpy(at, much[i].middle);
			for (size_t k = 0; k < n; k++)
				at = stpcpy(at, much[i].other);
			ck_assert_msg(cim_query_parse(a, text, &q, &e) == (bad ? -ERR_SYNTAX : 0),
				"%zu", i);
		}
	}
}
END_TEST

/* What a query says is made out once, and not for each instance: a number of many digits in
 * quotes takes long to read, and a class is looked for among all. */
START_TEST(read_once)
{
	auto_arena struct arena *a = arena_new();
	struct cim_instance *i = cim_instance_new(a, &cim_class_CIM_ComputerSystem, NULL);
	auto_free char *digits = mem_calloc(1, 4001);
	auto_buf struct buf text = { 0 };
	struct cim_query *q;
	struct err e;

	cim_set_uint(a, i, CIM_ComputerSystem_p_EnabledState, 2);
	memset(digits, '9', 4000);
	buf_puts(&text, "SELECT * FROM CIM_ComputerSystem WHERE EnabledState = 3");
	for (size_t n = 0; n < 100; n++)
		buf_printf(&text, " OR EnabledState = '%s' OR __THIS ISA CIM_Memory", digits);
	ck_assert_int_eq(cim_query_parse(a, text.data, &q, &e), 0);
	ck_assert_int_eq(cim_query_bind(q, i->class, &e), 0);
	for (size_t n = 0; n < 5000; n++)
		ck_assert(!cim_query_matches(q, i));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_query");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, row, 0, ARRAY_LEN(rows));
	tcase_add_test(t, cql);
	tcase_add_test(t, keys);
	tcase_add_test(t, embedded);
	tcase_add_test(t, pairs);
	tcase_add_test(t, parts);
	tcase_add_test(t, limits);
	tcase_add_test(t, read_once);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
