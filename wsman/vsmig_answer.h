/*
 * An answer of the check, as a person or a program reads it.
 */
#ifndef VSMIGD_WSMAN_VSMIG_ANSWER_H
#define VSMIGD_WSMAN_VSMIG_ANSWER_H

#include "cim/codec.h"
#include "daemon/base/buf.h"

/* Texts are as the server sent them. */
struct vsmig_answer {
	const char *vm, *destination, *type;
	const char *free_memory, *memory_needed; /* bytes; NULL: not told */
	unsigned code;
	bool migratable; /* with code 0 */
	bool simulated;
	const struct cim_loose *findings; /* of VSMIG_MigrationFinding */
	size_t n_findings;
};

/* Reads the advisor's out parameters. -ERR_SYNTAX when they are not those of its method. */
int vsmig_answer_read(
	struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out, struct err *e);
/* Reads an embedded VSMIG_DestinationVerdict, of which Host becomes the destination. */
int vsmig_answer_read_verdict(
	struct arena *a, const char *text, struct vsmig_answer *out, struct err *e);
/* The exit status of the tool. */
int vsmig_answer_status(const struct vsmig_answer *r);
/* "yes", "no", "not now" (code 5), "cannot tell". */
const char *vsmig_answer_word(const struct vsmig_answer *r);
/* How many of the findings are warnings. */
size_t vsmig_answer_warnings(const struct vsmig_answer *r);
/* The first reason against the move, else the first warning, with its id; "" without any. */
const char *vsmig_answer_reason(struct arena *a, const struct vsmig_answer *r);
/*
 * The verdict as one sentence, the code, and a table of the findings for each of: what stands
 * against the move, warnings, what was not evaluated, and the rest. `width` columns wide.
 */
void vsmig_answer_text(struct buf *out, const struct vsmig_answer *r, size_t width);
/* The same as one JSON object on one line. */
void vsmig_answer_json(struct buf *out, const struct vsmig_answer *r);
/* The members of that object, for one that has more. */
void vsmig_answer_json_members(struct buf *out, const struct vsmig_answer *r);

#endif
