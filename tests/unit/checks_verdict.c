/* From facts to the answer: every code, the order among them, policy, and what is not known. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "checks/reason.h"
#include "checks/rule.h"
#include "checks/verdict.h"
#include "tests/unit/checks_facts.h"

/* One check on its way: what a row changes. */
struct sample {
	struct check *c;
	struct facts *f;
	struct check_config config;
};

static struct sample sample_new(void)
{
	struct sample s = { .c = check_new(), .config = config_default() };

	s.c->vm = "web1";
	s.c->destination = "host-b";
	s.c->settings.move = MOVE_LIVE;
	s.f = facts_sample(&s.c->settings);
	return s;
}

static void sample_free(struct sample *s)
{
	check_free(s->c);
	facts_free(s->f);
}

static void plain(struct sample *s)
{
	(void)s;
}
static void local_disk(struct sample *s)
{
	s->f->disks_here[0].shared_fs = TRI_NO;
}
static void shut_off(struct sample *s)
{
	s->f->vm.active = false;
	s->f->vm.state = 5;
}
static void offline(struct sample *s)
{
	s->c->settings.move = MOVE_OFFLINE;
}
static void same_host(struct sample *s)
{
	s->f->dst.caps.uuid = s->f->src.caps.uuid;
}
static void other_type(struct sample *s)
{
	s->f->dst.type = "Xen";
}
static void bad_name(struct sample *s)
{
	s->c->destination = "h/system?command=x";
}
static void no_name(struct sample *s)
{
	s->c->destination = NULL;
}
static void ipv6(struct sample *s)
{
	s->c->destination = "2001:db8::7";
}
static void no_ipv6(struct sample *s)
{
	ipv6(s);
	s->config.formats = FORMAT_NAME | FORMAT_IPV4;
}
static void no_vm(struct sample *s)
{
	s->f->vm = (struct vm_facts){ 0 };
}
static void defect(struct sample *s)
{
	check_defect(s->c, VSM1009, "MigrationSettingData", "9", NULL, NULL);
}
static void named_defect(struct sample *s)
{
	no_name(s);
	check_defect(s->c, VSM1001, "DestinationHost", "DestinationHost", NULL, NULL);
}
static void lxc(struct sample *s)
{
	s->f->src.type = s->f->dst.type = "LXC";
}
static void dead_source(struct sample *s)
{
	s->f->src.access = ACCESS_UNREACHABLE;
	for (enum fact id = 0; id < FACT_COUNT; id++)
		facts_set_unknown(s->f, id, "not gathered", NULL);
}
static void lost_source(struct sample *s)
{
	dead_source(s);
	s->f->src.access = ACCESS_LOST;
}
static void dead_target(struct sample *s)
{
	s->f->dst.access = ACCESS_UNREACHABLE;
	s->f->dst.access_text = "connection refused";
	for (enum fact id = FACT_DST_HOST; id < FACT_COUNT; id++)
		facts_set_unknown(s->f, id, "not gathered", NULL);
}
static void silent_target(struct sample *s)
{
	dead_target(s);
	s->f->dst.access = ACCESS_TIMEOUT;
}
static void no_config(struct sample *s)
{
	facts_set_unknown(s->f, FACT_VM_CONFIG, "the monitor hung", NULL);
}
static void denied(struct sample *s)
{
	facts_set_unknown(s->f, FACT_VM_CONFIG, "access denied", NULL);
	s->f->state[FACT_VM_CONFIG].denied = true;
}
static void denied_there(struct sample *s)
{
	facts_set_unknown(s->f, FACT_DST_HOST, "access denied", NULL);
	s->f->state[FACT_DST_HOST].denied = true;
}
static void denied_snapshots(struct sample *s)
{
	facts_set_unknown(s->f, FACT_VM_SNAPSHOTS, "access denied", NULL);
	s->f->state[FACT_VM_SNAPSHOTS].denied = true;
}
static void stopping(struct sample *s)
{
	for (enum fact id = FACT_VM_STATE; id < FACT_COUNT; id++) {
		facts_set_unknown(s->f, id, "the service is shutting down", NULL);
		s->f->state[id].skipped = true;
	}
}
static void no_networks(struct sample *s)
{
	facts_set_unknown(s->f, FACT_DST_NETWORKS, "not supported", "Test");
}
static void refuse_unknown(struct sample *s)
{
	s->config.unknown = UNKNOWN_REFUSE;
}
static void no_secrets(struct sample *s)
{
	facts_set_unknown(s->f, FACT_DST_SECRETS, "not supported", "Test");
}
static void no_checkpoints(struct sample *s)
{
	facts_set_unknown(s->f, FACT_VM_CHECKPOINTS, "not supported", "Test");
}
static void no_network(struct sample *s)
{
	s->f->nics_there[0].exists = TRI_NO;
}
static void running_offline_allowed(struct sample *s)
{
	offline(s);
	s->config.refuse_running_offline = false;
}
static void strict_memory(struct sample *s)
{
	s->f->dst.free_kib = 1024;
	s->config.refuse_overcommit = true;
}
static void loose_memory(struct sample *s)
{
	s->f->dst.free_kib = 1024;
}

