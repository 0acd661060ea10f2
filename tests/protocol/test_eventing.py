"""DSP0226 10, eventing, by its rules, as far as no virtual machine changes; tests/lab has the rest."""
import threading
import time
import unittest

from harness import CIM, ENUMERATION, IDENTIFY, NS, SLACK, Client, Daemon, q

WSE = NS['wse']
EVENTING = WSE + '/'
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
CHANGED = CIM + 'CIM_InstModification'
PULL_MODE = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
ISA = 'SELECT * FROM CIM_InstModification WHERE SourceInstance ISA "CIM_ComputerSystem"'


def delivery(inner='', mode=PULL_MODE):
    return '<wse:Delivery Mode="%s">%s</wse:Delivery>' % (mode, inner)


def query(text, dialect=WQL, prefix='wsman'):
    return '<%s:Filter Dialect="%s">%s</%s:Filter>' % (prefix, dialect, text, prefix)


class Eventing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, config='[limits]\nmax_subscriptions = 3\n')
        cls.daemon.write_passwords({Daemon.user: Daemon.password, 'second': 'two', 'third': 'three'})
        cls.enterClassContext(cls.daemon)

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)
        self.open = []
        self.addCleanup(lambda: [self.manage('Unsubscribe', name) for name in self.open])

    def subscribe(self, inner=None, resource=CHANGED, client=None, **options):
        body = '<wse:Subscribe xmlns:wse="%s">%s</wse:Subscribe>' % (WSE, delivery() if inner is None else inner)
        reply = (client or self.c).send(EVENTING + 'Subscribe', resource, body, **options)
        if reply.find('wse:Identifier') is not None and not client:
            self.open.append(reply.text('wse:Identifier'))
        return reply

    def manage(self, action, name, inner='', client=None, resource=None):
        header = '<wse:Identifier xmlns:wse="%s" s:mustUnderstand="true">%s</wse:Identifier>' % (WSE, name)
        body = '<wse:%s xmlns:wse="%s">%s</wse:%s>' % (action, WSE, inner, action)
        return (client or self.c).send(EVENTING + action, resource, body, headers=header)

    def pull(self, context, resource=CHANGED, inner='', client=None, **options):
        body = '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext>%s</wsen:Pull>' % (context, inner)
        return (client or self.c).send(ENUMERATION + 'Pull', resource, body, **options)

    def refused(self, fault, inner, resource=CHANGED):
        reply = self.subscribe(inner, resource)
        self.assertEqual(reply.fault(), fault, reply.body)
        return reply

    def test_R10_1_1_the_operations(self):
        reply = self.subscribe(delivery() + query(ISA), ALL)
        response = reply.first()
        self.assertEqual(response.tag, q('wse:SubscribeResponse'))
        self.assertEqual([c.tag for c in response],
                         [q('wse:SubscriptionManager'), q('wse:Expires'), q('wsen:EnumerationContext')])
        self.assertEqual(reply.text('wsa:Action'), EVENTING + 'SubscribeResponse')
        name = reply.text('wse:Identifier')
        for action in ('GetStatus', 'Renew', 'Unsubscribe'):
            answer = self.manage(action, name, resource=ALL)
            self.assertEqual(answer.text('wsa:Action'), EVENTING + action + 'Response', answer.body)
        self.assertEqual(self.manage('Renew', name).fault(), ('s:Sender', 'wse:UnableToRenew', None))
        self.assertEqual(self.manage('GetStatus', name).fault(), ('s:Sender', 'wse:InvalidMessage', None))

    def test_R10_2_1_end_to(self):
        to = '<wse:EndTo><wsa:Address>%s</wsa:Address></wse:EndTo>' + delivery()
        self.refused(('s:Sender', 'wsman:UnsupportedFeature', 'AddressingMode'), to % 'http://192.0.2.1/sink')
        self.assertIsNone(self.subscribe(to % (NS['wsa'] + '/role/anonymous')).fault())

    def test_R10_2_2_filters(self):
        unable = ('s:Receiver', 'wse:EventSourceUnableToProcess', None)
        self.refused(('s:Sender', 'wse:InvalidMessage', None), delivery() + query(ISA) + query(ISA, prefix='wse'))
        self.refused(unable, delivery() + query('SELECT<wsen:x/>'))
        self.refused(('s:Sender', 'wsman:CannotProcessFilter', None), delivery() + query('SELECT'))
        self.refused(unable, delivery() + query('SELECT * FROM CIM_InstCreation'))
        self.refused(unable, delivery() + query('SELECT * FROM CIM_ComputerSystem'), ALL)
        self.refused(('s:Sender', 'wse:FilteringRequestedUnavailable', 'FilteringRequired'), delivery(), ALL)
        reply = self.refused(('s:Sender', 'wse:FilteringRequestedUnavailable', None), delivery() + query('/a', 'urn:x'), ALL)
        self.assertIn(WQL, [e.text for e in reply.xml.iter(q('wse:SupportedDialect'))])
        for prefix in ('wse', 'wsman'):
            self.assertIsNone(self.subscribe(delivery() + query(ISA, prefix=prefix), ALL).fault())

    def test_R10_2_3_what_is_not_offered(self):
        for detail, inner in (('DeliveryRetries', delivery('<wsman:ConnectionRetry Total="1">PT1M</wsman:ConnectionRetry>')),
                              ('Heartbeats', delivery('<wsman:Heartbeats>PT1M</wsman:Heartbeats>')),
                              ('FormatMismatch', delivery('<wsman:MaxElements>9</wsman:MaxElements>')),
                              ('FormatMismatch', delivery('<wsman:MaxTime>PT1M</wsman:MaxTime>')),
                              ('FormatMismatch', delivery('<wsman:MaxEnvelopeSize>9999</wsman:MaxEnvelopeSize>')),
                              ('Bookmarks', delivery() + '<wsman:SendBookmarks/>'),
                              ('Bookmarks', delivery() + '<wsman:Bookmark>x</wsman:Bookmark>')):
            with self.subTest(inner):
                self.refused(('s:Sender', 'wsman:UnsupportedFeature', detail), inner)

    def test_R10_2_4_manager_and_expiry(self):
        name = self.subscribe().text('wse:Identifier')
        self.assertRegex(name, r'^uuid:[0-9a-f-]{36}$')
        for given, want in (('PT5M', r'^PT(300|299)\.'), ('P1Y', r'^PT3(600|599)\.'), ('2999-01-01T00:00:00Z', r'Z$')):
            with self.subTest(given):
                reply = self.manage('Renew', name, '<wse:Expires>%s</wse:Expires>' % given)
                self.assertRegex(reply.text('wse:Expires'), want)
        for given in ('PT0S', '-PT1S', 'x', '1999-01-01T00:00:00Z'):
            with self.subTest(given):
                bad = ('s:Sender', 'wse:InvalidExpirationTime', None)
                self.assertEqual(self.manage('Renew', name, '<wse:Expires>%s</wse:Expires>' % given).fault(), bad)
                self.refused(bad, delivery() + '<wse:Expires>%s</wse:Expires>' % given)

    def test_R10_2_7_delivery_mode(self):
        for inner in ('', delivery(mode=EVENTING + 'DeliveryModes/Push'), delivery(mode=PULL_MODE.replace('Pull', 'PushWithAck')),
                      delivery(mode=PULL_MODE.replace('Pull', 'Events'))):
            reply = self.refused(('s:Sender', 'wse:DeliveryModeRequestedUnavailable', None), inner)
            self.assertEqual(reply.text('wse:SupportedDeliveryMode'), PULL_MODE)

    def test_R10_2_9_5_pull(self):
        """Nothing happens here: a Pull waits as long as it may, and the subscription goes on."""
        reply = self.subscribe()
        context, name = reply.text('wsen:EnumerationContext'), reply.text('wse:Identifier')
        header = '<wse:Identifier xmlns:wse="%s">%s</wse:Identifier>' % (WSE, name)
        timed_out = ('s:Receiver', 'wsman:TimedOut', None)
        for options in ({'timeout': 'PT0.4S'}, {'inner': '<wsen:MaxTime>PT0.4S</wsen:MaxTime>', 'headers': header},
                        {'timeout': 'PT0.4S', 'inner': '<wsen:MaxTime>PT30S</wsen:MaxTime>'}):
            with self.subTest(options):
                began = time.monotonic()
                self.assertEqual(self.pull(context, **options).fault(), timed_out)
                took = time.monotonic() - began
                self.assertGreater(took, 0.3)
                self.assertLess(took, 0.4 + SLACK)
        self.assertEqual(self.pull(context, ALL).fault(), ('s:Sender', 'wsa:MessageInformationHeaderRequired', None))
        self.assertEqual(self.pull(context, headers=header.replace('uuid:', 'uuid:0')).fault()[1],
                         'wsa:MessageInformationHeaderRequired')
        self.assertEqual(self.pull('x').fault()[1], 'wsen:InvalidEnumerationContext')

    def test_R10_4_end(self):
        reply = self.subscribe()
        name = reply.text('wse:Identifier')
        with Client(self.daemon) as other:
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(
                self.pull(reply.text('wsen:EnumerationContext'), client=other, timeout='PT30S')))
            waiting.start()
            self.assertIsNone(self.manage('Unsubscribe', name).fault())
            waiting.join(20)
        self.assertEqual(answers[0].fault(), ('s:Receiver', 'wsen:InvalidEnumerationContext', None))

    def test_an_owner_and_a_bound(self):
        name = self.subscribe().text('wse:Identifier')
        context = name.replace('uuid:', '')
        with Client(self.daemon, self.daemon.authorization('second', 'two')) as other:
            denied = ('s:Sender', 'wsman:AccessDenied', None)
            self.assertEqual(self.pull(context, client=other).fault(), denied)
            for action in ('Renew', 'GetStatus', 'Unsubscribe'):
                self.assertEqual(self.manage(action, name, client=other).fault(), denied)
            mine = [self.subscribe(client=other) for _ in range(4)]
            self.assertEqual([m.fault() for m in mine], [None] * 3 + [('s:Sender', 'wsman:QuotaLimit', None)])
            self.assertEqual(len({m.text('wse:Identifier') for m in mine[:3]}), 3)
            for m in mine[:3]:
                self.assertIsNone(self.manage('Unsubscribe', m.text('wse:Identifier'), client=other).fault())

    def test_many_wait_for_nobodys_cost(self):
        """As many Pulls as there may be wait at once; no thread more than before, and others are served."""
        clients = [Client(self.daemon, self.daemon.authorization('third', 'three')) for _ in range(6)]
        for c in clients:
            self.addCleanup(c.close)
        contexts = [self.subscribe(client=clients[0]).text('wsen:EnumerationContext') for _ in range(3)]
        self.pull(contexts[0], client=clients[0], timeout='PT0.1S')
        before = self.daemon.threads()
        answers = []
        # Twice as many as subscriptions: the later takes the place of the earlier.
        threads = [threading.Thread(target=lambda n=n: answers.append(
            self.pull(contexts[n % 3], client=clients[n], timeout='PT3S').fault()[1])) for n in range(6)]
        for t in threads:
            t.start()
        self.assertEqual(self.pull('x').fault()[1], 'wsen:InvalidEnumerationContext')
        self.assertLessEqual(self.daemon.threads(), before + 1)
        for t in threads:
            t.join(20)
        self.assertEqual(sorted(answers), ['wsman:Concurrency'] * 3 + ['wsman:TimedOut'] * 3)


