"""What the clients of the field send, and what each of them can read: libmi, Windows, wsman.

These are the habits and limits of their code, as rows; the clients themselves are not needed.
"""
import crypt
import itertools
import os
import re
import socket
import ssl
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET
import xml.parsers.expat

import libmi
from harness import (ADVISOR, CHECK, CIM, ENUMERATION, EXPLAIN, HOSTS, IDENTIFY, NS, SANITIZED, SERVICE, SLACK, TOP, TRANSFER,
                     WMI, Client, Daemon, envelope, q, vm_reference)

CS = CIM + 'CIM_ComputerSystem'
GET = TRANSFER + 'Get'
UUID = '11111111-2222-4333-8444-000000000001'
VM = {'CreationClassName': 'CIM_ComputerSystem', 'Name': UUID}
NAMESPACE = {'__cimnamespace': 'root/virtualization/v2'}
MICROSOFT = 'http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/'
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
FAULT_ACTIONS = ('http://schemas.dmtf.org/wbem/wsman/1/wsman/fault', NS['wsa'] + '/fault')
OBJECT_AND_EPR = ('<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>32000</wsman:MaxElements>'
                  '<wsman:EnumerationMode>EnumerateObjectAndEPR</wsman:EnumerationMode>%s</wsen:Enumerate>')
OPTIMIZED = '<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements></wsen:Enumerate>'
P = 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd'
# The header blocks of mi.dll; the prefixes in the values of Type are declared nowhere.
WINDOWS = ('<wsman:Locale xml:lang="en-US" s:mustUnderstand="false"/>'
           '<p:DataLocale xmlns:p="{0}" xml:lang="en-US" s:mustUnderstand="false"/>'
           '<p:SessionId xmlns:p="{0}" s:mustUnderstand="false">uuid:1E961A6E</p:SessionId>'
           '<p:OperationID xmlns:p="{0}" s:mustUnderstand="false">uuid:EEAAE1AC</p:OperationID>'
           '<p:SequenceId xmlns:p="{0}" s:mustUnderstand="false">1</p:SequenceId>'
           '<p:ActivityId xmlns:p="{0}" s:mustUnderstand="false">uuid:0</p:ActivityId>'
           '<wsman:OptionSet><wsman:Option Name="__MI_CallbackRegistration" Type="xs:int">11</wsman:Option>'
           '<wsman:Option Name="wmiarray:__MI_OPERATIONOPTIONS_CHANNELVALUE" Type="xs:unsignedInt">0</wsman:Option>'
           '<wsman:Option Name="wmiarray:__MI_OPERATIONOPTIONS_CHANNELVALUE" Type="xs:unsignedInt">1</wsman:Option>'
           '<wsman:Option Name="wmi:__MI_OPERATIONOPTIONS_WRITEERRORMODE" Type="xs:unsignedInt">1</wsman:Option>'
           '<wsman:Option Name="msftwinrm:UsePreciseArrays" Type="xs:boolean">true</wsman:Option></wsman:OptionSet>').format(P)
SETTING = 'CIM_VirtualSystemMigrationSettingData'


def served_classes():
    with open(os.path.join(TOP, 'cim', 'registry.c')) as f:
        rows = f.read().split('registry_rows[]')[1]
    return re.findall(r'(?:&cim_class_|LINKS\()(\w+)', rows) + ['CIM_ManagedElement', 'CIM_Dependency', 'CIM_Component']


def local(element):
    return element.tag.split('}')[-1]


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build, [('host2', 'test://%s/dst.xml' % HOSTS)]))

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def utf16(self, text):
        return self.c.post(b'\xff\xfe' + text.encode('utf-16-le'), content_type='application/soap+xml;charset=UTF-16',
                           headers=[('User-Agent', 'Microsoft WinRM Client'), ('Connection', 'Keep-Alive')])

    def every_reply(self):
        """One reply of each kind, as a client gets it that asks in UTF-8."""
        service, advisor = CIM + SERVICE, CIM + ADVISOR
        check = '<p:%s_INPUT xmlns:p="%s"><p:ComputerSystem>%s</p:ComputerSystem><p:DestinationHost>host2</p:DestinationHost></p:%s_INPUT>'
        rows = [(GET, CS, '', VM), (GET, CS, '', {**VM, 'Name': 'nobody'}), (GET, CIM + 'CIM_Unicorn', '', None), ('urn:x', CS, '', None),
                (ENUMERATION + 'Pull', CS, '<wsen:Pull/>', None),
                (service + '/' + CHECK, service, check % (CHECK, service, vm_reference(UUID), CHECK), None),
                (advisor + '/' + EXPLAIN, advisor, check % (EXPLAIN, advisor, vm_reference('lonely'), EXPLAIN), None)]
        rows += [(ENUMERATION + 'Enumerate', CIM + c, OPTIMIZED % 1000, None) for c in (
            'CIM_ManagedElement', 'CIM_ElementCapabilities', 'VSMIG_DestinationHost')]
        for action, resource, body, selectors in rows:
            with self.subTest((action, resource, selectors)):
                yield self.c.send(action, resource, body, selectors=selectors)
        with self.subTest('not well-formed'):
            yield self.c.post('<s:Envelope')


