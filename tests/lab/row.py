"""One row of the table: asks vsmigd whether the VM can move, then really moves it, and compares."""

import re
import zlib

import libvirt

import hosts
import judge
import outside
from client import Fault
from guests import uuid_of

TITLE = f"{'scenario':34} {'said':34} {'happened':60} {'agree':6} {'check ms':>8} {'move ms':>7}"


def run(scenario, world):
    """(whether all agree, the row's text)"""
    source = world.connections[hosts.SOURCE.name]
    answer, said, complaints, outcome = None, "not asked", [], None
    try:
        set_up(scenario, world.connections, source)
        if world.daemon:
            unseen = scenario.unseen if world.unprobed else scenario.unseen or scenario.probed
            answer, said, complaints = ask(scenario, daemon_for(scenario, world).client, unseen)
            complaints += ask_again(scenario, world.unprobed.client) if world.unprobed else []
        outcome = judge.move(source, scenario.uuid, scenario.to, scenario.type, scenario.settings,
                             scenario.patience)
        complaints += compare_outcome(scenario, outcome)
    except (libvirt.libvirtError, hosts.LabError, OSError) as error:
        complaints.append(f"{type(error).__name__}: {error}")
    finally:
        outside.stop()
    complaints += world.tidy()
    return not complaints, text(scenario.name, said, outcome, answer, complaints)


def set_up(scenario, connections, source):
    scenario.guest.make_images()
    for step in scenario.hosts:
        step(connections)
    xml = scenario.guest.xml(scenario.called or scenario.name, uuid_of(scenario.name))
    vm = source.createXML(xml) if scenario.state == "transient" else source.defineXML(xml)
    if scenario.state in ("running", "paused"):
        vm.create()
    if scenario.state == "paused":
        vm.suspend()
    for step in scenario.vm:
        step(vm)


def daemon_for(scenario, world):
    """To try a migration takes a second, and what comes of it has little to do with the VM: every twenty-fourth row does, and
    all that are about the way."""
    tries = scenario.way or zlib.crc32(scenario.name.encode()) % 24 == 0
    return world.daemon if tries or not world.untried else world.untried


def ask(scenario, client, unseen):
    """The daemon's answer, in short, and what is wrong with it. A probe takes a second, so that only every fourth row
    has two; the daemon without is asked by both methods for each."""
    try:
        answer = client.explain(scenario)
        complaints = same_verdict(scenario, client, answer) if zlib.crc32(scenario.name.encode()) % 4 == 0 else []
    except (Fault, OSError, KeyError, ValueError) as error:
        return None, "no answer", [f"the daemon: {type(error).__name__}: {error}"]
    errors = errors_of(answer.findings)
    said = " ".join([str(answer.migratable).lower() if answer.code == 0 else str(answer.code), *errors])
    return answer, said, complaints + compare_answer(scenario, answer, answer.findings, unseen)


def ask_again(scenario, client):
    """What is wrong with the answer of a daemon that may not probe: it may not know what only a probe shows, but then
    says so; in all else it is as right."""
    try:
        answer = client.explain(scenario)
        complaints = same_verdict(scenario, client, answer)
    except (Fault, OSError, KeyError, ValueError) as error:
        return [f"the daemon without probe: {type(error).__name__}: {error}"]
    complaints += compare_answer(scenario, answer, answer.findings, scenario.unseen or scenario.probed)
    return [f"without probe: {complaint}" for complaint in complaints]


def same_verdict(scenario, client, reasons):
    """What is wrong when the method itself says something else than its sibling that gives the reasons."""
    answer = client.check(scenario)
    if (reasons.code, reasons.migratable) == (answer.code, answer.migratable):
        return []
    return [f"check said {answer.code}, {answer.migratable}, explain {reasons.code}, {reasons.migratable}"]


def errors_of(findings):
    return sorted({finding["MessageID"] for finding in findings if finding["Effect"] != "None"})


def compare_answer(scenario, answer, findings, unseen):
    complaints = []
    ids, errors = [finding["MessageID"] for finding in findings], errors_of(findings)
    if unseen and answer.migratable:
        owns_up = any(finding["MessageID"] == "VSM6002" and re.search(unseen, finding["Message"])
                      for finding in findings)
        return [] if owns_up else [f"said yes, and nothing of /{unseen}/"]
    wanted = None if scenario.code else not scenario.finds
    if (answer.code, answer.migratable) != (scenario.code, wanted):
        complaints.append(f"said {answer.code}, {answer.migratable}; expected {scenario.code}, {wanted}")
    missing = (set(scenario.finds) | set(scenario.warns)) - set(ids)
    if missing:
        complaints.append(f"does not say {', '.join(sorted(missing))}")
    wrong = set(errors) - set(scenario.finds) - set(scenario.may)
    complaints += [f"says what is not the case: {finding['MessageID']} {finding['Message']}"
                   for finding in findings if finding["MessageID"] in wrong]
    return complaints


def compare_outcome(scenario, outcome):
    if scenario.refused is None:
        return [] if outcome.arrived else [f"should have arrived: {outcome}"]
    code, pattern = scenario.refused
    if outcome.refused_with(code, pattern):
        return []
    return [f"should have been refused with {code}, /{pattern}/: {outcome}"]


def text(name, said, outcome, answer, complaints):
    happened = "-" if outcome is None else str(outcome)
    check = f"{answer.seconds * 1000:.0f}" if answer else "-"
    move = f"{outcome.seconds * 1000:.0f}" if outcome else "-"
    row = f"{name:34} {said:34} {happened[:60]:60} {'no' if complaints else 'yes':6} {check:>8} {move:>7}"
    return "\n    ".join([row, *complaints])
