/*
 * A client of the service, as gSOAP makes one of its WSDL: see wsdl_gsoap.sh. Asks for three
 * virtual systems of the demo's hosts, for the reasons, for the service and for what is not
 * there; status 0 when each answer is the right one.
 */
#include "soapH.h"
#include "WSManagementSoap12.nsmap"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANONYMOUS "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define CLASS_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define SERVICE "CIM_VirtualSystemMigrationService"
#define ADVISOR "VSMIG_MigrationAdvisor"
#define CHECK "CheckVirtualSystemIsMigratableToHost"
#define EXPLAIN "ExplainVirtualSystemIsMigratableToHost"

static const char *url, *user;
static char password[256];
static int failed;

static void expect(const char *what, int right)
{
	printf("%s: %s\n", what, right ? "as expected" : "WRONG");
	failed |= !right;
}

static char *text(struct soap *soap, const char *s)
{
	return soap_strdup(soap, s);
}

static struct wsman__SelectorSetType *selectors(
	struct soap *soap, const char *const (*keys)[2], int n)
{
	struct wsman__SelectorSetType *set = soap_malloc(soap, sizeof *set);

	set->__sizeSelector = n;
	set->Selector = soap_malloc(soap, (size_t)n * sizeof *set->Selector);
	for (int i = 0; i < n; i++) {
		set->Selector[i].Name = text(soap, keys[i][0]);
		set->Selector[i].__item = text(soap, keys[i][1]);
	}
	return set;
}

static struct wsa__EndpointReferenceType *anonymous(struct soap *soap)
{
	struct wsa__EndpointReferenceType *epr = soap_malloc(soap, sizeof *epr);

	memset(epr, 0, sizeof *epr);
	epr->Address = text(soap, ANONYMOUS);
	return epr;
}

static struct wsa__EndpointReferenceType *system_reference(struct soap *soap, const char *uuid)
{
	const char *const keys[][2] = { { "CreationClassName", "CIM_ComputerSystem" },
		{ "Name", uuid } };
	struct wsa__EndpointReferenceType *epr = anonymous(soap);

	epr->ReferenceParameters = soap_malloc(soap, sizeof *epr->ReferenceParameters);
	epr->ReferenceParameters->wsman__ResourceURI = text(soap, CLASS_URI "CIM_ComputerSystem");
	epr->ReferenceParameters->wsman__SelectorSet = selectors(soap, keys, 2);
	return epr;
}

/* What WS-Management wants in the header: the one instance of a class, with that name. */
static void prepare(struct soap *soap, const char *action, const char *class, const char *name)
{
	const char *const keys[][2] = { { "__cimnamespace", "root/virtualization/v2" },
		{ "SystemCreationClassName", "CIM_ComputerSystem" },
		{ "SystemName", getenv("VSMIGD_SOURCE_NAME") }, { "CreationClassName", class },
		{ "Name", name } };
	static unsigned count;
	char id[48], uri[256];

	snprintf(id, sizeof id, "uuid:00000000-0000-4000-8000-%012u", ++count);
	snprintf(uri, sizeof uri, CLASS_URI "%s", class);
	soap->header = soap_malloc(soap, sizeof *soap->header);
	memset(soap->header, 0, sizeof *soap->header);
	soap->header->wsa__To = text(soap, url);
	soap->header->wsa__Action = text(soap, action);
	soap->header->wsa__MessageID = text(soap, id);
	soap->header->wsa__ReplyTo = anonymous(soap);
	soap->header->wsman__ResourceURI = text(soap, uri);
	soap->header->wsman__SelectorSet = selectors(soap, keys, 5);
	soap->userid = user;
	soap->passwd = password;
}

static void check(struct soap *soap, const char *uuid, unsigned code, int migratable)
{
	struct _migration__CheckVirtualSystemIsMigratableToHost_USCOREINPUT in = { 0 };
	struct _migration__CheckVirtualSystemIsMigratableToHost_USCOREOUTPUT out = { 0 };

	prepare(soap, CLASS_URI SERVICE "/" CHECK, SERVICE, "vsmigd");
	in.ComputerSystem = system_reference(soap, uuid);
	in.DestinationHost = text(soap, "node2");
	if (soap_call___vsmigd__CheckVirtualSystemIsMigratableToHost(soap, url, NULL, &in, &out))
		soap_print_fault(soap, stdout);
	else
		printf("%s: ReturnValue %u\n", uuid, out.ReturnValue);
	expect("the check",
		!soap->error && out.ReturnValue == code &&
			(migratable < 0 ? !out.IsMigratable
					: out.IsMigratable && *out.IsMigratable == migratable));
}

