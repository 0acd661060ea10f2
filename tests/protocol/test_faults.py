"""Every row of wsman/faults.def with a request that gets it, and every fault of DSP0226 14.6 with its row or the
reason why it cannot occur."""
import os
import re
import unittest

from harness import (ADVISOR, CIM, CHECK, ENUMERATION, EXPLAIN, HOSTS, NS, SERVICE, TOP, TRANSFER, WMI, Client,
                     Daemon, arguments, closed_port, envelope, q)

CS = CIM + 'CIM_ComputerSystem'
SERVICE_URI = CIM + SERVICE
GET, PUT = TRANSFER + 'Get', TRANSFER + 'Put'
EVENTING = NS['wse'] + '/'
CHANGED = CIM + 'CIM_InstModification'
ENUMERATE, PULL = ENUMERATION + 'Enumerate', ENUMERATION + 'Pull'
VM = {'CreationClassName': 'CIM_ComputerSystem', 'Name': '11111111-2222-4333-8444-000000000001'}
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
CLASSES = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
P = 'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"'
ROW = re.compile(r'FAULT\((\w+),\s*("[^"]*"|NULL),\s*("[^"]*"|NULL),\s*("[^"]*"|NULL),\s*(\d+),\s*(\d+),\s*"')


def table():
    """{id: (code, subcode, detail, WinRM's number, CIM status)} of faults.def."""
    with open(os.path.join(TOP, 'wsman', 'faults.def')) as f:
        rows = ROW.findall(f.read())
    value = lambda text: None if text == 'NULL' else text[1:-1]
    return {r[0]: (value(r[1]), value(r[2]), value(r[3]), r[4], r[5]) for r in rows}


def enumerate_body(inner=''):
    return '<wsen:Enumerate>%s</wsen:Enumerate>' % inner


def filtered(text, dialect=WQL):
    return enumerate_body('<wsman:Filter Dialect="%s">%s</wsman:Filter>' % (dialect, text))


def option(attributes):
    return '<wsman:OptionSet><wsman:Option %s>1</wsman:Option></wsman:OptionSet>' % attributes


def part(path, attributes=''):
    return '<wsman:FragmentTransfer s:mustUnderstand="true"%s>%s</wsman:FragmentTransfer>' % (attributes, path)


def selector(name, value):
    return '<wsman:Selector Name="%s">%s</wsman:Selector>' % (name, value)


def explain():
    return '<p:%s_INPUT xmlns:p="%s%s">%s</p:%s_INPUT>' % (EXPLAIN, CIM, ADVISOR, arguments('lonely', 'good'), EXPLAIN)


def request(action=GET, resource=CS, body='', **options):
    return envelope(action, resource, body, **options)


def invoke(inner, name=CHECK):
    return request(SERVICE_URI + '/' + CHECK, SERVICE_URI, '<p:%s_INPUT xmlns:p="%s">%s</p:%s_INPUT>' % (name, SERVICE_URI, inner, name))


def subscribe(inner='', mode='http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull', delivery='', resource=CHANGED):
    return request(EVENTING + 'Subscribe', resource, '<wse:Subscribe xmlns:wse="%s"><wse:Delivery Mode="%s">%s</wse:Delivery>%s'
                   '</wse:Subscribe>' % (NS['wse'], mode, delivery, inner))


def watch(text, dialect=WQL, prefix='wsman'):
    return '<%s:Filter Dialect="%s">%s</%s:Filter>' % (prefix, dialect, text, prefix)


def renew(inner=''):
    return request(EVENTING + 'Renew', None, '<wse:Renew xmlns:wse="%s">%s</wse:Renew>' % (NS['wse'], inner),
                   headers='<wse:Identifier xmlns:wse="%s">uuid:x</wse:Identifier>' % NS['wse'])


