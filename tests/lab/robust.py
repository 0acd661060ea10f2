"""What the daemon must bear: hypervisors that die and come back, many checks at once, dead destinations.

Each test is a function that raises Failed, or another exception, when something is wrong. They run after the table of
scenarios, with the same hosts and, but for one, the same daemon.
"""

import concurrent.futures
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import statistics
import threading
import time

import libvirt

import guests
import hosts
import prepare
from client import Fault
from daemon import Daemon
from guests import Guest, disk, nic
from hosts import SOURCE, wait_until
from scenario import Scenario

DEADLINE = 30                   # [check] timeout of daemon.py
PROBED = 3                      # seconds that a check may take, with its probe
SHORT = 4                       # the OperationTimeout of those who ask dead destinations
SLACK = 3                       # how many times a bound a busy machine may take
MANY = 20
MAY_PASS = (2, 3, 5)            # what a check may answer whose hypervisor dies under it
TYPICAL = Scenario("typical", Guest((disk("a"), disk("b", target="vdb"), nic("network=blue", 1),
                                     nic("network=blue", 2))))


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Lab:
    def __init__(self, world):
        self.connections, self.daemon = world.connections, world.daemon
        self.program, self.logs = world.program, world.logs

    def prepare(self, scenario, *steps):
        scenario.guest.make_images()
        for step in steps or [prepare.network(host, "blue") for host in ("alpha", "beta")]:
            step(self.connections)
        source = self.connections[SOURCE.name]
        source.defineXML(scenario.guest.xml(scenario.name)).create()

    def check(self, scenario, client=None):
        return (client or self.daemon.client).check(scenario)

    def says_yes(self, scenario):
        answer = self.check(scenario)
        expect((answer.code, answer.migratable) == (0, True), f"said {answer.code}, {answer.migratable}")
        return answer

    def restart(self, host):
        hosts.kill(host)
        self.connections[host] = hosts.start_again(host)


def at_once(calls):
    """[(result or exception, seconds)] of all the calls, begun together."""
    def timed(call):
        began = time.monotonic()
        try:
            result = call()
        except Exception as error:
            result = error
        return result, time.monotonic() - began
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(timed, call) for call in calls]]


def twins(connection):
    return [vm.name() for vm in connection.listAllDomains() if vm.name().startswith("vsmigd-probe-")]


def size(daemon):
    process = pathlib.Path(f"/proc/{daemon.process.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


# The tests, in the order in which they run.

def seven_problems(lab):
    """A VM with seven problems gets seven findings, in one answer, about as fast as one without any gets its own."""
    troubled = Scenario("troubled", guests.SEVEN_PROBLEMS)
    wanted = {"VSM4307", "VSM4306", "VSM4301", "VSM4401", "VSM4508", "VSM4503", "VSM4511"}
    lab.prepare(TYPICAL)
    lab.prepare(troubled, prepare.network("alpha", "green"))
    reasons = lab.daemon.client.explain(troubled)
    found = {finding["MessageID"] for finding in reasons.findings if finding["Effect"] != "None"}
    expect(wanted <= found, f"does not say {', '.join(sorted(wanted - found))}")
    seconds = {scenario.name: statistics.median(lab.check(scenario).seconds for _ in range(9))
               for scenario in (TYPICAL, troubled)}
    expect(seconds["troubled"] <= SLACK * 2 * seconds["typical"], f"took {seconds}")


def twenty_at_once(lab):
    """Twenty checks against one destination: each is answered as one alone would be."""
    lab.prepare(TYPICAL)
    for answer, seconds in at_once([lambda: lab.check(TYPICAL)] * MANY):
        expect(not isinstance(answer, Exception), f"{answer}")
        expect((answer.code, answer.migratable) == (0, True), f"said {answer.code}, {answer.migratable}")
        expect(seconds <= SLACK * PROBED, f"took {seconds:.1f} s")


def half_are_dead(lab):
    """Twenty destinations, half of them dead in four ways: the dead end in time, and slow nobody down."""
    lab.prepare(TYPICAL)
    alive = [dataclasses.replace(TYPICAL, to=address) for address in hosts.MORE_ADDRESSES]
    dead = [dataclasses.replace(TYPICAL, to=address, timeout=SHORT)
            for addresses in hosts.DEAD.values() for address in addresses]
    expect(len(alive) + len(dead) == MANY, f"{len(alive)} + {len(dead)} destinations")
    ask = [lambda scenario=scenario: lab.check(scenario) for scenario in alive]
    ask_dead = [lambda scenario=scenario: lab.check(scenario) for scenario in dead]
    at_once(ask)                # opens the connections
    alone = max(seconds for _, seconds in at_once(ask))
    results = at_once(ask_dead + ask)
    for scenario, (answer, seconds) in zip(dead + alive, results):
        expect(not isinstance(answer, Exception), f"{scenario.to}: {answer}")
        if scenario in dead:
            expect(answer.code in (3, 5), f"{scenario.to}: said {answer.code}")
            expect(seconds <= SLACK * SHORT, f"{scenario.to}: took {seconds:.1f} s")
        else:
            expect((answer.code, answer.migratable) == (0, True), f"{scenario.to}: said {answer.code}")
            expect(seconds <= SLACK * max(alone, 0.5), f"{scenario.to}: took {seconds:.1f} s, without dead {alone:.1f}")


def target_restarts(lab):
    lab.prepare(TYPICAL)
    lab.says_yes(TYPICAL)
    lab.restart("beta")
    lab.says_yes(TYPICAL)


def source_restarts(lab):
    lab.prepare(TYPICAL)
    lab.says_yes(TYPICAL)
    lab.restart("alpha")
    lab.says_yes(TYPICAL)


def dies_meanwhile(lab, host):
    """libvirtd is killed while four clients ask without a pause: all get an answer, the next check is right, and
    nothing of the daemon has grown when it happened again and again."""
    lab.prepare(TYPICAL)
    sizes = []
    for _ in range(3):
        killed, answers = threading.Event(), []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask_past, lab, killed, answers) for _ in range(4)]
            wait_until("checks are answered", lambda: len(answers) > 8 or any(future.done() for future in asking))
            hosts.kill(host)
            killed.set()
            for future in asking:
                future.result()
        lab.connections[host] = hosts.start_again(host)
        lab.says_yes(TYPICAL)
        wait_until("no twin is left on the target", lambda: not twins(lab.connections["beta"]))
        sizes.append(size(lab.daemon))
    expect(sizes[-1][0] <= sizes[0][0] + 2 and sizes[-1][1] <= sizes[0][1] + 2,
           f"(open files, threads) grew: {sizes}")


