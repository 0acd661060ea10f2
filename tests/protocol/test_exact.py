"""Whole replies, each compared element by element with the tree that exact.txt has for it, in UTF-8 and in UTF-16.

A tree shows names, namespaces, attributes, order and texts; what differs from run to run, and sentences for people, stand
in parentheses. When a reply is meant to change: tests/protocol/run --build build Exact with VSMIGD_EXACT=write writes the
file anew, and the difference is there to be read.
"""
import os
import re
import unittest

from harness import (ADVISOR, ANON, CHECK, CIM, ENUMERATION, EXPLAIN, HOSTS, IDENTIFY, NS, SERVICE, TRANSFER, WMI, Client, Daemon,
                     arguments, envelope)
from test_faults import ROWS

TREES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'exact.txt')
GET = TRANSFER + 'Get'
ENUMERATE = ENUMERATION + 'Enumerate'
CS, HOST = CIM + 'CIM_ComputerSystem', CIM + 'VSMIG_DestinationHost'
CAPABILITIES = 'CIM_VirtualSystemMigrationCapabilities'
MICROSOFT = 'http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/'
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
CQL = 'http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf'
SELECTORS = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter'
ASSOCIATION = 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter'
UUID = '11111111-2222-4333-8444-000000000001'
VM = {'CreationClassName': 'CIM_ComputerSystem', 'Name': UUID}
NAMESPACE = {'__cimnamespace': 'root/virtualization/v2'}
ESTIMATE = '<wsman:RequestTotalItemsCountEstimate/>'
# How a namespace is written in the trees.
SHORT = [(uri, prefix + ':') for prefix, uri in NS.items()]
SHORT += [('http://www.w3.org/XML/1998/namespace', 'xml:'), ('http://schemas.dmtf.org/wbem/wscim/1/common', 'cim:')]
CLASS_PREFIXES = ((CIM, 'dmtf '), (WMI, 'wmi '), (MICROSOFT, 'microsoft '))
# Texts that are for people, or of the moment.
SENTENCES = ('Text', 'Message', 'Findings')


def name_of(tag):
    if not tag.startswith('{'):
        return tag
    uri, local = tag[1:].split('}')
    for known, prefix in SHORT:
        if uri == known:
            return prefix + local
    for prefix, short in CLASS_PREFIXES:
        if uri.startswith(prefix):
            return short + uri[len(prefix):] + ' ' + local
    return tag


def text_of(element, message_id):
    text = element.text or ''
    local = element.tag.split('}')[-1]
    if local == 'MessageID' and re.fullmatch('uuid:[0-9a-f-]{36}', text):
        return '(new)'
    if local == 'RelatesTo' and text == message_id:
        return '(request)'
    if local == 'EnumerationContext' and re.fullmatch('[0-9a-f-]{36}', text):
        return '(context)'
    if local in SENTENCES and text:
        return '(text)'
    return re.sub('OS: .* SP: 0.0 Stack: 3.0 vsmigd: .*', '(version)', text.replace(HOSTS, '(hosts)'))


def told(reply, message_id):
    """The lines of a reply; how many findings there are is not what this is about."""
    lines = ['HTTP %d' % reply.status] + list(tree(reply.xml, message_id))
    return [line for i, line in enumerate(lines) if not (line == lines[i - 1] and line.endswith(' Findings = (text)'))]


def tree(element, message_id, depth=0):
    line = '  ' * depth + name_of(element.tag)
    line += ''.join(' %s="%s"' % (name_of(k), v) for k, v in sorted(element.attrib.items()))
    text = text_of(element, message_id)
    yield line + (' = ' + text.replace('\n', '\\n') if text else '')
    for child in element:
        yield from tree(child, message_id, depth + 1)
        assert not (child.tail or '').strip(), 'text behind ' + child.tag


def enumerate_body(inner=''):
    return '<wsen:Enumerate>%s</wsen:Enumerate>' % inner


def optimized(inner='', most=100):
    return enumerate_body('<wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements>%s' % (most, inner))


def mode(name):
    return '<wsman:EnumerationMode>%s</wsman:EnumerationMode>' % name


def polymorphism(name):
    return '<wsmb:PolymorphismMode>%s</wsmb:PolymorphismMode>' % name


def wishes(dialect, text, prefix='wsman'):
    return '<%s:Filter Dialect="%s">%s</%s:Filter>' % (prefix, dialect, text, prefix)


