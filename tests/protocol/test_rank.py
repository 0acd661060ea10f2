"""RankDestinations: one VM, many destinations, over HTTPS in UTF-8 and UTF-16."""
import time
import unittest
import xml.etree.ElementTree as ET

from harness import (ADVISOR, CIM, HOSTS, RANK, SLACK, Client, Daemon, arguments, closed_port, envelope, escape,
                     silent_listener)

MIGRATION = ('<p:MigrationSettingData>' + escape(
    '<INSTANCE CLASSNAME="CIM_VirtualSystemMigrationSettingData">'
    '<PROPERTY NAME="MigrationType" TYPE="uint16"><VALUE>%s</VALUE></PROPERTY></INSTANCE>') + '</p:MigrationSettingData>')
ALIASES = ['alias%02d' % i for i in range(24)]


def verdict(text):
    """{property: text}, with Findings as {message id: {property: text}}."""
    instance = ET.fromstring(text)
    assert instance.get('CLASSNAME') == 'VSMIG_DestinationVerdict', text[:200]
    values = {p.get('NAME'): p.findtext('VALUE') for p in instance.findall('PROPERTY')}
    findings = instance.find("PROPERTY.ARRAY[@NAME='Findings']")
    values['Findings'] = {}
    for value in findings.iter('VALUE'):
        finding = ET.fromstring(value.text)
        assert finding.get('CLASSNAME') == 'VSMIG_MigrationFinding', value.text[:200]
        properties = {p.get('NAME'): p.findtext('VALUE') for p in finding.findall('PROPERTY')}
        values['Findings'][properties['MessageID']] = properties
    return values


# name, VM, hosts, more arguments, ReturnValue, [(host, code, IsMigratable, a finding)] in order
ROWS = [
    ('best first', 'web', ['refused', 'good'], '', 0, [('good', 0, 'true', 'VSM6005'), ('refused', 5, None, None)]),
    ('cannot, and why', 'lonely', ['good'], '', 0, [('good', 0, 'false', 'VSM4401')]),
    ('once', 'web', ['good', 'Good', ' good '], '', 0, [('good', 0, 'true', None)]),
    ('names that are none', 'web', ['h/system?command=/bin/true', 'good', 'good:16514'], '', 0,
     [('good', 0, 'true', None), ('good:16514', 4, None, 'VSM1004'), ('h/system?command=/bin/true', 4, None, 'VSM1004')]),
    ('not allowed', 'web', ['elsewhere.example'], '', 0, [('elsewhere.example', 5, None, 'VSM2012')]),
    ('same host', 'web', ['self'], '', 0, [('self', 6, None, 'VSM3001')]),
    ('offline', 'off', ['good'], MIGRATION % 1, 0, [('good', 0, 'true', None)]),
    ('not offered', 'web', ['good'], MIGRATION % 32769, 0, [('good', 1, None, 'VSM9001')]),
    ('wrong settings', 'web', ['good', 'self'], MIGRATION % 99, 4,
     [('good', 4, None, 'VSM1009'), ('self', 4, None, 'VSM1009')]),
    ('nobody', 'nobody', ['good'], '', 4, [('good', 4, None, 'VSM1003')]),
    ('no VM', None, ['good'], '', 4, [('good', 4, None, 'VSM1001')]),
]


