"""Get, Enumerate, Pull, Release, Identify: structure, limits, ownership of contexts."""
import unittest

from harness import (ADVISOR, ANON, CIM, ENUMERATION, FAULT_DETAIL, HOSTS, IDENTIFY, NS, SERVICE, TRANSFER, WMI,
                     Client, Daemon, q)

CS = CIM + 'CIM_ComputerSystem'
VM = {'CreationClassName': 'CIM_ComputerSystem', 'Name': '11111111-2222-4333-8444-000000000001'}


def enumerate_body(optimize=False, most=None, mode=None, extra=''):
    text = '<wsen:Enumerate>'
    if optimize:
        text += '<wsman:OptimizeEnumeration/>'
    if most:
        text += '<wsman:MaxElements>%d</wsman:MaxElements>' % most
    if mode:
        text += '<wsman:EnumerationMode>%s</wsman:EnumerationMode>' % mode
    return text + extra + '</wsen:Enumerate>'


def pull_body(context, most=None, extra=''):
    return ('<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>%s%s</wsen:Pull>' % (
        context, extra, '<wsen:MaxElements>%d</wsen:MaxElements>' % most if most else ''))


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS)],
                            '[limits]\nmax_contexts = 5\ncontext_idle = 2s\n')
        cls.daemon.write_passwords({Daemon.user: Daemon.password, 'second': 'two'})
        cls.enterClassContext(cls.daemon)

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def enumerate(self, cls='CIM_ComputerSystem', prefix=CIM, **options):
        headers = options.pop('headers', '')
        size = options.pop('max_envelope', None)
        return self.c.send(ENUMERATION + 'Enumerate', prefix + cls, enumerate_body(**options), headers=headers, max_envelope=size)

    def pull(self, context, most=None, cls='CIM_ComputerSystem', extra='', **options):
        return self.c.send(ENUMERATION + 'Pull', CIM + cls, pull_body(context, most, extra), **options)

    def test_headers_of_a_reply(self):
        reply = self.c.send(TRANSFER + 'Get', CS, selectors=VM, message_id='uuid:My-ID-1')
        self.assertEqual(reply.text('wsa:RelatesTo'), 'uuid:My-ID-1')
        self.assertEqual(reply.text('wsa:Action'), TRANSFER + 'GetResponse')
        self.assertEqual(reply.text('wsa:To'), ANON)
        other = self.c.send(TRANSFER + 'Get', CS, selectors=VM)
        self.assertNotEqual(reply.text('wsa:MessageID'), other.text('wsa:MessageID'))
        # Clients compare fault names as text: the prefixes are the usual ones.
        self.assertIn(b'<s:Envelope', reply.body)
        self.assertIn(b'<wsa:Action', reply.body)
        self.assertNotRegex(reply.body, rb'&#')

    def test_get(self):
        reply = self.c.send(TRANSFER + 'Get', CS, selectors=VM)
        instance = reply.first()
        self.assertEqual(instance.tag, '{%s}CIM_ComputerSystem' % CS)
        names = [p.tag.split('}')[1] for p in instance]
        self.assertEqual(names, sorted(names))
        values = {p.tag.split('}')[1]: p.text for p in instance}
        self.assertEqual((values['Name'], values['ElementName'], values['EnabledState']), (VM['Name'], 'web', '2'))

    def test_get_names_without_case(self):
        keys = {k.upper(): v.upper() for k, v in VM.items()}
        self.assertEqual(self.c.send(TRANSFER + 'Get', CS, selectors=keys).status, 200)

    def test_get_by_each_uri(self):
        for prefix in (CIM, WMI, 'http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/'):
            with self.subTest(prefix):
                reply = self.c.send(TRANSFER + 'Get', prefix + 'CIM_ComputerSystem', selectors=VM)
                self.assertEqual(reply.first().tag, '{%sCIM_ComputerSystem}CIM_ComputerSystem' % prefix)

    def test_get_every_instance_that_is_enumerated(self):
        """An EPR that the service hands out is accepted back and means the same."""
        for cls in (SERVICE, ADVISOR, 'CIM_ComputerSystem', 'CIM_VirtualSystemMigrationCapabilities', 'CIM_ElementCapabilities',
                    'CIM_ManagedElement'):
            reply = self.enumerate(cls, optimize=True, most=100, mode='EnumerateObjectAndEPR')
            items = reply.first().find('{*}Items')
            self.assertGreater(len(items), 0, cls)
            for instance, epr in items:
                with self.subTest(instance.tag):
                    uri = epr.find('.//' + q('wsman:ResourceURI')).text
                    selectors = epr.find('.//' + q('wsman:SelectorSet'))
                    import xml.etree.ElementTree as ET
                    header = ET.tostring(selectors, encoding='unicode')
                    got = self.c.send(TRANSFER + 'Get', uri, headers=header)
                    self.assertEqual(got.status, 200, got.body[:2000])
                    texts = lambda e: [(p.tag, p.text) for p in e.iter()]
                    self.assertEqual(texts(got.first())[1:], texts(instance)[1:])

    def test_states(self):
        want = {'web': '2', 'off': '3', 'paused': '9', 'source-host': '2'}
        reply = self.enumerate(optimize=True, most=100)
        seen = {}
        for item in reply.first().find('{*}Items'):
            values = {p.tag.split('}')[1]: p.text for p in item}
            seen[values['ElementName'] or values['Name']] = values['EnabledState']
        self.assertEqual({k: seen.get(k) for k in want}, want)

    def test_capabilities(self):
        reply = self.c.send(TRANSFER + 'Get', CIM + 'CIM_VirtualSystemMigrationCapabilities',
                            selectors={'InstanceID': 'vsmigd:capabilities'})
        values = {}
        for p in reply.first():
            values.setdefault(p.tag.split('}')[1], []).append(p.text)
        self.assertEqual(values['SynchronousMethodsSupported'], ['4', '5'])
        self.assertEqual(sorted(values['DestinationHostFormatsSupported']), ['2', '3', '4'])

    def test_not_optimized(self):
        reply = self.enumerate()
        response = reply.first()
        self.assertEqual([c.tag.split('}')[1] for c in response if c.tag != q('wsen:Expires')], ['EnumerationContext'])
        context, seen = reply.text('wsen:EnumerationContext'), 0
        while context:
            pulled = self.pull(context)
            items = pulled.find('wsen:Items')
            self.assertEqual(len(items), 1)
            seen += 1
            context = pulled.text('wsen:EnumerationContext')
            self.assertEqual(context is None, pulled.find('wsen:EndOfSequence') is not None)
        self.assertEqual(seen, 9)

    def test_optimized_in_pieces(self):
        for most in (None, 1, 4, 9, 32000):
            with self.subTest(most):
                reply = self.enumerate(optimize=True, most=most)
                seen = len(reply.find('wsman:Items'))
                self.assertEqual(seen, min(most or 1, 9))
                context = reply.text('wsen:EnumerationContext')
                if seen == 9:
                    self.assertEqual(context, '')
                    self.assertIsNotNone(reply.find('wsman:EndOfSequence'))
                else:
                    self.assertIsNone(reply.find('wsman:EndOfSequence'))
                while context:
                    reply = self.pull(context, most or 3)
                    seen += len(reply.find('wsen:Items'))
                    context = reply.text('wsen:EnumerationContext')
                self.assertEqual(seen, 9)

    def test_modes(self):
        reply = self.enumerate(optimize=True, most=100, mode='EnumerateEPR')
        self.assertEqual({i.tag for i in reply.find('wsman:Items')}, {q('wsa:EndpointReference')})
        for epr in reply.find('wsman:Items'):
            names = [s.get('Name') for s in epr.iter(q('wsman:Selector'))]
            self.assertIn('__cimnamespace', names)
        fault = self.enumerate(mode='EnumerateDreams').fault()
        self.assertEqual(fault, ('s:Sender', 'wsman:UnsupportedFeature', 'EnumerationMode'))

    def test_polymorphism(self):
        reply = self.enumerate('CIM_Service', optimize=True, most=100)
        self.assertEqual({i.tag.split('}')[1] for i in reply.find('wsman:Items')}, {SERVICE, ADVISOR})

    def test_estimate(self):
        reply = self.enumerate(headers='<wsman:RequestTotalItemsCountEstimate/>')
        self.assertEqual(reply.text('wsman:TotalItemsCountEstimate'), '9')
        self.assertIsNone(self.enumerate().find('wsman:TotalItemsCountEstimate'))

    def test_release(self):
        context = self.enumerate().text('wsen:EnumerationContext')
        body = '<wsen:Release><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:Release>' % context
        reply = self.c.send(ENUMERATION + 'Release', CS, body)
        self.assertEqual(reply.text('wsa:Action'), ENUMERATION + 'ReleaseResponse')
        self.assertEqual(self.pull(context).fault()[1], 'wsen:InvalidEnumerationContext')

    def test_context_has_an_owner(self):
        context = self.enumerate().text('wsen:EnumerationContext')
        with Client(self.daemon, self.daemon.authorization('second', 'two')) as other:
            fault = other.send(ENUMERATION + 'Pull', CS, pull_body(context)).fault()
            self.assertIn(fault[1], ('wsen:InvalidEnumerationContext', 'wsman:AccessDenied'))
        self.assertEqual(len(self.pull(context, 9).find('wsen:Items')), 9)

    def test_context_has_a_class(self):
        context = self.enumerate().text('wsen:EnumerationContext')
        self.assertEqual(self.pull(context, cls=SERVICE).fault()[1], 'wsa:MessageInformationHeaderRequired')

    def test_contexts_are_bounded_and_expire(self):
        with Client(self.daemon, self.daemon.authorization('second', 'two')) as other:
            send = lambda: other.send(ENUMERATION + 'Enumerate', CS, enumerate_body())
            contexts = [send().text('wsen:EnumerationContext') for _ in range(5)]
            self.assertEqual(len(set(contexts)), 5)
            self.assertEqual(send().fault()[1], 'wsman:QuotaLimit')
            import time
            until = time.monotonic() + 20
            while send().fault() and time.monotonic() < until:
                time.sleep(0.1)
            self.assertEqual(other.send(ENUMERATION + 'Pull', CS, pull_body(contexts[0])).fault()[1],
                             'wsen:InvalidEnumerationContext')

    def test_max_envelope(self):
        """Fewer items, so that the reply fits; one that cannot is a fault, and the context survives."""
        for encode in (False, True):
            size, seen = 8192 if not encode else 12000, 0
            context = self.enumerate().text('wsen:EnumerationContext')
            while context:
                from harness import envelope
                text = envelope(ENUMERATION + 'Pull', CS, pull_body(context, 100), max_envelope=str(size))
                if encode:
                    reply = self.c.post(b'\xff\xfe' + text.encode('utf-16-le'),
                                        content_type='application/soap+xml;charset=UTF-16')
                else:
                    reply = self.c.post(text)
                self.assertEqual(reply.status, 200, reply.body[:3000])
                self.assertLessEqual(len(reply.body), size)
                items = len(reply.find('wsen:Items'))
                self.assertGreater(items, 0)
                seen += items
                context = reply.text('wsen:EnumerationContext')
            self.assertEqual(seen, 9)

    def test_identify(self):
        reply = self.c.post(IDENTIFY)
        self.assertEqual(reply.text('wsmid:ProtocolVersion'), NS['wsman'])
        self.assertTrue(reply.text('wsmid:ProductVendor'))
        self.assertIn('Stack:', reply.text('wsmid:ProductVersion'))
        self.assertIsNone(reply.find('wsa:Action'))

    def test_trailing_slash(self):
        self.assertEqual(self.c.post(IDENTIFY, path='/wsman/').status, 200)

    def test_utf16_big_endian(self):
        reply = self.c.post(b'\xfe\xff' + IDENTIFY.encode('utf-16-be'), content_type='application/soap+xml;charset=UTF-16')
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.body[:2], b'\xff\xfe')
        self.assertIsNotNone(reply.find('wsmid:IdentifyResponse'))

    def test_methods_that_are_not_here(self):
        for method in ('StartService', 'StopService', 'RequestStateChange'):
            with self.subTest(method):
                self.assertEqual(self.c.invoke(method, '').output()['ReturnValue'], '1')

    def test_microsoft_headers(self):
        p = 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd'
        more = ''.join('<m:%s xmlns:m="%s" s:mustUnderstand="false">x</m:%s>' % (n, p, n)
                       for n in ('SessionId', 'OperationID', 'SequenceId', 'ActivityId'))
        more += '<wsman:OptionSet s:mustUnderstand="true"></wsman:OptionSet>'
        self.assertEqual(self.c.send(TRANSFER + 'Get', CS, selectors=VM, headers=more).status, 200)


if __name__ == '__main__':
    unittest.main()
