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
	const char *name; /* "storage-local-disk" */
	const char *what; /* "whether disks are on shared storage": for "not evaluated" */
	unsigned moves; /* MOVE_* bits it applies to */
	/* MOVE_* bits for which its refusals become warnings: a move that only defines the VM on the
	 * target arrives although the VM could not be started there. */
	unsigned warns;
	bool advisory; /* never refuses, so nothing depends on what it could not find out */
	/* Whether the VM has what the rule is about; NULL: always. Where it has not, nothing needs to
	 * be known. Asked only when the configuration is known. */
	bool (*applies)(const struct vm_config *vm);
	uint64_t needs; /* FACT_BIT()s that must be known for it to run */
	void (*run)(const struct facts *f, const struct check_config *c, struct findings *out);
};

extern const struct rule *const rules[]; /* NULL-terminated, in the order they run */

#endif
