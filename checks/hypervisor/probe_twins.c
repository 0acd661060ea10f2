/* The twins of one probe: that of the virtual system, and others with next to nothing in them. */
#include <stdio.h>
#include <string.h>

#include "checks/hypervisor/probe_inner.h"

static bool has_disk(const struct vm_config *vm, const char *source)
{
	for (size_t i = 0; i < vm->n_disks; i++)
		if (vm->disks[i].source && strcmp(vm->disks[i].source, source) == 0)
			return true;
	return false;
}

static void note_given(struct probe_twins *t, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const char *source = f->config.disks[i].source;

		if (source && !has_disk(&f->stored, source) && f->disks_here &&
			f->disks_here[i].alias == TRI_NO)
			*ARENA_PUSH(a, t->given, t->n_given) = arena_strdup(a, source);
	}
}

/* The lock of an image that the VM does not have is somebody else's, and stops the VM as well. */
static void judge_lock(const struct probe_twins *t, struct probe_result *out)
{
	for (size_t i = 0; i < t->n_given && out->started == TRI_UNKNOWN && !out->left; i++)
		if (out->cause == PROBE_OWN && strstr(out->text, " lock") &&
			strstr(out->text, t->given[i])) {
			out->started = TRI_NO;
			out->cause = PROBE_OTHER;
		}
}

const char *probe_twins_make(struct probe_twins *t, const struct facts *f, struct arena *a,
	struct probe_facts *covers, struct err *e)
{
	const char *key;

	if (twin_make(f, a, &t->twin, covers, e) < 0)
		return NULL;
	t->n_far = twin_far(f, t->twin, a, t->far, PROBE_FAR_MAX);
	t->all_far = t->n_far <= PROBE_FAR_MAX;
	t->n_far = t->all_far ? t->n_far : PROBE_FAR_MAX;
	twin_owner(f, t->twin, a, &t->owner);
	covers->opens = t->owner.opens;
	covers->n_opens = t->owner.n_opens;
	note_given(t, f, a);
	t->images = twin_of_images(f, t->twin, covers->disks, a);
	t->secrets = twin_of_secrets(f, t->twin, covers->unlocked, a);
	t->whole = twin_whole(f, t->twin, &t->owner, t->images, a);
	key = twin_text(t->twin, NULL, a);
	if (t->owner.twin)
		key = arena_printf(a, "%s%s", key, twin_text(t->owner.twin, NULL, a));
	if (t->owner.ask)
		key = arena_printf(a, "%s%s", key, twin_text(t->owner.gives, NULL, a));
	if (t->images)
		key = arena_printf(a, "%s%s", key, twin_text(t->images, NULL, a));
	if (t->secrets)
		key = arena_printf(a, "%s%s", key, twin_text(t->secrets, NULL, a));
	for (size_t i = 0; i < t->n_far; i++)
		key = arena_printf(a, "%s%s", key, twin_text(t->far[i].twin, NULL, a));
	return key;
}

void probe_twins_clear(struct probe_twins *t)
{
	xmlDoc *const docs[] = { t->twin, t->owner.twin, t->owner.gives, t->images, t->secrets,
		t->whole };

	for (size_t i = 0; i < ARRAY_LEN(docs); i++)
		if (docs[i])
			xmlFreeDoc(docs[i]);
	for (size_t i = 0; i < t->n_far; i++)
		xmlFreeDoc(t->far[i].twin);
}

/* Whether the server that the VM connects to is there. False: that did not show, or it is not: then
 * *out, of the twin that started, becomes that of one that did not. */
static bool is_served(struct probes *ps, virConnectPtr v, const char *host,
	const struct twin_far *far, struct probe_result *out)
{
	struct probe_result r;

	probe_another(ps, v, host, far->twin, &r, out);
	if (r.started == TRI_NO && r.cause == PROBE_PORT)
		return true;
	if (r.started != TRI_YES)
		return false;
	out->started = TRI_NO;
	out->cause = PROBE_OTHER;
	out->code = VIR_ERR_OPERATION_FAILED;
	snprintf(out->text, sizeof out->text,
		"nobody listens at %.60s port %.20s, to which %.60s connects", far->port->host,
		far->port->port, far->port->name);
	return false;
}

/* The one that was to fail has failed for a reason that keeps the VM from starting too. */
static void fail_as(const struct probe_result *r, struct probe_result *out)
{
	out->started = TRI_NO;
	out->cause = r->cause;
	out->code = r->code;
	memcpy(out->text, r->text, sizeof out->text);
}

