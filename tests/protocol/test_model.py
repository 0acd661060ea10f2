"""The model through HTTPS: every class enumerated and got, walked from the service to disks and back,
and settings that are read sent back into a check."""
import unittest
import xml.etree.ElementTree as ET

from harness import CIM, ENUMERATION, EXPLAIN, HOSTS, NS, SERVICE, Client, Daemon, arguments, envelope, q
from test_associations import assoc

ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
ENUMERATE = ENUMERATION + 'Enumerate'
GET = NS['wxf'] + '/Get'
VM = '11111111-2222-4333-8444-00000000000%d'

# class, at least so many instances, properties that all of them have
CLASSES = [
    ('CIM_VirtualSystemSettingData', 5, ['InstanceID', 'ElementName', 'VirtualSystemIdentifier', 'VirtualSystemType']),
    ('CIM_ResourceAllocationSettingData', 5, ['InstanceID', 'ElementName', 'ResourceType']),
    ('CIM_ProcessorAllocationSettingData', 5, ['InstanceID', 'VirtualQuantity', 'AllocationUnits']),
    ('CIM_StorageAllocationSettingData', 1, ['InstanceID', 'HostResource', 'AddressOnParent', 'Access']),
    ('CIM_EthernetPortAllocationSettingData', 5, ['InstanceID', 'Address', 'Connection']),
    ('CIM_Processor', 5, ['DeviceID', 'SystemName', 'EnabledState', 'NumberOfEnabledCores']),
    ('CIM_Memory', 5, ['DeviceID', 'BlockSize', 'NumberOfBlocks']),
    ('CIM_LogicalDisk', 1, ['DeviceID', 'Name', 'Access']),
    ('CIM_EthernetPort', 5, ['DeviceID', 'PermanentAddress', 'NetworkAddresses']),
    ('CIM_ResourcePool', 3, ['InstanceID', 'PoolID', 'ResourceType', 'Primordial']),
    ('CIM_SettingsDefineState', 10, ['ManagedElement', 'SettingData']),
    ('CIM_ElementSettingData', 5, ['ManagedElement', 'SettingData']),
    ('CIM_VirtualSystemSettingDataComponent', 15, ['GroupComponent', 'PartComponent']),
    ('CIM_SystemDevice', 15, ['GroupComponent', 'PartComponent']),
    ('CIM_HostedResourcePool', 3, ['GroupComponent', 'PartComponent']),
    ('CIM_ResourceAllocationFromPool', 10, ['Antecedent', 'Dependent']),
    ('CIM_ElementAllocatedFromPool', 10, ['Antecedent', 'Dependent']),
]


def local(node):
    return node.tag.split('}')[1]


def inner(node):
    return ''.join(ET.tostring(c, encoding='unicode') for c in node)


def canonical(node):
    return ET.canonicalize(ET.tostring(node, encoding='unicode'), rewrite_prefixes=True)


