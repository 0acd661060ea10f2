/* The object manager and its providers, over hosts of libvirt's test driver. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cim/codec.h"
#include "cim/node.h"
#include "cim/providers/migratable.h"
#include "cim/registry.h"
#include "cim/uri.h"
#include "cim_world.h"

static const char *classes_of(const struct cim_op *op)
{
	const char *s = "";

	for (size_t i = 0; i < op->n_instances; i++)
		s = arena_printf(a, "%s%s ", s, op->instances[i]->class->name);
	return s;
}

#define SERVICE "CIM_VirtualSystemMigrationService "
#define ADVISOR "VSMIG_MigrationAdvisor "
#define CAPS "CIM_VirtualSystemMigrationCapabilities "
#define SETTINGS "CIM_VirtualSystemMigrationSettingData "
#define SYSTEM "CIM_ComputerSystem "
#define SYSTEMS SYSTEM SYSTEM SYSTEM SYSTEM SYSTEM SYSTEM SYSTEM SYSTEM SYSTEM
#define HOSTS "VSMIG_DestinationHost VSMIG_DestinationHost "

static const struct {
	const char *class, *ns, *want;
	int code;
} enumerations[] = {
	{ "CIM_VirtualSystemMigrationService", NULL, SERVICE, 0 },
	{ "VSMIG_MigrationAdvisor", "root\\virtualization\\V2", ADVISOR, 0 },
	{ "CIM_Service", NULL, SERVICE ADVISOR, 0 },
	{ "CIM_VirtualSystemMigrationCapabilities", NULL, CAPS, 0 },
	{ "CIM_Capabilities", NULL, CAPS, 0 },
	{ "CIM_SettingData", NULL, SETTINGS, 0 },
	{ "CIM_ElementCapabilities", NULL, "CIM_ElementCapabilities ", 0 },
	{ "CIM_ComputerSystem", NULL, SYSTEMS, 0 },
	{ "CIM_System", NULL, SYSTEMS, 0 },
	{ "CIM_EnabledLogicalElement", NULL, SERVICE ADVISOR SYSTEMS, 0 },
	{ "VSMIG_DestinationHost", NULL, HOSTS, 0 },
	{ "CIM_ManagedElement", NULL, SERVICE ADVISOR CAPS SETTINGS SYSTEMS HOSTS, 0 },
	{ "CIM_Error", NULL, "", ERR_CLASS },
	{ "CIM_ResourceAllocationSettingData", NULL, "", ERR_CLASS },
	{ "CIM_Service", "root/cimv2", "", ERR_NAMESPACE },
	{ "CIM_Service", "root/interop", "", ERR_CLASS },
};

START_TEST(enumerate)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = cim_class_find(enumerations[_i].class),
				     .ns = enumerations[_i].ns } };
	struct cim_op *op = run(&w);

	ck_assert_msg(op->err.code == enumerations[_i].code, "%s", op->err.text);
	ck_assert_str_eq(classes_of(op), enumerations[_i].want);
}
END_TEST

#define SERVICE_KEYS(class, name)                                                                  \
	class ".SystemCreationClassName='CIM_ComputerSystem',SystemName='MyHost',"                 \
	      "CreationClassName='" class "',Name='" name "'"
#define VM_KEYS(name) "CIM_ComputerSystem.CreationClassName='CIM_ComputerSystem',Name='" name "'"

static const struct {
	const char *class, *path, *element_name;
	int code;
} gets[] = {
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "vsmigd"), "Migration Service",
		0 },
	{ "CIM_Service", SERVICE_KEYS("VSMIG_MigrationAdvisor", "VSMIGD"), "Migration Advisor", 0 },
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "svc"), NULL, ERR_NOT_FOUND },
	{ "CIM_VirtualSystemMigrationService", "X.Name='vsmigd'", NULL, ERR_KEY_MISSING },
	{ "CIM_VirtualSystemMigrationCapabilities", "X.InstanceID='vsmigd:capabilities'",
		"Migration Capabilities", 0 },
	{ "CIM_VirtualSystemMigrationCapabilities", "X.InstanceID='x',Name='y'", NULL,
		ERR_KEY_UNEXPECTED },
	{ "CIM_VirtualSystemMigrationSettingData", "X.InstanceID='vsmigd:default'",
		"Default Migration Settings", 0 },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "01"), "running", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("11111111-2222-4333-8444-00000000C105"), "off", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("myhost"), "MyHost", 0 },
	{ "CIM_ComputerSystem", VM_KEYS("running"), NULL, ERR_NOT_FOUND },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "ff"), NULL, ERR_NOT_FOUND },
	{ "CIM_ComputerSystem", "root/cimv2:" VM_KEYS(UUID "01"), NULL, ERR_NAMESPACE },
	{ "CIM_System", VM_KEYS(UUID "01"), "running", 0 },
	{ "VSMIG_DestinationHost", "X.Name='source'", "source", 0 },
	{ "CIM_ManagedElement", "X.InstanceID='vsmigd:default'", NULL, ERR_KEY_UNEXPECTED },
	{ "CIM_Error", "X.MessageID='1'", NULL, ERR_CLASS },
};

START_TEST(get)
{
	struct waiting w = { .op = { .kind = CIM_OP_GET,
				     .class = cim_class_find(gets[_i].class) } };
	struct cim_ref *ref;
	struct cim_op *op;

	ck_assert_int_eq(cim_ref_from_text(a, gets[_i].path, &ref, &w.op.err), 0);
	w.op.ref = ref;
	op = run(&w);
	ck_assert_msg(op->err.code == gets[_i].code, "%s", op->err.text);
	ck_assert_uint_eq(op->n_instances, gets[_i].code == 0);
	if (gets[_i].code == 0)
		ck_assert_str_eq(text_of(op->instances[0], "ElementName"), gets[_i].element_name);
}
END_TEST

/* INTERFACE.md: EnabledState by the state of the domain. */
static const struct {
	const char *uuid, *name, *enabled, *status, *health;
} systems[] = {
	{ UUID "01", "running", "2", "2", "5" },
	{ UUID "02", "blocked", "2", "2", "5" },
	{ UUID "03", "paused", "9", "15", "5" },
	{ UUID "04", "leaving", "4", "9", "5" },
	{ UUID "05", "off", "3", "10", "5" },
	{ UUID "06", "crashed", "3", "6", "20" },
	{ UUID "07", "asleep", "6", "15", "5" },
	{ UUID "08", "saved", "6", "10", "5" },
};

