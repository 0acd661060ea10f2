/* What the feed knows of each virtual system, and what an event or a listing changes in it. */
#include "checks/hypervisor/feed_inner.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void feed_uuid_text(const unsigned char *u, char *text)
{
	snprintf(text, VIR_UUID_STRING_BUFLEN,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
		u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
		u[15]);
}

/* The state that an event says a domain is in; -1: it says nothing of that. */
static int state_of(const struct feed_note *note)
{
	static const int states[] = {
		[VIR_DOMAIN_EVENT_DEFINED] = -1,
		[VIR_DOMAIN_EVENT_UNDEFINED] = -1,
		[VIR_DOMAIN_EVENT_STARTED] = VIR_DOMAIN_RUNNING,
		[VIR_DOMAIN_EVENT_SUSPENDED] = VIR_DOMAIN_PAUSED,
		[VIR_DOMAIN_EVENT_RESUMED] = VIR_DOMAIN_RUNNING,
		[VIR_DOMAIN_EVENT_STOPPED] = VIR_DOMAIN_SHUTOFF,
		[VIR_DOMAIN_EVENT_SHUTDOWN] = VIR_DOMAIN_SHUTDOWN,
		[VIR_DOMAIN_EVENT_PMSUSPENDED] = VIR_DOMAIN_PMSUSPENDED,
		[VIR_DOMAIN_EVENT_CRASHED] = VIR_DOMAIN_CRASHED,
	};

	if (note->event < 0 || (size_t)note->event >= ARRAY_LEN(states))
		return -1;
	/* One that migrates in is started, and runs only when it is here. */
	if (note->event == VIR_DOMAIN_EVENT_STARTED &&
		note->detail == VIR_DOMAIN_EVENT_STARTED_MIGRATED)
		return -1;
	return states[note->event];
}

static bool is_active(int state)
{
	return state != VIR_DOMAIN_SHUTOFF && state != VIR_DOMAIN_CRASHED;
}

