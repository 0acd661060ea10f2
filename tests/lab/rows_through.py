"""What shows only when a migration begins: what the hosts' qemu.conf and hooks have against one, whether a port is left
for it, whether the source's QEMU gets to the target's, and whether the two accept each other's credentials."""

import functools
import shutil

import outside
import prepare
from guests import Guest, disk
from hosts import BY_NAME, LOCAL, sh
from rows_host import program
from rows_way import BOTH, TLS, TLS_STRICT, certificates, credentials
from scenario import SHARED_DISK, Scenario

S = functools.partial(Scenario, way=True)
BY_TLS_ONLY = (55, "only with VIR_MIGRATE_TLS")
INSISTS = "neither host insists on TLS"
TAKEN = tuple(outside.listener("eta", port) for port in (49300, 49301))
NO_PORT = {"finds": ("VSM4901",), "probed": "a port for migrations", "refused": (1, "unused port in range 'migration'")}
FORBIDS = b'#!/bin/sh\n[ "$2" != migrate ]\n'
HOOK = {"to": "eta", "hosts": (program("eta", FORBIDS, name="hook"),), "finds": ("VSM4901",), "probed": "hook",
        "refused": (70, "Hook script")}
NOT_REACHED = {"code": 5, "finds": ("VSM2010",), "probed": "reaches the target's"}
SWALLOWED = outside.closed("beta", "DROP")
SECOND = "49153:49215"
ATTIC = prepare.pool("beta", "attic", LOCAL)
COPIED = Guest((disk(folder=LOCAL),))
NOT_ACCEPTED = {"settings": TLS, "code": 6, "finds": ("VSM3004",), "probed": "accept each other's"}


def certificate(host, end, name, authority="ca"):
    """Another certificate for one end of a host's: of that name, signed by the lab's authority, or by one that nobody
    knows."""
    def step(_):
        there, ours = BY_NAME[host].folder / "pki/qemu", certificates()
        sh(f"cd {there} && printf 'subjectAltName={name}\\nkeyUsage=critical,digitalSignature,keyEncipherment\\n' > own.ext"
           f" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=nobody -keyout nobody-key.pem"
           " -out nobody-cert.pem -addext keyUsage=critical,keyCertSign 2>/dev/null"
           f" && cp {ours}/ca-cert.pem {ours}/ca-key.pem . && openssl req -newkey rsa:2048 -nodes -subj /CN=own"
           f" -keyout {end}-key.pem -out own.csr 2>/dev/null && openssl x509 -req -in own.csr -CA {authority}-cert.pem"
           f" -CAkey {authority}-key.pem -CAcreateserial -days 2 -extfile own.ext -out {end}-cert.pem 2>/dev/null"
           " && chmod a+r *.pem")
    return step


def believes(host, authority):
    def step(_):
        there = BY_NAME[host].folder / "pki/qemu"
        shutil.copy(there / f"{authority}-cert.pem", there / "ca-cert.pem")
    return step


def only_for(name):
    return b'#!/bin/sh\n[ "$1" != "' + name.encode() + b'" ]\n'


WORDS = b"""#!/bin/sh
[ "$1" = payroll ] && echo "domain 'payroll' is already active, already exists with uuid 1" >&2 && exit 1
exit 0
"""
ONE_NAME = {**HOOK, "hosts": (program("eta", only_for("payroll"), name="hook"),), "called": "payroll"}


def copy(host):
    return {"guest": COPIED, "to": host, "type": "with storage"}


