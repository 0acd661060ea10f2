/*
 * Resource URIs of CIM classes: the three spellings that clients use, and what each says.
 *
 *   http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CLASS        (also ".../wscim/1/" + "*")
 *   http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/CLASS
 *   http://schemas.microsoft.com/wbem/wsman/1/wmi/NAMESPACE/CLASS  (CLASS may be "*")
 *   http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/CLASS      (CIM-XML class documents)
 *
 * Scheme and host are compared without case. "?name=value&..." behind it adds selectors
 * (__cimnamespace among them).
 */
#ifndef VSMIGD_CIM_URI_H
#define VSMIGD_CIM_URI_H

#include "cim/value.h"

enum cim_uri_kind { CIM_URI_CLASS, CIM_URI_ALL, CIM_URI_CIMXML };

struct cim_uri {
	enum cim_uri_kind kind;
	const char *prefix; /* up to and with the last '/', as the client spelled it */
	const char *class_name; /* "" with CIM_URI_ALL; behind the last '/', up to any '?' */
	const char *ns; /* from a wmi/ URI or ?__cimnamespace=, '/' separated; else NULL */
	const struct cim_key *keys; /* other selectors behind '?', percent-decoded */
	size_t n_keys;
};

#define CIM_URI_DMTF "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define CIM_NS_DEFAULT "root/virtualization/v2"
#define CIM_NS_INTEROP "root/interop"

/* Parses text (trimmed by the caller). -ERR_CLASS when it is none of these forms. */
int cim_uri_parse(struct arena *a, const char *text, struct cim_uri *u, struct err *e);
/*
 * Whether two namespace names are the same: '\\' is '/', no leading or trailing separators, no
 * case, and "wmicimv2"-like aliases are not known.
 */
bool cim_ns_same(const char *a, const char *b);

#endif
