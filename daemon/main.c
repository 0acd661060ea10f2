/*
 * vsmigd: builds the parts in the order in which they need each other, waits for signals, and
 * takes the parts down in reverse.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/hypervisor/guard.h"
#include "cim/cim.h"
#include "daemon/audit.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/cli.h"
#include "daemon/config.h"
#include "daemon/gate.h"
#include "daemon/notify.h"

enum { EXIT_USAGE = 2 };

/* How long the last requests may take, and then how long hypervisors may take to let go. */
enum { DRAIN_MS = 30000, RELEASE_MS = 2000 };

enum { LISTEN_FDS_MAX = 64 };

struct daemon {
	const char *file; /* of the configuration */
	struct config *config; /* that the daemon was started with */
	int fds[LISTEN_FDS_MAX];
	size_t n_fds;
	struct tls *tls;
	struct timers *timers;
	struct pool *workers;
	struct hv *hv;
	struct checks *checks;
	struct cim *cim;
	struct wsman *wsman;
	struct auth *auth;
	struct gate *gate;
	struct server *server;
};

static void apply_log(const struct config *c)
{
	log_set_level(c->log_level);
	audit_enable(c->audit);
}

/* A file that the configuration names and that cannot be used is the configuration's fault. */
static int start_tls(struct daemon *d, struct err *e)
{
	d->tls = tls_new(&d->config->tls, e);
	return d->tls ? 0 : -ERR_CONFIG;
}

static int start_auth(struct daemon *d, struct err *e)
{
	d->auth = auth_new(&d->config->auth, e);
	return d->auth ? 0 : -ERR_CONFIG;
}

static int start_threads(struct daemon *d, struct err *e)
{
	(void)e;
	d->timers = timers_new();
	d->workers = pool_new("worker", d->config->workers, d->config->queue);
	return 0;
}

static int start_hv(struct daemon *d, struct err *e)
{
	int rc = hv_global_init(e);

	if (rc)
		return rc;
	d->hv = hv_new(&d->config->hv, d->timers, e);
	return d->hv ? 0 : -e->code;
}

static int start_service(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;

	(void)e;
	d->checks = checks_new(&c->check, d->hv, d->timers);
	d->cim = cim_new(d->checks, d->hv);
	d->wsman = wsman_new(&c->wsman, d->cim, d->workers, d->timers, hv_host_name(d->hv));
	d->gate = gate_new(&(struct gate_config){
		.wsman = d->wsman, .auth = d->auth, .workers = d->workers, .path = c->path });
	return 0;
}

static int start_server(struct daemon *d, struct err *e)
{
	struct server_config s = d->config->server;

	s.fds = d->fds;
	s.n_fds = d->n_fds;
	s.path_known = gate_path_known;
	s.get_known = gate_get_known;
	s.on_request = gate_request;
	s.arg = d->gate;
	d->server = server_start(&s, d->tls, e);
	return d->server ? 0 : -e->code;
}

static int start(struct daemon *d, struct err *e)
{
	static int (*const steps[])(struct daemon * d, struct err * e) = {
		start_tls,
		start_auth,
		start_threads,
		start_hv,
		start_service,
		start_server,
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(steps); i++)
		rc = steps[i](d, e);
	return rc;
}

/*
 * Frees what was started, in reverse. What a hypervisor still holds keeps its thread for ever:
 * then the process ends without freeing what that thread may touch.
 */
static void stop(struct daemon *d, int status)
{
	size_t open, stuck;

	if (d->wsman)
		wsman_drain(d->wsman);
	if (d->server)
		server_drain(d->server, clock_in(DRAIN_MS));
	open = d->gate ? gate_open(d->gate) : 0;
	if (open) {
		log_event(LOG_LEVEL_WARNING, "stopped", LOG_NUMBER("unanswered", (int64_t)open));
		_exit(status);
	}
	/* It waits for operations that go on behind their deadline, and end on a worker. */
	if (d->wsman)
		wsman_free(d->wsman);
	/* A worker may still be sending auth's challenges. */
	pool_free(d->workers);
	auth_free(d->auth);
	gate_free(d->gate);
	if (d->cim)
		cim_free(d->cim);
	if (d->checks)
		checks_free(d->checks);
	stuck = d->hv ? hv_free(d->hv, clock_in(RELEASE_MS)) : 0;
	if (stuck) {
		log_event(LOG_LEVEL_WARNING, "stopped", LOG_NUMBER("stuck", (int64_t)stuck));
		_exit(status);
	}
	timers_free(d->timers);
	if (d->tls)
		tls_free(d->tls);
}

static void report(const char *event, const struct err *e)
{
	log_event(LOG_LEVEL_ERROR, event, LOG_TEXT("reason", e->text));
}

