#include "checks/hypervisor/scout.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "checks/hypervisor/guard.h"
#include "checks/hypervisor/open.h"
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/twin_inner.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/digest.h"

enum {
	LOOK_MS = 250, /* between two looks at one that is on its way */
	DESTROY_MS = 10000, /* until a connection for that is open */
};

/* What it is. */

/* Those of which it is known, or may be, that they are the target's; first where the data would go. */
static void choose_addresses(struct scout *s, const struct facts *f, struct arena *a)
{
	const struct settings *set = f->settings;
	size_t first = facts_data_address(f);

	if (first < set->n_addresses)
		s->addresses[s->n_addresses++] = arena_strdup(a, set->addresses[first]);
	for (size_t i = 0; i < set->n_addresses && s->n_addresses < SCOUT_ADDRESSES; i++)
		if (i != first && facts_target_has(f, set->addresses[i]) != TRI_NO &&
			facts_reaches(f, i) != TRI_NO)
			s->addresses[s->n_addresses++] = arena_strdup(a, set->addresses[i]);
}

static bool by_tcp(enum transport t)
{
	return t == TRANSPORT_UNKNOWN || t == TRANSPORT_SSH || t == TRANSPORT_TCP ||
	       t == TRANSPORT_TLS || t == TRANSPORT_TLS_STRICT;
}

static xmlDoc *make_twin(const char *text, struct err *e)
{
	static const char *const attrs[] = { "type", NULL };
	auto_doc xmlDoc *doc = vxml_read(text, "domain", e);
	xmlNode *devices;

	if (!doc || !vxml_at(xmlDocGetRootElement(doc), "os/type"))
		return NULL;
	twin_keep_attrs(xmlDocGetRootElement(doc), attrs);
	/* Libvirt would choose a firmware, and give it a file for NVRAM. */
	twin_unset(vxml_child(xmlDocGetRootElement(doc), "os"), "firmware");
	return twin_bare(doc, &devices);
}

const char *scout_make(struct scout *s, const struct facts *f, struct arena *a, struct err *e)
{
	const struct settings *set = f->settings;
	enum transport t = set->transport;
	const char *key;

	err_set(e, ERR_UNAVAILABLE, "the XML of the virtual system cannot be used");
	if (!by_tcp(t)) {
		err_set(e, ERR_UNSUPPORTED, "a migration is tried by TCP and TLS alone");
		return NULL;
	}
	choose_addresses(s, f, a);
	if (set->n_addresses && !s->n_addresses) {
		err_set(e, ERR_UNAVAILABLE, "no address given may be the target's");
		return NULL;
	}
	s->twin = f->xml ? make_twin(f->xml, e) : NULL;
	if (!s->twin)
		return NULL;
	s->data = set->move & MOVE_HOT;
	if (t == TRANSPORT_TLS_STRICT && f->destination)
		s->tls_name = arena_strdup(a, f->destination);
	s->flags = VIR_MIGRATE_LIVE | VIR_MIGRATE_PARALLEL | VIR_MIGRATE_PAUSED;
	if (t == TRANSPORT_TLS || t == TRANSPORT_TLS_STRICT)
		s->flags |= VIR_MIGRATE_TLS;
	key = arena_printf(a, "%x %d %s%s", s->flags, s->data, s->tls_name ? s->tls_name : "",
		twin_text(s->twin, NULL, a));
	for (size_t i = 0; i < s->n_addresses; i++)
		key = arena_printf(a, "%s %s", key, s->addresses[i]);
	return key;
}

void scout_clear(struct scout *s)
{
	if (s->twin)
		xmlFreeDoc(s->twin);
}

/* What came of it. */

