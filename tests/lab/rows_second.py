"""Second looks: several causes at once, what is there already, what the stored configuration says."""

import libvirt

import guests
import outside
import prepare
import settings
from guests import Device, Guest, disk, nic, uuid_of
from hosts import BY_NAME, LOCAL, SHARED, sh
from scenario import BLUE, BLUE_HERE, DOMAIN_EXISTS, OTHER_UUID, RED, SHARED_DISK, Scenario as S

ATTIC = prepare.pool("beta", "attic", LOCAL)
LOCAL_DISK = Guest((disk(folder=LOCAL),))
LOCAL_RAW = Guest((disk(folder=LOCAL, kind="raw", size="4M"),))
WITH_READ_ONLY = Guest((disk(folder=LOCAL), disk("ro", folder=LOCAL, kind="raw", target="vdb", inside="<readonly/>")))
TANK_HERE = Guest((Device("<disk type='volume' device='disk'><driver name='qemu' type='qcow2'/>"
                          "<source pool='tank' volume='t.qcow2'/><target dev='vda' bus='virtio'/></disk>",
                          (f"{LOCAL}/t.qcow2", "qcow2", "1M")),))
OVER = (settings.Migration((("AllowOverwriteExistingFile", True),)),)
DIFFERENT = (9, "different sizes")
CLIENT = Guest((Device("<interface type='client'><source address='127.0.0.1' port='5559'/><model type='virtio'/>"
                       "</interface>"),))
AGENT_ALONE = Guest((Device("<channel type='qemu-vdagent'><source><clipboard copypaste='no'/></source>"
                            "<target type='virtio' name='com.redhat.spice.0'/></channel>"),))
VNC_ON_NETWORK = Guest((Device("<graphics type='vnc' autoport='yes'><listen type='network' network='blue'/></graphics>"
                               "<video><model type='vga'/></video>"),))
NAT_HERE = (prepare.own_network("alpha", "nat"),)
SHARE_ALONE = Guest((guests.share_9p(LOCAL / "share"),))


def there(host, name, kind="qcow2", size="1M"):
    """An image of a host's own, of any size."""
    return lambda _: guests.make_image(BY_NAME[host].folder / "local" / name, kind, size)


def mode(host, name, bits):
    return lambda _: (BY_NAME[host].folder / "local" / name).chmod(bits)


def new_image(name, kind):
    return lambda _: guests.make_image(f"{SHARED}/{name}", kind, "1M")


def later(xml):
    """A device that the VM gets with its next start."""
    return lambda vm: vm.attachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_CONFIG)


def gone_later(xml):
    return lambda vm: vm.detachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_CONFIG)


