/*
 * The rules of libvirt's virEventRegisterImpl: every function may be called from any thread, and
 * from callbacks; what is removed is freed by the loop, never within the call that removes it.
 * Only the loop's thread takes things off the lists, so what it looks at stays there.
 */
#include "checks/hypervisor/loop.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/clock.h"
#include "daemon/base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TURN = 32 }; /* what is taken from the kernel at once */

/* A descriptor that is watched, or a timer. */
struct watched {
	struct watched *next;
	int id; /* never given twice */
	bool removed;
	void *opaque;
	virFreeCallback free;
	int fd, events; /* of a descriptor: VIR_EVENT_HANDLE_*, 0: not watched now */
	virEventHandleCallback ready;
	int every; /* of a timer: ms, negative: stopped */
	int64_t due;
	virEventTimeoutCallback ring;
};

static struct {
	pthread_mutex_t lock; /* of all below; no callback is called under it */
	int epoll, wake, last_id;
	struct watched *handles, *timers;
	bool removed; /* there is something to free */
	int64_t asleep_until; /* 0: awake */
} loop = { .lock = PTHREAD_MUTEX_INITIALIZER, .epoll = -1, .wake = -1 };

static const struct {
	int ours;
	uint32_t kernels;
} kinds[] = {
	{ VIR_EVENT_HANDLE_READABLE, EPOLLIN },
	{ VIR_EVENT_HANDLE_WRITABLE, EPOLLOUT },
	{ VIR_EVENT_HANDLE_ERROR, EPOLLERR },
	{ VIR_EVENT_HANDLE_HANGUP, EPOLLHUP },
};

static uint32_t to_kernel(int events)
{
	uint32_t out = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (events & kinds[i].ours)
			out |= kinds[i].kernels;
	return out;
}

static int from_kernel(uint32_t events)
{
	int out = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (events & kinds[i].kernels)
			out |= kinds[i].ours;
	return out;
}

/* The functions from here to the next such line want the lock. */

static struct watched *find(struct watched *first, int id)
{
	while (first && (first->id != id || first->removed))
		first = first->next;
	return first;
}

static struct watched *add(struct watched **list, void *opaque, virFreeCallback ff)
{
	struct watched *w = mem_calloc(1, sizeof *w);

	w->next = *list;
	w->id = ++loop.last_id;
	w->opaque = opaque;
	w->free = ff;
	*list = w;
	return w;
}

/* What is not watched is out of the kernel's set, which tells of hang-ups unasked. */
static int watch(struct watched *w, int events)
{
	struct epoll_event e = { .events = to_kernel(events), .data.u64 = (uint64_t)w->id };
	int op = !events ? EPOLL_CTL_DEL : w->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (!events && !w->events)
		return 0;
	w->events = events;
	return epoll_ctl(loop.epoll, op, w->fd, &e);
}

static void wake(void)
{
	uint64_t one = 1;

	if (loop.asleep_until && write(loop.wake, &one, sizeof one) == sizeof one)
		loop.asleep_until = 0;
}

static void set_timer(struct watched *w, int every)
{
	w->every = every;
	w->due = every < 0 ? CLOCK_NEVER : clock_ms() + every;
	if (w->due < loop.asleep_until)
		wake();
}

/* To be freed by the loop at once: somebody may wait for what the callback frees. */
static int drop(struct watched *w)
{
	if (!w)
		return -1;
	w->removed = loop.removed = true;
	wake();
	return 0;
}

/* What libvirt calls. */

static int add_handle(
	int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff)
{
	struct watched *w;
	int id;

	pthread_mutex_lock(&loop.lock);
	w = add(&loop.handles, opaque, ff);
	w->fd = fd;
	w->ready = cb;
	id = w->id;
	if (watch(w, events) < 0) {
		w->free = NULL; /* the caller keeps what it could not hand over */
		drop(w);
		id = -1;
	}
	pthread_mutex_unlock(&loop.lock);
	return id;
}

static void update_handle(int id, int events)
{
	struct watched *w;

	pthread_mutex_lock(&loop.lock);
	w = find(loop.handles, id);
	if (w && w->events != events)
		watch(w, events);
	pthread_mutex_unlock(&loop.lock);
}

static int remove_handle(int id)
{
	struct watched *w;
	int r;

	pthread_mutex_lock(&loop.lock);
	w = find(loop.handles, id);
	if (w)
		watch(w, 0);
	r = drop(w);
	pthread_mutex_unlock(&loop.lock);
	return r;
}