enum { NO = 0, YES = 1 };

static const struct {
	const char *name;
	void (*change[4])(struct sample *s);
	enum check_code code;
	int migratable;
	const char *deciding;
} rows[] = {
	{ "it can move", { plain }, 0, YES, "" },
	{ "a local disk", { local_disk }, 0, NO, "VSM4301" },
	{ "two reasons", { local_disk, no_network }, 0, NO, "VSM4301,VSM4401" },
	{ "shut off", { shut_off }, 5, NO, "VSM2001" },
	{ "shut off, offline", { shut_off, offline }, 0, YES, "" },
	{ "running, offline", { offline }, 5, NO, "VSM2001" },
	{ "running, offline, allowed", { running_offline_allowed }, 0, YES, "" },
	{ "offline to no network", { shut_off, offline, no_network }, 0, YES, "" },
	{ "the same host", { same_host }, 6, NO, "VSM3001" },
	{ "another hypervisor", { other_type }, 6, NO, "VSM3002" },
	{ "a hypervisor without migration", { lxc }, 1, NO, "VSM9001" },
	{ "no such format", { bad_name }, 4, NO, "VSM1004" },
	{ "a format not offered", { no_ipv6 }, 4, NO, "VSM1005" },
	{ "a format offered", { ipv6 }, 0, YES, "" },
	{ "no destination", { no_name }, 4, NO, "VSM1001" },
	{ "no destination, said already", { named_defect }, 4, NO, "VSM1001" },
	{ "no such VM", { no_vm }, 4, NO, "VSM1003" },
	{ "a defect", { defect }, 4, NO, "VSM1009" },
	{ "no source", { dead_source }, 5, NO, "VSM2020" },
	{ "a source that broke", { lost_source }, 2, NO, "VSM9002" },
	{ "no target", { dead_target }, 5, NO, "VSM2010" },
	{ "a silent target", { silent_target }, 3, NO, "VSM9003" },
	{ "the configuration could not be read", { no_config }, 2, NO, "VSM9002" },
	{ "the configuration may not be read", { denied }, 2, NO, "VSM9004" },
	{ "the target may not be asked what it is", { denied_there }, 2, NO, "VSM9002" },
	{ "the snapshots may not be counted", { denied_snapshots }, 0, YES, "" },
	{ "the service stops in the middle", { stopping }, 2, NO, "VSM9002" },
	{ "an unknown", { no_networks }, 0, YES, "" },
	{ "an unknown, refused", { no_networks, refuse_unknown }, 2, NO, "VSM6002" },
	{ "an unknown of no concern, refused", { no_secrets, refuse_unknown }, 0, YES, "" },
	{ "an unknown of a mere warning, refused", { no_checkpoints, refuse_unknown }, 0, YES, "" },
	{ "an unknown of a move that it only warns of, refused",
		{ offline, shut_off, no_networks, refuse_unknown }, 0, YES, "" },
	{ "too little memory", { loose_memory }, 0, YES, "" },
	{ "too little memory, refused", { strict_memory }, 0, NO, "VSM4202" },
	/* precedence: 4, 1, 3, 2, 5, 6, false */
	{ "4 before 1", { lxc, defect }, 4, NO, "VSM1009" },
	{ "1 before 3", { lxc, silent_target }, 1, NO, "VSM9001" },
	{ "3 before 2", { silent_target, no_config }, 3, NO, "VSM9003" },
	{ "2 before 5", { no_config, shut_off }, 2, NO, "VSM9002" },
	{ "5 before 6", { shut_off, same_host }, 5, NO, "VSM2001" },
	{ "6 before false", { same_host, local_disk }, 6, NO, "VSM3001" },
	{ "all at once", { defect, lxc, no_config, shut_off }, 4, NO, "VSM1009" },
};

