#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/vxml.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Asks the source for its name, so that it is known before the first check, and sweeps it of what an earlier
 * daemon left. */
struct greeting {
	struct conn_task task;
	struct hv *hv;
};

enum { GREETING_MS = 60000 };

static void sweep_source(struct hv *hv, const struct conn_task *t)
{
	auto_arena struct arena *a = arena_new();
	const char *type = virConnectGetType(t->v);
	struct host_caps caps = { 0 };
	struct err e;
	char *text;

	if (!type || strcasecmp(type, "QEMU") != 0)
		return;
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	text = virConnectGetCapabilities(t->v);
	if (text && vxml_caps(text, a, &caps, &e) == 0 && caps.uuid)
		probes_met(hv->probes, hv->source, t->generation, caps.uuid);
	free(text);
}

static void greet(struct conn_task *t)
{
	struct greeting *g = (struct greeting *)t;
	char *name = t->v ? virConnectGetHostname(t->v) : NULL;

	count_add(COUNT_HV_CALLS_TOTAL, t->v != NULL);
	if (name)
		hv_learn_name(g->hv, name);
	free(name);
	if (t->v)
		sweep_source(g->hv, t);
	free(g);
}

static void send_greeting(struct hv *hv)
{
	struct greeting *g = mem_calloc(1, sizeof *g);

	*g = (struct greeting){ .task = { .run = greet, .deadline = clock_in(GREETING_MS) },
		.hv = hv };
	conn_submit(hv->source, &g->task);
}

static const char *own_host_name(struct arena *a)
{
	char name[256] = "";

	if (gethostname(name, sizeof name - 1) < 0 || !*name)
		return "localhost";
	return arena_strdup(a, name);
}

/* Under the lock, or before anybody else knows hv. */
static void take_config(struct hv *hv, const struct hv_config *c, struct hosts *hosts)
{
	hosts_unref(hv->hosts);
	hv->hosts = hosts;
	hv->max_destinations = c->max_connections ? c->max_connections : 1;
	hv->given_name =
		c->source_name && *c->source_name ? arena_strdup(hv->names, c->source_name) : NULL;
	hv->env.threads = c->threads_per_connection ? c->threads_per_connection : 1;
	hv->env.idle_ms = c->idle_ms > 0 ? c->idle_ms : 1;
}

struct hv *hv_new(const struct hv_config *c, struct timers *timers, struct err *e)
{
	auto_arena struct arena *a = arena_new();
	struct hosts *hosts;
	struct hv *hv;

	if (!c->source_uri || !strchr(c->source_uri, ':')) {
		err_set(e, ERR_CONFIG, "[source] uri is no libvirt URI");
		return NULL;
	}
	if (hosts_new(c, &hosts, e) < 0)
		return NULL;
	hv = mem_calloc(1, sizeof *hv);
	conn_env_init(&hv->env, timers);
	hv->probes = probes_new(&hv->env);
	pthread_mutex_init(&hv->lock, NULL);
	hv->names = arena_new();
	hv->own_name = own_host_name(hv->names);
	hv->source_uri = mem_strdup(c->source_uri);
	take_config(hv, c, hosts);
	hv->source = conn_new(&hv->env, hosts_open_uri(hosts, a, c->source_uri), true);
	send_greeting(hv);
	return hv;
}

int hv_set_config(struct hv *hv, const struct hv_config *c, struct err *e)
{
	struct hosts *hosts;

	if (!c->source_uri || strcmp(c->source_uri, hv->source_uri) != 0)
		return err_set(e, ERR_CONFIG,
			"[source] uri cannot change while the daemon runs; "
			"restart it to speak for another hypervisor");
	if (hosts_new(c, &hosts, e) < 0)
		return -e->code;
	pthread_mutex_lock(&hv->lock);
	take_config(hv, c, hosts);
	pthread_mutex_unlock(&hv->lock);
	return 0;
}