static int add_timer(int every, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
	struct watched *w;
	int id;

	pthread_mutex_lock(&loop.lock);
	w = add(&loop.timers, opaque, ff);
	w->ring = cb;
	set_timer(w, every);
	id = w->id;
	pthread_mutex_unlock(&loop.lock);
	return id;
}

static void update_timer(int id, int every)
{
	struct watched *w;

	pthread_mutex_lock(&loop.lock);
	w = find(loop.timers, id);
	if (w)
		set_timer(w, every);
	pthread_mutex_unlock(&loop.lock);
}

static int remove_timer(int id)
{
	int r;

	pthread_mutex_lock(&loop.lock);
	r = drop(find(loop.timers, id));
	pthread_mutex_unlock(&loop.lock);
	return r;
}

/* What the loop's thread does. */

/* What it may have learned of is no longer so, when a call was begun meanwhile. */
static void call_ready(int id, uint32_t events)
{
	struct watched *w;
	int told = 0;

	pthread_mutex_lock(&loop.lock);
	w = find(loop.handles, id);
	if (w && w->events)
		told = from_kernel(events) &
		       (w->events | VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP);
	pthread_mutex_unlock(&loop.lock);
	if (told)
		w->ready(id, w->fd, told, w->opaque);
}

static void ring_due(void)
{
	int64_t now = clock_ms();
	struct watched *next;

	pthread_mutex_lock(&loop.lock);
	for (struct watched *w = loop.timers; w; w = next) {
		bool due = !w->removed && w->due <= now;

		next = w->next;
		if (!due)
			continue;
		w->due = now + w->every;
		pthread_mutex_unlock(&loop.lock);
		w->ring(w->id, w->opaque);
		pthread_mutex_lock(&loop.lock);
	}
	pthread_mutex_unlock(&loop.lock);
}

/* Locked: moves what was removed from one list to another. */
static void sort_out(struct watched **list, struct watched **removed)
{
	struct watched *w;

	while ((w = *list)) {
		if (!w->removed) {
			list = &w->next;
			continue;
		}
		*list = w->next;
		w->next = *removed;
		*removed = w;
	}
}

static void free_removed(void)
{
	struct watched *removed = NULL, *next;

	pthread_mutex_lock(&loop.lock);
	if (loop.removed) {
		sort_out(&loop.handles, &removed);
		sort_out(&loop.timers, &removed);
	}
	loop.removed = false;
	pthread_mutex_unlock(&loop.lock);
	for (struct watched *w = removed; w; w = next) {
		next = w->next;
		if (w->free)
			w->free(w->opaque);
		free(w);
	}
}

/* How long to sleep, as epoll_wait takes it. */
static int fall_asleep(void)
{
	int64_t until = CLOCK_NEVER;

	pthread_mutex_lock(&loop.lock);
	for (const struct watched *w = loop.timers; w; w = w->next)
		if (!w->removed && w->due < until)
			until = w->due;
	if (loop.removed)
		until = clock_ms();
	loop.asleep_until = until;
	pthread_mutex_unlock(&loop.lock);
	return clock_poll(until);
}

static void awake(void)
{
	pthread_mutex_lock(&loop.lock);
	loop.asleep_until = 0;
	pthread_mutex_unlock(&loop.lock);
}

static void take_wake(void)
{
	uint64_t times;

	if (read(loop.wake, &times, sizeof times) < 0)
		return; /* another turn will */
}

static void *run(void *arg)
{
	struct epoll_event told[TURN];

	(void)arg;
	pthread_setname_np(pthread_self(), "hv-events");
	for (;;) {
		int n = epoll_wait(loop.epoll, told, TURN, fall_asleep());

		awake();
		for (int i = 0; i < n; i++) {
			if (told[i].data.u64 == 0)
				take_wake();
			else
				call_ready((int)told[i].data.u64, told[i].events);
		}
		ring_due();
		free_removed();
	}
	return NULL;
}

static int start_thread(void)
{
	sigset_t all, old;
	pthread_t thread;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return -1;
	pthread_detach(thread);
	return 0;
}

int loop_start(void)
{
	struct epoll_event e = { .events = EPOLLIN };

	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop.epoll < 0 || loop.wake < 0 ||
		epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.wake, &e) < 0)
		return -1;
	virEventRegisterImpl(
		add_handle, update_handle, remove_handle, add_timer, update_timer, remove_timer);
	return start_thread();
}
