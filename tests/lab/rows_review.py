"""What reading the rules beside libvirt's source brought up: names and numbers that mean more than they show."""

import libvirt

import guests
import outside
import prepare
import settings
from guests import Device, Guest, disk, nic
from hosts import BY_NAME, LOCAL, SHARED
from scenario import BLUE, BLUE_HERE, LUKS, Scenario as S

TOP = Guest((guests.plain_disk(SHARED / "top.qcow2"),))
SCRIPT = Guest((Device(f"<interface type='ethernet'><script path='{LOCAL}/ifup'/><model type='virtio'/></interface>"),))
TAP = Guest((Device("<interface type='ethernet'><target dev='lab-tap' managed='no'/><model type='virtio'/></interface>"),))
NUMBERS = Guest((Device(f"<rng model='virtio'><backend model='random'>{LOCAL}/rng</backend></rng>"),))
HALF = Guest(vcpus=2, more="<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
                           "<vcpu id='1' enabled='no' hotpluggable='yes'/></vcpus>"
                           "<cputune><vcpupin vcpu='1' cpuset='63'/></cputune>")
MAY_BE_ABSENT = Guest((Device(
    "<disk type='block' device='disk'><driver name='qemu' type='raw' cache='none'/>"
    f"<source dev='{LOCAL}/block' startupPolicy='optional'/><target dev='vda' bus='virtio'/></disk>"),))
MEMORY = ("-object", "memory-backend-ram,id=hm,size=1M,share=on")


def websocket(port):
    return Guest((Device(f"<graphics type='vnc' port='-1' autoport='yes' websocket='{port}'>"
                         "<listen type='address' address='0.0.0.0'/></graphics><video><model type='vga'/></video>"),))


def arguments(*words):
    return Guest(more=guests.arguments(*words))


def cd_of_pool(policy="", folder=SHARED):
    return Guest((Device("<disk type='volume' device='cdrom'><driver name='qemu' type='raw'/>"
                         f"<source pool='tank' volume='cd.iso'{policy}/><target dev='hda' bus='ide'/><readonly/></disk>",
                         (f"{folder}/cd.iso", "raw", "1M")),))


def script(host):
    def step(_):
        path = BY_NAME[host].folder / "local/ifup"
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return step


def redefine(old, new):
    """In what is stored of the VM."""
    return lambda vm: vm.connect().defineXML(vm.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE).replace(old, new))


def gone(host, name):
    return lambda _: (BY_NAME[host].folder / "local" / name).unlink()


def neighbour(port):
    return prepare.domain("beta", "neighbour", guest=websocket(port), active=True)


