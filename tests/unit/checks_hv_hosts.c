/* From what a client calls a host to the URI that is opened. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/hosts.h"
#include "checks/hypervisor/open.h"

static struct hosts *make(const char *template, const char *const *allow, size_t n_allow,
	const char *pki, const char *auth, struct err *e)
{
	const struct hv_host rows[] = {
		{ .name = "known", .uri = "qemu+tls://kvm7.example/system" },
		{ .name = "local",
			.uri = "qemu:///system",
			.maintenance = true,
			.max_migrations = 3 },
		{ .name = "socket", .uri = "qemu+unix:///system?socket=/run/x/libvirt-sock" },
		{ .name = "own-keys", .uri = "qemu+tls://k/system?pkipath=/own" },
	};
	struct hv_config c = {
		.uri_template = template,
		.allow = allow,
		.n_allow = n_allow,
		.hosts = rows,
		.n_hosts = ARRAY_LEN(rows),
		.pki_path = pki,
		.auth_file = auth,
	};
	struct hosts *h = NULL;

	return hosts_new(&c, &h, e) == 0 ? h : NULL;
}

static const char *const allow_some[] = {
	"*.cloud.example",
	"kvm[0-9]",
	"192.0.2.0/24",
	"2001:db8::/33",
	"198.51.100.7",
	"10.*",
};
static const char *const allow_all[] = { "*" };

static const struct row {
	const char *name;
	bool all;
	const char *uri; /* NULL: not allowed */
} rows[] = {
	{ "known", false, "qemu+tls://kvm7.example/system" },
	{ "KNOWN", false, "qemu+tls://kvm7.example/system" },
	{ "a.cloud.example", false, "qemu+tls://a.cloud.example/system" },
	{ "A.Cloud.Example", false, "qemu+tls://A.Cloud.Example/system" },
	{ "cloud.example", false, NULL },
	{ "kvm3", false, "qemu+tls://kvm3/system" },
	{ "kvm33", false, NULL },
	{ "192.0.2.0", false, "qemu+tls://192.0.2.0/system" },
	{ "192.0.2.255", false, "qemu+tls://192.0.2.255/system" },
	{ "192.0.3.0", false, NULL },
	{ "198.51.100.7", false, "qemu+tls://198.51.100.7/system" },
	{ "198.51.100.8", false, NULL },
	{ "::ffff:192.0.2.7", false, "qemu+tls://[::ffff:192.0.2.7]/system" },
	{ "::ffff:192.0.3.7", false, NULL },
	{ "2001:db8::1", false, "qemu+tls://[2001:db8::1]/system" },
	{ "2001:db8:7fff::1", false, "qemu+tls://[2001:db8:7fff::1]/system" },
	{ "2001:db8:8000::1", false, NULL },
	{ "10.1.2.3", false, NULL }, /* a pattern is for names */
	{ "10.evil.example", false, "qemu+tls://10.evil.example/system" },
	{ "anything.example", true, "qemu+tls://anything.example/system" },
	{ "203.0.113.9", true, "qemu+tls://203.0.113.9/system" },
	{ "::1", true, "qemu+tls://[::1]/system" },
	/* What must never reach a URI, whatever is allowed. */
	{ "h/system?command=/bin/sh", true, NULL },
	{ "h?command=x", true, NULL },
	{ "h#x", true, NULL },
	{ "user@h", true, NULL },
	{ "h:22", true, NULL },
	{ "h%2fsystem", true, NULL },
	{ "h h", true, NULL },
	{ "h\n", true, NULL },
	{ "h\"", true, NULL },
	{ "[::1]", true, NULL },
	{ "fe80::1%eth0", true, NULL },
	{ "::1/128", true, NULL },
	{ "{host}", true, NULL },
	{ "-oProxyCommand=x", true, NULL },
	{ "-h", true, NULL },
	{ "h\xc3\xa4", true, NULL },
	{ "", true, NULL },
	{ ".", true, NULL },
};