/* Each part takes up what it can; one that fails keeps what it had and does not stop the rest. */
static void apply(struct daemon *d, const struct config *fresh)
{
	auto_buf struct buf restart = { 0 };
	struct hv_config hv = fresh->hv;
	struct err e;

	hv.source_uri = d->config->hv.source_uri;
	hv.source_name = d->config->hv.source_name;
	apply_log(fresh);
	if (tls_reload(d->tls, &fresh->tls, &e))
		report("reload-failed", &e);
	if (auth_reload(d->auth, &fresh->auth, &e))
		report("reload-failed", &e);
	if (hv_set_config(d->hv, &hv, &e))
		report("reload-failed", &e);
	checks_set_config(d->checks, &fresh->check);
	server_set_limits(d->server, &fresh->server.limits);
	log_event(LOG_LEVEL_INFO, "reloaded", LOG_TEXT("file", d->file));
	if (config_restart_needed(d->config, fresh, &restart))
		log_event(LOG_LEVEL_WARNING, "restart-needed", LOG_TEXT("options", restart.data));
}

static void reload(struct daemon *d)
{
	struct config *fresh;
	struct err e;

	notify_reloading();
	if (config_load(d->file, &fresh, &e)) {
		report("reload-failed", &e);
	} else {
		apply(d, fresh);
		config_free(fresh);
	}
	notify_ready();
}

static void serve(struct daemon *d, const sigset_t *signals)
{
	const char *address;
	int got;

	for (size_t i = 0; (address = server_address(d->server, i)); i++)
		log_line("listening on %s", address);
	notify_ready();
	while ((got = sigwaitinfo(signals, NULL)) != SIGTERM && got != SIGINT)
		if (got == SIGHUP)
			reload(d);
	notify_stopping();
	log_event(LOG_LEVEL_INFO, "stopping", LOG_TEXT("signal", sigabbrev_np(got)),
		LOG_NUMBER("requests", count_get(COUNT_REQUESTS_TOTAL)));
}

/* Blocked before the first thread exists, so that only sigwaitinfo takes them. */
static void prepare_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void prepare_process(const struct config *c)
{
	struct rlimit files;

	umask(077);
	apply_log(c);
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		log_event(LOG_LEVEL_WARNING, "file-limit", LOG_TEXT("reason", strerror(errno)));
}

static int run(const char *file, struct config *c)
{
	struct daemon d = { .file = file, .config = c };
	sigset_t signals;
	struct err e;
	int rc;

	d.n_fds = notify_listen_fds(d.fds, LISTEN_FDS_MAX);
	prepare_signals(&signals);
	guard_start();
	prepare_process(c);
	rc = start(&d, &e);
	if (rc == 0) {
		serve(&d, &signals);
		stop(&d, EXIT_SUCCESS);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "vsmigd: %s\n", e.text);
	rc = rc == -ERR_CONFIG ? EXIT_USAGE : EXIT_FAILURE;
	stop(&d, rc);
	return rc;
}

/* Also reads the files that the configuration names. */
static int check(struct config *c)
{
	struct daemon d = { .config = c };
	struct err e;
	int rc = start_tls(&d, &e);

	if (rc == 0)
		rc = start_auth(&d, &e);
	auth_free(d.auth);
	if (d.tls)
		tls_free(d.tls);
	if (rc == 0)
		puts("The configuration can be used.");
	else
		fprintf(stderr, "vsmigd: %s\n", e.text);
	return rc ? EXIT_USAGE : EXIT_SUCCESS;
}

static int show(const struct config *c)
{
	auto_buf struct buf out = { 0 };

	config_show(c, &out);
	fputs(out.data, stdout);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int with_config(const struct cli *cli)
{
	struct config *c;
	struct err e;
	int status;

	if (config_load(cli->config, &c, &e)) {
		fprintf(stderr, "vsmigd: %s\n", e.text);
		return EXIT_USAGE;
	}
	if (cli->action == CLI_CHECK_CONFIG)
		status = check(c);
	else if (cli->action == CLI_SHOW_CONFIG)
		status = show(c);
	else
		status = run(cli->config, c);
	config_free(c);
	return status;
}

static int help(void)
{
	auto_buf struct buf out = { 0 };

	cli_help(&out);
	fputs(out.data, stdout);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct err e;

	log_init();
	if (cli_parse(&cli, argc, argv, &e)) {
		fprintf(stderr, "vsmigd: %s; see vsmigd --help\n", e.text);
		return EXIT_USAGE;
	}
	if (cli.action == CLI_HELP)
		return help();
	if (cli.action == CLI_VERSION) {
		puts("vsmigd " VSMIGD_VERSION);
		return EXIT_SUCCESS;
	}
	return with_config(&cli);
}
