"""Bad input: a clear answer, at little cost, that harms nobody else."""
import socket
import struct
import time
import unittest

from harness import (ANON, CIM, CHECK, ENUMERATION, IDENTIFY, NS, SANITIZED, SERVICE, SLACK, TRANSFER,
                     Client, Daemon, envelope, read_reply)

LIMITS = '[limits]\nheader_timeout = 1s\nbody_timeout = 1s\n'
CAP = 500 * 1024
SCHEMA = ('s:Sender', 'wsman:SchemaValidationError', None)
CS = CIM + 'CIM_ComputerSystem'
GET = TRANSFER + 'Get'


def soap11():
    return envelope(GET, CS).replace(NS['s'], 'http://schemas.xmlsoap.org/soap/envelope/')


def deep(levels):
    return envelope(GET, CS, '<x>' * levels + '</x>' * levels)


LOL = ('<!DOCTYPE lolz [<!ENTITY a "lol">' +
       ''.join('<!ENTITY %s "%s">' % (chr(98 + i), ('&%s;' % chr(97 + i)) * 10) for i in range(9)) +
       ']>' + IDENTIFY.replace('<wsmid:Identify/>', '<wsmid:Identify>&j;</wsmid:Identify>'))

# name, envelope, (code, subcode, faultDetail)
FAULTS = [
    ('not XML', 'GET me the VMs, please', SCHEMA),
    ('empty', '', SCHEMA),
    ('truncated', envelope(GET, CS)[:-40], SCHEMA),
    ('10,000 deep', deep(10000), SCHEMA),
    ('DOCTYPE with entities', LOL, SCHEMA),
    ('DOCTYPE alone', '<!DOCTYPE x>' + envelope(GET, CS), SCHEMA),
    ('no envelope', '<a/>', SCHEMA),
    ('SOAP 1.1', soap11(), ('s:VersionMismatch', None, None)),
    ('no action', envelope(None, CS), ('s:Sender', 'wsa:MessageInformationHeaderRequired', None)),
    ('no To', envelope(GET, CS, to=None), ('s:Sender', 'wsa:MessageInformationHeaderRequired', None)),
    ('no ReplyTo', envelope(GET, CS, reply_to=None), ('s:Sender', 'wsa:MessageInformationHeaderRequired', None)),
    ('no MessageID', envelope(GET, CS, message_id=None), ('s:Sender', 'wsa:InvalidMessageInformationHeader', None)),
    ('two Actions', envelope(GET, CS, headers='<wsa:Action>x</wsa:Action>'),
     ('s:Sender', 'wsa:InvalidMessageInformationHeader', None)),
    ('ReplyTo elsewhere', envelope(GET, CS, reply_to='http://192.0.2.1/'),
     ('s:Sender', 'wsman:UnsupportedFeature', 'AddressingMode')),
    ('unknown action', envelope('http://example.org/Fly', CS), ('s:Sender', 'wsa:ActionNotSupported', None)),
    ('unknown method', envelope(CIM + SERVICE + '/Fly', CIM + SERVICE), ('s:Sender', 'wsa:ActionNotSupported', None)),
    ('no resource', envelope(GET), ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')),
    ('unknown class', envelope(GET, CIM + 'CIM_Unicorn'), ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')),
    ('unknown resource', envelope(GET, 'urn:unicorn'), ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')),
    ('missing selector', envelope(GET, CS, selectors={'Name': 'x'}),
     ('s:Sender', 'wsman:InvalidSelectors', 'InsufficientSelectors')),
    ('wrong key', envelope(GET, CS, selectors={'Name': 'x', 'CreationClassName': 'CIM_ComputerSystem', 'Colour': 'red'}),
     ('s:Sender', 'wsman:InvalidSelectors', 'UnexpectedSelectors')),
    ('no such instance', envelope(GET, CS, selectors={'Name': 'x', 'CreationClassName': 'CIM_ComputerSystem'}),
     ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')),
    ('duplicate selector',
     envelope(GET, CS, headers='<wsman:SelectorSet><wsman:Selector Name="Name">x</wsman:Selector>'
              '<wsman:Selector Name="name">y</wsman:Selector></wsman:SelectorSet>'),
     ('s:Sender', 'wsman:InvalidSelectors', 'DuplicateSelectors')),
    ('unknown namespace', envelope(GET, CS, selectors={'Name': 'x', 'CreationClassName': 'CIM_ComputerSystem',
                                                       '__cimnamespace': 'root/unicorn'}),
     ('s:Sender', 'wsa:DestinationUnreachable', 'InvalidResourceURI')),
    ('unknown header, mustUnderstand',
     envelope(GET, CS, headers='<u:Fly xmlns:u="urn:u" s:mustUnderstand="true"/>'), ('s:MustUnderstand', None, None)),
    ('MaxEnvelopeSize 100', envelope(GET, CS, max_envelope='100'),
     ('s:Sender', 'wsman:EncodingLimit', 'MinimumEnvelopeLimit')),
    ('MaxEnvelopeSize many', envelope(GET, CS, max_envelope='many'),
     ('s:Sender', 'wsa:InvalidMessageInformationHeader', None)),
    ('OperationTimeout PT0S', envelope(GET, CS, timeout='PT0S', selectors={'Name': 'x', 'CreationClassName': 'y'}),
     ('s:Receiver', 'wsman:TimedOut', None)),
    ('OperationTimeout soon', envelope(GET, CS, timeout='soon'),
     ('s:Sender', 'wsa:InvalidMessageInformationHeader', 'InvalidTimeout')),
    ('Locale we do not speak', envelope(GET, CS, headers='<wsman:Locale xml:lang="tlh" s:mustUnderstand="true"/>'),
     ('s:Sender', 'wsman:UnsupportedFeature', 'Locale')),
    ('fragment', envelope(GET, CS, headers='<wsman:FragmentTransfer s:mustUnderstand="true">Name[</wsman:FragmentTransfer>'),
     ('s:Sender', 'wsman:CannotProcessFilter', None)),
    ('option that must be obeyed',
     envelope(GET, CS, headers='<wsman:OptionSet s:mustUnderstand="true"><wsman:Option Name="x" MustComply="true">1'
              '</wsman:Option></wsman:OptionSet>'), ('s:Sender', 'wsman:InvalidOptions', 'NotSupported')),
    ('Put', envelope(TRANSFER + 'Put', CIM + SERVICE), ('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch')),
    ('Create', envelope(TRANSFER + 'Create', CIM + SERVICE), ('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch')),
    ('Delete', envelope(TRANSFER + 'Delete', CIM + SERVICE), ('s:Sender', 'wsa:ActionNotSupported', 'ActionMismatch')),
    ('wsen:Renew', envelope(ENUMERATION + 'Renew', CS), ('s:Sender', 'wsa:ActionNotSupported', None)),
    ('wsen:GetStatus', envelope(ENUMERATION + 'GetStatus', CS), ('s:Sender', 'wsa:ActionNotSupported', None)),
    ('Pull of nothing',
     envelope(ENUMERATION + 'Pull', CS, '<wsen:Pull><wsen:EnumerationContext>uuid:00000000-0000-0000-0000-000000000000'
              '</wsen:EnumerationContext></wsen:Pull>'), ('s:Receiver', 'wsen:InvalidEnumerationContext', None)),
    ('Release of nothing',
     envelope(ENUMERATION + 'Release', CS, '<wsen:Release><wsen:EnumerationContext>uuid:0</wsen:EnumerationContext>'
              '</wsen:Release>'), ('s:Receiver', 'wsen:InvalidEnumerationContext', None)),
    ('two filters',
     envelope(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate><wsen:Filter>a</wsen:Filter><wsman:Filter>b</wsman:Filter>'
              '</wsen:Enumerate>'), ('s:Sender', 'wsen:CannotProcessFilter', None)),
    ('filter of a dialect that is not here',
     envelope(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate><wsman:Filter Dialect="urn:x">b</wsman:Filter>'
              '</wsen:Enumerate>'), ('s:Sender', 'wsen:FilterDialectRequestedUnavailable', None)),
    ('URI of 3,000', envelope(GET, CIM + 'x' * 3000), ('s:Sender', 'wsman:EncodingLimit', 'URILimitExceeded')),
    ('action and SOAPAction differ', envelope(GET, CS), ('s:Sender', 'wsa:ActionNotSupported', None)),
]


def head(length=None, *lines, start='POST /wsman HTTP/1.1', authorization=None):
    text = [start, 'Host: x', 'Content-Type: application/soap+xml;charset=UTF-8']
    if authorization:
        text.append('Authorization: ' + authorization)
    if length is not None:
        text.append('Content-Length: %d' % length)
    return ('\r\n'.join(text + list(lines)) + '\r\n\r\n').encode()


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(cls.build, config=LIMITS))
        with Client(cls.daemon) as c:
            for _ in range(200):
                c.post(IDENTIFY)
        cls.rss = cls.daemon.rss()

    def served(self):
        with Client(self.daemon) as c:
            reply = c.post(IDENTIFY)
        self.assertEqual(reply.status, 200)
        self.assertIsNotNone(reply.find('wsmid:IdentifyResponse'))

    def test_faults(self):
        for name, body, want in FAULTS:
            with self.subTest(name), Client(self.daemon) as c:
                headers = [('SOAPAction', '"urn:other"')] if 'SOAPAction' in name else []
                reply = c.post(body, headers=headers)
                self.assertEqual(reply.status, 500, reply.body[:1500])
                self.assertEqual(reply.fault(), want, reply.body[:3000])
                self.assertIn('application/soap+xml', reply.headers['content-type'][0])
                self.assertIsNotNone(reply.find('f:WSManFault'), reply.body[:3000])
                self.assertIsNotNone(reply.find('f:WSManFault').get('Code'))
                self.assertTrue(reply.text('s:Reason/s:Text'))
                self.assertIn(reply.text('wsa:Action'), (
                    NS['wsa'] + '/fault', 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault'))
                # The connection survives a fault.
                self.assertEqual(c.post(IDENTIFY).status, 200)
        self.served()

    def raw(self, data, timeout=30):
        with self.daemon.connect(timeout) as sock:
            sock.sendall(data)
            return read_reply(sock)

    def test_http(self):
        auth = self.daemon.authorization()
        body = IDENTIFY.encode()
        rows = [
            ('two lengths', head(len(body), 'Content-Length: 5', authorization=auth) + body, 400),
            ('length twice', head(len(body), 'Content-Length: %d' % len(body), authorization=auth) + body, 400),
            ('length and chunks', head(len(body), 'Transfer-Encoding: chunked', authorization=auth) + body, 400),
            ('length that is none', head(None, 'Content-Length: +5', authorization=auth) + body, 400),
            ('length too long', head(None, 'Content-Length: 99999999999999999999', authorization=auth), (400, 413)),
            ('over the cap', head(CAP + 1, authorization=auth), 413),
            ('no length', head(authorization=auth), 411),
            ('unknown coding', head(None, 'Transfer-Encoding: gzip', authorization=auth), (400, 501)),
            ('encoded content', head(len(body), 'Content-Encoding: gzip', authorization=auth) + body, 415),
            ('GET', head(0, start='GET /wsman HTTP/1.1'), 405),
            ('no such path', head(0, start='POST /cgi-bin/x HTTP/1.1'), 404),
            ('old HTTP', head(len(body), start='POST /wsman HTTP/0.9') + body, (400, 505)),
            ('folded header', head(len(body), 'X: a\r\n b', authorization=auth) + body, 400),
            ('bare line feed', b'POST /wsman HTTP/1.1\nHost: x\n\n', 400),
            ('not HTTP', b'\x00\x01\x02\x03\r\n\r\n', 400),
            ('header of 1 MB', head(5, 'X: ' + 'y' * 1000000), 431),
        ]
        for name, data, want in rows:
            with self.subTest(name):
                reply = self.raw(data)
                self.assertIsNotNone(reply, 'closed without a reply')
                self.assertIn(reply.status, want if isinstance(want, tuple) else (want,))
                if name == 'GET':
                    self.assertEqual(reply.headers['allow'], ['POST'])
        self.served()

    def test_over_the_cap_before_it_is_read(self):
        """413 comes although not one byte of the body was sent, Expect or not."""
        reply = self.raw(head(CAP + 1, 'Expect: 100-continue', authorization=self.daemon.authorization()))
        self.assertEqual(reply.status, 413)

    def test_expect(self):
        body = IDENTIFY.encode()
        with self.daemon.connect() as sock:
            sock.sendall(head(len(body), 'Expect: 100-continue', authorization=self.daemon.authorization()))
            self.assertEqual(read_reply(sock).status, 100)
            sock.sendall(body)
            self.assertEqual(read_reply(sock).status, 200)

    def test_chunks_that_pass_the_cap(self):
        data = head(None, 'Transfer-Encoding: chunked', authorization=self.daemon.authorization())
        data += b'10000\r\n' + b'x' * 65536 + b'\r\n'
        reply = self.raw(data + (b'10000\r\n' + b'x' * 65536 + b'\r\n') * 7 + b'ffff\r\n')
        self.assertEqual(reply.status, 413)
        self.served()

    def test_chunks(self):
        body = IDENTIFY.encode()
        data = head(None, 'Transfer-Encoding: chunked', authorization=self.daemon.authorization())
        for i in range(0, len(body), 7):
            piece = body[i:i + 7]
            data += b'%x;x=y\r\n%s\r\n' % (len(piece), piece)
        self.assertEqual(self.raw(data + b'0\r\nTrailer: x\r\n\r\n').status, 200)

    def test_pipelining(self):
        auth = self.daemon.authorization()
        bodies = [envelope(GET, CIM + 'CIM_Unicorn', message_id='uuid:%d' % i).encode() for i in range(5)]
        with self.daemon.connect() as sock:
            sock.sendall(b''.join(head(len(b), authorization=auth) + b for b in bodies))
            data = b''
            while data.count(b'</s:Envelope>') < 5:
                data += sock.recv(65536)
        places = [data.index(b'>uuid:%d</wsa:RelatesTo>' % i) for i in range(5)]
        self.assertEqual(places, sorted(places))

    def test_content_types(self):
        rows = [(None, 415), ('text/xml', 415), ('application/soap+xml', 200), ('multipart/related', 415),
                ('application/soap+xml; charset="utf-8"', 200), ('application/soap+xmlish', 415)]
        for kind, want in rows:
            with self.subTest(kind), Client(self.daemon) as c:
                self.assertEqual(c.post(IDENTIFY, content_type=kind).status, want)

    def test_byte_order_mark_that_contradicts(self):
        with Client(self.daemon) as c:
            self.assertEqual(c.post(b'\xff\xfe' + IDENTIFY.encode('utf-16-le')).status, 400)
            self.assertEqual(c.post(b'\xef\xbb\xbf' + IDENTIFY.encode()).status, 200)

    def test_wrong_password(self):
        for user, password in (('tester', 'wrong'), ('test', self.daemon.password), ('', ''),
                               ('testerX', self.daemon.password), ('nobody', 'x')):
            with self.subTest(user), Client(self.daemon) as c:
                c.authorization = 'Basic ' + __import__('base64').b64encode(
                    ('%s:%s' % (user, password)).encode()).decode()
                reply = c.post(IDENTIFY)
                self.assertEqual(reply.status, 401)
                self.assertEqual(reply.headers['www-authenticate'], ['Basic realm="WSMAN"'])
                self.assertEqual(reply.body, b'')
                # The retry comes on the same connection.
                c.authorization = self.daemon.authorization()
                self.assertIsNotNone(c.sock)
                self.assertEqual(c.post(IDENTIFY).status, 200)

    def test_no_login(self):
        with Client(self.daemon, authorization=None) as c:
            self.assertEqual(c.post(envelope(GET, CS)).status, 401)
            self.assertEqual(c.post(IDENTIFY, path='/wsman-anon/identify').status, 200)
            reply = c.post(IDENTIFY, headers=[('WSMANIDENTIFY', 'unauthenticated')])
            self.assertEqual(reply.status, 200)
            self.assertIsNone(reply.find('wsmid:ProductVersion'))
            reply = c.post(envelope(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate/>'), path='/wsman-anon/identify')
            self.assertEqual(reply.fault()[1], 'wsman:AccessDenied')
            reply = c.post(envelope(ENUMERATION + 'Enumerate', CS, '<wsen:Enumerate/>'),
                           headers=[('WSMANIDENTIFY', 'unauthenticated')])
            self.assertEqual(reply.fault()[1], 'wsman:AccessDenied')

    def test_without_login_little_is_read_and_told(self):
        large = IDENTIFY + ' ' * 20000
        with Client(self.daemon) as c:
            self.assertEqual(c.post(large).status, 200)
        for path, headers in (('/wsman-anon/identify', []), ('/wsman', [('WSMANIDENTIFY', 'unauthenticated')])):
            with self.subTest(path=path), Client(self.daemon, authorization=None) as c:
                self.assertEqual(c.post(large, path=path, headers=headers).status, 413)
                reply = c.post(envelope(GET, CS), path=path, headers=headers)
                self.assertEqual(reply.status, 500)
                self.assertNotIn(self.daemon.name.encode(), reply.body)

    def test_half_a_request_and_silence(self):
        auth = self.daemon.authorization()
        for data in (b'', head(500, authorization=auth)[:40], head(500, authorization=auth) + b'<s:Envel'):
            with self.subTest(data[-20:]), self.daemon.connect(timeout=30) as sock:
                sock.sendall(data)
                began = time.monotonic()
                reply = read_reply(sock)
                if reply is not None:
                    self.assertEqual(reply.status, 408)
                self.assertLess(time.monotonic() - began, (1 + 1) * SLACK)
        self.served()

    def test_client_that_leaves(self):
        """Mid-request, before the reply, and in the middle of it, with a reset."""
        body = envelope(ENUMERATION + 'Enumerate', CS,
                        '<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>32000</wsman:MaxElements>'
                        '</wsen:Enumerate>').encode()
        request = head(len(body), authorization=self.daemon.authorization()) + body
        for take in (0, 1, 300):
            for part in (len(request) // 2, len(request)):
                with self.subTest((take, part)):
                    sock = self.daemon.connect()
                    sock.sendall(request[:part])
                    if take and part == len(request):
                        sock.recv(take)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                    sock.close()
        self.served()

    def test_zz_memory(self):
        """All of the above again and again: the daemon has not grown."""
        for _ in range(20):
            for name, body, _want in FAULTS:
                with Client(self.daemon) as c:
                    c.post(body)
        self.served()
        if not SANITIZED:
            self.assertLess(self.daemon.rss() - self.rss, 2048, 'kilobytes grown')


if __name__ == '__main__':
    unittest.main()
