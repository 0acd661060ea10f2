"""Association filters of Enumerate (DSP0227): which instances, in which form, and which faults."""
import unittest

from harness import (ANON, CIM, ENUMERATION, HOSTS, NS, SERVICE, WMI, Client, Daemon, envelope, q, selector_set)

ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
DIALECT = 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter'
CAPABILITIES = ('CIM_VirtualSystemMigrationCapabilities', {'InstanceID': 'vsmigd:capabilities'})
ENUMERATE = ENUMERATION + 'Enumerate'


def epr(cls, keys, prefix=CIM, ns=None):
    if ns:
        keys = dict(keys, __cimnamespace=ns)
    return ('<wsa:Address>%s</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>%s%s</wsman:ResourceURI>%s'
            '</wsa:ReferenceParameters>' % (ANON, prefix, cls, selector_set(keys)))


def assoc(obj, kind='AssociatedInstances', dialect=DIALECT, **children):
    """A filter; obj is the XML inside wsmb:Object."""
    extra = ''.join('<wsmb:%s>%s</wsmb:%s>' % (k, t, k) for k, v in children.items()
                    for t in (v if isinstance(v, list) else [v]))
    return ('<wsman:Filter Dialect="%s"><wsmb:%s>%s%s</wsmb:%s></wsman:Filter>' % (
        dialect, kind, '<wsmb:Object>%s</wsmb:Object>' % obj if obj is not None else '', extra, kind))


def body(text, mode=None, most=100, optimize=True, extra=''):
    return ('<wsen:Enumerate>' + ('<wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements>' % most
                                  if optimize else '') +
            ('<wsman:EnumerationMode>%s</wsman:EnumerationMode>' % mode if mode else '') + extra + text +
            '</wsen:Enumerate>')


def local(node):
    return node.tag.split('}')[1]


