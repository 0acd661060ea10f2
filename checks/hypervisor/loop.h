/*
 * The event loop that libvirt's connections are watched by, in place of its default one.
 *
 * Whoever makes a call takes its connection out of the loop and puts it back afterwards, and every
 * message that comes moves the keepalive's timer. Each of these wakes the thread of libvirt's
 * default loop, three times and more for a call (measured: 81 times in a check, a fifth of all
 * it cost). Here the loop sleeps on: the kernel keeps the set (epoll), and a timer that is put
 * off is found out when its old time has come.
 */
#ifndef VSMIGD_HV_LOOP_H
#define VSMIGD_HV_LOOP_H

/* Registers the loop with libvirt and starts its thread, once and for as long as the process
 * lives; before the first connection. -1 when there is no descriptor or no thread. */
int loop_start(void);

#endif
