/*
 * Filters of Enumerate (DSP0226 8.3): one row for each dialect, with the function that reads it.
 */
#ifndef VSMIGD_WSMAN_FILTER_H
#define VSMIGD_WSMAN_FILTER_H

#include "cim/query.h"
#include "wsman/items.h"
#include "wsman/job.h"

/* What the body of an Enumerate asks for; in the arena of the operation. */
struct wish {
	enum items_mode mode;
	bool optimize;
	uint64_t max_elements;
	int64_t expires_ms; /* -1: not asked for */
	const struct cim_class *as, *only; /* by PolymorphismMode */
	struct cim_query *query; /* NULL: all instances */
	const char *const *selected; /* properties to show as fragments; none: all, whole */
	size_t n_selected;
};

/*
 * Reads the filter of the body, if there is one, into wish. A reader sets j->class where the
 * resource URI is for all classes, and may prepare another operation than CIM_OP_ENUMERATE in
 * j->op. What must outlive the request goes to j->op_arena.
 */
int filter_read(struct job *j, struct wish *wish);

#endif