bool probe_not_understood(const char *text)
{
	return strstr(text, "Unknown driver") || strstr(text, "whitelisted") ||
	       strstr(text, ": Parameter '") || strstr(text, ": Invalid parameter");
}

/* Where files change their owners when a guest starts, or a profile confines QEMU, it may be kept
 * from them now and not then. */
static void look_at_images(const struct probe_twins *t, const struct probe_result *whole,
	struct probes *ps, virConnectPtr v, const char *host, struct probe_result *out)
{
	struct probe_result r;

	if (!t->images)
		return;
	if (whole->started == TRI_YES || strstr(whole->text, TWIN_LOOK))
		r = *whole;
	else
		probe_another(ps, v, host, t->images, &r, out);
	if (r.started == TRI_YES || strstr(r.text, TWIN_END))
		out->images = TRI_YES;
	else if (r.started == TRI_NO && !probe_not_understood(r.text))
		fail_as(&r, out);
	else
		snprintf(out->images_text, sizeof out->images_text, "%.*s",
			(int)sizeof out->images_text - 1, r.text);
}

static bool misses_secret(const struct probe_result *r)
{
	return r->cause == PROBE_SECRET ||
	       (r->code == VIR_ERR_INVALID_ARG && strstr(r->text, "secret"));
}

static void look_for_secrets(const struct probe_twins *t, struct probes *ps, virConnectPtr v,
	const char *host, struct probe_result *out)
{
	struct probe_result r;

	if (!t->secrets)
		return;
	probe_another(ps, v, host, t->secrets, &r, out);
	if (misses_secret(&r)) {
		fail_as(&r, out);
		out->cause = PROBE_SECRET;
	} else if (!r.left) {
		out->secrets = TRI_YES;
	}
}

/* It started, or QEMU has stumbled over a disk of the first twin's own: libvirt names those before what
 * is the others', and QEMU takes one argument after the other. What it names last it has stumbled over. */
static bool tells_of_first(const struct probe_result *whole)
{
	static const char node[] = "\"node-name\":\"";
	const char *last = NULL;

	for (const char *at = whole->text; (at = strstr(at, node)); at++)
		last = at + strlen(node);
	return whole->started == TRI_YES || whole->left ||
	       (last && strncmp(last, "libvirt-", strlen("libvirt-")) == 0);
}

/* What they have QEMU open is opened by one at once, whose result goes to *whole. Where that does not
 * tell, *out is of the first alone. */
static void try_first(const struct probe_twins *t, struct probes *ps, virConnectPtr v,
	const char *host, const struct probe_facts *covers, struct probe_result *whole,
	struct probe_result *out)
{
	if (t->whole) {
		probe_try(ps, v, host, t->whole, covers, whole);
		*out = *whole;
	}
	if (!t->whole || !tells_of_first(whole)) {
		probe_try(ps, v, host, t->twin, covers, out);
		out->took_ms += whole->took_ms;
	}
	judge_lock(t, out);
}

void probe_twins_try(const struct probe_twins *t, struct probes *ps, virConnectPtr v,
	const char *host, const struct probe_facts *covers, struct probe_result *out)
{
	struct probe_result whole = { .started = TRI_UNKNOWN };

	try_first(t, ps, v, host, covers, &whole, out);
	if (out->started != TRI_NO && !out->left)
		probe_owner(&t->owner, &whole, ps, v, host, out);
	out->far = t->all_far;
	for (size_t i = 0; i < t->n_far && out->started == TRI_YES; i++)
		out->far &= is_served(ps, v, host, &t->far[i], out);
	if (out->started == TRI_YES && !out->left)
		look_for_secrets(t, ps, v, host, out);
	if (out->started == TRI_YES && !out->left)
		look_at_images(t, &whole, ps, v, host, out);
}

static const uint64_t *sizes_of(const struct probe_result *r, size_t n, struct arena *a)
{
	uint64_t *sizes = arena_array(a, n, sizeof *sizes);

	for (size_t i = 0; i < n && i < PROBE_SIZES; i++)
		sizes[i] = r->sizes[i];
	return sizes;
}

void probe_twins_tell(const struct probe_twins *t, const struct probe_result *r, struct arena *a,
	struct probe_facts *out)
{
	out->asked = true;
	out->started = r->started;
	out->cause = r->cause;
	out->code = r->code;
	out->text = arena_strdup(a, r->text);
	out->far = r->far;
	out->images = r->images;
	out->looked_at_images = t->images != NULL;
	out->images_why = arena_strdup(a, r->images_text);
	out->secrets = r->secrets;
	out->took_ms = r->took_ms;
	out->sizes = sizes_of(r, out->n_paths, a);
	out->may_open = r->may_open;
	out->gives = r->gives;
}
