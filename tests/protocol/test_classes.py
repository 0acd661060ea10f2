"""Classes themselves, as Windows' and libmi's clients ask for them, in UTF-8 and in UTF-16."""
import glob
import os
import re
import unittest
import xml.etree.ElementTree as ET

from harness import ANON, CIM, ENUMERATION, NS, SERVICE, TOP, TRANSFER, Client, Daemon, envelope

URI = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/'
NAMESPACE = 'root/virtualization/v2'
GET = TRANSFER + 'Get'
ENUMERATE = ENUMERATION + 'Enumerate'
PULL = ENUMERATION + 'Pull'
UNREACHABLE = ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')
# What Windows sends with every Get of a class; the names with wmi: are those of custom options.
STANDARD = ('IncludeInheritanceHierarchy', 'IncludeInheritedElements', 'IncludeQualifiers')
SCHEMAS = {os.path.basename(f)[:-4]: ET.parse(f).getroot() for f in glob.glob(os.path.join(TOP, 'schemas', '*.xml'))}


def options(**values):
    return '<wsman:OptionSet>%s</wsman:OptionSet>' % ''.join(
        '<wsman:Option Name="%s" Type="xs:boolean">%s</wsman:Option>' % (k.replace('_', ':'), v)
        for k, v in values.items())


def selectors(name=None, namespace=NAMESPACE):
    found = {'__cimnamespace': namespace} if namespace else {}
    if name is not None:
        found['ClassName'] = name
    return found


def derivation(name):
    found = []
    while SCHEMAS[name].get('SUPERCLASS'):
        name = SCHEMAS[name].get('SUPERCLASS')
        found.append(name)
    return found


def declared(name, stem):
    return {n.get('NAME') for n in SCHEMAS[name] if n.tag.split('.')[0] == stem}


def members(document, stem):
    return [n for n in document if n.tag.split('.')[0] == stem]


