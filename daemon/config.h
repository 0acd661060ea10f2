/*
 * The configuration: one INI file, read whole, checked whole, and never changed afterwards.
 *
 * All text of a struct config lives in its arena; config_free frees everything. A reload reads a
 * new one. The embedded structs are what the modules take; what is not an option in them (file
 * descriptors, callbacks) is zero and main's to fill. The rows of the options are in option.c.
 */
#ifndef VSMIGD_CONFIG_H
#define VSMIGD_CONFIG_H

#include "checks/check.h"
#include "checks/hypervisor/hv.h"
#include "daemon/auth.h"
#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/tls.h"
#include "wsman/wsman.h"

#define CONFIG_FILE SYSCONFDIR "/vsmigd/vsmigd.conf"

struct config {
	struct arena *arena;
	struct server_config server; /* [listener], [limits] */
	const char *path;
	struct tls_config tls;
	struct auth_config auth;
	const char *keytab;
	struct hv_config hv; /* [source], [destination], [hosts], [host NAME] */
	struct hv_host *hosts; /* hv.hosts, while the file is read */
	struct check_config check;
	struct wsman_config wsman;
	unsigned workers;
	unsigned queue;
	enum log_level log_level;
	bool audit;
};

/*
 * Reads and checks the file. -ERR_CONFIG, -ERR_LIMIT or -ERR_IO with "FILE:LINE: sentence", which
 * says what to do. Files that options name are not opened here.
 */
int config_load(const char *file, struct config **out, struct err *e);
void config_free(struct config *c);
/* Adds a file that parses back to the same configuration, each option with its help. */
void config_show(const struct config *c, struct buf *out);
/*
 * What differs in `new` and is taken up only by a restart: "[listener] port, [source] uri" in
 * out; returns how many.
 */
size_t config_restart_needed(const struct config *old, const struct config *new, struct buf *out);

#endif
