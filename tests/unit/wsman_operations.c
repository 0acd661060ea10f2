/*
 * Whole requests of our own making: every action, and what is refused on the way.
 */
#include "wsman_world.h"

#define CLASS_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WMI_URI "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
#define ALL_URI "http://schemas.dmtf.org/wbem/wscim/1/*"
#define SERVICE CLASS_URI "CIM_VirtualSystemMigrationService"
#define SYSTEM CLASS_URI "CIM_ComputerSystem"
#define SELECTOR(name, value) "<w:Selector Name='" name "'>" value "</w:Selector>"
#define SELECTORS(list) "<w:SelectorSet>" list "</w:SelectorSet>"
#define VM SELECTORS(SELECTOR("CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", WORLD_VM))
#define GET XML_NS_WXF "/Get"
#define ENUMERATE XML_NS_WSEN "/Enumerate"
#define PULL XML_NS_WSEN "/Pull"
#define RELEASE XML_NS_WSEN "/Release"
#define CHECK "/CheckVirtualSystemIsMigratableToHost"
#define ENUM(inside) "<n:Enumerate>" inside "</n:Enumerate>"
#define OPTIMIZE "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>"
#define WQL(text)                                                                                  \
	"<w:Filter Dialect='http://schemas.microsoft.com/wbem/wsman/1/WQL'>" text "</w:Filter>"
#define PART(path) "<w:FragmentTransfer s:mustUnderstand='true'>" path "</w:FragmentTransfer>"
#define THE_SERVICE                                                                                \
	"<a:EndpointReference><a:Address>x</"                                                      \
	"a:Address><a:ReferenceParameters><w:ResourceURI>" SERVICE                                 \
	"</w:ResourceURI>" SELECTORS(SELECTOR("SystemCreationClassName", "CIM_ComputerSystem")     \
			SELECTOR("SystemName", "MyHost")                                           \
				SELECTOR("CreationClassName", "CIM_VirtualSystemMigrationService") \
					SELECTOR("Name", "vsmigd")) "</a:ReferenceParameters>"     \
								    "</a:EndpointReference>"
#define FILTER(dialect, inside) "<w:Filter Dialect='" dialect "'>" inside "</w:Filter>"
#define EQUAL(set) FILTER("http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter", set)
#define CQL(text) FILTER("http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf", text)
#define CAPABILITIES                                                                               \
	"<a:EndpointReference><a:Address>x</"                                                      \
	"a:Address><a:ReferenceParameters><w:ResourceURI>" CLASS_URI                               \
	"CIM_VirtualSystemMigrationCapabilities</w:ResourceURI>" SELECTORS(                        \
		SELECTOR("InstanceID", "vsmigd:capabilities")) "</a:ReferenceParameters>"          \
							       "</a:EndpointReference>"

static const struct principal anna = { PRINCIPAL_USER, "anna" };