/* The first row that fits. `text` is part of the message; NULL: any. code 0: any. */
static const struct {
	int code;
	const char *text;
	enum way_cause cause;
} causes[] = {
	{ VIR_ERR_HOOK_SCRIPT_FAILED, NULL, WAY_HOOK },
	{ VIR_ERR_OPERATION_INVALID, "only with VIR_MIGRATE_TLS", WAY_TLS_ONLY },
	{ 0, "unused port in range 'migration'", WAY_NO_PORT },
	{ 0, "Failed to connect to '", WAY_CUT },
	{ 0, "unable to connect to server at '", WAY_CUT },
	{ 0, "ddress resolution failed", WAY_CUT },
	{ 0, "annot assign requested address", WAY_ADDRESS },
	{ 0, "credentials", WAY_CREDENTIALS },
	{ 0, "ertificate", WAY_CREDENTIALS },
	{ 0, "TLS channel", WAY_CREDENTIALS },
	{ 0, "TLS handshake", WAY_CREDENTIALS },
	{ 0, "TLS session", WAY_CREDENTIALS },
	{ 0, "TLS x509", WAY_CREDENTIALS },
};

enum way_cause scout_cause_of(int code, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if ((!causes[i].code || causes[i].code == code) &&
			(!causes[i].text || strstr(text, causes[i].text)))
			return causes[i].cause;
	return WAY_OTHER;
}

/* Another address may be better. */
static bool of_address(enum way_cause cause)
{
	return cause == WAY_ADDRESS || cause == WAY_CUT || cause == WAY_SILENT;
}

/* Moving it. */

static bool destroy(virConnectPtr v, const char *uuid)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(v, uuid);

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return dom ? probe_destroy(dom) : virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

/*
 * By connections of its own. The client of libvirt 9.0 may fail to wake the thread that waits for an
 * answer when another has a question, which then waits along: a move that gets no answer would hold
 * up all checks, and what is to end it.
 */
struct own {
	virConnectPtr from, to;
};

static virConnectPtr open_own(const char *uri, int64_t until, char text[OPEN_TEXT])
{
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return open_once(uri, until, text);
}

static bool open_both(const struct scout_route *route, struct own *own, struct scout_result *out)
{
	char text[OPEN_TEXT] = "";

	own->to = NULL;
	own->from = open_own(route->from_uri, route->until, text);
	if (own->from)
		own->to = open_own(route->to_uri, route->until, text);
	if (own->to)
		return true;
	snprintf(out->text, sizeof out->text, "another connection to the %s host fails: %s",
		own->from ? "target" : "source", text);
	if (own->from)
		virConnectClose(own->from);
	return false;
}

static void close_both(struct own *own)
{
	virConnectClose(own->from);
	virConnectClose(own->to);
}

static void destroy_at(const char *uri, const char *uuid)
{
	char text[OPEN_TEXT];
	virConnectPtr v = open_own(uri, clock_in(DESTROY_MS), text);

	if (!v)
		return;
	destroy(v, uuid);
	virConnectClose(v);
}

/* One that is on its way: of a thread that waits for libvirt, and one that looks after it. */
struct passage {
	const struct scout_route *route;
	virConnectPtr to; /* its own */
	virDomainPtr dom;
	const char *uuid;
	virTypedParameterPtr params;
	int n_params;
	unsigned flags;
	bool data; /* as the scout's */
	int64_t quiet_since; /* the target waits, and not a byte has moved; 0: it does not wait yet */
	int64_t patience; /* ms from then */
	uint64_t moved; /* bytes */
	bool silent, late;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t over;
	bool is_over, arrived;
	int code;
	char text[1024];
};

static void move(void *arg)
{
	struct passage *p = arg;
	auto_dom virDomainPtr there = NULL;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	there = virDomainMigrate3(p->dom, p->to, p->params, (unsigned)p->n_params, p->flags);
	pthread_mutex_lock(&p->lock);
	p->arrived = there != NULL;
	if (!there) {
		p->code = virGetLastErrorCode();
		snprintf(p->text, sizeof p->text, "%s", virGetLastErrorMessage());
		probe_shorten(p->text);
	}
	p->is_over = true;
	pthread_cond_signal(&p->over);
	pthread_mutex_unlock(&p->lock);
}

