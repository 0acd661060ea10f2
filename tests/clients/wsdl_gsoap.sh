#!/bin/bash
# Makes a client with gSOAP's wsdl2h and soapcpp2 from the WSDL that the service gives, and asks
# with it. The client itself is wsdl_gsoap.c.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# On standard input: other users could read it in the arguments.
printf 'user = "%s:%s"\n' "$VSMIGD_USER" "$(cat "$VSMIGD_PASSWORD_FILE")" |
	curl -sS -f -K - --cacert "$VSMIGD_CA" -o "$dir/vsmigd.wsdl" "$VSMIGD_URL?wsdl"
cd "$dir"
# Names for the namespaces, which would be numbered else.
cat >typemap.dat <<'MAP'
vsmigd = <urn:vsmigd:wsdl>
wsa = <http://schemas.xmlsoap.org/ws/2004/08/addressing>
wsman = <http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd>
wsen = <http://schemas.xmlsoap.org/ws/2004/09/enumeration>
cim = <http://schemas.dmtf.org/wbem/wscim/1/common>
migration = <http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemMigrationService>
advisor = <http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/VSMIG_MigrationAdvisor>
MAP
{
	wsdl2h -c -t typemap.dat -o vsmigd.h vsmigd.wsdl &&
		soapcpp2 -2 -c -C -L -x -w vsmigd.h &&
		${CC:-gcc} -O0 -w $(pkg-config --cflags gsoapssl) -I. -o client "$here/wsdl_gsoap.c" \
			soapC.c soapClient.c $(pkg-config --libs gsoapssl)
} >log 2>&1 || {
	cat log
	exit 1
}
./client
