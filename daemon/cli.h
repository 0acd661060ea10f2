/*
 * The command line of vsmigd, one table row per option.
 */
#ifndef VSMIGD_CLI_H
#define VSMIGD_CLI_H

#include <stddef.h>

#include "daemon/base/buf.h"
#include "daemon/base/err.h"

enum cli_action { CLI_RUN, CLI_CHECK_CONFIG, CLI_SHOW_CONFIG, CLI_VERSION, CLI_HELP };

struct cli {
	enum cli_action action;
	const char *config; /* the file */
};

struct cli_option {
	const char *name; /* without the dashes */
	const char *argument; /* "FILE"; NULL: takes none */
	enum cli_action action; /* of an option without an argument */
	const char *help;
};

extern const struct cli_option cli_options[];
extern const size_t cli_option_count;

/* -ERR_CONFIG with a sentence about the first argument that cannot be used. */
int cli_parse(struct cli *c, int argc, char **argv, struct err *e);
/* Adds what --help prints. */
void cli_help(struct buf *out);

#endif
