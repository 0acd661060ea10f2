/*
 * The scout of recorded domains: what is in it and where it goes; what libvirt's errors of a migration
 * that did not get through mean, and for which kind of move.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/scout_inner.h"
#include "tests/unit/checks_twins.h"

static const char *const domains[] = { "domain-plain.xml", "domain-rich.xml" };

static struct facts *recorded(const char *name, struct arena *a)
{
	return facts_of(slurp(name, a));
}

/* Whatever the VM has. */
START_TEST(empty)
{
	static const char *const allowed[] = { "emulator", "controller", "memballoon" };
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[_i], a);
	struct scout s = { 0 };
	const xmlNode *root;
	struct err e;

	ck_assert_ptr_nonnull(scout_make(&s, f, a, &e));
	ck_assert_uint_eq(s.flags, VIR_MIGRATE_LIVE | VIR_MIGRATE_PARALLEL | VIR_MIGRATE_PAUSED);
	ck_assert_uint_eq(s.n_addresses, 0);
	root = xmlDocGetRootElement(s.twin);
	ck_assert_str_eq(vxml_text(a, vxml_at(root, "devices/emulator")), f->config.emulator);
	ck_assert(vxml_attr_is(vxml_at(root, "os/type"), "machine", f->config.machine));
	for (const xmlNode *n = vxml_child(vxml_child(root, "devices"), NULL); n;
		n = vxml_next(n, NULL)) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
			known |= vxml_is(n, allowed[i]);
		ck_assert_msg(known && (vxml_is(n, "emulator") || vxml_attr_is(n, "model", "none")),
			"%s", vxml_dump(a, n));
	}
	ck_assert_ptr_null(vxml_child(root, "metadata"));
	ck_assert_ptr_null(vxml_child(root, "cpu"));
	ck_assert_ptr_null(vxml_attr(a, vxml_child(root, "os"), "firmware"));
	ck_assert_ptr_null(vxml_child(root, "uuid"));
	ck_assert_ptr_null(strstr(vxml_dump(a, root), f->config.uuid));
	scout_clear(&s);
	facts_free(f);
}
END_TEST

static const char *key_of(const struct settings *set, struct facts *f, struct scout *s)
{
	const char *key;
	struct err e;

	*s = (struct scout){ 0 };
	f->settings = set;
	key = scout_make(s, f, f->arena, &e);
	scout_clear(s);
	return key;
}

/* One goes for many: only what changes the way makes another. */
START_TEST(equal_scouts)
{
	static const struct settings plain = { .move = MOVE_LIVE }, again = { .move = MOVE_RESUME },
				     tls = { .move = MOVE_LIVE, .transport = TRANSPORT_TLS },
				     strict = { .move = MOVE_LIVE,
					     .transport = TRANSPORT_TLS_STRICT },
				     cold = { .move = MOVE_OFFLINE },
				     restart = { .move = MOVE_RESTART },
				     rdma = { .move = MOVE_LIVE, .transport = TRANSPORT_OTHER };
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a), *g = recorded(domains[0], a);
	struct scout s;

	ck_assert_str_eq(key_of(&plain, f, &s), key_of(&again, g, &s));
	ck_assert_str_ne(key_of(&plain, f, &s), key_of(&tls, g, &s));
	ck_assert(s.flags & VIR_MIGRATE_TLS);
	ck_assert_ptr_null(s.tls_name);
	ck_assert(s.data);
	f->destination = "beta";
	g->destination = "10.77.0.12";
	ck_assert_str_eq(key_of(&tls, f, &s), key_of(&tls, g, &s));
	ck_assert_str_ne(key_of(&strict, f, &s), key_of(&strict, g, &s));
	ck_assert_str_eq(s.tls_name, "10.77.0.12");
	ck_assert_str_eq(key_of(&cold, f, &s), key_of(&restart, g, &s));
	ck_assert(!s.data);
	ck_assert_str_ne(key_of(&cold, f, &s), key_of(&plain, f, &s));
	ck_assert_ptr_null(key_of(&rdma, f, &s));
	facts_free(f);
	facts_free(g);
}
END_TEST

