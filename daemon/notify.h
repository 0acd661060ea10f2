/*
 * What a service manager such as systemd wants to hear and hands over: sd_notify(3) and
 * sd_listen_fds(3), by their protocols. Everything does nothing when there is none.
 */
#ifndef VSMIGD_NOTIFY_H
#define VSMIGD_NOTIFY_H

#include <stddef.h>

/* READY=1, also at the end of a reload. */
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/*
 * Listening sockets handed over, close-on-exec from now on: up to `max` in fds, how many is
 * returned. The environment forgets them, so that no child believes they are meant for it. Once,
 * before other threads exist.
 */
size_t notify_listen_fds(int *fds, size_t max);

#endif