size_t hv_free(struct hv *hv, int64_t deadline)
{
	size_t stuck;

	if (!hv)
		return 0;
	hv->env.closing = true;
	probes_close(hv->probes);
	conn_close(hv->source);
	pthread_mutex_lock(&hv->lock);
	for (size_t i = 0; i < hv->n_destinations; i++)
		conn_close(hv->destinations[i]);
	pthread_mutex_unlock(&hv->lock);
	stuck = conn_env_wait(&hv->env, deadline);
	if (stuck)
		return stuck; /* those threads still refer to hv */
	conn_env_clear(&hv->env);
	probes_free(hv->probes);
	conn_unref(hv->source);
	for (size_t i = 0; i < hv->n_destinations; i++)
		conn_unref(hv->destinations[i]);
	free(hv->destinations);
	free(hv->source_uri);
	hosts_unref(hv->hosts);
	arena_free(hv->names);
	pthread_mutex_destroy(&hv->lock);
	free(hv);
	return 0;
}

const char *hv_host_name(struct hv *hv)
{
	const char *name;

	pthread_mutex_lock(&hv->lock);
	name = hv->given_name ? hv->given_name : hv->learned_name ? hv->learned_name : hv->own_name;
	pthread_mutex_unlock(&hv->lock);
	return name;
}

void hv_learn_name(struct hv *hv, const char *name)
{
	pthread_mutex_lock(&hv->lock);
	if (!hv->learned_name)
		hv->learned_name = arena_strdup(hv->names, name);
	pthread_mutex_unlock(&hv->lock);
}

struct hosts *hv_hosts_ref(struct hv *hv)
{
	struct hosts *h;

	pthread_mutex_lock(&hv->lock);
	h = hosts_ref(hv->hosts);
	pthread_mutex_unlock(&hv->lock);
	return h;
}

/* Under the lock: who was idle longest; SIZE_MAX when all are in use. */
static size_t longest_idle(struct hv *hv)
{
	size_t oldest = SIZE_MAX;
	int64_t oldest_since = INT64_MAX, since;

	for (size_t i = 0; i < hv->n_destinations; i++) {
		if (!conn_idle(hv->destinations[i], &since) || since >= oldest_since)
			continue;
		oldest = i;
		oldest_since = since;
	}
	return oldest;
}

bool hv_has_room(struct hv *hv)
{
	bool room;

	pthread_mutex_lock(&hv->lock);
	room = hv->n_destinations < hv->max_destinations || longest_idle(hv) != SIZE_MAX;
	pthread_mutex_unlock(&hv->lock);
	return room;
}

/* Under the lock: room for one more, made by closing whoever was idle longest. */
static bool make_room(struct hv *hv)
{
	size_t oldest;
	struct conn *c;

	if (hv->n_destinations < hv->max_destinations)
		return true;
	oldest = longest_idle(hv);
	if (oldest == SIZE_MAX)
		return false;
	c = hv->destinations[oldest];
	hv->destinations[oldest] = hv->destinations[--hv->n_destinations];
	conn_close(c);
	conn_unref(c);
	return true;
}

/* Under the lock. */
static struct conn *find_destination(struct hv *hv, const char *open_uri)
{
	for (size_t i = 0; i < hv->n_destinations; i++)
		if (strcmp(conn_uri(hv->destinations[i]), open_uri) == 0)
			return hv->destinations[i];
	if (hv->env.closing || !make_room(hv))
		return NULL;
	hv->destinations =
		mem_realloc(hv->destinations, hv->n_destinations + 1, sizeof(struct conn *));
	hv->destinations[hv->n_destinations] = conn_new(&hv->env, open_uri, false);
	return hv->destinations[hv->n_destinations++];
}

struct conn *hv_destination(struct hv *hv, const char *open_uri)
{
	struct conn *c;

	pthread_mutex_lock(&hv->lock);
	c = find_destination(hv, open_uri);
	if (c)
		conn_ref(c);
	pthread_mutex_unlock(&hv->lock);
	return c;
}

size_t hv_max_destinations(struct hv *hv)
{
	size_t n;

	pthread_mutex_lock(&hv->lock);
	n = hv->max_destinations;
	pthread_mutex_unlock(&hv->lock);
	return n;
}

const struct hv_host *hv_hosts(struct hv *hv, struct arena *a, size_t *n)
{
	struct hosts *h = hv_hosts_ref(hv);
	const struct hv_host *rows = hosts_rows(h, n);
	struct hv_host *copy = arena_array(a, *n, sizeof *copy);

	for (size_t i = 0; i < *n; i++) {
		copy[i] = rows[i];
		copy[i].name = arena_strdup(a, rows[i].name);
		copy[i].uri = arena_strdup(a, rows[i].uri);
	}
	hosts_unref(h);
	return copy;
}