def part(path, more=''):
    return '<wsman:FragmentTransfer s:mustUnderstand="true"%s>%s</wsman:FragmentTransfer>' % (more, path)


def associated(kind, more=''):
    return wishes(ASSOCIATION, '<wsmb:{0}><wsmb:Object><wsa:Address>{1}</wsa:Address><wsa:ReferenceParameters><wsman:ResourceURI>{2}'
                  '</wsman:ResourceURI><wsman:SelectorSet><wsman:Selector Name="InstanceID">vsmigd:capabilities</wsman:Selector>'
                  '</wsman:SelectorSet></wsa:ReferenceParameters></wsmb:Object>{3}</wsmb:{0}>'.format(kind, ANON, CIM + CAPABILITIES, more))


def invoke(method, inner='', cls=SERVICE, prefix=CIM, wrapper='%s_INPUT', **options):
    name = wrapper % method
    body = '<p:%s xmlns:p="%s%s">%s</p:%s>' % (name, prefix, cls, inner, name) if wrapper != '%s-' else ''
    return envelope(prefix + cls + '/' + method, prefix + cls, body, **options)


ONE = {'InstanceID': 'vsmigd:capabilities'}
KEY = {'Name': 'good'}
OFF = 'SELECT Name, ElementName, EnabledState FROM CIM_ComputerSystem WHERE ElementName = "off"'
MOVE = arguments(UUID, 'good')
REPLY_TO = '<wsa:ReferenceParameters><u:Tag xmlns:u="urn:u" a="1">x</u:Tag></wsa:ReferenceParameters></wsa:ReplyTo>'