START_TEST(test_find)
{
	const struct row *r = &rows[_i];
	auto_arena struct arena *a = arena_new();
	struct destination d;
	struct err e;
	struct hosts *h = r->all ? make("qemu+tls://{host}/system", allow_all, 1, NULL, "", &e)
				 : make("qemu+tls://{host}/system", allow_some,
					   ARRAY_LEN(allow_some), "", NULL, &e);

	ck_assert_ptr_nonnull(h);
	hosts_find(h, r->name, a, &d);
	if (r->uri) {
		ck_assert_int_eq(d.access, ACCESS_OPEN);
		ck_assert_str_eq(d.uri, r->uri);
		ck_assert_str_eq(d.open_uri, r->uri);
	} else {
		ck_assert_msg(d.access == ACCESS_NOT_ALLOWED, "'%s' became %s", r->name, d.uri);
		ck_assert_ptr_null(d.uri);
		ck_assert_ptr_nonnull(d.text);
	}
	hosts_unref(h);
}
END_TEST

static const struct {
	const char *name, *uri;
} keyed[] = {
	{ "known",
		"qemu+tls://kvm7.example/system?pkipath=/etc/pki/a%20b&authfile=/etc/auth.conf" },
	{ "local", "qemu:///system" },
	{ "socket", "qemu+unix:///system?socket=/run/x/libvirt-sock&authfile=/etc/auth.conf" },
	{ "own-keys", "qemu+tls://k/system?pkipath=/own&authfile=/etc/auth.conf" },
	{ "other", "xen://other/?pkipath=/etc/pki/a%20b&authfile=/etc/auth.conf" },
};

START_TEST(test_keys)
{
	auto_arena struct arena *a = arena_new();
	struct destination d;
	struct err e;
	struct hosts *h = make("xen://{host}/", allow_all, 1, "/etc/pki/a b", "/etc/auth.conf", &e);

	hosts_find(h, keyed[_i].name, a, &d);
	ck_assert_str_eq(d.open_uri, keyed[_i].uri);
	ck_assert_ptr_null(strstr(d.uri, "authfile"));
	ck_assert_int_eq(d.maintenance, strcmp(keyed[_i].name, "local") == 0);
	ck_assert_uint_eq(d.max_migrations, d.maintenance ? 3 : 0);
	hosts_unref(h);
}
END_TEST

/* Without a template or without allow, [hosts] is all there is. */
START_TEST(test_closed_by_default)
{
	auto_arena struct arena *a = arena_new();
	struct destination d;
	struct err e;
	struct hosts *none = make("qemu+tls://{host}/system", NULL, 0, NULL, NULL, &e);
	struct hosts *no_template = make(NULL, allow_all, 1, NULL, NULL, &e);

	hosts_find(none, "h.example", a, &d);
	ck_assert_int_eq(d.access, ACCESS_NOT_ALLOWED);
	hosts_find(no_template, "h.example", a, &d);
	ck_assert_int_eq(d.access, ACCESS_NOT_ALLOWED);
	hosts_find(no_template, "known", a, &d);
	ck_assert_int_eq(d.access, ACCESS_OPEN);
	hosts_unref(none);
	hosts_unref(no_template);
}
END_TEST

static const struct {
	const char *template, *allow, *text;
} bad[] = {
	{ "qemu+tls://h/system", "*", "{host}" },
	{ "qemu+tls://{host}/{host}", "*", "{host}" },
	{ "{host}", "*", "no libvirt URI" },
	{ "qemu+tls://{host}/a b", "*", "space" },
	{ "qemu+tls://{host}/", "192.0.2.0/33", "prefix length" },
	{ "qemu+tls://{host}/", "192.0.2.0/", "prefix length" },
	{ "qemu+tls://{host}/", "192.0.2.0/-1", "prefix length" },
	{ "qemu+tls://{host}/", "2001:db8::/129", "prefix length" },
	{ "qemu+tls://{host}/", "a/24", "no network" },
	{ "qemu+tls://{host}/", "a b", "neither" },
	{ "qemu+tls://{host}/", "", "neither" },
	{ "qemu+tls://{host}/", "2001:db8::1::/64", "no network" },
};

START_TEST(test_bad_configuration)
{
	struct err e;

	ck_assert_ptr_null(make(bad[_i].template, &bad[_i].allow, 1, NULL, NULL, &e));
	ck_assert_int_eq(e.code, ERR_CONFIG);
	ck_assert_msg(strstr(e.text, bad[_i].text) != NULL, "%s", e.text);
}
END_TEST

