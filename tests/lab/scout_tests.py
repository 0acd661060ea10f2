"""The scout, an empty guest that moves from the source to the destination: what it does to both, and leaves there. The
hosts are those of probe_tests.py."""

import contextlib
import os
import signal
import threading
import time

import libvirt

import hosts
import outside
import prepare
from guests import Guest, disk, make_image
from hosts import BY_NAME, LOCAL, wait_until
from probe_tests import (HERE, PREFIX, THERE, ask, listening, nothing_left, processes, slow_probe, started,
                         killed, stop_when_started, tried, twins, works_again)
from rows_host import program
from rows_way import TLS, credentials
from scenario import Scenario
from settings import Rename


def own_host_is_left_clean(world):
    """An empty guest is started on the source, and moves to the target."""
    ports = listening(HERE), listening(THERE)
    _, thread, box = slow_probe(world, migration="yes", seconds=1, probe="auto")
    wait_until("the empty guest is on its way", lambda: twins(world.here))
    seen = [vm.name() for vm in twins(world.here)]
    thread.join()
    nothing_left(world)
    wrong = [] if seen == [PREFIX + HERE.uuid] else [f"there were {seen}"]
    wrong += [] if box.get("answer") and box["answer"].migratable and tried(box["answer"]) else [f"no yes: {box}"]
    return wrong + ([] if (listening(HERE), listening(THERE)) == ports else ["ports changed"])


def moving_probe(world, **settings):
    """The empty guest is on its way between the two, and takes its time."""
    daemon, thread, box = slow_probe(world, seconds=1, **{"migration": "yes", **settings})
    wait_until("the empty guest moves", lambda: twins(world.here) and twins(world.there))
    return daemon, thread, box


def daemon_is_killed_while_its_own_host_is_probed(world):
    daemon, thread, _ = slow_probe(world, migration="yes", seconds=1)
    wait_until("the empty guest is on its way", lambda: twins(world.here))
    return killed(world, daemon, thread)


def daemon_is_killed_while_an_empty_guest_moves(world):
    daemon, thread, _ = moving_probe(world)
    return killed(world, daemon, thread)


def target_libvirtd_is_killed_while_an_empty_guest_moves(world):
    daemon, thread, box = moving_probe(world)
    hosts.kill(THERE.name)
    thread.join()
    world.start_again()
    nothing_left(world)
    return works_again(world, daemon, box)


def data_are_swallowed(world):
    """A firewall drops what is sent to the ports for migrations. Nobody who asks libvirt of its guests is held up.
    They are asked no oftener: the libvirtd of a source whose guest is destroyed on its way may crash in version 9.0
    when somebody asks for its statistics all the time just then (scout_move.c, abort_job)."""
    daemon = world.daemon(migration="yes", probe="auto", timeout="20s")
    world.vm("swallowed", Guest((disk("swallowed"),)))
    outside.closed(THERE.name, "DROP")(world.hosts)
    box, slowest = {}, 0
    thread = threading.Thread(target=lambda: box.update(answer=ask(daemon, "swallowed")), daemon=True)
    thread.start()
    while thread.is_alive():
        began = time.monotonic()
        with contextlib.suppress(libvirt.libvirtError):     # the guest may be gone just now
            world.here.getAllDomainStats()
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.5)
    outside.stop()
    nothing_left(world)
    answer = box["answer"]
    found = [finding["MessageID"] for finding in answer.findings if finding["Effect"] != "None"]
    world.notes.append(f"a check whose data nobody answers: {answer.seconds:.1f} s; statistics in {slowest * 1000:.0f} ms")
    wrong = [] if (answer.code, found) == (5, ["VSM2010"]) else [f"said {answer.code}, {found}"]
    return wrong + ([] if answer.seconds < 25 and slowest < 5 else ["that is too long"])