/* want: what the reply has; a fault when it names one by "wsa:", "wsman:", "wsen:" or "wsmb:". */
static const struct row {
	const char *name, *action, *resource, *more, *body;
	const char *want[4];
} rows[] = {
	{ "get", GET, SYSTEM, VM, NULL,
		{ "GetResponse<", "<s:Body><p:CIM_ComputerSystem ",
			"<p:ElementName>running</p:ElementName>", "<wsa:RelatesTo>uuid:42<" } },
	{ "get, names without case", GET, CLASS_URI "cim_computersystem",
		SELECTORS(SELECTOR("NAME", WORLD_VM)
				SELECTOR("creationclassname", "CIM_computersystem")),
		NULL, { "<p:CIM_ComputerSystem " } },
	{ "get, wmi", GET, WMI_URI "CIM_ComputerSystem", VM, NULL,
		{ "<p:CIM_ComputerSystem xmlns:p=\"" WMI_URI "CIM_ComputerSystem\"" } },
	{ "get, selectors in the URI", GET,
		SYSTEM "?CreationClassName=CIM_ComputerSystem&amp;Name=" WORLD_VM, NULL, NULL,
		{ "<p:CIM_ComputerSystem " } },
	{ "get, EPR asked for", GET, SYSTEM, VM "<w:RequestEPR/>", NULL,
		{ "<wsman:RequestedEPR><wsa:EndpointReference>" } },
	{ "get, no such", GET, SYSTEM,
		SELECTORS(
			SELECTOR("CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", "x")),
		NULL,
		{ "wsa:DestinationUnreachable", "InvalidResourceURI", "2150858752",
			"OMI:MI_Result:6<" } },
	{ "get, key missing", GET, SYSTEM, SELECTORS(SELECTOR("Name", "x")), NULL,
		{ "wsman:InvalidSelectors", "InsufficientSelectors", "2150858842" } },
	{ "get, no selectors", GET, SYSTEM, NULL, NULL,
		{ "wsman:InvalidSelectors", "InsufficientSelectors" } },
	{ "get, no key", GET, SYSTEM,
		SELECTORS(SELECTOR("CreationClassName", "CIM_ComputerSystem")
				SELECTOR("Name", WORLD_VM) SELECTOR("Foo", "x")),
		NULL, { "wsman:InvalidSelectors", "UnexpectedSelectors" } },
	{ "get, key twice", GET, SYSTEM, SELECTORS(SELECTOR("Name", "x") SELECTOR("Name", "x")),
		NULL, { "wsman:InvalidSelectors", "DuplicateSelectors" } },
	{ "get, unknown class", GET, CLASS_URI "CIM_Nothing", VM, NULL,
		{ "wsa:DestinationUnreachable", "InvalidResourceURI", "OMI:MI_Result:5<" } },
	{ "get, unknown URI", GET, "urn:x", VM, NULL, { "wsa:DestinationUnreachable" } },
	{ "get, no URI", GET, NULL, VM, NULL,
		{ "wsa:DestinationUnreachable", "InvalidResourceURI" } },
	{ "get, all classes", GET, ALL_URI, NULL, NULL,
		{ "wsa:ActionNotSupported", "ActionMismatch", ":Action xmlns:" } },
	{ "get, unknown namespace", GET, SYSTEM,
		SELECTORS(SELECTOR("__cimnamespace", "root/x") SELECTOR(
			"CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", WORLD_VM)),
		NULL, { "wsa:DestinationUnreachable", "OMI:MI_Result:3<" } },
	{ "get, two namespaces", GET, WMI_URI "CIM_ComputerSystem",
		SELECTORS(SELECTOR("__cimnamespace", "root/interop") SELECTOR("Name", "x")), NULL,
		{ "wsman:InvalidSelectors", "2150859067" } },
	{ "get, one namespace twice", GET, WMI_URI "CIM_ComputerSystem",
		SELECTORS(SELECTOR("__cimnamespace", "ROOT\\Virtualization\\V2") SELECTOR(
			"CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", WORLD_VM)),
		NULL, { "<p:CIM_ComputerSystem " } },

	{ "fragment, element", GET, SYSTEM, VM PART("ElementName"), NULL,
		{ "GetResponse<",
			"<wsman:FragmentTransfer s:mustUnderstand=\"true\">ElementName</"
			"wsman:FragmentTransfer></s:Header>",
			"<s:Body><wsman:XmlFragment><p:ElementName xmlns:p=\"" SYSTEM "\"",
			">running</p:ElementName></wsman:XmlFragment></s:Body>" } },
	{ "fragment, text", GET, SYSTEM, VM PART("ElementName/text()"), NULL,
		{ "<s:Body><wsman:XmlFragment>running</wsman:XmlFragment></s:Body>" } },
	{ "fragment, from the root", GET, SYSTEM, VM PART("/CIM_ComputerSystem/Name/text()"), NULL,
		{ "<wsman:XmlFragment>" WORLD_VM "</wsman:XmlFragment>" } },
	{ "fragment, from the root without its slash", GET, SYSTEM,
		VM PART("CIM_ComputerSystem/Name/text()"), NULL,
		{ "<wsman:XmlFragment>" WORLD_VM "</wsman:XmlFragment>" } },
	{ "fragment, other root", GET, SYSTEM, VM PART("/CIM_System/Name"), NULL,
		{ "<wsman:XmlFragment xsi:nil=\"true\"/>" } },
	{ "fragment, no case", GET, SYSTEM, VM PART(" /cim_computersystem/NAME/text() "), NULL,
		{ "<wsman:XmlFragment>" WORLD_VM "</wsman:XmlFragment>" } },
	{ "fragment, all", GET, SYSTEM, VM PART("/"), NULL,
		{ "<wsman:XmlFragment><p:CIM_ComputerSystem ",
			"</p:CIM_ComputerSystem></wsman:XmlFragment>" } },
	{ "fragment, itself", GET, SYSTEM, VM PART("."), NULL,
		{ "<wsman:XmlFragment><p:CIM_ComputerSystem " } },
	{ "fragment, index", GET, SYSTEM, VM PART("OperationalStatus[1]/text()"), NULL,
		{ "<wsman:XmlFragment>2</wsman:XmlFragment>" } },
	{ "fragment, no such index", GET, SYSTEM, VM PART("OperationalStatus[7]"), NULL,
		{ "<wsman:XmlFragment xsi:nil=\"true\"/>" } },
	{ "fragment, no such property", GET, SYSTEM, VM PART("Colour"), NULL,
		{ "<wsman:XmlFragment xsi:nil=\"true\"/>" } },
	{ "fragment, no value", GET, SYSTEM, VM PART("InstallDate/text()"), NULL,
		{ "<wsman:XmlFragment xsi:nil=\"true\"/>" } },
	{ "fragment, nil element", GET, SYSTEM, VM PART("InstallDate"), NULL,
		{ "<wsman:XmlFragment><p:InstallDate ", "xsi:nil=\"true\"" } },
	{ "fragment, attribute", GET, SYSTEM, VM PART("@type"), NULL,
		{ "<wsman:XmlFragment>p:CIM_ComputerSystem_Type</wsman:XmlFragment>" } },
	{ "fragment, nested", GET, CLASS_URI "CIM_ElementCapabilities",
		SELECTORS(SELECTOR("Capabilities", CAPABILITIES)
				SELECTOR("ManagedElement", THE_SERVICE))
			PART("Capabilities/ReferenceParameters/SelectorSet/Selector[2]/@Name"),
		NULL, { "<wsman:XmlFragment>InstanceID</wsman:XmlFragment>" } },
	{ "fragment, prefix", GET, SYSTEM,
		VM "<w:FragmentTransfer xmlns:q='" SYSTEM "' "
		   "Dialect='http://www.w3.org/TR/1999/REC-xpath-19991116'>q:Name/text()"
		   "</w:FragmentTransfer>",
		NULL,
		{ "<wsman:FragmentTransfer s:mustUnderstand=\"true\" xmlns:q=\"" SYSTEM
		  "\" Dialect=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">q:Name/text()<",
			"<wsman:XmlFragment>" WORLD_VM "</wsman:XmlFragment>" } },
	{ "fragment, other prefix", GET, SYSTEM, VM PART("a:Name"), NULL,
		{ "<wsman:XmlFragment xsi:nil=\"true\"/>" } },
	{ "fragment, unknown prefix", GET, SYSTEM, VM PART("zz:Name"), NULL,
		{ "wsman:CannotProcessFilter", "2150858899" } },
	{ "fragment, too much", GET, SYSTEM, VM PART("//Name"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, predicate", GET, SYSTEM, VM PART("Name[. = 'x']"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, function", GET, SYSTEM, VM PART("count(Name)"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, index 0", GET, SYSTEM, VM PART("Name[0]"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, empty", GET, SYSTEM, VM PART(""), NULL, { "wsman:CannotProcessFilter" } },
	{ "fragment, slash", GET, SYSTEM, VM PART("Name/"), NULL, { "wsman:CannotProcessFilter" } },
	{ "fragment, behind text", GET, SYSTEM, VM PART("Name/text()/x"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, behind an attribute", GET, SYSTEM, VM PART("@type/x"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, two names", GET, SYSTEM, VM PART("Name Name"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, long", GET, SYSTEM, VM PART("a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, elements", GET, SYSTEM, VM PART("<x/>"), NULL,
		{ "wsman:CannotProcessFilter" } },
	{ "fragment, dialect", GET, SYSTEM,
		VM "<w:FragmentTransfer Dialect='urn:x'>Name</w:FragmentTransfer>", NULL,
		{ "wsman:FragmentDialectNotSupported",
			"<wsman:FragmentDialect>http://www.w3.org/TR/1999/REC-xpath-19991116<" } },
	{ "fragment, no such instance", GET, SYSTEM,
		SELECTORS(SELECTOR("CreationClassName", "CIM_ComputerSystem") SELECTOR("Name", "x"))
			PART("Name"),
		NULL, { "wsa:DestinationUnreachable" } },
	{ "fragment, put", XML_NS_WXF "/Put", SYSTEM, VM PART("ElementName/text()"),
		"<w:XmlFragment>x</w:XmlFragment>",
		{ "wsa:ActionNotSupported", "ActionMismatch" } },
	{ "fragment, put, no fragment", XML_NS_WXF "/Put", SYSTEM, VM PART("ElementName"), "<x/>",
		{ "wxf:InvalidRepresentation", "InvalidFragment", "2150858841",
			"wsman/fault</wsa:Action>" } },
	{ "fragment, create, no body", XML_NS_WXF "/Create", SYSTEM, PART("ElementName"), NULL,
		{ "wxf:InvalidRepresentation", "InvalidFragment" } },
	{ "fragment, put, too much", XML_NS_WXF "/Put", SYSTEM, VM PART("//x"),
		"<w:XmlFragment>x</w:XmlFragment>", { "wsman:CannotProcessFilter" } },
	{ "fragment, delete", XML_NS_WXF "/Delete", SYSTEM, VM PART("ElementName"), NULL,
		{ "wsa:ActionNotSupported", "ActionMismatch" } },
	{ "fragment, enumerate", ENUMERATE, SYSTEM, PART("ElementName"), ENUM(""),
		{ "wsman:UnsupportedFeature", "FragmentLevelAccess", "2150858871" } },
	{ "fragment, method", SERVICE CHECK, SERVICE, PART("ReturnValue"), NULL,
		{ "wsman:UnsupportedFeature", "FragmentLevelAccess" } },

	{ "put", XML_NS_WXF "/Put", SYSTEM, VM, "<x/>",
		{ "wsa:ActionNotSupported", "ActionMismatch" } },
	{ "create", XML_NS_WXF "/Create", SYSTEM, NULL, "<x/>", { "wsa:ActionNotSupported" } },
	{ "delete", XML_NS_WXF "/Delete", SYSTEM, VM, NULL, { "wsa:ActionNotSupported" } },
	{ "delete, unknown class", XML_NS_WXF "/Delete", CLASS_URI "CIM_X", NULL, NULL,
		{ "wsa:DestinationUnreachable" } },
	{ "renew", XML_NS_WSEN "/Renew", SYSTEM, NULL, NULL,
		{ "wsa:ActionNotSupported", "2150858771" } },
	{ "status", XML_NS_WSEN "/GetStatus", SYSTEM, NULL, NULL, { "wsa:ActionNotSupported" } },
	{ "subscribe", "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe", SYSTEM, NULL,
		NULL, { "wsa:ActionNotSupported", ":Action xmlns:" } },
	{ "unknown action", "urn:a&amp;b", SYSTEM, NULL, NULL,
		{ "wsa:ActionNotSupported", "a&amp;b" } },
	{ "unknown action, no URI", "urn:a", NULL, NULL, NULL, { "wsa:ActionNotSupported" } },

	{ "method, none such", SERVICE "/Nothing", SERVICE, NULL, NULL,
		{ "wsa:ActionNotSupported", "2150858753", "OMI:MI_Result:17<" } },
	{ "method, other class", SERVICE CHECK, SYSTEM, NULL, NULL,
		{ "wsa:ActionNotSupported", "ActionMismatch" } },
	{ "method, unknown class", CLASS_URI "CIM_X" CHECK, SERVICE, NULL, NULL,
		{ "wsa:ActionNotSupported" } },
	{ "method, inherited", CLASS_URI "CIM_Service/StopService", SERVICE, NULL, NULL,
		{ "CIM_Service/StopServiceResponse<", "<p:ReturnValue>1</p:ReturnValue>" } },
	{ "method, not of the base", CLASS_URI "CIM_Service" CHECK, SERVICE, NULL, NULL,
		{ "wsa:ActionNotSupported" } },
	{ "method, other namespace",
		"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/interop/"
		"CIM_VirtualSystemMigrationService" CHECK,
		WMI_URI "CIM_VirtualSystemMigrationService", NULL, NULL,
		{ "wsman:InvalidSelectors", "2150859067" } },
	{ "method, no arguments", SERVICE CHECK, SERVICE, NULL, NULL,
		{ "<p:ReturnValue>4</p:ReturnValue>" } },
	{ "method, other body", SERVICE CHECK, SERVICE, NULL, "<x/>",
		{ "wsman:InvalidParameter", "InvalidName" } },
	{ "method, output as input", SERVICE CHECK, SERVICE, NULL,
		"<CheckVirtualSystemIsMigratableToHost_OUTPUT/>", { "wsman:InvalidParameter" } },
	{ "method, no such instance", SERVICE CHECK, SERVICE,
		SELECTORS(SELECTOR("Name", "x") SELECTOR("SystemName", "x") SELECTOR(
			"SystemCreationClassName", "x") SELECTOR("CreationClassName", "x")),
		NULL, { "wsa:DestinationUnreachable" } },
	{ "method, EPR asked for", SERVICE CHECK, SERVICE, "<w:RequestEPR/>", NULL,
		{ "<wsman:RequestedEPR><wsman:EPRUnknown/></wsman:RequestedEPR>" } },

	{ "enumerate", ENUMERATE, SYSTEM, NULL, ENUM(OPTIMIZE),
		{ "<wsen:EnumerationContext/>"
		  "<wsman:Items><p:CIM_ComputerSystem ",
			"</wsman:Items><wsman:EndOfSequence/>" } },
	{ "enumerate, wsen body missing", ENUMERATE, SYSTEM, NULL, NULL,
		{ "wsman:SchemaValidationError" } },
	{ "enumerate, base class", ENUMERATE, CLASS_URI "CIM_ManagedElement", NULL, ENUM(OPTIMIZE),
		{ "<p:CIM_ComputerSystem ", "<p:CIM_VirtualSystemMigrationService ",
			"<p:VSMIG_MigrationAdvisor " } },
	{ "enumerate, base only", ENUMERATE, CLASS_URI "CIM_ManagedElement", NULL,
		ENUM(OPTIMIZE "<b:PolymorphismMode>None</b:PolymorphismMode>"),
		{ "<wsman:Items></wsman:Items><wsman:EndOfSequence/>" } },
	{ "enumerate, as base", ENUMERATE, CLASS_URI "CIM_Service", NULL,
		ENUM(OPTIMIZE "<b:PolymorphismMode>ExcludeSubClassProperties</b:PolymorphismMode>"),
		{ "<p:CIM_Service xmlns:p=\"" CLASS_URI "CIM_Service\"" } },
	{ "enumerate, as they are", ENUMERATE, CLASS_URI "CIM_Service", NULL,
		ENUM(OPTIMIZE "<b:PolymorphismMode>IncludeSubClassProperties</b:PolymorphismMode>"),
		{ "<p:CIM_VirtualSystemMigrationService " } },
	{ "enumerate, odd polymorphism", ENUMERATE, SYSTEM, NULL,
		ENUM("<b:PolymorphismMode>x</b:PolymorphismMode>"),
		{ "wsmb:PolymorphismModeNotSupported" } },
	{ "enumerate, polymorphism of all", ENUMERATE, ALL_URI, NULL,
		ENUM("<b:PolymorphismMode>None</b:PolymorphismMode>" WQL(
			"SELECT * FROM CIM_ComputerSystem")),
		{ "wsmb:PolymorphismModeNotSupported" } },
	{ "enumerate, all", ENUMERATE, ALL_URI, NULL, ENUM(OPTIMIZE),
		{ "wsman:UnsupportedFeature", "FilteringRequired" } },
	{ "enumerate, selectors", ENUMERATE, SYSTEM, VM, ENUM(OPTIMIZE),
		{ "wsman:InvalidSelectors", "UnexpectedSelectors" } },
	{ "enumerate, unknown class", ENUMERATE, CLASS_URI "CIM_X", NULL, ENUM(""),
		{ "wsa:DestinationUnreachable" } },
	{ "enumerate, unknown namespace", ENUMERATE, SYSTEM,
		SELECTORS(SELECTOR("__cimnamespace", "root/x")), ENUM(""),
		{ "wsa:DestinationUnreachable" } },
	{ "enumerate, EPRs", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"),
		{ "<wsman:Items><wsa:EndpointReference>" } },
	{ "enumerate, odd mode", ENUMERATE, SYSTEM, NULL,
		ENUM("<w:EnumerationMode>x</w:EnumerationMode>"),
		{ "wsman:UnsupportedFeature", "EnumerationMode" } },
	{ "enumerate, EndTo", ENUMERATE, SYSTEM, NULL, ENUM("<n:EndTo/>"),
		{ "wsman:UnsupportedFeature", "AddressingMode" } },
	{ "enumerate, no elements", ENUMERATE, SYSTEM, NULL,
		ENUM("<w:MaxElements>0</w:MaxElements>"), { "wsman:SchemaValidationError" } },
	{ "enumerate, expires", ENUMERATE, SYSTEM, NULL, ENUM("<n:Expires>PT5M</n:Expires>"),
		{ "<wsen:Expires>PT300.000S</wsen:Expires><wsen:EnumerationContext>" } },
	{ "enumerate, expires late", ENUMERATE, SYSTEM, NULL, ENUM("<n:Expires>P9Y</n:Expires>"),
		{ "<wsen:Expires>PT3600.000S</wsen:Expires>" } },
	{ "enumerate, expires on", ENUMERATE, SYSTEM, NULL,
		ENUM("<n:Expires>2999-01-01T00:00:00Z</n:Expires>"),
		{ "<wsen:Expires>PT3600.000S<" } },
	{ "enumerate, expired", ENUMERATE, SYSTEM, NULL,
		ENUM("<n:Expires>1999-01-01T00:00:00Z</n:Expires>"),
		{ "wsen:InvalidExpirationTime" } },
	{ "enumerate, expires oddly", ENUMERATE, SYSTEM, NULL, ENUM("<n:Expires>soon</n:Expires>"),
		{ "wsen:InvalidExpirationTime" } },
	{ "enumerate, total", ENUMERATE, SYSTEM, "<w:RequestTotalItemsCountEstimate/>",
		ENUM(OPTIMIZE WQL("SELECT * FROM CIM_ComputerSystem WHERE ElementName LIKE 'b%'")),
		{ "<wsman:TotalItemsCountEstimate>1<", "<p:ElementName>blocked<" } },

	{ "filter, selected", ENUMERATE, ALL_URI, NULL,
		ENUM(OPTIMIZE WQL("SELECT Name, ElementName FROM CIM_ComputerSystem WHERE "
				  "ElementName='running'")),
		{ "<wsman:Items><wsman:XmlFragment xmlns:p=\"" SYSTEM "\">"
		  "<p:ElementName>running</p:ElementName><p:Name>" WORLD_VM
		  "</p:Name></wsman:XmlFragment>"
		  "</wsman:Items>" } },
	{ "filter, on its class", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE WQL("SELECT * FROM CIM_ComputerSystem WHERE ElementName='running'")),
		{ WORLD_VM } },
	{ "filter, wsen", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE
			"<n:Filter Dialect='http://schemas.dmtf.org/wbem/wsman/1/WQL'>"
			"SELECT * FROM CIM_ComputerSystem WHERE ElementName='running'</n:Filter>"),
		{ WORLD_VM } },
	{ "filter, other class", ENUMERATE, SYSTEM, NULL,
		ENUM(WQL("SELECT * FROM CIM_VirtualSystemMigrationService")),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, no class", ENUMERATE, ALL_URI, NULL, ENUM(WQL("SELECT * FROM Win32_Process")),
		{ "wsen:CannotProcessFilter", "Win32_Process" } },
	{ "filter, bad", ENUMERATE, ALL_URI, NULL, ENUM(WQL("SELECT")),
		{ "wsen:CannotProcessFilter", "2150858778", "wsman/fault</wsa:Action>" } },
	{ "filter, no property", ENUMERATE, ALL_URI, NULL,
		ENUM(WQL("SELECT x FROM CIM_ComputerSystem")), { "wsen:CannotProcessFilter" } },
	{ "filter, element", ENUMERATE, ALL_URI, NULL, ENUM(WQL("<x/>")),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, two", ENUMERATE, SYSTEM, NULL, ENUM(WQL("x") "<n:Filter>x</n:Filter>"),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, XPath", ENUMERATE, SYSTEM, NULL, ENUM("<w:Filter>x</w:Filter>"),
		{ "wsen:FilterDialectRequestedUnavailable", "<wsen:SupportedDialect>" } },
	{ "filter, selectors", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE EQUAL(SELECTORS(SELECTOR("ElementName", "running")))),
		{ "<wsman:Items><p:CIM_ComputerSystem ", WORLD_VM } },
	{ "filter, selectors, two", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE EQUAL(SELECTORS(
			SELECTOR("EnabledState", "2") SELECTOR("elementname", "RUNNING")))),
		{ WORLD_VM } },
	{ "filter, selectors, none", ENUMERATE, SYSTEM, NULL,
		ENUM(OPTIMIZE EQUAL(SELECTORS(
			SELECTOR("EnabledState", "3") SELECTOR("ElementName", "running")))),
		{ "<wsman:Items></wsman:Items><wsman:EndOfSequence/>" } },
	{ "filter, selectors, of a derived class", ENUMERATE, CLASS_URI "CIM_ManagedElement", NULL,
		ENUM(OPTIMIZE EQUAL(
			SELECTORS(SELECTOR("Name", WORLD_VM) SELECTOR("EnabledDefault", "2")))),
		{ "<wsman:EndOfSequence/>" } },
	{ "filter, selectors, by reference", ENUMERATE, CLASS_URI "CIM_ElementCapabilities", NULL,
		ENUM(OPTIMIZE EQUAL(SELECTORS(SELECTOR("Capabilities", CAPABILITIES)))),
		{ "<wsman:Items><p:CIM_ElementCapabilities " } },
	{ "filter, selectors, unknown", ENUMERATE, SYSTEM, NULL,
		ENUM(EQUAL(SELECTORS(SELECTOR("Colour", "red")))),
		{ "wsen:CannotProcessFilter",
			"<wsman:SupportedSelectorName>CreationClassName</wsman:"
			"SupportedSelectorName>",
			"<wsman:SupportedSelectorName>EnabledState<" } },
	{ "filter, selectors, twice", ENUMERATE, SYSTEM, NULL,
		ENUM(EQUAL(SELECTORS(SELECTOR("Name", "x") SELECTOR("Name", "y")))),
		{ "wsen:CannotProcessFilter", "faultDetail/DuplicateSelectors<" } },
	{ "filter, selectors, empty", ENUMERATE, SYSTEM, NULL, ENUM(EQUAL("<w:SelectorSet/>")),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, selectors, text", ENUMERATE, SYSTEM, NULL, ENUM(EQUAL("Name")),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, selectors, all classes", ENUMERATE, ALL_URI, NULL,
		ENUM(EQUAL(SELECTORS(SELECTOR("Name", "x")))), { "wsen:CannotProcessFilter" } },
	{ "filter, selectors, namespace", ENUMERATE, SYSTEM, NULL,
		ENUM(EQUAL(SELECTORS(SELECTOR("__cimnamespace", "root/x") SELECTOR("Name", "x")))),
		{ "wsen:CannotProcessFilter" } },
	{ "filter, CQL", ENUMERATE, ALL_URI, NULL,
		ENUM(OPTIMIZE CQL("SELECT s.Name FROM CIM_ComputerSystem s WHERE s ISA CIM_System "
				  "AND s.ElementName = 'running'")),
		{ "<wsman:Items><wsman:XmlFragment xmlns:p=\"" SYSTEM "\"><p:Name>" WORLD_VM
		  "</p:Name></wsman:XmlFragment></wsman:Items>" } },
	{ "filter, CQL, too much", ENUMERATE, ALL_URI, NULL,
		ENUM(CQL("SELECT * FROM CIM_ComputerSystem WHERE Name LIKE 'x'")),
		{ "wsen:CannotProcessFilter", "basic form" } },

	{ "pull, no body", PULL, SYSTEM, NULL, NULL, { "wsman:SchemaValidationError" } },
	{ "pull, no context", PULL, SYSTEM, NULL, "<n:Pull/>",
		{ "wsen:InvalidEnumerationContext", "s:Receiver", "2150858779" } },
	{ "pull, odd context", PULL, SYSTEM, NULL,
		"<n:Pull><n:EnumerationContext>x"
		"</n:EnumerationContext></n:Pull>",
		{ "wsen:InvalidEnumerationContext" } },
	{ "release, odd context", RELEASE, SYSTEM, NULL,
		"<n:Release><n:EnumerationContext>x"
		"</n:EnumerationContext></n:Release>",
		{ "wsen:InvalidEnumerationContext" } },

	{ "timeout 0", GET, SYSTEM, VM "<w:OperationTimeout>PT0S</w:OperationTimeout>", NULL,
		{ "wsman:TimedOut", "s:Receiver", "2150858793" } },
	{ "size 100", GET, SYSTEM, VM "<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>", NULL,
		{ "wsman:EncodingLimit", "MinimumEnvelopeLimit", "2150858878" } },
};

