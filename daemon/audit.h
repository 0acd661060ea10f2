/*
 * The audit: one record in the log for every request that was read whole, allowed or refused.
 * No log level drops it; [log] audit = no does.
 */
#ifndef VSMIGD_AUDIT_H
#define VSMIGD_AUDIT_H

#include <stdbool.h>

#include "daemon/base/request.h"

/* Any thread. On at first. */
void audit_enable(bool on);
/*
 * Writes the record of a request that is being answered now. `claimed` is the user name of a
 * login that was refused, `refused` why the request went no further; NULL where not so.
 */
void audit_write(const struct request *r, const char *claimed, const char *refused);

#endif