START_TEST(verdicts)
{
	struct sample s = sample_new();
	char ids[256];

	for (size_t i = 0; i < ARRAY_LEN(rows[_i].change) && rows[_i].change[i]; i++)
		rows[_i].change[i](&s);
	verdict_reach(s.c, s.f, &s.config);
	check_deciding_ids(s.c, ids, sizeof ids);
	ck_assert_msg(s.c->code == rows[_i].code && s.c->migratable == (bool)rows[_i].migratable &&
			      strcmp(ids, rows[_i].deciding) == 0,
		"%s: code %d, %d, '%s'", rows[_i].name, s.c->code, s.c->migratable, ids);
	ck_assert(!s.c->migratable || s.c->code == CHECK_DONE);
	sample_free(&s);
}
END_TEST

static size_t count(const struct check *c, enum reason_id id)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_findings; i++)
		n += c->findings[i].id == id;
	return n;
}

static const struct finding *find(const struct check *c, enum reason_id id)
{
	for (size_t i = 0; i < c->n_findings; i++)
		if (c->findings[i].id == id)
			return &c->findings[i];
	return NULL;
}

/* Whatever hangs on a target that cannot be reached is said in one line, not in forty. */
START_TEST(a_dead_target_is_said_once)
{
	struct sample s = sample_new();

	dead_target(&s);
	verdict_reach(s.c, s.f, &s.config);
	ck_assert_uint_eq(count(s.c, VSM6003), 1);
	ck_assert_uint_eq(count(s.c, VSM6002), 0);
	ck_assert_ptr_nonnull(strstr(find(s.c, VSM6003)->message, "networks"));
	ck_assert_ptr_nonnull(strstr(find(s.c, VSM2010)->message, "connection refused"));
	sample_free(&s);
}
END_TEST

/* What only the source knows is told all the same. */
START_TEST(the_source_is_judged_without_a_target)
{
	struct sample s = sample_new();

	dead_target(&s);
	s.f->vm.snapshots = 3;
	verdict_reach(s.c, s.f, &s.config);
	ck_assert_int_eq(s.c->code, CHECK_INVALID_STATE);
	ck_assert_ptr_nonnull(find(s.c, VSM4310));
	sample_free(&s);
}
END_TEST

START_TEST(one_line_per_missing_call)
{
	struct sample s = sample_new();

	s.f->src.type = s.f->dst.type = "Test";
	facts_set_unknown(s.f, FACT_DST_DOMCAPS, "not supported", "Test");
	facts_set_unknown(s.f, FACT_DST_CPU, "not supported", "Test");
	verdict_reach(s.c, s.f, &s.config);
	ck_assert_int_eq(s.c->code, CHECK_DONE);
	ck_assert(s.c->migratable);
	ck_assert_uint_eq(count(s.c, VSM6002), 2);
	ck_assert_ptr_nonnull(
		strstr(find(s.c, VSM6002)->message, "the Test driver does not provide"));
	sample_free(&s);
}
END_TEST

START_TEST(errors_come_first)
{
	struct sample s = sample_new();
	enum severity last = SEVERITY_ERROR;

	local_disk(&s);
	no_network(&s);
	no_secrets(&s);
	s.f->vm.autostart = s.f->vm.save_image = true;
	s.c->simulated = false;
	s.f->dst.simulated = true;
	verdict_reach(s.c, s.f, &s.config);
	for (size_t i = 0; i < s.c->n_findings; i++) {
		ck_assert_int_le(finding_severity(&s.c->findings[i]), last);
		last = finding_severity(&s.c->findings[i]);
	}
	ck_assert_str_eq(reason_get(s.c->findings[s.c->n_findings - 1].id)->id, "VSM6005");
	ck_assert(s.c->simulated);
	ck_assert_str_eq(s.c->vm_name, "web1");
	ck_assert_str_eq(s.c->vm_uuid, UUID_VM);
	sample_free(&s);
}
END_TEST

