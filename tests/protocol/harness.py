"""A vsmigd of our own on a free loopback port, and clients that can misbehave.

Everything lives in a temporary directory; the daemon runs on libvirt's test driver, so neither
root nor a hypervisor is needed.
"""
import base64
import crypt
import os
import re
import select
import socket
import ssl
import subprocess
import tempfile
import time
import uuid
import xml.etree.ElementTree as ET

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(TOP, 'tests', 'data')
HOSTS = os.path.join(TOP, 'tests', 'protocol', 'hosts')

NS = {
    's': 'http://www.w3.org/2003/05/soap-envelope',
    'wsa': 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
    'wsman': 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
    'wsen': 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
    'wse': 'http://schemas.xmlsoap.org/ws/2004/08/eventing',
    'wxf': 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
    'wsmid': 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd',
    'wsmb': 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd',
    'f': 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
    'xsi': 'http://www.w3.org/2001/XMLSchema-instance',
}
ANON = NS['wsa'] + '/role/anonymous'
CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
WMI = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/'
SERVICE = 'CIM_VirtualSystemMigrationService'
ADVISOR = 'VSMIG_MigrationAdvisor'
CHECK = 'CheckVirtualSystemIsMigratableToHost'
EXPLAIN = 'ExplainVirtualSystemIsMigratableToHost'
RANK = 'RankDestinations'
TRANSFER = NS['wxf'] + '/'
ENUMERATION = NS['wsen'] + '/'
FAULT_DETAIL = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/'
# How much longer than a stated bound a test waits: these machines are small and shared.
SLACK = 3
SANITIZED = bool(os.environ.get('VSMIGD_SANITIZED'))


def q(name):
    prefix, local = name.split(':')
    return '{%s}%s' % (NS[prefix], local)


