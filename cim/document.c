#include "cim/document.h"

void cim_document_to_xml(struct buf *out, const struct cim_class *c, unsigned parts)
{
	for (size_t i = 0; i < c->n_document; i++)
		if ((c->document[i].needs & ~parts) == 0)
			buf_puts(out, c->document[i].text);
}