static void explain(struct soap *soap, const char *uuid)
{
	struct _advisor__ExplainVirtualSystemIsMigratableToHost_USCOREINPUT in = { 0 };
	struct _advisor__ExplainVirtualSystemIsMigratableToHost_USCOREOUTPUT out = { 0 };

	prepare(soap, CLASS_URI ADVISOR "/" EXPLAIN, ADVISOR, "vsmigd");
	in.ComputerSystem = system_reference(soap, uuid);
	in.DestinationHost = text(soap, "node2");
	if (soap_call___vsmigd__ExplainVirtualSystemIsMigratableToHost(soap, url, NULL, &in, &out))
		soap_print_fault(soap, stdout);
	expect("the reasons", !soap->error && out.ReturnValue == 0 && out.__sizeFindings > 0 &&
				      strstr(out.Findings[0], "VSMIG_MigrationFinding"));
}

static void get(struct soap *soap)
{
	struct migration__CIM_USCOREVirtualSystemMigrationService_USCOREType out = { 0 };

	prepare(soap, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", SERVICE, "vsmigd");
	if (soap_call___vsmigd__GetVirtualSystemMigrationService(soap, url, NULL, &out))
		soap_print_fault(soap, stdout);
	expect("Get", !soap->error && out.Name && strcmp(out.Name, "vsmigd") == 0 && out.Started &&
			      *out.Started);
}

/* Items come as they are, as XML: two pages of destinations, or more. */
static void enumerate(struct soap *soap)
{
	struct _wsen__Enumerate in = { 0 };
	struct _wsen__EnumerateResponse out = { 0 };
	struct _wsen__Pull pull = { 0 };
	struct _wsen__PullResponse next = { 0 };
	unsigned one = 1;

	prepare(soap, "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate",
		"VSMIG_DestinationHost", "");
	soap->header->wsman__SelectorSet = NULL;
	in.wsman__OptimizeEnumeration = soap_malloc(soap, sizeof *in.wsman__OptimizeEnumeration);
	in.wsman__MaxElements = &one;
	if (soap_call___vsmigd__Enumerate(soap, url, NULL, &in, &out))
		soap_print_fault(soap, stdout);
	expect("Enumerate", !soap->error && out.wsman__Items && out.wsman__Items->__size == 1 &&
				    strstr(out.wsman__Items->__any[0], "VSMIG_DestinationHost"));
	if (failed)
		return;
	prepare(soap, "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull",
		"VSMIG_DestinationHost", "");
	soap->header->wsman__SelectorSet = NULL;
	pull.EnumerationContext = out.EnumerationContext;
	if (soap_call___vsmigd__Pull(soap, url, NULL, &pull, &next))
		soap_print_fault(soap, stdout);
	expect("Pull", !soap->error && next.Items && next.Items->__size == 1);
}

static void fault(struct soap *soap)
{
	struct _migration__StartService_USCOREINPUT in;
	struct _migration__StartService_USCOREOUTPUT out = { 0 };
	const char *subcode;

	prepare(soap, CLASS_URI SERVICE "/StartService", SERVICE, "another");
	soap_call___vsmigd__StartService(soap, url, NULL, &in, &out);
	subcode = soap->error ? soap_fault_subcode(soap) : NULL;
	printf("%s: %s\n", subcode ? subcode : "no fault",
		soap->error ? soap_fault_string(soap) : "");
	expect("a fault", soap->error == SOAP_FAULT && subcode &&
				  strstr(subcode, "DestinationUnreachable") &&
				  soap_fault_detail(soap));
}

static void wrong_password(struct soap *soap)
{
	struct _migration__StartService_USCOREINPUT in;
	struct _migration__StartService_USCOREOUTPUT out = { 0 };

	prepare(soap, CLASS_URI SERVICE "/StartService", SERVICE, "vsmigd");
	soap->passwd = "not the password";
	soap_call___vsmigd__StartService(soap, url, NULL, &in, &out);
	expect("a wrong password", soap->error == 401);
}

static void read_password(void)
{
	FILE *f = fopen(getenv("VSMIGD_PASSWORD_FILE"), "r");

	if (!f || !fgets(password, sizeof password, f))
		exit(2);
	fclose(f);
	password[strcspn(password, "\n")] = '\0';
}

int main(void)
{
	struct soap *soap = soap_new1(SOAP_IO_KEEPALIVE | SOAP_XML_INDENT);

	url = getenv("VSMIGD_URL");
	user = getenv("VSMIGD_USER");
	read_password();
	/* The name in the certificate of a test is not that of 127.0.0.1. */
	if (soap_ssl_client_context(soap,
		    SOAP_SSL_REQUIRE_SERVER_AUTHENTICATION | SOAP_SSL_SKIP_HOST_CHECK, NULL, NULL,
		    getenv("VSMIGD_CA"), NULL, NULL)) {
		soap_print_fault(soap, stdout);
		return 2;
	}
	soap->connect_timeout = soap->send_timeout = soap->recv_timeout = 60;
	check(soap, "d3e0a000-0000-4000-8000-000000000001", 0, 1);
	check(soap, "d3e0a000-0000-4000-8000-000000000003", 0, 0);
	check(soap, "d3e0a000-0000-4000-8000-000000000009", 5, -1);
	explain(soap, "d3e0a000-0000-4000-8000-000000000003");
	get(soap);
	enumerate(soap);
	fault(soap);
	wrong_password(soap);
	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
	return failed;
}
