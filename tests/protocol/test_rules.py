"""DSP0226 by its rules, each in UTF-8 and in UTF-16. The table in vsmig-cim(7) names these tests."""
import glob
import os
import re
import unittest

from harness import (ADVISOR, ANON, CHECK, CIM, ENUMERATION, HOSTS, IDENTIFY, NS, SERVICE, TOP, TRANSFER, WMI,
                     Client, Daemon, arguments, envelope, q)

CS = CIM + 'CIM_ComputerSystem'
GET = TRANSFER + 'Get'
ENUMERATE = ENUMERATION + 'Enumerate'
EVENTING = 'http://schemas.xmlsoap.org/ws/2004/08/eventing/'
PULL = ENUMERATION + 'Pull'
RELEASE = ENUMERATION + 'Release'
VM = {'CreationClassName': 'CIM_ComputerSystem', 'Name': '11111111-2222-4333-8444-000000000001'}
SYSTEMS = 9
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
CQL = 'http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf'
SELECTORS = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter'
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
ADDRESSING_FAULT = NS['wsa'] + '/fault'
WSMAN_FAULT = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault'
LANG = '{http://www.w3.org/XML/1998/namespace}lang'
# What a request may carry and a reply does not repeat.
ONLY_IN_REQUESTS = ('ResourceURI', 'SelectorSet', 'OptionSet', 'ReplyTo', 'FaultTo', 'OperationTimeout', 'MaxEnvelopeSize')


def names(element):
    return [child.tag.split('}')[1] for child in element]


def enumerate_body(inner=''):
    return '<wsen:Enumerate>%s</wsen:Enumerate>' % inner


def optimized(most=100, inner=''):
    return enumerate_body('<wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements>%s' % (most, inner))


def context_body(action, context, inner=''):
    return ('<wsen:%s><wsen:EnumerationContext>%s</wsen:EnumerationContext>%s</wsen:%s>' % (action, context, inner, action))


