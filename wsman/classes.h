/*
 * Classes as resources: the CIM-XML documents under .../cim-xml/2/cim-schema/2/, as Windows' and
 * libmi's clients ask for them. The class is named by the selector ClassName, or by the URI.
 */
#ifndef VSMIGD_WSMAN_CLASSES_H
#define VSMIGD_WSMAN_CLASSES_H

#include "wsman/job.h"

/*
 * Reads which class is meant into j->class, NULL when none is named: that means all of them. The
 * selector is spent then. Fails for an unknown class, namespace or selector.
 */
int classes_find(struct job *j);
/* The parts of a document that the options ask for: what no option leaves out is there. */
unsigned classes_parts(struct job *j);
/*
 * The classes that an enumeration under j's resource has, in `a`: all, or those derived from
 * j->class at any depth. Sets *n.
 */
const struct cim_class **classes_derived(struct arena *a, const struct job *j, size_t *n);
/* The EPR that Get takes for the document of c. ns NULL: the default namespace. */
void classes_epr(
	struct buf *out, const struct cim_style *st, const char *ns, const struct cim_class *c);

#endif
