#include "daemon/cli.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/mem.h"
#include "daemon/config.h"

const struct cli_option cli_options[] = {
	{ "config", "FILE", CLI_RUN, "read this configuration instead of " CONFIG_FILE },
	{ "check-config", NULL, CLI_CHECK_CONFIG, "say whether the configuration can be used" },
	{ "show-config", NULL, CLI_SHOW_CONFIG, "print the whole configuration, with defaults" },
	{ "version", NULL, CLI_VERSION, "print the version" },
	{ "help", NULL, CLI_HELP, "print this" },
};
const size_t cli_option_count = ARRAY_LEN(cli_options);

/* What follows the name in "--name" or "--name=value": "" or "=value"; NULL: another option. */
static const char *match(const struct cli_option *o, const char *arg)
{
	size_t n = strlen(o->name);

	if (strncmp(arg, "--", 2) != 0 || strncmp(arg + 2, o->name, n) != 0)
		return NULL;
	arg += 2 + n;
	return *arg == '\0' || *arg == '=' ? arg : NULL;
}

/* Returns how many of args were used, or -ERR_CONFIG. */
static int take_option(
	struct cli *c, const struct cli_option *o, const char *rest, char **args, struct err *e)
{
	if (!o->argument) {
		c->action = o->action;
		return *rest ? err_set(e, ERR_CONFIG, "--%s takes no value", o->name) : 1;
	}
	c->config = *rest ? rest + 1 : args[1];
	if (!c->config || !*c->config)
		return err_set(e, ERR_CONFIG, "--%s needs a %s", o->name, o->argument);
	return *rest ? 1 : 2;
}

int cli_parse(struct cli *c, int argc, char **argv, struct err *e)
{
	int used;

	*c = (struct cli){ .action = CLI_RUN, .config = CONFIG_FILE };
	for (int i = 1; i < argc; i += used) {
		used = 0;
		for (size_t k = 0; k < cli_option_count && used == 0; k++) {
			const char *rest = match(&cli_options[k], argv[i]);

			if (rest)
				used = take_option(c, &cli_options[k], rest, argv + i, e);
		}
		if (used < 0)
			return used;
		if (used == 0)
			return err_set(e, ERR_CONFIG, "'%s' is no option of vsmigd", argv[i]);
	}
	return 0;
}

void cli_help(struct buf *out)
{
	char left[64];

	buf_puts(out, "Usage: vsmigd");
	for (size_t i = 0; i < cli_option_count; i++)
		buf_printf(out, " [--%s%s%s]", cli_options[i].name,
			cli_options[i].argument ? " " : "",
			cli_options[i].argument ? cli_options[i].argument : "");
	buf_puts(out,
		"\n\nAnswers over WS-Management whether virtual machines can be migrated.\n\n");
	for (size_t i = 0; i < cli_option_count; i++) {
		snprintf(left, sizeof left, "--%s %s", cli_options[i].name,
			cli_options[i].argument ? cli_options[i].argument : "");
		buf_printf(out, "  %-16s %s\n", left, cli_options[i].help);
	}
	buf_puts(out,
		"\nThe configuration is described in vsmigd.conf(5), the service in vsmigd(8).\n");
}
