/*
 * `vsmig check`: the question.
 */
#ifndef VSMIGD_WSMAN_VSMIG_CHECK_H
#define VSMIGD_WSMAN_VSMIG_CHECK_H

#include "daemon/base/buf.h"
#include "wsman/vsmig.h"
#include "wsman/vsmig_client.h"

/* The inside of the method's input element. -ERR_CONFIG when an option has no such value. */
int vsmig_check_input(struct buf *out, const struct vsmig_options *o, const char *vm,
	const char *destination, struct err *e);
/* The command: asks, prints on standard output, returns the exit status. */
int vsmig_check_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm,
	const char *destination);

#endif
