"""How libmi reads the reply to an Enumerate or a Pull, faults included.

It keeps count of its depth without a sign in 64 bits. What it puts back and takes again lowers
the count although no element ended, and a count of 0 is never undercut, so that it reads past the
end when it leaves something out there. The names of the steps are ours.
"""
import re

TOKEN = re.compile(r'<\?[^>]*\?>|<(?P<end>/?)(?:\w+:)?(?P<name>[\w.-]+)(?P<attributes>[^<>]*?)(?P<empty>/?)>|[^<]+')
INSTRUCTION, START, END, TEXT = range(4)
UNSIGNED = 1 << 64


class Unreadable(Exception):
    pass


class Reader:
    def __init__(self, document):
        self.tokens = TOKEN.finditer(document)
        self.held = []
        self.depth = 0

    def count(self, by):
        self.depth = (self.depth + by) % UNSIGNED

    def next(self):
        if self.held:
            self.count(-1)
            return self.held.pop()
        token = next(self.tokens, None)
        if token is None:
            raise Unreadable('read past the end')
        if token.group().startswith('<?'):
            return INSTRUCTION, '', ''
        if not token.group('name'):
            return TEXT, token.group(), ''
        found = (START, token.group('name'), token.group())
        if token.group('end'):
            self.count(-1)
            return (END,) + found[1:]
        self.count(1)
        if token.group('empty'):
            self.held.append((END,) + found[1:])
        return found

    def element(self):
        """The next start or end; only white space may stand before it."""
        while True:
            token = self.next()
            if token[0] != TEXT:
                return token
            if token[1].strip():
                raise Unreadable('text: ' + token[1])

    def expect(self, kind, name=None):
        token = self.next() if kind == TEXT else self.element()
        if token[0] != kind or (name and token[1] != name):
            raise Unreadable('%s where %s is due' % (token, name))
        return token

    def leave_out(self):
        start = self.depth
        while self.depth >= start:
            self.next()

    def selector(self, start):
        if ' Name=' not in start[2]:
            return
        token = self.next()
        if token[:2] == (START, 'EndpointReference'):
            self.reference(self.next())
        elif token[0] != TEXT:
            raise Unreadable('a selector without a value')
        self.expect(END, 'Selector')

    def parameters(self):
        token = self.element()
        while token[0] != END:
            if token[1] == 'ResourceURI':
                self.expect(TEXT)
                self.expect(END, 'ResourceURI')
            elif token[1] == 'SelectorSet':
                while token[0] != END:
                    self.selector(token)
                    token = self.element()
            token = self.element()

    def reference(self, token):
        while token[0] != END:
            if token[1] == 'ReferenceParameters':
                self.parameters()
            else:
                self.leave_out()
            token = self.element()

    def value(self, start):
        token = self.next()
        if token[0] == TEXT:
            after = self.next()
            if after[0] != START:
                self.held.append(after)
                self.expect(END, start[1])
                return
            token = after
        if token[0] == END:
            return
        if token[2].startswith('<wsa:'):
            self.reference(token)
        elif token[1] == 'CIM_DateTime':
            self.expect(TEXT)
            self.expect(END, 'CIM_DateTime')
            self.expect(END, start[1])
        else:
            self.held.append(token)
            self.instance(start)

    def instance(self, start):
        token = self.element()
        while token[:2] != (END, start[1]):
            if token[0] == START:
                self.value(token)
            token = self.element()

    def items(self):
        """The class of each item."""
        token = self.element()
        if token[0] != INSTRUCTION:
            self.held.append(token)
        self.expect(START, 'Envelope')
        while self.next()[:2] != (END, 'Header'):
            pass
        self.expect(START, 'Body')
        response = self.expect(START)[1]
        token = self.element()
        while token[:2] != (END, response):
            if token[:2] == (START, 'EnumerationContext'):
                token = self.next()
                if token[0] == TEXT:
                    self.expect(END, 'EnumerationContext')
            elif token[:2] == (START, 'Items'):
                token = self.element()
                while token[:2] != (END, 'Items'):
                    yield token[1]
                    self.instance(token)
                    token = self.element()
            token = self.element()
        self.expect(END, 'Body')
        self.expect(END, 'Envelope')


def items(reply):
    """The classes of all items of a reply, or Unreadable."""
    return list(Reader(reply.body.decode()).items())
