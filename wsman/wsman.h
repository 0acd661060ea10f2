/*
 * WS-Management: from the bytes of one HTTP request body to the bytes of its reply.
 *
 * The daemon hands over a struct wsman_call and gets it back by exactly one call of call->done,
 * from any thread, possibly before wsman_handle returns. wsman_handle runs on a worker, parses
 * and dispatches; a call that waits for a hypervisor is parked and resumed through the pool.
 */
#ifndef VSMIGD_WSMAN_WSMAN_H
#define VSMIGD_WSMAN_WSMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/buf.h"
#include "daemon/base/pool.h"
#include "daemon/base/request.h"
#include "daemon/base/timer.h"

struct cim;
struct wsman;

struct wsman_config {
	size_t max_envelope; /* octets of a reply when the client names no MaxEnvelopeSize */
	int64_t operation_timeout_ms; /* when the client names no OperationTimeout, and the most */
	int64_t context_idle_ms; /* an enumeration not pulled for so long is dropped */
	unsigned max_contexts; /* enumerations open at once, per principal */
	size_t context_memory; /* octets that they hold together, per principal */
	unsigned max_elements; /* items in one reply at most */
	unsigned max_subscriptions; /* open at once, per principal */
	unsigned max_events; /* that wait in one subscription; at least 1 */
	int64_t subscription_ms; /* the longest that one lasts unless it is renewed */
};

struct wsman_call {
	/* set by the daemon */
	struct request req; /* id, peer, who, received, deadline (CLOCK_NEVER) */
	bool anonymous; /* only Identify is allowed; who is nobody */
	const char *content_type; /* as sent; NULL when absent */
	const char *soap_action; /* SOAPAction header, unquoted; NULL when absent */
	const char *user_agent; /* NULL when absent */
	const char *body; /* stays valid until done; then the daemon's again */
	size_t body_len;
	void (*done)(struct wsman_call *call);

	/* set when done is called */
	int status; /* 200, 400, 415 or 500 */
	const char *reply_type; /* static text, for Content-Type; NULL with an empty reply */
	struct buf reply; /* the daemon frees it */
	bool close; /* close the connection behind the reply */
};

/* cim, workers and timers stay the caller's and outlive the wsman. */
struct wsman *wsman_new(const struct wsman_config *c, struct cim *cim, struct pool *workers,
	struct timers *timers, const char *host_name);
/* Answers what waits for events, at once and from now on. */
void wsman_drain(struct wsman *w);
/* No call may be under way; after wsman_drain. */
void wsman_free(struct wsman *w);
void wsman_handle(struct wsman *w, struct wsman_call *call);
/* Appends the WSDL of the service at this address. */
void wsman_wsdl(struct buf *out, const char *address);

#endif
