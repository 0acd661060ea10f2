/*
 * The guard: a process of our own that outlives this one by moments. Libvirt lets nobody migrate a
 * guest that is to end with the connection that started it, so that a scout (scout.h) ends with
 * nothing; were this process killed while it has one out, the scout would stay, paused, until the next
 * start. The guard is told of each, and when this process is gone it destroys those that are left, on
 * both hosts. It does nothing else, and ends along with this process when there are none.
 */
#ifndef VSMIGD_HV_GUARD_H
#define VSMIGD_HV_GUARD_H

#include <stdbool.h>

/* Before the first thread: it is a fork. Without one, guard_out is false. */
void guard_start(void);
/* A guest of this UUID is about to be, on one of the hosts or both. False: there is no guard, and it must
 * not be started. Any thread. */
bool guard_out(const char *uuid, const char *from_uri, const char *to_uri);
/* It is gone from both. */
void guard_in(const char *uuid);

#endif