/* How the target is reached, with whose key, is nobody's business but the operator's. */
START_TEST(uris_are_shown_without_secrets)
{
	static const char *const secrets[] = { "joe", "keyfile", "/root" };
	struct sample s = sample_new();

	s.f->dst.access = _i ? ACCESS_OPEN : ACCESS_NO_SERVICE;
	s.f->dst.uri = "qemu+ssh://joe@host-b/system?keyfile=/root/k";
	s.f->dst.caps.uuid = NULL;
	no_network(&s);
	verdict_reach(s.c, s.f, &s.config);
	ck_assert_uint_gt(s.c->n_findings, 0);
	for (size_t i = 0; i < s.c->n_findings * ARRAY_LEN(secrets); i++) {
		const struct finding *f = &s.c->findings[i / ARRAY_LEN(secrets)];
		const char *secret = secrets[i % ARRAY_LEN(secrets)];

		ck_assert_msg(!strstr(f->message, secret), "%s", f->message);
		ck_assert_msg(!strstr(f->remedy, secret), "%s", f->remedy);
		ck_assert_msg(!f->found || !strstr(f->found, secret), "%s", f->found);
	}
	sample_free(&s);
}
END_TEST

/* An answer stands on its own when its facts are gone. */
START_TEST(findings_outlive_the_facts)
{
	struct sample s = sample_new();

	local_disk(&s);
	no_network(&s);
	same_host(&s);
	verdict_reach(s.c, s.f, &s.config);
	facts_free(s.f);
	s.f = NULL;
	for (size_t i = 0; i < s.c->n_findings; i++) {
		const struct finding *f = &s.c->findings[i];

		ck_assert_uint_gt(strlen(f->message) + strlen(f->remedy), 0);
		ck_assert(!f->object || strlen(f->object) > 0);
		ck_assert(!f->found || strlen(f->found) > 0);
		ck_assert(!f->needed || strlen(f->needed) > 0);
	}
	sample_free(&s);
}
END_TEST

/* Without a VM, with the host itself, or with a move that is not offered nothing is gathered. */
static const struct {
	const char *name, *vm, *destination;
	bool host;
	unsigned type;
	enum check_code code;
	const char *deciding;
} inputs[] = {
	{ "no VM", NULL, "host-b", false, 2, 4, "VSM1001" },
	{ "no VM and a bad destination", NULL, "a b", false, 2, 4, "VSM1001,VSM1004" },
	{ "the host itself", NULL, "host-b", true, 2, 1, "VSM9001" },
	{ "storage only", "web1", "host-b", false, 32769, 1, "VSM9001" },
	{ "staged", "web1", "host-b", false, 32770, 1, "VSM9001" },
	{ "deep check", "web1", "host-b", false, 32772, 1, "VSM9001" },
	{ "storage only, no destination", "web1", NULL, false, 32769, 4, "VSM1001" },
};

START_TEST(input_alone)
{
	struct check *c = check_new();
	struct check_config config = config_default();
	char ids[64];

	c->vm = inputs[_i].vm;
	c->vm_is_host = inputs[_i].host;
	c->destination = inputs[_i].destination;
	c->settings.type = inputs[_i].type;
	c->settings.move = move_of_type(inputs[_i].type);
	ck_assert(!verdict_needs_facts(c));
	verdict_reach(c, NULL, &config);
	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_msg(c->code == inputs[_i].code && strcmp(ids, inputs[_i].deciding) == 0,
		"%s: code %d, '%s'", inputs[_i].name, c->code, ids);
	check_free(c);
}
END_TEST