START_TEST(states)
{
	struct waiting w = { .op = { .kind = CIM_OP_GET, .class = &cim_class_CIM_ComputerSystem } };
	struct cim_key keys[] = { { .name = "Name", .text = systems[_i].uuid },
		{ .name = "CreationClassName", .text = "CIM_ComputerSystem" } };
	struct cim_ref ref = { .class_name = "CIM_ComputerSystem", .keys = keys, .n_keys = 2 };
	const struct cim_instance *i;

	w.op.ref = &ref;
	ck_assert_msg(run(&w)->err.code == 0, "%s", w.op.err.text);
	i = w.op.instances[0];
	ck_assert_str_eq(text_of(i, "Name"), systems[_i].uuid);
	ck_assert_str_eq(text_of(i, "NameFormat"), "UUID");
	ck_assert_str_eq(text_of(i, "ElementName"), systems[_i].name);
	ck_assert_str_eq(text_of(i, "EnabledState"), systems[_i].enabled);
	ck_assert_str_eq(text_of(i, "OperationalStatus"), systems[_i].status);
	ck_assert_str_eq(text_of(i, "HealthState"), systems[_i].health);
	ck_assert_str_eq(text_of(i, "Description"), _i == 0 ? "Shop <front>" : "-");
}
END_TEST