/* A hook is asked about no other name than the VM's, and who asks about that shares it with no other VM. */
START_TEST(by_name)
{
	static const struct settings plain = { .move = MOVE_LIVE };
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a), *g = recorded(domains[0], a);
	struct scout s;

	f->way.by_name = true;
	f->hook_there = TRI_YES;
	ck_assert_str_ne(key_of(&plain, g, &s), key_of(&plain, f, &s));
	ck_assert_str_eq(s.as, f->stored.name);
	f->hook_there = TRI_UNKNOWN;
	key_of(&plain, f, &s);
	ck_assert_str_eq(s.as, f->stored.name);
	f->config.name = "another";
	ck_assert_str_eq(key_of(&plain, g, &s), key_of(&plain, f, &s));
	ck_assert_ptr_null(s.as);
	f->config.name = f->stored.name;
	f->hook_there = TRI_NO;
	key_of(&plain, f, &s);
	ck_assert_ptr_null(s.as);
	f->hook_there = TRI_YES;
	f->way.by_name = false;
	key_of(&plain, f, &s);
	ck_assert_ptr_null(s.as);
	facts_free(f);
	facts_free(g);
}
END_TEST

/* A hook may use libvirt's own words. */
static const struct {
	int code;
	const char *text;
	enum tri named;
} heard[] = {
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: domain 'vsmigd-probe-x' is already defined with uuid " TWIN_UUID,
		TRI_YES },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: domain 'web1' is already defined with uuid 0000", TRI_UNKNOWN },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: domain 'web1' already exists with uuid " TWIN_UUID,
		TRI_UNKNOWN },
	{ VIR_ERR_HOOK_SCRIPT_FAILED,
		"Hook script execution failed: web1 is already active, already defined with "
		"uuid " TWIN_UUID,
		TRI_NO },
	{ VIR_ERR_INTERNAL_ERROR, "already defined with uuid " TWIN_UUID, TRI_UNKNOWN },
	{ VIR_ERR_OPERATION_INVALID, "domain is already active as 'web1'", TRI_UNKNOWN },
};

START_TEST(what_the_hook_says)
{
	struct scout_result r = { .through = TRI_YES };

	scout_hear(heard[_i].code, heard[_i].text, TWIN_UUID, &r);
	ck_assert_int_eq(r.named, heard[_i].named);
	ck_assert_int_eq(r.through, heard[_i].named == TRI_NO ? TRI_NO : TRI_YES);
	ck_assert(heard[_i].named != TRI_NO || (r.cause == WAY_HOOK && *r.text));
}
END_TEST

/* Where disks are copied one with a disk goes as well, if neither host gives its file to anybody. */
static const struct {
	enum move move;
	const char *here[3], *there[3];
	unsigned labels; /* 0: there is none */
} copies[] = {
	{ MOVE_LIVE_COPY, { "none", "dac" }, { "none", "dac" }, 1 },
	{ MOVE_LIVE_COPY, { "selinux", "dac" }, { "selinux", "dac" }, 2 },
	{ MOVE_LIVE_COPY, { "apparmor", "dac" }, { "dac" }, 1 },
	{ MOVE_LIVE_COPY, { "selinux", "dac" }, { "dac" }, 0 },
	{ MOVE_LIVE_COPY, { "dac" }, { "selinux", "dac" }, 0 },
	{ MOVE_LIVE_COPY, { "none" }, { "dac" }, 0 },
	{ MOVE_LIVE_COPY, { "dac" }, { NULL }, 0 },
	{ MOVE_LIVE, { "dac" }, { "dac" }, 0 },
	{ MOVE_RESUME, { "dac" }, { "dac" }, 0 },
	{ MOVE_OFFLINE, { "dac" }, { "dac" }, 0 },
};

static size_t count_of(const char *const *all)
{
	size_t n = 0;

	while (all[n])
		n++;
	return n;
}

START_TEST(with_disk)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[1], a);
	const struct settings set = { .move = copies[_i].move };
	const char *with, *without;
	struct scout s = { 0 };
	const xmlNode *source;
	unsigned labels = 0;
	struct err e;

	f->settings = &set;
	f->src.caps.secmodels = copies[_i].here;
	f->src.caps.n_secmodels = count_of(copies[_i].here);
	f->dst.caps.secmodels = copies[_i].there;
	f->dst.caps.n_secmodels = count_of(copies[_i].there);
	with = scout_make(&s, f, a, &e);
	ck_assert_ptr_nonnull(with);
	ck_assert_ptr_null(vxml_at(xmlDocGetRootElement(s.twin), "devices/disk"));
	ck_assert_int_eq(s.copied != NULL, copies[_i].labels > 0);
	source = s.copied ? vxml_at(xmlDocGetRootElement(s.copied), "devices/disk/source") : NULL;
	if (source)
		ck_assert(vxml_attr_is(source, "file", "/proc/self/coredump_filter"));
	XML_EACH(label, source, "seclabel")
	{
		ck_assert(vxml_attr_is(label, "model", labels ? "selinux" : "dac"));
		ck_assert(vxml_attr_is(label, "relabel", "no"));
		labels++;
	}
	ck_assert_uint_eq(labels, copies[_i].labels);
	scout_clear(&s);
	f->config.n_disks = 0;
	without = key_of(&set, f, &s);
	ck_assert_int_eq(strcmp(with, without) != 0, copies[_i].labels > 0);
	facts_free(f);
}
END_TEST

