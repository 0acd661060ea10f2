/* Whether QEMU over there may open what it opens by itself: what twin_owner.c's twins tell. */
#include <stdio.h>
#include <string.h>

#include "checks/hypervisor/probe_inner.h"

static bool says(const struct probe_result *r, const char *text)
{
	return r->started != TRI_YES && strstr(r->text, text) != NULL;
}

/* Libvirt looks at the pipe before QEMU does only when it means to give it away. */
static enum tri gives(const struct twin_owner *o, struct probes *ps, virConnectPtr v,
	const char *host, struct probe_result *out)
{
	struct probe_result r;

	probe_another(ps, v, host, o->gives, &r, out);
	if (r.left || !says(&r, TWIN_ABSENT) || !says(&r, "No such file or directory"))
		return TRI_UNKNOWN;
	if (r.code == VIR_ERR_SYSTEM_ERROR && says(&r, "unable to stat"))
		return TRI_YES;
	return says(&r, "-chardev") ? TRI_NO : TRI_UNKNOWN;
}

/* Which of them QEMU complains of; n_opens: of none. */
static size_t complained(const struct twin_owner *o, const struct probe_result *r)
{
	auto_arena struct arena *a = arena_new();
	size_t i = 0;

	while (i < o->n_opens && !says(r, twin_complaint(a, o->opens, i)))
		i++;
	return i;
}

/* What nobody gives to QEMU comes first: by then all of that has been opened. */
static bool refused(const struct twin_owner *o, const struct probe_result *r, struct probes *ps,
	virConnectPtr v, const char *host, struct probe_result *out)
{
	size_t i = complained(o, r);

	if (i == o->n_opens || r->left)
		return false;
	out->may_open = i;
	if (says(r, "Read-only file system"))
		return true;
	if (!says(r, "Permission denied"))
		return false;
	if (!o->opens[i].kept && out->gives == TRI_UNKNOWN)
		out->gives = gives(o, ps, v, host, out);
	if (!o->opens[i].kept && out->gives == TRI_YES)
		out->may_open = o->n_opens;
	return o->opens[i].kept || out->gives == TRI_NO;
}

void probe_owner(const struct twin_owner *o, const struct probe_result *whole, struct probes *ps,
	virConnectPtr v, const char *host, struct probe_result *out)
{
	struct probe_result r = { .started = TRI_UNKNOWN };

	if (o->ask)
		out->gives = gives(o, ps, v, host, out);
	if (!o->twin || out->left)
		return;
	if (whole->started == TRI_YES || complained(o, whole) < o->n_opens)
		r = *whole;
	else
		probe_another(ps, v, host, o->twin, &r, out);
	if (r.started == TRI_YES) {
		out->may_open = o->n_opens;
	} else if (refused(o, &r, ps, v, host, out)) {
		out->started = TRI_NO;
		out->cause = PROBE_DENIED;
		out->code = r.code;
		snprintf(out->text, sizeof out->text, "%s", r.text);
	}
}