START_TEST(capabilities_are_what_is_there)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = &cim_class_CIM_VirtualSystemMigrationCapabilities } };
	const struct cim_instance *i = run(&w)->instances[0];

	ck_assert_str_eq(text_of(i, "SynchronousMethodsSupported"), "4");
	ck_assert_str_eq(text_of(i, "AsynchronousMethodsSupported"), "");
	ck_assert_str_eq(text_of(i, "DestinationHostFormatsSupported"), "2,4");
}
END_TEST

/* A row must name a concrete class once, and each of its methods must be one of the class. */
START_TEST(registry_agrees_with_the_schema)
{
	const struct registry_row *row = &registry_rows[_i];

	ck_assert_ptr_eq(cim_class_find(row->class->name), row->class);
	ck_assert(!row->class->abstract);
	ck_assert_int_eq(cim_serves(row->class, NULL), row->ns != REGISTRY_NS_INTEROP);
	ck_assert_int_eq(cim_serves(row->class, CIM_NS_DEFAULT), row->ns != REGISTRY_NS_INTEROP);
	ck_assert_int_eq(cim_serves(row->class, CIM_NS_INTEROP), row->ns != REGISTRY_NS_DEFAULT);
	ck_assert(!cim_serves(row->class, "root/cimv2"));
	ck_assert(row->involve == NULL || row->class->association);
	/* An association may have a row for each family of things that it ties together. */
	for (size_t i = 0; i < (size_t)_i && !row->class->association; i++)
		ck_assert_ptr_ne(registry_rows[i].class, row->class);
	for (size_t m = 0; m < row->n_methods; m++)
		ck_assert_uint_lt(row->methods[m].method, row->class->n_methods);
}
END_TEST

static const char *home_of(const struct registry_row *row)
{
	return row->ns == REGISTRY_NS_INTEROP ? CIM_NS_INTEROP : CIM_NS_DEFAULT;
}

/* Every instance that a row makes has all its keys, is found again by them, and is in the
 * values that the schema allows. */
START_TEST(instances_are_whole)
{
	const struct cim_class *c = registry_rows[_i].class;
	const char *ns = home_of(&registry_rows[_i]);
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE, .class = c, .ns = ns } };
	struct cim_op *op = run(&w);
	struct err e;

	ck_assert_int_eq(op->err.code, 0);
	ck_assert_uint_gt(op->n_instances, 0);
	if (registry_rows[_i].singleton)
		ck_assert_uint_eq(op->n_instances, 1);
	for (size_t n = 0; n < op->n_instances; n++) {
		const struct cim_instance *i = op->instances[n];
		struct waiting again = {
			.op = { .kind = CIM_OP_GET, .class = c, .ref = cim_ref_of(a, i) }
		};

		ck_assert(cim_class_is(i->class, c));
		if (i->class != c)
			continue;
		ck_assert_str_eq(i->ns, ns);
		ck_assert_int_eq(cim_ref_check(again.op.ref, c, &e), 0);
		ck_assert_int_eq(run(&again)->err.code, 0);
		ck_assert_uint_eq(again.op.n_instances, 1);
	}
}
END_TEST

START_TEST(values_are_in_their_maps)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = registry_rows[_i].class,
				     .ns = home_of(&registry_rows[_i]) } };
	struct cim_op *op = run(&w);

	ck_assert_int_eq(op->err.code, 0);

	for (size_t n = 0; n < op->n_instances; n++) {
		const struct cim_instance *i = op->instances[n];

		for (size_t p = 0; p < i->class->n_properties; p++) {
			const struct cim_property *prop = &i->class->properties[p];
			const struct cim_value *v = &i->values[p];

			if (prop->required || prop->key)
				ck_assert_msg(v->given, "%s.%s", i->class->name, prop->name);
			for (size_t k = 0; prop->n_values > 0 && k < v->n; k++)
				ck_assert_msg(cim_valuemap_allows(prop->values, prop->n_values,
						      cim_datum_text(a, prop->type, &v->data[k])),
					"%s.%s", i->class->name, prop->name);
		}
	}
}
END_TEST

