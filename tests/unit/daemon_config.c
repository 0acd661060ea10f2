#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/cli.h"
#include "daemon/config.h"
#include "daemon/file.h"
#include "daemon/option.h"

#define BASE                                                                                       \
	"[listener]\ncertificate = /etc/vsmigd/server.pem\n"                                       \
	"[auth]\npassword_file = /etc/vsmigd/users\n"

static char file[] = "/tmp/vsmigd-config-XXXXXX";

static void write_text(const char *text, size_t n)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

static int load(const char *text, struct config **c, struct err *e)
{
	write_text(text, strlen(text));
	return config_load(file, c, e);
}

static struct config *must_load(const char *text)
{
	struct config *c = NULL;
	struct err e = { 0 };

	ck_assert_msg(load(text, &c, &e) == 0, "%s", e.text);
	return c;
}

START_TEST(test_defaults)
{
	struct config *c = must_load(BASE);

	ck_assert_uint_eq(c->server.n_addresses, 2);
	ck_assert_str_eq(c->server.addresses[0], "0.0.0.0");
	ck_assert_str_eq(c->server.addresses[1], "::");
	ck_assert_uint_eq(c->server.port, 5986);
	ck_assert_str_eq(c->path, "/wsman");
	ck_assert_str_eq(c->tls.private_key, "/etc/vsmigd/server.pem");
	ck_assert_uint_eq(c->auth.methods, AUTH_BASIC);
	ck_assert_str_eq(c->hv.source_uri, "qemu:///system");
	ck_assert_uint_eq(c->check.formats, FORMAT_NAME | FORMAT_IPV4 | FORMAT_IPV6);
	ck_assert_int_eq(c->check.timeout_ms, 30000);
	ck_assert_int_eq(c->check.unknown, UNKNOWN_ALLOW);
	ck_assert(c->check.refuse_running_offline && c->check.refuse_overwrite);
	ck_assert(c->check.refuse_crashed && c->check.refuse_io_error);
	ck_assert(c->check.refuse_memory_file && c->check.refuse_saved_image);
	ck_assert(c->check.refuse_bandwidth && c->check.refuse_local_restart);
	ck_assert(c->check.refuse_other_pool && c->check.refuse_reservations);
	ck_assert(!c->check.refuse_overcommit && !c->check.refuse_duplicate_mac);
	ck_assert_uint_eq(c->wsman.max_envelope, 500 * 1024);
	ck_assert_uint_eq(c->server.limits.body_bytes, 500 * 1024);
	ck_assert_uint_eq(c->check.max_checks, 64);
	ck_assert_int_eq(c->check.probe, PROBE_AUTO);
	ck_assert(c->check.probe_migration && c->check.probe_hooks);
	ck_assert_int_eq(c->log_level, LOG_LEVEL_INFO);
	config_free(c);
}
END_TEST