class Associations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS)])
        cls.enterClassContext(cls.daemon)
        cls.service = epr(SERVICE, cls.daemon.service_keys())

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def send(self, text, resource=ALL, utf16=False, **options):
        headers = options.pop('headers', '')
        request = envelope(ENUMERATE, resource, body(text, **options), headers=headers)
        if not utf16:
            return self.c.post(request)
        return self.c.post(request.encode('utf-16'), content_type='application/soap+xml;charset=UTF-16')

    def items(self, *args, **options):
        reply = self.send(*args, **options)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        response = reply.first()
        self.assertEqual([c.tag for c in response],
                         [q('wsen:EnumerationContext'), q('wsman:Items'), q('wsman:EndOfSequence')])
        self.assertEqual(response[0].text, None)
        return list(response[1])

    def refuse(self, code, *args, **options):
        reply = self.send(*args, **options)
        self.assertEqual((reply.status, reply.fault()), (500, code), reply.body[:2000])
        return reply

    def test_modes(self):
        only = dict(AssociationClassName='CIM_ElementCapabilities')
        for utf16 in (False, True):
            with self.subTest(utf16=utf16):
                item, = self.items(assoc(self.service, **only), utf16=utf16)
                self.assertEqual(item.tag, '{%s%s}%s' % (CIM, CAPABILITIES[0], CAPABILITIES[0]))
                names = [local(p) for p in item]
                self.assertEqual(names, sorted(names))
                self.assertIn('SynchronousMethodsSupported', names)
                same, = self.items(assoc(self.service, **only), mode='EnumerateObject', utf16=utf16)
                self.assertEqual(same.tag, item.tag)
                both, = self.items(assoc(self.service, **only), mode='EnumerateObjectAndEPR', utf16=utf16)
                self.assertEqual(both.tag, q('wsman:Item'))
                self.assertEqual([c.tag for c in both], [item.tag, q('wsa:EndpointReference')])
                ref, = self.items(assoc(self.service, **only), mode='EnumerateEPR', utf16=utf16)
                for each in (ref, both[1]):
                    self.assertEqual(each.tag, q('wsa:EndpointReference'))
                    self.assertEqual(each.find('.//' + q('wsman:ResourceURI')).text, CIM + CAPABILITIES[0])
                    self.assertEqual([(s.get('Name'), s.text) for s in each.iter(q('wsman:Selector'))],
                                     [('__cimnamespace', 'root/virtualization/v2'),
                                      ('InstanceID', 'vsmigd:capabilities')])

    def test_association_instances(self):
        item, = self.items(assoc(self.service, 'AssociationInstances', ResultClassName='CIM_ElementCapabilities'),
                           mode='EnumerateObjectAndEPR')
        self.assertEqual([local(c) for c in item], ['CIM_ElementCapabilities', 'EndpointReference'])
        self.assertEqual([local(p) for p in item[0]],
                         ['Capabilities', 'Characteristics', 'Characteristics', 'ManagedElement'])
        # A reference holds the address directly.
        self.assertEqual([c.tag for c in item[0][0]], [q('wsa:Address'), q('wsa:ReferenceParameters')])
        # Its EPR selects it: Get brings the same.
        import xml.etree.ElementTree as ET
        header = ET.tostring(item[1].find('.//' + q('wsman:SelectorSet')), encoding='unicode')
        got = self.c.send(NS['wxf'] + '/Get', CIM + 'CIM_ElementCapabilities', headers=header)
        self.assertEqual(got.status, 200, got.body[:2000])
        self.assertEqual([local(p) for p in got.first()], [local(p) for p in item[0]])

    def test_roles_and_classes(self):
        cap = epr(*CAPABILITIES)
        rows = [
            (self.service, dict(ResultClassName=CAPABILITIES[0]), 1),
            (self.service, dict(ResultClassName='cim_capabilities'), 1),
            (self.service, dict(AssociationClassName='CIM_ElementCapabilities', Role='ManagedElement'), 1),
            (self.service, dict(AssociationClassName='CIM_ElementCapabilities', Role='Capabilities'), 0),
            (self.service, dict(AssociationClassName='CIM_ElementCapabilities', ResultRole='Capabilities'), 1),
            (self.service, dict(AssociationClassName='CIM_ElementCapabilities', ResultRole='ManagedElement'), 0),
            (cap, dict(AssociationClassName='CIM_ElementCapabilities', ResultClassName=SERVICE), 1),
            (cap, dict(AssociationClassName='CIM_ElementCapabilities', ResultClassName='CIM_System'), 0),
            # Hyper-V's names.
            (self.service, dict(AssociationClassName='Msvm_ElementCapabilities'), 1),
        ]
        for obj, children, want in rows:
            with self.subTest(children):
                self.assertEqual(len(self.items(assoc(obj, **children))), want)
        self.assertEqual(len(self.items(assoc(self.service, 'AssociationInstances', Role='Capabilities'))), 0)

    def test_the_host_and_its_systems(self):
        host = epr('CIM_ComputerSystem', {'CreationClassName': 'CIM_ComputerSystem', 'Name': 'source-host'})
        name = lambda item: item.find('{*}ElementName').text
        for utf16 in (False, True):
            vms = self.items(assoc(host, ResultClassName='CIM_ComputerSystem'), utf16=utf16)
            self.assertEqual(sorted(map(name, vms)), sorted(
                name(i) for i in self.c.send(ENUMERATE, CIM + 'CIM_ComputerSystem', body('')).find('wsman:Items')
                if name(i) != 'source-host'))
            web = epr('CIM_ComputerSystem', {'CreationClassName': 'CIM_ComputerSystem',
                                             'Name': '11111111-2222-4333-8444-000000000001'.upper()})
            item, = self.items(assoc(web, AssociationClassName='CIM_HostedDependency'), utf16=utf16)
            self.assertEqual(name(item), 'source-host')
            service, = self.items(assoc(web, ResultClassName='CIM_Service'), utf16=utf16)
            self.assertEqual(local(service), SERVICE)
        # One page holds what fits; the rest is pulled.
        reply = self.send(assoc(host, AssociationClassName='CIM_HostedDependency'), most=3)
        seen, context = len(reply.find('wsman:Items')), reply.text('wsen:EnumerationContext')
        self.assertEqual(seen, 3)
        while context:
            pull = ('<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext><wsen:MaxElements>4</wsen:MaxElements>'
                    '</wsen:Pull>' % context)
            reply = self.c.send(ENUMERATION + 'Pull', ALL, pull)
            seen += len(reply.find('wsen:Items'))
            context = reply.text('wsen:EnumerationContext')
        self.assertEqual(seen, len(vms) + 2)

    def test_profiles(self):
        profile, = self.items(assoc(self.service, ResultClassName='CIM_RegisteredProfile'), mode='EnumerateObjectAndEPR')
        value = lambda n: profile[0].find('{*}' + n).text
        self.assertEqual([value(n) for n in ('InstanceID', 'RegisteredName', 'RegisteredVersion', 'RegisteredOrganization')],
                         ['vsmigd:profile:Virtual System Migration:1.0.0', 'Virtual System Migration', '1.0.0', '2'])
        # It lives in another namespace, as its EPR says, and leads back from there.
        self.assertEqual(profile[1].find('.//' + q('wsman:Selector') + "[@Name='__cimnamespace']").text, 'root/interop')
        import xml.etree.ElementTree as ET
        inner = ''.join(ET.tostring(c, encoding='unicode') for c in profile[1])
        back, = self.items(assoc(inner, AssociationClassName='CIM_ElementConformsToProfile'), mode='EnumerateObjectAndEPR')
        self.assertEqual(local(back[0]), SERVICE)
        self.assertEqual(back[1].find('.//' + q('wsman:Selector') + "[@Name='__cimnamespace']").text,
                         'root/virtualization/v2')
        header = ET.tostring(profile[1].find('.//' + q('wsman:SelectorSet')), encoding='unicode')
        get = NS['wxf'] + '/Get'
        self.assertEqual(self.c.send(get, CIM + 'CIM_RegisteredProfile', headers=header).status, 200)
        wmi = WMI.replace('virtualization/v2', 'interop')
        self.assertEqual(self.c.send(get, wmi + 'CIM_RegisteredProfile',
                                     selectors={'InstanceID': value('InstanceID')}).status, 200)
        # Elsewhere it is not, and neither is what lives elsewhere there.
        gone = ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')
        for cls, ns in (('CIM_RegisteredProfile', None), ('CIM_RegisteredProfile', 'root/virtualization/v2'),
                        ('CIM_ReferencedProfile', None), ('CIM_ComputerSystem', 'root/interop'),
                        ('CIM_RegisteredProfile', 'root/cimv2')):
            with self.subTest((cls, ns)):
                reply = self.c.send(ENUMERATE, CIM + cls, body(''), selectors={'__cimnamespace': ns} if ns else None)
                self.assertEqual(reply.fault(), gone)
        for ns in ('root/interop', 'root/virtualization/v2'):
            reply = self.c.send(ENUMERATE, CIM + 'CIM_ElementConformsToProfile',
                                body('', mode='EnumerateEPR'), selectors={'__cimnamespace': ns})
            eprs = reply.find('wsman:Items')
            self.assertGreater(len(eprs), 2)
            for each in eprs:
                self.assertEqual(each.find(q('wsa:ReferenceParameters') + '/' + q('wsman:SelectorSet'))[0].text, ns)

    def test_spellings(self):
        only = dict(AssociationClassName='CIM_ElementCapabilities')
        wrapped = '<wsa:EndpointReference>%s</wsa:EndpointReference>' % self.service
        self.assertEqual(len(self.items(assoc(wrapped, **only))), 1)
        other = DIALECT.replace('associationFilter', 'AssociationFilter')
        self.assertEqual(len(self.items(assoc(self.service, dialect=other, **only))), 1)
        theirs = assoc(self.service, **only).replace('wsman:Filter', 'wsen:Filter')
        self.assertEqual(len(self.items(theirs)), 1)
        item, = self.items(assoc(self.service, **only), resource=WMI + '*')
        self.assertEqual(item.tag, '{%s%s}%s' % (WMI, CAPABILITIES[0], CAPABILITIES[0]))
        for ns in ('root/virtualization/v2', 'ROOT\\virtualization\\V2'):
            named = epr(SERVICE, self.daemon.service_keys(), ns=ns)
            self.assertEqual(len(self.items(assoc(named, **only))), 1)

    def test_include_result_property(self):
        item, = self.items(assoc(self.service, AssociationClassName='CIM_ElementCapabilities',
                                 IncludeResultProperty=['instanceid', 'ElementName', 'NoSuchThing']))
        self.assertEqual(item.tag, q('wsman:XmlFragment'))
        self.assertEqual([(c.tag, c.text) for c in item],
                         [('{%s%s}ElementName' % (CIM, CAPABILITIES[0]), 'Migration Capabilities'),
                          ('{%s%s}InstanceID' % (CIM, CAPABILITIES[0]), 'vsmigd:capabilities')])

    def test_not_optimized(self):
        text = assoc(self.service, AssociationClassName='CIM_ElementCapabilities')
        reply = self.send(text, optimize=False)
        context = reply.text('wsen:EnumerationContext')
        self.assertEqual([c.tag for c in reply.first()], [q('wsen:EnumerationContext')])
        pull = '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:Pull>' % context
        reply = self.c.send(ENUMERATION + 'Pull', ALL, pull)
        self.assertEqual([c.tag for c in reply.first()], [q('wsen:Items'), q('wsen:EndOfSequence')])
        self.assertEqual([local(i) for i in reply.first()[0]], [CAPABILITIES[0]])

    def test_the_manual_lists_the_associations(self):
        import os
        import re
        from harness import TOP
        with open(os.path.join(TOP, 'cim', 'vsmig-cim.7')) as f:
            section = f.read().split('.Ss Associations')[1].split('.El')[0]
        rows = re.findall(r'^\.It Vt (\w+) Va (\w+) , (\w+)$', section, re.M)
        self.assertGreater(len(rows), 7)
        for cls, first, second in rows:
            with self.subTest(cls):
                ns = 'root/interop' if cls == 'CIM_ReferencedProfile' else 'root/virtualization/v2'
                reply = self.c.send(ENUMERATE, CIM + cls, body('', mode='EnumerateEPR'), selectors={'__cimnamespace': ns})
                keys = reply.find('wsman:Items')[0].find(q('wsa:ReferenceParameters') + '/' + q('wsman:SelectorSet'))
                self.assertEqual({s.get('Name') for s in keys}, {'__cimnamespace', first, second})

    def test_faults(self):
        cannot = ('s:Sender', 'wsen:CannotProcessFilter', None)
        rows = [
            assoc(None), assoc(''), assoc('some text'),
            assoc(epr('CIM_Unicorn', {'Name': 'x'})),
            assoc(epr('CIM_ComputerSystem', {'CreationClassName': 'CIM_ComputerSystem', 'Name': 'nobody'})),
            assoc(epr('CIM_ComputerSystem', {'Name': 'source-host'})),
            assoc(epr('CIM_ComputerSystem', {'Colour': 'red'})),
            assoc(epr(CAPABILITIES[0], CAPABILITIES[1], ns='root/cimv2')),
            assoc(self.service, AssociationClassName='CIM_Unicorn'),
            assoc(self.service, AssociationClassName='CIM_ComputerSystem'),
            assoc(self.service, ResultClassName='CIM_Unicorn'),
            assoc(self.service, 'AssociationInstances', ResultClassName='CIM_ComputerSystem'),
            assoc(self.service, IncludeResultProperty=''),
            assoc(self.service, 'AssociatedThings'),
            '<wsman:Filter Dialect="%s"/>' % DIALECT,
            '<wsman:Filter Dialect="%s">text</wsman:Filter>' % DIALECT,
            assoc(self.service) * 1 + assoc(self.service).replace('wsman:Filter', 'wsen:Filter'),
        ]
        for text in rows:
            with self.subTest(text):
                self.refuse(cannot, text)
        # Only the URI of all classes takes such a filter.
        self.refuse(cannot, assoc(self.service), resource=CIM + SERVICE)
        self.refuse(('s:Sender', 'wsmb:PolymorphismModeNotSupported', None), assoc(self.service),
                    extra='<wsmb:PolymorphismMode>None</wsmb:PolymorphismMode>')
        reply = self.refuse(('s:Sender', 'wsen:FilterDialectRequestedUnavailable', None),
                            assoc(self.service, dialect='urn:x'))
        self.assertIn(DIALECT, [d.text for d in reply.xml.iter(q('wsen:SupportedDialect'))])


if __name__ == '__main__':
    unittest.main()
