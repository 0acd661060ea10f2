"""Events of real virtual machines: each step of a life reaches the subscriber, and what happened while the connection to
the hypervisor was lost does when it is back."""

import time
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

import libvirt

import hosts
from client import ANONYMOUS, CIM, Fault
from guests import Guest, disk
from scenario import Scenario

WATCHED = Scenario("watched", Guest((disk("a"),)))
SOAP, WSMAN = "http://www.w3.org/2003/05/soap-envelope", "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
EVENTING, ENUMERATION = ("http://schemas.xmlsoap.org/ws/2004/08/eventing", "http://schemas.xmlsoap.org/ws/2004/09/enumeration")
RESOURCE = "http://schemas.dmtf.org/wbem/wscim/1/*"
ENVELOPE = f"""<s:Envelope xmlns:s="{SOAP}" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
xmlns:wsman="{WSMAN}" xmlns:wse="{EVENTING}" xmlns:wsen="{ENUMERATION}"><s:Header><wsa:Action>%s</wsa:Action>\
<wsa:To>https://[::1]/wsman</wsa:To><wsman:ResourceURI>{RESOURCE}</wsman:ResourceURI><wsa:MessageID>uuid:%s</wsa:MessageID>\
<wsa:ReplyTo><wsa:Address>{ANONYMOUS}</wsa:Address></wsa:ReplyTo><wsman:OperationTimeout>PT%dS</wsman:OperationTimeout>\
</s:Header><s:Body>%s</s:Body></s:Envelope>"""
QUERY = 'SELECT * FROM CIM_InstIndication WHERE SourceInstance ISA "CIM_ComputerSystem"'
SUBSCRIBE = ('<wse:Subscribe><wse:Delivery Mode="http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"/>'
             f'<wsman:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{escape(QUERY)}</wsman:Filter>'
             '</wse:Subscribe>')
PULL = "<wsen:Pull><wsen:EnumerationContext>%s</wsen:EnumerationContext><wsen:MaxElements>100</wsen:MaxElements></wsen:Pull>"
WAIT = 10                       # seconds of one Pull
LONGEST = 60                    # until something has to have been told


class Subscription:
    def __init__(self, client):
        self.client = client
        root = self.ask(f"{EVENTING}/Subscribe", SUBSCRIBE)
        self.context = root.findtext(f".//{{{ENUMERATION}}}EnumerationContext")
        if not self.context:
            raise Fault(f"no subscription: {' '.join(root.itertext())[:600]}")

    def ask(self, action, body):
        return ET.fromstring(self.client.post(ENVELOPE % (action, uuid.uuid4(), WAIT, body))[1])

    def next(self):
        """[(class of the indication, EnabledState of the source)] about the machine; [] when nothing came in time."""
        root = self.ask(f"{ENUMERATION}/Pull", PULL % self.context)
        if root.find(f".//{{{SOAP}}}Fault") is not None:
            text = " ".join(root.itertext())
            if "TimedOut" not in text:
                raise Fault(text[:600])
            return []
        told = []
        for item in root.find(f".//{{{ENUMERATION}}}Items"):
            source = item.find("{*}SourceInstance")
            if source is None:
                raise Fault(f"an item that is no indication: {ET.tostring(item)[:300]}")
            one = item.tag.split("}CIM_Inst")[1], source.findtext("{*}EnabledState")
            # QEMU says that it is about to end before it does, if there is time.
            if source.findtext("{*}ElementName") == WATCHED.name and one != ("Modification", "4"):
                told.append(one)
        return told

    def expect(self, *wanted):
        """Waits until so much was told, and that it is this. None: in whatever state."""
        told, until = [], time.monotonic() + LONGEST
        while len(told) < len(wanted) and time.monotonic() < until:
            told += self.next()
        well = len(told) == len(wanted) and all(got == want or want == (got[0], None) for got, want in zip(told, wanted))
        return [] if well else [f"told {told}, not {list(wanted)}"]


def a_life(connections, daemon):
    """Complaints about what is told of a machine that is defined, started, paused ... each step at once after the other."""
    WATCHED.guest.make_images()
    source = connections[hosts.SOURCE.name]
    subscription = Subscription(daemon.client)
    vm = source.defineXML(WATCHED.guest.xml(WATCHED.name))
    vm.create()
    vm.suspend()
    vm.resume()
    complaints = subscription.expect(("Creation", "3"), ("Modification", "2"), ("Modification", "9"), ("Modification", "2"))
    vm.destroy()
    vm.undefine()
    complaints += subscription.expect(("Modification", "3"), ("Deletion", "3"))
    vm = source.createXML(WATCHED.guest.xml(WATCHED.name))
    vm.destroy()
    return complaints + subscription.expect(("Creation", "2"), ("Deletion", None))


def lost_and_back(connections, daemon):
    """libvirtd is killed: while it is gone a Pull only waits, and what is different afterwards is told."""
    WATCHED.guest.make_images()
    source = connections[hosts.SOURCE.name]
    subscription = Subscription(daemon.client)
    vm = source.defineXML(WATCHED.guest.xml(WATCHED.name))
    vm.create()
    complaints = subscription.expect(("Creation", "3"), ("Modification", "2"))
    hosts.kill(hosts.SOURCE.name)
    complaints += [f"told {told} of a host that is gone" for told in [subscription.next()] if told]
    try:
        Subscription(daemon.client)
        complaints.append("a subscription to a host that is gone")
    except Fault as fault:
        complaints += [] if "EventSourceUnableToProcess" in str(fault) else [str(fault)]
    source = connections[hosts.SOURCE.name] = hosts.start_again(hosts.SOURCE.name)
    vm = source.lookupByName(WATCHED.name)
    vm.memoryStats()            # waits until libvirtd has its guest again
    vm.destroy()
    complaints += subscription.expect(("Modification", "3"))
    vm.undefine()
    return complaints + subscription.expect(("Deletion", "3"))


TESTS = (a_life, lost_and_back)


def name_of(test):
    return "events: " + test.__name__.replace("_", " ")


def run(test, world):
    """(whether it went well, what to print)"""
    began = time.monotonic()
    try:
        complaints = test(world.connections, world.daemon)
    except (Fault, OSError, hosts.LabError, libvirt.libvirtError, KeyError, ValueError) as error:
        complaints = [f"{type(error).__name__}: {error}"]
    complaints += world.tidy()
    line = f"{name_of(test):60} {'no' if complaints else 'yes':4} {(time.monotonic() - began) * 1000:6.0f} ms"
    return not complaints, "\n    ".join([line, *complaints])