static const struct {
	const char *name, *text, *want; /* the end of the sentence, behind FILE */
} bad[] = {
	{ "no section", "port = 1\n", ":1: port stands before the first [section]" },
	{ "unknown section", "[listner]\n",
		":1: there is no section [listner]: see "
		"vsmigd.conf(5)" },
	{ "section named host", "[host]\n", ":1: there is no section [host]: see vsmigd.conf(5)" },
	{ "empty section", "[]\n", ":1: there is no section []: see vsmigd.conf(5)" },
	{ "open section", "[listener\n", ":1: a section must end in ]" },
	{ "unknown option", "[log]\nlevle = info\n",
		":2: there is no option levle in [log]: see "
		"vsmigd.conf(5)" },
	{ "option of another section", "[log]\nport = 1\n",
		":2: there is no option port in [log]: "
		"see vsmigd.conf(5)" },
	{ "twice", "[log]\nlevel = info\n[log]\nlevel = info\n",
		":4: level was given in line 2 "
		"already: take one away" },
	{ "no equals sign", "[log]\nlevel info\n", ":2: neither [section] nor NAME = VALUE" },
	{ "control character", "[log]\nlevel = \033[2J\n", ":2: the line has a control character" },
	{ "relative path", "[auth]\npassword_file = users\n",
		":2: password_file = users is a "
		"relative path: give it from / on" },
	{ "number with a sign", "[listener]\nport = +1\n",
		":2: port = +1 is not usable: give a "
		"whole number, 0 to 65535" },
	{ "number too large", "[listener]\nport = 65536\n",
		":2: port = 65536 is not usable: give "
		"a whole number, 0 to 65535" },
	{ "number overflows", "[listener]\nport = 18446744073709551617\n",
		":2: port = "
		"18446744073709551617 is not usable: give a whole number, 0 to 65535" },
	{ "number empty", "[listener]\nport =\n",
		":2: port has no value: give a whole number, 0 to "
		"65535" },
	{ "duration without unit", "[check]\ntimeout = 30\n",
		":2: timeout = 30 is not usable: "
		"give a duration such as 500ms, 30s, 5m or 1h, 1s to 1h" },
	{ "duration too short", "[check]\ntimeout = 999ms\n",
		":2: timeout = 999ms is not usable: "
		"give a duration such as 500ms, 30s, 5m or 1h, 1s to 1h" },
	{ "duration overflows", "[check]\ntimeout = 9999999999999999999h\n",
		":2: timeout = "
		"9999999999999999999h is not usable: give a duration such as 500ms, 30s, 5m or "
		"1h, 1s to 1h" },
	{ "duration of a unit alone", "[check]\ntimeout = s\n",
		":2: timeout = s is not usable: "
		"give a duration such as 500ms, 30s, 5m or 1h, 1s to 1h" },
	{ "size with a unit of time", "[limits]\nmax_header = 64s\n",
		":2: max_header = 64s is "
		"not usable: give a size such as 4096, 64k or 2m, 4k to 1m" },
	{ "size too large", "[limits]\nmax_envelope = 65m\n",
		":2: max_envelope = 65m is not "
		"usable: give a size such as 4096, 64k or 2m, 8k to 64m" },
	{ "bool", "[log]\naudit = true\n", ":2: audit = true is not usable: give yes or no" },
	{ "word", "[check]\nprobe = maybe\n",
		":2: probe does not know the word 'maybe': it knows "
		"off, auto, always" },
	{ "words", "[destination]\nformats = name, dns\n",
		":2: formats does not know the word "
		"'dns': it knows name, ipv4, ipv6" },
	{ "empty words", "[destination]\nformats =\n",
		":2: formats does not know the word '': it "
		"knows name, ipv4, ipv6" },
	{ "empty element", "[destination]\nallow = a,,b\n",
		":2: allow has an empty element: take "
		"a comma away" },
	{ "host that is no name", "[hosts]\na/b = qemu:///system\n",
		":2: 'a/b' is no host name, "
		"IPv4 or IPv6 address" },
	{ "host that is no URI", "[hosts]\na = system\n",
		":2: 'system' is no libvirt URI: give "
		"one such as qemu+tls://a/system" },
	{ "host twice", "[hosts]\na = qemu:///system\nA = qemu:///system\n",
		":3: A was given in "
		"line 2 already: take one away" },
	{ "host section that is no name", "[host a b]\n",
		":1: 'a b' is no host name, IPv4 or IPv6 "
		"address" },
	{ "host option twice", "[host a]\nmaintenance = no\n[host A]\nmaintenance = no\n",
		":4: "
		"maintenance was given in line 2 already: take one away" },
	{ "no migrations", "[host a]\nmax_migrations = 0\n",
		":2: max_migrations = 0 is not "
		"usable: give a whole number, 1 to 10000" },
	{ "no certificate", "[auth]\npassword_file = /u\n",
		": [listener] certificate is not set: "
		"the service speaks only HTTPS ('vsmig init DIR' makes a certificate)" },
	{ "no password file", "[listener]\ncertificate = /c\n",
		": [auth] password_file is not "
		"set: the method basic needs one ('vsmig passwd FILE USER' makes it)" },
	{ "no address", BASE "[listener]\naddress =\n",
		": [listener] address is empty: give "
		"0.0.0.0, ::" },
	{ "address that is a name", BASE "[listener]\naddress = localhost\n",
		": [listener] "
		"address: 'localhost' is no IPv4 or IPv6 address" },
	{ "path without slash", BASE "[listener]\npath = wsman\n",
		": [listener] path must begin "
		"with / and not end with it: give /wsman" },
	{ "path with a slash at its end", BASE "[listener]\npath = /wsman/\n",
		": [listener] path "
		"must begin with / and not end with it: give /wsman" },
	{ "path with a query", BASE "[listener]\npath = /w?x\n",
		": [listener] path: only letters, "
		"digits and / - . _ ~ can stand in it" },
	{ "path without logins", BASE "[listener]\npath = /wsman-anon/identify\n",
		": [listener] "
		"path: /wsman-anon is for requests without a login: give /wsman" },
	{ "certificates", BASE "[auth]\nmethods = basic, certificate\n",
		": [auth] methods: this "
		"build does not have the method certificate: give basic" },
	{ "negotiate", BASE "[auth]\nmethods = negotiate\n",
		": [auth] methods: this build does "
		"not have the method negotiate: give basic" },
	{ "source", BASE "[source]\nuri = system\n",
		": [source] uri: 'system' is no libvirt URI: "
		"give one such as qemu:///system" },
	{ "source name", BASE "[source]\nname = a b\n", ": [source] name: 'a b' is no host name" },
	{ "template without place", BASE "[destination]\nuri_template = qemu+tls://h/system\n",
		": [destination] uri_template must have {host} in it, once: give "
		"qemu+tls://{host}/system" },
	{ "template with two", BASE "[destination]\nuri_template = qemu+ssh://{host}@{host}/\n",
		": [destination] uri_template must have {host} in it, once: give "
		"qemu+tls://{host}/system" },
	{ "allow", BASE "[destination]\nallow = *.example.org, a b\n",
		": [destination] allow: "
		"'a b' is neither a name (with * and ?) nor a network such as 192.0.2.0/24" },
	{ "allow of too many bits", BASE "[destination]\nallow = 192.0.2.0/33\n",
		": [destination] "
		"allow: '192.0.2.0/33' is neither a name (with * and ?) nor a network such as "
		"192.0.2.0/24" },
	{ "allow of no bits", BASE "[destination]\nallow = 192.0.2.0/\n",
		": [destination] allow: "
		"'192.0.2.0/' is neither a name (with * and ?) nor a network such as "
		"192.0.2.0/24" },
	{ "allow without template", BASE "[destination]\nallow = a\nuri_template =\n",
		": [destination] allow has no use while uri_template is empty: set one, or empty "
		"the other" },
	{ "host without URI", BASE "[destination]\nuri_template =\n[host a]\n",
		": [host a] has no "
		"URI: give it one in [hosts]" },
	{ "memory for less than a request", BASE "[limits]\nrequest_memory = 499k\n",
		": [limits] request_memory must not be less than max_envelope: "
		"a request of that size would never be read" },
};