# What gets the fault: a message, or the name of a method of the test that makes the reply.
ROWS = {
    'VERSION_MISMATCH': request().replace(NS['s'], 'http://schemas.xmlsoap.org/soap/envelope/'),
    'MUST_UNDERSTAND': request(headers='<u:Fly xmlns:u="urn:u" s:mustUnderstand="true"/>'),
    'ACCESS_DENIED': 'pull_of_another',
    'ACTION_NOT_SUPPORTED': request(ENUMERATION + 'Renew'),
    'ACTION_MISMATCH': request(PUT, selectors=VM, body='<p:CIM_ComputerSystem xmlns:p="%s"/>' % CS),
    'METHOD_NOT_FOUND': request(CS + '/Fly'),
    'INVALID_RESOURCE_URI': request(resource=CIM + 'CIM_Unicorn'),
    'INVALID_NAMESPACE': request(selectors={**VM, '__cimnamespace': 'root/unicorn'}),
    'NOT_FOUND': request(selectors={**VM, 'Name': 'nobody'}),
    'ENDPOINT_UNAVAILABLE': 'get_behind_a_dead_hypervisor',
    'HEADER_REQUIRED': request(to=None),
    'INVALID_HEADER': request(message_id=None),
    'INVALID_TIMEOUT': request(timeout='soon'),
    'CHARACTER_SET': 'get_in_latin_1',
    'MAX_ENVELOPE_SIZE': request(CIM + ADVISOR + '/' + EXPLAIN, CIM + ADVISOR, explain(), max_envelope='8192'),
    'MIN_ENVELOPE_SIZE': request(max_envelope='8191'),
    'SERVICE_ENVELOPE': 'explain_within_8k',
    'OPTION_LIMIT': request(headers=option('Name="%s"' % ('x' * 3000))),
    'SELECTOR_LIMIT': request(selectors={'x' * 3000: '1'}),
    'URI_LIMIT': request(resource=CIM + 'x' * 3000),
    'CANNOT_PROCESS_FILTER': request(ENUMERATE, body=filtered('SELECT')),
    'FRAGMENT_PATH': request(headers=part('//Name'), selectors=VM),
    'FRAGMENT_DIALECT': request(headers=part('Name', ' Dialect="urn:x"'), selectors=VM),
    'INVALID_FRAGMENT': request(PUT, headers=part('Name'), selectors=VM, body='<x/>'),
    'FILTER_DIALECT': request(ENUMERATE, body=filtered('x', 'urn:x')),
    'INVALID_CONTEXT': request(PULL, body='<wsen:Pull><wsen:EnumerationContext>x</wsen:EnumerationContext></wsen:Pull>'),
    'INVALID_EXPIRATION': request(ENUMERATE, body=enumerate_body('<wsen:Expires>never</wsen:Expires>')),
    'DELIVERY_MODE': subscribe(mode=NS['wse'] + '/DeliveryModes/Push'),
    'EVENT_SOURCE': subscribe(watch('SELECT * FROM CIM_Service')),
    'EVENT_DIALECT': subscribe(watch('x', 'urn:x')),
    'EVENT_FILTER_REQUIRED': subscribe(resource=ALL),
    'EVENT_EXPIRATION': subscribe('<wse:Expires>never</wse:Expires>'),
    'EVENT_MESSAGE': subscribe(watch('x') + watch('x', prefix='wse')),
    'UNABLE_TO_RENEW': renew(),
    'EVENT_FILTER': subscribe(watch('SELECT')),
    'BOOKMARKS': subscribe('<wsman:SendBookmarks/>'),
    'DELIVERY_RETRIES': subscribe(delivery='<wsman:ConnectionRetry Total="1">PT1M</wsman:ConnectionRetry>'),
    'FORMAT_MISMATCH': subscribe(delivery='<wsman:MaxTime>PT1M</wsman:MaxTime>'),
    'HEARTBEATS': subscribe(delivery='<wsman:Heartbeats>PT1M</wsman:Heartbeats>'),
    'INVALID_OPTION_NAME': request(headers=option('Name=""')),
    'OPTION_NOT_SUPPORTED': request(headers=option('Name="x" MustComply="true"')),
    'INVALID_PARAMETER': invoke('<p:DestinationHost><x/></p:DestinationHost>'),
    'INVALID_PARAMETER_NAME': invoke('', 'Fly'),
    'DUPLICATE_SELECTORS': request(headers='<wsman:SelectorSet>%s</wsman:SelectorSet>' % (selector('Name', 'x') * 2)),
    'INSUFFICIENT_SELECTORS': request(selectors={'Name': 'x'}),
    'SELECTOR_VALUE': request(resource=CLASSES + 'CIM_System', selectors={'ClassName': 'CIM_Service'}),
    'DIFFERENT_NAMESPACES': request(resource=WMI + 'CIM_ComputerSystem', selectors={**VM, '__cimnamespace': 'root/interop'}),
    'SELECTOR_TYPE': request(headers='<wsman:SelectorSet>%s</wsman:SelectorSet>' % selector('Name', '<x/>')),
    'UNEXPECTED_SELECTORS': request(selectors={**VM, 'Colour': 'red'}),
    'QUOTA_LIMIT': 'enumerate_too_often',
    'SCHEMA_VALIDATION': request(ENUMERATE, body='<x/>'),
    'TIMED_OUT': request(selectors=VM, timeout='PT0S'),
    'ADDRESSING_MODE': request(reply_to='http://192.0.2.1/'),
    'ENUMERATION_MODE': request(ENUMERATE, body=enumerate_body('<wsman:EnumerationMode>x</wsman:EnumerationMode>')),
    'FILTERING_REQUIRED': request(ENUMERATE, ALL, enumerate_body()),
    'FRAGMENT_LEVEL': request(ENUMERATE, headers=part('Name'), body=enumerate_body()),
    'LOCALE': request(headers='<wsman:Locale xml:lang="tlh" s:mustUnderstand="true"/>'),
    'DATA_LOCALE': request(headers='<p:DataLocale %s xml:lang="tlh" s:mustUnderstand="true"/>' % P),
    'POLYMORPHISM_MODE': request(ENUMERATE, body=enumerate_body('<wsmb:PolymorphismMode>x</wsmb:PolymorphismMode>')),
}

