/*
 * What the files of eventing share, and how Pull knows that it is about a subscription.
 */
#ifndef VSMIGD_WSMAN_EVENTING_H
#define VSMIGD_WSMAN_EVENTING_H

#include "wsman/job.h"

/* The name of a subscription without the scheme before it; NULL stays NULL. */
const char *eventing_name(const char *text);
/* Whether the body names a subscription where it would name an enumeration. */
bool eventing_is_meant(struct job *j);
/* Pull, when that is so. */
int eventing_pull(struct job *j);

#endif
