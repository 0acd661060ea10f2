/*
 * CIM in XML, both ways: WS-CIM (DSP0230) for instances, references and method calls, and the
 * text spellings of embedded instances (CIM-XML, MOF).
 *
 * Reading is lenient where real clients need it (CLIENTS.md 2, 4.2): element namespaces are not
 * compared, names are compared without case, the undeclared prefixes wsa: and wsman: of libmi
 * count as declared, xsi:nil and xsi:type count in either XMLSchema namespace. All results live
 * in the arena; the xmlNodes stay the caller's.
 */
#ifndef VSMIGD_CIM_CODEC_H
#define VSMIGD_CIM_CODEC_H

#include <libxml/tree.h>

#include "cim/uri.h"
#include "cim/value.h"
#include "daemon/base/buf.h"

/*
 * Reads a reference from the element that holds it: EPR children directly, a wrapped
 * wsa:EndpointReference, or an embedded instance (all its scalar properties become keys).
 * -ERR_SYNTAX when it is none of them. Text alone is not a reference here: see cim_ref_from_text.
 */
int cim_ref_from_xml(struct arena *a, const xmlNode *holder, struct cim_ref **ref, struct err *e);
/* Reads keys from a wsman:SelectorSet element; __cimnamespace goes to *ns. -ERR_KEY_DUPLICATE. */
int cim_keys_from_selectors(
	struct arena *a, const xmlNode *selector_set, struct cim_ref *ref, struct err *e);
/*
 * Reads an object path or WBEM URI: [//host/]ns:Class.Key="v",... or \\host\ns:Class.Key='v'.
 * -ERR_SYNTAX when text is not of that form (a bare name or UUID, say).
 */
int cim_ref_from_text(struct arena *a, const char *text, struct cim_ref **ref, struct err *e);

/*
 * Reads the arguments of a method from its input element (NULL: none given) into args, which
 * has m->n_parameters elements, zeroed. Unknown elements are ignored (libmi's recorded Invoke
 * has some). Wrong types are -ERR_PARAMETER with a sentence; ValueMaps are not checked here.
 * A REF parameter that holds only text, not an object path, becomes a reference with class_name
 * NULL and one key named "" with that text.
 */
int cim_args_from_xml(struct arena *a, const struct cim_method *m, const xmlNode *input,
	struct cim_value *args, struct err *e);

/*
 * An embedded instance from text: CIM-XML <INSTANCE CLASSNAME=...>, or MOF "instance of X {..};".
 * The class need not be in the schema, nor the properties: names and values as text are given,
 * in order. -ERR_SYNTAX with a sentence.
 */
struct cim_loose_property {
	const char *name;
	bool array, null;
	const char *const *values; /* n texts; a scalar has 1 */
	size_t n;
};
struct cim_loose {
	const char *class_name;
	const struct cim_loose_property *properties;
	size_t n;
};
int cim_loose_from_text(struct arena *a, const char *text, struct cim_loose **out, struct err *e);
/* The same from an instance read from WS-CIM XML: a child element, or the holder itself with
 * xsi:type. */
int cim_loose_from_xml(
	struct arena *a, const xmlNode *holder, struct cim_loose **out, struct err *e);
/* From an argument value, element n, whichever spelling it came in. */
int cim_loose_from_value(struct arena *a, const struct cim_value *v, size_t n,
	struct cim_loose **out, struct err *e);
/* The property of that name (no case), NULL when absent. */
const struct cim_loose_property *cim_loose_find(const struct cim_loose *l, const char *name);

/* An instance as CIM-XML text, for EmbeddedInstance string properties and parameters. */
void cim_instance_to_cimxml(struct buf *out, const struct cim_instance *i);

/*
 * Writing WS-CIM, UTF-8. `prefix` is the URI prefix of the request (cim_uri.prefix), `address`
 * what EPRs carry as wsa:Address. Namespace prefixes wsa, wsman and xsi must be in scope.
 */
struct cim_style {
	const char *prefix;
	const char *address;
};
/* <p:CLASS ...> with all properties by name, NULL as xsi:nil. `as`: the class whose element
 * and properties to show, NULL for the instance's own. */
void cim_instance_to_xml(struct buf *out, const struct cim_style *st, const struct cim_instance *i,
	const struct cim_class *as);
/* <wsa:EndpointReference>...; __cimnamespace always included. */
void cim_epr_to_xml(struct buf *out, const struct cim_style *st, const struct cim_ref *r);
/* wsa:Address and wsa:ReferenceParameters without the element around them. */
void cim_epr_content_to_xml(struct buf *out, const struct cim_style *st, const struct cim_ref *r);
/* <p:METHOD_OUTPUT>: ReturnValue first, then out parameters that have a value; `ret` likewise. */
void cim_output_to_xml(struct buf *out, const struct cim_style *st, const struct cim_class *c,
	const struct cim_method *m, const struct cim_value *ret, const struct cim_value *args);

#endif