/* Where the data are to go: to those that may be the target's, first to the one that they would take. */
START_TEST(addresses)
{
	static const char *const list[] = { "192.0.2.7", "127.0.0.1", "192.0.2.9", "2001:db8::7" };
	static const char *const own[] = { "2001:db8:0::7" };
	static const enum tri ways[] = { TRI_YES, TRI_YES, TRI_NO, TRI_YES };
	static const struct settings set = { .move = MOVE_LIVE,
		.addresses = list,
		.n_addresses = 4 },
				     none = { .move = MOVE_LIVE,
					     .addresses = list + 1,
					     .n_addresses = 1 };
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a);
	struct scout s;

	f->ways = ways;
	ck_assert_ptr_nonnull(key_of(&set, f, &s));
	ck_assert_uint_eq(s.n_addresses, 2);
	ck_assert_str_eq(s.addresses[0], "192.0.2.7");
	ck_assert_str_eq(s.addresses[1], "2001:db8::7");
	f->dst.addresses = own;
	f->dst.n_addresses = 1;
	ck_assert_ptr_nonnull(key_of(&set, f, &s));
	ck_assert_str_eq(s.addresses[0], "2001:db8::7");
	ck_assert_ptr_null(key_of(&none, f, &s));
	facts_free(f);
}
END_TEST

/* Libvirt chooses the firmware of such a one itself, and would for the scout. */
START_TEST(chosen_firmware)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a);
	const char *os = strstr(f->xml, "<os>");
	struct scout s = { 0 };
	struct err e;

	ck_assert_ptr_nonnull(os);
	f->xml = arena_printf(
		a, "%.*s<os firmware='efi'>%s", (int)(os - f->xml), f->xml, os + strlen("<os>"));
	ck_assert_ptr_nonnull(scout_make(&s, f, a, &e));
	ck_assert_ptr_null(strstr(vxml_dump(a, xmlDocGetRootElement(s.twin)), "firmware"));
	scout_clear(&s);
	facts_free(f);
}
END_TEST

START_TEST(no_scout)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a);
	struct scout s;

	f->xml = NULL;
	ck_assert_ptr_null(key_of(&live, f, &s));
	f->xml = "<domain type='qemu'><devices/></domain>";
	ck_assert_ptr_null(key_of(&live, f, &s));
	f->xml = "<domain";
	ck_assert_ptr_null(key_of(&live, f, &s));
	facts_free(f);
}
END_TEST

/* Of libvirt 9.0 and QEMU 7.2. */
static const struct {
	int code;
	const char *text;
	enum way_cause cause;
} causes[] = {
	{ VIR_ERR_OPERATION_INVALID,
		"Requested operation is not valid: this libvirtd instance allows migration only "
		"with VIR_MIGRATE_TLS flag",
		WAY_TLS_ONLY },
	{ VIR_ERR_INTERNAL_ERROR,
		"internal error: Unable to find an unused port in range 'migration' (49300-49301)",
		WAY_NO_PORT },
	{ VIR_ERR_HOOK_SCRIPT_FAILED,
		"Hook script execution failed: internal error: Child process "
		"(/etc/libvirt/hooks/qemu "
		"vsmigd-way migrate begin -) unexpected exit status 1: no guests today\n",
		WAY_HOOK },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: job 'migration out' failed: Certificate does not match the "
		"hostname 10.77.0.12",
		WAY_CREDENTIALS },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: job 'migration out' failed: Cannot write to TLS channel: "
		"Input/output "
		"error",
		WAY_CREDENTIALS },
	{ VIR_ERR_INTERNAL_ERROR,
		"internal error: unable to execute QEMU command 'object-add': Unable to access "
		"credentials /etc/pki/qemu/ca-cert.pem: No such file or directory",
		WAY_CREDENTIALS },
	{ VIR_ERR_INTERNAL_ERROR,
		"internal error: unable to execute QEMU command 'migrate-incoming': Failed to bind "
		"socket: Cannot assign requested address",
		WAY_ADDRESS },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: job 'migration out' failed: Failed to connect to "
		"'192.0.2.12:49152': Network is unreachable",
		WAY_CUT },
	{ VIR_ERR_SYSTEM_ERROR,
		"unable to connect to server at '192.0.2.12:49152': Connection refused", WAY_CUT },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: job 'migration out' failed: address resolution failed for "
		"beta:49152: Name or service not known",
		WAY_CUT },
	{ VIR_ERR_OPERATION_FAILED,
		"operation failed: job 'migration out' failed: Failed to connect to "
		"'2001:db8::7:49152': Cannot assign requested address",
		WAY_CUT },
	{ VIR_ERR_INTERNAL_ERROR, "internal error: failed to connect to monitor socket",
		WAY_OTHER },
	{ VIR_ERR_OPERATION_FAILED, "operation failed: domain is not running", WAY_OTHER },
	{ VIR_ERR_OPERATION_INVALID,
		"Requested operation is not valid: domain is marked for auto destroy", WAY_OTHER },
	{ VIR_ERR_ACCESS_DENIED, "access denied", WAY_OTHER },
	{ VIR_ERR_ARGUMENT_UNSUPPORTED, "argument unsupported: TLS migration is not supported",
		WAY_OTHER },
};

