"""What the VM is doing, who it is and where it is to go."""

import guests
import prepare
import settings
from guests import Guest, disk, uuid_of
from hosts import LOCAL
from scenario import BLUE, BLUE_HERE, DOMAIN_EXISTS, OTHER_UUID, SHARED_DISK, Scenario as S

ROWS = (
    # State and type
    S("live"),
    S("paused", state="paused", warns=("VSM5025",)),
    S("resume", type="resume"),
    S("offline", type="offline", state="off"),
    S("restart", type="restart"),
    S("live of a VM that is off", state="off", code=5, finds=("VSM2001",), refused=(55, "domain is not running")),
    S("offline of a running VM", type="offline", code=5, finds=("VSM2001",),
      policy="it would be defined on both hosts and keep running on the source"),
    S("offline with a saved image", type="offline", vm=(prepare.save,), code=5, finds=("VSM2021",),
      policy="the saved image stays behind"),
    S("snapshot", SHARED_DISK, vm=(prepare.snapshot,), finds=("VSM4310",), refused=(55, "snapshot")),
    S("snapshot, offline", SHARED_DISK, type="offline", state="off", vm=(prepare.snapshot,), finds=("VSM4310",),
      refused=(55, "snapshot")),
    S("checkpoint", SHARED_DISK, vm=(prepare.checkpoint,), warns=("VSM5007",)),
    S("block job", SHARED_DISK, vm=(prepare.copy_block,), code=5, finds=("VSM2008",), refused=(55, "block job")),
    S("backup job", SHARED_DISK, vm=(prepare.back_up,), code=5, finds=("VSM2009",), may=("VSM2008", "VSM2003"),
      refused=(68, "state change lock")),
    S("migration under way", Guest(memory_mib=2048), vm=(prepare.move_slowly,), code=5, finds=("VSM2002",),
      may=("VSM2018", "VSM2019"), refused=(55, "another migration job")),
    S("transient VM", state="transient", warns=("VSM5005",)),

    # Identity and destination
    S("name taken", hosts=(prepare.domain("beta", "name taken", OTHER_UUID),), finds=("VSM4001",),
      refused=(9, DOMAIN_EXISTS)),
    S("name taken, new name", hosts=(prepare.domain("beta", "name taken, new name", OTHER_UUID),),
      settings=(settings.Rename("another name"),)),
    S("UUID taken", hosts=(prepare.domain("beta", "somebody", uuid_of("UUID taken")),), finds=("VSM4002",),
      refused=(9, DOMAIN_EXISTS)),
    S("same VM inactive there", hosts=(prepare.domain("beta", "same VM inactive there", None),), warns=("VSM5009",)),
    S("same VM active there", hosts=(prepare.domain("beta", "same VM active there", None, active=True),), code=5,
      finds=("VSM2018",), refused=(55, "already active")),
    S("source is target", to="alpha", code=6, finds=("VSM3001",), may=("VSM2018",),
      refused=(1, "to the same host")),
    S("everything at once", Guest((*BLUE, disk(inside="<transient/>"), guests.usb_sound())), to="gamma",
      hosts=(*BLUE_HERE, prepare.domain("gamma", "everything at once", OTHER_UUID)),
      finds=("VSM4001", "VSM4306", "VSM4401", "VSM4508"), refused=(55, "transient|usb-audio")),
    S("host in maintenance", to="resting", code=5, finds=("VSM2015",), policy="its operator said so"),
    S("by full name", to="beta.lab"),
    S("by address", to="10.77.0.12"),
    S("by IPv6 address", to="fd77::12"),
    S("by IPv6 address, in full", to="FD77:0:0:0:0:0:0:12"),
    S("host with IPv6 only", to="epsilon"),
    S("host with IPv6 only, by address", to="fd77::15", type="resume"),
    S("host with IPv6 only, offline", to="epsilon", type="offline", state="off"),
    S("host with IPv6 only, copy", Guest((disk(folder=LOCAL),)), to="epsilon", type="with storage",
      hosts=(prepare.pool("epsilon", "attic", LOCAL),)),
    S("IPv6 address in brackets", to="[fd77::12]", code=4, finds=("VSM1004",), refused=(1, "parse URI")),
    S("IPv6 address not allowed", to="fd99::1", code=5, finds=("VSM2012",), refused=(38, "unreachable")),
    S("IPv6 address, port closed", to="fd77::1", code=5, finds=("VSM2014",), refused=(38, "Connection refused")),
    S("IPv6 address of the source", to="fd77::11", code=6, finds=("VSM3001",), may=("VSM2018",),
      refused=(1, "to the same host")),
    S("UUID in capitals", asked=uuid_of("UUID in capitals").upper()),
    S("malformed destination", to="beta lab", code=4, finds=("VSM1004",), refused=(1, "parse URI")),
    S("destination not allowed", to="10.99.0.1", code=5, finds=("VSM2012",), refused=(38, "unreachable")),
    S("port closed", to="closed", code=5, finds=("VSM2014",), refused=(38, "Connection refused")),
    S("name does not resolve", to="nowhere", code=5, finds=("VSM2011",), refused=(38, "resolve|service not known")),
    S("silent destination", to="silent", timeout=2, code=3, finds=("VSM9003",), refused=(0, "no answer")),
    S("no such VM", asked=uuid_of("nobody"), code=4, finds=("VSM1003",), refused=(42, "no domain")),
)
