"""The lab: for each scenario asks vsmigd whether the VM can move, then really moves it, and compares."""

import argparse
import fnmatch
import os
import pathlib
import re
import shutil
import signal
import sys
import time

import libvirt

import hosts
import judge
import outside
import prepare
import probe_tests
import rank_tests
import robust
import sandbox
from client import Fault
from daemon import Daemon
from guests import uuid_of
from scenarios import BY_NAME, SCENARIOS

TOOLS = ("libvirtd", str(hosts.EMULATOR), "qemu-img", "bindfs", "swtpm", "ip", "openssl")
ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse():
    parser = argparse.ArgumentParser(prog="tests/lab/run", description=__doc__)
    parser.add_argument("--judge-only", action="store_true", help="ask no daemon: what does libvirt really do?")
    parser.add_argument("--only", metavar="NAME", action="append", 
                        help="this scenario, or those that a pattern with * matches (may be repeated)")
    parser.add_argument("--table", action="store_true", help="the scenarios alone, without tests of robustness and probe")
    parser.add_argument("--robust", action="store_true", help="with --only: the tests of robustness as well")
    parser.add_argument("--rank", action="store_true", help="with --only: the tests of rankings as well")
    parser.add_argument("--keep", action="store_true", help="afterwards leave hosts and daemon up until interrupted")
    parser.add_argument("--probe", choices=("off", "auto", "always"), default="auto", help="vsmigd's [check] probe")
    parser.add_argument("--probe-tests", action="store_true", help="only: what a probe does to the hosts")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--vsmigd", metavar="PATH", type=pathlib.Path, default=ROOT / "build/vsmigd")
    options = parser.parse_args()
    options.scenarios = chosen(parser, options.only) if options.only else SCENARIOS
    if options.probe_tests:
        options.scenarios = ()
    elif not options.only and not options.judge_only:
        options.probe_tests = True
    options.vsmigd = options.vsmigd.resolve()
    return options


def chosen(parser, patterns):
    for pattern in patterns:
        if not fnmatch.filter(BY_NAME, pattern):
            parser.error(f"no scenario named {pattern!r}; see --list")
    return [row for row in SCENARIOS if any(fnmatch.fnmatchcase(row.name, pattern) for pattern in patterns)]


def main():
    options = parse()
    if options.list:
        for scenario in SCENARIOS:
            print(f"{scenario.name:34} {expectation(scenario)}")
        return 0
    if os.geteuid() != 0:
        print("lab: needs root, to give its hosts namespaces and networks of their own", file=sys.stderr)
        return 1
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print(f"lab: {', '.join(missing)} not found; `make deps-check` installs what is missing", file=sys.stderr)
        return 1
    if not options.judge_only and not os.access(options.vsmigd, os.X_OK):
        print(f"lab: there is no {options.vsmigd} to test; build it first", file=sys.stderr)
        return 1
    return sandbox.run(lambda: said_why(lab, options))


def said_why(work, options):
    try:
        return work(options)
    except hosts.LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def expectation(scenario):
    said = ", ".join(scenario.finds) or "true"
    if scenario.code:
        said = f"{scenario.code} {said}"
    happens = f"refused with {scenario.refused[0]}" if scenario.refused else "arrives"
    return f"{said}; {happens}" + (f" (policy: {scenario.policy})" if scenario.policy else "")


def lab(options):
    libvirt.registerErrorHandler(lambda *_: None, None)
    logs = options.vsmigd.parent / "lab"
    logs.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    connections = hosts.bring_up()
    daemon = None if options.judge_only else Daemon(options.vsmigd, logs / "vsmigd.log", options.probe)
    print(f"{len(connections)} hosts up in {time.monotonic() - began:.1f} s: {', '.join(connections)}")
    try:
        status = run_all(options, connections, daemon, logs)
        if options.keep:
            wait_for_signal()
    finally:
        complaint = daemon.stop() if daemon else None
    if complaint:
        print(f"lab: {complaint}", file=sys.stderr)
    return 1 if complaint else status


