"""The WSDL that the service gives; tests/clients has the toolkits that make clients of it."""
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from lxml import etree

from harness import (ADVISOR, CIM, ENUMERATION, HOSTS, IDENTIFY, SERVICE, TOP, TRANSFER, Client, Daemon, read_reply,
                     vm_reference)

WSDL = '{http://schemas.xmlsoap.org/wsdl/}'
SOAP12 = '{http://schemas.xmlsoap.org/wsdl/soap12/}'
XS = '{http://www.w3.org/2001/XMLSchema}'


VM = '11111111-2222-4333-8444-000000000001'
TYPED = (SERVICE, ADVISOR, 'CIM_ComputerSystem', 'CIM_VirtualSystemMigrationCapabilities',
         'CIM_VirtualSystemMigrationSettingData', 'VSMIG_DestinationHost')


def schema(name):
    return ET.parse(os.path.join(TOP, 'schemas', name + '.xml')).getroot()


class Wsdl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build, [('host2', 'test://%s/dst.xml' % HOSTS)]))

    def ask(self, request, authorization='', sock=None, host='127.0.0.1', headers=()):
        """One request, by its line; the login by default."""
        lines = [request + ' HTTP/1.1', 'Host: ' + host]
        authorization = self.daemon.authorization() if authorization == '' else authorization
        lines += ['Authorization: ' + authorization] if authorization else []
        lines += ['%s: %s' % h for h in headers]
        if sock:
            sock.sendall('\r\n'.join(lines).encode() + b'\r\n\r\n')
            return read_reply(sock)
        with self.daemon.connect() as own:
            return self.ask(request, authorization, own, host, headers)

    def wsdl(self, **given):
        reply = self.ask('GET /wsman?wsdl', **given)
        self.assertEqual((reply.status, reply.headers['content-type']), (200, ['text/xml;charset=UTF-8']))
        return ET.fromstring(reply.body)

    def address(self, wsdl):
        return wsdl.find('.//%saddress' % SOAP12).get('location')

    def test_address(self):
        for host in ('vmhost', 'vmhost:5986', '[2001:db8::1]:5986', "a&b'"):
            self.assertEqual(self.address(self.wsdl(host=host)), 'https://%s/wsman' % host)
        self.assertEqual(self.address(ET.fromstring(self.ask('GET /wsman/?WSDL', host='h').body)), 'https://h/wsman/')
        with self.daemon.connect() as sock:
            sock.sendall(('GET /wsman?wsdl HTTP/1.0\r\nAuthorization: %s\r\n\r\n' % self.daemon.authorization()).encode())
            self.assertEqual(self.address(ET.fromstring(read_reply(sock).body)), '/wsman')

    def test_login(self):
        for authorization in (None, self.daemon.authorization(password='wrong'), 'Bearer x'):
            reply = self.ask('GET /wsman?wsdl', authorization)
            self.assertEqual((reply.status, reply.body), (401, b''))
            self.assertEqual(reply.headers['www-authenticate'], ['Basic realm="WSMAN"'])
        reply = self.ask('GET /wsman?wsdl', None, headers=[('WSMANIDENTIFY', 'unauthenticated')])
        self.assertEqual(reply.status, 401)

    def test_every_other_get(self):
        for request, status in (('GET /wsman', 405), ('GET /wsman?', 405), ('GET /wsman?wsdl=1', 405),
                                ('GET /wsman?xsd', 405), ('GET /wsman-anon/identify?wsdl', 405),
                                ('DELETE /wsman?wsdl', 405), ('GET /?wsdl', 404), ('GET /wsdl', 404)):
            with self.subTest(request):
                reply = self.ask(request)
                self.assertEqual((reply.status, reply.headers['connection']), (status, ['close']))

    def test_connection_stays(self):
        with self.daemon.connect() as sock:
            for _ in range(3):
                reply = self.ask('GET /wsman?wsdl', sock=sock)
                self.assertEqual(reply.status, 200)
                self.assertNotIn('connection', reply.headers)
        with Client(self.daemon) as c:
            self.assertEqual(c.post(IDENTIFY).status, 200)
            self.assertEqual(self.ask('GET /wsman?wsdl', sock=c.sock).status, 200)
            self.assertEqual(c.post(IDENTIFY).status, 200)

    def test_audit(self):
        self.wsdl()
        self.daemon.wait_log(r'event=request .*user=tester operation=WSDL status=200')

    def test_operations(self):
        wsdl = self.wsdl()
        names = [o.get('name') for o in wsdl.iter(WSDL + 'operation') if o.find(WSDL + 'input').get('message')]
        self.assertEqual(len(names), len(set(names)))
        bound = {o.get('name'): o.find(SOAP12 + 'operation').get('soapAction')
                 for o in wsdl.find(WSDL + 'binding').iter(WSDL + 'operation')}
        self.assertEqual(set(bound), set(names))
        self.assertLessEqual({'Get', 'Enumerate', 'Pull', 'Release'}, set(names))
        for cls in (SERVICE, ADVISOR):
            for method in schema(cls).iter('METHOD'):
                self.assertEqual(bound[method.get('NAME')], CIM + cls + '/' + method.get('NAME'))
        self.assertEqual(bound['StartService'], CIM + SERVICE + '/StartService')
        self.assertEqual(bound['MigrationAdvisorStartService'], CIM + ADVISOR + '/StartService')

    def test_types_follow_the_schema(self):
        wsdl = self.wsdl()
        for cls in (SERVICE, ADVISOR):
            types = wsdl.find(".//%sschema[@targetNamespace='%s']" % (XS, CIM + cls))
            for method in schema(cls).iter('METHOD'):
                parameters = [p for p in method if p.tag.startswith('PARAMETER')]
                for suffix, direction in (('_INPUT', 'In'), ('_OUTPUT', 'Out')):
                    declared = [] if direction == 'In' else ['ReturnValue']
                    declared += [p.get('NAME') for p in parameters
                                 if p.find("QUALIFIER[@NAME='%s']/VALUE" % direction) is not None
                                 and p.find("QUALIFIER[@NAME='%s']/VALUE" % direction).text == 'true']
                    element = types.find("%selement[@name='%s%s']" % (XS, method.get('NAME'), suffix))
                    self.assertEqual([e.get('name') for e in element.iter(XS + 'element')][1:], declared)

    def test_every_reference_is_there(self):
        """Each message, part, type and element that is named is declared, in scope of its prefix."""
        reply = self.ask('GET /wsman?wsdl')
        prefixes = dict(re.findall(r'xmlns:(\w+)="([^"]*)"', reply.body.decode()))
        wsdl = ET.fromstring(reply.body)
        declared = {kind: set() for kind in ('type', 'element', 'message', 'portType', 'binding')}
        for types in wsdl.iter(XS + 'schema'):
            for n in types:
                kind = {'element': 'element', 'complexType': 'type', 'simpleType': 'type'}.get(n.tag.split('}')[1])
                if kind:
                    declared[kind].add('{%s}%s' % (types.get('targetNamespace'), n.get('name')))
        for kind in ('message', 'portType', 'binding'):
            declared[kind] |= {'{%s}%s' % (wsdl.get('targetNamespace'), n.get('name')) for n in wsdl.findall(WSDL + kind)}
        kinds = {'ref': 'element', 'element': 'element', 'message': 'message', 'binding': 'binding', 'base': 'type',
                 'memberTypes': 'type'}
        for n in wsdl.iter():
            for attribute, value in n.attrib.items():
                kind = kinds.get(attribute)
                if attribute == 'type':
                    kind = 'portType' if n.tag == WSDL + 'binding' else 'type'
                if not kind or value.startswith('xs:'):
                    continue
                prefix, name = value.split(':')
                self.assertIn('{%s}%s' % (prefixes[prefix], name), declared[kind], '%s of %s' % (attribute, n.tag))

    def types(self):
        """The schemas of the WSDL as a validator has them: one that imports all others, which are files."""
        top = self.enterContext(tempfile.TemporaryDirectory())
        schemas = list(etree.fromstring(self.ask('GET /wsman?wsdl').body).iter(XS + 'schema'))
        files = {s.get('targetNamespace'): '%d.xsd' % i for i, s in enumerate(schemas)}
        for s in schemas:
            for n in s.findall(XS + 'import'):
                n.set('schemaLocation', files[n.get('namespace')])
            etree.ElementTree(s).write(os.path.join(top, files[s.get('targetNamespace')]))
        whole = etree.Element(XS + 'schema')
        for namespace, name in files.items():
            etree.SubElement(whole, XS + 'import', namespace=namespace, schemaLocation=name)
        etree.ElementTree(whole).write(os.path.join(top, 'all.xsd'))
        return etree.XMLSchema(etree.parse(os.path.join(top, 'all.xsd')))

    def test_replies_are_valid(self):
        """What the service says is of the types that the WSDL declares."""
        types = self.types()

        def valid(reply):
            self.assertEqual(reply.status, 200, reply.body[:2000])
            body = etree.fromstring(reply.body).find('{*}Body')[0]
            types.assertValid(etree.fromstring(etree.tostring(body)))
            return reply

        page = '<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>2</wsman:MaxElements>%s</wsen:Enumerate>'
        with Client(self.daemon) as c:
            for destination in ('host2', 'nowhere'):
                valid(c.check(VM, destination))
                valid(c.explain(VM, destination))
            valid(c.invoke('RankDestinations', '<p:ComputerSystem>%s</p:ComputerSystem>' % vm_reference(VM), cls=ADVISOR))
            valid(c.invoke('StartService', ''))
            valid(c.send(TRANSFER + 'Get', CIM + SERVICE, selectors=self.daemon.service_keys()))
            for cls in TYPED:
                for mode in ('', '<wsman:EnumerationMode>EnumerateObjectAndEPR</wsman:EnumerationMode>'):
                    reply = valid(c.send(ENUMERATION + 'Enumerate', CIM + cls, page % mode))
                    while reply.text('wsen:EnumerationContext'):
                        reply = valid(c.send(ENUMERATION + 'Pull', CIM + cls, '<wsen:Pull><wsen:EnumerationContext>%s'
                                             '</wsen:EnumerationContext></wsen:Pull>' % reply.text('wsen:EnumerationContext')))

    def test_the_installed_file_is_the_same(self):
        with open(os.path.join(self.build, 'vsmigd.wsdl')) as f:
            file = f.read()
        served = self.ask('GET /wsman?wsdl', host='localhost:5986').body.decode()
        self.assertEqual(file, served)
        with tempfile.TemporaryDirectory() as top:
            if self.build != os.path.join(TOP, 'build'):
                self.skipTest('make install is of the plain build')
            subprocess.run(['make', '-s', 'install', 'DESTDIR=' + top, 'PREFIX=/opt'], cwd=TOP, check=True, capture_output=True)
            with open(os.path.join(top, 'opt/share/vsmigd/vsmigd.wsdl')) as f:
                self.assertEqual(f.read(), file)


if __name__ == '__main__':
    unittest.main()