# Rows that no request from outside brings about at will, and what shows them instead.
ELSEWHERE = {
    'ENCODING_LIMIT': 'what a layer below finds too large; nothing is, that passed the limits above it: tests/unit/wsman_faults.c',
    'INTERNAL_ERROR': 'a failure of our own; that errors become it: tests/unit/wsman_faults.c',
    'CONCURRENCY': 'two Pulls of one context at the same moment: tests/unit/wsman_contexts.c',
}

# DSP0226 14.6: (subcode, detail) that have no row, and why they cannot occur.
NEVER = {
    ('wsman:AlreadyExists', None): 'nothing can be created',
    ('wsman:DeliveryRefused', None): 'said by event sinks; this is none',
    ('wsman:EncodingLimit', 'EncodingType'): 'no attachments, so no other encoding than that of XML',
    ('wsman:EncodingLimit', 'UnreportableSuccess'): 'no operation changes anything',
    ('wsman:EncodingLimit', 'UnsupportedCharacter'): 'all characters of XML are read and written',
    ('wsman:EncodingLimit', 'Whitespace'): 'white space around values is trimmed',
    ('wsman:EventDeliverToUnusable', None): 'no event is pushed anywhere',
    ('wsen:FilteringNotSupported', None): 'filters are supported wherever there are enumerations',
    ('wse:FilteringNotSupported', None): 'the same',
    ('wsman:InvalidBookmark', 'Expired'): 'no bookmarks',
    ('wsman:InvalidBookmark', 'InvalidFormat'): 'no bookmarks',
    ('wsman:InvalidOptions', 'InvalidValue'): 'no option has a meaning, so no value is wrong',
    ('wxf:InvalidRepresentation', 'InvalidValues'): 'nothing can be put or created: refused before its body is read',
    ('wxf:InvalidRepresentation', 'MissingValues'): 'the same',
    ('wxf:InvalidRepresentation', 'InvalidNamespace'): 'the same',
    ('wsman:NoAck', None): 'no event is pushed, so none is acknowledged',
    ('wsen:TimedOut', None): 'DSP0226 advises against it: wsman:TimedOut instead',
    ('wsen:UnsupportedExpirationType', None): 'durations and times are both read',
    ('wse:UnsupportedExpirationType', None): 'durations and times are both read',
    ('wsman:UnsupportedFeature', 'Ack'): 'no event is pushed',
    ('wsman:UnsupportedFeature', 'AsynchronousRequest'): 'requests at the same time are served, or wsman:Concurrency',
    ('wsman:UnsupportedFeature', 'ExpirationTime'): 'Expires is honoured',
    ('wsman:UnsupportedFeature', 'InsecureAddress'): 'no event is pushed anywhere',
    ('wsman:UnsupportedFeature', 'MaxElements'): 'honoured',
    ('wsman:UnsupportedFeature', 'MaxEnvelopePolicy'): 'the attribute is passed over, as R6.2-6 has it',
    ('wsman:UnsupportedFeature', 'MaxEnvelopeSize'): 'honoured',
    ('wsman:UnsupportedFeature', 'MaxTime'): 'honoured',
    ('wsman:UnsupportedFeature', 'OperationTimeout'): 'honoured',
}

