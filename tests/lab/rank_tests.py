"""Rankings of real hosts: what RankDestinations says of each, in which order, and that the VM arrives at the best."""

import time
import xml.etree.ElementTree as ET

import libvirt

import hosts
import judge
import prepare
from client import Fault, finding
from guests import Guest, disk, nic
from scenario import Scenario

DOWN = "epsilon"
LACKING = "delta"               # has no network "blue"
DESTINATIONS = ("epsilon", "delta", "gamma", "alpha", "beta")
WANTED = Scenario("ranked", Guest((disk("a"), nic("network=blue"))))
IN_TIME = 30                    # [check] timeout of daemon.py
MAY_BE_DOWN = (3, 5)


class Verdict:
    def __init__(self, text):
        root = ET.fromstring(text)
        values = {prop.get("NAME"): prop.findtext("VALUE") for prop in root.findall("PROPERTY")}
        self.host, self.code = values["Host"], int(values["CheckCode"])
        self.migratable = {"true": True, "false": False, None: None}[(values.get("IsMigratable") or "").lower() or None]
        self.free = int(values.get("FreeMemory") or 0)
        found = root.find("PROPERTY.ARRAY[@NAME='Findings']").iter("VALUE")
        self.findings = [finding(value.text) for value in found]

    @property
    def warnings(self):
        return sum(finding["PerceivedSeverity"] == "3" for finding in self.findings)

    @property
    def against(self):
        return sorted({finding["MessageID"] for finding in self.findings if finding["Effect"] != "None"})

    @property
    def place(self):
        return not self.migratable, self.warnings, -self.free, self.host

    def __repr__(self):
        return f"{self.host} {self.code} {self.migratable} {self.against} {self.warnings} {self.free >> 20} MiB"


def best_of_real_hosts(connections, daemon):
    """Complaints about a ranking of hosts of which one is down, one lacks a network and one is the source."""
    for host in ("alpha", "beta", "gamma"):
        prepare.network(host, "blue")(connections)
    WANTED.guest.make_images()
    source = connections[hosts.SOURCE.name]
    source.defineXML(WANTED.guest.xml(WANTED.name)).create()
    hosts.kill(DOWN)
    began = time.monotonic()
    code, texts = daemon.client.rank(WANTED, DESTINATIONS)
    took = time.monotonic() - began
    ranking = [Verdict(text) for text in texts]
    yield from complaints(code, ranking, took)
    yield from differences(daemon.client, ranking)
    outcome = judge.move(source, WANTED.uuid, ranking[0].host, WANTED.type)
    if not outcome.arrived:
        yield f"did not arrive at {ranking[0].host}: {outcome}"


def complaints(code, ranking, took):
    by_name = {verdict.host: verdict for verdict in ranking}
    expected = {
        "returns 0": code == 0,
        "names each once": sorted(by_name) == sorted(DESTINATIONS) and len(ranking) == len(DESTINATIONS),
        "is in order": ranking == sorted(ranking, key=lambda verdict: verdict.place),
        "comes in time": took < IN_TIME,
        "beta can": by_name["beta"].migratable is True,
        "gamma can": by_name["gamma"].migratable is True,
        "gamma has less memory": 0 < by_name["gamma"].free < by_name["beta"].free,
        f"{LACKING} lacks a network": by_name[LACKING].against == ["VSM4401"],
        f"{DOWN} is down": by_name[DOWN].code in MAY_BE_DOWN and not by_name[DOWN].free,
        "alpha is the source": by_name["alpha"].against == ["VSM3001"],
    }
    return [f"not so: {text}; {ranking}" for text, so in expected.items() if not so]


def differences(client, ranking):
    """A check of one of them alone says the same."""
    for verdict in ranking:
        alone = client.explain(Scenario(WANTED.name, WANTED.guest, to=verdict.host))
        if (alone.code, alone.migratable) != (verdict.code, verdict.migratable) and verdict.host != DOWN:
            yield f"{verdict}, but alone {alone.code}, {alone.migratable}"


TESTS = (best_of_real_hosts,)


def name_of(test):
    return "rank: " + test.__name__.replace("_", " ")


def run(test, world):
    """(whether it went well, what to print)"""
    began = time.monotonic()
    try:
        said = list(test(world.connections, world.daemon))
    except (Fault, OSError, hosts.LabError, libvirt.libvirtError, KeyError, ValueError) as error:
        said = [f"{type(error).__name__}: {error}"]
    said += world.tidy()
    line = f"{name_of(test):60} {'no' if said else 'yes':4} {(time.monotonic() - began) * 1000:6.0f} ms"
    return not said, "\n    ".join([line, *said])