static const struct {
	const char *uri, *host, *port, *transport, *socket;
} targets[] = {
	{ "qemu+tls://h.example/system", "h.example", "16514", "tls", "" },
	{ "qemu://h.example/system", "h.example", "16514", "tls", "" },
	{ "qemu+tcp://[2001:db8::1]:99/system", "2001:db8::1", "99", "tcp", "" },
	{ "qemu+ssh://root@h/system", "h", "22", "ssh", "" },
	{ "qemu:///system", "", "", "", "" },
	{ "test:///a/b.xml", "", "", "", "" },
	{ "qemu+unix:///system?socket=/run/a%20b/sock&x=y", "", "", "unix", "/run/a b/sock" },
	{ "qemu+unix:///system?websocket=/x", "", "", "unix", "" },
	{ "qemu+ext://h/system?command=x", "h", "", "ext", "" },
};

START_TEST(test_targets)
{
	struct open_target t;

	ck_assert(open_parse(targets[_i].uri, &t));
	ck_assert_str_eq(t.host, targets[_i].host);
	ck_assert_str_eq(t.port, targets[_i].port);
	ck_assert_str_eq(t.transport, targets[_i].transport);
	ck_assert_str_eq(t.socket, targets[_i].socket);
}
END_TEST

/* Codes and texts as libvirt 9.0.0 gives them. */
static const struct {
	int code, domain;
	const char *host, *message;
	enum access access;
} errors[] = {
	{ 38, 7, "",
		"Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
		"No such file or directory",
		ACCESS_NO_SERVICE },
	{ 38, 7, "",
		"Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
		"Connection refused",
		ACCESS_NO_SERVICE },
	{ 38, 7, "",
		"Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
		"Permission denied",
		ACCESS_CREDENTIALS },
	{ 38, 7, "h", "unable to connect to server at 'h:16514': No route to host",
		ACCESS_UNREACHABLE },
	{ 38, 7, "h", "Cannot recv data: Host key verification failed.: Connection reset by peer",
		ACCESS_CREDENTIALS },
	{ 38, 7, "h",
		"Cannot read CA certificate '/etc/pki/CA/cacert.pem': "
		"No such file or directory",
		ACCESS_CERTIFICATE },
	{ 1, 7, "h", "The server certificate failed validation: self-signed certificate",
		ACCESS_CERTIFICATE },
	{ 9, 7, "h", "Unable to set x509 key and certificate", ACCESS_CERTIFICATE },
	{ 45, 7, "h", "authentication failed: Failed to start SASL negotiation",
		ACCESS_CREDENTIALS },
	{ 45, 56, "h", "authentication unavailable: no polkit agent available",
		ACCESS_CREDENTIALS },
	{ 79, 56, "h", "authentication cancelled: user cancelled authentication process",
		ACCESS_CREDENTIALS },
	{ 94, 56, "h", "authentication unavailable", ACCESS_CREDENTIALS },
	{ 88, 70, "h", "access denied", ACCESS_CREDENTIALS },
	{ 40, 7, "h", "gnutls call error", ACCESS_CERTIFICATE },
	{ 5, 0, "", "no connection driver available for nonsense:///system", ACCESS_NO_SERVICE },
	{ 39, 7, "h", "internal RPC error", ACCESS_NO_SERVICE },
	{ 8, 0, "", "invalid argument", ACCESS_FAILED },
};

START_TEST(test_meanings)
{
	struct open_target t = { 0 };
	char text[256];
	virError err = { .code = errors[_i].code, .domain = errors[_i].domain, .message = text };

	snprintf(t.host, sizeof t.host, "%s", errors[_i].host);
	snprintf(text, sizeof text, "%s", errors[_i].message);
	ck_assert_msg(open_access_of(&err, &t) == errors[_i].access, "%s: %d", text,
		open_access_of(&err, &t));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_hosts");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, test_find, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, test_keys, 0, ARRAY_LEN(keyed));
	tcase_add_test(t, test_closed_by_default);
	tcase_add_loop_test(t, test_bad_configuration, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(t, test_targets, 0, ARRAY_LEN(targets));
	tcase_add_loop_test(t, test_meanings, 0, ARRAY_LEN(errors));
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
