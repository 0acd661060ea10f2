#include "checks/hypervisor/side.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *side_late(const struct side *s)
{
	if (s->lost)
		return "the connection to the hypervisor was lost";
	if (s->hv->env.closing)
		return "the service is shutting down";
	if (clock_ms() >= s->g->deadline)
		return "the check's time was over before it could be asked";
	return NULL;
}

static const char *lack_key(struct side *s, enum fact id)
{
	return arena_printf(s->arena, "lacks %d", id);
}

/* What a driver lacks it lacks as long as it is this driver. */
static void note_lack(struct side *s, enum fact id, const char *why)
{
	struct box *b = box_new();

	b->value = arena_strdup(b->arena, why);
	cache_put(conn_cache(s->conn), s->generation, lack_key(s, id), b);
	box_unref(b);
}

static bool lacks(struct side *s, enum fact id)
{
	struct box *b = cache_get(conn_cache(s->conn), s->generation, lack_key(s, id));

	if (!b)
		return false;
	box_keep(s->arena, b);
	facts_set_unknown(s->f, id, b->value, s->driver);
	return true;
}

bool side_begin(struct side *s, enum fact id, const char *step)
{
	const char *why = side_late(s);

	s->missing = NULL;
	if (why) {
		side_skip(s->f, id, why);
		return false;
	}
	return !lacks(s, id) && side_more(s, step);
}

static _Atomic(const char *) *step_of(struct side *s)
{
	return s->host == &s->f->dst ? &s->g->target_step : &s->g->step;
}

bool side_more(struct side *s, const char *step)
{
	if (side_late(s))
		return false;
	*step_of(s) = step;
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return true;
}

/* Looks whether it is the connection that failed, not the call; why is what the call said, for
 * asking libvirt anything else makes it forget. */
static void note_loss(struct side *s, const char *why, int code)
{
	if (s->lost || code == VIR_ERR_NO_SUPPORT)
		return;
	s->lost = virConnectIsAlive(s->v) == 0;
	if (!s->lost)
		return;
	s->host->access = ACCESS_LOST;
	s->host->access_text = arena_printf(s->arena, "the connection was lost: %s", why);
}

long long side_period(struct side *s, int64_t ms)
{
	return cache_age(conn_cache(s->conn)) / ms;
}

struct box *side_kept(struct side *s, enum topic t, const char *name, const char **key)
{
	unsigned revision = events_revision(conn_events(s->conn), t);
	struct box *b;

	*key = NULL;
	if (revision == 0)
		return NULL;
	*key = arena_printf(
		s->arena, "%d %u %lld %s", t, revision, side_period(s, EVENTS_AGE_MS), name);
	b = cache_get(conn_inventory(s->conn), s->generation, *key);
	if (b)
		box_keep(s->arena, b);
	return b;
}

void side_keep(struct side *s, const char *key, struct box *b)
{
	if (key)
		cache_put(conn_inventory(s->conn), s->generation, key, b);
	box_keep(s->arena, b);
}

const char *side_aged(struct side *s, const char *name)
{
	return arena_printf(s->arena, "%s %lld", name, side_period(s, EVENTS_AGE_MS));
}

const char *side_error(struct side *s)
{
	return arena_strdup(s->arena, virGetLastErrorMessage());
}

void side_failed(struct side *s, enum fact id)
{
	const char *why = side_error(s);
	int code = virGetLastErrorCode();

	note_loss(s, why, code);
	if (s->lost) {
		side_skip(s->f, id, s->host->access_text);
		return;
	}
	facts_set_unknown(s->f, id, why, code == VIR_ERR_NO_SUPPORT ? s->driver : NULL);
	s->f->state[id].denied = code == VIR_ERR_ACCESS_DENIED ||
				 code == VIR_ERR_AUTH_UNAVAILABLE ||
				 code == VIR_ERR_OPERATION_DENIED;
	if (code == VIR_ERR_NO_SUPPORT)
		note_lack(s, id, why);
}

void side_end(struct side *s, enum fact id)
{
	if (s->missing)
		facts_set_unknown(s->f, id, s->missing, s->driver);
	else if (s->lost)
		side_skip(s->f, id, "the connection to the hypervisor was lost");
	else if (clock_ms() >= s->g->deadline)
		side_skip(s->f, id, "the check's time was over before all could be asked");
	else
		facts_set_known(s->f, id);
}

void side_skip(struct facts *f, enum fact id, const char *why)
{
	facts_set_unknown(f, id, why, NULL);
	f->state[id].skipped = true;
}

enum tri side_tri(struct side *s, bool found, int absent, const char **why)
{
	int code;

	if (found)
		return TRI_YES;
	code = virGetLastErrorCode();
	if (code == absent)
		return TRI_NO;
	*why = side_error(s);
	if (code == VIR_ERR_NO_SUPPORT)
		s->missing = *why;
	note_loss(s, *why, code);
	return TRI_UNKNOWN;
}

static bool is_uuid(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
							    : !isxdigit((unsigned char)text[i]))
			return false;
	return i == 36;
}

virDomainPtr side_find_domain(virConnectPtr v, const char *text)
{
	virDomainPtr dom = NULL;

	if (is_uuid(text))
		dom = virDomainLookupByUUIDString(v, text);
	if (dom || (is_uuid(text) && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN))
		return dom;
	return virDomainLookupByName(v, text);
}

bool side_is_test(const struct side *s)
{
	return s->driver && strcasecmp(s->driver, "test") == 0;
}
