/*
 * When the feed asks the source, and whom it tells. At most one listing is under way, of one
 * virtual system or of all; its end begins the next, until nothing is left to be asked.
 */
#include "checks/hypervisor/feed.h"
#include "checks/hypervisor/feed_inner.h"
#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LISTING_MS = 30000, RETRY_MS = 1000, RETRY_MOST_MS = 15000 };

#define CONTAINER_OF(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

struct hv_feed {
	_Atomic unsigned refs; /* the owner's, and one for a listing or a retry under way */
	struct hv *hv;
	struct events_listener listener;
	void (*changed)(void *arg, const struct hv_change *c);
	void *arg;

	/* Of all below. Taken with libvirt's events locked, and before a connection's lock. */
	pthread_mutex_t lock;
	pthread_cond_t quiet; /* nothing is being told any more */
	bool closed, telling;
	unsigned users;
	unsigned epoch; /* grows when the first user comes: what was asked before is void */
	bool ready; /* `known` is what there is, but for the notes */
	bool stale; /* everything is to be listed */
	struct feed_note notes[HV_FEED_NOTES];
	size_t first, n_notes;
	struct feed_known known;
	struct hv_feed_wait *waits;
	struct timer retry;
	bool resting; /* the retry is armed */
	int64_t rest_ms;

	/* The listing that is under way. */
	bool busy, whole;
	unsigned asked_epoch;
	struct feed_note note; /* not with `whole` */
	struct hv_list list;
	char only[VIR_UUID_STRING_BUFLEN];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void unref(struct hv_feed *f)
{
	if (atomic_fetch_sub(&f->refs, 1) > 1)
		return;
	feed_known_clear(&f->known);
	pthread_cond_destroy(&f->quiet);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* Under the lock. */
static struct feed_note take_note(struct hv_feed *f)
{
	struct feed_note note = f->notes[f->first];

	f->first = (f->first + 1) % HV_FEED_NOTES;
	f->n_notes--;
	return note;
}

static void drop_notes(struct hv_feed *f)
{
	while (f->n_notes)
		free(take_note(f).name);
}

static void listed(struct hv_list *l);

/* Under the lock: asks what is to be asked next. What is noted before a listing of everything
 * begins is in the listing. */
static void go_on(struct hv_feed *f)
{
	if (f->busy || f->closed || f->resting || !f->users || (!f->stale && !f->n_notes))
		return;
	f->whole = f->stale;
	f->stale = false;
	if (f->whole)
		drop_notes(f);
	else
		f->note = take_note(f);
	feed_uuid_text(f->note.uuid, f->only);
	f->busy = true;
	f->asked_epoch = f->epoch;
	atomic_fetch_add(&f->refs, 1);
	f->list = (struct hv_list){
		.arena = arena_new(),
		.only = f->whole ? NULL : f->only,
		.deadline = clock_in(LISTING_MS),
		.done = listed,
		.arg = f,
	};
	hv_list_vms(f->hv, &f->list);
}

static void retry(struct timer *t)
{
	struct hv_feed *f = CONTAINER_OF(t, struct hv_feed, retry);

	pthread_mutex_lock(&f->lock);
	f->resting = false;
	go_on(f);
	pthread_mutex_unlock(&f->lock);
	unref(f);
}

/* Under the lock: the source cannot be asked, and is left alone for a while. */
static void rest(struct hv_feed *f)
{
	f->stale = true;
	if (f->closed || f->resting)
		return;
	f->resting = true;
	atomic_fetch_add(&f->refs, 1);
	f->retry = (struct timer){ 0 };
	timers_add(f->hv->env.timers, &f->retry, clock_in(f->rest_ms), retry);
	f->rest_ms = f->rest_ms * 2 < RETRY_MOST_MS ? f->rest_ms * 2 : RETRY_MOST_MS;
}

/* Under the lock. */
static void wake_up(struct hv_feed *f)
{
	f->rest_ms = RETRY_MS;
	if (f->resting && timers_cancel(f->hv->env.timers, &f->retry)) {
		f->resting = false;
		atomic_fetch_sub(&f->refs, 1);
	}
}

/* Under the lock, with the listing at its end: what it says goes into what is known. */
static void take_over(struct hv_feed *f, struct feed_changes *out)
{
	const struct hv_list *l = &f->list;

	if (f->asked_epoch != f->epoch || !f->users)
		return;
	if (l->err.code) {
		rest(f);
		return;
	}
	f->rest_ms = RETRY_MS;
	if (f->whole)
		feed_known_all(&f->known, l->vms, l->n, now_ms(), f->ready ? out : NULL);
	else
		feed_known_one(&f->known, &f->note, l->n ? &l->vms[0] : NULL, out);
	f->ready = true;
}

/* Asked without the lock, which libvirt's events come first to. */
static bool source_tells(struct hv_feed *f)
{
	return events_revision(conn_events(f->hv->source), TOPIC_DOMAINS) != 0;
}

/* Under the lock: those who wait and need to wait no more, and what to tell them. */
static struct hv_feed_wait *take_waits(struct hv_feed *f, const struct err *failed, bool tells)
{
	struct hv_feed_wait *waits = f->waits;
	struct err e = *failed;

	if (!e.code && (!f->ready || f->stale || (f->busy && f->whole)))
		return NULL;
	if (!e.code && !tells)
		err_set(&e, ERR_UNSUPPORTED,
			"the hypervisor of this host tells of no changes of its virtual systems");
	f->waits = NULL;
	for (struct hv_feed_wait *w = waits; w; w = w->next)
		w->err = e;
	return waits;
}

static void tell_waits(struct hv_feed_wait *w)
{
	while (w) {
		struct hv_feed_wait *next = w->next;

		w->done(w);
		w = next;
	}
}

/* The end of a listing; whoever is told is told before the next one begins. */
static void listed(struct hv_list *l)
{
	struct hv_feed *f = l->arg;
	struct feed_changes out = { .arena = l->arena };
	bool tells = source_tells(f);
	struct hv_feed_wait *waits;

	pthread_mutex_lock(&f->lock);
	take_over(f, &out);
	f->telling = !f->closed;
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; f->telling && i < out.n; i++)
		f->changed(f->arg, &out.items[i]);
	pthread_mutex_lock(&f->lock);
	f->telling = false;
	pthread_cond_broadcast(&f->quiet);
	f->busy = false;
	waits = f->asked_epoch == f->epoch ? take_waits(f, &l->err, tells) : NULL;
	if (!f->whole)
		free(f->note.name);
	arena_free(l->arena);
	go_on(f);
	pthread_mutex_unlock(&f->lock);
	tell_waits(waits);
	unref(f);
}

/* Under the lock: a note that finds no room makes all of them useless. */
static void put_note(struct hv_feed *f, const struct events_note *n)
{
	struct feed_note *to = &f->notes[(f->first + f->n_notes) % HV_FEED_NOTES];

	if (f->n_notes == HV_FEED_NOTES) {
		drop_notes(f);
		f->stale = true;
		return;
	}
	memcpy(to->uuid, n->uuid, sizeof to->uuid);
	to->name = n->name ? mem_strdup(n->name) : NULL;
	to->event = n->event;
	to->detail = n->detail;
	to->at = now_ms();
	f->n_notes++;
}

static void told(struct events_listener *l, const struct events_note *note)
{
	struct hv_feed *f = CONTAINER_OF(l, struct hv_feed, listener);

	pthread_mutex_lock(&f->lock);
	if (f->users && !f->closed) {
		if (note)
			put_note(f, note);
		else
			f->stale = true;
		go_on(f);
	}
	pthread_mutex_unlock(&f->lock);
}

struct hv_feed *hv_feed_new(
	struct hv *hv, void (*changed)(void *arg, const struct hv_change *c), void *arg)
{
	struct hv_feed *f = mem_calloc(1, sizeof *f);