ROWS = (
    # qemu.conf
    S("host that wants TLS", to="iota", code=6, finds=("VSM3004",), probed=INSISTS, refused=BY_TLS_ONLY),
    S("host that wants TLS, resume", to="iota", type="resume", code=6, finds=("VSM3004",), probed=INSISTS,
      refused=BY_TLS_ONLY),
    S("host that wants TLS, restart", SHARED_DISK, to="iota", type="restart", code=6, finds=("VSM3004",), probed=INSISTS,
      refused=BY_TLS_ONLY),
    S("host that wants TLS, offline", to="iota", type="offline", state="off", code=6, finds=("VSM3004",), probed=INSISTS,
      refused=BY_TLS_ONLY),
    S("host that wants TLS, and gets it", to="iota", settings=TLS, hosts=(credentials("alpha", "iota"),)),
    S("host that wants TLS, nothing to encrypt", to="iota", type="offline", state="off", settings=TLS),
    S("ports for migrations taken", to="eta", hosts=TAKEN, **NO_PORT),
    S("ports for migrations taken, restart", SHARED_DISK, to="eta", type="restart", hosts=TAKEN, **NO_PORT),
    S("ports for migrations taken, offline", to="eta", type="offline", state="off", hosts=TAKEN, **NO_PORT),
    S("ports for migrations, one left", to="eta", hosts=TAKEN[:1]),
    S("ports for migrations, one left, copy", hosts=(*TAKEN[:1], prepare.pool("eta", "attic", LOCAL)),
      **{**copy("eta"), **NO_PORT, "probed": "two ports for migrations"}),
    S("ports for migrations, two left, copy", hosts=(prepare.pool("eta", "attic", LOCAL),), **copy("eta")),

    # Hooks
    S("hook that refuses migrations", **HOOK),
    S("hook that refuses migrations, offline", type="offline", state="off", **HOOK),
    S("hook that refuses migrations, restart", SHARED_DISK, type="restart", **HOOK),
    S("hook that refuses one name", **ONE_NAME),
    S("hook that refuses one name, offline", type="offline", state="off", **ONE_NAME),
    S("hook that refuses one name, restart", SHARED_DISK, type="restart", **ONE_NAME),
    S("hook that refuses one name in libvirt's words", **{**ONE_NAME, "hosts": (program("eta", WORDS, name="hook"),)}),
    S("hook that refuses another name", to="eta", hosts=(program("eta", only_for("payroll"), name="hook"),)),

    # From one QEMU to the other
    S("firewall that refuses", hosts=(outside.closed("beta", "REJECT"),), refused=(38, "refused|No route"), **NOT_REACHED),
    S("firewall that refuses, offline", type="offline", state="off", hosts=(outside.closed("beta", "REJECT"),)),
    S("firewall that swallows", hosts=(SWALLOWED,), timeout=9, patience=3, refused=(0, "does not end"), **NOT_REACHED),
    S("firewall that swallows what is large", hosts=(outside.closed("beta", "DROP", large=True),), patience=3,
      refused=(0, "does not end"), **NOT_REACHED),
    S("firewall that refuses at the second port", hosts=(outside.closed("beta", "REJECT", SECOND), ATTIC),
      **{**copy("beta"), **NOT_REACHED, "probed": "can be reached|two ports"}, refused=((1, 38), "refused|No route")),
    S("firewall that swallows at the second port", hosts=(outside.closed("beta", "DROP", SECOND), ATTIC), patience=3,
      **{**copy("beta"), **NOT_REACHED, "probed": "can be reached|two ports"}, refused=(0, "does not end")),
    S("firewall at the second port, no copy", hosts=(outside.closed("beta", "DROP", SECOND),)),
    S("firewall before other ports", hosts=(outside.closed("beta", "DROP", "49216:65535"),)),
    S("no way to where the target wants its data", to="fd77::12", hosts=(outside.no_way("alpha", "10.77.0.12"),),
      refused=(38, "unreachable|No route"), **NOT_REACHED),

    # Credentials
    S("TLS, copy", settings=TLS, hosts=(credentials(*BOTH), ATTIC), **copy("beta")),
    S("TLS, server of another name", hosts=(credentials(*BOTH), certificate("beta", "server", "DNS:other.example")),
      refused=((1, 9), "does not match|TLS channel"), **NOT_ACCEPTED),
    S("TLS, target of another authority", hosts=(
        credentials(*BOTH), certificate("beta", "server", "IP:10.77.0.12", "nobody"), believes("beta", "nobody")),
      refused=(9, "ertificate|TLS"), **NOT_ACCEPTED),
    S("TLS, server of the target's name alone", settings=TLS, hosts=(
        credentials(*BOTH), certificate("beta", "server", "DNS:beta")), code=6, finds=("VSM3004",),
      probed="accept each other's", refused=((1, 9), "does not match|TLS channel")),
    S("TLS, strict, server of the target's name alone", settings=TLS_STRICT, hosts=(
        credentials(*BOTH), certificate("beta", "server", "DNS:beta"))),
    S("TLS, strict, server of the target's address alone", hosts=(
        credentials(*BOTH), certificate("beta", "server", "IP:10.77.0.12")),
      refused=((1, 9), "does not match|TLS channel"), **{**NOT_ACCEPTED, "settings": TLS_STRICT}),
    S("TLS, client of an unknown authority", hosts=(
        credentials(*BOTH), certificate("alpha", "client", "IP:10.77.0.11", "nobody")),
      refused=((1, 9), "ertificate|TLS"), **NOT_ACCEPTED),
    S("TLS, server of another name, restart", SHARED_DISK, type="restart", settings=TLS, hosts=(
        credentials(*BOTH), certificate("beta", "server", "DNS:other.example"))),
)
