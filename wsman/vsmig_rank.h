/*
 * `vsmig check VM --all-hosts`: which hosts can take a virtual system, the best first.
 */
#ifndef VSMIGD_WSMAN_VSMIG_RANK_H
#define VSMIGD_WSMAN_VSMIG_RANK_H

#include "wsman/vsmig_advisor.h"
#include "wsman/vsmig_answer.h"

struct vsmig_ranking {
	const char *vm, *type;
	struct vsmig_answer *answers; /* one for each host, as the service ranked them */
	size_t n;
};

/*
 * Asks for one virtual system; host NULL: all that the service knows. `type` holds when the options
 * name none. Texts are in the arena.
 */
int vsmig_rank_ask(const struct vsmig_options *o, struct vsmig_client *c, struct arena *a,
	const struct vsmig_advisor *at, const char *host, struct vsmig_ranking *r, struct err *e);
/* Reads the method's out parameters. -ERR_SYNTAX when they are not those. */
int vsmig_rank_read(
	struct arena *a, const struct cim_loose *reply, struct vsmig_ranking *out, struct err *e);
/* VSMIG_OK: some host can take it; VSMIG_NO: none; VSMIG_FAILED: nobody can tell of any. */
int vsmig_rank_status(const struct vsmig_ranking *r);
/* A sentence, a table of the hosts, and then the reasons for each. */
void vsmig_rank_text(struct buf *out, const struct vsmig_ranking *r, size_t width);
void vsmig_rank_json(struct buf *out, const struct vsmig_ranking *r);

/* "12.3 GiB" of a number of bytes as text; "-" for NULL. */
const char *vsmig_rank_memory(struct arena *a, const char *bytes);
/* The members of an answer, and what a ranking tells besides. */
void vsmig_rank_json_members(struct buf *out, const struct vsmig_answer *r);

/* The command: asks, prints on standard output, returns the exit status. */
int vsmig_rank_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm);

#endif