# DSP0226 14.6.
STANDARD = '''
wsman:AccessDenied; wsa:ActionNotSupported ActionMismatch; wsman:AlreadyExists; wsen:CannotProcessFilter; wsman:CannotProcessFilter;
wsman:Concurrency; wse:DeliveryModeRequestedUnavailable; wsman:DeliveryRefused; wsa:DestinationUnreachable InvalidResourceURI;
wsman:EncodingLimit CharacterSet EncodingType MaxEnvelopeSize MinimumEnvelopeLimit OptionLimit SelectorLimit ServiceEnvelopeLimit
UnreportableSuccess UnsupportedCharacter URILimitExceeded Whitespace; wsa:EndpointUnavailable ResourceOffline;
wsman:EventDeliverToUnusable; wse:EventSourceUnableToProcess; wsen:FilterDialectRequestedUnavailable; wse:FilteringNotSupported;
wsen:FilteringNotSupported; wse:FilteringRequestedUnavailable FilteringRequired; wsman:FragmentDialectNotSupported;
wsman:InternalError; wsman:InvalidBookmark Expired InvalidFormat; wsen:InvalidEnumerationContext; wse:InvalidExpirationTime; wsen:InvalidExpirationTime; wse:InvalidMessage;
wsa:InvalidMessageInformationHeader; wsman:InvalidOptions NotSupported InvalidName InvalidValue;
wsman:InvalidParameter TypeMismatch InvalidName; wxf:InvalidRepresentation InvalidValues MissingValues InvalidNamespace InvalidFragment;
wsman:InvalidSelectors InsufficientSelectors UnexpectedSelectors TypeMismatch InvalidValue DuplicateSelectors;
wsa:MessageInformationHeaderRequired; wsman:NoAck; wsman:QuotaLimit; wsman:SchemaValidationError; wsen:TimedOut; wsman:TimedOut;
wse:UnableToRenew; wse:UnsupportedExpirationType; wsen:UnsupportedExpirationType;
wsman:UnsupportedFeature Ack AddressingMode AsynchronousRequest Bookmarks DeliveryRetries FormatMismatch Heartbeats EnumerationMode ExpirationTime FilteringRequired FragmentLevelAccess
InsecureAddress Locale MaxElements MaxEnvelopePolicy MaxEnvelopeSize MaxTime OperationTimeout; wsmb:PolymorphismModeNotSupported
'''