static bool is_over(struct passage *p)
{
	int64_t until = clock_in(LOOK_MS);
	bool over;

	pthread_mutex_lock(&p->lock);
	while (!p->is_over && conn_cond_wait(&p->over, &p->lock, until))
		continue;
	over = p->is_over;
	pthread_mutex_unlock(&p->lock);
	return over;
}

static bool target_waits(const struct passage *p)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(p->route->to, p->uuid);
	int state = 0, reason = 0;

	count_add(COUNT_HV_CALLS_TOTAL, dom ? 2 : 1);
	return dom && virDomainGetState(dom, &state, &reason, 0) == 0 &&
	       state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_MIGRATION;
}

/* Who asks with less time is answered in it all the same; but with too little nothing would be shown. */
static int64_t patience(const struct passage *p)
{
	int64_t left = clock_left(p->route->until) - SCOUT_RESERVE_MS;
	int64_t most = p->moved ? SCOUT_STILL_MS : SCOUT_SILENT_MS;

	if (!p->data)
		return SCOUT_BEGUN_MS;
	if (left < SCOUT_SILENT_LEAST_MS)
		left = SCOUT_SILENT_LEAST_MS;
	return left < most ? left : most;
}

/* Bytes of it have left since it was last looked at, or all have, and the two hosts come to an end. */
static bool goes_on(struct passage *p)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(p->route->from, p->uuid);
	virDomainJobInfo job;
	uint64_t before = p->moved;

	count_add(COUNT_HV_CALLS_TOTAL, dom ? 2 : 1);
	if (!dom || virDomainGetJobInfo(dom, &job) < 0)
		return false;
	p->moved = job.dataProcessed;
	return p->moved > before || (job.dataTotal > 0 && job.dataRemaining == 0);
}

/* The kernel over there answers at once, however busy its host is: a connection that is not made in this
 * time meets somebody who swallows it, and data that stand still one who swallows what is large. */
static bool is_silent(struct passage *p)
{
	bool begins = !p->quiet_since;

	if (begins && !target_waits(p))
		return false;
	if (begins || (p->data && goes_on(p))) {
		p->quiet_since = clock_ms();
		p->patience = patience(p);
	}
	return clock_ms() - p->quiet_since >= p->patience;
}

/*
 * Destroyed, it moves no more: QEMU's connection goes with it. To abort its job does not help one that
 * waits for an answer. On the target QEMU may not notice, and libvirt waits for it, until it is destroyed
 * there too.
 */
static void end(struct passage *p)
{
	destroy_at(p->route->from_uri, p->uuid);
	for (int looks = 0; looks < 4; looks++)
		if (is_over(p))
			return;
	destroy_at(p->route->to_uri, p->uuid);
}

static void look_after(struct passage *p)
{
	int64_t until = clock_in(SCOUT_MOVE_MS);

	while (!is_over(p)) {
		if (p->silent || p->late)
			continue;
		p->silent = is_silent(p);
		p->late = !p->silent && clock_left(until) == 0;
		if (p->silent || p->late)
			end(p);
	}
}

static void add_tls_name(struct passage *p, const char *name)
{
	int max = p->n_params;

	virTypedParamsAddString(
		&p->params, &p->n_params, &max, VIR_MIGRATE_PARAM_TLS_DESTINATION, name);
}

static void add_address(struct passage *p, const char *address, struct arena *a)
{
	const char *uri =
		arena_printf(a, strchr(address, ':') ? "tcp://[%s]" : "tcp://%s", address);
	int max = 0;

	virTypedParamsAddString(&p->params, &p->n_params, &max, VIR_MIGRATE_PARAM_URI, uri);
	virTypedParamsAddString(
		&p->params, &p->n_params, &max, VIR_MIGRATE_PARAM_LISTEN_ADDRESS, address);
}