static bool names_fault(const char *want)
{
	return strncmp(want, "wsa:", 4) == 0 || strncmp(want, "wsman:", 6) == 0 ||
	       strncmp(want, "wsen:", 5) == 0 || strncmp(want, "wsmb:", 5) == 0 ||
	       strncmp(want, "wxf:", 4) == 0;
}

START_TEST(row)
{
	const struct row *r = &rows[_i];
	struct asking *q = ask(&anna, r->action, r->resource, r->more, r->body);
	bool fault = names_fault(r->want[0]);

	ck_assert_msg(q->call.status == (fault ? 500 : 200), "%s: %s", r->name, q->text);
	ck_assert_int_eq(q->call.req.audit.status, q->call.status);
	ck_assert_msg(strcmp(q->call.req.audit.fault, fault ? r->want[0] : "") == 0, "%s: %s",
		r->name, q->call.req.audit.fault);
	ck_assert(q->call.req.audit.operation[0]);
	for (size_t i = 0; i < ARRAY_LEN(r->want) && r->want[i]; i++)
		ck_assert_msg(strstr(q->text, r->want[i]) != NULL, "%s: no %s in %s", r->name,
			r->want[i], q->text);
	asking_free(q);
}
END_TEST

START_TEST(nobody)
{
	static const struct principal none = { PRINCIPAL_NONE, "anna" };
	static const char identify[] =
		"<s:Envelope xmlns:s='" XML_NS_SOAP "'><s:Header/><s:Body>"
		"<i:Identify xmlns:i='" XML_NS_WSMID "'/></s:Body></s:Envelope>";
	const struct principal *who[] = { &none, NULL, &anna };
	struct asking *q;

	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		bool known = who[i] == &anna;

		q = ask(who[i], GET, SYSTEM, VM, NULL);
		ck_assert_int_eq(q->call.status, known ? 200 : 500);
		ck_assert(!strstr(q->text, "wsman:AccessDenied") == known);
		ck_assert_str_eq(q->call.req.audit.operation, "Get");
		asking_free(q);
		q = ask_as(who[i], WORLD_UTF8, identify, sizeof identify - 1);
		ck_assert_int_eq(q->call.status, 200);
		ck_assert_ptr_nonnull(strstr(q->text, "wsmid:ProtocolVersion"));
		ck_assert(!!strstr(q->text, "ProductVersion") == known);
		ck_assert(!!strstr(q->text, "SecurityProfile") == known);
		ck_assert_str_eq(q->call.req.audit.operation, "Identify");
		asking_free(q);
	}
}
END_TEST

START_TEST(http)
{
	static const struct {
		const char *type, *body;
		size_t len;
		int status;
	} how[] = {
		{ "text/xml", "<a/>", 4, 415 },
		{ NULL, "<a/>", 4, 415 },
		{ WORLD_UTF8, "\xff\xfe<\0", 4, 400 },
		{ WORLD_UTF8, "", 0, 500 },
		{ WORLD_UTF8, "<a", 2, 500 },
	};

	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		struct asking *q = ask_as(&anna, how[i].type, how[i].body, how[i].len);

		ck_assert_int_eq(q->call.status, how[i].status);
		ck_assert((q->call.reply.len > 0) == (how[i].status == 500));
		ck_assert(!q->call.reply_type == (how[i].status != 500));
		asking_free(q);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wsman_operations");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, world_begin, world_end);
	tcase_add_loop_test(t, row, 0, ARRAY_LEN(rows));
	tcase_add_test(t, nobody);
	tcase_add_test(t, http);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
