"""Five thousand virtual systems: every one comes once, however they are asked for, and what was released is free again."""
import os
import tempfile
import unittest

from harness import CIM, ENUMERATION, HOSTS, NS, SANITIZED, Client, Daemon, q

CS = CIM + 'CIM_ComputerSystem'
HOW_MANY = 500 if SANITIZED else 5000
DOMAIN = ("<domain type='test'><name>many%d</name><uuid>33333333-2222-4333-8444-%012d</uuid><memory>1024</memory>"
          "<vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>")
EPRS = '<wsman:EnumerationMode>EnumerateEPR</wsman:EnumerationMode>'
WQL = '<wsman:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">%s</wsman:Filter>'
CONTEXT = '<wsen:%s><wsen:EnumerationContext>%s</wsen:EnumerationContext>%s</wsen:%s>'


class Many(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        host = cls.enterClassContext(tempfile.NamedTemporaryFile('w', suffix='.xml'))
        with open(os.path.join(HOSTS, 'src.xml')) as f:
            host.write(f.read().replace('</node>', ''.join(DOMAIN % (i, i) for i in range(HOW_MANY)) + '</node>'))
        host.flush()
        cls.daemon = cls.enterClassContext(Daemon(cls.build, source='test://' + host.name))

    def setUp(self):
        self.c = Client(self.daemon)
        self.addCleanup(self.c.close)

    def names(self, items):
        """The UUID of each item, from the instance or from its reference."""
        for item in items:
            if item.tag == q('wsa:EndpointReference'):
                yield next(s.text for s in item.iter(q('wsman:Selector')) if s.get('Name') == 'Name')
            else:
                yield item.find('{*}Name').text

    def pages(self, most, inner):
        """What each reply holds, from Enumerate to the last Pull."""
        body = ('<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>%d</wsman:MaxElements>%s</wsen:Enumerate>' % (most, inner))
        reply, prefix = self.c.send(ENUMERATION + 'Enumerate', CS, body), 'wsman'
        while True:
            root = reply.xml.find('s:Body', NS)[0]
            yield list(self.names(root.find(prefix + ':Items', NS)))
            context = root.find('wsen:EnumerationContext', NS)
            if context is None or not context.text:
                self.assertIsNotNone(root.find(prefix + ':EndOfSequence', NS))
                return
            more = '<wsen:MaxElements>%d</wsen:MaxElements>' % most
            reply, prefix = self.c.send(ENUMERATION + 'Pull', CS, CONTEXT % ('Pull', context.text, more, 'Pull')), 'wsen'

    def test_every_one_once(self):
        for inner in ('', EPRS):
            for most in (1, 20, 32000):
                with self.subTest((inner, most)):
                    pages = list(self.pages(most, inner))
                    seen = [name for page in pages for name in page]
                    ours = [name for name in seen if name.startswith('33333333-')]
                    self.assertEqual((len(ours), len(set(ours))), (HOW_MANY, HOW_MANY))
                    self.assertLessEqual(max(map(len, pages)), most)
                    if most <= 20:
                        self.assertEqual(len(pages), -(-len(seen) // most))

    def test_filtered(self):
        names = list(self.pages(20, WQL % "SELECT * FROM CIM_ComputerSystem WHERE ElementName LIKE 'many_9'"))
        self.assertEqual(sum(map(len, names)), 9)

    def test_released_memory_is_used_again(self):
        def some(n):
            for _ in range(n):
                context = self.c.send(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate/>').text('wsen:EnumerationContext')
                reply = self.c.send(ENUMERATION + 'Release', CS, CONTEXT % ('Release', context, '', 'Release'))
                self.assertEqual(reply.status, 200)
        some(5)
        before = self.daemon.rss()
        some(20)
        if not SANITIZED:
            # Each snapshot takes some 5 MB, so one that stayed would show.
            self.assertLess(self.daemon.rss() - before, 5000)


if __name__ == '__main__':
    unittest.main()
