#include "wsman/wsman.h"

#include <libxml/parser.h>
#include <stdlib.h>

#include "cim/schema.h"
#include "wsman/dispatch.h"
#include "wsman/job.h"

struct wsman *wsman_new(const struct wsman_config *c, struct cim *cim, struct pool *workers,
	struct timers *timers, const char *host_name)
{
	struct wsman *w = mem_calloc(1, sizeof *w);

	xmlInitParser();
	w->config = *c;
	w->cim = cim;
	w->workers = workers;
	w->timers = timers;
	w->contexts = contexts_new(timers, c->context_idle_ms, c->max_contexts, c->context_memory);
	w->subscriptions = subscriptions_new(timers, cim,
		&(struct subscriptions_config){
			.most = c->max_subscriptions,
			.events = c->max_events,
			.lifetime_ms = c->subscription_ms,
		});
	w->identify = identify_new();
	w->host_name = mem_strdup(host_name);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->idle, NULL);
	return w;
}

void wsman_drain(struct wsman *w)
{
	subscriptions_drain(w->subscriptions);
}

void wsman_free(struct wsman *w)
{
	if (!w)
		return;
	/* Calls that passed their deadline are answered, but their operations may still run. */
	pthread_mutex_lock(&w->lock);
	while (w->jobs)
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
	contexts_free(w->contexts);
	subscriptions_free(w->subscriptions);
	identify_free(w->identify);
	free(w->host_name);
	pthread_cond_destroy(&w->idle);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void wsman_handle(struct wsman *w, struct wsman_call *call)
{
	job_start(w, call, dispatch);
}

void wsman_wsdl(struct buf *out, const char *address)
{
	buf_puts(out, cim_wsdl_head);
	buf_xml(out, address);
	buf_puts(out, cim_wsdl_tail);
}
