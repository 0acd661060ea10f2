/*
 * Text that CIM reads: embedded instances (CIM-XML, MOF, WS-CIM), object paths, resource URIs and
 * single values. What was read out of an instance must survive being written as XML.
 */
#include "cim/codec.h"
#include "cim/node.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A reference with this text as its key goes out as an EPR, and comes back. */
static void round_trip(struct arena *a, const char *text)
{
	static const struct cim_style style = { CIM_URI_DMTF, "anonymous" };
	const struct cim_key key = { .name = "Name", .text = text };
	const struct cim_ref ref = { .class_name = "CIM_X", .keys = &key, .n_keys = 1 };
	auto_buf struct buf xml = { 0 };
	struct cim_ref *back;
	struct err e;
	xmlDoc *doc;

	buf_puts(&xml, "<R>");
	cim_epr_to_xml(&xml, &style, &ref);
	buf_puts(&xml, "</R>");
	if (node_parse(xml.data, xml.len, &doc, &e) != 0)
		abort();
	if (cim_ref_from_xml(a, xmlDocGetRootElement(doc), &back, &e) != 0 || back->n_keys != 1)
		abort();
	xmlFreeDoc(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *text = arena_strndup(a, (const char *)data, size);
	struct cim_loose *l;
	struct cim_ref *r;
	struct cim_uri uri;
	union cim_datum d;
	struct err e;

	if (cim_loose_from_text(a, text, &l, &e) == 0 && l->n > 0 && l->properties[0].n > 0)
		round_trip(a, l->properties[0].values[0]);
	(void)cim_ref_from_text(a, text, &r, &e);
	(void)cim_uri_parse(a, text, &uri, &e);
	for (int t = 0; t < CIM_TYPE_COUNT; t++)
		if (cim_datum_from_text(a, (enum cim_type)t, text, &d, &e) == 0)
			(void)cim_datum_text(a, (enum cim_type)t, &d);
	arena_free(a);
	return 0;
}
