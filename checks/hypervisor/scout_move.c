/* A scout on its way, and away again. */
#include "checks/hypervisor/scout.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "checks/hypervisor/guard.h"
#include "checks/hypervisor/open.h"
#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/scout_inner.h"
#include "checks/hypervisor/twin_inner.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/digest.h"

enum {
	LOOK_MS = 250, /* between two looks at one that is on its way */
	DESTROY_MS = 10000, /* until a connection for that is open */
};

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

/*
 * The libvirtd of version 9.0 may crash where a guest is destroyed on its way while others ask for its
 * statistics all the time: 8 of 30 when that is every 20 ms, none of 30 when its job was aborted before.
 */
static void abort_job(virConnectPtr v, const char *uuid)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(v, uuid);

	count_add(COUNT_HV_CALLS_TOTAL, dom ? 2 : 1);
	if (dom)
		virDomainAbortJob(dom);
}

static void end_at(const char *uri, const char *uuid, bool leaves)
{
	char text[OPEN_TEXT];
	virConnectPtr v = open_own(uri, clock_in(DESTROY_MS), text);

	if (!v)
		return;
	if (leaves)
		abort_job(v, uuid);
	destroy(v, uuid);
	virConnectClose(v);
}

/* It is tried at one of the addresses, and once or twice there. */
struct trial {
	const struct scout *s;
	const struct scout_route *route;
	struct scout_result *told; /* what is to be known of it in the end */
	struct scout_result *out; /* of this one, the first or the second */
	size_t at; /* which of the addresses */
	unsigned flags;
	struct own own;
	int64_t began, patience; /* patience: of the second, ms */
};

/* It is the second, with a disk. */
static bool copies(const struct trial *t)
{
	return t->flags & VIR_MIGRATE_NON_SHARED_DISK;
}

/* One that is on its way: of a thread that waits for libvirt, and one that looks after it. */
struct passage {
	struct trial *t;
	virDomainPtr dom;
	const char *uuid;
	struct scout_params params;
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
	there = virDomainMigrate3(
		p->dom, p->t->own.to, p->params.items, (unsigned)p->params.n, p->t->flags);
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
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(p->t->route->to, p->uuid);
	int state = 0, reason = 0;

	count_add(COUNT_HV_CALLS_TOTAL, dom ? 2 : 1);
	return dom && virDomainGetState(dom, &state, &reason, 0) == 0 &&
	       state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_MIGRATION;
}

/* Who asks with less time is answered in it all the same; but with too little nothing would be shown. */
static int64_t patience(const struct passage *p)
{
	int64_t left = clock_left(p->t->route->until) - SCOUT_RESERVE_MS;
	int64_t most = p->moved ? SCOUT_STILL_MS : SCOUT_SILENT_MS;

	if (copies(p->t))
		return p->t->patience;
	if (!p->t->s->data)
		return SCOUT_BEGUN_MS;
	if (left < SCOUT_SILENT_LEAST_MS)
		left = SCOUT_SILENT_LEAST_MS;
	return left < most ? left : most;
}

/* Bytes of it have left since it was last looked at, or all have, and the two hosts come to an end. */
static bool goes_on(struct passage *p)
{
	auto_dom virDomainPtr dom = virDomainLookupByUUIDString(p->t->route->from, p->uuid);
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
	if (begins || (p->t->s->data && !copies(p->t) && goes_on(p))) {
		p->quiet_since = clock_ms();
		p->patience = patience(p);
	}
	return clock_ms() - p->quiet_since >= p->patience;
}

/*
 * Destroyed, it moves no more: QEMU's connection goes with it. To abort its job alone does not end one that
 * waits for an answer, and is not even answered by a QEMU that waits to connect for a disk. On the target
 * QEMU may not notice, and libvirt waits for it, until it is destroyed there too.
 */
static void end(struct passage *p)
{
	end_at(p->t->route->from_uri, p->uuid, !copies(p->t));
	for (int looks = 0; looks < 4; looks++)
		if (is_over(p))
			return;
	end_at(p->t->route->to_uri, p->uuid, false);
}

static enum way_cause cause_of(const struct passage *p)
{
	enum way_cause cause = p->silent ? WAY_SILENT : scout_cause_of(p->code, p->text);

	/* Another scout's, or a twin's, is free in a moment. */
	return cause == WAY_NO_PORT && probe_others(p->t->route->to) ? WAY_OTHER : cause;
}

