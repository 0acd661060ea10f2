/*
 * CheckVirtualSystemIsMigratableToHost and ...ToSystem of the migration service, and
 * ExplainVirtualSystemIsMigratableToHost and ...ToSystem of the advisor: one check, two ways to
 * name the destination, and two ways to answer; and RankDestinations of the advisor: many checks,
 * one answer.
 */
#ifndef VSMIGD_CIM_PROVIDERS_MIGRATABLE_H
#define VSMIGD_CIM_PROVIDERS_MIGRATABLE_H

#include "checks/check.h"
#include "cim/cim.h"

void migratable_check(struct cim_op *op);
void migratable_explain(struct cim_op *op);
/* The destination is given as a reference to a system. */
void migratable_check_system(struct cim_op *op);
void migratable_explain_system(struct cim_op *op);
void migratable_rank(struct cim_op *op);

/* When the checks of a request have to be done. */
int64_t migratable_deadline(const struct request *req);

/* The inputs, in the order of the methods' signatures. */
enum migratable_arg {
	MIGRATABLE_ARG_SYSTEM,
	MIGRATABLE_ARG_DESTINATION,
	MIGRATABLE_ARG_MIGRATION,
	MIGRATABLE_ARG_NEW_SYSTEM,
	MIGRATABLE_ARG_NEW_RESOURCES,
	MIGRATABLE_ARG_COUNT
};

/*
 * Fills the check from the inputs; what is wrong with them becomes its defects. Everything is
 * copied into the check's arena. `host` is the name of this host.
 */
void migratable_read_args(
	struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT], const char *host);
/* The same when the destination is a reference to a system. */
void migratable_read_system_args(
	struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT], const char *host);

/* Text without the white space around it, in the arena. */
const char *migratable_trimmed(struct arena *a, const char *s);

/* A finding as a VSMIG_MigrationFinding, in the arena; the texts stay the finding's. */
const struct cim_instance *migratable_finding(
	struct arena *a, const struct check *c, const struct finding *f);

#endif