def data_stand_still(world):
    """A firewall drops what is large. Libvirt on the target needs ten seconds to be rid of the guest then: none of those
    who ask waits for that, but whoever comes next does."""
    daemon = world.daemon(migration="yes", probe="auto", timeout="60s")
    names = ("first", "second", "third")
    for name in names:
        world.vm(name, Guest((disk(name),)))
    outside.closed(THERE.name, "DROP", large=True)(world.hosts)
    answers = {}

    def run(name):
        answer = ask(daemon, name)
        answers[name] = answer, [vm.name() for vm in twins(world.there)]
    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outside.stop()
    cured = ask(daemon, "first")
    nothing_left(world)
    wrong = [f"{name} was not answered" for name in names if name not in answers]
    for name, (answer, left) in answers.items():
        found = [finding["MessageID"] for finding in answer.findings if finding["Effect"] != "None"]
        wrong += [] if (answer.code, found) == (5, ["VSM2010"]) and left else [
            f"{name}: {answer.seconds:.1f} s, {answer.code}, {found}, {left} there still"]
    return wrong + ([] if cured.migratable and tried(cured) else [f"without the firewall: {cured}"])


def copies_are_tried(world):
    """Disks need a second port: another empty guest goes that has a disk, and nothing becomes of its file."""
    def files():
        return [(os.stat(path).st_uid, os.stat(path).st_mode, open(path).read())
                for path in (f"/proc/{hosts.processes[host].pid}/coredump_filter" for host in (HERE.name, THERE.name))]
    daemon = world.daemon(migration="yes", probe="auto")
    prepare.pool(THERE.name, "attic", LOCAL)(world.hosts)
    make_image(HERE.folder / "local/disk.qcow2", "qcow2", "1M")
    world.vm("copied", Guest((disk(folder=LOCAL),)))
    before = files()
    answer = daemon.client.explain(Scenario("copied", to=THERE.name, type="with storage"))
    nothing_left(world)
    said = " ".join(finding["Message"] for finding in answer.findings)
    wrong = [] if answer.migratable and "one with a disk" in said and "second port" not in said else [said]
    return wrong + ([] if files() == before else ["the file is not what it was"])


def little_time(world):
    """Who asks with less time than the data are waited for is answered in that time, and as well."""
    daemon = world.daemon(migration="yes", probe="auto", timeout="8s")
    world.vm("hurried", Guest((disk("hurried"),)))
    outside.closed(THERE.name, "DROP")(world.hosts)
    answer = ask(daemon, "hurried")
    outside.stop()
    nothing_left(world)
    found = [finding["MessageID"] for finding in answer.findings if finding["Effect"] != "None"]
    return [] if (answer.code, found) == (5, ["VSM2010"]) and answer.seconds < 9 else [f"{answer.seconds:.1f} s: {answer}"]


def guard_is_gone(world):
    """What nobody would take away is not started."""
    daemon = world.daemon(migration="yes", probe="auto")
    world.vm("unguarded", Guest((disk("unguarded"),)))
    guards = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent_of(pid) == daemon.process.pid]
    for pid in guards:
        os.kill(pid, signal.SIGKILL)
    wait_until("the guard has ended", lambda: all(state_of(pid) in ("Z", "") for pid in guards))
    answer = ask(daemon, "unguarded")
    nothing_left(world)
    said = any(finding["MessageID"] == "VSM6002" and "the guard" in finding["Message"] for finding in answer.findings)
    return [] if len(guards) == 1 and answer.migratable and started(answer) and said else [f"{guards}: {answer}"]


def stat_of(pid):
    with contextlib.suppress(OSError):
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return ["", "0"]


def parent_of(pid):
    return int(stat_of(pid)[1])


def state_of(pid):
    return stat_of(pid)[0]


def own_libvirtd_is_killed(world):
    """Likewise on the source, of an empty guest."""
    daemon, thread, box = slow_probe(world, migration="yes", seconds=1)
    wait_until("the empty guest is on its way", lambda: twins(world.here) and processes())
    stop_when_started(daemon, world.here)
    hosts.kill(HERE.name)
    world.here = world.hosts[HERE.name] = hosts.start_again(HERE.name)
    wrong = [] if twins(world.here) else ["the twin went by itself: nothing is shown by this"]
    daemon.process.send_signal(signal.SIGCONT)
    thread.join()
    nothing_left(world)
    return wrong + works_again(world, daemon, box)