ROWS = (
    # State
    S("restart of a VM that is off", type="restart", state="off", code=5, finds=("VSM2001",),
      refused=(55, "domain is not running")),
    S("restart of a transient VM", type="restart", state="transient", code=6, finds=("VSM3017",),
      refused=(42, "no domain")),
    S("backup job, restart", SHARED_DISK, type="restart", vm=(prepare.back_up,)),
    S("absent network with the next start", hosts=BLUE_HERE, vm=(later(BLUE[0].xml),), warns=("VSM5006",)),
    S("absent network with the next start, restart", hosts=BLUE_HERE, vm=(later(BLUE[0].xml),), type="restart",
      finds=("VSM4401",), refused=(43, "blue")),
    S("absent network until the next start", Guest(BLUE), hosts=BLUE_HERE, vm=(gone_later(BLUE[0].xml),),
      finds=("VSM4401",), warns=("VSM5006",), refused=(43, "blue")),
    S("absent network until the next start, restart", Guest(BLUE), hosts=BLUE_HERE, vm=(gone_later(BLUE[0].xml),),
      type="restart"),
    S("transient VM with storage", LOCAL_DISK, state="transient", type="with storage", hosts=(ATTIC,),
      warns=("VSM5005",)),

    # Names
    S("new name in a folder", settings=(settings.Rename("a/b"),), code=6, finds=("VSM3012",), refused=(38, "a/b")),
    S("new name in a folder, offline", type="offline", state="off", settings=(settings.Rename("a/b"),), code=6,
      finds=("VSM3012",), refused=(38, "a/b")),
    S("UUID taken by the new name", type="offline", state="off", settings=(settings.Rename("other"),), warns=("VSM5009",),
      hosts=(prepare.domain("beta", "other", uuid_of("UUID taken by the new name")),)),
    S("same VM there, new name", hosts=(prepare.domain("beta", "same VM there, new name", None),),
      settings=(settings.Rename("renamed"),), finds=("VSM4002",), refused=(9, DOMAIN_EXISTS)),
    S("name and UUID taken by two", hosts=(prepare.domain(
        "beta", "name and UUID taken by two", OTHER_UUID), prepare.domain("beta", "y", uuid_of("name and UUID taken by two"))),
      finds=("VSM4001", "VSM4002"), refused=(9, DOMAIN_EXISTS)),

    # Networks, by the names of the running VM's devices
    S("network absent, another given, restart", Guest(BLUE), type="restart", hosts=(*BLUE_HERE, prepare.network(
        "beta", "green")), settings=(settings.nic_on("green"),)),
    S("network absent, another given, offline", Guest(BLUE), type="offline", state="off", hosts=BLUE_HERE,
      settings=(settings.nic_on("green"),)),
    S("other MAC address, restart", Guest(BLUE), type="restart", hosts=(*BLUE_HERE, prepare.network("beta", "blue")),
      settings=(settings.nic_mac("52:54:00:77:00:99"),), code=6, finds=("VSM3009",), refused=(67, "mac")),
    S("interface that is a client", CLIENT, hosts=(outside.listener("alpha", 5559),)),
    S("VNC on a network, absent", VNC_ON_NETWORK, hosts=NAT_HERE, finds=("VSM4401",), probed="blue", refused=(43, "blue")),
    S("VNC on a network, absent, restart", VNC_ON_NETWORK, type="restart", hosts=NAT_HERE, finds=("VSM4401",),
      probed="blue", refused=(43, "blue")),
    S("VNC on a network", VNC_ON_NETWORK, hosts=(*NAT_HERE, prepare.own_network("beta", "nat"))),

    # Disks
    S("copied over a smaller image", LOCAL_RAW, type="with storage", hosts=(there("beta", "disk.raw", "raw"), ATTIC),
      settings=OVER, finds=("VSM4312",), warns=("VSM4313",), refused=DIFFERENT),
    S("copied over a larger image", LOCAL_DISK, type="with storage", hosts=(
        there("beta", "disk.qcow2", size="4M"), ATTIC), settings=OVER, finds=("VSM4312",), refused=DIFFERENT),
    S("copied over an image of another format", LOCAL_DISK, type="with storage", hosts=(
        there("beta", "disk.qcow2", "raw"), ATTIC), settings=OVER, finds=("VSM4312",), refused=(1, "not in qcow2")),
    S("copied over a smaller image that no pool lists", LOCAL_RAW, type="with storage", hosts=(
        ATTIC, there("beta", "disk.raw", "raw")), settings=OVER, finds=("VSM4901",), probed="size",
      refused=DIFFERENT),
    S("copied with a read-only disk", WITH_READ_ONLY, type="with storage", hosts=(ATTIC, there("beta", "ro.raw", "raw"))),
    S("copied with a read-only disk, absent", WITH_READ_ONLY, type="with storage", hosts=(ATTIC,), finds=("VSM4302",),
      refused=(38, "ro.raw")),
    S("copied with a network disk", Guest((guests.nbd_disk("10.77.0.11"), disk(folder=LOCAL, target="vdb"))),
      type="with storage", hosts=(outside.nbd_server("alpha", "10.77.0.11"), ATTIC), code=6, finds=("VSM3005",),
      policy="the network disk is copied onto itself"),
    S("volume, to be copied", TANK_HERE, type="with storage", hosts=(
        prepare.pool("alpha", "tank", LOCAL), prepare.pool("beta", "tank", LOCAL))),
    S("shared disk, new path of another format", SHARED_DISK, vm=(new_image("elsewhere.raw", "raw"),),
      settings=(settings.disk_at("vda", f"{SHARED}/elsewhere.raw"),), code=6, finds=("VSM3013",), probed="vda|elsewhere",
      refused=(1, "not in qcow2")),

    # Devices
    S("agent without clipboard", AGENT_ALONE, finds=("VSM4516",), refused=(55, "vdagent")),
    S("agent without clipboard, restart", AGENT_ALONE, type="restart"),
    S("9p share of somebody else's", SHARE_ALONE, to="zeta", hosts=(
        outside.folder("alpha", "share"), outside.folder("zeta", "share"), mode("zeta", "share", 0o700)),
      finds=("VSM4901",), probed="share", refused=(1, "Permission denied")),
)