class Rank(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.silent = silent_listener()
        cls.addClassCleanup(cls.silent.close)
        hosts = [('good', 'test://%s/dst.xml' % HOSTS), ('self', 'test://%s/src.xml' % HOSTS),
                 ('silent', 'qemu+tcp://127.0.0.1:%d/system' % cls.silent.getsockname()[1]),
                 ('refused', 'qemu+tcp://127.0.0.1:%d/system' % closed_port())]
        cls.daemon = cls.enterClassContext(Daemon(cls.build, hosts, '[check]\ntimeout = 2s\n'))
        aliases = [(name, 'test://%s/dst.xml' % HOSTS) for name in ALIASES]
        cls.many = cls.enterClassContext(Daemon(cls.build, aliases))

    def verdicts(self, reply, code=0):
        self.assertEqual(reply.status, 200, reply.body[:2000])
        output = reply.output()
        self.assertEqual(output['ReturnValue'], str(code))
        return [verdict(text) for text in output.get('Ranking', [])]

    def test_rows(self):
        for name, vm, hosts, extra, code, want in ROWS:
            with self.subTest(name), Client(self.daemon) as c:
                got = self.verdicts(c.rank(vm, hosts, extra), code)
                self.assertEqual([(v['Host'], v['CheckCode'], v.get('IsMigratable')) for v in got],
                                 [(h, str(n), m) for h, n, m, _ in want])
                for v, (_, _, _, finding) in zip(got, want):
                    self.assertTrue(v['Findings'])
                    if finding:
                        self.assertIn(finding, v['Findings'])

    def test_all_hosts(self):
        """Without Hosts, with none, or with one that is empty, all of [hosts]; the dead ones do not
        keep the others from being told, and the whole comes in time."""
        for hosts in ([], [''], [' ']):
            with self.subTest(hosts), Client(self.daemon) as c:
                began = time.monotonic()
                got = {v['Host']: v for v in self.verdicts(c.rank('web', hosts))}
                self.assertLess(time.monotonic() - began, 2 * SLACK)
                self.assertEqual({h: v['CheckCode'] for h, v in got.items()},
                                 {'good': '0', 'self': '6', 'silent': '3', 'refused': '5'})
                self.assertEqual(next(iter(got)), 'good')
                self.assertEqual(got['good']['MemoryNeeded'], got['self']['MemoryNeeded'])
                self.assertGreater(int(got['good']['MemoryNeeded']), 1 << 20)
                self.assertIn('VSM9003', got['silent']['Findings'])
                self.assertEqual(got['good']['Simulated'], 'true')

    def test_operation_timeout(self):
        with Client(self.daemon) as c:
            began = time.monotonic()
            got = self.verdicts(c.rank('web', ['silent', 'good'], timeout='PT0.5S'))
            self.assertLess(time.monotonic() - began, 0.5 * SLACK)
            self.assertEqual([(v['Host'], v['CheckCode']) for v in got], [('good', '0'), ('silent', '3')])

    def test_the_same_as_a_check(self):
        """What a ranking says of a host is what a check says of it."""
        for vm in ('web', 'paused', 'lonely', 'transient', 'huge', 'clash', 'off'):
            with self.subTest(vm), Client(self.daemon) as c:
                one = c.explain(vm, 'good').output()
                got, = self.verdicts(c.rank(vm, ['good']))
                self.assertEqual((got['CheckCode'], got.get('IsMigratable')), (one['CheckCode'], one.get('IsMigratable')))
                ids = [ET.fromstring(f).findtext("PROPERTY[@NAME='MessageID']/VALUE") for f in one['Findings']]
                self.assertEqual(list(got['Findings']), list(dict.fromkeys(ids)))

    def test_utf16(self):
        body = '<p:%s_INPUT xmlns:p="%s%s">%s<p:Hosts>good</p:Hosts></p:%s_INPUT>' % (
            RANK, CIM, ADVISOR, arguments('a&b <ü>', None), RANK)
        text = envelope(CIM + ADVISOR + '/' + RANK, CIM + ADVISOR, body)
        with Client(self.daemon) as c:
            reply = c.post(text.encode('utf-16'), content_type='application/soap+xml;charset=UTF-16')
            self.assertEqual(reply.body[:2], b'\xff\xfe')
            got, = self.verdicts(reply)
        self.assertEqual((got['Host'], got['IsMigratable']), ('good', 'true'))

    def test_too_many(self):
        with Client(self.many) as c:
            self.assertEqual(len(self.verdicts(c.rank('web', ['n%d.example' % i for i in range(64)]))), 64)
            fault = c.rank('web', ['n%d.example' % i for i in range(65)]).fault()
            self.assertEqual(fault[1], 'wsman:EncodingLimit')

    def test_small_envelopes(self):
        """An answer that would be too large is told without what only informs; when that does not
        help either, the fault says so. In UTF-16 there is room for half as much."""
        with Client(self.many) as c:
            whole = c.rank('web')
            got = self.verdicts(whole)
            self.assertEqual([v['Host'] for v in got], ALIASES)
            self.assertIn('VSM6005', got[0]['Findings'])
            for size, kind in ((len(whole.body) - 1, 'UTF-8'), (len(whole.body) + 1000, 'UTF-16')):
                body = '<p:%s_INPUT xmlns:p="%s%s">%s</p:%s_INPUT>' % (RANK, CIM, ADVISOR, arguments('web', None), RANK)
                text = envelope(CIM + ADVISOR + '/' + RANK, CIM + ADVISOR, body, max_envelope=size)
                reply = c.post(text.encode(kind.lower()), content_type='application/soap+xml;charset=' + kind)
                self.assertLessEqual(len(reply.body), size)
                got = self.verdicts(reply)
                self.assertEqual([v['Host'] for v in got], ALIASES)
                self.assertNotIn('VSM6005', got[0]['Findings'])
                self.assertEqual(got[0]['IsMigratable'], 'true')
            self.assertEqual(c.rank('web', max_envelope=8192).fault()[1:], ('wsman:EncodingLimit', 'MaxEnvelopeSize'))

    def test_audit(self):
        with Client(self.daemon) as c:
            c.rank('lonely', ['good', 'refused'])
        self.daemon.wait_log(r'(?=.*RankDestinations)(?=.*good,refused)(?=.*lonely).*VSM4401')


if __name__ == '__main__':
    unittest.main()
