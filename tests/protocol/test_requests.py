"""Requests of real clients, recorded: each gets what EXPECT.tsv says."""
import os
import re
import unittest

from harness import CIM, DATA, HOSTS, WMI, Client, Daemon, read_reply

VM = '11111111-2222-4333-8444-000000000001'
SETTINGS = ('MigrationSettingData', 'NewSystemSettingData', 'NewResourceSettingData')
EVERY = {row.split('\t')[0] for row in open(os.path.join(DATA, 'requests', 'EXPECT.tsv')).read().splitlines()[1:]}


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build, [('host2', 'test://%s/dst.xml' % HOSTS)]))
        cls.seen = set()

    def replay(self, name, edit=lambda text: text):
        """Sends head and body as recorded, with login, length and what `edit` changes put in."""
        self.seen.add(name)
        with open(os.path.join(DATA, 'requests', name), 'rb') as f:
            head, body = f.read().split(b'\r\n\r\n', 1)
        encoding = 'utf-16' if body[:2] == b'\xff\xfe' else 'utf-8'
        body = edit(body.decode(encoding)).encode(encoding)
        lines = [l for l in head.decode().split('\r\n') if not re.match(r'(Authorization|Content-Length):', l)]
        lines += ['Authorization: ' + self.daemon.authorization(), 'Content-Length: %d' % len(body)]
        with self.daemon.connect() as sock:
            sock.sendall('\r\n'.join(lines).encode() + b'\r\n\r\n' + body)
            reply = read_reply(sock)
        if encoding == 'utf-16':
            self.assertEqual(reply.body[:2], b'\xff\xfe')
            self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-16'])
        else:
            self.assertNotEqual(reply.body[:3], b'\xef\xbb\xbf')
            self.assertEqual(reply.headers['content-type'], ['application/soap+xml;charset=UTF-8'])
        self.assertIn(reply.status, (200, 500))
        return reply

    def service(self, text):
        """Puts the service's keys, the VM's UUID and the destination in."""
        head, body = text.split('</s:Header>')
        for name, value in self.daemon.service_keys().items():
            head = re.sub(r'(<(?:w|wsman):Selector Name="%s">)[^<]*(?=</(?:w|wsman):Selector>)' % name,
                          r'\g<1>' + value, head, count=1)
        return head + '</s:Header>' + body.replace('>vm1<', '>%s<' % VM)

    @staticmethod
    def without_settings(text):
        for name in SETTINGS:
            text = re.sub(r'<(\w+):%s( [^>]*)?>.*?</\1:%s>|<\w+:%s( [^>]*)?/>' % (name, name, name), '', text)
        return text

    def code(self, reply):
        self.assertEqual(reply.status, 200, reply.body[:2000])
        return int(reply.output()['ReturnValue'])

    def test_libmi_enum(self):
        reply = self.replay('libmi-enum.http', lambda t: t.replace('Msvm_ComputerSystem', 'CIM_ComputerSystem'))
        response = reply.first()
        items = response.find('{*}Items')
        self.assertEqual(items.tag, '{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}Items')
        self.assertEqual({i.tag for i in items}, {'{%sCIM_ComputerSystem}CIM_ComputerSystem' % CIM})
        self.assertEqual(len(items), 9)
        self.assertIsNotNone(response.find('{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}EndOfSequence'))

    def test_libmi_invoke(self):
        self.assertEqual(self.code(self.replay('libmi-iinvoke.http', self.service)), 4)
        reply = self.replay('libmi-iinvoke.http', lambda t: self.without_settings(self.service(t)))
        self.assertEqual(self.code(reply), 0)
        self.assertEqual(reply.output()['IsMigratable'], 'true')
        self.assertRegex(reply.text('wsa:Action'), 'CheckVirtualSystemIsMigratableToHostResponse$')

    def test_libmi_wql(self):
        reply = self.replay('libmi-wql.http')
        self.assertEqual((reply.status, reply.fault()[1]), (500, 'wsman:SchemaValidationError'))
        reply = self.replay('libmi-wql.http', lambda t: t.replace('a&b', 'a and b').replace('< 3', '= 2'))
        self.assertTrue(reply.first().tag.endswith('}EnumerateResponse'), reply.body[:2000])

    def test_windows_assoc(self):
        reply = self.replay('template-windows-assoc.http', self.service)
        self.assertTrue(reply.first().tag.endswith('}EnumerateResponse'), reply.body[:2000])
        items = reply.first().find('{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}Items')
        self.assertGreater(len(items), 1)
        for item in items:
            self.assertEqual(item.tag, '{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}Item')
            self.assertEqual(len(item), 2)
            self.assertTrue(item[1].tag.endswith('}EndpointReference'))
        self.assertEqual(self.replay('template-windows-assoc.http').fault()[1], 'wsen:CannotProcessFilter')

    def test_windows_enum(self):
        reply = self.replay('template-windows-enum.http',
                            lambda t: t.replace('CIM_VirtualSystemMigrationService', 'CIM_ComputerSystem'))
        items = reply.first().find('{*}Items')
        self.assertEqual(len(items), 9)
        for item in items:
            self.assertEqual([c.tag.split('}')[1] for c in item], ['CIM_ComputerSystem', 'EndpointReference'])

    def test_windows_getclass(self):
        reply = self.replay('template-windows-getclass.http')
        self.assertEqual((reply.status, reply.first().tag), (200, 'CLASS'))
        self.assertEqual(reply.first().get('NAME'), 'CIM_VirtualSystemMigrationService')

    def test_windows_invoke_class_utf16(self):
        self.assertEqual(self.code(self.replay('template-windows-invoke-class-utf16.http', self.service)), 0)

    def test_windows_invoke_instance(self):
        name = 'template-windows-invoke-inst.http'
        self.assertEqual(self.code(self.replay(name, self.service)), 4)
        self.assertEqual(self.code(self.replay(name, lambda t: self.without_settings(self.service(t)))), 0)

    def test_windows_winrm_invoke(self):
        reply = self.replay('template-windows-winrm-invoke.http', self.service)
        self.assertEqual(self.code(reply), 4)
        uri = WMI + 'CIM_VirtualSystemMigrationService'
        self.assertEqual(reply.text('wsa:Action'), uri + '/CheckVirtualSystemIsMigratableToHostResponse')
        self.assertEqual(reply.first().tag, '{%s}CheckVirtualSystemIsMigratableToHost_OUTPUT' % uri)

    def test_wsman_enumerate(self):
        reply = self.replay('wsman-enumerate-objepr.http')
        context = reply.text('wsen:EnumerationContext')
        self.assertTrue(context)
        self.assertRegex(context, '^[A-Za-z0-9:-]+$')
        self.assertIsNone(reply.find('wsman:Items'))
        with Client(self.daemon) as c:
            reply = c.send('http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull', CIM + 'CIM_VirtualSystemMigrationService',
                           '<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext></wsen:Pull>' % context)
        self.assertIsNotNone(reply.find('wsen:Items/wsman:Item/wsa:EndpointReference'))

    def test_wsman_identify(self):
        for name in ('wsman-identify.http', 'wsman-identify-encoding-utf16.http'):
            self.assertIsNotNone(self.replay(name).find('wsmid:IdentifyResponse'))

    def libvirt_cim(self, text):
        """The recorded requests were for libvirt-cim's classes and namespace."""
        text = text.replace('http://libvirt.org/wbem/wscim/1/cim-schema/2/KVM_', CIM + 'CIM_').replace('KVM_', 'CIM_')
        text = text.replace('root/virt<', 'root/virtualization/v2<').replace('dst.example', 'host2')
        keys = ''.join('<wsman:Selector Name="%s">%s</wsman:Selector>' % k for k in self.daemon.service_keys().items())
        return text.replace('<wsman:Selector Name="Name">svc1</wsman:Selector>', keys)

    def test_wsman_invoke_epr(self):
        reply = self.replay('wsman-invoke-J-epr.http', lambda t: self.libvirt_cim(t).replace('guest1', VM))
        self.assertEqual(self.code(reply), 0)

    def test_wsman_invoke_name(self):
        reply = self.replay('wsman-invoke-k-multi.http', lambda t: self.libvirt_cim(t).replace('guest1', 'web'))
        self.assertEqual(self.code(reply), 0)

    def test_wsman_put(self):
        reply = self.replay('wsman-put-k.http', self.service)
        self.assertEqual(reply.fault()[1], 'wsa:ActionNotSupported')

    def test_zz_every_request_was_sent(self):
        self.assertEqual(self.seen, EVERY)


if __name__ == '__main__':
    unittest.main()