ROWS = (
    S("websocket on a port of libvirt's choice", websocket(-1), hosts=(neighbour(-1),)),
    S("websocket on a port, taken by a VM", websocket(5799), hosts=(neighbour(5799),), finds=("VSM4512",),
      refused=(1, "reserve port")),
    S("websocket on a port, taken", websocket(5799), hosts=(outside.listener("beta", 5799),), finds=("VSM4512",),
      probed="5799", refused=(1, "in use")),
    S("arguments: memory of a peer", arguments("-device", "ivshmem-plain,memdev=hm", *MEMORY), finds=("VSM4515",),
      refused=(55, "ivshmem")),
    S("arguments: memory of a master", arguments("-device", "ivshmem-plain,memdev=hm,master=on", *MEMORY)),
    S("arguments: a device in JSON", arguments("-device", "{&quot;driver&quot;:&quot;nvme&quot;,&quot;serial&quot;:&quot;1&quot;}"),
      finds=("VSM4515",), refused=(55, "nvme")),
    S("arguments: an image", arguments("-drive", f"file={SHARED}/x.vmdk,format=vmdk,if=none,id=x"),
      hosts=(prepare.file(None, "x.vmdk", "vmdk"),), finds=("VSM4515",), refused=(55, "vmdk")),
    S("pinned, while the vCPU is off", HALF),
    S("network of another case", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue")),
      settings=(settings.nic_on("Blue"),), code=6, finds=("VSM3013",), refused=(43, "Blue")),
    S("script of an interface absent", SCRIPT, hosts=(script("alpha"),), finds=("VSM4116",), refused=(1, "ifup")),
    S("script of an interface", SCRIPT, hosts=(script("alpha"), script("beta"))),
    S("tap of somebody else's", TAP, hosts=(prepare.tap("alpha", "lab-tap"), prepare.tap("beta", "lab-tap"))),
    S("tap of somebody else's, absent", TAP, hosts=(prepare.tap("alpha", "lab-tap"),), finds=("VSM4404",),
      refused=(1, "exist")),
    S("random numbers of a device, absent", NUMBERS, hosts=(outside.character_device("alpha", "rng"),),
      finds=("VSM4116",), refused=(1, "rng")),
    S("image on top of an absent one, restart", TOP, type="restart",
      hosts=(outside.backing_chain(LOCAL / "base.qcow2"),), finds=("VSM4302",), refused=(38, "base")),
    S("image on top of another, restart", TOP, type="restart", hosts=(outside.backing_chain(SHARED / "base.qcow2"),)),
    S("CD of an absent pool", cd_of_pool(), hosts=(prepare.pool("alpha", "tank"),), finds=("VSM4303",),
      refused=(49, "tank")),
    S("CD of an absent pool, optional", cd_of_pool(" startupPolicy='optional'"), hosts=(prepare.pool("alpha", "tank"),),
      warns=("VSM4303",)),
    S("disk that may be absent", MAY_BE_ABSENT, hosts=(outside.block_device("alpha"),), finds=("VSM4302",),
      refused=(38, "block")),
    S("disk that may be absent, restart", MAY_BE_ABSENT, type="restart", hosts=(outside.block_device("alpha"),),
      warns=("VSM4302",)),
    S("CD that a pool saw, gone since", Guest((guests.cdrom(LOCAL / "cd.iso"),)), hosts=(
        prepare.file("beta", "cd.iso"), prepare.pool("beta", "attic", LOCAL), gone("beta", "cd.iso")),
      finds=("VSM4316",), refused=(38, "cd.iso")),
    S("volume that a pool saw, gone since", cd_of_pool(folder=LOCAL), hosts=(
        prepare.pool("alpha", "tank", LOCAL), prepare.file("beta", "cd.iso"), prepare.pool("beta", "tank", LOCAL),
        gone("beta", "cd.iso")), finds=("VSM4316",), refused=(50, "cd.iso")),
    S("bridge that is none", Guest((nic("bridge=br-red"),)), hosts=(
        prepare.bridge("alpha", "br-red"), prepare.tap("beta", "br-red")), finds=("VSM4901",), probed="br-red",
      refused=(38, "br-red")),
    S("network whose bridge is none", Guest(BLUE), hosts=(
        prepare.bridge("alpha", "br-red"), prepare.lending_network("alpha", "blue", "br-red"),
        prepare.tap("beta", "br-red"), prepare.lending_network("beta", "blue", "br-red")), finds=("VSM4901",),
      probed="br-red", refused=(38, "br-red")),
    S("network of two devices, the first absent", Guest(BLUE), hosts=(
        outside.tap_nodes("alpha", "beta"), prepare.macvtap_network("alpha", "eth0"),
        prepare.macvtap_network("beta", "eth7", "eth0")), finds=("VSM4404",), refused=(38, "eth7")),
    S("network of two devices, the second absent", Guest(BLUE), hosts=(
        outside.tap_nodes("alpha", "beta"), prepare.macvtap_network("alpha", "eth0"),
        prepare.macvtap_network("beta", "eth0", "eth7"))),
    S("image on top of an absent one, with the next start", Guest((disk(),)), type="restart",
      hosts=(outside.backing_chain(LOCAL / "base.qcow2"),), vm=(redefine(f"{SHARED}/disk.qcow2", f"{SHARED}/top.qcow2"),),
      finds=("VSM4901",), probed="below disk vda", refused=(38, "base")),
    S("CD, another medium, absent", Guest((guests.cdrom(SHARED / "a.iso"),)), settings=(
        settings.disk_at("hda", f"{LOCAL}/b.iso"),), code=6, finds=("VSM3013",), refused=(38, "b.iso")),
    S("secret without a value", LUKS, hosts=(prepare.secret("alpha"), prepare.secret("beta", value=None)),
      finds=("VSM4314",), probed="secret", refused=(66, "value")),
)