def wait_for_signal():
    print("kept: `nsenter -a -t $(pgrep -nf lab/run)` enters the source host; Ctrl-C ends everything", flush=True)
    signal.pause()


def run_all(options, connections, daemon, logs):
    print(f"{'scenario':34} {'said':34} {'happened':60} {'agree':6} {'check ms':>8} {'move ms':>7}")
    failures = 0
    for scenario in options.scenarios:
        failures += not run_one(scenario, connections, daemon)
    agreed = len(options.scenarios) - failures
    print(f"lab: {len(options.scenarios)} scenarios, {agreed} agree, {failures} disagree")
    passed = agreed
    if daemon and (options.rank or (options.scenarios and not options.only)):
        well, broken = rank_tests.run(connections, daemon)
        passed, failures = passed + well, failures + broken
    if daemon and not options.table and (options.robust or not (options.only or not options.scenarios)):
        broken = robust.run(connections, daemon, options.vsmigd, logs)
        passed, failures = passed + len(robust.TESTS) - broken, failures + broken
    if options.probe_tests and not options.table:
        well, broken = probe_tests.run(connections, options.vsmigd)
        passed, failures = passed + well, failures + broken
    print(f"{passed} passed, {failures} failed")
    return 1 if failures else 0


def run_one(scenario, connections, daemon):
    source = connections[hosts.SOURCE.name]
    answer, said, complaints, outcome = None, "not asked", [], None
    try:
        set_up(scenario, connections, source)
        if daemon:
            answer, said, complaints = ask(scenario, daemon.client)
        outcome = judge.move(source, scenario.uuid, scenario.to, scenario.type, scenario.settings,
                             scenario.patience)
        complaints += compare_outcome(scenario, outcome)
    except (libvirt.libvirtError, hosts.LabError, OSError) as error:
        complaints.append(f"{type(error).__name__}: {error}")
    finally:
        outside.stop()
        prepare.wipe(connections)
    report(scenario.name, said, outcome, answer, complaints)
    return not complaints


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


def ask(scenario, client):
    """The daemon's answer, in short, and what is wrong with it."""
    try:
        answer = client.check(scenario)
        reasons = client.explain(scenario)
    except (Fault, OSError, KeyError, ValueError) as error:
        return None, "no answer", [f"the daemon: {type(error).__name__}: {error}"]
    complaints = []
    if (reasons.code, reasons.migratable) != (answer.code, answer.migratable):
        complaints.append(f"check said {answer.code}, {answer.migratable}, "
                          f"explain {reasons.code}, {reasons.migratable}")
    errors = errors_of(reasons.findings)
    said = " ".join([str(answer.migratable).lower() if answer.code == 0 else str(answer.code), *errors])
    return answer, said, complaints + compare_answer(scenario, answer, reasons.findings)


def errors_of(findings):
    return sorted({finding["MessageID"] for finding in findings if finding["Effect"] != "None"})


def compare_answer(scenario, answer, findings):
    complaints = []
    ids, errors = [finding["MessageID"] for finding in findings], errors_of(findings)
    if scenario.unseen and answer.migratable:
        owns_up = any(finding["MessageID"] == "VSM6002" and re.search(scenario.unseen, finding["Message"])
                      for finding in findings)
        return [] if owns_up else [f"said yes, and nothing of /{scenario.unseen}/"]
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


def report(name, said, outcome, answer, complaints):
    happened = "-" if outcome is None else str(outcome)
    check = f"{answer.seconds * 1000:.0f}" if answer else "-"
    move = f"{outcome.seconds * 1000:.0f}" if outcome else "-"
    print(f"{name:34} {said:34} {happened[:60]:60} {'no' if complaints else 'yes':6} {check:>8} {move:>7}")
    for complaint in complaints:
        print(f"    {complaint}")
    sys.stdout.flush()
