/*
 * vsmig: the command line of the migration check, a WS-Management client like any other.
 */
#include "wsman/vsmig.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"
#include "wsman/vsmig_check.h"
#include "wsman/vsmig_client.h"
#include "wsman/vsmig_evacuate.h"
#include "wsman/vsmig_init.h"
#include "wsman/vsmig_passwd.h"
#include "wsman/vsmig_password.h"
#include "wsman/vsmig_print.h"
#include "wsman/vsmig_rank.h"
#include "wsman/vsmig_show.h"

enum { DEFAULT_TIMEOUT = 60, MAX_TIMEOUT = 3600 };

enum option_id {
	OPT_HOST,
	OPT_PORT,
	OPT_USER,
	OPT_PASSWORD_FILE,
	OPT_CA,
	OPT_INSECURE,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_ALL_HOSTS,
	OPT_ALL_VMS,
	OPT_TYPE,
	OPT_NEW_NAME,
	OPT_BANDWIDTH,
	OPT_TRANSPORT,
	OPT_SET,
	OPT_HELP,
	OPT_VERSION,
	OPT_COUNT
};

/* One row makes an option: it is parsed, and shown by --help, from here. */
static const struct {
	char letter;
	const char *name, *argument, *help;
} option_rows[OPT_COUNT] = {
	[OPT_HOST] = { 'H', "host", "HOST", "host or address of the service (localhost)" },
	[OPT_PORT] = { 'P', "port", "PORT", "its port (5986)" },
	[OPT_USER] = { 'u', "user", "USER", "user name" },
	[OPT_PASSWORD_FILE] = { 0, "password-file", "FILE",
		"file whose first line is the password" },
	[OPT_CA] = { 0, "ca", "FILE", "certificates to trust, PEM (the system's)" },
	[OPT_INSECURE] = { 0, "insecure", NULL, "do not verify the server's certificate" },
	[OPT_TIMEOUT] = { 0, "timeout", "SECONDS", "time for one answer (60)" },
	[OPT_JSON] = { 0, "json", NULL, "print JSON (check, vms, hosts)" },
	[OPT_ALL_HOSTS] = { 0, "all-hosts", NULL, "check: every host that the service knows" },
	[OPT_ALL_VMS] = { 0, "all-vms", NULL, "check: every VM of the service's host" },
	[OPT_TYPE] = { 0, "type", "TYPE", "live, resume, restart, offline, or a number (live)" },
	[OPT_NEW_NAME] = { 0, "new-name", "NAME", "name of the VM on the target" },
	[OPT_BANDWIDTH] = { 0, "bandwidth", "MIB", "most bandwidth, in MiB per second" },
	[OPT_TRANSPORT] = { 0, "transport", "NAME", "ssh, tls, tls-strict, tcp, or a number" },
	[OPT_SET] = { 0, "set", "NAME=VALUE",
		"any property of the migration settings; repeatable" },
	[OPT_HELP] = { 'h', "help", NULL, "show this and end" },
	[OPT_VERSION] = { 0, "version", NULL, "show the version and end" },
};

static int do_identify(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	(void)args;
	return vsmig_show_identify(o, c);
}

static int do_vms(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	(void)args;
	return vsmig_show_vms(o, c);
}

static int do_hosts(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	(void)args;
	return vsmig_show_hosts(o, c);
}

static int do_check(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	return vsmig_check_run(o, c, args[0], args[1]);
}

static int do_rank(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	if (o->new_name != NULL)
		return vsmig_print_fail("--new-name goes with one HOST");
	return vsmig_rank_run(o, c, args[0]);
}

static int do_evacuate(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	if (o->new_name != NULL)
		return vsmig_print_fail("--new-name goes with one VM");
	return vsmig_evacuate_run(o, c, args[0]);
}

static int do_init(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	struct err e = { 0 };

	(void)o;
	(void)c;
	return vsmig_init(args[0], stdout, &e) != 0 ? vsmig_print_fail("%s", e.text) : VSMIG_OK;
}

/* Asks for a new password when there is somebody to ask, else takes a line of standard input. */
static int do_passwd(const struct vsmig_options *o, struct vsmig_client *c, char **args)
{
	char *password = NULL;
	auto_free char *hash = NULL;
	struct err e = { 0 };
	int r = vsmig_passwd_check_user(args[1], &e);

	(void)c;
	if (r == 0 && o->password_file != NULL)
		r = vsmig_password_from_file(o->password_file, &password, &e);
	else if (r == 0 && isatty(STDIN_FILENO))
		r = vsmig_password_ask("New password", true, &password, &e);
	else if (r == 0)
		r = vsmig_password_from_stdin(&password, &e);
	if (r == 0)
		r = vsmig_password_hash(password, &hash, &e);
	if (r == 0)
		r = vsmig_passwd_set(args[0], args[1], hash, &e);
	vsmig_password_free(password);
	return r != 0 ? vsmig_print_fail("%s", e.text) : VSMIG_OK;
}

