/*
 * The WSDL of the service: WSDL 1.1, SOAP 1.2, document/literal, for toolkits that make clients
 * of it. One port has the methods of the classes below and the operations of WS-Transfer and
 * WS-Enumeration; the header blocks that WS-Management needs are parts of one message. There is
 * no wsaw:Action: zeep would add headers of another version of WS-Addressing for it.
 */
#include "cim/schemac.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CLASS_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WXF "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define WSEN "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
/* Where the address comes: what the server puts in for who asks it, or the file's own. */
#define ADDRESS_MARK '\1'
#define FILE_ADDRESS "https://localhost:5986/wsman"

/* The classes whose methods are operations here. */
static const char *const services[] = { "CIM_VirtualSystemMigrationService",
	"VSMIG_MigrationAdvisor" };
/* The classes whose instances have a type here. */
static const char *const instances[] = { "CIM_VirtualSystemMigrationService",
	"VSMIG_MigrationAdvisor", "CIM_ComputerSystem", "CIM_VirtualSystemMigrationCapabilities",
	"CIM_VirtualSystemMigrationSettingData", "VSMIG_DestinationHost" };
enum {
	N_SERVICES = sizeof services / sizeof *services,
	N_INSTANCES = sizeof instances / sizeof *instances
};

/* One operation of the port. */
struct operation {
	const char *name; /* unique */
	const char *action;
	const char *input, *output; /* elements; NULL: an empty body */
	const char *output_type; /* instead of an element: whatever instance it is */
	const char *text;
};

static struct operation *operations;
static size_t n_operations;

static struct {
	char *data;
	size_t len;
} text;

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort();
	text.data = realloc(text.data, text.len + (size_t)n + 1);
	if (text.data == NULL)
		abort();
	vsnprintf(text.data + text.len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	text.len += (size_t)n;
}

