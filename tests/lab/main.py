"""The lab: for each scenario asks vsmigd whether the VM can move, then really moves it, and compares."""

import argparse
import fnmatch
import functools
import os
import pathlib
import shutil
import sys
import time

import event_tests
import hosts
import probe_tests
import rank_tests
import robust
import row
import scout_tests
import world
import worlds
from scenarios import BY_NAME, SCENARIOS

TOOLS = ("libvirtd", str(hosts.EMULATOR), "qemu-img", "bindfs", "swtpm", "ip", "openssl")
ROOT = pathlib.Path(__file__).resolve().parents[2]
FEW = 12                        # items that one lab does as fast as several
LABS = 4                        # for the scenarios, which mostly wait; tests of what happens in time get two
PARTS = {"table": "the scenarios", "rank": "rankings of destinations",
         "events": "what is told of virtual machines as it happens",
         "robust": "hypervisors that die, many that ask at once, dead destinations",
         "probe-tests": "what a probe does to the hosts, and leaves there"}


def parse():
    parser = argparse.ArgumentParser(prog="tests/lab/run", description=__doc__)
    parser.add_argument("--judge-only", action="store_true", help="ask no daemon: what does libvirt really do?")
    parser.add_argument("--only", metavar="NAME", action="append",
                        help="this scenario or test, or those that a pattern with * matches (may be repeated)")
    for name, what in PARTS.items():
        parser.add_argument(f"--{name}", dest="parts", action="append_const", const=name,
                            help=f"{what} (without any such: all)")
    parser.add_argument("--keep", action="store_true", help="afterwards leave hosts and daemon up until interrupted")
    parser.add_argument("--probe", choices=("off", "auto", "always"), default="auto", help="vsmigd's [check] probe")
    parser.add_argument("--jobs", type=int, metavar="N", help="so many labs at once, of the scenarios; of the tests two")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--vsmigd", metavar="PATH", type=pathlib.Path, default=ROOT / "build/vsmigd")
    options = parser.parse_args()
    options.vsmigd = options.vsmigd.resolve()
    parts = ["table"] if options.judge_only else options.parts or PARTS
    options.items = chosen(parser, options.only or ["*"], items(parts))
    return options


def turns(options):
    """[(what is done together, by how many labs)]"""
    rows = {name: item for name, item in options.items.items() if name in BY_NAME}
    tests = {name: item for name, item in options.items.items() if name not in BY_NAME}
    if options.keep or options.jobs == 1 or len(options.items) <= FEW:
        return [(options.items, 1)]
    return [(rows, options.jobs or LABS), (tests, 2)]


def items(parts):
    """{name: what a lab does for it}"""
    tests = {"table": {scenario.name: functools.partial(row.run, scenario) for scenario in SCENARIOS},
             "rank": {rank_tests.name_of(test): functools.partial(rank_tests.run, test) for test in rank_tests.TESTS},
             "events": {event_tests.name_of(test): functools.partial(event_tests.run, test)
                        for test in event_tests.TESTS},
             "robust": {robust.name_of(test): functools.partial(robust.run, test) for test in robust.TESTS},
             "probe-tests": {probe_tests.name_of(test): functools.partial(probe_tests.run, test)
                             for test in (*probe_tests.TESTS, *scout_tests.TESTS)}}
    return {name: item for part in PARTS if part in parts for name, item in tests[part].items()}


def chosen(parser, patterns, all_items):
    for pattern in patterns:
        if not fnmatch.filter(all_items, pattern):
            parser.error(f"no scenario or test named {pattern!r}; see --list")
    return {name: item for name, item in all_items.items()
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)}


def main():
    options = parse()
    if options.list:
        for name in options.items:
            print(f"{name:34} {expectation(BY_NAME[name])}" if name in BY_NAME else name)
        return 0
    problem = hindrance(options)
    if problem:
        print(f"lab: {problem}", file=sys.stderr)
        return 1
    began = time.monotonic()
    print(row.TITLE, flush=True)
    failed, sound = {}, True
    for some, labs in turns(options):
        bad, well = worlds.run(list(some), labs, functools.partial(world.work, options, list(some.values())))
        failed.update(bad)
        sound &= well
    summary(options.items, failed, time.monotonic() - began)
    return 0 if sound and not failed else 1


def hindrance(options):
    if os.geteuid() != 0:
        return "needs root, to give its hosts namespaces and networks of their own"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return f"{', '.join(missing)} not found; `make deps-check` installs what is missing"
    if not options.judge_only and not os.access(options.vsmigd, os.X_OK):
        return f"there is no {options.vsmigd} to test; build it first"
    return ""


def summary(names, failed, seconds):
    """What failed once more, for who sees only the end of it."""
    for text in failed.values():
        print(f"failed: {text}")
    rows = names.keys() & BY_NAME.keys()
    disagree = len(failed.keys() & rows)
    print(f"lab: {len(rows)} scenarios, {len(rows) - disagree} agree, {disagree} disagree; {seconds:.0f} s")
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed", flush=True)


def expectation(scenario):
    said = ", ".join(scenario.finds) or "true"
    if scenario.code:
        said = f"{scenario.code} {said}"
    happens = f"refused with {scenario.refused[0]}" if scenario.refused else "arrives"
    return f"{said}; {happens}" + (f" (policy: {scenario.policy})" if scenario.policy else "")
