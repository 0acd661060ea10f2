/*
 * Walking associations: CIM_OP_ASSOCIATORS and CIM_OP_REFERENCES, from the registry's rows.
 *
 * The object is looked up first; then every row of an association that can involve an instance
 * of its class is asked, in the namespace of the object; then the far ends are fetched, those
 * excepted that the rows made known. Each step is an operation of its own inside the caller's.
 */
#ifndef VSMIGD_CIM_ASSOCIATE_H
#define VSMIGD_CIM_ASSOCIATE_H

#include "cim/cim.h"

/* Runs op, whose class, reference and namespace are checked; ends with op->done. */
void associate_run(struct cim_op *op);

#endif