static char *__attribute__((format(printf, 1, 2))) format(const char *fmt, ...)
{
	char *s;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<wsdl:definitions name=\"vsmigd\" targetNamespace=\"urn:vsmigd:wsdl\"\n"
			   "    xmlns:tns=\"urn:vsmigd:wsdl\"\n"
			   "    xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\"\n"
			   "    xmlns:soap12=\"http://schemas.xmlsoap.org/wsdl/soap12/\"\n"
			   "    xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"\n"
			   "    xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"\n"
			   "    xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"\n"
			   "    xmlns:wsen=\"" WSEN "\"\n"
			   "    xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\"";

/* What WS-Addressing 2004/08, WS-Enumeration, DSP0226 and DSP0230 define, as far as it is used. */
static const char protocol_types[] =
	"<xs:schema targetNamespace=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
	" elementFormDefault=\"qualified\">\n"
	"<xs:import namespace=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"/>\n"
	"<xs:complexType name=\"ReferenceParametersType\"><xs:sequence>\n"
	"<xs:element ref=\"wsman:ResourceURI\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:SelectorSet\" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType>\n"
	"<xs:complexType name=\"EndpointReferenceType\"><xs:sequence>\n"
	"<xs:element name=\"Address\" type=\"xs:anyURI\"/>\n"
	"<xs:element name=\"ReferenceParameters\" type=\"wsa:ReferenceParametersType\""
	" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType>\n"
	"<xs:element name=\"To\" type=\"xs:anyURI\"/>\n"
	"<xs:element name=\"Action\" type=\"xs:anyURI\"/>\n"
	"<xs:element name=\"MessageID\" type=\"xs:anyURI\"/>\n"
	"<xs:element name=\"ReplyTo\" type=\"wsa:EndpointReferenceType\"/>\n"
	"<xs:element name=\"EndpointReference\" type=\"wsa:EndpointReferenceType\"/>\n"
	"</xs:schema>\n"
	"<xs:schema targetNamespace=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
	" elementFormDefault=\"qualified\">\n"
	"<xs:complexType name=\"SelectorType\"><xs:simpleContent><xs:extension "
	"base=\"xs:string\">\n"
	"<xs:attribute name=\"Name\" type=\"xs:string\" use=\"required\"/>\n"
	"</xs:extension></xs:simpleContent></xs:complexType>\n"
	"<xs:complexType name=\"SelectorSetType\"><xs:sequence>\n"
	"<xs:element name=\"Selector\" type=\"wsman:SelectorType\" maxOccurs=\"unbounded\"/>\n"
	"</xs:sequence></xs:complexType>\n"
	"<xs:complexType name=\"OptionType\"><xs:simpleContent><xs:extension base=\"xs:string\">\n"
	"<xs:attribute name=\"Name\" type=\"xs:string\" use=\"required\"/>\n"
	"<xs:attribute name=\"MustComply\" type=\"xs:boolean\"/>\n"
	"</xs:extension></xs:simpleContent></xs:complexType>\n"
	"<xs:complexType name=\"OptionSetType\"><xs:sequence>\n"
	"<xs:element name=\"Option\" type=\"wsman:OptionType\" minOccurs=\"0\""
	" maxOccurs=\"unbounded\"/>\n"
	"</xs:sequence></xs:complexType>\n"
	"<xs:complexType name=\"FilterType\"><xs:simpleContent><xs:extension base=\"xs:string\">\n"
	"<xs:attribute name=\"Dialect\" type=\"xs:anyURI\"/>\n"
	"</xs:extension></xs:simpleContent></xs:complexType>\n"
	"<xs:complexType name=\"ItemsType\"><xs:sequence>\n"
	"<xs:any namespace=\"##any\" processContents=\"lax\" minOccurs=\"0\""
	" maxOccurs=\"unbounded\"/>\n"
	"</xs:sequence></xs:complexType>\n"
	"<xs:complexType name=\"EmptyType\"/>\n"
	"<xs:simpleType name=\"EnumerationModeType\"><xs:restriction base=\"xs:string\">\n"
	"<xs:enumeration value=\"EnumerateEPR\"/>\n"
	"<xs:enumeration value=\"EnumerateObjectAndEPR\"/>\n"
	"</xs:restriction></xs:simpleType>\n"
	"<xs:element name=\"ResourceURI\" type=\"xs:anyURI\"/>\n"
	"<xs:element name=\"SelectorSet\" type=\"wsman:SelectorSetType\"/>\n"
	"<xs:element name=\"OptionSet\" type=\"wsman:OptionSetType\"/>\n"
	"<xs:element name=\"OperationTimeout\" type=\"xs:string\"/>\n"
	"<xs:element name=\"MaxEnvelopeSize\" type=\"xs:unsignedLong\"/>\n"
	"<xs:element name=\"OptimizeEnumeration\" type=\"wsman:EmptyType\"/>\n"
	"<xs:element name=\"MaxElements\" type=\"xs:unsignedInt\"/>\n"
	"<xs:element name=\"EnumerationMode\" type=\"wsman:EnumerationModeType\"/>\n"
	"<xs:element name=\"Filter\" type=\"wsman:FilterType\"/>\n"
	"<xs:element name=\"Items\" type=\"wsman:ItemsType\"/>\n"
	"<xs:element name=\"Item\" type=\"wsman:ItemsType\"/>\n"
	"<xs:element name=\"EndOfSequence\" type=\"wsman:EmptyType\"/>\n"
	"</xs:schema>\n"
	"<xs:schema targetNamespace=\"" WSEN "\" elementFormDefault=\"qualified\">\n"
	"<xs:import namespace=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"/>\n"
	"<xs:element name=\"Enumerate\"><xs:complexType><xs:sequence>\n"
	"<xs:element name=\"Expires\" type=\"xs:string\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:OptimizeEnumeration\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:MaxElements\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:EnumerationMode\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:Filter\" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType></xs:element>\n"
	"<xs:element name=\"EnumerateResponse\"><xs:complexType><xs:sequence>\n"
	"<xs:element name=\"Expires\" type=\"xs:string\" minOccurs=\"0\"/>\n"
	"<xs:element name=\"EnumerationContext\" type=\"xs:string\"/>\n"
	"<xs:element ref=\"wsman:Items\" minOccurs=\"0\"/>\n"
	"<xs:element ref=\"wsman:EndOfSequence\" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType></xs:element>\n"
	"<xs:element name=\"Pull\"><xs:complexType><xs:sequence>\n"
	"<xs:element name=\"EnumerationContext\" type=\"xs:string\"/>\n"
	"<xs:element name=\"MaxTime\" type=\"xs:string\" minOccurs=\"0\"/>\n"
	"<xs:element name=\"MaxElements\" type=\"xs:unsignedInt\" minOccurs=\"0\"/>\n"
	"<xs:element name=\"MaxCharacters\" type=\"xs:unsignedInt\" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType></xs:element>\n"
	"<xs:element name=\"PullResponse\"><xs:complexType><xs:sequence>\n"
	"<xs:element name=\"EnumerationContext\" type=\"xs:string\" minOccurs=\"0\"/>\n"
	"<xs:element name=\"Items\" type=\"wsman:ItemsType\" minOccurs=\"0\"/>\n"
	"<xs:element name=\"EndOfSequence\" type=\"wsman:EmptyType\" minOccurs=\"0\"/>\n"
	"</xs:sequence></xs:complexType></xs:element>\n"
	"<xs:element name=\"Release\"><xs:complexType><xs:sequence>\n"
	"<xs:element name=\"EnumerationContext\" type=\"xs:string\"/>\n"
	"</xs:sequence></xs:complexType></xs:element>\n"
	"</xs:schema>\n"
	"<xs:schema targetNamespace=\"http://schemas.dmtf.org/wbem/wscim/1/common\""
	" elementFormDefault=\"qualified\">\n"
	"<xs:complexType name=\"cimDateTime\"><xs:choice>\n"
	"<xs:element name=\"CIM_DateTime\" type=\"xs:string\"/>\n"
	"<xs:element name=\"Interval\" type=\"xs:string\"/>\n"
	"<xs:element name=\"Date\" type=\"xs:string\"/>\n"
	"<xs:element name=\"Time\" type=\"xs:string\"/>\n"
	"<xs:element name=\"Datetime\" type=\"xs:string\"/>\n"
	"</xs:choice></xs:complexType>\n"
	"</xs:schema>\n";

static const char *const header_parts[] = { "wsa:To", "wsa:Action", "wsa:MessageID", "wsa:ReplyTo",
	"wsman:ResourceURI", "wsman:SelectorSet", "wsman:OptionSet", "wsman:OperationTimeout",
	"wsman:MaxEnvelopeSize" };
enum { N_HEADER_PARTS = sizeof header_parts / sizeof *header_parts };

/* In the order of schemac_types; real types and char16 as DSP0230 maps them. */
static const char *const xs_types[] = { "xs:boolean", "xs:unsignedByte", "xs:unsignedShort",
	"xs:unsignedInt", "xs:unsignedLong", "xs:byte", "xs:short", "xs:int", "xs:long", "xs:float",
	"xs:double", "xs:string", "xs:string", "cim:cimDateTime", "wsa:EndpointReferenceType" };

/*
 * A property that is NULL is one nil element, also when it is an array. gSOAP's arrays of numbers
 * have no place for that, its arrays of text do; and a union of one type is text to gSOAP and
 * this type to everybody else.
 */
static const char *type_of(const struct member *m, bool parameter)
{
	const char *type = xs_types[m->type];

	/* An embedded instance is text in a method's call, and elements in an instance. */
	if (!parameter && m->embedded != NULL)
		return "xs:anyType";
	if (!parameter && m->array && strncmp(type, "xs:", 3) == 0 &&
		strcmp(type, "xs:string") != 0)
		return format("tns:%sItem", type + 3);
	return type;
}

static void say_member(const struct member *m, bool parameter)
{
	say("<xs:element name=\"%s\" type=\"%s\"%s%s%s/>\n", m->name, type_of(m, parameter),
		parameter && m->required ? "" : " minOccurs=\"0\"",
		m->array ? " maxOccurs=\"unbounded\"" : "", parameter ? "" : " nillable=\"true\"");
}

static void say_method(const struct method *m)
{
	say("<xs:element name=\"%s_INPUT\"><xs:complexType><xs:sequence>\n", m->name);
	for (size_t i = 0; i < m->n_params; i++)
		if (m->params[i].in)
			say_member(&m->params[i], true);
	say("</xs:sequence></xs:complexType></xs:element>\n"
	    "<xs:element name=\"%s_OUTPUT\"><xs:complexType><xs:sequence>\n"
	    "<xs:element name=\"ReturnValue\" type=\"%s\"/>\n",
		m->name, xs_types[m->type]);
	for (size_t i = 0; i < m->n_params; i++)
		if (m->params[i].out)
			say_member(&m->params[i], true);
	say("</xs:sequence></xs:complexType></xs:element>\n");
}

static bool is_service(const char *name)
{
	for (size_t i = 0; i < N_SERVICES; i++)
		if (strcmp(services[i], name) == 0)
			return true;
	return false;
}

/* The types in the namespace of one class: its instances, and its methods where they are here. */
static void say_class(const struct class *c)
{
	say("<xs:schema targetNamespace=\"" CLASS_URI "%s\" xmlns:%s=\"" CLASS_URI "%s\""
	    " elementFormDefault=\"qualified\">\n"
	    "<xs:import namespace=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"/>\n"
	    "<xs:import namespace=\"http://schemas.dmtf.org/wbem/wscim/1/common\"/>\n"
	    "<xs:import namespace=\"urn:vsmigd:wsdl\"/>\n"
	    "<xs:complexType name=\"%s_Type\"><xs:sequence>\n",
		c->name, c->name, c->name, c->name);
	for (size_t i = 0; i < c->n_props; i++)
		say_member(&c->props[i], false);
	say("</xs:sequence></xs:complexType>\n<xs:element name=\"%s\" type=\"%s:%s_Type\"/>\n",
		c->name, c->name, c->name);
	for (size_t i = 0; i < c->n_methods && is_service(c->name); i++)
		say_method(&c->methods[i]);
	say("</xs:schema>\n");
}

static void add_operation(struct operation o)
{
	*PUSH(operations, n_operations) = o;
}

static bool name_taken(const char *name)
{
	for (size_t i = 0; i < n_operations; i++)
		if (strcmp(operations[i].name, name) == 0)
			return true;
	return false;
}

/* Behind the prefix; gSOAP would spell an underscore out. */
static const char *short_name(const char *class_name)
{
	return strchr(class_name, '_') + 1;
}

/* A method that an earlier class has too, as services have StartService, is CLASSMETHOD. */
static void collect_methods(struct class *c)
{
	for (size_t i = 0; i < c->n_methods; i++) {
		const char *name = c->methods[i].name;
		const xmlNode *q = schemac_qualifier(c->methods[i].node, "Description");

		add_operation((struct operation){
			.name = name_taken(name) ? format("%s%s", short_name(c->name), name) : name,
			.action = format(CLASS_URI "%s/%s", c->name, name),
			.input = format("%s:%s_INPUT", c->name, name),
			.output = format("%s:%s_OUTPUT", c->name, name),
			.text = q != NULL ? schemac_text(q) : NULL,
		});
	}
}

static void collect(void)
{
	for (size_t i = 0; i < N_SERVICES; i++)
		collect_methods(schemac_class(services[i]));
	add_operation((struct operation){ .name = "Get",
		.action = WXF "/Get",
		.output_type = "tns:InstanceType",
		.text = "The instance that ResourceURI and SelectorSet name." });
	for (size_t i = 0; i < N_INSTANCES; i++)
		add_operation((struct operation){ .name = format("Get%s", short_name(instances[i])),
			.action = WXF "/Get",
			.output = format("%s:%s", instances[i], instances[i]),
			.text = "Get, with the type of this class." });
	add_operation((struct operation){ .name = "Enumerate",
		.action = WSEN "/Enumerate",
		.input = "wsen:Enumerate",
		.output = "wsen:EnumerateResponse",
		.text = "Begins to enumerate the instances of the class that ResourceURI names." });
	add_operation((struct operation){ .name = "Pull",
		.action = WSEN "/Pull",
		.input = "wsen:Pull",
		.output = "wsen:PullResponse",
		.text = "The next items of an enumeration." });
	add_operation((struct operation){ .name = "Release",
		.action = WSEN "/Release",
		.input = "wsen:Release",
		.text = "Ends an enumeration early." });
}

static void say_messages(void)
{
	say("<wsdl:message name=\"Header\">\n");
	for (size_t i = 0; i < N_HEADER_PARTS; i++)
		say("<wsdl:part name=\"%s\" element=\"%s\"/>\n", strchr(header_parts[i], ':') + 1,
			header_parts[i]);
	say("</wsdl:message>\n");
	for (size_t i = 0; i < n_operations; i++) {
		const struct operation *o = &operations[i];

		say("<wsdl:message name=\"%sIn\">", o->name);
		if (o->input != NULL)
			say("<wsdl:part name=\"Body\" element=\"%s\"/>", o->input);
		say("</wsdl:message>\n<wsdl:message name=\"%sOut\">", o->name);
		if (o->output != NULL)
			say("<wsdl:part name=\"Body\" element=\"%s\"/>", o->output);
		if (o->output_type != NULL)
			say("<wsdl:part name=\"Body\" type=\"%s\"/>", o->output_type);
		say("</wsdl:message>\n");
	}
}

static void say_port(void)
{
	say("<wsdl:portType name=\"WSManagement\">\n");
	for (size_t i = 0; i < n_operations; i++) {
		const struct operation *o = &operations[i];

		say("<wsdl:operation name=\"%s\">\n", o->name);
		if (o->text != NULL) {
			xmlChar *escaped = xmlEncodeSpecialChars(NULL, (const xmlChar *)o->text);

			say("<wsdl:documentation>%s</wsdl:documentation>\n", (char *)escaped);
		}
		say("<wsdl:input message=\"tns:%sIn\"/>\n<wsdl:output message=\"tns:%sOut\"/>\n"
		    "</wsdl:operation>\n",
			o->name, o->name);
	}
	say("</wsdl:portType>\n");
}

static void say_binding(void)
{
	say("<wsdl:binding name=\"WSManagementSoap12\" type=\"tns:WSManagement\">\n"
	    "<soap12:binding style=\"document\""
	    " transport=\"http://schemas.xmlsoap.org/soap/http\"/>\n");
	for (size_t i = 0; i < n_operations; i++) {
		say("<wsdl:operation name=\"%s\">\n"
		    "<soap12:operation soapAction=\"%s\" style=\"document\"/>\n<wsdl:input>\n",
			operations[i].name, operations[i].action);
		for (size_t k = 0; k < N_HEADER_PARTS; k++)
			say("<soap12:header message=\"tns:Header\" part=\"%s\" use=\"literal\"/>\n",
				strchr(header_parts[k], ':') + 1);
		say("<soap12:body use=\"literal\"/>\n</wsdl:input>\n"
		    "<wsdl:output><soap12:body use=\"literal\"/></wsdl:output>\n"
		    "</wsdl:operation>\n");
	}
	say("</wsdl:binding>\n");
}

static void say_items(void)
{
	for (size_t i = 0; strcmp(xs_types[i], "xs:string") != 0; i++)
		say("<xs:simpleType name=\"%sItem\"><xs:union memberTypes=\"%s\"/>"
		    "</xs:simpleType>\n",
			xs_types[i] + 3, xs_types[i]);
}

static void say_all(void)
{
	collect();
	say("%s", head);
	for (size_t i = 0; i < N_INSTANCES; i++)
		say("\n    xmlns:%s=\"" CLASS_URI "%s\"", instances[i], instances[i]);
	say(">\n<wsdl:types>\n%s"
	    "<xs:schema targetNamespace=\"urn:vsmigd:wsdl\" elementFormDefault=\"qualified\">\n"
	    "<xs:complexType name=\"InstanceType\"><xs:sequence>\n"
	    "<xs:any namespace=\"##any\" processContents=\"lax\" minOccurs=\"0\""
	    " maxOccurs=\"unbounded\"/>\n"
	    "</xs:sequence></xs:complexType>\n",
		protocol_types);
	say_items();
	say("</xs:schema>\n");
	for (size_t i = 0; i < N_INSTANCES; i++)
		say_class(schemac_class(instances[i]));
	say("</wsdl:types>\n");
	say_messages();
	say_port();
	say_binding();
	say("<wsdl:service name=\"vsmigd\">\n"
	    "<wsdl:port name=\"WSManagementPort\" binding=\"tns:WSManagementSoap12\">\n"
	    "<soap12:address location=\"%c\"/>\n</wsdl:port>\n</wsdl:service>\n"
	    "</wsdl:definitions>\n",
		ADDRESS_MARK);
}

void schemac_put_wsdl(bool xml)
{
	char *mark;

	for (size_t i = 0; i < N_INSTANCES; i++)
		if (schemac_class(instances[i]) == NULL && xml)
			schemac_die(
				"schemas", NULL, "there is no class %s for the WSDL", instances[i]);
		else if (schemac_class(instances[i]) == NULL)
			return; /* the schema of a test: it is never linked */
	say_all();
	mark = strchr(text.data, ADDRESS_MARK);
	*mark = '\0';
	if (xml) {
		printf("%s" FILE_ADDRESS "%s", text.data, mark + 1);
		return;
	}
	printf("const char cim_wsdl_head[] =\n\t");
	schemac_put_string(text.data);
	printf(";\nconst char cim_wsdl_tail[] =\n\t");
	schemac_put_string(mark + 1);
	printf(";\n");
}
