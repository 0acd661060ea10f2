/*
 * What gSOAP knows of our messages: soapcpp2 compiles this into build/gsoap/soap{C.c,H.h,Stub.h}.
 *
 * The service writes its header blocks and faults through it, the tool vsmig its requests; both
 * carry bodies as literal XML (_XML is gSOAP's name for that). The s__ types are the SOAP 1.2
 * fault once more, under the prefix that clients expect to see: gSOAP's own SOAP_ENV__ types,
 * generated beside these, are always written with the prefix SOAP-ENV, and read with any. The
 * table of namespaces is in namespaces.c.
 */
//gsoap s      schema namespace:     http://www.w3.org/2003/05/soap-envelope
//gsoap s      schema elementForm:   qualified
//gsoap s      schema attributeForm: unqualified
//gsoap wsa    schema namespace:     http://schemas.xmlsoap.org/ws/2004/08/addressing
//gsoap wsa    schema elementForm:   qualified
//gsoap wsa    schema attributeForm: unqualified
//gsoap wsman  schema namespace:     http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd
//gsoap wsman  schema elementForm:   qualified
//gsoap wsman  schema attributeForm: unqualified

typedef char *xsd__anyURI;
typedef char *xsd__string;
typedef unsigned long long xsd__unsignedLong;

/* WS-Addressing 2004/08. */
struct wsa__EndpointReferenceType {
	xsd__anyURI wsa__Address 1;
	struct wsa__ReferenceParametersType {
		_XML __any;
	} * wsa__ReferenceParameters 0;
};

/* What a resource is selected by. */
struct wsman__SelectorType {
	@xsd__string Name 1;
	_XML __item; /* escaped text, or a wsa:EndpointReference */
};
struct wsman__SelectorSetType {
	int __sizeSelector;
	struct wsman__SelectorType *wsman__Selector 0;
};

struct wsman__TotalItemsCountEstimateType {
	@xsd__string xsi__nil 0;
	_XML __item;
};

/* What SOAP 1.2 puts into the header beside the fault about another version. */
struct s__UpgradeType {
	struct s__SupportedEnvelopeType {
		@xsd__string qname 1;
	} s__SupportedEnvelope 1;
};

/* All header blocks that we write, or the tool reads, in the order they are written. */
struct SOAP_ENV__Header {
	xsd__anyURI wsa__To 0;
	xsd__anyURI wsman__ResourceURI 0;
	struct wsa__EndpointReferenceType *wsa__ReplyTo 0;
	xsd__anyURI wsa__Action 0;
	xsd__anyURI wsa__MessageID 0;
	xsd__anyURI wsa__RelatesTo 0;
	xsd__unsignedLong *wsman__MaxEnvelopeSize 0;
	xsd__string wsman__OperationTimeout 0;
	struct wsman__SelectorSetType *wsman__SelectorSet 0;
	struct wsman__TotalItemsCountEstimateType *wsman__TotalItemsCountEstimate 0;
	struct s__UpgradeType *s__Upgrade 0;
	_XML __any; /* s:NotUnderstood, wsman:RequestedEPR, reference parameters of ReplyTo */
};

/* The fault as the service writes it; SOAP_ENV__Fault is what the tool reads. */
struct s__FaultType {
	struct s__CodeType {
		xsd__string s__Value 1;
		struct s__SubcodeType {
			xsd__string s__Value 1;
		} * s__Subcode 0;
	} s__Code 1;
	struct s__ReasonType {
		struct s__TextType {
			@xsd__string xml__lang 1;
			_XML __item; /* escaped text */
		} s__Text 1;
	} s__Reason 1;
	struct s__DetailType {
		_XML __any;
	} * s__Detail 0;
};