class Classes(unittest.TestCase):
    utf16 = False

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build))

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def send(self, action, resource, body='', **given):
        kind = 'application/soap+xml;charset=' + ('UTF-16' if self.utf16 else 'UTF-8')
        text = envelope(action, resource, body, **given)
        reply = self.c.post(b'\xff\xfe' + text.encode('utf-16-le') if self.utf16 else text, content_type=kind)
        self.assertEqual(reply.headers['content-type'], [kind])
        self.assertEqual(reply.body[:2] == b'\xff\xfe', self.utf16)
        return reply

    def get(self, name=None, resource=URI + '*', **given):
        given.setdefault('selectors', selectors(name))
        reply = self.send(GET, resource, **given)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        self.assertEqual(reply.text('wsa:Action'), TRANSFER + 'GetResponse')
        self.assertEqual(len(reply.xml.find('s:Body', NS)), 1)
        self.assertEqual(reply.first().tag, 'CLASS')
        return reply.first()

    def enumerate(self, inner='', **given):
        given.setdefault('selectors', selectors(''))
        return self.send(ENUMERATE, given.pop('resource', URI + '*'), '<wsen:Enumerate>%s</wsen:Enumerate>' % inner, **given)

    def pull(self, context, most, **given):
        given.setdefault('selectors', selectors(''))
        body = ('<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>'
                '<wsen:MaxElements>%d</wsen:MaxElements></wsen:Pull>' % (context, most))
        return self.send(PULL, URI + '*', body, **given)

    def all_of(self, inner, most=32000, **given):
        """Every item, page after page, as elements; and how many pages there were."""
        found, pages = [], 1
        reply = self.enumerate('<wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements>%s' % (most, inner), **given)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        found += reply.find('wsman:Items')
        while reply.text('wsen:EnumerationContext'):
            reply = self.pull(reply.text('wsen:EnumerationContext'), most, **given)
            self.assertEqual(reply.status, 200, reply.body[:3000])
            found += reply.find('wsen:Items')
            pages += 1
        return found, pages

    def fault(self, want, *args, **given):
        reply = self.send(*args, **given)
        self.assertEqual((reply.status, reply.fault()), (500, want), reply.body[:3000])
        return reply

    def test_get(self):
        document = self.get(SERVICE, headers=options(**dict.fromkeys(STANDARD, 'true')))
        self.assertEqual(document.get('NAME'), SERVICE)
        self.assertEqual(document.get('SUPERCLASS'), 'CIM_Service')
        self.assertEqual(document.get('DERIVATION').split(','), derivation(SERVICE))
        keys = [p.get('NAME') for p in members(document, 'PROPERTY')
                if p.find("QUALIFIER[@NAME='Key']/VALUE") is not None]
        self.assertEqual(sorted(keys), ['CreationClassName', 'Name', 'SystemCreationClassName', 'SystemName'])
        caption = document.find("PROPERTY[@NAME='Caption']")
        self.assertEqual(caption.attrib, {'NAME': 'Caption', 'TYPE': 'string', 'CLASSORIGIN': 'CIM_ManagedElement',
                                          'PROPAGATED': 'true'})
        check = document.find("METHOD[@NAME='CheckVirtualSystemIsMigratableToHost']")
        self.assertEqual(check.attrib, {'NAME': 'CheckVirtualSystemIsMigratableToHost', 'TYPE': 'uint32', 'CLASSORIGIN': SERVICE})
        self.assertEqual([(p.tag, p.get('NAME')) for p in members(check, 'PARAMETER')],
                         [('PARAMETER.REFERENCE', 'ComputerSystem'), ('PARAMETER', 'DestinationHost'),
                          ('PARAMETER', 'MigrationSettingData'), ('PARAMETER', 'NewSystemSettingData'),
                          ('PARAMETER.ARRAY', 'NewResourceSettingData'), ('PARAMETER', 'IsMigratable')])

    def test_get_by_uri(self):
        for name in ('CIM_ComputerSystem', 'cim_computersystem'):
            for resource in (URI + name, URI + name + '?__cimnamespace=root/virtualization/v2'):
                self.assertEqual(self.get(resource=resource, selectors=None).get('NAME'), 'CIM_ComputerSystem')
        self.assertEqual(self.get('CIM_Service', URI + 'CIM_Service').get('NAME'), 'CIM_Service')
        self.assertEqual(self.get(resource=URI + '*?ClassName=CIM_Service', selectors=None).get('NAME'), 'CIM_Service')
        self.assertEqual(self.get(selectors={'classname': 'CIM_Service'}).get('NAME'), 'CIM_Service')

    def test_every_class(self):
        for name in SCHEMAS:
            with self.subTest(name):
                document = self.get(name)
                line = [name] + derivation(name)
                for stem in ('PROPERTY', 'METHOD'):
                    names = [n.get('NAME') for n in members(document, stem)]
                    self.assertEqual(len(names), len(set(names)))
                    self.assertEqual(set(names), set().union(*(declared(c, stem) for c in line)))
                    for n in members(document, stem):
                        self.assertEqual(n.get('PROPAGATED') is None, n.get('NAME') in declared(name, stem))
                        self.assertEqual(n.get('CLASSORIGIN'),
                                         [c for c in line if n.get('NAME') in declared(c, stem)][-1])

    def test_options(self):
        """StandardRtti, FullRtti and all off, as the tests of omi have them."""
        standard = self.get(SERVICE, headers=options(**dict.fromkeys(STANDARD, 'true')))
        full = self.get(SERVICE, headers=options(IncludeInheritanceHierarchy='true', IncludeInheritedElements='false',
                                                 IncludeQualifiers='true'))
        self.assertTrue(members(standard, 'PROPERTY'))
        self.assertEqual({n.get('NAME') for n in members(full, 'PROPERTY')}, declared(SERVICE, 'PROPERTY'))
        self.assertEqual({n.get('NAME') for n in members(full, 'METHOD')}, declared(SERVICE, 'METHOD'))
        self.assertEqual(full.get('DERIVATION'), standard.get('DERIVATION'))
        self.assertIsNone(full.find('.//*[@PROPAGATED]'))
        for off in (options(wmi_IncludeClassOrigin='false', wmi_IncludeInheritanceHierarchy='false',
                            wmi_IncludeInheritedElements='FALSE', wmi_IncludeQualifiers='0'),
                    options(IncludeClassOrigin='false', IncludeInheritanceHierarchy='false',
                            IncludeInheritedElements='false', IncludeQualifiers='false')):
            bare = self.get('CIM_System', headers=off)
            self.assertEqual(bare.attrib, {'NAME': 'CIM_System', 'SUPERCLASS': derivation('CIM_System')[0]})
            self.assertIsNone(bare.find('.//QUALIFIER'))
            self.assertIsNone(bare.find('.//*[@CLASSORIGIN]'))
            self.assertIsNone(bare.find('.//*[@PROPAGATED]'))
            self.assertEqual({n.get('NAME') for n in bare}, declared('CIM_System', 'PROPERTY') | declared('CIM_System', 'METHOD'))

    def test_up_the_hierarchy(self):
        """FullRtti: the client asks for one class after the other, up to the top."""
        name, found = SERVICE, []
        while name:
            found.append(name)
            name = self.get(name, headers=options(IncludeInheritedElements='false')).get('SUPERCLASS')
        self.assertEqual(found, [SERVICE] + derivation(SERVICE))

    def test_namespaces(self):
        for namespace in ('root/interop', 'root/virtualization/v2', 'ROOT\\Virtualization\\V2', None):
            self.assertEqual(self.get(selectors=selectors(SERVICE, namespace)).get('NAME'), SERVICE)
        found, _ = self.all_of('<wsman:EnumerationMode>EnumerateEPR</wsman:EnumerationMode>',
                               selectors=selectors('', 'root/interop'))
        self.assertEqual({epr.find(".//wsman:Selector[@Name='__cimnamespace']", NS).text for epr in found}, {'root/interop'})

    def test_faults_of_get(self):
        any_class = URI + '*'
        for given in ('CIM_Nothing', '', ' ', None, 'CIM-XML', '*'):
            reply = self.fault(UNREACHABLE, GET, any_class, selectors=selectors(given))
            self.assertIn(b'OMI:MI_Result:5', reply.body.replace(b'\0', b''))
        reply = self.fault(UNREACHABLE, GET, any_class, selectors=selectors(SERVICE, 'root/nothing'))
        self.assertIn(b'OMI:MI_Result:3', reply.body.replace(b'\0', b''))
        self.fault(UNREACHABLE, GET, URI + 'CIM_Nothing', selectors=selectors())
        self.fault(('s:Sender', 'wsman:InvalidSelectors', 'InvalidValue'), GET, URI + 'CIM_Service',
                   selectors=selectors('CIM_System'))
        self.fault(('s:Sender', 'wsman:InvalidSelectors', 'UnexpectedSelectors'), GET, any_class,
                   selectors=dict(selectors(SERVICE), Name='vsmigd'))
        self.fault(('s:Sender', 'wsman:InvalidSelectors', 'InvalidValue'), GET,
                   any_class + '?__cimnamespace=root/other', selectors=selectors(SERVICE))
        for action in ('Put', 'Create', 'Delete'):
            self.fault(('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch'), TRANSFER + action, any_class,
                       selectors=selectors(SERVICE))
        self.fault(('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch'),
                   CIM + SERVICE + '/CheckVirtualSystemIsMigratableToHost', any_class, selectors=selectors(SERVICE))

    def test_get_and_max_envelope(self):
        self.fault(('s:Sender', 'wsman:EncodingLimit', 'MaxEnvelopeSize'), GET, URI + '*',
                   selectors=selectors('CIM_ComputerSystem'), max_envelope=8192)
        reply = self.send(GET, URI + '*', selectors=selectors('CIM_ManagedElement'), max_envelope=12000)
        self.assertEqual(reply.status, 200)
        self.assertLessEqual(len(reply.body), 12000)

    def test_requested_epr(self):
        reply = self.send(GET, URI + '*', selectors=selectors(SERVICE), headers='<wsman:RequestEPR/>')
        parameters = reply.find('wsman:RequestedEPR/wsa:EndpointReference/wsa:ReferenceParameters')
        self.assertEqual(parameters.find('wsman:ResourceURI', NS).text, URI + '*')
        self.assertEqual({s.get('Name'): s.text for s in parameters.find('wsman:SelectorSet', NS)}, selectors(SERVICE))

    def test_enumerate(self):
        """What Get-CimClass with a wild card asks: no mode, an empty ClassName; the filter is the client's."""
        for given in (selectors(''), selectors(), None):
            found, pages = self.all_of('', selectors=given)
            self.assertEqual({c.tag for c in found}, {'CLASS'})
            self.assertEqual(sorted(c.get('NAME') for c in found), sorted(SCHEMAS))
        self.assertIsNotNone(found[0].find('.//QUALIFIER'))

    def test_enumerate_without_optimisation(self):
        reply = self.enumerate()
        self.assertIsNone(reply.find('wsman:Items'))
        found = []
        while reply.text('wsen:EnumerationContext'):
            reply = self.pull(reply.text('wsen:EnumerationContext'), 20)
            found += [c.get('NAME') for c in reply.find('wsen:Items')]
        self.assertEqual(sorted(found), sorted(SCHEMAS))
        self.assertIsNotNone(reply.find('wsen:EndOfSequence'))

    def test_enumerate_pages(self):
        for most in (1, 7, 32000):
            given = {'headers': options(IncludeQualifiers='false')}
            found, pages = self.all_of('', most, **given)
            self.assertEqual(sorted(c.get('NAME') for c in found), sorted(SCHEMAS))
            if most < 32000:
                self.assertEqual(pages, -(-len(SCHEMAS) // most))

    def test_enumerate_and_max_envelope(self):
        size = 200000
        found, pages = [], 0
        reply = self.enumerate('<wsman:OptimizeEnumeration/><wsman:MaxElements>32000</wsman:MaxElements>', max_envelope=size)
        while True:
            pages += 1
            self.assertEqual(reply.status, 200, reply.body[:3000])
            self.assertLessEqual(len(reply.body), size)
            items = reply.find('wsman:Items' if pages == 1 else 'wsen:Items')
            found += [c.get('NAME') for c in items]
            if not reply.text('wsen:EnumerationContext'):
                break
            reply = self.pull(reply.text('wsen:EnumerationContext'), 32000, max_envelope=size)
        self.assertGreater(pages, 1)
        self.assertEqual(sorted(found), sorted(SCHEMAS))

    def test_enumerate_names(self):
        mode = '<wsman:EnumerationMode>%s</wsman:EnumerationMode>'
        found, _ = self.all_of(mode % 'EnumerateEPR')
        self.assertEqual(len(found), len(SCHEMAS))
        for epr in found:
            self.assertEqual(epr.tag, '{%s}EndpointReference' % NS['wsa'])
            self.assertEqual(epr.find('wsa:Address', NS).text, ANON)
            given = {s.get('Name'): s.text for s in epr.iter('{%s}Selector' % NS['wsman'])}
            self.assertEqual(given['__cimnamespace'], NAMESPACE)
            document = self.get(resource=epr.find('.//wsman:ResourceURI', NS).text, selectors=given)
            self.assertEqual(document.get('NAME'), given['ClassName'])
        found, _ = self.all_of(mode % 'EnumerateObjectAndEPR', selectors=selectors('CIM_Service'))
        for item in found:
            self.assertEqual([n.tag for n in item], ['CLASS', '{%s}EndpointReference' % NS['wsa']])
            self.assertEqual(item[0].get('NAME'), item.find(".//wsman:Selector[@Name='ClassName']", NS).text)

    def test_enumerate_below(self):
        found, _ = self.all_of('', selectors=selectors('CIM_EnabledLogicalElement'))
        self.assertEqual(sorted(c.get('NAME') for c in found),
                         sorted(c for c in SCHEMAS if 'CIM_EnabledLogicalElement' in derivation(c)))
        found, _ = self.all_of('', selectors=selectors(SERVICE))
        self.assertEqual([c.get('NAME') for c in found], ['Msvm_VirtualSystemMigrationService'])
        found, _ = self.all_of('', selectors=selectors('Msvm_VirtualSystemMigrationService'))
        self.assertEqual(found, [])

    def test_faults_of_enumerate(self):
        body = '<wsen:Enumerate>%s</wsen:Enumerate>'
        self.fault(UNREACHABLE, ENUMERATE, URI + '*', body % '', selectors=selectors('CIM_Nothing'))
        self.fault(UNREACHABLE, ENUMERATE, URI + '*', body % '', selectors=selectors('', 'root/nothing'))
        self.fault(('s:Sender', 'wsen:CannotProcessFilter', None), ENUMERATE, URI + '*', body % (
            '<wsman:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">select * from CIM_Service</wsman:Filter>'),
            selectors=selectors(''))
        context = self.enumerate().text('wsen:EnumerationContext')
        reply = self.pull(context, 1, selectors=selectors('CIM_Service'))
        self.assertEqual(reply.fault()[1], 'wsa:MessageInformationHeaderRequired')
        self.assertEqual(self.pull(context, 1).status, 200)

    def test_estimate(self):
        reply = self.enumerate(headers='<wsman:RequestTotalItemsCountEstimate/>')
        self.assertEqual(reply.text('wsman:TotalItemsCountEstimate'), str(len(SCHEMAS)))

    def test_nobody(self):
        with Client(self.daemon, authorization=None) as stranger:
            self.assertEqual(stranger.send(GET, URI + '*', selectors=selectors(SERVICE)).status, 401)

    def test_texts_are_one_line(self):
        text = self.get(SERVICE).find("QUALIFIER[@NAME='Description']/VALUE").text
        self.assertNotRegex(text, r'[\n\t]|  |^ | $')
        source = SCHEMAS[SERVICE].find("QUALIFIER[@NAME='Description']/VALUE").text
        self.assertEqual(text, re.sub(r'\s+', ' ', source).strip())


class ClassesInUtf16(Classes):
    utf16 = True


if __name__ == '__main__':
    unittest.main()