static enum way_cause cause_of(const struct passage *p)
{
	enum way_cause cause = p->silent ? WAY_SILENT : scout_cause_of(p->code, p->text);

	/* Another scout's, or a twin's, is free in a moment. */
	return cause == WAY_NO_PORT && probe_others(p->route->to) ? WAY_OTHER : cause;
}

static void tell_passage(const struct passage *p, struct scout_result *out)
{
	out->cause = p->arrived ? WAY_OTHER : cause_of(p);
	if (p->silent)
		snprintf(out->text, sizeof out->text, "%s within %.1f s",
			p->moved ? "the data stood still and did not go on" : "no answer",
			(double)p->patience / 1000);
	else if (p->late)
		snprintf(out->text, sizeof out->text,
			"a guest without anything in it was not over in %d s",
			SCOUT_MOVE_MS / 1000);
	else
		memcpy(out->text, p->text, sizeof out->text);
	if (p->arrived)
		out->through = TRI_YES;
	else
		out->through = p->late || out->cause == WAY_OTHER ? TRI_UNKNOWN : TRI_NO;
}

/* A thread of its own waits for the move. */
static void pass(struct passage *p, struct scout_result *out)
{
	pthread_mutex_init(&p->lock, NULL);
	conn_cond_init(&p->over);
	if (conn_env_spawn(p->route->env, "hv-move", move, p)) {
		look_after(p);
		tell_passage(p, out);
	} else {
		snprintf(out->text, sizeof out->text, "no thread can be started");
	}
	pthread_cond_destroy(&p->over);
	pthread_mutex_destroy(&p->lock);
	virTypedParamsFree(p->params, p->n_params);
}

/* From both hosts. */
static void clear_away(const struct scout_route *route, const char *uuid, struct scout_result *out)
{
	bool left_here = !destroy(route->from, uuid), left_there = !destroy(route->to, uuid);

	if (!left_here && !left_there)
		guard_in(uuid);
	out->left_here |= left_here;
	out->left_there |= left_there;
	probes_live(route->ps, uuid, false);
}

static void begin(const struct scout *s, const struct own *own, struct passage *p,
	const struct twin_id *id, struct arena *a, struct scout_result *out)
{
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	p->dom = virDomainCreateXML(own->from, twin_text(s->twin, id, a), VIR_DOMAIN_START_PAUSED);
	if (p->dom) {
		pass(p, out);
		virDomainFree(p->dom);
		return;
	}
	snprintf(out->text, sizeof out->text,
		"the empty guest that was to be moved does not start on the source host: %s",
		virGetLastErrorMessage());
	probe_shorten(out->text);
}

/* False: somebody else took the name meanwhile. */
static bool try_name(const struct scout *s, unsigned flags, const struct scout_route *route,
	const struct own *own, const char *address, const char *name, struct scout_result *out)
{
	auto_arena struct arena *a = arena_new();
	char uuid[DIGEST_UUID_SIZE];
	struct passage p = {
		.route = route, .to = own->to, .uuid = uuid, .flags = flags, .data = s->data
	};
	struct twin_id id;

	digest_uuid(uuid);
	id = probe_identity(name, uuid, route->host);
	if (!guard_out(uuid, route->from_uri, route->to_uri)) {
		snprintf(out->text, sizeof out->text,
			"the guard, a process of this service, is gone, or does not take it; "
			"restart vsmigd");
		return true;
	}
	probes_live(route->ps, uuid, true);
	if (address)
		add_address(&p, address, a);
	if (s->tls_name)
		add_tls_name(&p, s->tls_name);
	begin(s, own, &p, &id, a, out);
	clear_away(route, uuid, out);
	return out->through == TRI_YES || !probe_name_clashed(out->text);
}