static void tell_passage(const struct passage *p, struct scout_result *out)
{
	out->cause = p->arrived ? WAY_OTHER : cause_of(p);
	if (p->silent && copies(p->t))
		snprintf(out->text, sizeof out->text,
			"no answer within %.1f s at the port for disks",
			(double)p->patience / 1000);
	else if (p->silent)
		snprintf(out->text, sizeof out->text, "%s within %.1f s",
			p->moved ? "the data stood still and did not go on" : "no answer",
			(double)p->patience / 1000);
	else if (p->late && copies(p->t))
		snprintf(out->text, sizeof out->text, "it was not over in time");
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

/* Another address may be better. */
static bool of_address(enum way_cause cause)
{
	return cause == WAY_ADDRESS || cause == WAY_CUT || cause == WAY_SILENT;
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

static bool fails_by_tls(const struct trial *t)
{
	const struct scout_result *out = t->out;

	return (t->s->flags & VIR_MIGRATE_TLS) && out->through != TRI_YES && !out->left_here &&
	       !out->left_there && broke_off(out->text);
}

static bool another_follows(const struct trial *t)
{
	return of_address(t->told->cause) && t->at + 1 < t->s->n_addresses;
}

/* What is the trouble of the disk itself says nothing of those of the VM. */
static bool of_copies(enum way_cause cause)
{
	return cause == WAY_NO_PORT || cause == WAY_CUT || cause == WAY_SILENT ||
	       cause == WAY_CREDENTIALS;
}

/* What came of the second is said along with the first's. */
static void tell_copies(struct trial *t)
{
	struct scout_result *told = t->told;
	const struct scout_result *out = t->out;

	if (!copies(t))
		return;
	told->copies = out->through;
	if (out->through == TRI_NO && !of_copies(out->cause))
		told->copies = TRI_UNKNOWN;
	snprintf(told->copies_text, sizeof told->copies_text, "%.511s", out->text);
	told->left_here |= out->left_here;
	told->left_there |= out->left_there;
	if (told->copies != TRI_NO)
		return;
	told->through = TRI_NO;
	told->cause = out->cause;
	memcpy(told->text, out->text, sizeof told->text);
}

/* What came of it is what is said of its address, too. */
static void tell_address(const struct trial *t)
{
	struct scout_result *out = t->told;

	if (out->through == TRI_YES)
		out->addresses[t->at].there = out->addresses[t->at].reached = TRI_YES;
	if (out->through != TRI_NO || !of_address(out->cause))
		return;
	snprintf(out->addresses[t->at].why, sizeof out->addresses[t->at].why, "%.255s", out->text);
	if (out->cause == WAY_ADDRESS) {
		out->addresses[t->at].there = TRI_NO;
	} else {
		out->addresses[t->at].there = TRI_YES; /* the target has waited there */
		out->addresses[t->at].reached = TRI_NO;
	}
}

/* Whoever asked has a no, or must do without an answer, whatever else is tried. A move without data would
 * make a yes of it. */
static bool is_decided(const struct passage *p)
{
	const struct trial *t = p->t;

	if (copies(t) ? t->told->copies == TRI_NO : t->out->through == TRI_NO)
		return t->s->data && (copies(t) || !fails_by_tls(t)) && !another_follows(t);
	return p->late && t->out->through == TRI_UNKNOWN;
}

/* A yes is not told before the scout is gone, unless time is: to a migration right behind it the host is as
 * it was. */
static void tell(struct passage *p)
{
	struct trial *t = p->t;

	pthread_mutex_lock(&p->lock);
	tell_passage(p, t->out);
	pthread_mutex_unlock(&p->lock);
	tell_copies(t);
	if (!is_decided(p))
		return;
	tell_address(t);
	t->told->took_ms = clock_ms() - t->began;
	t->route->decided(t->route->arg);
}

/* The first has shown much: who asked learns that, also when the second does not come to an end in time. */
static int64_t last_moment(const struct passage *p)
{
	int64_t until = clock_in(SCOUT_MOVE_MS), asked = p->t->route->until - SCOUT_RESERVE_MS;

	return copies(p->t) && asked < until ? asked : until;
}

static void look_after(struct passage *p)
{
	int64_t until = last_moment(p);

	while (!is_over(p)) {
		if (p->silent || p->late)
			continue;
		p->silent = is_silent(p);
		p->late = !p->silent && clock_left(until) == 0;
		if (!p->silent && !p->late)
			continue;
		tell(p);
		end(p);
	}
	tell(p);
}

/* A thread of its own waits for the move. */
static void pass(struct passage *p)
{
	pthread_mutex_init(&p->lock, NULL);
	conn_cond_init(&p->over);
	if (conn_env_spawn(p->t->route->env, "hv-move", move, p))
		look_after(p);
	else
		snprintf(p->t->out->text, sizeof p->t->out->text, "no thread can be started");
	pthread_cond_destroy(&p->over);
	pthread_mutex_destroy(&p->lock);
	scout_params_free(&p->params);
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

static void begin(struct passage *p, const struct twin_id *id, struct arena *a)
{
	struct trial *t = p->t;
	struct scout_result *out = t->out;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	p->dom = virDomainCreateXML(t->own.from,
		twin_text(copies(t) ? t->s->copied : t->s->twin, id, a), VIR_DOMAIN_START_PAUSED);
	if (p->dom) {
		pass(p);
		virDomainFree(p->dom);
		return;
	}
	snprintf(out->text, sizeof out->text,
		"the empty guest that was to be moved does not start on the source host: %s",
		virGetLastErrorMessage());
	probe_shorten(out->text);
}

/* Only while the scout waits over there, and nobody has begun to end it. */
static bool may_ask_hook(const struct passage *p)
{
	return p->t->s->as && p->t->out->through == TRI_YES && !copies(p->t) && !p->silent &&
	       !p->late && clock_left(p->t->route->until) > SCOUT_HOOK_LEAST_MS;
}

static void ask_hook(const struct passage *p, const struct twin_id *id, struct arena *a)
{
	const struct trial *t = p->t;
	struct scout_question q = { .from = t->own.from,
		.to = t->own.to,
		.xml = twin_text(t->s->twin, id, a),
		.uuid = p->uuid,
		.flags = t->flags };

	scout_params_make(&q.params, t->s, t->at, a);
	scout_params_add(&q.params, VIR_MIGRATE_PARAM_DEST_NAME, t->s->as);
	scout_ask_hook(&q, t->out);
	scout_params_free(&q.params);
}

/* False: somebody else took the name meanwhile. */
static bool try_name(struct trial *t, const char *name)
{
	auto_arena struct arena *a = arena_new();
	const struct scout_route *route = t->route;
	char uuid[DIGEST_UUID_SIZE];
	struct passage p = { .t = t, .uuid = uuid };
	struct twin_id id;

	digest_uuid(uuid);
	id = probe_identity(name, uuid, route->host);
	if (!guard_out(uuid, route->from_uri, route->to_uri)) {
		snprintf(t->out->text, sizeof t->out->text,
			"the guard, a process of this service, is gone, or does not take it; "
			"restart vsmigd");
		return true;
	}
	probes_live(route->ps, uuid, true);
	scout_params_make(&p.params, t->s, t->at, a);
	begin(&p, &id, a);
	if (may_ask_hook(&p))
		ask_hook(&p, &id, a);
	clear_away(route, uuid, t->out);
	/* A hook may say what it likes. */
	return t->out->through != TRI_UNKNOWN || !probe_name_clashed(t->out->text);
}

static void try_names(struct trial *t, unsigned flags)
{
	const struct scout_route *route = t->route;
	struct scout_result *out = t->out;
	auto_arena struct arena *a = arena_new();
	const char *name;
	int at = 0;

	t->flags = flags;
	out->through = TRI_UNKNOWN;
	if (!open_both(route, &t->own, out))
		return;
	snprintf(out->text, sizeof out->text, "too many probes of this host are under way");
	while ((name = probe_free_name(route->from, route->to, route->host, a, at + 1, &at)) &&
		!try_name(t, name))
		out->through = TRI_UNKNOWN;
	close_both(&t->own);
}

/*
 * The way the first got there, and after it: how long that took tells how busy the hosts are. QEMU is not
 * asked how far this one is, for it may not answer. By TLS libvirt connects itself: together, PARALLEL
 * and a disk, without a name given for the certificate, make libvirt 9.0 expect one without a name.
 */
static void try_copies(struct trial *t)
{
	struct scout_result *first = t->told, second = { .through = TRI_UNKNOWN };
	unsigned flags = t->flags | VIR_MIGRATE_NON_SHARED_DISK;

	if (!t->s->copied || first->through != TRI_YES || first->left_here || first->left_there)
		return;
	if (clock_left(t->route->until) < SCOUT_COPY_LEAST_MS) {
		snprintf(first->copies_text, sizeof first->copies_text,
			"no time was left to try one");
		return;
	}
	if (flags & VIR_MIGRATE_TLS)
		flags &= ~(unsigned)VIR_MIGRATE_PARALLEL;
	t->patience = 4 * (clock_ms() - t->began);
	if (t->patience < SCOUT_COPY_MS)
		t->patience = SCOUT_COPY_MS;
	if (t->patience > SCOUT_SILENT_MS)
		t->patience = SCOUT_SILENT_MS;
	t->out = &second;
	try_names(t, flags);
	tell_copies(t);
	t->out = first;
}

static void try_address(struct trial *t)
{
	struct scout_result *out = t->out;

	try_names(t, t->s->flags);
	if (fails_by_tls(t))
		try_names(t, t->s->flags & ~(unsigned)VIR_MIGRATE_PARALLEL);
	if (fails_by_tls(t)) {
		out->through = TRI_NO;
		out->cause = WAY_CREDENTIALS;
	}
	try_copies(t);
	tell_address(t);
}

void scout_try(const struct scout *s, const struct scout_route *route, struct scout_result *out)
{
	struct trial t = { .s = s, .route = route, .told = out, .out = out, .began = clock_ms() };

	*out = (struct scout_result){ .through = TRI_UNKNOWN };
	try_address(&t);
	while (out->through == TRI_NO && another_follows(&t) && !out->left_here &&
		!out->left_there && clock_left(route->until) > 0) {
		t.at++;
		try_address(&t);
	}
	out->took_ms = clock_ms() - t.began;
}
