/* Methods, over hosts of libvirt's test driver. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cim/alias.h"
#include "cim/codec.h"
#include "cim/node.h"
#include "cim/providers/migratable.h"
#include "cim/registry.h"
#include "cim/uri.h"
#include "cim_world.h"

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
		"4", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToSystem",
		"<ComputerSystem>" UUID "01</ComputerSystem>"
		"<DestinationSystem>" VM_KEYS("target") "</DestinationSystem>",
		"0 IsMigratable=true", 0 },
	{ "CIM_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToSystem",
		"<ComputerSystem>" UUID "01</ComputerSystem>"
		"<DestinationSystem>" VM_KEYS(UUID "02") "</DestinationSystem>",
		"4", 0 },
	{ "VSMIG_MigrationAdvisor", NULL, "ExplainVirtualSystemIsMigratableToSystem",
		"<ComputerSystem>" UUID "01</ComputerSystem>"
		"<DestinationSystem>" VM_KEYS("target") "</DestinationSystem>",
		"0 IsMigratable=true CheckCode=0 Findings Simulated=true", 0 },
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
	/* Hyper-V's names, and its own numbers of what is not supported. */
	{ "Msvm_VirtualSystemMigrationService",
		"X.SystemCreationClassName='Msvm_ComputerSystem',SystemName='MyHost',"
		"CreationClassName='Msvm_VirtualSystemMigrationService',Name='vsmigd'",
		"CheckVirtualSystemIsMigratableToHost",
		"<ComputerSystem>Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',"
		"Name='" UUID "01'</ComputerSystem><DestinationHost>target</DestinationHost>",
		"0 IsMigratable=true", 0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratableToSystem",
		"<ComputerSystem>off</ComputerSystem><DestinationSystem>Msvm_ComputerSystem."
		"CreationClassName='Msvm_ComputerSystem',Name='target'</DestinationSystem>",
		"5", 0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "CheckVirtualSystemIsMigratable", "", "32770",
		0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "CheckSystemCompatibilityInfo", "", "32770",
		0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "MigrateVirtualSystemToHost", "", "32770",
		0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "MigrateVirtualSystemToSystem", "", "1", 0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "RequestStateChange", "", "1", 0 },
	{ "Msvm_VirtualSystemMigrationService", NULL, "StartService", "", "1", 0 },
	{ "Msvm_ComputerSystem", "X.CreationClassName='Msvm_ComputerSystem',Name='" UUID "01'",
		"InjectNonMaskableInterrupt", "", "32770", 0 },
	{ "Msvm_ComputerSystem", "X.CreationClassName='Msvm_ComputerSystem',Name='" UUID "ff'",
		"InjectNonMaskableInterrupt", "", NULL, ERR_NOT_FOUND },
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

/* A method by Hyper-V's name is run as ours: so its arguments must be in the same places. */
START_TEST(methods_by_another_name)
{
	for (size_t i = 0; i < cim_class_count; i++) {
		const struct cim_class *c = cim_classes[i], *own = alias_own_class(c);

		for (size_t n = 0; own != c && n < c->n_methods; n++) {
			const struct cim_method *m = &c->methods[n];
			const struct cim_method *o = cim_method_find(own, m->name);

			if (o == NULL)
				continue;
			ck_assert_uint_eq(m->n_parameters, o->n_parameters);
			for (size_t p = 0; p < m->n_parameters; p++) {
				ck_assert_str_eq(m->parameters[p].name, o->parameters[p].name);
				ck_assert_int_eq(m->parameters[p].type, o->parameters[p].type);
			}
		}
	}
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

/* What cannot fit is not made to the end: one verdict is proof enough. */
START_TEST(a_ranking_for_no_room)
{
	struct waiting w = { .op = { .kind = CIM_OP_INVOKE,
				     .class = &cim_class_VSMIG_MigrationAdvisor,
				     .room = 100 } };

	ck_assert_uint_eq(rank(&w, "<ComputerSystem>running</ComputerSystem>")->n, 1);
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

int main(void)
{
	Suite *s = suite_create("cim_methods");
	TCase *t = tcase_create("methods"), *plain = tcase_create("plain");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, invoke, 0, (int)ARRAY_LEN(invokes));
	tcase_add_test(t, a_method_of_another_class_is_none);
	tcase_add_test(t, a_check_is_audited);
	tcase_add_test(t, findings_are_instances);
	tcase_add_test(t, verdicts_are_instances);
	tcase_add_test(t, no_hosts_are_all_hosts);
	tcase_add_test(t, too_many_hosts);
	tcase_add_test(t, a_ranking_for_little_room);
	tcase_add_test(t, a_ranking_for_no_room);
	suite_add_tcase(s, t);
	tcase_add_test(plain, methods_by_another_name);
	tcase_add_loop_test(plain, every_reason_fits_the_schema, 1, REASON_COUNT);
	suite_add_tcase(s, plain);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
