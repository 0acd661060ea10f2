/*
 * Enumerations that are open: what a client may Pull next, under a name that nobody can guess.
 *
 * A context belongs to the principal that opened it. It is lent to one request at a time, ends
 * when it was not pulled for a while, when its expiration time comes, or when its user says so,
 * and its memory is one arena. Functions may be called from any thread.
 */
#ifndef VSMIGD_WSMAN_CONTEXTS_H
#define VSMIGD_WSMAN_CONTEXTS_H

#include "daemon/base/digest.h"
#include "daemon/base/mem.h"
#include "daemon/base/principal.h"
#include "daemon/base/timer.h"
#include "wsman/faults.h"

struct contexts;
struct context;

/*
 * idle_ms: a context not used for so long ends. For one principal: `most` open at once, and
 * `memory` octets in all of them, but for one alone that is larger.
 */
struct contexts *contexts_new(struct timers *timers, int64_t idle_ms, unsigned most, size_t memory);
/* Ends all that are open; none may be lent. */
void contexts_free(struct contexts *cs);

/*
 * Opens a context, lent to the caller, with `state` in `arena`, which it takes over; without
 * success the arena stays the caller's. It ends at `expires` (clock_ms(); CLOCK_NEVER) at the
 * latest. NULL, with FAULT_QUOTA_LIMIT, when the principal has too many, or they hold too much.
 */
struct context *contexts_open(struct contexts *cs, const struct principal *who, struct arena *arena,
	void *state, int64_t expires, struct fault *f);
/*
 * Lends the context of that name: NULL with FAULT_INVALID_CONTEXT when there is none,
 * FAULT_ACCESS_DENIED when it is another principal's, FAULT_CONCURRENCY when it is lent.
 */
struct context *contexts_borrow(
	struct contexts *cs, const struct principal *who, const char *name, struct fault *f);
/* Gives it back, alive. */
void contexts_return(struct contexts *cs, struct context *c);
/* Ends it, instead of giving it back. */
void contexts_end(struct contexts *cs, struct context *c);

/* Of a lent context. */
void *context_state(const struct context *c);
/* The name, of letters, digits and '-' only (libmi echoes it unescaped). */
const char *context_name(const struct context *c);

#endif