START_TEST(test_bad)
{
	struct config *c = NULL;
	struct err e = { 0 };

	ck_assert_msg(load(bad[_i].text, &c, &e) < 0, "%s was taken", bad[_i].name);
	ck_assert_ptr_null(c);
	ck_assert_msg(strncmp(e.text, file, strlen(file)) == 0, "%s: %s", bad[_i].name, e.text);
	ck_assert_str_eq(e.text + strlen(file), bad[_i].want);
}
END_TEST

static void repeat(struct buf *out, const char *fmt, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		auto_buf struct buf line = { 0 };

		buf_printf(&line, "%s%u", fmt, i);
		buf_printf(out, "%s = qemu+tls://%s/system\n", line.data, line.data);
	}
}

START_TEST(test_file_limits)
{
	auto_buf struct buf text = { 0 };
	struct config *c = NULL;
	struct err e = { 0 };

	ck_assert_int_eq(config_load("/nonexistent/vsmigd.conf", &c, &e), -ERR_IO);
	ck_assert_int_eq(config_load("/tmp", &c, &e), -ERR_IO);
	write_text("[log]\0\n", 7);
	ck_assert_int_eq(config_load(file, &c, &e), -ERR_CONFIG);
	buf_puts(&text, "#");
	for (int i = 0; i < 4096; i++)
		buf_putc(&text, 'x');
	ck_assert_int_eq(load(text.data, &c, &e), -ERR_LIMIT);
	ck_assert_str_eq(e.text + strlen(file), ":1: the line is longer than 4096 bytes");
	buf_clear(&text);
	buf_puts(&text, BASE "[hosts]\n");
	repeat(&text, "h", 4096);
	config_free(must_load(text.data));
	buf_puts(&text, "one-more = qemu:///system\n");
	ck_assert_int_eq(load(text.data, &c, &e), -ERR_LIMIT);
	buf_clear(&text);
	while (text.len < 1 << 20)
		buf_puts(&text, "# 3456789012345\n");
	ck_assert_int_eq(load(text.data, &c, &e), -ERR_CONFIG);
	buf_putc(&text, '\n');
	ck_assert_int_eq(load(text.data, &c, &e), -ERR_LIMIT);
	buf_clear(&text);
	buf_puts(&text, "[listener]\naddress = ");
	for (int i = 0; i < 256; i++)
		buf_puts(&text, "::1,");
	buf_puts(&text, "::1");
	ck_assert_int_eq(load(text.data, &c, &e), -ERR_LIMIT);
}
END_TEST