	f->refs = 1;
	f->hv = hv;
	f->listener.told = told;
	f->changed = changed;
	f->arg = arg;
	f->rest_ms = RETRY_MS;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->quiet, NULL);
	events_listen(conn_events(hv->source), &f->listener);
	return f;
}

void hv_feed_free(struct hv_feed *f)
{
	if (!f)
		return;
	events_listen(conn_events(f->hv->source), NULL);
	pthread_mutex_lock(&f->lock);
	f->closed = true;
	wake_up(f);
	while (f->telling)
		pthread_cond_wait(&f->quiet, &f->lock);
	drop_notes(f);
	pthread_mutex_unlock(&f->lock);
	unref(f);
}

void hv_feed_hold(struct hv_feed *f)
{
	pthread_mutex_lock(&f->lock);
	if (f->users++ == 0) {
		f->epoch++;
		f->stale = true;
		wake_up(f);
		go_on(f);
	}
	pthread_mutex_unlock(&f->lock);
}

void hv_feed_drop(struct hv_feed *f)
{
	pthread_mutex_lock(&f->lock);
	if (--f->users == 0) {
		f->ready = f->stale = false;
		drop_notes(f);
		feed_known_clear(&f->known);
		wake_up(f);
	}
	pthread_mutex_unlock(&f->lock);
}

/* Somebody who asks anew is reason enough to try a source anew that could not be reached. */
void hv_feed_ready(struct hv_feed *f, struct hv_feed_wait *w)
{
	bool tells = source_tells(f);
	struct hv_feed_wait *waits;

	pthread_mutex_lock(&f->lock);
	w->err = (struct err){ 0 };
	w->next = f->waits;
	f->waits = w;
	wake_up(f);
	go_on(f);
	waits = take_waits(f, &w->err, tells);
	pthread_mutex_unlock(&f->lock);
	tell_waits(waits);
}
