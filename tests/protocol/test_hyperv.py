"""Scripts written for Hyper-V: its names for classes, in every operation."""
import unittest
import xml.etree.ElementTree as ET

from harness import (CHECK, CIM, ENUMERATION, HOSTS, TRANSFER, WMI, Client, Daemon, envelope, q, vm_reference)

MSVM = 'Msvm_VirtualSystemMigrationService'
VM = '11111111-2222-4333-8444-000000000001'
ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
ASSOC = 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter'
OBJECT_AND_EPR = ('<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>32000</wsman:MaxElements>'
                  '<wsman:EnumerationMode>EnumerateObjectAndEPR</wsman:EnumerationMode>%s</wsen:Enumerate>')


def local(node):
    return node.tag.split('}')[1]


class HyperV(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS)])
        cls.enterClassContext(cls.daemon)

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def enumerate(self, resource, inner='', utf16=False):
        request = envelope(ENUMERATION + 'Enumerate', resource, OBJECT_AND_EPR % inner)
        if utf16:
            reply = self.c.post(request.encode('utf-16'), content_type='application/soap+xml;charset=UTF-16')
        else:
            reply = self.c.post(request)
        self.assertEqual(reply.status, 200, reply.body[:2000])
        return list(reply.find('wsman:Items'))

    def test_enumerate_and_get(self):
        count = len(self.enumerate(CIM + 'CIM_ComputerSystem'))
        for prefix in (CIM, WMI):
            for utf16 in (False, True):
                items = self.enumerate(prefix + 'Msvm_ComputerSystem', utf16=utf16)
                self.assertEqual(len(items), count)
                for instance, epr in items:
                    self.assertEqual(instance.tag, '{%sMsvm_ComputerSystem}Msvm_ComputerSystem' % prefix)
                    self.assertEqual(instance.find('{*}CreationClassName').text, 'Msvm_ComputerSystem')
                    names = [local(p) for p in instance]
                    self.assertEqual(names, sorted(names))
                    self.assertIn('ReplicationState', names)
                    self.assertEqual(epr.find('.//' + q('wsman:ResourceURI')).text, prefix + 'Msvm_ComputerSystem')
                    header = ET.tostring(epr.find('.//' + q('wsman:SelectorSet')), encoding='unicode')
                    got = self.c.send(TRANSFER + 'Get', prefix + 'Msvm_ComputerSystem', headers=header)
                    self.assertEqual([(p.tag, p.text) for p in got.first()], [(p.tag, p.text) for p in instance])
        # The standard's names show each system once, by the standard's name.
        for cls in ('CIM_ComputerSystem', 'CIM_System'):
            self.assertEqual([local(i) for i, _ in self.enumerate(CIM + cls)], ['CIM_ComputerSystem'] * count)

    def test_the_service_and_what_is_its_own(self):
        for cls in (MSVM, 'Msvm_VirtualSystemMigrationCapabilities', 'Msvm_VirtualSystemMigrationSettingData'):
            (instance, epr), = self.enumerate(WMI + cls)
            self.assertEqual(local(instance), cls)
            keys = {s.get('Name'): s.text for s in epr.iter(q('wsman:Selector'))}
            self.assertEqual(self.c.send(TRANSFER + 'Get', WMI + cls, selectors=keys).status, 200)
            if cls == MSVM:
                self.assertEqual((keys['CreationClassName'], keys['SystemCreationClassName']),
                                 (MSVM, 'Msvm_ComputerSystem'))

    def test_wql(self):
        def ask(text):
            return self.enumerate(ALL, '<wsman:Filter Dialect="%s">%s</wsman:Filter>' % (WQL, text))
        item, = ask("SELECT * FROM Msvm_ComputerSystem WHERE ElementName='web'")
        self.assertEqual((local(item[0]), item[0].find('{*}Name').text), ('Msvm_ComputerSystem', VM))
        vms = ask("SELECT * FROM Msvm_ComputerSystem WHERE Caption='Virtual Machine'")
        self.assertEqual(len(vms), len(self.enumerate(CIM + 'CIM_ComputerSystem')) - 1)
        host, = ask("SELECT * FROM Msvm_ComputerSystem WHERE Caption='Hosting Computer System'")
        self.assertEqual(host[0].find('{*}Name').text, 'source-host')

    def test_associations(self):
        vm = vm_reference(VM.upper()).replace('CIM_ComputerSystem', 'Msvm_ComputerSystem')
        ask = lambda extra: self.enumerate(ALL, '<wsman:Filter Dialect="%s"><wsmb:AssociatedInstances><wsmb:Object>%s'
                                           '</wsmb:Object>%s</wsmb:AssociatedInstances></wsman:Filter>' % (ASSOC, vm, extra))
        (service, epr), = ask('<wsmb:ResultClassName>%s</wsmb:ResultClassName>' % MSVM)
        self.assertEqual(local(service), MSVM)
        self.assertEqual(epr.find('.//' + q('wsman:ResourceURI')).text, CIM + MSVM)
        self.assertIn(('Msvm_ComputerSystem', 'source-host'),
                      [(local(i), i.find('{*}ElementName').text) for i, _ in ask('')])
        (host, _), = ask('<wsmb:AssociationClassName>Msvm_HostedDependency</wsmb:AssociationClassName>')
        self.assertEqual(local(host), 'Msvm_ComputerSystem')

    def test_invoke(self):
        keys = {'SystemCreationClassName': 'Msvm_ComputerSystem', 'SystemName': 'source-host',
                'CreationClassName': MSVM, 'Name': 'vsmigd'}
        vm = vm_reference(VM).replace('CIM_ComputerSystem', 'Msvm_ComputerSystem')
        arguments = '<p:ComputerSystem>%s</p:ComputerSystem><p:DestinationHost>good</p:DestinationHost>' % vm
        for prefix in (CIM, WMI):
            for selectors in (keys, None):
                reply = self.c.invoke(CHECK, arguments, cls=MSVM, keys=selectors, prefix=prefix)
                self.assertEqual(reply.status, 200, reply.body[:2000])
                self.assertEqual(reply.first().tag, '{%s%s}%s_OUTPUT' % (prefix, MSVM, CHECK))
                self.assertEqual(reply.text('wsa:Action'), prefix + MSVM + '/' + CHECK + 'Response')
                self.assertEqual(reply.output(), {'ReturnValue': '0', 'IsMigratable': 'true'})
        system = arguments.replace('DestinationHost', 'DestinationSystem').replace(
            '>good<', '>%s<' % vm_reference('good').replace('CIM_ComputerSystem', 'Msvm_ComputerSystem'))
        self.assertEqual(self.c.invoke(CHECK.replace('ToHost', 'ToSystem'), system, cls=MSVM, keys=keys).output(),
                         {'ReturnValue': '0', 'IsMigratable': 'true'})
        for method, code in (('CheckVirtualSystemIsMigratable', '32770'), ('GetSystemCompatibilityInfo', '32770'),
                             ('CheckSystemCompatibilityInfo', '32770'), ('MigrateVirtualSystemToHost', '32770'),
                             ('ModifyServiceSettings', '32770'), ('MigrateVirtualSystemToSystem', '1'),
                             ('RequestStateChange', '1'), ('StartService', '1'), ('StopService', '1')):
            with self.subTest(method):
                self.assertEqual(self.c.invoke(method, '', cls=MSVM, keys=keys).output(), {'ReturnValue': code})
        reply = self.c.invoke('NoSuchMethod', '', cls=MSVM, keys=keys)
        self.assertEqual(reply.fault()[1], 'wsa:ActionNotSupported')


if __name__ == '__main__':
    unittest.main()
