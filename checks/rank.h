/*
 * A ranking: one virtual system checked against many destinations, the best first.
 *
 * It is as many checks as there are destinations, which have the source's half of their facts
 * and one deadline in common: a destination that is not done by then says 3, and holds up
 * nobody. At most RANK_AT_ONCE are under way at once, or half as many as connections may be open;
 * the others wait for their turn, and for a connection when all are in use.
 */
#ifndef VSMIGD_CHECKS_RANK_H
#define VSMIGD_CHECKS_RANK_H

#include "checks/check.h"

enum {
	RANK_MAX_HOSTS = 64, /* that a caller may name */
	RANK_AT_ONCE = 32,
};

struct ranking {
	/* set by the caller; text lives in the arena of `asked` */
	struct check *asked; /* everything but the destination, done and arg */
	const char *const *hosts; /* trimmed; one that comes again, in any case, counts once */
	size_t n_hosts; /* none: all of [hosts] */
	void (*done)(struct ranking *r); /* once, from any thread, perhaps within ranking_start */
	void *arg;
	size_t entered; /* what the caller told checks_enter; for itself */

	/* set when done is called */
	enum check_code code; /* 4 when what was asked cannot be of any host; else 0 */
	struct check **checks; /* each one's destination is the host; the ranking's */
	size_t n_checks;
};

/* With an empty `asked`. */
struct ranking *ranking_new(void);
/* Once done was called, or before the start. */
void ranking_free(struct ranking *r);
void ranking_start(struct checks *cs, struct ranking *r);

/* How many of a check's findings are warnings. */
size_t ranking_warnings(const struct check *c);
/* Answered checks, the best first: migratable, then by fewer warnings, by more free memory (not
 * known is none), and by the host's name. */
void ranking_sort(struct check **checks, size_t n);

#endif