/* path NULL: called on the class. want: the return value and out arguments; NULL: err.code. */
static const struct {
	const char *class, *path, *method, *input, *want;
	int code;
} invokes[] = {
	{ "CIM_VirtualSystemMigrationService", NULL, "StartService", "", "1", 0 },
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "vsmigd"), "StopService", "", "1",
		0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "MigrateVirtualSystemToHost", "", "1", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToSystem", "",
		"1", 0 },
	{ "CIM_VirtualSystemMigrationCapabilities", NULL, "CreateGoalSettings", "", "1", 0 },
	{ "CIM_Service", SERVICE_KEYS("VSMIG_MigrationAdvisor", "vsmigd"), "StartService", "", "1",
		0 },
	{ "CIM_Service", NULL, "StartService", "", NULL, ERR_KEY_MISSING },
	{ "CIM_Service", "X.Name='vsmigd'", "StartService", "", NULL, ERR_KEY_MISSING },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "01"), "SetPowerState", "", "1", 0 },
	{ "CIM_ComputerSystem", VM_KEYS(UUID "ff"), "SetPowerState", "", NULL, ERR_NOT_FOUND },
	{ "CIM_ComputerSystem", NULL, "SetPowerState", "", NULL, ERR_KEY_MISSING },
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "other"),
		"CheckVirtualSystemIsMigratableToHost", "", NULL, ERR_NOT_FOUND },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToHost",
		"<ComputerSystem>nobody</ComputerSystem><DestinationHost>target</DestinationHost>",
		"4", 0 },
	{ "CIM_VirtualSystemMigrationService",
		SERVICE_KEYS("CIM_VirtualSystemMigrationService", "vsmigd"),
		"CheckVirtualSystemIsMigratableToHost", "", "4", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToHost",
		"<ComputerSystem>" VM_KEYS("MyHost") "</ComputerSystem>"
						     "<DestinationHost>target</DestinationHost>",
		"1", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToHost",
		"<ComputerSystem>" UUID "01</ComputerSystem>"
		"<DestinationHost>target</DestinationHost>",
		"0 IsMigratable=true", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToHost",
		"<ComputerSystem>off</ComputerSystem><DestinationHost>target</DestinationHost>",
		"5", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "ExplainVirtualSystemIsMigratableToHost",
		"<ComputerSystem>nobody</ComputerSystem><DestinationHost>target</DestinationHost>",
		"0 CheckCode=4 Findings Simulated=true", 0 },
	{ "VSMIG_MigrationAdvisor", SERVICE_KEYS("VSMIG_MigrationAdvisor", "vsmigd"),
		"ExplainVirtualSystemIsMigratableToHost",
		"<ComputerSystem>running</ComputerSystem><DestinationHost>target</DestinationHost>",
		"0 IsMigratable=true CheckCode=0 Findings Simulated=true", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "RankDestinations",
		"<ComputerSystem>running</ComputerSystem>", "0 Ranking", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "RankDestinations",
		"<ComputerSystem>running</ComputerSystem><Hosts>no such host!</Hosts>", "0 Ranking",
		0 },
	{ "VSMIG_MigrationAdvisor", SERVICE_KEYS("VSMIG_MigrationAdvisor", "vsmigd"),
		"RankDestinations", "<ComputerSystem>nobody</ComputerSystem>", "4 Ranking", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "RankDestinations", "", "4 Ranking", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "RankDestinations",
		"<ComputerSystem>running</ComputerSystem>"
		"<MigrationSettingData>x</MigrationSettingData>",
		"4 Ranking", 0 },
};

static void read_args(struct cim_op *op, const char *input)
{
	const char *text = arena_printf(a, "<I>%s</I>", input);
	struct err e;
	xmlDoc *doc;

	op->args = arena_array(a, op->method->n_parameters, sizeof *op->args);
	ck_assert_int_eq(node_parse(text, strlen(text), &doc, &e), 0);
	ck_assert_int_eq(
		cim_args_from_xml(a, op->method, xmlDocGetRootElement(doc), op->args, &e), 0);
	xmlFreeDoc(doc);
}