class Http(Wire):
    def test_one_record_and_no_more(self):
        """Head and body leave in one write: a reply is one TLS record. (TLS 1.2 has no tickets among the data.)"""
        context = ssl.create_default_context(cafile=self.daemon.cert)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        seen, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(seen, sent, server_hostname='localhost')
        records = []
        with socket.create_connection(('127.0.0.1', self.daemon.port), timeout=30) as sock:
            def step(call, *args):
                rest = b''
                while True:
                    try:
                        value = call(*args)
                    except ssl.SSLWantReadError:
                        value = None
                    sock.sendall(sent.read())
                    if value is not None:
                        return value
                    rest += sock.recv(65536)
                    while len(rest) >= 5 and len(rest) >= 5 + int.from_bytes(rest[3:5], 'big'):
                        n = 5 + int.from_bytes(rest[3:5], 'big')
                        records.append(rest[0])
                        seen.write(rest[:n])
                        rest = rest[n:]
            step(lambda: tls.do_handshake() or True)
            for text in (IDENTIFY, envelope(GET, CS, selectors=VM), envelope(GET, 'urn:x')):
                del records[:]
                body = text.encode()
                head = ('POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nAuthorization: %s\r\n'
                        'Content-Length: %d\r\n\r\n' % (self.daemon.authorization(), len(body))).encode()
                step(tls.write, head + body)
                reply = step(tls.read, 65536)
                head, rest = reply.split(b'\r\n\r\n', 1)
                self.assertEqual(int(re.search(rb'(?i)content-length: (\d+)', head).group(1)), len(rest))
                self.assertEqual(records, [23])

    def test_framing(self):
        for reply in self.every_reply():
            self.assertIn(reply.status, (200, 500))
            self.assertEqual(len(reply.headers['content-length']), 1)
            self.assertNotIn('transfer-encoding', reply.headers)
            self.assertNotEqual(reply.headers.get('connection', ['']), ['close'])
            self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-8'])

    def test_connection_is_kept(self):
        """As wsman goes about it: no login, then the same message with one; a fault; Enumerate, and the Pulls."""
        message = envelope(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate/>')
        self.c.authorization = None
        refused = self.c.post(message)
        self.assertEqual((refused.status, refused.headers['content-length']), (401, ['0']))
        self.assertEqual(refused.headers['www-authenticate'], ['Basic realm="WSMAN"'])
        sock = self.c.sock
        self.assertIsNotNone(sock)
        self.c.authorization = self.daemon.authorization()
        context = self.c.post(message).text('wsen:EnumerationContext')
        self.assertEqual(self.c.post('no XML').status, 500)
        self.assertEqual(self.c.post(IDENTIFY, content_type='text/xml').status, 415)
        seen = 0
        while context:
            reply = self.c.send(ENUMERATION + 'Pull', CS, '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>'
                                '<wsen:MaxElements>4</wsen:MaxElements></wsen:Pull>' % context)
            context = reply.text('wsen:EnumerationContext')
            # A context beside the end of the sequence would make wsman pull for ever.
            self.assertEqual(bool(context), reply.find('wsen:EndOfSequence') is None)
            seen += len(reply.find('wsen:Items'))
        self.assertEqual(seen, 9)
        self.assertIs(self.c.sock, sock)

    def test_schemes_that_are_not_offered(self):
        """The first leg of Negotiate has no body; a client certificate's hint has a URI for a scheme."""
        for value in ('Negotiate YII=', 'Kerberos YII=', 'Digest username="tester"', 'Basic', 'Basic !',
                      'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual'):
            with self.subTest(value):
                self.c.authorization = value
                reply = self.c.post('')
                self.assertEqual((reply.status, reply.body), (401, b''))
                self.assertEqual(reply.headers['www-authenticate'], ['Basic realm="WSMAN"'])
                self.assertIsNotNone(self.c.sock)

    def test_first_identify_within_a_second(self):
        """Test-WSMan waits for one second, and TLS and the slow hash of a password are within it."""
        daemon = Daemon(self.build)
        with open(os.path.join(daemon.dir.name, 'passwd'), 'w') as f:
            f.write('slow:%s\n' % crypt.crypt('yes, crypt', '$y$j9T$abcdefghijklmnopqrstu/'))
        with daemon:
            began = time.monotonic()
            with Client(daemon, daemon.authorization('slow', 'yes, crypt')) as c:
                self.assertEqual(c.post(IDENTIFY).status, 200)
            self.assertLess(time.monotonic() - began, 1 * (SLACK if SANITIZED else 1))

    def test_charsets(self):
        """However a client says it: UTF-16 in, UTF-16 with its mark out."""
        little, big = IDENTIFY.encode('utf-16-le'), IDENTIFY.encode('utf-16-be')
        rows = [('utf-16', b'\xff\xfe' + little), ('"UTF-16"', b'\xff\xfe' + little), ('UTF-16LE', b'\xff\xfe' + little),
                ('UTF-16', b'\xfe\xff' + big), ('UTF-16', little), ('UTF-16', big), ('UTF-16;action="x"', b'\xff\xfe' + little),
                ('UTF-16', b'\xff\xfe' + '<?xml version="1.0" encoding="UTF-16"?>'.encode('utf-16-le') + little)]
        for charset, body in rows:
            with self.subTest((charset, body[:4])):
                reply = self.c.post(body, content_type='application/soap+xml;charset=' + charset)
                self.assertEqual((reply.status, reply.body[:2]), (200, b'\xff\xfe'))
                self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-16'])

    def test_name_of_the_scheme_without_case(self):
        for name in ('basic', 'BASIC'):
            self.c.authorization = self.daemon.authorization().replace('Basic', name)
            self.assertEqual(self.c.post(IDENTIFY).status, 200)

    def test_paths(self):
        for path in ('/wsman', '/wsman/'):
            self.assertEqual(self.c.post(IDENTIFY, path=path).status, 200)


class Libmi(Wire):
    """The parser of libmi: 64 levels, 32 attributes, 32 namespaces, no numeric references."""

    def test_documents(self):
        for reply in self.every_reply():
            self.assertNotIn(reply.body[:3], (b'\xef\xbb\xbf',))
            self.assertNotRegex(reply.body, rb'&#|<!\[CDATA|<!DOCTYPE')
            scope, depth = [0], [0, 0]

            def start(name, attributes):
                depth[0] += 1
                depth[1] = max(depth)
                self.assertLessEqual(len(attributes), 32)
                scope.append(scope[-1] + sum(a.startswith('xmlns') for a in attributes[::2]))
                self.assertLessEqual(scope[-1], 32)

            def end(name):
                depth[0] -= 1
                scope.pop()
            parser = xml.parsers.expat.ParserCreate()
            parser.ordered_attributes = True
            parser.StartElementHandler, parser.EndElementHandler = start, end
            parser.Parse(reply.body, True)
            self.assertLessEqual(depth[1], 64)

    def test_types_end_in_type(self):
        for reply in self.every_reply():
            for element in reply.xml.iter():
                kind = element.get(q('xsi:type'))
                self.assertTrue(kind is None or kind.endswith('_Type'), kind)

    def test_references_are_direct(self):
        """In the value of a REF property an EndpointReference element would be read as NULL."""
        reply = self.c.send(ENUMERATION + 'Enumerate', CIM + 'CIM_ElementCapabilities', OPTIMIZED % 10)
        item = reply.find('wsman:Items')[0]
        for name in ('Capabilities', 'ManagedElement'):
            reference = item.find('{*}' + name)
            self.assertEqual([c.tag for c in reference], [q('wsa:Address'), q('wsa:ReferenceParameters')])
            parameters = reference.find(q('wsa:ReferenceParameters'))
            self.assertEqual([c.tag for c in parameters], [q('wsman:ResourceURI'), q('wsman:SelectorSet')])
            self.assertIn('__cimnamespace', [s.get('Name') for s in parameters[1]])

    def test_actions(self):
        for reply in self.every_reply():
            action = reply.text('wsa:Action')
            if reply.status == 500:
                self.assertIn(action, FAULT_ACTIONS)
                self.assertRegex(reply.text('s:Code/s:Value'), '^s:')
            elif 'cim-schema' in action:
                self.assertRegex(action, '^' + re.escape(CIM) + r'\w+/\w+Response$')

    def test_faults_carry_a_result(self):
        for reply in self.every_reply():
            if reply.status == 200:
                continue
            error = reply.xml.find('.//s:Detail/{*}OMI_Error', NS)
            self.assertEqual(error.get(q('wsmb:IsCIM_Error')), 'true')
            self.assertRegex(error.find('{*}MessageID').text, r'^OMI:MI_Result:\d+$')
            self.assertEqual(error.find('{*}Message').text, reply.text('s:Reason/s:Text'))

    def test_ends_of_sequences(self):
        """wsman:EndOfSequence after Enumerate, wsen:EndOfSequence after Pull; else libmi crashes."""
        reply = self.c.send(ENUMERATION + 'Enumerate', CS, OPTIMIZED % 1000)
        self.assertIsNotNone(reply.first().find(q('wsman:EndOfSequence')))
        reply = self.c.send(ENUMERATION + 'Enumerate', CS, OPTIMIZED % 1)
        context = reply.text('wsen:EnumerationContext')
        self.assertRegex(context, '^[A-Za-z0-9:-]+$')
        reply = self.c.send(ENUMERATION + 'Pull', CS, '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>'
                            '<wsen:MaxElements>1000</wsen:MaxElements></wsen:Pull>' % context)
        self.assertIsNotNone(reply.first().find(q('wsen:EndOfSequence')))
        body = ('<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>9</wsman:MaxElements><wsman:Filter Dialect='
                '"http://schemas.microsoft.com/wbem/wsman/1/WQL">select * from CIM_ComputerSystem where Name = "x"</wsman:Filter>'
                '</wsen:Enumerate>')
        reply = self.c.send(ENUMERATION + 'Enumerate', ALL, body)
        self.assertEqual(len(reply.find('wsman:Items')), 0)
        self.assertIsNotNone(reply.first().find(q('wsman:EndOfSequence')))

    def test_many_systems(self):
        """libmi asks for 1000 items in 102400 octets at most, and pulls on the same connection until the end."""
        domain = ("<domain type='test'><name>many%d</name><uuid>22222222-2222-4333-8444-%012d</uuid><memory>1024</memory>"
                  "<vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>")
        with tempfile.NamedTemporaryFile('w', suffix='.xml') as host:
            with open(os.path.join(HOSTS, 'src.xml')) as f:
                host.write(f.read().replace('</node>', ''.join(domain % (i, i) for i in range(300)) + '</node>'))
            host.flush()
            with Daemon(self.build, source='test://' + host.name) as daemon, Client(daemon) as c:
                reply = c.send(ENUMERATION + 'Enumerate', CS, OPTIMIZED % 1000, max_envelope='102400')
                seen, pages = len(reply.find('wsman:Items')), 1
                sock, context = c.sock, reply.text('wsen:EnumerationContext')
                while context:
                    self.assertLessEqual(len(reply.body), 102400)
                    reply = c.send(ENUMERATION + 'Pull', CS, '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>'
                                   '<wsen:MaxElements>1000</wsen:MaxElements></wsen:Pull>' % context, max_envelope='102400')
                    seen, pages = seen + len(reply.find('wsen:Items')), pages + 1
                    context = reply.text('wsen:EnumerationContext')
                self.assertEqual(seen, 309)
                self.assertGreater(pages, 3)
                self.assertIs(c.sock, sock)

    def enumerated(self, c, resource, namespace, query=''):
        """The replies, from Enumerate to the last Pull; none where there is no such class in the namespace."""
        options = {'selectors': {'__cimnamespace': namespace}}
        body = (OPTIMIZED % 1000).replace('</wsen:', query + '</wsen:')
        reply = c.send(ENUMERATION + 'Enumerate', resource, body, **options)
        while reply.status == 200:
            yield reply
            context = reply.text('wsen:EnumerationContext')
            if not context:
                return
            reply = c.send(ENUMERATION + 'Pull', resource, '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>'
                           '<wsen:MaxElements>1000</wsen:MaxElements></wsen:Pull>' % context, **options)

    def test_every_item_can_be_read(self):
        """libmi loses a reply where a reference comes behind a certain number of values (vsmig-cim(7), EXAMPLES)."""
        domain = ("<domain type='test'><name>some%d</name><uuid>44444444-2222-4333-8444-%012d</uuid><memory>1024</memory>"
                  "<vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>")
        unreadable = []
        with tempfile.NamedTemporaryFile('w', suffix='.xml') as host:
            with open(os.path.join(HOSTS, 'src.xml')) as f:
                host.write(f.read().replace('</node>', ''.join(domain % (i, i) for i in range(30)) + '</node>'))
            host.flush()
            with Daemon(self.build, [('host2', 'test://%s/dst.xml' % HOSTS)], source='test://' + host.name) as daemon, \
                    Client(daemon) as c, Client(daemon, agent='Microsoft WinRM Client') as windows:
                for namespace, name in itertools.product(('root/virtualization/v2', 'root/interop'), served_classes()):
                    with self.subTest((namespace, name)):
                        others = [(len(r.find('wsman:Items' if i == 0 else 'wsen:Items')), r)
                                  for i, r in enumerate(self.enumerated(windows, CIM + name, namespace))]
                        read = [libmi.items(r) for r in self.enumerated(c, CIM + name, namespace)]
                        self.assertEqual(sum(map(len, read)), sum(n for n, r in others))
                        # No more Pulls than others need, and nothing new for them.
                        self.assertEqual(len(read), len(others))
                        self.assertTrue(all(r.body.startswith(b'<s:') for n, r in others))
                        try:
                            for n, r in others:
                                libmi.items(r)
                        except libmi.Unreadable:
                            unreadable.append(name)
        self.assertIn('CIM_ServiceAffectsElement', unreadable)

    def test_pages_that_can_be_read(self):
        """With one value behind the references no reply could hold all items; each page begins anew."""
        query = ('<wsman:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">SELECT AffectedElement, ElementEffects '
                 'FROM CIM_ServiceAffectsElement</wsman:Filter>')
        read = [libmi.items(r) for r in self.enumerated(self.c, ALL, 'root/virtualization/v2', query)]
        self.assertEqual([len(page) for page in read], [7, 2])
        with Client(self.daemon, agent='x') as other:
            replies = list(self.enumerated(other, ALL, 'root/virtualization/v2', query))
        self.assertEqual([len(r.find('wsman:Items')) for r in replies], [9])
        self.assertRaises(libmi.Unreadable, libmi.items, replies[0])

    def test_keys_that_are_instances(self):
        """omicli writes a reference as a key like a property that holds an instance, without the namespace."""
        for name, namespace in (('CIM_ElementCapabilities', None), ('CIM_ElementConformsToProfile', None),
                                ('CIM_ElementConformsToProfile', 'root/interop'), ('CIM_ReferencedProfile', 'root/interop')):
            resource, selectors = CIM + name, {'__cimnamespace': namespace or 'root/virtualization/v2'}
            epr = self.c.send(ENUMERATION + 'Enumerate', resource, '<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:EnumerationMode>'
                              'EnumerateEPR</wsman:EnumerationMode></wsen:Enumerate>', selectors=selectors).find('wsman:Items')[0]
            keys = ''
            for key in epr.find(q('wsa:ReferenceParameters')).find(q('wsman:SelectorSet')):
                if key.get('Name') == '__cimnamespace':
                    continue
                of = key[0].find(q('wsa:ReferenceParameters'))
                uri = of.find(q('wsman:ResourceURI')).text
                inner = ''.join('<p:%s>%s</p:%s>' % (s.get('Name'), s.text, s.get('Name')) for s in of.find(q('wsman:SelectorSet'))
                                if s.get('Name') != '__cimnamespace')
                keys += '<wsman:{0} xmlns:p="{1}" xsi:type="p:{2}_Type">{3}</wsman:{0}>'.format(
                    key.get('Name'), uri, uri.rsplit('/', 1)[1], inner)
            for schema in (NS['xsi'], 'http://www.w3.org/2001/XMLSchema'):
                with self.subTest((name, namespace, schema)):
                    text = envelope(GET, resource, selectors=selectors).replace('xmlns:xsi="%s"' % NS['xsi'], 'xmlns:xsi="%s"' % schema)
                    reply = self.c.post(text.replace('</wsman:SelectorSet>', keys + '</wsman:SelectorSet>'))
                    self.assertEqual(reply.status, 200, reply.body[:2000])
                    self.assertEqual(local(reply.first()), name)
                    reply = self.c.post(text.replace('</wsman:SelectorSet>', keys.replace('vsmigd', 'other') + '</wsman:SelectorSet>'))
                    self.assertEqual(reply.status, 500)

    def test_keys_with_undeclared_prefixes(self):
        """libmi writes a reference as a key with prefixes that it declares nowhere; Get goes by them all the same."""
        resource = CIM + 'CIM_ElementCapabilities'
        epr = self.c.send(ENUMERATION + 'Enumerate', resource, '<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:EnumerationMode>'
                          'EnumerateEPR</wsman:EnumerationMode></wsen:Enumerate>').find('wsman:Items')[0]
        keys = ''
        for key in epr.find(q('wsa:ReferenceParameters')).find(q('wsman:SelectorSet')):
            if key.get('Name') == '__cimnamespace':
                continue
            of = key[0].find(q('wsa:ReferenceParameters'))
            inner = ''.join('<wsman:Selector Name="%s">%s</wsman:Selector>' % (s.get('Name'), s.text) for s in of.find(q('wsman:SelectorSet')))
            keys += ('<w:Selector Name="%s"><wsa:EndpointReference><wsa:Address>x</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>'
                     '%s</wsman:ResourceURI><wsman:SelectorSet>%s</wsman:SelectorSet></wsa:ReferenceParameters></wsa:EndpointReference>'
                     '</w:Selector>' % (key.get('Name'), of.find(q('wsman:ResourceURI')).text, inner))
        text = envelope(GET, resource, headers='(keys)')
        for prefix, other in (('wsa', 'a'), ('wsman', 'w')):
            text = text.replace('xmlns:%s=' % prefix, 'xmlns:%s=' % other)
            text = text.replace('<%s:' % prefix, '<%s:' % other).replace('</%s:' % prefix, '</%s:' % other)
        reply = self.c.post(text.replace('(keys)', '<w:SelectorSet>%s</w:SelectorSet>' % keys))
        self.assertEqual(reply.status, 200, reply.body[:2000])
        self.assertEqual(local(reply.first()), 'CIM_ElementCapabilities')

    def test_non_ascii_is_raw(self):
        for path in ('ElementName', 'ElementName/text()', '/'):
            reply = self.c.send(GET, CS, selectors={**VM, 'Name': '11111111-2222-4333-8444-000000000005'},
                                headers='<wsman:FragmentTransfer>%s</wsman:FragmentTransfer>' % path)
            self.assertIn('a&amp;b &lt;ü&gt;'.encode(), reply.body)
            self.assertNotIn(b'&#', reply.body)
        for reply in self.every_reply():
            if b'CIM_ManagedElement' in reply.body or b'>a&amp;b' in reply.body:
                self.assertIn('>a&amp;b &lt;ü&gt;<'.encode(), reply.body)


class Windows(Wire):
    def test_every_operation_in_utf16(self):
        rows = [(GET, CS, '', {**VM, **NAMESPACE}), (ENUMERATION + 'Enumerate', CS, OBJECT_AND_EPR % '', NAMESPACE),
                (CIM + SERVICE + '/' + CHECK, CIM + SERVICE, self.input('<p:DestinationHost>host2</p:DestinationHost>'), NAMESPACE)]
        for action, resource, body, selectors in rows:
            with self.subTest(action):
                reply = self.utf16(envelope(action, resource, body, selectors=selectors, headers=WINDOWS, timeout='PT60.000S',
                                            max_envelope='512000'))
                self.assertEqual((reply.status, reply.body[:2]), (200, b'\xff\xfe'))
                self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-16'])
                self.assertIsNotNone(reply.xml)

    def test_items_with_references(self):
        for prefix in (CIM, WMI, MICROSOFT):
            reply = self.c.send(ENUMERATION + 'Enumerate', prefix + 'CIM_ComputerSystem', OBJECT_AND_EPR % '', headers=WINDOWS)
            items = reply.find('wsman:Items')
            self.assertEqual({i.tag for i in items}, {q('wsman:Item')})
            for item in items:
                self.assertEqual([local(c) for c in item], ['CIM_ComputerSystem', 'EndpointReference'])
                self.assertEqual(item[0].tag, '{%sCIM_ComputerSystem}CIM_ComputerSystem' % prefix)
                self.assertEqual(item[0].get(q('xsi:type')), 'p:CIM_ComputerSystem_Type')
                self.assertEqual(item[1].find('.//' + q('wsman:ResourceURI')).text, prefix + 'CIM_ComputerSystem')
                keys = {s.get('Name'): s.text for s in item[1].iter(q('wsman:Selector'))}
                values = {local(v): v.text for v in item[0]}
                self.assertEqual(keys, {**NAMESPACE, **{k: values[k] for k in VM}})
            self.assertEqual(len(items), 9)

    def test_queries(self):
        """CimCmdlets ask under wscim/1/*, winrm under wmi/NAMESPACE/*; both with a projection, too."""
        for resource, selectors in ((ALL, NAMESPACE), (WMI + '*', None)):
            for text, want in (("SELECT * FROM CIM_ComputerSystem WHERE ElementName = 'web'", 1),
                               ('SELECT Name,ElementName FROM CIM_ComputerSystem', 9),
                               ("select * from CIM_ComputerSystem where ElementName like 'w%'", 1),
                               ('SELECT * FROM CIM_ComputerSystem WHERE EnabledState != 2 AND HealthState = 5', None)):
                with self.subTest((resource, text)):
                    body = OBJECT_AND_EPR % ('<wsman:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">%s'
                                             '</wsman:Filter>' % text)
                    reply = self.c.send(ENUMERATION + 'Enumerate', resource, body, selectors=selectors, headers=WINDOWS)
                    self.assertEqual(reply.status, 200, reply.body[:2000])
                    items = reply.find('wsman:Items')
                    self.assertTrue(all([local(c) for c in i][1:] == ['EndpointReference'] for i in items))
                    if want:
                        self.assertEqual(len(items), want)
                    prefix = resource[:-1] if 'wmi' in resource else CIM
                    self.assertTrue(all(i[1].find('.//' + q('wsman:ResourceURI')).text.startswith(prefix) for i in items))

    def test_class(self):
        """Windows asks for the class before it shows an instance; test_classes.py has the rest."""
        uri = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*'
        reply = self.c.send(GET, uri, selectors={**NAMESPACE, 'ClassName': SERVICE}, headers=WINDOWS)
        self.assertEqual((reply.status, reply.first().tag, reply.first().get('NAME')), (200, 'CLASS', SERVICE))
        reply = self.c.send(GET, uri, selectors={**NAMESPACE, 'ClassName': 'CIM_Nothing'}, headers=WINDOWS)
        self.assertEqual((reply.status, reply.fault()[1]), (500, 'wsa:DestinationUnreachable'))

    def test_resource_uris(self):
        for uri in (CS, CS + '?__cimnamespace=root/virtualization/v2', CS + '?__cimnamespace=root%2Fvirtualization%2Fv2',
                    'HTTP://Schemas.DMTF.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem', CIM + 'cim_computersystem',
                    MICROSOFT + 'CIM_ComputerSystem', WMI + 'CIM_ComputerSystem', WMI.replace('root/', 'Root/') + 'CIM_ComputerSystem'):
            with self.subTest(uri):
                reply = self.c.send(GET, uri, selectors=VM)
                self.assertEqual(reply.status, 200, reply.body[:2000])
                self.assertEqual(reply.first().tag.split('}')[0], '{' + re.sub('/[^/]*$', '/CIM_ComputerSystem', uri.split('?')[0]))
        query = '?CreationClassName=CIM_ComputerSystem&amp;Name=' + UUID
        for uri in (CS + query, WMI + 'CIM_ComputerSystem' + query):
            self.assertEqual(self.c.send(GET, uri).status, 200)

    def test_namespace_in_the_uri_of_a_method(self):
        uri = CIM + SERVICE + '?__cimnamespace=root/virtualization/v2'
        for action in (CIM + SERVICE + '/' + CHECK, uri + '/' + CHECK):
            reply = self.c.send(action, uri, self.input(''))
            self.assertEqual((reply.text('wsa:Action'), reply.output()), (action + 'Response', {'ReturnValue': '4'}))

    def test_one_namespace(self):
        for uri in (WMI + 'CIM_ComputerSystem', CS + '?__cimnamespace=root/virtualization/v2'):
            reply = self.c.send(GET, uri, selectors={**VM, '__cimnamespace': 'root/cimv2'})
            self.assertIn(reply.find('f:WSManFault').get('Code'), ('2150859067', '2150858811'))
            self.assertEqual(self.c.send(GET, uri, selectors={**VM, **NAMESPACE}).status, 200)

    def input(self, inner, name=CHECK + '_INPUT', uri=CIM + SERVICE, more=''):
        declared = '' if 'xmlns:xsi' in more else ' xmlns:xsi="%s"' % NS['xsi']
        return '<p:%s xmlns:p="%s"%s%s>%s</p:%s>' % (name, uri, declared, more, inner, name)

    def code(self, body, keys=None, uri=CIM + SERVICE):
        reply = self.c.send(uri + '/' + CHECK, uri, body, selectors=keys, headers=WINDOWS)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        return reply.output()['ReturnValue']

    def test_invoke_on_class_and_instance(self):
        body = self.input('<p:ComputerSystem>web</p:ComputerSystem><p:DestinationHost>host2</p:DestinationHost>')
        for keys in (None, NAMESPACE, self.daemon.service_keys(), {**NAMESPACE, **self.daemon.service_keys()}):
            self.assertEqual(self.code(body, keys), '0')

    def test_computer_system_in_each_shape(self):
        epr = vm_reference(UUID)
        instance = '<q:CreationClassName>CIM_ComputerSystem</q:CreationClassName><q:EnabledState>2</q:EnabledState><q:Name>%s</q:Name>' % UUID
        embedded = '<p:ComputerSystem xmlns:q="%s" xsi:type="%%s">%s</p:ComputerSystem>' % (CS, instance)
        path = 'CIM_ComputerSystem.CreationClassName="CIM_ComputerSystem",Name="%s"' % UUID
        rows = [('EPR children', '<p:ComputerSystem>%s</p:ComputerSystem>' % epr),
                ('EPR children, type', '<p:ComputerSystem xsi:type="cim:cimReference">%s</p:ComputerSystem>' % epr),
                ('EPR wrapped', '<p:ComputerSystem><wsa:EndpointReference>%s</wsa:EndpointReference></p:ComputerSystem>' % epr),
                ('EPR under wmi/', '<p:ComputerSystem>%s</p:ComputerSystem>' % epr.replace(CS, WMI + 'CIM_ComputerSystem')),
                ('EPR with namespace', '<p:ComputerSystem>%s</p:ComputerSystem>' % epr.replace(
                    '<wsman:SelectorSet>', '<wsman:SelectorSet><wsman:Selector Name="__cimnamespace">root/virtualization/v2</wsman:Selector>')),
                ('instance', embedded % 'q:CIM_ComputerSystem_Type'), ('instance, no prefix', embedded % 'CIM_ComputerSystem_Type'),
                ('instance as a child', '<p:ComputerSystem><q:CIM_ComputerSystem xmlns:q="%s" xsi:type="q:CIM_ComputerSystem_Type">%s'
                 '</q:CIM_ComputerSystem></p:ComputerSystem>' % (CS, instance)),
                ('undeclared prefixes', '<p:ComputerSystem>%s</p:ComputerSystem>' % epr),
                ('path', '<p:ComputerSystem>%s</p:ComputerSystem>' % path),
                ('path with namespace', '<p:ComputerSystem>root/virtualization/v2:%s</p:ComputerSystem>' % path),
                ('path of Windows', '<p:ComputerSystem>\\\\host\\root\\virtualization\\v2:%s</p:ComputerSystem>' % path),
                ('UUID', '<p:ComputerSystem>%s</p:ComputerSystem>' % UUID.upper()), ('name', '<p:ComputerSystem>web</p:ComputerSystem>'),
                ('name, spread', '<p:ComputerSystem>\r\n  web\r\n </p:ComputerSystem>')]
        for name, element in rows:
            with self.subTest(name):
                text = envelope(CIM + SERVICE + '/' + CHECK, CIM + SERVICE, self.input(element + '<p:DestinationHost>host2</p:DestinationHost>'))
                if name.startswith('undeclared'):
                    # As libmi does it: wsa: and wsman: are declared under other prefixes, and used all the same.
                    head, body = text.split('<s:Body>')
                    for prefix, other in (('wsa', 'a'), ('wsman', 'w')):
                        head = head.replace('xmlns:%s=' % prefix, 'xmlns:%s=' % other)
                        head = head.replace('<%s:' % prefix, '<%s:' % other).replace('</%s:' % prefix, '</%s:' % other)
                    text = head + '<s:Body>' + body
                reply = self.c.post(text)
                self.assertEqual(reply.status, 200, reply.body[:3000])
                self.assertEqual(reply.output(), {'ReturnValue': '0', 'IsMigratable': 'true'})

    def test_bodies_of_an_invoke(self):
        inner = '<p:ComputerSystem>web</p:ComputerSystem><p:DestinationHost>host2</p:DestinationHost>'
        rows = [self.input(inner), self.input(inner, more=' xsi:type="%s_INPUT_Type"' % CHECK), self.input(inner, name=CHECK),
                self.input(inner, uri='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CimMethodParametersCollection'),
                self.input(inner, uri=''.join((CIM, SERVICE, '?x=y'))), self.input(inner).replace('p:', '').replace('xmlns:p=', 'xmlns='),
                self.input(inner.replace('ComputerSystem>', 'COMPUTERSYSTEM>')),
                self.input(inner.replace('<p:DestinationHost>', '<p:DestinationHost xsi:type="cim:cimString">')),
                self.input(inner.replace('>host2<', '>\n host2 \n<')),
                self.input(inner + '<p:Unknown>1</p:Unknown>'),
                self.input(inner + '<p:MigrationSettingData xsi:nil="true"/><p:NewSystemSettingData xsi:nil="true"/>'),
                self.input(inner + '<p:MigrationSettingData xsi:nil="true"/>', more=' xmlns:xsi="http://www.w3.org/2001/XMLSchema"'),
                self.input(inner + '<p:NewResourceSettingData p:IsNullArray="true" xsi:nil="true"/>'),
                self.input(inner + '<p:NewResourceSettingData xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" '
                           'm:IsNullArray="false"/>')]
        for body in rows:
            with self.subTest(body):
                self.assertEqual(self.code(body), '0')
        self.assertEqual(self.code(''), '4')
        self.assertEqual(self.code('<p:%s_INPUT xmlns:p="x"/>' % CHECK), '4')

    def test_settings_in_each_spelling(self):
        """Live is 2 (or 32768 of the vendor's); a value outside of the ValueMap shows that the text was read."""
        cimxml = '<INSTANCE CLASSNAME="%s"><PROPERTY NAME="MigrationType" TYPE="uint16"><VALUE>%%s</VALUE></PROPERTY></INSTANCE>' % SETTING
        escape = lambda t: t.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
        uri = CIM + SETTING
        rows = [('CIM-XML', escape(cimxml)), ('CIM-XML in CDATA', '<![CDATA[%s]]>' % cimxml),
                ('MOF', 'instance of %s {\n MigrationType = %%s;\n};' % SETTING),
                ('child', '<q:%s xmlns:q="%s" xsi:type="q:%s_Type"><q:MigrationType>%%s</q:MigrationType></q:%s>' % (SETTING, uri, SETTING, SETTING))]
        rows = [(name, '<p:MigrationSettingData>%s</p:MigrationSettingData>' % text) for name, text in rows]
        for kind in ('q:%s_Type' % SETTING, '%s_Type' % SETTING):
            rows.append((kind, '<p:MigrationSettingData xmlns:q="%s" xsi:type="%s"><q:MigrationType>%%s</q:MigrationType>'
                         '</p:MigrationSettingData>' % (uri, kind)))
        for name, element in rows:
            for value, want in (('2', '0'), ('999', '4')):
                with self.subTest((name, value)):
                    body = self.input('<p:ComputerSystem>web</p:ComputerSystem><p:DestinationHost>host2</p:DestinationHost>' + element % value)
                    self.assertEqual(self.code(body), want)

    def test_fault_numbers(self):
        """(what is asked, SOAP code, subcode, detail, Windows' number) of CLIENTS 4.4; Machine is required."""
        wrong = dict(VM, Name='nobody')
        bad = '<wsen:Enumerate><wsman:Filter Dialect="%s">%s</wsman:Filter></wsen:Enumerate>'
        wql = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
        enumerate_ = ENUMERATION + 'Enumerate'
        service = CIM + SERVICE
        rows = [(dict(action=GET, selectors=wrong), 's:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI', 2150858752),
                (dict(action=GET, selectors={'Name': 'x'}), 's:Sender', 'wsman:InvalidSelectors', 'InsufficientSelectors', 2150858842),
                (dict(action=service + '/Fly', resource=service), 's:Sender', 'wsa:ActionNotSupported', None, 2150858753),
                (dict(action='urn:x'), 's:Sender', 'wsa:ActionNotSupported', None, 2150858771),
                (dict(action=ENUMERATION + 'Pull', body='<wsen:Pull/>'), 's:Receiver', 'wsen:InvalidEnumerationContext', None, 2150858779),
                (dict(action=enumerate_, body=bad % (wql, 'x')), 's:Sender', 'wsen:CannotProcessFilter', None, 2150858778),
                (dict(action=enumerate_, body=bad % ('urn:x', 'x')), 's:Sender', 'wsen:FilterDialectRequestedUnavailable', None, 2150858777),
                (dict(action=GET, selectors=VM, timeout='PT0S'), 's:Receiver', 'wsman:TimedOut', None, 2150858793),
                (dict(action=enumerate_, body='<x/>'), 's:Sender', 'wsman:SchemaValidationError', None, 2150858817),
                (dict(action=GET, headers='<x s:mustUnderstand="1"/>'), 's:MustUnderstand', None, None, 2150858768)]
        for request, code, subcode, detail, number in rows:
            with self.subTest(number):
                reply = self.c.send(request.pop('action'), request.pop('resource', CS), request.pop('body', ''), **request)
                self.assertEqual((reply.status, reply.fault()), (500, (code, subcode, detail)))
                error = reply.xml.find('.//s:Detail/f:WSManFault', NS)
                self.assertEqual((error.get('Code'), error.get('Machine')), (str(number), self.daemon.name))
                self.assertEqual(local(error[0]), 'Message')
                self.assertTrue(error[0].text)
                self.assertEqual(reply.find('s:Reason/s:Text').get('{http://www.w3.org/XML/1998/namespace}lang'), 'en-US')

    def test_put_of_a_whole_document(self):
        """Set-WSManInstance sends back what Get gave: refused as an action, not as a document."""
        reply = self.c.send(GET, CS, selectors=VM)
        text = ET.tostring(reply.first(), encoding='unicode')
        reply = self.c.send(TRANSFER + 'Put', CS, text, selectors=VM, headers=WINDOWS)
        self.assertEqual(reply.fault(), ('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch'))


class Wsmancli(Wire):
    """wsman of wsmancli: a namespace given with -N or in the URI, and what it makes of options."""

    def test_pull_by_another_spelling(self):
        """The client writes ?selectors in any order, or as a header, in each message anew."""
        spellings = [(CS, NAMESPACE), (CS + '?__cimnamespace=root/virtualization/v2', None), (CS, None),
                     (CS + '?__cimnamespace=root%2Fvirtualization%2Fv2', NAMESPACE)]
        for first, selectors in spellings:
            for then, others in spellings:
                with self.subTest((first, then)):
                    context = self.c.send(ENUMERATION + 'Enumerate', first, '<wsen:Enumerate/>', selectors=selectors).text(
                        'wsen:EnumerationContext')
                    body = '<wsen:%s><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:%s>'
                    reply = self.c.send(ENUMERATION + 'Pull', then, body % ('Pull', context, 'Pull'), selectors=others)
                    self.assertEqual(len(reply.find('wsen:Items')), 1)
                    reply = self.c.send(ENUMERATION + 'Release', then, body % ('Release', context, 'Release'), selectors=others)
                    self.assertEqual(reply.status, 200)

    def test_every_header_must_be_understood(self):
        text = envelope(GET, CS, selectors=VM, timeout='PT1.500000S', max_envelope='51200')
        for name in ('wsa:To', 'wsa:MessageID', 'wsa:ReplyTo', 'wsman:OperationTimeout', 'wsman:SelectorSet'):
            text = text.replace('<%s>' % name, '<%s s:mustUnderstand="true">' % name)
        self.assertEqual(self.c.post(text).status, 200)

    def test_the_same_message_twice(self):
        """The retry with a login has the MessageID of the message that was refused."""
        text = envelope(GET, CS, selectors=VM, message_id='uuid:twice')
        for _ in range(2):
            self.assertEqual(self.c.post(text).text('wsa:RelatesTo'), 'uuid:twice')

    def test_an_action_given_whole(self):
        """-a with a slash: the action as it is, and an empty body; a property without a value: an empty element."""
        uri = CIM + SERVICE
        for body in ('', '<n1:%s_INPUT xmlns:n1="%s"/>' % (CHECK, uri), '<n1:%s_INPUT xmlns:n1="%s"><n1:DestinationHost/></n1:%s_INPUT>' % (CHECK, uri, CHECK)):
            self.assertEqual(self.c.send(uri + '/' + CHECK, uri, body).output(), {'ReturnValue': '4'})


if __name__ == '__main__':
    unittest.main()