class Daemon:
    """A running vsmigd. Use as a context manager."""

    user, password = 'tester', 'a secret, more or less'

    def __init__(self, build, hosts=(), config='', source=None, name='source-host'):
        self.dir = tempfile.TemporaryDirectory(prefix='vsmigd-test-')
        self.build = build
        self.name = name
        path = lambda f: os.path.join(self.dir.name, f)
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
             '-nodes', '-keyout', path('key.pem'), '-out', path('cert.pem'), '-days', '2',
             '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
            check=True, capture_output=True)
        self.cert = path('cert.pem')
        self.write_passwords({self.user: self.password})
        source = source or 'test://' + os.path.join(HOSTS, 'src.xml')
        with open(path('vsmigd.conf'), 'w') as f:
            f.write('[listener]\naddress = 127.0.0.1\nport = 0\n'
                    'certificate = %s\nprivate_key = %s\n' % (self.cert, path('key.pem')) +
                    '[auth]\npassword_file = %s\n' % path('passwd') +
                    '[source]\nuri = %s\nname = %s\n' % (source, name) +
                    '[hosts]\n' + ''.join('%s = %s\n' % h for h in hosts) + config)
        self.config = path('vsmigd.conf')
        self.log_path = path('log')
        self.process = None

    def write_passwords(self, users):
        salt = crypt.mksalt(crypt.METHOD_SHA512, rounds=1000)
        with open(os.path.join(self.dir.name, 'passwd'), 'w') as f:
            f.write(''.join('%s:%s\n' % (u, crypt.crypt(p, salt)) for u, p in users.items()))
        os.chmod(f.name, 0o600)

    def __enter__(self):
        self.log_file = open(self.log_path, 'wb')
        self.process = subprocess.Popen([os.path.join(self.build, 'vsmigd'), '--config', self.config],
                                        stderr=self.log_file, stdout=self.log_file,
                                        stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            m = re.search(r'listening on (\S+):(\d+)', self.log())
            if m:
                self.port = int(m.group(2))
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError('vsmigd did not start:\n' + self.log())
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass

    def log(self):
        with open(self.log_path, errors='replace') as f:
            return f.read()

    def wait_log(self, pattern, seconds=10):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.log()):
            if time.monotonic() > deadline:
                raise AssertionError('not in the log within %d s: %s' % (seconds, pattern))
            select.select([], [], [], 0.02)

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def __exit__(self, kind, value, trace):
        status = self.stop()
        log = self.log()
        self.log_file.close()
        self.dir.cleanup()
        if kind:
            print('--- the end of the log of vsmigd:\n' + log[-3000:])
        else:
            assert not re.search(r'Sanitizer|runtime error:', log), log[-8000:]
            assert status == 0, 'vsmigd ended with status %d:\n%s' % (status, log[-8000:])

    def rss(self):
        """Resident kilobytes."""
        with open('/proc/%d/status' % self.process.pid) as f:
            return int(re.search(r'VmRSS:\s+(\d+)', f.read()).group(1))

    def threads(self):
        return len(os.listdir('/proc/%d/task' % self.process.pid))

    def connect(self, timeout=30):
        context = ssl.create_default_context(cafile=self.cert)
        raw = socket.create_connection(('127.0.0.1', self.port), timeout=timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(raw, server_hostname='localhost')

    def authorization(self, user=None, password=None):
        text = '%s:%s' % (user or self.user, self.password if password is None else password)
        return 'Basic ' + base64.b64encode(text.encode()).decode()

    def service_keys(self, name='vsmigd', cls=SERVICE):
        return {'SystemCreationClassName': 'CIM_ComputerSystem', 'SystemName': self.name,
                'CreationClassName': cls, 'Name': name}


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def xml(self):
        if self.body[:2] == b'\xff\xfe':
            return ET.fromstring(self.body.decode('utf-16'))
        return ET.fromstring(self.body)

    def find(self, path):
        return self.xml.find('.//' + path, NS)

    def text(self, path):
        node = self.find(path)
        return None if node is None else (node.text or '').strip()

    def first(self):
        """The element below s:Body."""
        body = self.xml.find('s:Body', NS)
        return body[0] if len(body) else None

    def fault(self):
        """(code, subcode, faultDetail without its prefix or None), or None."""
        if self.find('s:Fault') is None:
            return None
        detail = self.text('wsman:FaultDetail')
        return (self.text('s:Code/s:Value'), self.text('s:Subcode/s:Value'),
                detail.replace(FAULT_DETAIL, '') if detail else None)

    def output(self):
        """{parameter: text or list of texts} of a method's answer."""
        values = {}
        first = self.first()
        assert first is not None and first.tag.endswith('_OUTPUT'), self.body[:2000]
        for child in first:
            values.setdefault(child.tag.split('}')[1], []).append(child.text)
        return {k: v[0] if len(v) == 1 and k not in ('Findings', 'Ranking') else v for k, v in values.items()}


def read_reply(sock):
    """Reads one HTTP reply, which has a Content-Length; None when the peer closed instead."""
    data = b''
    while b'\r\n\r\n' not in data:
        more = sock.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b'\r\n\r\n', 1)
    lines = head.decode('latin-1').split('\r\n')
    headers = {}
    for line in lines[1:]:
        name, value = line.split(':', 1)
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    status = int(lines[0].split()[1])
    if status == 100:
        return Reply(status, headers, body)
    assert 'content-length' in headers, 'a reply without Content-Length: %r' % head
    length = int(headers['content-length'][0])
    while len(body) < length:
        more = sock.recv(65536)
        if not more:
            raise AssertionError('the reply ends early: %d of %d bytes' % (len(body), length))
        body += more
    assert len(body) == length, 'more bytes than Content-Length says'
    return Reply(status, headers, body)