static const char *results(const struct cim_op *op)
{
	const char *s = cim_datum_text(a, op->method->returns, &op->ret.data[0]);

	for (size_t i = 0; i < op->method->n_parameters; i++) {
		const struct cim_parameter *p = &op->method->parameters[i];

		if (!p->out || !op->args[i].given)
			continue;
		s = p->array ? arena_printf(a, "%s %s", s, p->name)
			     : arena_printf(a, "%s %s=%s", s, p->name,
				       cim_datum_text(a, p->type, &op->args[i].data[0]));
	}
	return s;
}

START_TEST(invoke)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = cim_class_find(invokes[_i].class) } };
	struct cim_ref *ref;
	struct cim_op *op = &w.op;

	op->method = cim_method_find(op->class, invokes[_i].method);
	read_args(op, invokes[_i].input);
	if (invokes[_i].path != NULL) {
		ck_assert_int_eq(cim_ref_from_text(a, invokes[_i].path, &ref, &op->err), 0);
		op->ref = ref;
	}
	run(&w);
	ck_assert_msg(op->err.code == invokes[_i].code, "%s", op->err.text);
	if (invokes[_i].code == 0)
		ck_assert_str_eq(results(op), invokes[_i].want);
}
END_TEST

START_TEST(a_method_of_another_class_is_none)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_CIM_VirtualSystemMigrationService } };

	ck_assert_int_eq(run(&w)->err.code, ERR_METHOD);
	w.done = 0;
	w.op.method = cim_method_find(&cim_class_CIM_ComputerSystem, "SetPowerState");
	ck_assert_int_eq(run(&w)->err.code, ERR_METHOD);
}
END_TEST

START_TEST(a_check_is_audited)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_CIM_VirtualSystemMigrationService } };
	const struct request_audit *audit = &w.req.audit;

	w.op.method = cim_method_find(w.op.class, "CheckVirtualSystemIsMigratableToHost");
	read_args(&w.op, "<ComputerSystem>nobody</ComputerSystem>"
			 "<DestinationHost>target</DestinationHost>");
	run(&w);
	ck_assert_str_eq(audit->vm, "nobody");
	ck_assert_str_eq(audit->destination, "target");
	ck_assert_int_eq(audit->check_code, 4);
	ck_assert(!audit->migratable);
	ck_assert_str_eq(audit->findings, "VSM1003");
}
END_TEST

START_TEST(findings_are_instances)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor } };
	const struct cim_value *findings;
	struct cim_loose *l;
	struct err e;

	w.op.method = cim_method_find(w.op.class, "ExplainVirtualSystemIsMigratableToHost");
	read_args(&w.op, "<ComputerSystem>nobody</ComputerSystem>"
			 "<DestinationHost>target</DestinationHost>");
	run(&w);
	findings =
		&w.op.args
			 [VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToHost_a_Findings];
	ck_assert_uint_gt(findings->n, 0);
	for (size_t n = 0; n < findings->n; n++) {
		ck_assert_int_eq(cim_loose_from_value(a, findings, n, &l, &e), 0);
		ck_assert_str_eq(l->class_name, "VSMIG_MigrationFinding");
		for (size_t p = 0; p < l->n; p++)
			ck_assert_ptr_nonnull(cim_property_find(
				&cim_class_VSMIG_MigrationFinding, l->properties[p].name));
	}
	ck_assert_int_eq(cim_loose_from_value(a, findings, 0, &l, &e), 0);
	ck_assert_str_eq(cim_loose_find(l, "MessageID")->values[0], "VSM1003");
	ck_assert_str_eq(cim_loose_find(l, "MessageArguments")->values[0], "nobody");
	ck_assert_str_eq(cim_loose_find(l, "Effect")->values[0], "4");
	ck_assert_str_eq(cim_loose_find(l, "PerceivedSeverity")->values[0], "5");
	ck_assert_str_eq(cim_loose_find(l, "CIMStatusCode")->values[0], "6");
	ck_assert_str_eq(cim_loose_find(l, "OwningEntity")->values[0], "vsmigd");
	ck_assert_ptr_null(cim_loose_find(l, "ErrorSource"));
}
END_TEST

