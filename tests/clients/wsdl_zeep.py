#!/usr/bin/python3
"""Asks with python3-zeep, from the WSDL that the service gives: the check, Get, Enumerate, faults.

    VSMIGD_URL=https://vmhost:5986/wsman VSMIGD_USER=admin VSMIGD_PASSWORD_FILE=... VSMIGD_CA=...
    VSMIGD_SOURCE_NAME=vmhost wsdl_zeep.py [VM-UUID [DESTINATION]]
"""
import os
import sys
import uuid

import requests
import zeep

A = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
ANONYMOUS = {'Address': A + '/role/anonymous'}
NAMESPACE = 'root/virtualization/v2'
SERVICE = 'CIM_VirtualSystemMigrationService'
ADVISOR = 'VSMIG_MigrationAdvisor'
URL = os.environ['VSMIGD_URL']


def connect(password=None):
    session = requests.Session()
    if password is None:
        with open(os.environ['VSMIGD_PASSWORD_FILE']) as f:
            password = f.readline().rstrip('\n')
    session.auth = (os.environ['VSMIGD_USER'], password)
    session.trust_env = False  # or REQUESTS_CA_BUNDLE would count for more than what is said here
    session.verify = os.environ['VSMIGD_CA']
    return zeep.Client(URL + '?wsdl', transport=zeep.Transport(session=session))


def selectors(**keys):
    keys['__cimnamespace'] = NAMESPACE
    return {'Selector': [{'Name': k, '_value_1': v} for k, v in keys.items()]}


def service_keys(name):
    return dict(SystemCreationClassName='CIM_ComputerSystem', SystemName=os.environ['VSMIGD_SOURCE_NAME'],
                CreationClassName=name, Name='vsmigd')


def header(action, resource, **keys):
    """What WS-Management wants in the header of a request."""
    return {'To': URL, 'Action': action, 'MessageID': 'uuid:%s' % uuid.uuid4(), 'ReplyTo': ANONYMOUS,
            'ResourceURI': CIM + resource, 'SelectorSet': selectors(**keys)}


def vm_reference(vm):
    return dict(ANONYMOUS, ReferenceParameters={
        'ResourceURI': CIM + 'CIM_ComputerSystem',
        'SelectorSet': selectors(CreationClassName='CIM_ComputerSystem', Name=vm)})


def call(client, name, method, vm, destination):
    return getattr(client.service, method)(
        ComputerSystem=vm_reference(vm), DestinationHost=destination,
        _soapheaders=header('%s%s/%s' % (CIM, name, method), name, **service_keys(name)))


def check(client, vm, destination):
    return call(client, SERVICE, 'CheckVirtualSystemIsMigratableToHost', vm, destination)


def explain(client, vm, destination):
    return call(client, ADVISOR, 'ExplainVirtualSystemIsMigratableToHost', vm, destination)


def subcode(operation, *arguments):
    """The subcode and the text of the fault that the call ends with."""
    try:
        operation(*arguments)
    except zeep.exceptions.Fault as fault:
        assert fault.detail is not None
        return fault.subcodes[0].localname, fault.message
    return None, 'no fault'


def enumerate_all(client, resource, most):
    enumeration = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration/'
    reply = client.service.Enumerate(OptimizeEnumeration={}, MaxElements=most,
                                     _soapheaders=header(enumeration + 'Enumerate', resource))
    found = list(reply.Items._value_1)
    while reply.EnumerationContext:
        reply = client.service.Pull(EnumerationContext=reply.EnumerationContext, MaxElements=most,
                                    _soapheaders=header(enumeration + 'Pull', resource))
        found += reply.Items._value_1
    return [next(iter(item.values())) if isinstance(item, dict) else item for item in found]


def get(client, resource, operation='Get', **keys):
    return getattr(client.service, operation)(
        _soapheaders=header('http://schemas.xmlsoap.org/ws/2004/09/transfer/Get', resource, **keys))


def expect(what, got, wanted):
    print('%s: %s' % (what, got))
    if got != wanted:
        print('expected %s' % (wanted,))
        sys.exit(1)


def test(client):
    uuid_of = 'd3e0a000-0000-4000-8000-00000000000'
    for what, vm, code, migratable in (('web01', '1', 0, True), ('db01', '3', 0, False), ('old01', '9', 5, None)):
        answer = check(client, uuid_of + vm, 'node2')
        expect(what, (answer.ReturnValue, answer.IsMigratable), (code, migratable))
    answer = explain(client, uuid_of + '3', 'node2')
    expect('db01, explained', (answer.ReturnValue, answer.CheckCode, answer.IsMigratable), (0, 0, False))
    expect('its findings are instances', all('CLASSNAME="VSMIG_MigrationFinding"' in f for f in answer.Findings), True)

    service = get(client, SERVICE, 'GetVirtualSystemMigrationService', **service_keys(SERVICE))
    expect('the service', (service.Name, service.SystemName, service.Started),
           ('vsmigd', os.environ['VSMIGD_SOURCE_NAME'], True))
    systems = enumerate_all(client, 'CIM_ComputerSystem', 2)
    expect('web01 is enumerated', uuid_of + '1' in [s.Name for s in systems], True)
    expect('more than a page', len(systems) > 2, True)
    web = get(client, 'CIM_ComputerSystem', CreationClassName='CIM_ComputerSystem', Name=uuid_of + '1')
    expect('Get of any class', web.ElementName, 'web01')

    wrong = dict(service_keys(SERVICE), Name='another')
    expect('a fault', subcode(lambda: client.service.StartService(
        _soapheaders=header(CIM + SERVICE + '/StartService', SERVICE, **wrong)))[0], 'DestinationUnreachable')
    expect('another fault', subcode(enumerate_all, client, 'CIM_Nothing', 1)[0], 'DestinationUnreachable')
    try:
        connect('not the password')
        expect('a wrong password', 'the WSDL', 'refused')
    except requests.exceptions.HTTPError as error:
        expect('a wrong password', error.response.status_code, 401)


def main():
    client = connect()
    if len(sys.argv) == 1:
        test(client)
        return
    answer = check(client, sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else 'node2')
    print('ReturnValue %s, IsMigratable %s' % (answer.ReturnValue, answer.IsMigratable))


if __name__ == '__main__':
    main()