START_TEST(what_it_means)
{
	ck_assert_msg(scout_cause_of(causes[_i].code, causes[_i].text) == causes[_i].cause,
		"%s: %d", causes[_i].text, scout_cause_of(causes[_i].code, causes[_i].text));
}
END_TEST

/* What meets the data alone says nothing of a machine that moves without. */
static const struct {
	enum tri through;
	enum way_cause cause;
	const char *text;
	enum tri hot, cold;
} answers[] = {
	{ TRI_YES, WAY_OTHER, "", TRI_YES, TRI_YES },
	{ TRI_UNKNOWN, WAY_OTHER, "why", TRI_UNKNOWN, TRI_UNKNOWN },
	{ TRI_NO, WAY_TLS_ONLY, "why", TRI_NO, TRI_NO },
	{ TRI_NO, WAY_NO_PORT, "why", TRI_NO, TRI_NO },
	{ TRI_NO, WAY_HOOK, "(/etc/libvirt/hooks/qemu x prepare begin -)", TRI_NO, TRI_UNKNOWN },
	{ TRI_NO, WAY_HOOK, "(/etc/libvirt/hooks/qemu x migrate begin -)", TRI_NO, TRI_NO },
	{ TRI_NO, WAY_CREDENTIALS, "why", TRI_NO, TRI_UNKNOWN },
	{ TRI_NO, WAY_ADDRESS, "why", TRI_NO, TRI_UNKNOWN },
	{ TRI_NO, WAY_CUT, "why", TRI_NO, TRI_YES },
	{ TRI_NO, WAY_SILENT, "why", TRI_NO, TRI_YES },
};

START_TEST(for_whom)
{
	static const struct settings cold[] = { { .move = MOVE_OFFLINE },
		{ .move = MOVE_RESTART } };
	auto_arena struct arena *a = arena_new();
	struct facts *f = recorded(domains[0], a);
	struct scout_result r = { .through = answers[_i].through,
		.cause = answers[_i].cause,
		.addresses = { { TRI_NO, TRI_UNKNOWN }, { TRI_YES, TRI_NO } } };
	struct scout s = { .addresses = { "192.0.2.7", "192.0.2.8" }, .n_addresses = 2 };
	struct way_facts way;

	snprintf(r.text, sizeof r.text, "%s", answers[_i].text);
	scout_tell(&s, &r, f, a, &way);
	ck_assert_int_eq(way.through, answers[_i].hot);
	ck_assert_str_eq(way.text, answers[_i].text);
	ck_assert(way.asked);
	ck_assert_uint_eq(way.n_addresses, 2);
	ck_assert_str_eq(way.addresses[1].text, "192.0.2.8");
	ck_assert_int_eq(way.addresses[0].there, TRI_NO);
	ck_assert_int_eq(way.addresses[1].reached, TRI_NO);
	for (size_t i = 0; i < ARRAY_LEN(cold); i++) {
		f->settings = &cold[i];
		scout_tell(&s, &r, f, a, &way);
		ck_assert_int_eq(way.through, answers[_i].cold);
	}
	facts_free(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("scout");
	TCase *t = tcase_create("scout");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, empty, 0, ARRAY_LEN(domains));
	tcase_add_test(t, equal_scouts);
	tcase_add_test(t, by_name);
	tcase_add_loop_test(t, what_the_hook_says, 0, ARRAY_LEN(heard));
	tcase_add_loop_test(t, with_disk, 0, ARRAY_LEN(copies));
	tcase_add_test(t, addresses);
	tcase_add_test(t, chosen_firmware);
	tcase_add_test(t, no_scout);
	tcase_add_loop_test(t, what_it_means, 0, ARRAY_LEN(causes));
	tcase_add_loop_test(t, for_whom, 0, ARRAY_LEN(answers));
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