static const char *verdict_of(const struct cim_loose *l, const char *name)
{
	const struct cim_loose_property *p = cim_loose_find(l, name);

	return p != NULL && !p->null && p->n > 0 ? p->values[0] : "-";
}

static const struct cim_value *rank(struct waiting *w, const char *input)
{
	w->op.method = cim_method_find(w->op.class, "RankDestinations");
	read_args(&w->op, input);
	run(w);
	return &w->op.args[VSMIG_MigrationAdvisor_m_RankDestinations_a_Ranking];
}

/* Each verdict is an instance with instances in it; input and configuration name the host. */
START_TEST(verdicts_are_instances)
{
	static const char *const want[][4] = { { "target", "0", "true", "true" },
		{ "a b", "4", "-", "true" }, { "SOURCE", "5", "-", "true" } };
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor } };
	const struct cim_value *v = rank(&w, "<ComputerSystem>running</ComputerSystem>"
					     "<Hosts> target </Hosts><Hosts>SOURCE</Hosts>"
					     "<Hosts>a b</Hosts><Hosts>Target</Hosts>");
	struct cim_loose *l, *f;
	struct err e;

	ck_assert_uint_eq(v->n, ARRAY_LEN(want));
	for (size_t i = 0; i < v->n; i++) {
		const struct cim_loose_property *findings;

		ck_assert_int_eq(cim_loose_from_value(a, v, i, &l, &e), 0);
		ck_assert_str_eq(l->class_name, "VSMIG_DestinationVerdict");
		ck_assert_str_eq(verdict_of(l, "Host"), want[i][0]);
		ck_assert_str_eq(verdict_of(l, "CheckCode"), want[i][1]);
		ck_assert_str_eq(verdict_of(l, "IsMigratable"), want[i][2]);
		ck_assert_str_eq(verdict_of(l, "Simulated"), want[i][3]);
		ck_assert_str_ne(verdict_of(l, "MemoryNeeded"), "-");
		findings = cim_loose_find(l, "Findings");
		ck_assert_uint_gt(findings->n, 0);
		for (size_t k = 0; k < findings->n; k++) {
			ck_assert_int_eq(cim_loose_from_text(a, findings->values[k], &f, &e), 0);
			ck_assert_str_eq(f->class_name, "VSMIG_MigrationFinding");
			ck_assert_ptr_nonnull(strstr(verdict_of(f, "MessageID"), "VSM"));
		}
	}
	ck_assert_str_eq(w.req.audit.destination, "target,a b,SOURCE");
	ck_assert_str_eq(w.req.audit.vm, "running");
	ck_assert_int_eq(w.req.audit.check_code, 0);
	ck_assert(w.req.audit.migratable);
}
END_TEST

/* One empty element is how some clients send an empty array. */
START_TEST(no_hosts_are_all_hosts)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor } };

	ck_assert_uint_eq(rank(&w, "<ComputerSystem>running</ComputerSystem><Hosts/>")->n, 2);
}
END_TEST

START_TEST(too_many_hosts)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor } };
	const char *input = "<ComputerSystem>running</ComputerSystem>";

	for (int i = 0; i < 65; i++)
		input = arena_printf(a, "%s<Hosts>target</Hosts>", input);
	rank(&w, input);
	ck_assert_int_eq(w.op.err.code, ERR_LIMIT);
	ck_assert_str_eq(w.op.err.text, "Hosts names 65 destinations; 64 are the limit");
}
END_TEST

