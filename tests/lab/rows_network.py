"""Interfaces, networks, bridges and filters."""

import guests
import outside
import prepare
import settings
from guests import Device, Guest, nic
from hosts import LOCAL
from scenario import BLUE, BLUE_HERE, FILTERED, RED, Scenario as S

GROUPED = Guest((Device("<interface type='network'><source network='blue' portgroup='engineers'/>"
                        "<model type='virtio'/></interface>"),))
ENGINEERS = "<portgroup name='engineers'/>"
NAMED_TAP = Guest((Device("<interface type='bridge'><source bridge='br-red'/><target dev='mytap'/><model type='virtio'/>"
                          "</interface>"),))

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
    S("port group absent", GROUPED, hosts=(prepare.network("alpha", "blue", inside=ENGINEERS),
                                           prepare.network("beta", "blue")), warns=("VSM4403",)),
    S("port group present", GROUPED, hosts=(prepare.network("alpha", "blue", inside=ENGINEERS),
                                            prepare.network("beta", "blue", inside=ENGINEERS))),
    S("network of another kind there", Guest(BLUE), hosts=(*BLUE_HERE, prepare.isolated_network("beta", "blue")),
      warns=("VSM5020",)),
    S("interface of every model", Guest(tuple(guests.user_nic(model) for model in (
        "e1000", "rtl8139", "pcnet", "ne2k_pci", "vmxnet3", "virtio")))),
    S("USB interface", Guest((guests.usb(""), guests.user_nic("usb-net", "<address type='usb' bus='0' port='1'/>"))),
      finds=("VSM4410",), refused=(55, "usb-net")),
    S("USB interface, restart", Guest((guests.usb(""), guests.user_nic(
        "usb-net", "<address type='usb' bus='0' port='1'/>"))), type="restart"),
    S("boot ROM absent", Guest((guests.user_nic("e1000", f"<rom file='{LOCAL}/rom'/>"),)),
      hosts=(outside.file("alpha", "rom"),), finds=("VSM4116",), refused=(1, "rom")),
    S("boot ROM present", Guest((guests.user_nic("e1000", f"<rom file='{LOCAL}/rom'/>"),)),
      hosts=(outside.file("alpha", "rom"), outside.file("beta", "rom"))),
    S("tap of its own", Guest((Device("<interface type='ethernet'><model type='virtio'/></interface>"),))),
    S("directly on a device", Guest((guests.direct_nic("eth0"),)), hosts=(outside.tap_nodes("alpha", "beta"),)),
    S("directly on an absent device", Guest((guests.direct_nic("br-red"),)),
      hosts=(outside.tap_nodes("alpha", "beta"), prepare.bridge("alpha", "br-red")), finds=("VSM4404",),
      refused=(38, "br-red")),
    S("directly on an absent device, offline", Guest((guests.direct_nic("br-red"),)), type="offline", state="off"),
    S("MAC address in use there", Guest(BLUE),
      hosts=(*BLUE_HERE, prepare.network("beta", "blue"),
             prepare.domain("beta", "neighbour", guest=Guest(BLUE), active=True)),
      warns=("VSM4409",)),
    S("named tap", NAMED_TAP, hosts=RED),
    S("named tap, name taken", NAMED_TAP, hosts=(*RED, prepare.bridge("beta", "mytap")), finds=("VSM4901",),
      refused=(55, "mytap")),
    S("network whose bridge is absent", Guest(BLUE), hosts=(*BLUE_HERE, prepare.lending_network("beta", "blue", "br-gone")),
      finds=("VSM4404",), warns=("VSM5020",), refused=(38, "br-gone")),
    S("network of a device", Guest(BLUE), hosts=(outside.tap_nodes("alpha", "beta"), prepare.macvtap_network("alpha", "eth0"),
                                                 prepare.macvtap_network("beta", "eth0"))),
    S("network of a device that is absent", Guest(BLUE), hosts=(
        outside.tap_nodes("alpha", "beta"), prepare.macvtap_network("alpha", "eth0"),
        prepare.macvtap_network("beta", "eth7")), finds=("VSM4404",), refused=(38, "eth7")),
    S("network by NAT", Guest(BLUE), hosts=(prepare.own_network("alpha", "nat"), prepare.own_network("beta", "nat"))),
    S("network by routes", Guest(BLUE), hosts=(prepare.own_network("alpha", "route"),
                                               prepare.own_network("beta", "route"))),
    S("several queues, MTU", Guest((Device(
        "<interface type='bridge'><source bridge='br-red'/><model type='virtio'/><driver name='qemu' queues='4'/>"
        "<mtu size='1400'/></interface>"),), vcpus=2), hosts=RED),
)