START_TEST(test_hosts)
{
	struct config *c = must_load(BASE
		"[host node2]\n maintenance=yes \n\n; remark\n"
		"[hosts]\r\nNODE2 = qemu+tls://node2.example.org/system\nnode1 = test:///a b.xml\n"
		"[ host  node2 ]\nmax_migrations = 3\n[host 192.0.2.7]\n[host fe80::1]\n"
		"maintenance = yes\n");

	ck_assert_uint_eq(c->hv.n_hosts, 4);
	ck_assert_ptr_eq(c->hv.hosts, c->hosts);
	ck_assert_str_eq(c->hosts[0].name, "node2");
	ck_assert_str_eq(c->hosts[0].uri, "qemu+tls://node2.example.org/system");
	ck_assert(c->hosts[0].maintenance);
	ck_assert_uint_eq(c->hosts[0].max_migrations, 3);
	ck_assert_str_eq(c->hosts[1].uri, "test:///a b.xml");
	ck_assert(!c->hosts[1].maintenance);
	ck_assert_uint_eq(c->hosts[1].max_migrations, 0);
	ck_assert_str_eq(c->hosts[2].uri, "qemu+tls://192.0.2.7/system");
	ck_assert_str_eq(c->hosts[3].uri, "qemu+tls://[fe80::1]/system");
	config_free(c);
}
END_TEST

/* Every option with a value that is not its default. */
static const char other[] =
	"[listener]\naddress = 127.0.0.1\nport = 0\npath = /x/y\ncertificate = /c\n"
	"private_key = /k\nclient_ca = /ca\n"
	"[auth]\nmethods = basic, basic\npassword_file = /p\nkeytab = /t\n"
	"[source]\nuri = test:///default\nname = node0\nmaintenance = yes\n"
	"[destination]\nuri_template = qemu+ssh://root@{host}/system\n"
	"allow = *.example.org, 192.0.2.0/24, 2001:db8::/32\nformats = ipv6, name\n"
	"pki_path = /pki\nauth_file = /auth\n"
	"[hosts]\na = test:///a.xml\n[host a]\nmaintenance = yes\nmax_migrations = 2\n"
	"[check]\ntimeout = 1500ms\nprobe = off\nprobe_migration = no\nprobe_hooks = no\nunknown = "
	"refuse\nrefuse_running_offline = no\n"
	"refuse_overcommit = yes\nrefuse_duplicate_mac = yes\nrefuse_overwrite = no\n"
	"refuse_crashed = no\nrefuse_io_error = no\nrefuse_memory_file = no\n"
	"refuse_saved_image = no\nrefuse_bandwidth = no\nrefuse_local_restart = no\n"
	"refuse_other_pool = no\nrefuse_reservations = no\n"
	"[limits]\nmax_envelope = 100001\nrequest_memory = 200000\nmax_header = "
	"5k\nmax_connections = 5\n"
	"max_connections_per_address = 4\nhandshake_timeout = 100ms\nheader_timeout = 2s\n"
	"body_timeout = 3s\nwrite_timeout = 4s\nidle_timeout = 1h\noperation_timeout = 90s\n"
	"context_idle = 2m\nmax_contexts = 3\nmax_checks = 12\ncontext_memory = 1m\nmax_elements = "
	"7\n"
	"max_subscriptions = 8\nmax_events = 12\nsubscription_time = 2h\nio_threads = 2\nworkers = "
	"9\n"
	"queue = 10\nlogin_threads = 1\nlogin_queue = 11\nhypervisor_threads = 5\n"
	"max_hypervisors = 6\nhypervisor_idle = 61s\n"
	"[log]\nlevel = debug\naudit = no\n";

