/*
 * What no single option can tell: whether the options of a configuration fit each other.
 */
#ifndef VSMIGD_CONFIG_CHECK_H
#define VSMIGD_CONFIG_CHECK_H

#include "daemon/config.h"

/*
 * Checks c and completes what follows from other options: the private key's file, the cap of a
 * body, the URIs of hosts that [hosts] does not give. -ERR_CONFIG with "[section] sentence".
 */
int config_check(struct config *c, struct err *e);

#endif
