/*
 * From a job to its handler: parse, Identify, authorisation, header sweep, resource, action.
 */
#ifndef VSMIGD_WSMAN_DISPATCH_H
#define VSMIGD_WSMAN_DISPATCH_H

#include "wsman/job.h"

/* Handles a whole request; see job.h for what handlers return. */
int dispatch(struct job *j);
/* Refuses the action of the request, by one of the faults that have wsa:ActionNotSupported. */
int dispatch_refuse(struct job *j, enum fault_id id);

/*
 * The handlers. When one is called the headers are swept, the principal is known, and j->uri,
 * j->ref, and j->class (unless the URI is for all classes) are set. Under the URI of class
 * documents j->class may be NULL, too: all classes.
 */
int transfer_get(struct job *j);
int classes_get(struct job *j);
/* Put, Create and Delete, which no class offers. */
int transfer_change(struct job *j);
int enumerate_start(struct job *j);
int pull_next(struct job *j);
int pull_release(struct job *j);
int invoke_method(struct job *j);
int eventing_subscribe(struct job *j);
/* These may have no ResourceURI: the subscription is named in a header of its own. */
int eventing_renew(struct job *j);
int eventing_status(struct job *j);
int eventing_unsubscribe(struct job *j);

#endif
