/*
 * Opening a connection to libvirt, with the reason when it fails: a name that does not resolve,
 * an address that does not answer, no service there, credentials or certificate refused. libvirt
 * merges most of these into one error, so name and TCP port are tried by our own means first.
 */
#ifndef VSMIGD_HV_OPEN_H
#define VSMIGD_HV_OPEN_H

#include "checks/facts.h"
#include "checks/hypervisor/virt.h"

enum { OPEN_TEXT = 512 };

/* What a URI says; the zero value means a local driver. */
struct open_target {
	char host[256]; /* without brackets; "": local */
	char port[8];
	char transport[16]; /* "tls", "tcp", "ssh", "unix", ... ; "": none */
	char socket[108]; /* unix socket named by ?socket= */
};
/* False when uri has none of this: such a URI is left to libvirt. */
bool open_parse(const char *uri, struct open_target *out);

/*
 * Blocks: until the name is resolved, until `deadline` for TCP, and as long as libvirt pleases
 * after that (an open cannot be cancelled, see conn.h). *stage tells what is being waited for.
 * ACCESS_OPEN with *out, or another access with a sentence in text.
 */
enum access open_hypervisor(const char *uri, int64_t deadline, _Atomic(const char *) *stage,
	virConnectPtr *out, char text[OPEN_TEXT]);

/* Likewise for one use, to be closed; NULL: text says why. */
virConnectPtr open_once(const char *uri, int64_t deadline, char text[OPEN_TEXT]);

/* What libvirt's last error in this thread says of a connection that could not be opened. */
enum access open_access_of(const virError *err, const struct open_target *t);

#endif