def waiting_scouts_hold_up_no_twin(world):
    """Four are out, and wait for answers that do not come; a fifth, to another host, waits for one of them to be back.
    The twin of another VM starts there meanwhile."""
    daemon = world.daemon(migration="yes", probe="auto", timeout="11s")
    far = ("alpha", "beta", "gamma", "theta")
    for name in ("first", "second"):
        world.vm(name, Guest((disk(name),)))
    for host in far:
        outside.closed(host, "DROP")(world.hosts)
    threads = [threading.Thread(target=ask, args=(daemon, "first", host), daemon=True) for host in far]
    for thread in threads:
        thread.start()
    wait_until("four are out", lambda: len(twins(world.here)) == len(far))
    waiting = threading.Thread(target=ask, args=(daemon, "first"), daemon=True)
    waiting.start()
    wait_until("the twin there has come", lambda: twins(world.there))
    wait_until("the twin there has gone", lambda: not twins(world.there))
    answer = ask(daemon, "second")
    for thread in (*threads, waiting):
        thread.join()
    outside.stop()
    nothing_left(world)
    return [] if started(answer) else [f"{answer.seconds:.1f} s, {answer.code}, no probe: " +
                                         str([f["Message"] for f in answer.findings if "starts there" in f["Message"]])]


def unknown_is_found_out(world):
    """What would refuse because it is not known is tried first."""
    daemon = world.daemon(migration="yes", probe="auto", unknown="refuse")
    world.vm("tls", Guest((disk("tls"),)))
    without = ask(daemon, "tls", given=TLS)
    credentials(HERE.name, THERE.name)(world.hosts)
    answer = ask(daemon, "tls", given=TLS)
    nothing_left(world)
    wrong = [] if tried(answer) and answer.migratable else [f"no yes: {answer}"]
    return wrong + ([] if without.code == 6 else [f"without credentials: {without}"])


def hook_is_asked_by_name(world):
    """A hook is asked whether it lets in a machine of the VM's name, and none of that name comes; of a host without
    hooks nothing is said of them. It is not asked with probe_hooks = no, nor about a new name."""
    asked = BY_NAME["eta"].folder / "local/asked"
    program("eta", f'#!/bin/sh\necho "$1 $2" >> {LOCAL}/asked\n'.encode(), name="hook")(world.hosts)
    daemon = world.daemon(migration="yes", probe="auto")
    world.vm("payroll", Guest((disk("payroll"),)))
    answers = [ask(daemon, "payroll", to) for to in ("eta", THERE.name)]
    answers.append(ask(world.daemon(migration="yes", by_name="no", probe="auto"), "payroll", "eta"))
    answers.append(ask(daemon, "payroll", "eta", given=(Rename("salaries"),)))
    nothing_left(world)
    by_name = [line for line in asked.read_text().splitlines() if not line.startswith(PREFIX)]
    told = [[finding["Message"] for finding in answer.findings if "hook" in finding["Message"]] for answer in answers]
    wrong = [] if by_name == ["payroll migrate"] else [f"it was asked {by_name}"]
    wrong += [f"no yes: {answer}" for answer in answers if not answer.migratable]
    wrong += [] if len(told[0]) == 1 and "the name alone" in told[0][0] and not told[1] else [f"said {told}"]
    return wrong + [f"not asked, and said {said}" for said in told[2:] if "of this name" not in " ".join(said)]


def slow_hook_is_waited_for(world):
    """Longer than a scout may be on its way: as long as the hook takes, the scout keeps the name from coming into being."""
    asked = BY_NAME["eta"].folder / "local/asked"
    program("eta", f'#!/bin/sh\necho "$1 $2" >> {LOCAL}/asked\n[ "$1" != payroll ] || sleep 27\n'.encode(), name="hook")(world.hosts)
    daemon = world.daemon(migration="yes", probe="auto", timeout="50s")
    world.vm("payroll", Guest((disk("payroll"),)))
    answer = ask(daemon, "payroll", "eta")
    nothing_left(world)
    by_name = [line for line in asked.read_text().splitlines() if not line.startswith(PREFIX)]
    wrong = [] if by_name == ["payroll migrate"] else [f"it was asked {by_name}"]
    return wrong + ([] if answer.migratable and tried(answer) and answer.seconds > 27 else [f"{answer.seconds:.1f} s: {answer}"])


TESTS = (own_host_is_left_clean, daemon_is_killed_while_its_own_host_is_probed,
         daemon_is_killed_while_an_empty_guest_moves, own_libvirtd_is_killed,
         target_libvirtd_is_killed_while_an_empty_guest_moves, data_are_swallowed, data_stand_still, copies_are_tried,
         little_time, guard_is_gone, waiting_scouts_hold_up_no_twin, unknown_is_found_out, hook_is_asked_by_name,
         slow_hook_is_waited_for)
