"""Interfaces, networks, bridges and filters."""

import prepare
import settings
from guests import Guest, nic
from scenario import BLUE, BLUE_HERE, FILTERED, RED, Scenario as S

ROWS = (
    S("network absent", Guest(BLUE), hosts=BLUE_HERE, finds=("VSM4401",), refused=(43, "blue")),
    S("network absent, restart", Guest(BLUE), type="restart", hosts=BLUE_HERE, finds=("VSM4401",),
      refused=(43, "blue")),
    S("network absent, offline", Guest(BLUE), type="offline", state="off", hosts=BLUE_HERE),
    S("network inactive", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue", active=False)),
      finds=("VSM4402",), refused=(55, "not active")),
    S("network present", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue"))),
    S("network absent, another given", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "green")),
      settings=(settings.nic_on("green"),)),
    S("network given, absent too", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue")),
      settings=(settings.nic_on("green"),), code=6, finds=("VSM3013",), refused=(43, "green")),
    S("bridge absent", Guest((nic("bridge=br-red"),)), hosts=(prepare.bridge("alpha", "br-red"),),
      finds=("VSM4404",), refused=(38, "br-red")),
    S("bridge present", Guest((nic("bridge=br-red"),)), hosts=RED),
    S("filter absent", FILTERED, hosts=(*RED, prepare.nwfilter("alpha", "lab")), finds=("VSM4405",),
      refused=(1, "filter 'lab' is missing")),
    S("filter present", FILTERED, hosts=(*RED, prepare.nwfilter("alpha", "lab"), prepare.nwfilter("beta", "lab"))),
    S("MAC address in use there", Guest(BLUE),
      hosts=(*BLUE_HERE, prepare.network("beta", "blue"),
             prepare.domain("beta", "neighbour", guest=Guest(BLUE), active=True)),
      warns=("VSM4409",)),
)
