#include "daemon/base/quota.h"

#include <pthread.h>
#include <stdlib.h>

#include "daemon/base/mem.h"

struct row {
	struct row *next;
	struct principal who;
	size_t taken;
};

struct quota {
	pthread_mutex_t lock;
	struct row *first;
};

struct quota *quota_new(void)
{
	struct quota *q = mem_calloc(1, sizeof *q);

	pthread_mutex_init(&q->lock, NULL);
	return q;
}

void quota_free(struct quota *q)
{
	if (!q)
		return;
	while (q->first) {
		struct row *r = q->first;

		q->first = r->next;
		free(r);
	}
	pthread_mutex_destroy(&q->lock);
	free(q);
}

/* Under the lock: the place of the row, which holds NULL when there is none. Nobody is one, too. */
static struct row **find(struct quota *q, const struct principal *who)
{
	struct row **at = &q->first;

	while (*at && !principal_same(&(*at)->who, who) &&
		(principal_known(who) || principal_known(&(*at)->who)))
		at = &(*at)->next;
	return at;
}

bool quota_take(struct quota *q, const struct principal *who, size_t n, size_t most)
{
	struct row **at;
	bool room;

	pthread_mutex_lock(&q->lock);
	at = find(q, who);
	room = !*at || (n <= most && (*at)->taken <= most - n);
	if (!*at) {
		*at = mem_calloc(1, sizeof **at);
		(*at)->who = *who;
	}
	if (room)
		(*at)->taken += n;
	pthread_mutex_unlock(&q->lock);
	return room;
}

void quota_give(struct quota *q, const struct principal *who, size_t n)
{
	struct row **at, *r;

	pthread_mutex_lock(&q->lock);
	at = find(q, who);
	r = *at;
	r->taken -= n;
	if (r->taken == 0) {
		*at = r->next;
		free(r);
	}
	pthread_mutex_unlock(&q->lock);
}
