/*
 * Class documents: what a client gets that asks for a class itself, a CIM-XML CLASS (DSP0201) in
 * no namespace. It is written so that the reader of Windows' MI client takes it: no attribute
 * beyond those it knows, NAME first, no white space between elements, a DERIVATION that begins
 * with the SUPERCLASS.
 */
#ifndef VSMIGD_CIM_DOCUMENT_H
#define VSMIGD_CIM_DOCUMENT_H

#include "cim/schema.h"
#include "daemon/base/buf.h"

/* Appends the document of c with the parts that are asked for (enum cim_document_part). */
void cim_document_to_xml(struct buf *out, const struct cim_class *c, unsigned parts);

#endif