class Rules(unittest.TestCase):
    utf16 = False

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS)])
        cls.daemon.write_passwords({Daemon.user: Daemon.password, 'second': 'two'})
        cls.enterClassContext(cls.daemon)

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def post(self, text, client=None, **options):
        kind = 'application/soap+xml;charset=' + ('UTF-16' if self.utf16 else 'UTF-8')
        body = b'\xff\xfe' + text.encode('utf-16-le') if self.utf16 else text.encode()
        reply = (client or self.c).post(body, content_type=kind, **options)
        if reply.body:
            self.assertEqual(reply.headers['content-type'], [kind])
            self.assertEqual(reply.body[:2] == b'\xff\xfe', self.utf16)
        return reply

    def send(self, action=GET, resource=CS, body='', client=None, **options):
        """Sends, and looks at what holds for every reply."""
        self.request = envelope(action, resource, body, **options)
        reply = self.post(self.request, client)
        root = reply.xml
        header = root.find('s:Header', NS)
        self.assertEqual(names(root), ['Header', 'Body'])
        self.assertEqual(root.get(LANG), 'en-US')
        self.assertEqual(names(header)[:3], ['To', 'Action', 'MessageID'])
        self.assertEqual(reply.text('wsa:To'), ANON)
        self.assertFalse(set(names(header)) & set(ONLY_IN_REQUESTS))
        return reply

    def fault(self, want, *args, action=WSMAN_FAULT, **options):
        """Sends what must fail as `want` says, with the layout of DSP0226 14.2."""
        reply = self.send(*args, **options)
        self.assertEqual(reply.fault(), want, reply.body[:3000])
        self.assertEqual((reply.status, reply.text('wsa:Action')), (500, action))
        fault = reply.first()
        self.assertEqual(fault.tag, q('s:Fault'))
        self.assertEqual(names(fault), ['Code', 'Reason', 'Detail'])
        self.assertEqual(names(fault[0]), ['Value', 'Subcode'] if want[1] else ['Value'])
        self.assertEqual(fault[1][0].get(LANG), 'en-US')
        self.assertLessEqual(len(reply.body), 4096 * (2 if self.utf16 else 1))
        return reply

    def get(self, headers='', **options):
        options.setdefault('selectors', VM)
        reply = self.send(headers=headers, **options)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        self.assertEqual(reply.first().tag, '{%s}CIM_ComputerSystem' % CS)
        return reply

    def items(self, reply, prefix):
        return reply.find(prefix + ':Items')

    def open(self, **options):
        return self.send(ENUMERATE, body=enumerate_body(), **options).text('wsen:EnumerationContext')

    def pull(self, context, inner='', **options):
        return self.send(PULL, body=context_body('Pull', context, inner), **options)

    # 5 Addressing

    def test_R5_1_1_3_references_last(self):
        """A reference is as good after the service was started anew."""
        body = optimized(inner='<wsman:EnumerationMode>EnumerateEPR</wsman:EnumerationMode>')
        eprs = self.items(self.send(ENUMERATE, CIM + 'CIM_ManagedElement', body), 'wsman')
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)]) as other, Client(other) as c:
            for epr in eprs:
                selectors = {s.get('Name'): s.text for s in epr.iter(q('wsman:Selector'))}
                resource = epr.find('.//' + q('wsman:ResourceURI')).text
                with self.subTest(resource):
                    self.assertEqual(c.send(GET, resource, selectors=selectors).status, 200)

    def test_R5_1_2_1_resource_uri(self):
        bad = ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')
        for action, body in ((GET, ''), (ENUMERATE, enumerate_body()), (PULL, context_body('Pull', 'x')),
                             (RELEASE, context_body('Release', 'x'))):
            for resource in (None, 'urn:x', CIM + 'CIM_Unicorn', CIM, CIM + 'a b', CS + '/' + CHECK, ' '):
                with self.subTest((action, resource)):
                    self.fault(bad, action, resource, body, action=ADDRESSING_FAULT)

    def test_R5_1_2_2_selectors(self):
        selectors = dict(VM)
        one = lambda name, value: '<wsman:Selector Name="%s">%s</wsman:Selector>' % (name, value)
        rows = [('InsufficientSelectors', one('Name', 'x')),
                ('InsufficientSelectors', ''),
                ('UnexpectedSelectors', ''.join(one(*s) for s in selectors.items()) + one('ElementName', 'web')),
                ('DuplicateSelectors', ''.join(one(*s) for s in selectors.items()) + one('Name', VM['Name'])),
                ('TypeMismatch', one('CreationClassName', 'CIM_ComputerSystem') + one('Name', '<x/>')),
                ('TypeMismatch', one('CreationClassName', 'CIM_ComputerSystem') + one('Name', '<wsa:EndpointReference/>'))]
        for detail, inner in rows:
            with self.subTest(detail):
                self.fault(('s:Sender', 'wsman:InvalidSelectors', detail),
                           headers='<wsman:SelectorSet>%s</wsman:SelectorSet>' % inner)
        self.fault(('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI'), action=ADDRESSING_FAULT,
                   selectors={**VM, 'Name': 'nobody'})

    def test_R5_1_2_2_case(self):
        self.get(selectors={'NAME': VM['Name'], 'creationclassname': 'cim_computersystem'})

    def test_R5_2_1_must_understand_of_addressing(self):
        request = envelope(GET, CS, selectors=VM, headers='<wsa:RelatesTo s:mustUnderstand="1">uuid:0</wsa:RelatesTo>')
        for name in ('To', 'MessageID', 'ReplyTo'):
            request = request.replace('<wsa:%s>' % name, '<wsa:%s s:mustUnderstand="true">' % name)
        self.assertEqual(self.post(request).status, 200)

    def test_R5_2_2_not_understood(self):
        for value in ('true', '1', ' true '):
            with self.subTest(value):
                reply = self.fault(('s:MustUnderstand', None, None), action=ADDRESSING_FAULT, selectors=VM,
                                   headers='<u:Fly xmlns:u="urn:u" s:mustUnderstand="%s"/>' % value)
                node = reply.find('s:NotUnderstood')
                self.assertIsNotNone(node)
                prefix, local = node.get('qname').split(':')
                self.assertEqual(local, 'Fly')
                text = reply.body.decode('utf-16' if self.utf16 else 'utf-8')
                self.assertIn('xmlns:%s="urn:u"' % prefix, text)

    def test_R5_2_2_not_ours_to_understand(self):
        for attributes in ('', 's:mustUnderstand="false"', 's:mustUnderstand="0"',
                           's:mustUnderstand="1" s:role="%s/role/none"' % NS['s'],
                           's:mustUnderstand="1" s:role="urn:proxy"'):
            with self.subTest(attributes):
                self.get('<u:Fly xmlns:u="urn:u" %s/>' % attributes)

    def test_R5_3_1_to(self):
        self.fault(('s:Sender', 'wsa:MessageInformationHeaderRequired', None), action=ADDRESSING_FAULT, to=None)
        for to in ('HTTPS://other.example:1234/wsman/', 'http://[::1]/x', ANON):
            with self.subTest(to):
                self.get(to=to)

    def test_R5_3_3_instance_not_found(self):
        self.fault(('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI'), action=ADDRESSING_FAULT,
                   selectors={**VM, '__cimnamespace': 'root/elsewhere'})

    def test_R5_4_1_1_relates_to_in_a_request(self):
        self.get('<wsa:RelatesTo>uuid:1</wsa:RelatesTo>')

    def test_R5_4_2_reply_to(self):
        self.fault(('s:Sender', 'wsa:MessageInformationHeaderRequired', None), action=ADDRESSING_FAULT, reply_to=None)
        self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'AddressingMode'), reply_to='http://192.0.2.1/sink')

    def test_R5_4_2_5_reply_parameters(self):
        inner = '<wsa:ReferenceParameters><u:Tag xmlns:u="urn:u" a="1">x<u:y/></u:Tag></wsa:ReferenceParameters>'
        text = envelope(GET, CS, selectors=VM).replace('</wsa:ReplyTo>', inner + '</wsa:ReplyTo>')
        header = self.post(text).xml.find('s:Header', NS)
        tag = header.find('{urn:u}Tag')
        self.assertEqual((tag.get('a'), tag.text, names(tag)), ('1', 'x', ['y']))
        self.assertIsNotNone(self.post(text.replace(VM['Name'], 'nobody')).xml.find('s:Header/{urn:u}Tag', NS))
        reply = self.post(text.replace('a="1">x', 'a="\u00e9\u20ac">\u00fc'))
        tag = reply.xml.find('s:Header/{urn:u}Tag', NS)
        self.assertEqual((tag.get('a'), tag.text), ('\u00e9\u20ac', '\u00fc'))
        self.assertNotIn('&#', reply.body.decode('utf-16' if self.utf16 else 'utf-8'))

    def test_R5_4_3_fault_to(self):
        to = '<wsa:FaultTo><wsa:Address>%s</wsa:Address>%s</wsa:FaultTo>'
        self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'AddressingMode'),
                   headers=to % ('http://192.0.2.1/', ''), selectors=VM)
        tag = '<wsa:ReferenceParameters><u:Mine xmlns:u="urn:u">7</u:Mine></wsa:ReferenceParameters>'
        self.assertIsNone(self.get(to % (ANON, tag)).xml.find('s:Header/{urn:u}Mine', NS))
        reply = self.fault(('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI'), action=ADDRESSING_FAULT,
                           headers=to % (ANON, tag), selectors={**VM, 'Name': 'nobody'})
        self.assertEqual(reply.xml.find('s:Header/{urn:u}Mine', NS).text, '7')

    def test_R5_4_4_message_id(self):
        seen = set()
        for name in ('uuid:Mixed-Case', 'urn:uuid:0', 'http://example.org/a?b=c&amp;d'):
            for selectors in (VM, {**VM, 'Name': 'nobody'}):
                with self.subTest((name, selectors)):
                    reply = self.send(message_id=name, selectors=selectors)
                    self.assertEqual(reply.text('wsa:RelatesTo'), name.replace('&amp;', '&'))
                    seen.add(reply.text('wsa:MessageID').lower())
        self.assertEqual(len(seen), 6)
        for name in (None, ' '):
            self.fault(('s:Sender', 'wsa:InvalidMessageInformationHeader', None), action=ADDRESSING_FAULT, message_id=name)

    def test_R5_4_5_2_action(self):
        rows = [('http://example.org/Fly', None), (NS['wsen'] + '/Renew', None), (NS['wsen'] + '/GetStatus', None),
                (EVENTING + 'Subscribe', 'ActionMismatch'), (EVENTING + 'SubscriptionEnd', None), (CS + '/Fly', None),
                (TRANSFER + 'Put', 'ActionMismatch'), (TRANSFER + 'Create', 'ActionMismatch'),
                (TRANSFER + 'Delete', 'ActionMismatch'), (CIM + SERVICE + '/' + CHECK, 'ActionMismatch')]
        for action, detail in rows:
            with self.subTest(action):
                reply = self.fault(('s:Sender', 'wsa:ActionNotSupported', detail), action, action=ADDRESSING_FAULT)
                self.assertEqual(reply.find('s:Detail/wsa:Action').text, action)

    def test_R5_4_6_from(self):
        self.get('<wsa:From s:mustUnderstand="true"><wsa:Address>urn:me</wsa:Address></wsa:From>')

    # 6 Control headers

    def test_R6_1_operation_timeout(self):
        for text in ('PT60S', 'PT60.000S', 'PT60.000000S', 'PT2147483.647S', 'P0Y0M1DT2H', ' PT1M '):
            with self.subTest(text):
                self.get(timeout=text)
        for text in ('60', 'PT', 'P1S', '-PT5S', ''):
            with self.subTest(text):
                self.fault(('s:Sender', 'wsa:InvalidMessageInformationHeader', 'InvalidTimeout'),
                           action=ADDRESSING_FAULT, timeout=text)
        self.fault(('s:Receiver', 'wsman:TimedOut', None), selectors=VM, timeout='PT0S')

    def test_R6_1_5_operation_timeout_must_be_understood(self):
        self.get('<wsman:OperationTimeout s:mustUnderstand="true">PT5S</wsman:OperationTimeout>')

    def test_R6_2_1_max_envelope_size(self):
        """What cannot fit is a fault that says so; the answer of Explain is longer than 8192."""
        keys = self.daemon.service_keys(cls=ADVISOR)
        method = 'ExplainVirtualSystemIsMigratableToHost'
        body = '<p:%s_INPUT xmlns:p="%s%s">%s</p:%s_INPUT>' % (method, CIM, ADVISOR, arguments('lonely', 'good'), method)
        uri = CIM + ADVISOR
        self.assertGreater(len(self.send(uri + '/' + method, uri, body, selectors=keys).body), 8192)
        self.fault(('s:Sender', 'wsman:EncodingLimit', 'MaxEnvelopeSize'), uri + '/' + method, uri, body,
                   selectors=keys, max_envelope='8192')

    def test_R6_2_4_smallest_envelope(self):
        self.fault(('s:Sender', 'wsman:EncodingLimit', 'MinimumEnvelopeLimit'), max_envelope='8191', selectors=VM)
        self.get(max_envelope='51200')

    def test_R6_2_5_own_limit(self):
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)], '[limits]\nmax_envelope = 8k\n') as small:
            with Client(small) as c:
                reply = c.explain('lonely', 'good')
                self.assertEqual(reply.fault(), ('s:Sender', 'wsman:EncodingLimit', 'ServiceEnvelopeLimit'))

    def test_R6_2_6_policy(self):
        self.get('<wsman:MaxEnvelopeSize Policy="Skip">512000</wsman:MaxEnvelopeSize>')

    def test_R6_3_locale(self):
        p = 'xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"'
        self.get('<wsman:Locale xml:lang="de-DE" s:mustUnderstand="false"/><m:DataLocale %s xml:lang="fr"/>' % p)
        self.get('<wsman:Locale xml:lang="en-GB" s:mustUnderstand="true"/>')
        for block in ('<wsman:Locale xml:lang="de-DE" s:mustUnderstand="true"/>', '<wsman:Locale s:mustUnderstand="true"/>',
                      '<m:DataLocale %s xml:lang="fr" s:mustUnderstand="1"/>' % p):
            with self.subTest(block):
                self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'DataLocale' if 'DataLocale' in block else 'Locale'),
                           headers=block, selectors=VM)

    def test_R6_4_options(self):
        some = ''.join('<wsman:Option Name="%s" Type="xs:int">%d</wsman:Option>' % o for o in (('a', 1), ('a', 2), ('A', 3)))
        for must in ('', ' s:mustUnderstand="true"'):
            self.get('<wsman:OptionSet%s>%s</wsman:OptionSet>' % (must, some))
        self.get('<wsman:OptionSet><wsman:Option Name="a" MustComply="false" xsi:nil="true"/></wsman:OptionSet>')
        for option, detail in (('Name="a" MustComply="true"', 'NotSupported'), ('Name="a" MustComply="1"', 'NotSupported'),
                               ('Name=""', 'InvalidName')):
            with self.subTest(option):
                self.fault(('s:Sender', 'wsman:InvalidOptions', detail), selectors=VM,
                           headers='<wsman:OptionSet><wsman:Option %s>1</wsman:Option></wsman:OptionSet>' % option)

    def test_R6_5_request_epr(self):
        reply = self.get('<wsman:RequestEPR/>')
        epr = reply.xml.find('s:Header/wsman:RequestedEPR/wsa:EndpointReference', NS)
        selectors = {s.get('Name'): s.text for s in epr.iter(q('wsman:Selector'))}
        self.assertEqual(selectors, {**VM, '__cimnamespace': 'root/virtualization/v2'})
        self.assertEqual(epr.find('.//' + q('wsman:ResourceURI')).text, CS)
        reply = self.send(ENUMERATE, body=enumerate_body(), headers='<wsman:RequestEPR/>')
        self.assertIsNotNone(reply.xml.find('s:Header/wsman:RequestedEPR/wsman:EPRUnknown', NS))

    # 7 Resource access

    def test_R7_3_get(self):
        reply = self.get()
        self.assertEqual(reply.text('wsa:Action'), TRANSFER + 'GetResponse')
        properties = [(p.tag, (p.text or ''), p.get(q('xsi:nil'))) for p in reply.first()]
        self.assertTrue(all(tag.startswith('{%s}' % CS) for tag, _, _ in properties))
        self.assertTrue(all(text or nil == 'true' for _, text, nil in properties))
        again = [(p.tag, (p.text or ''), p.get(q('xsi:nil'))) for p in self.get().first()]
        self.assertEqual(properties, again)

    def fragment(self, path, attributes='', **options):
        header = '<wsman:FragmentTransfer s:mustUnderstand="true"%s>%s</wsman:FragmentTransfer>' % (attributes, path)
        options.setdefault('selectors', VM)
        return dict(headers=header, **options)

    def cut(self, path, attributes='', **options):
        """The wsman:XmlFragment of a Get."""
        reply = self.send(**self.fragment(path, attributes, **options))
        self.assertEqual(reply.status, 200, reply.body[:3000])
        self.assertEqual(reply.text('wsa:Action'), TRANSFER + 'GetResponse')
        self.assertEqual(reply.xml.find('s:Header/wsman:FragmentTransfer', NS).text, path)
        self.assertEqual(reply.first().tag, q('wsman:XmlFragment'))
        return reply.first()

    def test_R7_7_1_fragment(self):
        """No operation passes the header over."""
        level = ('s:Sender', 'wsman:UnsupportedFeature', 'FragmentLevelAccess')
        for must in ('true', 'false'):
            header = '<wsman:FragmentTransfer s:mustUnderstand="%s">Name</wsman:FragmentTransfer>' % must
            self.fault(level, ENUMERATE, body=enumerate_body(), headers=header)
            self.fault(level, CIM + SERVICE + '/' + CHECK, CIM + SERVICE, headers=header)
            self.assertEqual(self.send(headers=header, selectors=VM).first().tag, q('wsman:XmlFragment'))

    def test_R7_7_2_get(self):
        whole = self.get().first()
        array = [p.text for p in whole if p.tag.endswith('}OperationalStatus')]
        for path, want in (('Name', [('{%s}Name' % CS, VM['Name'])]), ('/CIM_ComputerSystem/Name', [('{%s}Name' % CS, VM['Name'])]),
                           ('OperationalStatus', [('{%s}OperationalStatus' % CS, v) for v in array]),
                           ('OperationalStatus[1]', [('{%s}OperationalStatus' % CS, array[0])])):
            with self.subTest(path):
                self.assertEqual([(c.tag, c.text) for c in self.cut(path)], want)
        for path in ('/', '.', '/CIM_ComputerSystem'):
            fragment = self.cut(path)
            self.assertEqual([c.tag for c in fragment], [whole.tag])
            self.assertEqual([(c.tag, c.text) for c in fragment[0]], [(c.tag, c.text) for c in whole])
        self.assertEqual(self.cut('Colour').get(q('xsi:nil')), 'true')

    def test_R7_7_3_xpath(self):
        xpath = ' Dialect="http://www.w3.org/TR/1999/REC-xpath-19991116"'
        for declared in (xpath, xpath + ' xmlns:c="%s"' % CS):
            path = 'c:Name' if 'xmlns' in declared else 'Name'
            self.assertEqual([c.text for c in self.cut(path, declared)], [VM['Name']])
        self.assertEqual(self.cut('c:Name', ' xmlns:c="urn:other"').get(q('xsi:nil')), 'true')

    def test_R7_7_4_dialect(self):
        reply = self.fault(('s:Sender', 'wsman:FragmentDialectNotSupported', None), **self.fragment('Name', ' Dialect="urn:x"'))
        self.assertEqual(reply.text('s:Detail/wsman:FragmentDialect'), 'http://www.w3.org/TR/1999/REC-xpath-19991116')

    def test_R7_7_5_fragments_of_put(self):
        fragment = '<wsman:XmlFragment>x</wsman:XmlFragment>'
        for name in ('Put', 'Create'):
            for body in ('', '<x/>'):
                self.fault(('s:Sender', 'wxf:InvalidRepresentation', 'InvalidFragment'), TRANSFER + name, body=body,
                           **self.fragment('ElementName'))
            self.fault(('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch'), TRANSFER + name, body=fragment,
                       action=ADDRESSING_FAULT, **self.fragment('ElementName'))

    def test_R7_7_6_text(self):
        self.assertEqual((self.cut('Name/text()').text, len(self.cut('Name/text()'))), (VM['Name'], 0))
        self.assertEqual(self.cut('OperationalStatus[1]/text()').text,
                         self.get().first().find('{*}OperationalStatus').text)
        self.assertEqual(self.cut('InstallDate/text()').get(q('xsi:nil')), 'true')
        self.assertEqual(self.cut('@xsi:type').text, 'p:CIM_ComputerSystem_Type')

    def test_R7_7_7_too_complex(self):
        for path in ('//Name', 'Name[text()="x"]', 'Name | ElementName', 'count(Name)', '../x', 'a:', 'nothing:Name', '', 'x' * 2000):
            with self.subTest(path):
                self.fault(('s:Sender', 'wsman:CannotProcessFilter', None), **self.fragment(path))

    # 8 Enumeration

    def test_R8_1_6_same_credentials(self):
        context = self.open()
        with Client(self.daemon, self.daemon.authorization('second', 'two')) as other:
            reply = self.send(PULL, body=context_body('Pull', context), client=other)
            self.assertEqual(reply.fault()[1], 'wsman:AccessDenied')
        self.assertEqual(len(self.items(self.pull(context), 'wsen')), 1)

    def test_R8_2_1_1_end_to(self):
        self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'AddressingMode'), ENUMERATE,
                   body=enumerate_body('<wsen:EndTo><wsa:Address>http://192.0.2.1/</wsa:Address></wsen:EndTo>'))

    def test_R8_2_1_2_expires(self):
        for text in ('PT30S', 'P1D', '2099-01-01T00:00:00Z'):
            with self.subTest(text):
                reply = self.send(ENUMERATE, body=enumerate_body('<wsen:Expires>%s</wsen:Expires>' % text))
                self.assertEqual(names(reply.first()), ['Expires', 'EnumerationContext'])
                self.assertRegex(reply.text('wsen:Expires'), '^PT')
        for text in ('', 'soon', '-PT1S', 'PT0S', '1999-01-01T00:00:00Z'):
            with self.subTest(text):
                self.fault(('s:Sender', 'wsen:InvalidExpirationTime', None), ENUMERATE,
                           body=enumerate_body('<wsen:Expires>%s</wsen:Expires>' % text))

    def test_R8_2_1_3_filter(self):
        rows = [('wsen:CannotProcessFilter', WQL, '<x/>'), ('wsen:CannotProcessFilter', WQL, 'select'),
                ('wsen:CannotProcessFilter', WQL, 'select * from CIM_Unicorn'),
                ('wsen:CannotProcessFilter', WQL, 'select * from CIM_ComputerSystem where Colour = 1'),
                ('wsen:CannotProcessFilter', WQL, 'select * from CIM_VirtualSystemMigrationService'),
                ('wsen:CannotProcessFilter', WQL, ''),
                ('wsen:FilterDialectRequestedUnavailable', 'http://www.w3.org/TR/1999/REC-xpath-19991116', '/')]
        for prefix in ('wsen', 'wsman'):
            for code, dialect, text in rows:
                with self.subTest((prefix, text)):
                    body = enumerate_body('<%s:Filter Dialect="%s">%s</%s:Filter>' % (prefix, dialect, text, prefix))
                    self.fault(('s:Sender', code, None), ENUMERATE, body=body)
            # XPath is meant when no dialect is named.
            reply = self.fault(('s:Sender', 'wsen:FilterDialectRequestedUnavailable', None), ENUMERATE,
                               body=enumerate_body('<%s:Filter>/</%s:Filter>' % (prefix, prefix)))
            offered = [n.text for n in reply.xml.findall('.//s:Detail/wsen:SupportedDialect', NS)]
            self.assertLessEqual({WQL, CQL, SELECTORS}, set(offered))
            body = optimized(inner='<%s:Filter Dialect="%s">select * from CIM_ComputerSystem where EnabledState = 3'
                             '</%s:Filter>' % (prefix, WQL, prefix))
            for resource in (CS, ALL, WMI + '*'):
                items = self.items(self.send(ENUMERATE, resource, body), 'wsman')
                self.assertEqual([i.find('{*}ElementName').text for i in items], ['off'])

    def test_R8_2_1_5_filter_required(self):
        self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'FilteringRequired'), ENUMERATE, ALL, enumerate_body())

    def test_R8_2_2_estimate(self):
        ask = '<wsman:RequestTotalItemsCountEstimate/>'
        total = 's:Header/wsman:TotalItemsCountEstimate'
        reply = self.send(ENUMERATE, body=enumerate_body(), headers=ask)
        self.assertEqual(reply.xml.find(total, NS).text, str(SYSTEMS))
        context = reply.text('wsen:EnumerationContext')
        self.assertEqual(self.pull(context, headers=ask).xml.find(total, NS).text, str(SYSTEMS))
        self.assertIsNone(self.pull(context).xml.find(total, NS))
        self.assertIsNone(self.send(ENUMERATE, body=enumerate_body()).xml.find(total, NS))

    def test_R8_2_3_optimized(self):
        self.assertEqual(names(self.send(ENUMERATE, body=enumerate_body()).first()), ['EnumerationContext'])
        # MaxElements without optimisation means nothing; with it, and without MaxElements, one item.
        reply = self.send(ENUMERATE, body=enumerate_body('<wsman:MaxElements>5</wsman:MaxElements>'))
        self.assertEqual(names(reply.first()), ['EnumerationContext'])
        reply = self.send(ENUMERATE, body=enumerate_body('<wsman:OptimizeEnumeration/>'))
        self.assertEqual(names(reply.first()), ['EnumerationContext', 'Items'])
        self.assertEqual(len(self.items(reply, 'wsman')), 1)
        reply = self.send(ENUMERATE, body=optimized(SYSTEMS - 1))
        self.assertEqual((names(reply.first()), len(self.items(reply, 'wsman'))),
                         (['EnumerationContext', 'Items'], SYSTEMS - 1))
        for most in (SYSTEMS, 100, 4294967295):
            response = self.send(ENUMERATE, body=optimized(most)).first()
            self.assertEqual([c.tag for c in response],
                             [q('wsen:EnumerationContext'), q('wsman:Items'), q('wsman:EndOfSequence')])
            self.assertEqual((response[0].text, len(response[1])), (None, SYSTEMS))
        for most in (0, -1):
            self.fault(('s:Sender', 'wsman:SchemaValidationError', None), ENUMERATE, body=optimized(most))

    def test_R8_3_3_two_filters(self):
        two = ''.join('<%s:Filter Dialect="%s">select * from CIM_ComputerSystem</%s:Filter>' % (p, WQL, p)
                      for p in ('wsen', 'wsman'))
        self.fault(('s:Sender', 'wsen:CannotProcessFilter', None), ENUMERATE, body=enumerate_body(two))

    def test_R8_4_pull(self):
        context = self.open()
        reply = self.pull(context)
        self.assertEqual([c.tag for c in reply.first()], [q('wsen:EnumerationContext'), q('wsen:Items')])
        self.assertEqual(len(self.items(reply, 'wsen')), 1)
        reply = self.pull(reply.text('wsen:EnumerationContext'), '<wsen:MaxTime>PT5S</wsen:MaxTime>'
                          '<wsen:MaxElements>100000</wsen:MaxElements>', timeout='PT5S')
        self.assertEqual([c.tag for c in reply.first()], [q('wsen:Items'), q('wsen:EndOfSequence')])
        self.assertEqual(len(self.items(reply, 'wsen')), SYSTEMS - 1)
        self.fault(('s:Receiver', 'wsen:InvalidEnumerationContext', None), PULL, body=context_body('Pull', context))

    def test_R8_4_1_max_characters(self):
        context = self.open()
        most = '<wsen:MaxElements>9</wsen:MaxElements><wsen:MaxCharacters>%d</wsen:MaxCharacters>'
        self.assertLess(len(self.items(self.pull(context, most % 6000), 'wsen')), SYSTEMS)
        self.assertEqual(len(self.items(self.pull(context, most % 1), 'wsen')), 1)

    def test_R8_4_3_context_survives_a_fault(self):
        context = self.open()
        self.fault(('s:Sender', 'wsman:SchemaValidationError', None), PULL,
                   body=context_body('Pull', context, '<wsen:MaxElements>none</wsen:MaxElements>'))
        self.assertEqual(len(self.items(self.pull(context), 'wsen')), 1)

    def test_R8_4_5_epr_of_a_pull(self):
        for action in ('Pull', 'Release'):
            context = self.open()
            body = context_body(action, context)
            required = ('s:Sender', 'wsa:MessageInformationHeaderRequired', None)
            for resource, selectors in ((CIM + SERVICE, None), (ALL, None), (CS, VM)):
                with self.subTest((action, resource)):
                    self.fault(required, ENUMERATION + action, resource, body, action=ADDRESSING_FAULT, selectors=selectors)
            reply = self.send(ENUMERATION + action, CS, body, selectors={'__cimnamespace': 'root/virtualization/v2'})
            self.assertEqual(reply.status, 200)

    def test_R8_4_11_context_required(self):
        self.fault(('s:Receiver', 'wsen:InvalidEnumerationContext', None), PULL, body='<wsen:Pull/>')
        self.fault(('s:Sender', 'wsman:SchemaValidationError', None), PULL)

    def test_R8_5_release(self):
        context = self.open()
        reply = self.send(RELEASE, body=context_body('Release', context))
        self.assertEqual((reply.status, reply.text('wsa:Action'), reply.first()), (200, RELEASE + 'Response', None))
        for action in ('Pull', 'Release'):
            self.fault(('s:Receiver', 'wsen:InvalidEnumerationContext', None), ENUMERATION + action,
                       body=context_body(action, context))

    def test_R8_6_projection(self):
        body = optimized(inner='<wsman:Filter Dialect="%s">select Name, EnabledState from CIM_ComputerSystem where ElementName '
                         '= "off"</wsman:Filter>' % WQL)
        items = self.items(self.send(ENUMERATE, ALL, body), 'wsman')
        self.assertEqual([i.tag for i in items], [q('wsman:XmlFragment')])
        self.assertEqual(names(items[0]), ['EnabledState', 'Name'])
        self.assertEqual({c.tag.split('}')[0] for c in items[0]}, {'{' + CS})

    def test_R8_7_modes(self):
        mode = '<wsman:EnumerationMode>%s</wsman:EnumerationMode>'
        items = self.items(self.send(ENUMERATE, body=optimized(inner=mode % 'EnumerateEPR')), 'wsman')
        self.assertEqual({i.tag for i in items}, {q('wsa:EndpointReference')})
        items = self.items(self.send(ENUMERATE, body=optimized(inner=mode % 'EnumerateObjectAndEPR')), 'wsman')
        self.assertEqual({i.tag for i in items}, {q('wsman:Item')})
        self.assertEqual({tuple(c.tag for c in i) for i in items}, {('{%s}CIM_ComputerSystem' % CS, q('wsa:EndpointReference'))})
        context = self.send(ENUMERATE, body=enumerate_body(mode % 'EnumerateEPR')).text('wsen:EnumerationContext')
        self.assertEqual(self.items(self.pull(context), 'wsen')[0].tag, q('wsa:EndpointReference'))
        for text in ('EnumerateDreams', ''):
            self.fault(('s:Sender', 'wsman:UnsupportedFeature', 'EnumerationMode'), ENUMERATE, body=enumerate_body(mode % text))

    def test_DSP0227_all_classes(self):
        for resource in (ALL, WMI + '*'):
            for name in ('Get', 'Put', 'Create', 'Delete'):
                with self.subTest((resource, name)):
                    self.fault(('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch'), TRANSFER + name, resource,
                               action=ADDRESSING_FAULT)

    def test_DSP0227_polymorphism(self):
        mode = '<wsmb:PolymorphismMode>%s</wsmb:PolymorphismMode>'
        rows = [('IncludeSubClassProperties', {SERVICE, ADVISOR}), ('ExcludeSubClassProperties', {'CIM_Service'}), ('None', set())]
        for text, want in rows:
            with self.subTest(text):
                items = self.items(self.send(ENUMERATE, CIM + 'CIM_Service', optimized(inner=mode % text)), 'wsman')
                self.assertEqual(set(names(items)), want)
        self.fault(('s:Sender', 'wsmb:PolymorphismModeNotSupported', None), ENUMERATE, CS, optimized(inner=mode % 'Sideways'))

    # 9 Methods

    def invoke(self, element, resource=CIM + SERVICE, method=CHECK, **options):
        action = resource.split('?')[0] + '/' + method
        body = element % arguments(VM['Name'], 'good') if element else ''
        return self.send(action, resource, body, **options)

    def test_R9_methods(self):
        element = '<p:%s_INPUT xmlns:p="%s%s">%%s</p:%s_INPUT>' % (CHECK, CIM, SERVICE, CHECK)
        for prefix in (CIM, WMI, 'http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/'):
            with self.subTest(prefix):
                reply = self.invoke(element, prefix + SERVICE)
                self.assertEqual(reply.text('wsa:Action'), prefix + SERVICE + '/' + CHECK + 'Response')
                self.assertEqual(reply.first().tag, '{%s%s}%s_OUTPUT' % (prefix, SERVICE, CHECK))
                self.assertEqual([(c.tag, c.text) for c in reply.first()],
                                 [('{%s%s}ReturnValue' % (prefix, SERVICE), '0'), ('{%s%s}IsMigratable' % (prefix, SERVICE), 'true')])

    def test_R9_3_wrong_parameters(self):
        uri = CIM + SERVICE
        self.fault(('s:Sender', 'wsman:InvalidParameter', 'InvalidName'), uri + '/' + CHECK, uri, '<p:Other_INPUT xmlns:p="urn:x"/>')
        for inner in ('<DestinationHost><x/></DestinationHost>',
                      '<DestinationHost>a</DestinationHost><DestinationHost>b</DestinationHost>'):
            self.fault(('s:Sender', 'wsman:InvalidParameter', 'TypeMismatch'), uri + '/' + CHECK, uri,
                       '<p:%s_INPUT xmlns:p="%s">%s</p:%s_INPUT>' % (CHECK, uri, inner, CHECK))

    # Annex E, and the dialects of filters

    def found(self, text, dialect=WQL, resource=CS):
        """The names of what a filter lets through, sorted."""
        inner = '<wsman:Filter Dialect="%s">%s</wsman:Filter>' % (dialect, text)
        reply = self.send(ENUMERATE, resource, optimized(inner=inner))
        self.assertEqual(reply.status, 200, reply.body[:3000])
        return sorted(i.find('{*}ElementName').text or '' for i in self.items(reply, 'wsman'))

    def test_filter_wql(self):
        start = 'select * from CIM_ComputerSystem where '
        everything = self.found('select * from CIM_ComputerSystem')
        off, web = ['off'], ['web']
        rows = [("EnabledState = 3", off), ("3 = EnabledState", off), ("EnabledState &lt; 3 and ElementName = 'web'", web),
                ("EnabledState &gt;= 3 and EnabledState &lt;= 3", off), ("not EnabledState &lt;&gt; 3", off),
                ("ElementName like 'w_b'", web), ("ElementName like '[^a-v]eb'", web), ("(ElementName='web' or ElementName='off')", ['off', 'web']),
                ("ElementName='web' or ElementName='off' and EnabledState=2", web), ("InstallDate is null", everything),
                ("InstallDate is not null", []), ("__CLASS = 'CIM_ComputerSystem'", everything), ("__CLASS = 'CIM_Service'", []),
                ("__THIS isa 'CIM_System' and ElementName=\"web\"", web), ("ElementName = 'it\\'s' or ElementName = 'it''s'", [])]
        for text, want in rows:
            with self.subTest(text):
                self.assertEqual(self.found(start + text), want)

    def test_filter_cql(self):
        for text in ("SELECT * FROM CIM_ComputerSystem WHERE ElementName = 'web'",
                     "SELECT s.* FROM CIM_ComputerSystem AS s WHERE s ISA CIM_System AND s.ElementName = 'web'",
                     "SELECT Name, ElementName FROM CIM_ComputerSystem WHERE CIM_ComputerSystem.ElementName = 'web'"):
            for resource in (CS, ALL):
                with self.subTest((text, resource)):
                    self.assertEqual(self.found(text, CQL, resource), ['web'])
        self.fault(('s:Sender', 'wsen:CannotProcessFilter', None), ENUMERATE, ALL, enumerate_body(
            '<wsman:Filter Dialect="%s">SELECT COUNT(*) FROM CIM_ComputerSystem</wsman:Filter>' % CQL))

    def selectors(self, **values):
        return '<wsman:SelectorSet>%s</wsman:SelectorSet>' % ''.join(
            '<wsman:Selector Name="%s">%s</wsman:Selector>' % pair for pair in values.items())

    def refuse_selectors(self, inner, detail=None):
        return self.fault(('s:Sender', 'wsen:CannotProcessFilter', detail), ENUMERATE, body=enumerate_body(
            '<wsman:Filter Dialect="%s">%s</wsman:Filter>' % (SELECTORS, inner)))

    def test_RE_1_unsupported_name(self):
        reply = self.refuse_selectors(self.selectors(Colour='red'))
        offered = [n.text for n in reply.xml.findall('.//s:Detail/wsman:SupportedSelectorName', NS)]
        self.assertLessEqual({'CreationClassName', 'Name', 'ElementName', 'EnabledState'}, set(offered))
        for name in offered:
            with self.subTest(name):
                self.found(self.selectors(**{name: 'x'}), SELECTORS)

    def test_RE_2_equal_values(self):
        self.assertEqual(self.found(self.selectors(ElementName='web'), SELECTORS), ['web'])
        self.assertEqual(self.found(self.selectors(elementname='off', EnabledState='3'), SELECTORS), ['off'])
        self.assertEqual(self.found(self.selectors(ElementName='off', EnabledState='2'), SELECTORS), [])
        self.assertEqual(self.found(self.selectors(ElementName='w%'), SELECTORS), [])

    def test_RE_4_arrays(self):
        every = self.found('select * from CIM_ComputerSystem where OperationalStatus = 2')
        self.assertTrue(every)
        self.assertEqual(self.found(self.selectors(OperationalStatus='2'), SELECTORS), every)

    def test_RE_5_bad_selectors(self):
        self.refuse_selectors('<wsman:SelectorSet/>')
        self.refuse_selectors('Name')
        self.refuse_selectors(self.selectors(Name='x') * 2)
        twice = self.selectors(Name='x').replace('</wsman:SelectorSet>', '<wsman:Selector Name="Name">y</wsman:Selector></wsman:SelectorSet>')
        self.refuse_selectors(twice, 'DuplicateSelectors')

    # 11 Identify

    def test_R11_identify(self):
        odd = '<s:Header><u:Fly xmlns:u="urn:u" s:mustUnderstand="%s"/><wsa:Action xmlns:wsa="' + NS['wsa'] + '">x</wsa:Action></s:Header>'
        for header in ('<s:Header/>', '', odd % 'false', odd % 'true'):
            with self.subTest(header):
                reply = self.post(IDENTIFY.replace('<s:Header/>', header))
                self.assertEqual(reply.status, 200)
                response = reply.first()
                self.assertEqual(response.tag, q('wsmid:IdentifyResponse'))
                self.assertEqual(response[-1].tag, q('wsmb:Capability_FaultIncludesCIMError'))
                self.assertEqual({c.tag.split('}')[0] for c in response[:-1]}, {'{' + NS['wsmid']})
                self.assertEqual(names(response)[:-1], ['ProtocolVersion', 'ProductVendor', 'ProductVersion', 'SecurityProfiles'])
                self.assertEqual(len(reply.xml.find('s:Header', NS)), 0)

    def test_R11_4_identify_without_login(self):
        with Client(self.daemon, None) as anybody:
            for path, headers in (('/wsman-anon/identify', []), ('/wsman', [('WSMANIDENTIFY', 'unauthenticated')])):
                reply = self.post(IDENTIFY, anybody, path=path, headers=headers)
                self.assertEqual(reply.status, 200)
                self.assertEqual(names(reply.first()), ['ProtocolVersion', 'ProductVendor'])
            self.assertEqual(anybody.post(IDENTIFY).status, 401)

    # 13 and annex C

    def test_R13_1_1_soap_version(self):
        reply = self.post(envelope(GET, CS).replace(NS['s'], 'http://schemas.xmlsoap.org/soap/envelope/'))
        self.assertEqual((reply.status, reply.fault()), (500, ('s:VersionMismatch', None, None)))
        supported = reply.xml.find('s:Header/s:Upgrade/s:SupportedEnvelope', NS)
        self.assertEqual(supported.get('qname'), 's:Envelope')

    def test_R13_1_9_twice(self):
        invalid = ('s:Sender', 'wsa:InvalidMessageInformationHeader', None)
        for block in ('<wsa:To>x</wsa:To>', '<wsa:Action>x</wsa:Action>', '<wsa:MessageID>x</wsa:MessageID>',
                      '<wsman:ResourceURI>x</wsman:ResourceURI>', '<wsman:OperationTimeout>PT1S</wsman:OperationTimeout>' * 2,
                      '<wsman:SelectorSet/><wsman:SelectorSet/>', '<wsa:Fly/><wsa:Fly/>', '<wsman:Fly/><wsman:Fly>1</wsman:Fly>',
                      '<e:Fly xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing"/>' * 2):
            with self.subTest(block):
                self.fault(invalid, headers=block, action=ADDRESSING_FAULT)
        self.get('<u:Fly xmlns:u="urn:u"/>' * 2 + '<wsa:Fly/><wsman:Fly/>')

    def test_R13_1_10_white_space(self):
        text = envelope(GET, CS, selectors=VM, timeout='PT9S', max_envelope='512000')
        text = re.sub(r'>([^<>]+)<', r'>\n\t \1 \r\n<', text)
        reply = self.post(text)
        self.assertEqual(reply.status, 200, reply.body[:2000])
        self.assertNotRegex(reply.text('wsa:RelatesTo'), r'\s')

    def test_R13_1_11_comments(self):
        text = envelope(GET, CS, selectors=VM)
        text = re.sub(r'(<[a-z]+:[A-Za-z]+[^>]*>)', r'\1<!-- <x> --><?pi y?>', text).replace('CIM_Comp', 'CIM_<!-- z -->Comp')
        self.assertEqual(self.post(text).status, 200)

    def test_R13_4_1_uri_limit(self):
        limit = ('s:Sender', 'wsman:EncodingLimit', 'URILimitExceeded')
        self.fault(limit, GET, CIM + 'x' * 2048)
        self.fault(limit, CIM + 'x' * 2048)
        self.fault(limit, to='http://x/' + 'x' * 2048)

    def test_R13_4_limits(self):
        selector = '<wsman:Selector Name="%s">%s</wsman:Selector>'
        option = '<wsman:Option Name="%s">%s</wsman:Option>'
        long, longer = 'n' * 2049, 'v' * 4097
        rows = [('SelectorLimit', 'SelectorSet', selector % (long, '')), ('SelectorLimit', 'SelectorSet', selector % ('n', longer)),
                ('SelectorLimit', 'SelectorSet', ''.join(selector % (i, '') for i in range(1000))),
                ('OptionLimit', 'OptionSet', option % (long, '')), ('OptionLimit', 'OptionSet', option % ('n', longer)),
                ('OptionLimit', 'OptionSet', ''.join(option % (i, '') for i in range(1000)))]
        for detail, block, inner in rows:
            with self.subTest((detail, len(inner))):
                self.fault(('s:Sender', 'wsman:EncodingLimit', detail), headers='<wsman:%s>%s</wsman:%s>' % (block, inner, block))

    def test_R14_4_nothing_to_relate_to(self):
        reply = self.post('<s:Envelope xmlns:s="%s"><s:Header>' % NS['s'])
        self.assertEqual((reply.status, reply.fault()[1]), (500, 'wsman:SchemaValidationError'))
        self.assertIsNone(reply.find('wsa:RelatesTo'))
        self.assertTrue(reply.text('wsa:MessageID'))

    def test_RC_2_12_action_in_http(self):
        text = envelope(GET, CS, selectors=VM)
        for action, want in ((GET, 200), ('"%s"' % GET, 200), ('""', 200), ('"urn:other"', 500), ('urn:other', 500)):
            with self.subTest(action):
                reply = self.post(text, headers=[('SOAPAction', action)])
                self.assertEqual(reply.status, want)
                if want == 500:
                    self.assertEqual(reply.fault()[1], 'wsa:ActionNotSupported')

    def test_R14_6_usual_prefixes(self):
        """Our prefixes are the usual ones: some clients compare names of faults as text."""
        reply = self.fault(('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI'), GET, 'urn:x', action=ADDRESSING_FAULT)
        text = reply.body.decode('utf-16' if self.utf16 else 'utf-8')
        for prefix in ('s', 'wsa', 'wsman', 'wsen', 'wxf', 'wsmb', 'wsmid'):
            self.assertRegex(text, 'xmlns:%s="' % prefix)


