/*
 * The prefixes that gSOAP writes and knows, in the service and in the tool: its own four first,
 * in the order it counts on, then ours. This stands in for the generated table, which has only
 * the namespaces of the types declared in vsmig.gsoap.h.
 */
#include <stdsoap2.h>

SOAP_NMAC struct Namespace namespaces[] = {
	{ "SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope",
		"http://schemas.xmlsoap.org/soap/envelope/", NULL },
	{ "SOAP-ENC", "http://www.w3.org/2003/05/soap-encoding",
		"http://schemas.xmlsoap.org/soap/encoding/", NULL },
	{ "xsi", "http://www.w3.org/2001/XMLSchema-instance", NULL, NULL },
	{ "xsd", "http://www.w3.org/2001/XMLSchema", NULL, NULL },
	{ "s", "http://www.w3.org/2003/05/soap-envelope", NULL, NULL },
	{ "wsa", "http://schemas.xmlsoap.org/ws/2004/08/addressing", NULL, NULL },
	{ "wsman", "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd", NULL, NULL },
	{ "wsen", "http://schemas.xmlsoap.org/ws/2004/09/enumeration", NULL, NULL },
	{ "wse", "http://schemas.xmlsoap.org/ws/2004/08/eventing", NULL, NULL },
	{ "wxf", "http://schemas.xmlsoap.org/ws/2004/09/transfer", NULL, NULL },
	{ "wsmb", "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd", NULL, NULL },
	{ "wsmid", "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};
