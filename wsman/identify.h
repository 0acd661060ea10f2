/*
 * Identify (DSP0226 11): the four replies there are, written once when the service starts. Who
 * logged in learns version and security profiles, an anonymous caller neither.
 */
#ifndef VSMIGD_WSMAN_IDENTIFY_H
#define VSMIGD_WSMAN_IDENTIFY_H

#include "daemon/base/buf.h"
#include "wsman/charset.h"

struct identify;

struct identify *identify_new(void);
void identify_free(struct identify *i);
/* The encoded reply, which stays as long as the identify. Any thread. */
const struct buf *identify_reply(const struct identify *i, bool known, enum charset c);

#endif