/* How a command uses the server. */
enum use { USE_NONE, USE_ANYBODY, USE_LOGIN };

static const struct command {
	const char *name, *arguments, *help;
	int n_args;
	enum use use;
	int (*run)(const struct vsmig_options *o, struct vsmig_client *c, char **args);
	enum vsmig_scope scope;
} commands[] = {
	{ "identify", "", "what answers there", 0, USE_ANYBODY, do_identify, VSMIG_ONE },
	{ "vms", "", "the virtual systems of the host", 0, USE_LOGIN, do_vms, VSMIG_ONE },
	{ "hosts", "", "the destinations it knows by name", 0, USE_LOGIN, do_hosts, VSMIG_ONE },
	{ "check", "VM HOST", "may this VM move to that host, and if not, why not", 2, USE_LOGIN,
		do_check, VSMIG_ONE },
	{ "check", "VM --all-hosts", "which hosts can take it, the best first", 1, USE_LOGIN,
		do_rank, VSMIG_ALL_HOSTS },
	{ "check", "--all-vms HOST", "can every VM move to that host", 1, USE_LOGIN, do_evacuate,
		VSMIG_ALL_VMS },
	{ "init", "DIR", "make a certificate, a user and a configuration for vsmigd", 1, USE_NONE,
		do_init, VSMIG_ONE },
	{ "passwd", "FILE USER", "set a password in the daemon's password file", 2, USE_NONE,
		do_passwd, VSMIG_ONE },
};

static void show_help(FILE *out)
{
	fputs("usage: vsmig [OPTIONS] COMMAND\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char left[32];

		snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].arguments);
		fprintf(out, "  %-28s%s\n", left, commands[i].help);
	}
	fputc('\n', out);
	for (size_t i = 0; i < OPT_COUNT; i++) {
		char left[64], letter[4] = "";

		if (option_rows[i].letter != 0)
			snprintf(letter, sizeof letter, "-%c,", option_rows[i].letter);
		snprintf(left, sizeof left, "%-3s --%s%s%s", letter, option_rows[i].name,
			option_rows[i].argument != NULL ? " " : "",
			option_rows[i].argument != NULL ? option_rows[i].argument : "");
		fprintf(out, "  %-28s%s\n", left, option_rows[i].help);
	}
	fputs("\nThe password comes from --password-file, else from VSMIG_PASSWORD, "
	      "else it is asked for.\n",
		out);
	fputs("`check` exits 0 when the VM can move, 1 when it cannot, 2 when nobody can tell.\n",
		out);
}

static int parse_timeout(const char *text, int *seconds)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end != '\0' || end == text || n < 1 || n > MAX_TIMEOUT)
		return vsmig_print_fail("--timeout takes 1 to %d seconds", MAX_TIMEOUT);
	*seconds = (int)n;
	return VSMIG_OK;
}

static int set_option(struct vsmig_options *o, enum option_id id, const char *argument)
{
	const struct {
		enum option_id id;
		const char **to;
	} texts[] = {
		{ OPT_HOST, &o->host },
		{ OPT_PORT, &o->port },
		{ OPT_USER, &o->user },
		{ OPT_PASSWORD_FILE, &o->password_file },
		{ OPT_CA, &o->ca },
		{ OPT_TYPE, &o->type },
		{ OPT_NEW_NAME, &o->new_name },
		{ OPT_BANDWIDTH, &o->bandwidth },
		{ OPT_TRANSPORT, &o->transport },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].id == id)
			*texts[i].to = argument;
	if (id == OPT_INSECURE)
		o->insecure = true;
	if (id == OPT_JSON)
		o->json = true;
	if ((id == OPT_ALL_HOSTS || id == OPT_ALL_VMS) && o->scope != VSMIG_ONE)
		return vsmig_print_fail(
			"--all-hosts and --all-vms can each be given once, and not both");
	if (id == OPT_ALL_HOSTS || id == OPT_ALL_VMS)
		o->scope = id == OPT_ALL_HOSTS ? VSMIG_ALL_HOSTS : VSMIG_ALL_VMS;
	if (id == OPT_TIMEOUT)
		return parse_timeout(argument, &o->timeout_s);
	if (id == OPT_SET && o->n_sets == VSMIG_MAX_SETS)
		return vsmig_print_fail("--set can be given %d times", VSMIG_MAX_SETS);
	if (id == OPT_SET)
		o->sets[o->n_sets++] = argument;
	return VSMIG_OK;
}

