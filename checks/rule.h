/*
 * A rule: a pure function from facts to findings, and its row in checks/rules/table.c.
 */
#ifndef VSMIGD_CHECKS_RULE_H
#define VSMIGD_CHECKS_RULE_H

#include <stdint.h>

#include "checks/check.h"
#include "checks/facts.h"
#include "checks/finding.h"

struct rule {
	const char *name;	/* "storage-local-disk" */
	const char *what;	/* "whether disks are on shared storage": for "not evaluated" */
	unsigned moves;		/* MOVE_* bits it applies to */
	uint64_t needs;		/* FACT_BIT()s that must be known for it to run */
	void (*run)(const struct facts *f, const struct check_config *c, struct findings *out);
};

extern const struct rule *const rules[];	/* NULL-terminated, in the order they run */

#endif