class Client:
    """One keep-alive connection that sends well-formed HTTP."""

    def __init__(self, daemon, authorization='', agent=None):
        self.daemon = daemon
        self.agent = agent
        self.authorization = daemon.authorization() if authorization == '' else authorization
        self.sock = None

    def close(self):
        if self.sock:
            self.sock.close()
            self.sock = None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def post(self, body, path='/wsman', content_type='application/soap+xml;charset=UTF-8', headers=()):
        if isinstance(body, str):
            body = body.encode()
        lines = ['POST %s HTTP/1.1' % path, 'Host: 127.0.0.1', 'Content-Length: %d' % len(body)]
        if content_type:
            lines.append('Content-Type: ' + content_type)
        if self.authorization:
            lines.append('Authorization: ' + self.authorization)
        if self.agent:
            lines.append('User-Agent: ' + self.agent)
        lines += ['%s: %s' % h for h in headers]
        if not self.sock:
            self.sock = self.daemon.connect()
        self.sock.sendall('\r\n'.join(lines).encode() + b'\r\n\r\n' + body)
        reply = read_reply(self.sock)
        if reply is None or reply.headers.get('connection', [''])[0].lower() == 'close':
            self.close()
        return reply

    def send(self, action, resource=None, body='', **options):
        return self.post(envelope(action, resource, body, **options))

    def invoke(self, method, arguments, cls=SERVICE, keys='', prefix=CIM, **options):
        if keys == '':
            keys = self.daemon.service_keys(cls=cls)
        body = '<p:%s_INPUT xmlns:p="%s%s">%s</p:%s_INPUT>' % (method, prefix, cls, arguments, method)
        return self.send(prefix + cls + '/' + method, prefix + cls, body, selectors=keys, **options)

    def check(self, vm, destination, extra='', method=CHECK, cls=SERVICE, **options):
        return self.invoke(method, arguments(vm, destination) + extra, cls=cls, **options)

    def explain(self, vm, destination, extra='', method=EXPLAIN, **options):
        return self.check(vm, destination, extra, method=method, cls=ADVISOR, **options)

    def rank(self, vm, hosts=(), extra='', **options):
        named = ''.join('<p:Hosts>%s</p:Hosts>' % escape(h) for h in hosts)
        return self.check(vm, None, extra + named, method=RANK, cls=ADVISOR, **options)


def escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def vm_reference(name):
    return ('<wsa:Address>%s</wsa:Address><wsa:ReferenceParameters>'
            '<wsman:ResourceURI>%sCIM_ComputerSystem</wsman:ResourceURI><wsman:SelectorSet>'
            '<wsman:Selector Name="CreationClassName">CIM_ComputerSystem</wsman:Selector>'
            '<wsman:Selector Name="Name">%s</wsman:Selector></wsman:SelectorSet>'
            '</wsa:ReferenceParameters>' % (ANON, CIM, escape(name)))


def arguments(vm, destination):
    text = ''
    if vm is not None:
        text += '<p:ComputerSystem>%s</p:ComputerSystem>' % vm_reference(vm)
    if destination is not None:
        text += '<p:DestinationHost>%s</p:DestinationHost>' % escape(destination)
    return text


def selector_set(selectors):
    if not selectors:
        return ''
    return '<wsman:SelectorSet>%s</wsman:SelectorSet>' % ''.join(
        '<wsman:Selector Name="%s">%s</wsman:Selector>' % (k, escape(v)) for k, v in selectors.items())


def envelope(action, resource=None, body='', selectors=None, headers='', reply_to=ANON, to='https://localhost/wsman',
             message_id='', timeout=None, max_envelope=None):
    """A WS-Management request. None leaves a header out."""
    parts = []
    if to is not None:
        parts.append('<wsa:To>%s</wsa:To>' % to)
    if action is not None:
        parts.append('<wsa:Action s:mustUnderstand="true">%s</wsa:Action>' % action)
    if resource is not None:
        parts.append('<wsman:ResourceURI s:mustUnderstand="true">%s</wsman:ResourceURI>' % resource)
    if message_id is not None:
        parts.append('<wsa:MessageID>%s</wsa:MessageID>' % (message_id or 'uuid:%s' % uuid.uuid4()))
    if reply_to is not None:
        parts.append('<wsa:ReplyTo><wsa:Address>%s</wsa:Address></wsa:ReplyTo>' % reply_to)
    if timeout is not None:
        parts.append('<wsman:OperationTimeout>%s</wsman:OperationTimeout>' % timeout)
    if max_envelope is not None:
        parts.append('<wsman:MaxEnvelopeSize s:mustUnderstand="true">%s</wsman:MaxEnvelopeSize>' % max_envelope)
    parts.append(selector_set(selectors))
    declared = ' '.join('xmlns:%s="%s"' % (p, NS[p]) for p in ('s', 'wsa', 'wsman', 'wsen', 'wsmb', 'xsi'))
    return '<s:Envelope %s><s:Header>%s%s</s:Header><s:Body>%s</s:Body></s:Envelope>' % (
        declared, ''.join(parts), headers, body)


IDENTIFY = ('<s:Envelope xmlns:s="%s" xmlns:wsmid="%s"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>'
            % (NS['s'], NS['wsmid']))


def silent_listener(backlog=256):
    """A socket that accepts (in the kernel) and never answers."""
    sock = socket.socket()
    sock.bind(('127.0.0.1', 0))
    sock.listen(backlog)
    return sock


def closed_port():
    """A loopback port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]