static void try_names(const struct scout *s, unsigned flags, const struct scout_route *route,
	size_t i, struct scout_result *out)
{
	const char *address = s->n_addresses ? s->addresses[i] : NULL;
	auto_arena struct arena *a = arena_new();
	struct own own;
	const char *name;
	int at = 0;

	out->through = TRI_UNKNOWN;
	if (!open_both(route, &own, out))
		return;
	snprintf(out->text, sizeof out->text, "too many probes of this host are under way");
	while ((name = probe_free_name(route->from, route->to, route->host, a, at + 1, &at)) &&
		!try_name(s, flags, route, &own, address, name, out))
		out->through = TRI_UNKNOWN;
	close_both(&own);
}

/* The two have met, and parted: either may be the first to know, and tell why or not. */
static bool broke_off(const char *text)
{
	static const char *const words[] = { "TLS channel", "to socket", "from socket",
		"unexpectedly failed", "unexpectedly closed", "Connection reset", "Broken pipe" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool fails_by_tls(const struct scout *s, const struct scout_result *out)
{
	return (s->flags & VIR_MIGRATE_TLS) && out->through != TRI_YES && !out->left_here &&
	       !out->left_there && broke_off(out->text);
}

static void try_address(
	const struct scout *s, const struct scout_route *route, size_t i, struct scout_result *out)
{
	try_names(s, s->flags, route, i, out);
	if (fails_by_tls(s, out))
		try_names(s, s->flags & ~(unsigned)VIR_MIGRATE_PARALLEL, route, i, out);
	if (fails_by_tls(s, out)) {
		out->through = TRI_NO;
		out->cause = WAY_CREDENTIALS;
	}
	if (out->through == TRI_YES)
		out->addresses[i].there = out->addresses[i].reached = TRI_YES;
	if (out->through != TRI_NO || !of_address(out->cause))
		return;
	snprintf(out->addresses[i].why, sizeof out->addresses[i].why, "%.255s", out->text);
	if (out->cause == WAY_ADDRESS) {
		out->addresses[i].there = TRI_NO;
	} else {
		out->addresses[i].there = TRI_YES; /* the target has waited there */
		out->addresses[i].reached = TRI_NO;
	}
}

void scout_try(const struct scout *s, const struct scout_route *route, struct scout_result *out)
{
	size_t i = 0, n = s->n_addresses ? s->n_addresses : 1;
	int64_t began = clock_ms();

	*out = (struct scout_result){ .through = TRI_UNKNOWN };
	do
		try_address(s, route, i, out);
	while (++i < n && out->through == TRI_NO && of_address(out->cause) && !out->left_here &&
		!out->left_there && clock_left(route->until) > 0);
	out->took_ms = clock_ms() - began;
}

/* A machine that moves without its memory needs no more than that both let it in: what failed later
 * has shown that they do. A hook of a guest that starts is not asked about it. */
static enum tri through(const struct scout_result *r, const struct facts *f)
{
	if ((f->settings->move & MOVE_HOT) || r->through != TRI_NO)
		return r->through;
	if (r->cause == WAY_CUT || r->cause == WAY_SILENT)
		return TRI_YES;
	return r->cause == WAY_TLS_ONLY || r->cause == WAY_NO_PORT ||
			       (r->cause == WAY_HOOK && strstr(r->text, " migrate begin"))
		       ? TRI_NO
		       : TRI_UNKNOWN;
}

void scout_tell(const struct scout *s, const struct scout_result *r, const struct facts *f,
	struct arena *a, struct way_facts *out)
{
	struct way_address *all = arena_array(a, s->n_addresses, sizeof *all);

	for (size_t i = 0; i < s->n_addresses; i++)
		all[i] = (struct way_address){ s->addresses[i], r->addresses[i].there,
			r->addresses[i].reached, arena_strdup(a, r->addresses[i].why) };
	*out = (struct way_facts){
		.asked = true,
		.through = through(r, f),
		.cause = r->cause,
		.text = arena_strdup(a, r->text),
		.took_ms = r->took_ms,
		.addresses = all,
		.n_addresses = s->n_addresses,
	};
}
