"""The method itself: return codes through HTTPS, settings in every spelling, destinations that hang."""
import signal
import threading
import time
import unittest
import xml.etree.ElementTree as ET

from harness import (ADVISOR, CHECK, CIM, EXPLAIN, HOSTS, IDENTIFY, SLACK, Client, Daemon, arguments, closed_port,
                     escape, silent_listener, vm_reference)

UUID = '11111111-2222-4333-8444-0000000000%02d'
CIMXML = ('<INSTANCE CLASSNAME="CIM_VirtualSystemMigrationSettingData">'
          '<PROPERTY NAME="MigrationType" TYPE="uint16"><VALUE>%s</VALUE></PROPERTY></INSTANCE>')
MOF = 'instance of CIM_VirtualSystemMigrationSettingData { MigrationType = %s; };'
WSCIM = ('<p:MigrationSettingData xmlns:q="' + CIM + 'CIM_VirtualSystemMigrationSettingData" '
         'xsi:type="q:CIM_VirtualSystemMigrationSettingData_Type"><q:MigrationType>%s</q:MigrationType>'
         '</p:MigrationSettingData>')


def setting(text):
    return '<p:MigrationSettingData>%s</p:MigrationSettingData>' % escape(text)


def new_memory(kind, device, quantity):
    return ('<p:NewResourceSettingData>' + escape(
        '<INSTANCE CLASSNAME="CIM_ResourceAllocationSettingData">'
        '<PROPERTY NAME="InstanceID" TYPE="string"><VALUE>vsmigd:%s:%s</VALUE></PROPERTY>'
        '<PROPERTY NAME="ResourceType" TYPE="uint16"><VALUE>%d</VALUE></PROPERTY>'
        '<PROPERTY NAME="VirtualQuantity" TYPE="uint64"><VALUE>%d</VALUE></PROPERTY></INSTANCE>' %
        (UUID % 1, device, kind, quantity)) + '</p:NewResourceSettingData>')


# name, VM, destination, more arguments, code, IsMigratable, a finding that must be there
ROWS = [
    ('true', 'web', 'good', '', 0, 'true', None),
    ('true, by UUID', UUID % 1, 'good', '', 0, 'true', None),
    ('true, by UUID in capitals', (UUID % 1).upper(), 'good', '', 0, 'true', None),
    ('true, odd name', 'a&b <ü>', 'good', '', 0, 'true', None),
    ('paused', 'paused', 'good', '', 0, 'true', 'VSM5025'),
    ('network missing', 'lonely', 'good', '', 0, 'false', 'VSM4401'),
    ('transient disk', 'transient', 'good', '', 0, 'false', 'VSM4306'),
    ('memory', 'huge', 'good', '', 0, 'false', 'VSM4201'),
    ('name taken', 'clash', 'good', '', 0, 'false', 'VSM4001'),
    ('no VM given', None, 'good', '', 4, None, 'VSM1001'),
    ('no such VM', 'nobody', 'good', '', 4, None, 'VSM1003'),
    ('no destination', 'web', None, '', 4, None, 'VSM1001'),
    ('empty destination', 'web', '', '', 4, None, 'VSM1001'),
    ('a destination that is a URI', 'web', 'qemu+ssh://x/system', '', 4, None, 'VSM1004'),
    ('a destination that runs programs', 'web', 'h/system?command=/bin/true&x=', '', 4, None, 'VSM1004'),
    ('a destination with a port', 'web', 'good:16514', '', 4, None, 'VSM1004'),
    ('a destination with a zone', 'web', 'fe80::1%eth0', '', 4, None, 'VSM1004'),
    ('settings that are none', 'web', 'good', setting('a'), 4, None, 'VSM1006'),
    ('settings of another class', 'web', 'good', setting('<INSTANCE CLASSNAME="CIM_ComputerSystem"/>'), 4, None, 'VSM1007'),
    ('type out of range', 'web', 'good', setting(CIMXML % 99), 4, None, 'VSM1009'),
    ('defaults', 'web', 'good', setting('<INSTANCE CLASSNAME="CIM_VirtualSystemMigrationSettingData"/>'), 0, 'true', None),
    ('CIM-XML', 'off', 'good', setting(CIMXML % 1), 0, 'true', None),
    ('MOF', 'off', 'good', setting(MOF % 1), 0, 'true', None),
    ('WS-CIM', 'off', 'good', WSCIM % 1, 0, 'true', None),
    ('type Storage', 'web', 'good', setting(CIMXML % 32769), 1, None, None),
    ('shut off, live', 'off', 'good', '', 5, None, 'VSM2001'),
    ('running, offline', 'web', 'good', setting(CIMXML % 1), 5, None, 'VSM2001'),
    ('refused', 'web', 'refused', '', 5, None, 'VSM2010|VSM2014'),
    ('not allowed', 'web', 'elsewhere.example', '', 5, None, 'VSM2012'),
    ('same host', 'web', 'self', '', 6, None, 'VSM3001'),
    ('more vCPUs, live', 'web', 'good', new_memory(3, 'vcpu', 4), 6, None, 'VSM3009'),
    ('a device that is not there', 'web', 'good', new_memory(17, 'vdz', 4), 6, None, 'VSM3010'),
    ('silent', 'web', 'silent', '', 3, None, 'VSM9003'),
    ('silent, and something is known already', 'transient', 'silent', '', 3, None, 'VSM4306'),
    ('silent, and there is no such VM', 'nobody', 'silent', '', 4, None, 'VSM1003'),
]