/* Reads the options; *end is set to the exit status when there is nothing more to do. */
static bool read_options(int argc, char **argv, struct vsmig_options *o, int *end)
{
	struct option longs[OPT_COUNT + 1] = { { NULL, 0, NULL, 0 } };
	char shorts[2 * OPT_COUNT + 1];
	size_t n = 0;
	int id;

	for (size_t i = 0; i < OPT_COUNT; i++) {
		bool takes = option_rows[i].argument != NULL;

		longs[i] = (struct option){ option_rows[i].name, takes, NULL, 256 + (int)i };
		if (option_rows[i].letter == 0)
			continue;
		shorts[n++] = option_rows[i].letter;
		if (takes)
			shorts[n++] = ':';
	}
	shorts[n] = '\0';
	while ((id = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		for (int i = 0; id < 256 && i < OPT_COUNT; i++)
			if (option_rows[i].letter == id)
				id = 256 + i;
		if (id < 256) {
			fputs("vsmig: see vsmig --help\n", stderr);
			*end = VSMIG_FAILED;
			return false;
		}
		*end = VSMIG_OK;
		if (id == 256 + OPT_HELP)
			show_help(stdout);
		else if (id == 256 + OPT_VERSION)
			puts("vsmig " VSMIGD_VERSION);
		else if ((*end = set_option(o, (enum option_id)(id - 256), optarg)) == VSMIG_OK)
			continue;
		return false;
	}
	return true;
}

static int get_password(const struct vsmig_options *o, char **password, struct err *e)
{
	char prompt[512];
	const char *set = getenv("VSMIG_PASSWORD");

	if (o->password_file != NULL)
		return vsmig_password_from_file(o->password_file, password, e);
	if (set != NULL) {
		*password = mem_strdup(set);
		return 0;
	}
	snprintf(prompt, sizeof prompt, "Password of %s at %s", o->user, o->host);
	return vsmig_password_ask(prompt, false, password, e);
}

static int run_with_server(const struct command *cmd, const struct vsmig_options *o, char **args)
{
	struct vsmig_client *c;
	char *password = NULL;
	struct err e = { 0 };
	int status;

	if (cmd->use == USE_LOGIN && o->user == NULL)
		return vsmig_print_fail("%s needs a user: -u USER", cmd->name);
	if (o->user != NULL && strchr(o->user, ':') != NULL)
		return vsmig_print_fail("A user name holds no colon");
	if (strspn(o->port, "0123456789") != strlen(o->port) || atol(o->port) < 1 ||
		atol(o->port) > 65535)
		return vsmig_print_fail("--port takes 1 to 65535");
	if (o->insecure && o->ca != NULL)
		return vsmig_print_fail("--ca and --insecure exclude each other");
	if (o->user != NULL && get_password(o, &password, &e) != 0)
		return vsmig_print_fail("%s", e.text);
	if (o->insecure)
		fputs("vsmig: the server's certificate is not verified (--insecure)\n", stderr);
	c = vsmig_client_new(o, password, &e);
	vsmig_password_free(password);
	if (c == NULL)
		return vsmig_print_fail("%s", e.text);
	status = cmd->run(o, c, args);
	vsmig_client_free(c);
	return status;
}

int main(int argc, char **argv)
{
	struct vsmig_options o = {
		.host = "localhost", .port = "5986", .timeout_s = DEFAULT_TIMEOUT
	};
	const struct command *cmd = NULL;
	int status;

	vsmig_print_init();
	if (!read_options(argc, argv, &o, &status))
		return status;
	if (optind == argc) {
		show_help(stderr);
		return VSMIG_FAILED;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, argv[optind]) == 0 &&
			(cmd == NULL || commands[i].scope == o.scope))
			cmd = &commands[i];
	if (cmd == NULL)
		return vsmig_print_fail("there is no command %s: see vsmig --help", argv[optind]);
	if (cmd->scope != o.scope)
		return vsmig_print_fail("--all-hosts and --all-vms go with check");
	if (argc - optind - 1 != cmd->n_args)
		return vsmig_print_fail("usage: vsmig %s %s", cmd->name, cmd->arguments);
	status = cmd->use == USE_NONE ? cmd->run(&o, NULL, argv + optind + 1)
				      : run_with_server(cmd, &o, argv + optind + 1);
	if (fflush(stdout) != 0 || ferror(stdout))
		return vsmig_print_fail("standard output cannot be written");
	return status;
}
