/*
 * The association filter of the CIM binding: wsmb:AssociatedInstances, wsmb:AssociationInstances.
 */
#ifndef VSMIGD_WSMAN_FILTER_ASSOC_H
#define VSMIGD_WSMAN_FILTER_ASSOC_H

#include "wsman/filter.h"

int filter_assoc_read(struct job *j, const xmlNode *filter, struct wish *wish);
/* The fault for an operation that failed: a filter's Object may be at fault. Returns -1. */
int filter_assoc_failed(struct job *j);

#endif