START_TEST(test_show_parses_back)
{
	static const char *const texts[] = { BASE, other };
	auto_buf struct buf first = { 0 }, second = { 0 };
	struct config *c = must_load(texts[_i]);

	config_show(c, &first);
	config_free(c);
	c = must_load(first.data);
	config_show(c, &second);
	config_free(c);
	ck_assert_str_eq(first.data, second.data);
}
END_TEST

/* The value of one option as --show-config prints it. */
static const char *shown_value(const struct option *o, const struct config *c, struct buf *out)
{
	bool host = strcmp(o->section, "host") == 0;

	option_show(o, host ? (const void *)&c->hosts[0] : (const void *)c, out);
	return out->data ? out->data : "";
}

START_TEST(test_every_option_is_stored)
{
	struct config *c = must_load(other);

	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_rows[i];
		auto_buf struct buf value = { 0 };
		const char *got = shown_value(o, c, &value);

		/* There is no other value for the methods in this build. */
		if (strcmp(o->name, "methods") != 0)
			ck_assert_msg(strcmp(got, o->preset) != 0, "[%s] %s is still %s",
				o->section, o->name, got);
	}
	config_free(c);
}
END_TEST

START_TEST(test_restart_needed)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ BASE, "" },
		{ BASE "[log]\nlevel = error\n[limits]\nidle_timeout = 5s\n", "" },
		{ BASE "[listener]\nport = 1\n[source]\nuri = test:///default\n",
			"[listener] port, [source] uri" },
	};
	struct config *old = must_load(BASE), *new = must_load(rows[_i].text);
	auto_buf struct buf out = { 0 };
	size_t n = config_restart_needed(old, new, &out);

	ck_assert_str_eq(n ? out.data : "", rows[_i].want);
	config_free(old);
	config_free(new);
}
END_TEST

static void read_page(const char *name, struct buf *out)
{
	auto_buf struct buf path = { 0 };
	struct err e = { 0 };

	buf_printf(&path, "%s/daemon/%s", TEST_ROOT, name);
	ck_assert_msg(file_read(path.data, 1 << 20, out, NULL, &e) == 0, "%s", e.text);
}

/* Checks one option's heading and the line under it; returns its row. */
static size_t compare_item(const char *section, const char *item, const char *next)
{
	auto_buf struct buf want = { 0 };
	char name[64];
	const struct option *o;

	ck_assert_int_eq(sscanf(item, ".It Cm %63s", name), 1);
	o = option_find(section, name);
	ck_assert_msg(o != NULL, "the manual has [%s] %s, the program not", section, name);
	buf_printf(&want, ".It Cm %s No = Ar %s", name, option_type_name(o));
	ck_assert_str_eq(item, want.data);
	buf_clear(&want);
	buf_puts(&want, ".Pq ");
	option_describe(o, &want);
	ck_assert_str_eq(next, want.data);
	return (size_t)(o - option_rows);
}

START_TEST(test_manual_has_every_option)
{
	auto_buf struct buf page = { 0 };
	bool *found = mem_calloc(option_count, sizeof *found);
	char section[32] = "", *rest, *line;

	read_page("vsmigd.conf.5", &page);
	rest = page.data;
	while ((line = file_line(&rest))) {
		if (sscanf(line, ".Ss [%31[^] ]", section) == 1)
			continue;
		if (strncmp(line, ".It Cm ", 7) == 0)
			found[compare_item(section, line, file_line(&rest))] = true;
	}
	for (size_t i = 0; i < option_count; i++)
		ck_assert_msg(found[i], "the manual lacks [%s] %s", option_rows[i].section,
			option_rows[i].name);
	free(found);
}
END_TEST