class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.build, [('good', 'test://%s/dst.xml' % HOSTS)])
        cls.enterClassContext(cls.daemon)

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def items(self, text='', resource=ALL, mode='EnumerateObjectAndEPR', utf16=False):
        body = ('<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>1000</wsman:MaxElements>'
                '<wsman:EnumerationMode>%s</wsman:EnumerationMode>%s</wsen:Enumerate>' % (mode, text))
        request = envelope(ENUMERATE, resource, body)
        if utf16:
            reply = self.c.post(request.encode('utf-16'), content_type='application/soap+xml;charset=UTF-16')
        else:
            reply = self.c.post(request)
        self.assertEqual(reply.status, 200, reply.body[:3000])
        self.assertIsNotNone(reply.find('wsman:EndOfSequence'))
        return list(reply.find('wsman:Items'))

    def test_every_class(self):
        for name, least, properties in CLASSES:
            for utf16 in (False, True):
                with self.subTest(name, utf16=utf16):
                    found = self.items(resource=CIM + name, utf16=utf16)
                    self.assertGreaterEqual(len(found), least)
                    references = self.items(resource=CIM + name, utf16=utf16, mode='EnumerateEPR')
                    self.assertEqual(list(map(canonical, references)), [canonical(i[1]) for i in found])
                    for instance, _ in found:
                        have = {local(p) for p in instance if not p.get('{%s}nil' % NS['xsi'])}
                        self.assertLessEqual(set(properties), have)
                    # Its reference selects each; a few are enough to show.
                    for instance, reference in found[:1] + found[-1:]:
                        resource = reference.find('.//' + q('wsman:ResourceURI')).text
                        selectors = ET.tostring(reference.find('.//' + q('wsman:SelectorSet')), encoding='unicode')
                        got = self.c.send(GET, resource, headers=selectors)
                        self.assertEqual(got.status, 200, got.body[:2000])
                        self.assertEqual(canonical(got.first()), canonical(instance))

    def test_what_is_not_there(self):
        rows = [('CIM_VirtualSystemSettingData', {'InstanceID': 'vsmigd:' + VM % 9}),
                ('CIM_VirtualSystemSettingData', {'InstanceID': 'vsmigd:%s:persistent' % VM % 2}),
                ('CIM_ResourceAllocationSettingData', {'InstanceID': 'vsmigd:%s:vdz' % VM % 1}),
                ('CIM_ResourcePool', {'InstanceID': 'vsmigd:pool:network:nowhere'}),
                ('CIM_LogicalDisk', {'SystemCreationClassName': 'CIM_ComputerSystem', 'SystemName': VM % 1,
                                     'CreationClassName': 'CIM_LogicalDisk', 'DeviceID': 'vdz'})]
        for name, keys in rows:
            with self.subTest(name):
                fault = self.c.send(GET, CIM + name, selectors=keys).fault()
                self.assertEqual(fault[1], 'wsa:DestinationUnreachable')

    def walk(self, frm, **children):
        """The far ends of (instance, EPR), each as such a pair."""
        return self.items(assoc(inner(frm[1]), **children))

    def test_walk_and_back(self):
        service, = self.items(resource=CIM + SERVICE)
        capabilities, = self.walk(service, ResultClassName='CIM_Capabilities')
        self.assertEqual(local(capabilities[0]), 'CIM_VirtualSystemMigrationCapabilities')
        vms = self.walk(service, AssociationClassName='CIM_ServiceAffectsElement', ResultClassName='CIM_ComputerSystem')
        vm, = [v for v in vms if v[0].find('{*}ElementName').text == 'transient']
        settings, = self.walk(vm, AssociationClassName='CIM_SettingsDefineState')
        self.assertEqual(settings[0].find('{*}InstanceID').text, 'vsmigd:' + VM % 4)
        storage, = self.walk(settings, AssociationClassName='CIM_VirtualSystemSettingDataComponent',
                             ResultClassName='CIM_StorageAllocationSettingData')
        self.assertEqual(storage[0].find('{*}HostResource').text, '/images/t.qcow2')
        disk, = self.walk(storage, AssociationClassName='CIM_SettingsDefineState')
        self.assertEqual(local(disk[0]), 'CIM_LogicalDisk')
        back, = self.walk(disk, AssociationClassName='CIM_SystemDevice')
        self.assertEqual(canonical(back), canonical(vm))
        again, = self.walk(back, ResultClassName=SERVICE)
        self.assertEqual(canonical(again), canonical(service))

    def test_settings_come_back(self):
        vm, = [v for v in self.items(resource=CIM + 'CIM_ComputerSystem') if v[0].find('{*}ElementName').text == 'web']
        settings, = self.walk(vm, AssociationClassName='CIM_SettingsDefineState')
        resources = [i[0] for i in self.walk(settings, AssociationClassName='CIM_VirtualSystemSettingDataComponent')]
        self.assertGreaterEqual(len(resources), 3)

        def explain():
            extra = '<p:NewSystemSettingData>%s</p:NewSystemSettingData>' % ET.tostring(settings[0], encoding='unicode')
            extra += ''.join('<p:NewResourceSettingData>%s</p:NewResourceSettingData>' %
                             ET.tostring(r, encoding='unicode') for r in resources)
            output = self.c.explain('web', 'good', extra).output()
            return output['CheckCode'], output.get('IsMigratable'), ' '.join(output.get('Findings', []))

        code, answer, findings = explain()
        self.assertEqual((code, answer), ('0', 'true'), findings)
        for unwanted in ('VSM3008', 'VSM3009', 'VSM3010', 'VSM3011', 'VSM3014', 'SettingData'):
            self.assertNotIn(unwanted, findings, [f for f in findings.split('<INSTANCE ') if unwanted in f])
        port, = [r for r in resources if local(r) == 'CIM_EthernetPortAllocationSettingData']
        port.find('{*}Connection').text = 'nowhere'
        self.assertEqual(explain()[0], '6')
        self.assertIn('VSM3013', explain()[2])


if __name__ == '__main__':
    unittest.main()