class Ends(unittest.TestCase):
    def test_the_service_ends_while_a_pull_waits(self):
        with Daemon(self.build) as daemon, Client(daemon) as c:
            body = '<wse:Subscribe xmlns:wse="%s">%s</wse:Subscribe>' % (WSE, delivery())
            context = c.send(EVENTING + 'Subscribe', CHANGED, body).text('wsen:EnumerationContext')
            pull = '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:Pull>' % context
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(
                c.send(ENUMERATION + 'Pull', CHANGED, pull, timeout='PT60S')))
            waiting.start()
            with Client(daemon) as other:
                # One Pull has taken the place of the other, so the other one came to wait.
                while not answers:
                    other.send(ENUMERATION + 'Pull', CHANGED, pull, timeout='PT0.1S')
            self.assertEqual(answers.pop().fault()[1], 'wsman:Concurrency')
            c.sock.settimeout(30)
            waiting = threading.Thread(target=lambda: answers.append(
                c.send(ENUMERATION + 'Pull', CHANGED, pull, timeout='PT60S')))
            waiting.start()
            with Client(daemon) as other:
                other.post(IDENTIFY)
                began = time.monotonic()
                self.assertEqual(daemon.stop(), 0)
            waiting.join(20)
            self.assertLess(time.monotonic() - began, 10 + SLACK)
            self.assertEqual(answers[0].fault(), ('s:Receiver', 'wsen:InvalidEnumerationContext', None))

    def test_a_source_that_is_down(self):
        with Daemon(self.build, source='qemu+unix:///system?socket=/nonexistent/sock') as daemon, Client(daemon) as c:
            body = '<wse:Subscribe xmlns:wse="%s">%s</wse:Subscribe>' % (WSE, delivery())
            self.assertEqual(c.send(EVENTING + 'Subscribe', CHANGED, body).fault(),
                             ('s:Receiver', 'wse:EventSourceUnableToProcess', None))


if __name__ == '__main__':
    unittest.main()