/* Options as "name" or "name FILE" in lines that begin so, in order. */
static void collect(const char *page, const char *start, struct buf *out)
{
	auto_free char *copy = mem_strdup(page);
	char *rest = copy, *line, name[64], argument[64];

	while ((line = file_line(&rest))) {
		size_t n = strlen(start);
		int got;

		if (strncmp(line, start, n) != 0)
			continue;
		got = sscanf(line + n, "%63s Ar %63s", name, argument);
		ck_assert_int_ge(got, 1);
		buf_printf(out, "%s%s%s\n", name, got > 1 ? " " : "", got > 1 ? argument : "");
	}
}

START_TEST(test_manual_has_every_argument)
{
	auto_buf struct buf page = { 0 }, want = { 0 }, synopsis = { 0 }, items = { 0 };
	auto_buf struct buf help = { 0 };

	cli_help(&help);
	for (size_t i = 0; i < cli_option_count; i++) {
		const struct cli_option *o = &cli_options[i];
		auto_buf struct buf line = { 0 };

		buf_printf(&want, "%s%s\n", o->name, o->argument ? " file" : "");
		buf_printf(&line, "\n  --%s ", o->name);
		ck_assert_msg(strstr(help.data, line.data) != NULL, "--help lacks %s", o->name);
	}
	read_page("vsmigd.8", &page);
	collect(page.data, ".Op Fl -", &synopsis);
	collect(page.data, ".It Fl -", &items);
	ck_assert_str_eq(synopsis.data, want.data);
	ck_assert_str_eq(items.data, want.data);
}
END_TEST

START_TEST(test_command_line)
{
	static const struct {
		const char *args[4];
		int action; /* -1: refused */
		const char *text; /* the file, or the sentence */
	} rows[] = {
		{ { NULL }, CLI_RUN, CONFIG_FILE },
		{ { "--config", "/a" }, CLI_RUN, "/a" },
		{ { "--config=/a", "--check-config" }, CLI_CHECK_CONFIG, "/a" },
		{ { "--show-config" }, CLI_SHOW_CONFIG, CONFIG_FILE },
		{ { "--version" }, CLI_VERSION, CONFIG_FILE },
		{ { "--help" }, CLI_HELP, CONFIG_FILE },
		{ { "--config" }, -1, "--config needs a FILE" },
		{ { "--config=" }, -1, "--config needs a FILE" },
		{ { "--help=me" }, -1, "--help takes no value" },
		{ { "--helpme" }, -1, "'--helpme' is no option of vsmigd" },
		{ { "--" }, -1, "'--' is no option of vsmigd" },
		{ { "-h" }, -1, "'-h' is no option of vsmigd" },
		{ { "file" }, -1, "'file' is no option of vsmigd" },
		{ { "" }, -1, "'' is no option of vsmigd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *argv[6] = { (char *)"vsmigd" };
		struct cli cli;
		struct err e = { 0 };
		int argc = 1, rc;

		while (argc < 5 && rows[i].args[argc - 1]) {
			argv[argc] = (char *)rows[i].args[argc - 1];
			argc++;
		}
		rc = cli_parse(&cli, argc, argv, &e);
		ck_assert_int_eq(rc, rows[i].action < 0 ? -ERR_CONFIG : 0);
		ck_assert_str_eq(rc ? e.text : cli.config, rows[i].text);
		if (rc == 0)
			ck_assert_int_eq((int)cli.action, rows[i].action);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_config");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int fd = mkstemp(file), failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, test_defaults);
	tcase_add_loop_test(t, test_bad, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, test_file_limits);
	tcase_add_test(t, test_hosts);
	tcase_add_loop_test(t, test_show_parses_back, 0, 2);
	tcase_add_test(t, test_every_option_is_stored);
	tcase_add_loop_test(t, test_restart_needed, 0, 3);
	tcase_add_test(t, test_manual_has_every_option);
	tcase_add_test(t, test_manual_has_every_argument);
	tcase_add_test(t, test_command_line);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	close(fd);
	unlink(file);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