def standard():
    for entry in STANDARD.split(';'):
        words = entry.split()
        for detail in words[1:] or [None]:
            yield words[0], detail


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hosts = [('good', 'test://%s/dst.xml' % HOSTS)]
        cls.daemon = Daemon(cls.build, hosts, '[limits]\nmax_contexts = 2\n')
        cls.daemon.write_passwords({Daemon.user: Daemon.password, 'second': 'two', 'third': 'three'})
        cls.enterClassContext(cls.daemon)
        cls.rows = table()

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def enumerate_as(self, user, password):
        with Client(self.daemon, self.daemon.authorization(user, password)) as other:
            return other.send(ENUMERATE, CS, enumerate_body())

    def pull_of_another(self):
        context = self.enumerate_as('second', 'two').text('wsen:EnumerationContext')
        return self.c.send(PULL, CS, '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:Pull>' % context)

    def enumerate_too_often(self):
        for _ in range(2):
            self.assertEqual(self.enumerate_as('third', 'three').status, 200)
        return self.enumerate_as('third', 'three')

    def get_in_latin_1(self):
        return self.c.post(request(), content_type='application/soap+xml;charset=ISO-8859-1')

    def get_behind_a_dead_hypervisor(self):
        with Daemon(self.build, source='qemu+tcp://127.0.0.1:%d/system' % closed_port()) as dead, Client(dead) as c:
            return c.send(GET, CS, selectors=VM)

    def explain_within_8k(self):
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)], '[limits]\nmax_envelope = 8k\n') as small:
            with Client(small) as c:
                return c.send(CIM + ADVISOR + '/' + EXPLAIN, CIM + ADVISOR, explain())

    def test_every_row_occurs(self):
        self.assertGreater(len(self.rows), 40)
        self.assertEqual(set(self.rows), set(ROWS) | set(ELSEWHERE))
        self.assertFalse(set(ROWS) & set(ELSEWHERE))
        for name, how in ROWS.items():
            with self.subTest(name):
                reply = getattr(self, how)() if not how.startswith('<') else self.c.post(how)
                code, subcode, detail, number, status = self.rows[name]
                self.assertEqual((reply.status, reply.fault()), (500, (code, subcode, detail)), reply.body[:3000])
                fault = reply.xml.find('s:Body/s:Fault', NS)
                self.assertEqual(fault.find('s:Detail/f:WSManFault', NS).get('Code'), number)
                omi = fault.find('s:Detail/{*}OMI_Error', NS)
                self.assertEqual(omi.find('{*}MessageID').text, 'OMI:MI_Result:' + status)
                text = fault.find('s:Reason/s:Text', NS).text
                self.assertTrue(text)
                self.assertEqual({omi.find('{*}Message').text, fault.find('s:Detail/f:WSManFault/f:Message', NS).text}, {text})
                error = fault.find('s:Detail/wsmb:CIMError/{*}CIM_Error', NS)
                if error is not None:
                    self.assertEqual((error.find('{*}CIMStatusCode').text, error.find('{*}MessageID').text), (status, name))

    def test_cim_errors(self):
        """What fails in CIM says so in its terms; what is wrong with the message does not."""
        cim = {'METHOD_NOT_FOUND': '17', 'INVALID_RESOURCE_URI': '5', 'INVALID_NAMESPACE': '3', 'NOT_FOUND': '6', 'INVALID_PARAMETER': '4',
               'INSUFFICIENT_SELECTORS': '4', 'CANNOT_PROCESS_FILTER': '15'}
        for name, status in cim.items():
            with self.subTest(name):
                error = self.c.post(ROWS[name]).xml.find('.//s:Detail/wsmb:CIMError/{%sCIM_Error}CIM_Error' % CIM, NS)
                self.assertEqual(error.get(q('xsi:type')), 'p:CIM_Error_Type')
                self.assertEqual(error.find('{*}CIMStatusCode').text, status)
        for name in ('MUST_UNDERSTAND', 'HEADER_REQUIRED', 'TIMED_OUT', 'SCHEMA_VALIDATION'):
            with self.subTest(name):
                self.assertIsNone(self.c.post(ROWS[name]).find('wsmb:CIMError'))

    def test_every_fault_of_the_standard(self):
        ours = {(subcode, detail) for _, subcode, detail, _, _ in self.rows.values()}
        known = set(standard())
        self.assertFalse(ours & set(NEVER), 'a fault that has a row can occur')
        self.assertLessEqual(set(NEVER), known)
        self.assertEqual({f for f in known if f not in ours and f not in NEVER}, set())
        self.assertTrue(all(NEVER.values()))

    def test_details_of_the_standard(self):
        """What s:Detail has beside FaultDetail."""
        rows = [('ACTION_MISMATCH', 'wsa:Action', PUT), ('HEADER_REQUIRED', 'wsa:To', None), ('INVALID_HEADER', 'wsa:MessageID', None),
                ('FILTER_DIALECT', 'wsen:SupportedDialect', WQL), ('EVENT_DIALECT', 'wse:SupportedDialect', WQL),
                ('DELIVERY_MODE', 'wse:SupportedDeliveryMode', 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull'),
                ('FRAGMENT_DIALECT', 'wsman:FragmentDialect', 'http://www.w3.org/TR/1999/REC-xpath-19991116')]
        for name, element, text in rows:
            with self.subTest(name):
                node = self.c.post(ROWS[name]).xml.find('.//s:Detail/' + element, NS)
                self.assertIsNotNone(node)
                self.assertEqual(node.text, text)


if __name__ == '__main__':
    unittest.main()
