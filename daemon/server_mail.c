#include "daemon/server_impl.h"
#include "daemon/base/mem.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox *server_mail_new(void)
{
	struct mailbox *b = mem_calloc(1, sizeof *b);

	b->source = SOURCE_MAILBOX;
	b->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	b->last_reply = &b->replies;
	atomic_store(&b->refs, 1);
	pthread_mutex_init(&b->lock, NULL);
	return b;
}

void server_mail_ref(struct mailbox *b)
{
	atomic_fetch_add(&b->refs, 1);
}

void server_mail_unref(struct mailbox *b)
{
	if (!b || atomic_fetch_sub(&b->refs, 1) > 1)
		return;
	if (b->wake >= 0)
		close(b->wake);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

/*
 * Nobody reads the eventfd: the reactor watches for its edges, and 64 bits do not run full. So
 * a wake-up costs one system call.
 */
void server_mail_wake(struct mailbox *b)
{
	eventfd_write(b->wake, 1);
}

/* A reactor that is awake looks into its mailbox anyway before it sleeps. */
static void wake_if_asleep(struct mailbox *b)
{
	if (atomic_exchange(&b->asleep, false))
		server_mail_wake(b);
}

bool server_mail_reply(struct mailbox *b, struct call *call)
{
	bool open;

	pthread_mutex_lock(&b->lock);
	open = !b->closed;
	if (open) {
		call->next = NULL;
		*b->last_reply = call;
		b->last_reply = &call->next;
	}
	pthread_mutex_unlock(&b->lock);
	if (open)
		wake_if_asleep(b);
	return open;
}

bool server_mail_arrival(struct mailbox *b, struct conn *c)
{
	bool open;

	pthread_mutex_lock(&b->lock);
	open = !b->closed;
	if (open) {
		c->next = b->arrivals;
		b->arrivals = c;
	}
	pthread_mutex_unlock(&b->lock);
	if (open)
		wake_if_asleep(b);
	return open;
}

void server_mail_take(
	struct mailbox *b, struct call **replies, struct conn **arrivals, bool closing)
{
	pthread_mutex_lock(&b->lock);
	*replies = b->replies;
	*arrivals = b->arrivals;
	b->replies = NULL;
	b->last_reply = &b->replies;
	b->arrivals = NULL;
	if (closing)
		b->closed = true;
	pthread_mutex_unlock(&b->lock);
}

bool server_mail_sleep(struct mailbox *b)
{
	bool empty;

	pthread_mutex_lock(&b->lock);
	empty = !b->replies && !b->arrivals;
	atomic_store(&b->asleep, empty);
	pthread_mutex_unlock(&b->lock);
	return empty;
}

void server_mail_awake(struct mailbox *b)
{
	atomic_store_explicit(&b->asleep, false, memory_order_relaxed);
}