# name: a message. Pulls have a row each below.
CASES = {
    'identify': IDENTIFY,
    'get': envelope(GET, HOST, selectors=KEY),
    'get, wmi': envelope(GET, WMI + 'VSMIG_DestinationHost', selectors=KEY),
    'get, microsoft': envelope(GET, MICROSOFT + 'VSMIG_DestinationHost', selectors=KEY),
    'get, namespace': envelope(GET, HOST, selectors={**NAMESPACE, **KEY}),
    'get, selectors in the URI': envelope(GET, HOST + '?Name=good'),
    'get, arrays': envelope(GET, CIM + CAPABILITIES, selectors=ONE),
    'get, EPR asked for': envelope(GET, HOST, selectors=KEY, headers='<wsman:RequestEPR/>'),
    'get, reply parameters': envelope(GET, HOST, selectors=KEY).replace('</wsa:ReplyTo>', REPLY_TO),
    'get, fragment': envelope(GET, CS, selectors=VM, headers=part('Name')),
    'get, fragment of the root': envelope(GET, CS, selectors=VM, headers=part('/CIM_ComputerSystem/Name')),
    'get, text': envelope(GET, CS, selectors=VM, headers=part('ElementName/text()')),
    'get, indexed': envelope(GET, CIM + CAPABILITIES, selectors=ONE, headers=part('DestinationHostFormatsSupported[2]')),
    'get, repeated': envelope(GET, CIM + CAPABILITIES, selectors=ONE, headers=part('DestinationHostFormatsSupported')),
    'get, attribute': envelope(GET, CS, selectors=VM, headers=part('@xsi:type')),
    'get, nothing': envelope(GET, CS, selectors=VM, headers=part('Colour')),
    'get, fragment that is all': envelope(GET, HOST, selectors=KEY, headers=part('/')),
    'get, fragment and EPR': envelope(GET, CS, selectors=VM, headers=part('Name') + '<wsman:RequestEPR/>'),
    'enumerate': envelope(ENUMERATE, HOST, enumerate_body()),
    'enumerate, EPR asked for': envelope(ENUMERATE, HOST, enumerate_body(), headers='<wsman:RequestEPR/>'),
    'enumerate, expires': envelope(ENUMERATE, HOST, enumerate_body('<wsen:Expires>PT1M</wsen:Expires>')),
    'enumerate, estimate': envelope(ENUMERATE, HOST, enumerate_body(), headers=ESTIMATE),
    'enumerate, one of more': envelope(ENUMERATE, HOST, enumerate_body('<wsman:OptimizeEnumeration/>')),
    'enumerate, objects': envelope(ENUMERATE, HOST, optimized()),
    'enumerate, EPRs': envelope(ENUMERATE, HOST, optimized(mode('EnumerateEPR'))),
    'enumerate, both': envelope(ENUMERATE, HOST, optimized(mode('EnumerateObjectAndEPR'))),
    'enumerate, both, wmi': envelope(ENUMERATE, WMI + 'VSMIG_DestinationHost', optimized(mode('EnumerateObjectAndEPR'))),
    'enumerate, references': envelope(ENUMERATE, CIM + 'CIM_ElementCapabilities', optimized(wishes(
        WQL, 'SELECT * FROM CIM_ElementCapabilities WHERE Capabilities = "%s.InstanceID=\'vsmigd:capabilities\'"' % CAPABILITIES))),
    'enumerate, references as keys': envelope(ENUMERATE, CIM + 'CIM_ElementCapabilities', optimized(mode('EnumerateEPR') + wishes(
        WQL, 'SELECT * FROM CIM_ElementCapabilities WHERE Capabilities = "%s.InstanceID=\'vsmigd:capabilities\'"' % CAPABILITIES))),
    'enumerate, none': envelope(ENUMERATE, HOST, optimized(wishes(WQL, 'SELECT * FROM VSMIG_DestinationHost WHERE Name = "x"'))),
    'enumerate, none, estimate': envelope(ENUMERATE, HOST, optimized(wishes(WQL, 'SELECT * FROM VSMIG_DestinationHost WHERE Name = "x"')),
                                          headers=ESTIMATE),
    'enumerate, as base': envelope(ENUMERATE, CIM + 'CIM_ManagedElement', optimized(polymorphism('ExcludeSubClassProperties') + wishes(
        SELECTORS, '<wsman:SelectorSet><wsman:Selector Name="InstanceID">vsmigd:capabilities</wsman:Selector></wsman:SelectorSet>'))),
    'enumerate, as it is': envelope(ENUMERATE, CIM + 'CIM_Capabilities', optimized(polymorphism('IncludeSubClassProperties') + wishes(
        SELECTORS, '<wsman:SelectorSet><wsman:Selector Name="InstanceID">vsmigd:capabilities</wsman:Selector></wsman:SelectorSet>'))),
    'enumerate, base only': envelope(ENUMERATE, CIM + 'CIM_Capabilities', optimized(polymorphism('None'))),
    'filter, WQL': envelope(ENUMERATE, ALL, optimized(wishes(WQL, 'SELECT * FROM VSMIG_DestinationHost'))),
    'filter, selected': envelope(ENUMERATE, ALL, optimized(wishes(WQL, OFF))),
    'filter, selected, both': envelope(ENUMERATE, ALL, optimized(mode('EnumerateObjectAndEPR') + wishes(WQL, OFF))),
    'filter, selected, EPRs': envelope(ENUMERATE, ALL, optimized(mode('EnumerateEPR') + wishes(WQL, OFF))),
    'filter, selected, wmi': envelope(ENUMERATE, WMI + '*', optimized(wishes(WQL, OFF))),
    'filter, wsen': envelope(ENUMERATE, CS, optimized(wishes(WQL, OFF, 'wsen'))),
    'filter, CQL': envelope(ENUMERATE, ALL, optimized(wishes(CQL, OFF.replace('"', "'")))),
    'filter, selectors': envelope(ENUMERATE, HOST, optimized(wishes(
        SELECTORS, '<wsman:SelectorSet><wsman:Selector Name="Name">good</wsman:Selector></wsman:SelectorSet>'))),
    'filter, selectors, EPRs': envelope(ENUMERATE, CS, optimized(mode('EnumerateEPR') + wishes(
        SELECTORS, '<wsman:SelectorSet><wsman:Selector Name="ElementName">web</wsman:Selector></wsman:SelectorSet>'))),
    'filter, associated': envelope(ENUMERATE, ALL, optimized(mode('EnumerateEPR') + associated(
        'AssociatedInstances', '<wsmb:ResultClassName>%s</wsmb:ResultClassName>' % SERVICE))),
    'filter, associations': envelope(ENUMERATE, ALL, optimized(associated(
        'AssociationInstances', '<wsmb:ResultClassName>CIM_ElementCapabilities</wsmb:ResultClassName>'))),
    'check': invoke(CHECK, MOVE),
    'check, wmi': invoke(CHECK, MOVE, prefix=WMI),
    'check, microsoft': invoke(CHECK, MOVE, prefix=MICROSOFT),
    'check, as libmi': invoke(CHECK, MOVE, wrapper='%s', selectors=NAMESPACE),
    'check, no such host': invoke(CHECK, arguments(UUID, 'nowhere')),
    'check, no arguments': invoke(CHECK, wrapper='%s-'),
    'check, EPR asked for': invoke(CHECK, MOVE, headers='<wsman:RequestEPR/>'),
    'explain': invoke(EXPLAIN, MOVE, ADVISOR),
    'start': invoke('StartService'),
}
CASES.update({'fault, ' + name: how for name, how in ROWS.items() if how.startswith('<')})