START_TEST(deadline)
{
	struct sample s = sample_new();
	struct check *c = check_new();
	char ids[64];

	c->vm = "web1";
	c->destination = "host-b";
	c->settings.move = MOVE_LIVE;
	verdict_timed_out(c, 2.7, "opening a connection to the target host", NULL, &s.config);
	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	ck_assert_str_eq(ids, "VSM9003");
	ck_assert_str_eq(c->last_step, "opening a connection to the target host");
	ck_assert_str_eq(c->findings[0].message,
		"The check did not finish within 2.7 seconds "
		"(last step: opening a connection to the target host).");
	check_free(c);
	sample_free(&s);
}
END_TEST

/* Of what the source told all rules speak; of what the target did not tell one sentence does. */
START_TEST(deadline_with_half_the_facts)
{
	struct sample s = sample_new();
	struct check *c = check_new();
	struct facts *half;
	char ids[64];

	c->vm = "web1";
	c->destination = "host-b";
	c->settings.move = MOVE_LIVE;
	s.f->vm.snapshots = 2;
	s.f->same_name.taken = TRI_YES;
	half = facts_without_target(s.f);
	verdict_timed_out(c, 2.7, "listing domains", half, &s.config);
	check_deciding_ids(c, ids, sizeof ids);
	ck_assert_int_eq(c->code, CHECK_TIMEOUT);
	ck_assert_str_eq(ids, "VSM9003,VSM4310");
	facts_free(half);
	check_free(c);
	sample_free(&s);
}
END_TEST

/* Seven independent problems are seven findings of one answer. */
START_TEST(all_reasons_at_once)
{
	struct sample s = sample_new();
	const struct vm_named sound = { .kind = "sound", .model = "usb", .alias = "sound0" };
	const char *const pinned = "700";
	char ids[128];

	s.f->config.disks[0].transient = true;
	s.f->config.disks[0].format = "vmdk";
	s.f->config.devices = &sound;
	s.f->config.n_devices = 1;
	s.f->config.pinned = &pinned;
	s.f->config.n_pinned = 1;
	s.f->config.memory_kib = 17 * GIB;
	s.f->vm.snapshots = 1;
	s.f->nics_there[0].exists = TRI_NO;
	verdict_reach(s.c, s.f, &s.config);
	check_deciding_ids(s.c, ids, sizeof ids);
	ck_assert_int_eq(s.c->code, CHECK_DONE);
	ck_assert(!s.c->migratable);
	ck_assert_str_eq(ids, "VSM4111,VSM4201,VSM4306,VSM4307,VSM4310,VSM4401,VSM4508");
	sample_free(&s);
}
END_TEST

/* The list is cut at an id, never within one. */
START_TEST(deciding_ids_are_cut)
{
	struct sample s = sample_new();
	char ids[10];

	local_disk(&s);
	no_network(&s);
	verdict_reach(s.c, s.f, &s.config);
	check_deciding_ids(s.c, ids, sizeof ids);
	ck_assert_str_eq(ids, "VSM4301");
	sample_free(&s);
}
END_TEST

/* Any one fact may be missing: the answer is code 0 or 2, and the finding says what. */
START_TEST(each_fact_unknown)
{
	struct sample s = sample_new();

	facts_set_unknown(s.f, (enum fact)_i, "it broke", NULL);
	verdict_reach(s.c, s.f, &s.config);
	ck_assert_msg(s.c->code == CHECK_DONE || s.c->code == CHECK_FAILED, "%s: code %d",
		fact_text((enum fact)_i), s.c->code);
	sample_free(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tc = tcase_create("verdict");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, verdicts, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(tc, input_alone, 0, ARRAY_LEN(inputs));
	tcase_add_loop_test(tc, each_fact_unknown, 0, FACT_COUNT);
	tcase_add_test(tc, a_dead_target_is_said_once);
	tcase_add_test(tc, the_source_is_judged_without_a_target);
	tcase_add_test(tc, one_line_per_missing_call);
	tcase_add_test(tc, errors_come_first);
	tcase_add_loop_test(tc, uris_are_shown_without_secrets, 0, 2);
	tcase_add_test(tc, findings_outlive_the_facts);
	tcase_add_test(tc, all_reasons_at_once);
	tcase_add_test(tc, deadline);
	tcase_add_test(tc, deadline_with_half_the_facts);
	tcase_add_test(tc, deciding_ids_are_cut);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