static char *copy_text(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

static struct hv_vm copy_vm(const struct hv_vm *vm)
{
	struct hv_vm copy = *vm;

	copy.uuid = copy_text(vm->uuid);
	copy.name = copy_text(vm->name);
	copy.title = copy_text(vm->title);
	return copy;
}

static void free_vm(const struct hv_vm *vm)
{
	free((char *)vm->uuid);
	free((char *)vm->name);
	free((char *)vm->title);
}

void feed_known_clear(struct feed_known *k)
{
	for (size_t i = 0; i < k->n; i++)
		free_vm(&k->vms[i]);
	free(k->vms);
	*k = (struct feed_known){ 0 };
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_vm(const struct hv_vm *a, const struct hv_vm *b)
{
	return same_text(a->name, b->name) && same_text(a->title, b->title) &&
	       a->state == b->state && a->reason == b->reason && a->persistent == b->persistent &&
	       a->save_image == b->save_image;
}

static const struct hv_vm *keep(struct arena *a, const struct hv_vm *vm)
{
	struct hv_vm *copy;

	if (!vm)
		return NULL;
	copy = arena_alloc(a, sizeof *copy);
	*copy = *vm;
	copy->uuid = arena_strdup(a, vm->uuid);
	copy->name = arena_strdup(a, vm->name);
	copy->title = arena_strdup(a, vm->title);
	return copy;
}

static void differ(
	struct feed_changes *out, const struct hv_vm *before, const struct hv_vm *after, int64_t at)
{
	struct hv_change *c;

	if (!out || (before && after && same_vm(before, after)))
		return;
	c = ARENA_PUSH(out->arena, out->items, out->n);
	*c = (struct hv_change){ keep(out->arena, before), keep(out->arena, after), at };
}

static int by_uuid(const void *a, const void *b)
{
	const struct hv_vm *x = a, *y = b;

	return strcmp(x->uuid, y->uuid);
}

void feed_known_all(
	struct feed_known *k, struct hv_vm *vms, size_t n, int64_t at, struct feed_changes *out)
{
	struct feed_known old = *k;
	size_t i = 0, j = 0;

	if (n)
		qsort(vms, n, sizeof *vms, by_uuid);
	while (i < old.n || j < n) {
		int order = i == old.n ? 1 : j == n ? -1 : by_uuid(&old.vms[i], &vms[j]);

		differ(out, order <= 0 ? &old.vms[i] : NULL, order >= 0 ? &vms[j] : NULL, at);
		i += order <= 0;
		j += order >= 0;
	}
	k->vms = mem_calloc(n ? n : 1, sizeof *k->vms);
	k->n = n;
	for (j = 0; j < n; j++)
		k->vms[j] = copy_vm(&vms[j]);
	feed_known_clear(&old);
}

/* Where the virtual system of that UUID is, or belongs. */
static size_t place_of(const struct feed_known *k, const char *uuid)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(k->vms[middle].uuid, uuid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Whether the event ends the virtual system. It may be there again by the time that we look, as
 * one that is undefined and defined anew: the event counts.
 */
static bool ends(
	const struct feed_note *note, const struct hv_vm *before, const struct hv_vm *found)
{
	switch (note->event) {
	case VIR_DOMAIN_EVENT_UNDEFINED:
		if (note->detail == VIR_DOMAIN_EVENT_UNDEFINED_RENAMED)
			return !found;
		return before ? !is_active(before->state) : !found;
	case VIR_DOMAIN_EVENT_STOPPED:
		return before ? !before->persistent : !found;
	case -1:
		return !found;
	default:
		return false;
	}
}

/* What the virtual system is after the event, as far as can be known when it is gone already. */
static struct hv_vm after_event(const struct feed_note *note, const char *uuid,
	const struct hv_vm *before, const struct hv_vm *found)
{
	struct hv_vm after = found ? *found : before ? *before : (struct hv_vm){ 0 };
	int state = state_of(note);

	/* What is defined and was not there before does not run yet, whatever it does now. */
	if (!before && note->event == VIR_DOMAIN_EVENT_DEFINED &&
		note->detail == VIR_DOMAIN_EVENT_DEFINED_ADDED)
		state = VIR_DOMAIN_SHUTOFF;
	if (!found && !before)
		after = (struct hv_vm){
			.uuid = uuid, .name = note->name, .state = VIR_DOMAIN_SHUTOFF
		};
	if (!found)
		after.persistent = note->event == VIR_DOMAIN_EVENT_DEFINED ||
				   (after.persistent && note->event != VIR_DOMAIN_EVENT_UNDEFINED);
	if (state >= 0 && state != after.state) {
		after.state = state;
		after.reason = 0;
		after.save_image = after.save_image && state == VIR_DOMAIN_SHUTOFF;
	}
	return after;
}

static void forget(struct feed_known *k, size_t at)
{
	free_vm(&k->vms[at]);
	memmove(&k->vms[at], &k->vms[at + 1], (k->n - at - 1) * sizeof *k->vms);
	k->n--;
}

static void learn(struct feed_known *k, size_t at, const struct hv_vm *vm)
{
	k->vms = mem_realloc(k->vms, k->n + 1, sizeof *k->vms);
	memmove(&k->vms[at + 1], &k->vms[at], (k->n - at) * sizeof *k->vms);
	k->vms[at] = copy_vm(vm);
	k->n++;
}

void feed_known_one(struct feed_known *k, const struct feed_note *note, const struct hv_vm *found,
	struct feed_changes *out)
{
	char uuid[VIR_UUID_STRING_BUFLEN];
	const struct hv_vm *before = NULL;
	struct hv_vm after, old;
	size_t at;

	feed_uuid_text(note->uuid, uuid);
	at = place_of(k, uuid);
	if (at < k->n && strcmp(k->vms[at].uuid, uuid) == 0)
		before = &k->vms[at];
	if (ends(note, before, found)) {
		if (before) {
			differ(out, before, NULL, note->at);
			forget(k, at);
		}
		return;
	}
	after = after_event(note, uuid, before, found);
	differ(out, before, &after, note->at);
	if (!before) {
		learn(k, at, &after);
		return;
	}
	old = k->vms[at];
	k->vms[at] = copy_vm(&after);
	free_vm(&old);
}