class Exact(unittest.TestCase):
    seen = {}

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS),
                                                              ('other', 'test://%s/dst.xml' % HOSTS)]))
        cls.write = os.environ.get('VSMIGD_EXACT') == 'write'
        cls.trees = {}
        if not cls.write:
            with open(TREES) as f:
                for section in f.read().split('## ')[1:]:
                    name, body = section.split('\n', 1)
                    cls.trees[name] = body.rstrip('\n').split('\n')

    @classmethod
    def tearDownClass(cls):
        if cls.write:
            with open(TREES, 'w') as f:
                f.write('\n'.join('## %s\n%s\n' % (name, '\n'.join(lines)) for name, lines in cls.seen.items()))

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def post(self, message, utf16):
        if not utf16:
            return self.c.post(message)
        reply = self.c.post(b'\xff\xfe' + message.encode('utf-16-le'), content_type='application/soap+xml;charset=UTF-16')
        self.assertEqual(reply.body[:2], b'\xff\xfe')
        return reply

    def compare(self, name, message, utf16):
        found = re.search('<wsa:MessageID>(.*)</wsa:MessageID>', message)
        reply = self.post(message, utf16)
        self.look(name, told(reply, found and found.group(1)))

    def look(self, name, lines):
        self.assertEqual(self.seen.setdefault(name, lines), lines)
        if not self.write:
            self.assertEqual(lines, self.trees.get(name), name)

    def test_replies(self):
        self.assertGreaterEqual(len(CASES), 60)
        for name, message in CASES.items():
            for utf16 in (False, True):
                with self.subTest((name, 'UTF-16' if utf16 else 'UTF-8')):
                    self.compare(name, message, utf16)

    def context(self, inner='', headers=''):
        reply = self.c.send(ENUMERATE, HOST, enumerate_body(inner), headers=headers)
        return reply.text('wsen:EnumerationContext')

    def pull(self, name, utf16, first='', inner='', headers='', action='Pull'):
        body = '<wsen:%s><wsen:EnumerationContext>%s</wsen:EnumerationContext>%s</wsen:%s>' % (action, self.context(first), inner, action)
        self.compare(name, envelope(ENUMERATION + action, HOST, body, headers=headers), utf16)

    def test_pulls(self):
        whole = '<wsen:MaxElements>100</wsen:MaxElements>'
        rows = {'pull, one of two': dict(), 'pull, the rest': dict(inner=whole), 'pull, estimate': dict(headers=ESTIMATE),
                'pull, EPRs': dict(first=mode('EnumerateEPR'), inner=whole),
                'pull, both': dict(first=mode('EnumerateObjectAndEPR'), inner=whole),
                'pull, EPR asked for': dict(headers='<wsman:RequestEPR/>'),
                'pull, selected': dict(first=wishes(WQL, 'SELECT Name FROM VSMIG_DestinationHost'), inner=whole),
                'release': dict(action='Release')}
        for name, row in rows.items():
            for utf16 in (False, True):
                with self.subTest((name, utf16)):
                    self.pull(name, utf16, **row)

    def test_anonymous_identify(self):
        for utf16 in (False, True):
            with Client(self.daemon, None) as anybody:
                body, kind = IDENTIFY.encode(), 'UTF-8'
                if utf16:
                    body, kind = b'\xff\xfe' + IDENTIFY.encode('utf-16-le'), 'UTF-16'
                reply = anybody.post(body, path='/wsman-anon/identify', content_type='application/soap+xml;charset=' + kind)
            self.look('identify, anonymous', told(reply, None))

    def test_zz_no_tree_is_left_over(self):
        self.assertEqual(set(self.trees), set() if self.write else set(self.seen))


if __name__ == '__main__':
    unittest.main()