class RulesUtf16(Rules):
    utf16 = True

    def test_R13_1_7_big_endian(self):
        body = b'\xfe\xff' + envelope(GET, CS, selectors=VM).encode('utf-16-be')
        reply = self.c.post(body, content_type='application/soap+xml;charset=UTF-16')
        self.assertEqual((reply.status, reply.body[:2]), (200, b'\xff\xfe'))

    def test_R13_1_8_mark_against_charset(self):
        text = envelope(GET, CS, selectors=VM)
        for body, charset in ((b'\xff\xfe' + text.encode('utf-16-le'), 'UTF-8'), (text.encode(), 'UTF-16')):
            with self.subTest(charset):
                self.assertEqual(self.c.post(body, content_type='application/soap+xml;charset=' + charset).status, 400)

    def test_R13_1_5_charset_that_is_not_here(self):
        reply = self.c.post(envelope(GET, CS).encode('latin-1'), content_type='application/soap+xml;charset=ISO-8859-1')
        self.assertEqual((reply.status, reply.fault()), (500, ('s:Sender', 'wsman:EncodingLimit', 'CharacterSet')))
        self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-8'])


class Manual(unittest.TestCase):
    """vsmig-cim(7) against what is there."""

    @classmethod
    def setUpClass(cls):
        with open(os.path.join(TOP, 'cim', 'vsmig-cim.7')) as f:
            cls.page = f.read()

    def test_conformance(self):
        table = self.page.split('.Ss Conformance\n')[1].split('.El')[0]
        tests = set()
        for path in glob.glob(os.path.join(TOP, 'tests', 'protocol', 'test_*.py')):
            with open(path) as f:
                tests |= set(re.findall(r'def (test_\w+)', f.read()))
        named = set(re.findall(r'\btest_\w+\b(?!\.py)', table))
        # Each test of a rule is the proof of something; the other way round, see tests/unit/wsman_manual.c.
        self.assertEqual({t for t in tests if re.match('test_R[0-9CE]_?', t)} - named, set())
        binding = set(re.findall(r'\btest_\w+', self.page.split('.Ss Conformance to the CIM')[1]))
        self.assertEqual(binding - tests, set())
        for path in re.findall(r'\.Pa (tests/\S+)', self.page):
            self.assertTrue(os.path.exists(os.path.join(TOP, path)), path)

    def test_classes_and_keys(self):
        entries = self.page.split('.Ss Classes and keys')[1].split('.El')[0].split('.It Vt ')[1:]
        told = {e.split('\n')[0]: set(re.findall(r'^\.Va (\w+)', e, re.M)) for e in entries}
        body = optimized(1000, '<wsman:EnumerationMode>EnumerateEPR</wsman:EnumerationMode>')
        seen = {}
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)]) as daemon, Client(daemon) as c:
            for cls in ('CIM_ManagedElement', 'CIM_ElementCapabilities'):
                for epr in c.send(ENUMERATE, CIM + cls, body).find('wsman:Items'):
                    parameters = epr.find(q('wsa:ReferenceParameters'))
                    name = parameters.find(q('wsman:ResourceURI')).text.split('/')[-1]
                    seen[name] = {s.get('Name') for s in parameters.find(q('wsman:SelectorSet'))} - {'__cimnamespace'}
        self.assertEqual(set(told), set(seen))
        for name, keys in seen.items():
            self.assertLessEqual(keys, told[name], name)


if __name__ == '__main__':
    unittest.main()
