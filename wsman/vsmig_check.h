/*
 * `vsmig check`: the question, and the answer as a person or a program reads it.
 */
#ifndef VSMIGD_WSMAN_VSMIG_CHECK_H
#define VSMIGD_WSMAN_VSMIG_CHECK_H

#include "daemon/base/buf.h"
#include "wsman/vsmig.h"
#include "wsman/vsmig_client.h"

/* One answer. Texts are as the server sent them. */
struct vsmig_answer {
	const char *vm, *destination, *type;
	unsigned code;
	bool migratable;		/* with code 0 */
	bool simulated;
	const struct cim_loose *findings; /* of VSMIG_MigrationFinding */
	size_t n_findings;
};

/* The inside of the method's input element. -ERR_CONFIG when an option has no such value. */
int vsmig_check_input(struct buf *out, const struct vsmig_options *o, const char *vm,
	const char *destination, struct err *e);
/* Reads the out parameters. -ERR_SYNTAX when they are not those of the method. */
int vsmig_check_read(struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out,
	struct err *e);
/* The exit status. */
int vsmig_check_status(const struct vsmig_answer *r);
void vsmig_check_text(struct buf *out, const struct vsmig_answer *r, size_t width);
void vsmig_check_json(struct buf *out, const struct vsmig_answer *r);

/* The command: asks, prints on standard output, returns the exit status. */
int vsmig_check_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm,
	const char *destination);

#endif
