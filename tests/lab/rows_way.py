"""The way of the data: the addresses they may be sent to, and the credentials of both ends."""

import prepare
import settings
from hosts import BY_NAME, sh
from scenario import Scenario as S

NOT_ITS_OWN = (1, "Cannot assign requested address")
TWO = ("10.77.0.13", "10.77.0.101")


def to(*addresses, **how):
    return (settings.address(*addresses, **how),)


def further_address(host, address):
    """On a bridge, with which it goes."""
    def step(hosts):
        prepare.bridge(host, "br-way")(hosts)
        sh(f"ip -n {BY_NAME[host].netns} addr add {address}/32 dev br-way")
    return step


ROWS = (
    # Addresses
    S("second address of the target", settings=to("10.77.0.101")),
    S("IPv6 address of the target", settings=to("fd77::12")),
    S("IPv6 address of a host without another", to="epsilon", settings=to("fd77::15")),
    S("IPv4 address as an IPv6 one", settings=to("::ffff:10.77.0.12")),
    S("address at which nobody waits", settings=to("fd77::12", listen=False), unseen="fd77::12",
      refused=(38, "Connection refused")),
    S("address of a third host", settings=to("10.77.0.13"), code=6, finds=("VSM3016",), probed="10.77.0.13",
      refused=NOT_ITS_OWN),
    S("address of a third host, where nobody waits", settings=to("10.77.0.13", listen=False), code=6,
      finds=("VSM3016",), probed="10.77.0.13", refused=(38, "Connection refused")),
    S("address of a third host, resume", type="resume", settings=to("10.77.0.13"), code=6, finds=("VSM3016",),
      probed="10.77.0.13", refused=NOT_ITS_OWN),
    S("address of a third host, restart", type="restart", settings=to("10.77.0.13", listen=False)),
    S("address of no host", settings=to("10.77.0.99", listen=False), code=6, finds=("VSM3016",), probed="10.77.0.99",
      refused=(38, "No route to host")),
    S("IPv6 address of a third host", settings=to("fd77::13"), code=6, finds=("VSM3016",), probed="fd77::13",
      refused=NOT_ITS_OWN),
    S("IPv4 address for a host with IPv6 alone", to="epsilon", settings=to("10.77.0.15"), code=6, finds=("VSM3016",),
      probed="10.77.0.15", refused=NOT_ITS_OWN),
    S("IPv6 address of a link alone", settings=to("fe80::12", listen=False), code=6, finds=("VSM3016",),
      refused=(38, "Invalid argument")),
    S("two addresses, the second of the target", settings=to(*TWO, taken=TWO[1])),
    S("two addresses, none of the target", settings=to("10.77.0.13", "fd77::14"), code=6, finds=("VSM3016",),
      probed="10.77.0.13", refused=NOT_ITS_OWN),
    S("address of the target, no way there", hosts=(further_address("beta", "192.0.2.12"),), settings=to("192.0.2.12"),
      code=5, finds=("VSM2010",), refused=(38, "Network is unreachable")),
    S("two addresses of the target, a way to the second", hosts=(further_address("beta", "192.0.2.12"),),
      settings=to("192.0.2.12", "10.77.0.101", taken="10.77.0.101")),
)
