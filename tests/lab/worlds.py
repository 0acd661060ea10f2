"""Several labs at once, each in namespaces of its own (sandbox.py): guests mostly wait, and one lab leaves a core idle.

Each lab takes the number of its next item from a pipe that all of them read, and sends back what came of it. What is
printed is printed here, in the order of the items, whichever lab did them. A lab whose hosts an item left in a state
that nobody can clean up ends with the status AGAIN, and a fresh one takes its place; the item counts as failed.
"""

import dataclasses
import json
import os
import selectors
import signal
import struct
import sys

import sandbox

AGAIN = 75
NUMBER = struct.Struct("=I")    # far less than a pipe hands out in one piece


class Queue:
    """The numbers of the items that nobody has begun: first come, first served."""

    def __init__(self, count):
        self.reading, writing = os.pipe()
        os.write(writing, b"".join(map(NUMBER.pack, range(count))))
        os.close(writing)

    def __iter__(self):
        while data := os.read(self.reading, NUMBER.size):
            yield NUMBER.unpack(data)[0]


class Sender:
    """The lab's end: what it has begun, and what came of it."""

    def __init__(self, handle):
        self.handle = handle

    def begun(self, number):
        self.send("begun", number)

    def done(self, number, well, text):
        self.send("done", number, well, text)

    def complain(self, text):
        self.send("complaint", text)

    def send(self, *message):
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self.handle, data):]


@dataclasses.dataclass
class Lab:
    number: int
    pid: int
    handle: int
    rest: bytes = b""
    at: int | None = None       # the item that it has begun

    def messages(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        return map(json.loads, lines)


class Table:
    """Prints what is done in the order of the items."""

    def __init__(self, names):
        self.names, self.waiting, self.next, self.failed = names, {}, 0, {}

    def done(self, number, well, text):
        self.waiting[number] = text
        if not well:
            self.failed[self.names[number]] = text
        while self.next in self.waiting:
            print(self.waiting.pop(self.next), flush=True)
            self.next += 1

    def fill(self, text):
        for number in range(self.next, len(self.names)):
            if number >= self.next and number not in self.waiting:
                self.done(number, False, text(number))


def run(names, jobs, work):
    """work(number, queue, sender) in each of so many worlds; returns ({name of an item that failed: its text},
    whether the labs themselves went well)."""
    queue, table, sound = Queue(len(names)), Table(names), True
    with selectors.DefaultSelector() as selector:
        for number in range(jobs):
            begin(selector, number, queue, work)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 65536)
                for message in key.data.messages(data):
                    sound &= take(table, key.data, *message)
                if not data:
                    sound &= end(selector, table, key.data, names, queue, work)
    table.fill(lambda number: f"{names[number]}: no lab is left to try it")
    return table.failed, sound


def begin(selector, number, queue, work):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        sandbox.die_with_parent(signal.SIGTERM)
        os._exit(sandbox.run(lambda: work(number, queue, Sender(writing))))
    os.close(writing)
    selector.register(reading, selectors.EVENT_READ, Lab(number, pid, reading))


def take(table, lab, what, *rest):
    if what == "complaint":
        print(f"lab: {rest[0]}", file=sys.stderr, flush=True)
        return False
    if what == "done":
        table.done(*rest)
    lab.at = rest[0] if what == "begun" else None
    return True


def end(selector, table, lab, names, queue, work):
    selector.unregister(lab.handle)
    os.close(lab.handle)
    status = os.waitstatus_to_exitcode(os.waitpid(lab.pid, 0)[1])
    if lab.at is not None:
        table.done(lab.at, False, f"{names[lab.at]}: the lab ended with status {status}")
    if status == AGAIN:
        begin(selector, lab.number, queue, work)
    return status in (0, AGAIN)