/* What only informs is left out when there is no room for it. */
START_TEST(a_ranking_for_little_room)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor,
				     .room = 4096 } };
	const struct cim_value *v = rank(&w, "<ComputerSystem>running</ComputerSystem>");

	ck_assert_uint_eq(v->n, 2);
	for (size_t i = 0; i < v->n; i++)
		ck_assert_ptr_null(strstr(v->data[i].str, "<VALUE>VSM6"));
	ck_assert_ptr_nonnull(strstr(v->data[1].str, "VSM2015"));
}
END_TEST

/* Every reason can be told as an instance whose values are in the maps of the schema. */
START_TEST(every_reason_fits_the_schema)
{
	auto_arena struct arena *own = arena_new();
	struct check c = { .vm_uuid = UUID "01" };
	struct finding f = { .id = (enum reason_id)_i,
		.effect = reason_get(_i)->effect,
		.message = "m",
		.remedy = "r",
		.rule = "x" };
	const struct cim_instance *i = migratable_finding(own, &c, &f);

	for (size_t p = 0; p < i->class->n_properties; p++) {
		const struct cim_property *prop = &i->class->properties[p];
		const char *text = cim_value_text(own, prop, &i->values[p]);

		ck_assert(text != NULL || !prop->required);
		if (text != NULL)
			ck_assert_msg(cim_valuemap_allows(prop->values, prop->n_values, text),
				"%s=%s", prop->name, text);
	}
	ck_assert(i->values[VSMIG_MigrationFinding_p_ErrorSource].given);
	if (i->values[VSMIG_MigrationFinding_p_ErrorType].data[0].u == 1)
		ck_assert(i->values[VSMIG_MigrationFinding_p_OtherErrorType].given);
}
END_TEST

/* The source is down: what needs it says so, what does not need it is there. */
static const struct {
	const char *class;
	int code;
} down[] = {
	{ "CIM_ComputerSystem", ERR_UNAVAILABLE },
	{ "CIM_ManagedElement", ERR_UNAVAILABLE },
	{ "CIM_Service", 0 },
	{ "CIM_Capabilities", 0 },
};

START_TEST(source_unreachable)
{
	struct waiting w = { .op = { .kind = CIM_OP_ENUMERATE,
				     .class = cim_class_find(down[_i].class) } };

	ck_assert_msg(run(&w)->err.code == down[_i].code, "%s", w.op.err.text);
	ck_assert_int_eq(w.op.n_instances == 0, down[_i].code != 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_providers");
	TCase *t = tcase_create("providers"), *plain = tcase_create("plain");
	TCase *unreachable = tcase_create("unreachable");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, enumerate, 0, (int)ARRAY_LEN(enumerations));
	tcase_add_loop_test(t, get, 0, (int)ARRAY_LEN(gets));
	tcase_add_loop_test(t, states, 0, (int)ARRAY_LEN(systems));
	tcase_add_test(t, capabilities_are_what_is_there);
	tcase_add_loop_test(t, registry_agrees_with_the_schema, 0, (int)registry_row_count);
	tcase_add_loop_test(t, instances_are_whole, 0, (int)registry_row_count);
	tcase_add_loop_test(t, values_are_in_their_maps, 0, (int)registry_row_count);
	tcase_add_loop_test(t, invoke, 0, (int)ARRAY_LEN(invokes));
	tcase_add_test(t, a_method_of_another_class_is_none);
	tcase_add_test(t, a_check_is_audited);
	tcase_add_test(t, findings_are_instances);
	tcase_add_test(t, verdicts_are_instances);
	tcase_add_test(t, no_hosts_are_all_hosts);
	tcase_add_test(t, too_many_hosts);
	tcase_add_test(t, a_ranking_for_little_room);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(unreachable, setup_unreachable, teardown);
	tcase_set_timeout(unreachable, 30);
	tcase_add_loop_test(unreachable, source_unreachable, 0, (int)ARRAY_LEN(down));
	suite_add_tcase(s, unreachable);
	tcase_add_loop_test(plain, every_reason_fits_the_schema, 1, REASON_COUNT);
	suite_add_tcase(s, plain);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