class Checks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.silent = silent_listener()
        cls.addClassCleanup(cls.silent.close)
        hosts = [('good', 'test://%s/dst.xml' % HOSTS), ('self', 'test://%s/src.xml' % HOSTS),
                 ('silent', 'qemu+tcp://127.0.0.1:%d/system' % cls.silent.getsockname()[1]),
                 ('refused', 'qemu+tcp://127.0.0.1:%d/system' % closed_port())]
        cls.daemon = cls.enterClassContext(Daemon(cls.build, hosts, '[check]\ntimeout = 2s\n'))

    def found(self, output):
        """{message id: {property: text}} of Explain's findings."""
        found = {}
        for text in output.get('Findings', []):
            instance = ET.fromstring(text)
            self.assertEqual(instance.get('CLASSNAME'), 'VSMIG_MigrationFinding')
            properties = {p.get('NAME'): p.findtext('VALUE') for p in instance.iter('PROPERTY')}
            self.assertTrue(properties['Message'])
            found[properties['MessageID']] = properties
        return found

    def test_codes(self):
        for name, vm, destination, extra, code, migratable, finding in ROWS:
            with self.subTest(name), Client(self.daemon) as c:
                reply = c.check(vm, destination, extra)
                self.assertEqual(reply.status, 200, reply.body[:2000])
                output = reply.output()
                explained = c.explain(vm, destination, extra).output()
                why = sorted(self.found(explained))
                self.assertEqual(output['ReturnValue'], str(code), why)
                self.assertEqual(output.get('IsMigratable'), migratable, why)
                self.assertEqual(explained['CheckCode'], str(code))
                self.assertEqual(explained.get('IsMigratable'), migratable)
                if finding:
                    self.assertTrue(set(finding.split('|')) & set(why), '%s not in %s' % (finding, why))

    def test_to_a_system(self):
        """The destination as a reference: the same check, the same answers."""
        to = '<p:DestinationSystem>%s</p:DestinationSystem>'
        explain = EXPLAIN.replace('ToHost', 'ToSystem')
        with Client(self.daemon) as c:
            for name, vm, destination, extra, code, migratable, finding in ROWS:
                if not destination or finding in ('VSM9003', 'VSM1004'):
                    continue
                with self.subTest(name):
                    given = to % vm_reference(destination) + extra
                    reply = c.check(vm, None, given, method=CHECK.replace('ToHost', 'ToSystem'))
                    self.assertEqual(reply.status, 200, reply.body[:2000])
                    self.assertTrue(reply.text('wsa:Action').endswith('IsMigratableToSystemResponse'))
                    output = reply.output()
                    self.assertEqual((output['ReturnValue'], output.get('IsMigratable')), (str(code), migratable))
                    explained = c.explain(vm, None, given, method=explain).output()
                    self.assertEqual(explained['CheckCode'], str(code))
            vm = '11111111-2222-4333-8444-000000000002'
            for given, why in ((to % vm_reference(vm), 'VSM1014'), (to % vm_reference('a host'), 'VSM1014'),
                               ('', 'VSM1001'), ('<p:DestinationHost>good</p:DestinationHost>', 'VSM1001')):
                explained = c.explain('web', None, given, method=explain).output()
                wrong = [i for i in self.found(explained) if i.startswith('VSM10')]
                self.assertEqual((explained['CheckCode'], wrong), ('4', [why]))

    def test_every_reason_at_once(self):
        """A finding names its object, what was found, what is needed and what to do."""
        with Client(self.daemon) as c:
            found = self.found(c.explain('lonely', 'good').output())['VSM4401']
        self.assertIn('backbone', found['Message'])
        self.assertIn('52:54:00:00:00:03', found['Object'])
        self.assertEqual(found['PerceivedSeverity'], '5')

    def test_simulated(self):
        with Client(self.daemon) as c:
            self.assertEqual(c.explain('web', 'good').output()['Simulated'], 'true')

    def test_audit_of_a_timeout(self):
        """What was learned by the deadline, and what was waited for, stand in the audit record."""
        with Client(self.daemon) as c:
            self.assertEqual(c.check('transient', 'silent').output()['ReturnValue'], '3')
        self.daemon.wait_log(r'event=request .*vm=transient destination=silent .*check=3 '
                             r'findings=VSM9003,VSM4306 step="opening the connection to the target host"')

    def test_fifty_hang(self):
        """Fifty checks of a destination that never answers: each ends by itself with 3; meanwhile
        the daemon answers others at once, and they cost a thread or two, not fifty."""
        results = []

        def ask():
            with Client(self.daemon) as c:
                began = time.monotonic()
                code = c.check('web', 'silent').output()['ReturnValue']
                results.append((code, time.monotonic() - began))

        with Client(self.daemon) as c:
            c.post(IDENTIFY)
            askers = [threading.Thread(target=ask) for _ in range(50)]
            for t in askers:
                t.start()
            took, threads = [], 0
            while any(t.is_alive() for t in askers) and len(took) < 100000:
                began = time.monotonic()
                self.assertEqual(c.post(IDENTIFY).status, 200)
                took.append(time.monotonic() - began)
                threads = max(threads, self.daemon.threads())
            for t in askers:
                t.join()
            self.assertEqual(c.check('web', 'good').output()['IsMigratable'], 'true')
        self.assertEqual([code for code, _ in results], ['3'] * 50)
        self.assertLess(max(seconds for _, seconds in results), 2 * SLACK)
        self.assertGreater(len(took), 10)
        self.assertLess(sorted(took)[len(took) // 2], 0.25)
        self.assertLess(threads, 40)

    def test_quota(self):
        """One user has so many checks under way at once, and no more; another one is not touched by that, and what is
        answered makes room again."""
        limits = '[check]\ntimeout = 4s\n[limits]\nmax_checks = 3\n'
        silent = silent_listener()
        self.addCleanup(silent.close)
        hosts = [('silent', 'qemu+tcp://127.0.0.1:%d/system' % silent.getsockname()[1]),
                 ('good', 'test://%s/dst.xml' % HOSTS)]
        with Daemon(self.build, hosts, limits) as daemon:
            daemon.write_passwords({daemon.user: daemon.password, 'other': daemon.password})
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_log('event=reloaded')
            codes = []

            def ask():
                with Client(daemon) as c:
                    reply = c.check('web', 'silent')
                    while reply.status != 200:      # the asker below took the place for a moment
                        reply = c.check('web', 'silent')
                    codes.append(reply.output()['ReturnValue'])
            askers = [threading.Thread(target=ask) for _ in range(3)]
            for t in askers:
                t.start()
            with Client(daemon) as c, Client(daemon, daemon.authorization('other')) as other:
                until = time.monotonic() + 4 * SLACK
                while True:
                    reply = c.check('web', 'good')
                    if reply.status != 200 or time.monotonic() > until:
                        break
                self.assertEqual(reply.fault()[1], 'wsman:QuotaLimit')
                self.assertEqual(c.rank('web', ['good']).fault()[1], 'wsman:QuotaLimit')
                self.assertEqual(other.check('web', 'good').output()['ReturnValue'], '0')
                for t in askers:
                    t.join()
                self.assertEqual(codes, ['3'] * 3)
                self.assertEqual(c.check('web', 'good').output()['ReturnValue'], '0')

    def test_identify_among_large_checks(self):
        """Two hundred large checks of one user that wait for a silent destination keep nobody else waiting."""
        silent = silent_listener()
        self.addCleanup(silent.close)
        hosts = [('silent', 'qemu+tcp://127.0.0.1:%d/system' % silent.getsockname()[1])]
        limits = '[check]\ntimeout = 5s\n[limits]\nmax_checks = 1000\nrequest_memory = 256m\n'
        # Many instances of many properties, so that to read it is work.
        large = ('<p:NewResourceSettingData>' + escape(
            '<INSTANCE CLASSNAME="CIM_ResourceAllocationSettingData">' + ''.join(
                '<PROPERTY NAME="P%d" TYPE="string"><VALUE>x</VALUE></PROPERTY>' % i for i in range(50)) +
            '</INSTANCE>') + '</p:NewResourceSettingData>') * 60
        codes = []

        def ask(daemon):
            with Client(daemon) as c:
                codes.append(c.check('web', 'silent', large).output()['ReturnValue'])

        with Daemon(self.build, hosts, limits) as daemon, Client(daemon) as c:
            c.post(IDENTIFY)
            askers = [threading.Thread(target=ask, args=(daemon,)) for _ in range(200)]
            for t in askers:
                t.start()
            took = []
            while any(t.is_alive() for t in askers) and len(took) < 100000:
                began = time.monotonic()
                self.assertEqual(c.post(IDENTIFY).status, 200)
                took.append(time.monotonic() - began)
            for t in askers:
                t.join()
        self.assertEqual(codes, ['3'] * 200)
        self.assertGreater(len(took), 10)
        self.assertLess(sorted(took)[len(took) * 9 // 10], 0.25 * SLACK)
        self.assertLess(max(took), 1.0 * SLACK)

    def test_operation_timeout_before_the_check(self):
        """The smaller of 0.9 x OperationTimeout and [check] timeout ends a check with code 3."""
        with Client(self.daemon) as c:
            began = time.monotonic()
            output = c.check('web', 'silent', timeout='PT2S').output()
            self.assertEqual(output['ReturnValue'], '3')
            self.assertLess(time.monotonic() - began, 2 * SLACK)

    def test_parameter_shapes(self):
        """ComputerSystem as a wrapped EPR, an embedded instance, a path, a name."""
        key = UUID % 1
        wrapped = arguments(key, None).replace('<p:ComputerSystem>', '<p:ComputerSystem><wsa:EndpointReference>').replace(
            '</p:ComputerSystem>', '</wsa:EndpointReference></p:ComputerSystem>')
        embedded = ('<p:ComputerSystem xmlns:q="%sCIM_ComputerSystem" xsi:type="q:CIM_ComputerSystem_Type">'
                    '<q:CreationClassName>CIM_ComputerSystem</q:CreationClassName><q:Name>%s</q:Name>'
                    '<q:EnabledState>2</q:EnabledState></p:ComputerSystem>' % (CIM, key))
        path = '<p:ComputerSystem>root/virtualization/v2:CIM_ComputerSystem.CreationClassName="CIM_ComputerSystem",Name="%s"</p:ComputerSystem>' % key
        plain = '<p:ComputerSystem>web</p:ComputerSystem>'
        for shape in (wrapped, embedded, path, plain, plain.replace('web', ' %s ' % key)):
            with self.subTest(shape[:80]), Client(self.daemon) as c:
                output = c.check(None, 'good', shape).output()
                self.assertEqual((output['ReturnValue'], output.get('IsMigratable')), ('0', 'true'))

    def test_the_host_itself(self):
        with Client(self.daemon) as c:
            self.assertEqual(c.check('source-host', 'good').output()['ReturnValue'], '1')

    def test_class_method(self):
        """Invoked on the class, without keys."""
        with Client(self.daemon) as c:
            self.assertEqual(c.check('web', 'good', keys=None).output()['IsMigratable'], 'true')

    def test_wrong_service(self):
        with Client(self.daemon) as c:
            keys = dict(self.daemon.service_keys(), Name='other')
            self.assertEqual(c.check('web', 'good', keys=keys).fault()[1], 'wsa:DestinationUnreachable')

    def test_source_in_maintenance(self):
        """Its operator lets nothing go, on whatever way."""
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)],
                    '[source]\nmaintenance = yes\n') as daemon, Client(daemon) as c:
            output = c.check('web', 'good').output()
            self.assertEqual((output['ReturnValue'], output.get('IsMigratable')), ('5', None))
            for vm, extra in (('web', ''), ('off', setting(CIMXML % 1))):
                explained = c.explain(vm, 'good', extra).output()
                self.assertEqual(explained['CheckCode'], '5')
                against = [i for i, p in self.found(explained).items() if p['Effect'] != 'None']
                self.assertEqual(against, ['VSM2016'])

    def test_source_down(self):
        """The hypervisor that this service speaks for is not there: the check says so; the daemon serves."""
        with Daemon(self.build, [('good', 'test://%s/dst.xml' % HOSTS)],
                    source='qemu+tcp://127.0.0.1:%d/system' % closed_port()) as daemon, Client(daemon) as c:
            self.assertEqual(c.post(IDENTIFY).status, 200)
            output = c.explain('web', 'good').output()
            self.assertIn(output['CheckCode'], ('2', '5'))
            self.assertIn('VSM2020', self.found(output))
            from harness import ENUMERATION
            reply = c.send(ENUMERATION + 'Enumerate', CIM + 'CIM_ComputerSystem', '<wsen:Enumerate/>')
            self.assertEqual(reply.fault()[1], 'wsa:EndpointUnavailable')


if __name__ == '__main__':
    unittest.main()