def ask_past(lab, killed, answers):
    """Asks until it was answered twice after the hypervisor was killed."""
    left = 2
    while left:
        left -= killed.is_set()
        reasons = lab.daemon.client.explain(TYPICAL)
        answers.append(reasons.code)
        if reasons.code == 0:
            expect(reasons.migratable, f"said no: {[finding['Message'] for finding in reasons.findings]}")
            continue
        expect(reasons.code in MAY_PASS, f"said {reasons.code}")
        expect(any(finding["Effect"] != "None" and finding["Message"] for finding in reasons.findings),
               f"said {reasons.code} without a sentence")


def target_dies(lab):
    dies_meanwhile(lab, "beta")


def source_dies(lab):
    dies_meanwhile(lab, "alpha")


def unborn_twin(lab):
    """A domain that libvirt cannot let go of (hosts.forget_unborn), left of a probe: checks are not held up by it, and
    have their probes."""
    lab.prepare(TYPICAL)
    lab.says_yes(TYPICAL)
    name = f"vsmigd-probe-{SOURCE.uuid}"
    far = f"expires='{int(time.time()) - 1}'"
    mark = (f"<metadata><p:probe xmlns:p='urn:vsmigd:probe:1' host='{SOURCE.uuid}' instance='x/1/1/1' {far}/></metadata>")
    lab.connections["beta"].createXML(Guest(more=mark).xml(name))
    hosts.kill("beta")
    make_unborn(hosts.BY_NAME["beta"], name)
    lab.connections["beta"] = hosts.start_again("beta", as_it_is=True)
    expect(name in twins(lab.connections["beta"]), "libvirt forgot the domain: nothing is shown by this")
    try:
        for _ in range(3):
            reasons = lab.daemon.client.explain(TYPICAL)
            ids = [finding["MessageID"] for finding in reasons.findings]
            expect(reasons.migratable and "VSM6001" in ids, f"said {reasons.code}, {ids}")
            expect(reasons.seconds <= SLACK * PROBED, f"took {reasons.seconds:.1f} s")
    finally:
        hosts.kill("beta")


def make_unborn(host, name):
    """As if libvirtd had been killed just before it knew the guest's process."""
    folder = host.folder / "run/qemu"
    with contextlib.suppress(ProcessLookupError):
        os.kill(int((folder / f"{name}.pid").read_text()), signal.SIGKILL)
    record = folder / f"{name}.xml"
    text = re.sub("<domstatus [^>]*>", "<domstatus state='paused' reason='starting up' pid='0'>", record.read_text())
    record.write_text(text.replace("<vcpus>", "<job type='none' async='start' flags='0x3' asyncStarted='1'/>\n  <vcpus>", 1))


def source_comes_later(lab):
    """A daemon that starts before its hypervisor listens, says so, and finds it when it is there."""
    lab.prepare(TYPICAL)
    hosts.kill("alpha")
    daemon = Daemon(lab.program, lab.logs / "vsmigd-early.log", name="early")
    try:
        reasons = daemon.client.explain(TYPICAL)
        ids = [finding["MessageID"] for finding in reasons.findings]
        expect(reasons.code == 5 and "VSM2020" in ids, f"said {reasons.code}, {ids}")
        lab.connections["alpha"] = hosts.start_again("alpha")
        wait_until("the daemon finds its hypervisor", lambda: lab.check(TYPICAL, daemon.client).code == 0, DEADLINE)
    finally:
        complaint = daemon.stop()
    expect(not complaint, complaint)


TESTS = (seven_problems, twenty_at_once, half_are_dead, target_restarts, source_restarts, target_dies, source_dies,
         unborn_twin, source_comes_later)


def name_of(test):
    return "robust: " + test.__name__.replace("_", " ")


def run(test, world):
    """(whether it went well, what to print)"""
    lab, began, complaints = Lab(world), time.monotonic(), []
    try:
        test(lab)
    except (Failed, Fault, OSError, hosts.LabError, libvirt.libvirtError, KeyError, ValueError) as error:
        complaints.append(f"{type(error).__name__}: {error}")
    complaints += world.tidy()
    line = f"{name_of(test):60} {'no' if complaints else 'yes':4} {(time.monotonic() - began) * 1000:6.0f} ms"
    return not complaints, "\n    ".join([line, *complaints])
