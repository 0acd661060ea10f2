#!/usr/bin/python3
"""Asks with python3-winrm's transport: an Invoke on the service instance, VM by reference.

    VSMIGD_URL=https://vmhost:5986/wsman VSMIGD_USER=admin VSMIGD_PASSWORD_FILE=... VSMIGD_CA=...
    VSMIGD_SOURCE_NAME=vmhost winrm_invoke.py [VM-UUID [DESTINATION]]
"""
import os
import sys
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from winrm.exceptions import InvalidCredentialsError
from winrm.transport import Transport

S = 'http://www.w3.org/2003/05/soap-envelope'
A = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
W = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
SERVICE = CIM + 'CIM_VirtualSystemMigrationService'
METHOD = 'CheckVirtualSystemIsMigratableToHost'
ANONYMOUS = A + '/role/anonymous'


def selectors(**keys):
    rows = ''.join('<w:Selector Name="%s">%s</w:Selector>' % (k, escape(v)) for k, v in keys.items())
    return ('<w:SelectorSet><w:Selector Name="__cimnamespace">root/virtualization/v2</w:Selector>'
            + rows + '</w:SelectorSet>')


def envelope(url, source, vm, destination):
    service = selectors(SystemCreationClassName='CIM_ComputerSystem', SystemName=source,
                        CreationClassName='CIM_VirtualSystemMigrationService', Name='vsmigd')
    reference = ('<a:Address>%s</a:Address><a:ReferenceParameters><w:ResourceURI>%sCIM_ComputerSystem'
                 '</w:ResourceURI>%s</a:ReferenceParameters>' % (
                     ANONYMOUS, CIM, selectors(CreationClassName='CIM_ComputerSystem', Name=vm)))
    return ('<s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:w="%s" xmlns:p="%s"><s:Header>'
            '<a:To>%s</a:To><w:ResourceURI s:mustUnderstand="true">%s</w:ResourceURI>'
            '<a:ReplyTo><a:Address s:mustUnderstand="true">%s</a:Address></a:ReplyTo>'
            '<a:Action s:mustUnderstand="true">%s/%s</a:Action><a:MessageID>uuid:%s</a:MessageID>'
            '<w:OperationTimeout>PT60S</w:OperationTimeout>%s</s:Header>'
            '<s:Body><p:%s_INPUT><p:ComputerSystem>%s</p:ComputerSystem>'
            '<p:DestinationHost>%s</p:DestinationHost></p:%s_INPUT></s:Body></s:Envelope>') % (
                S, A, W, SERVICE, url, SERVICE, ANONYMOUS, SERVICE, METHOD, uuid.uuid4(), service,
                METHOD, reference, escape(destination), METHOD)


def transport(password):
    return Transport(endpoint=os.environ['VSMIGD_URL'], username=os.environ['VSMIGD_USER'],
                     password=password, auth_method='basic', server_cert_validation='validate',
                     ca_trust_path=os.environ['VSMIGD_CA'], read_timeout_sec=70)


def ask(vm, destination):
    with open(os.environ['VSMIGD_PASSWORD_FILE']) as f:
        password = f.readline().rstrip('\n')
    message = envelope(os.environ['VSMIGD_URL'], os.environ['VSMIGD_SOURCE_NAME'], vm, destination)
    reply = transport(password).send_message(message)
    output = ET.fromstring(reply).find('{%s}Body/{%s}%s_OUTPUT' % (S, SERVICE, METHOD))
    return {child.tag.split('}')[1]: child.text for child in output}


def refuses_wrong_password():
    try:
        transport('not the password').send_message('<x/>')
    except InvalidCredentialsError:
        return True
    return False


def main():
    vm = sys.argv[1] if len(sys.argv) > 1 else 'd3e0a000-0000-4000-8000-000000000001'
    destination = sys.argv[2] if len(sys.argv) > 2 else 'node2'
    answer = ask(vm, destination)
    print(answer)
    if len(sys.argv) > 1:
        return 0
    if answer != {'ReturnValue': '0', 'IsMigratable': 'true'}:
        print('expected ReturnValue 0 and IsMigratable true')
        return 1
    if ask('d3e0a000-0000-4000-8000-000000000003', 'node2') != {'ReturnValue': '0', 'IsMigratable': 'false'}:
        print('db01 must not be able to move to node2')
        return 1
    if ask('d3e0a000-0000-4000-8000-000000000009', 'node2') != {'ReturnValue': '5'}:
        print('old01 is shut off: 5, and no IsMigratable')
        return 1
    if not refuses_wrong_password():
        print('a wrong password was not refused')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
