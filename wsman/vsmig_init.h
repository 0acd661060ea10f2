/*
 * `vsmig init`: a directory that vsmigd can run from.
 */
#ifndef VSMIGD_WSMAN_VSMIG_INIT_H
#define VSMIGD_WSMAN_VSMIG_INIT_H

#include <stdio.h>

#include "daemon/base/err.h"

/*
 * Makes DIR (mode 0700) when there is none, and in it key.pem, certificate.pem (self-signed, for
 * this host's name and for loopback), users, admin.password and vsmigd.conf. A file that is
 * there already is left alone and is -ERR_CONFIG. In a directory that is open to another group
 * than the caller's, that group may read what the daemon needs. What was made is told on `out`.
 */
int vsmig_init(const char *dir, FILE *out, struct err *e);

#endif
