"""What QEMU opens itself on a host where it is another user. delta and zeta give a guest's files to that user, theta
gives nothing away."""

import grp
import os

import guests
import outside
import prepare
from guests import Device, Guest, arguments, disk
from hosts import BY_NAME, LOCAL, SHARED
from rows_places import CODE, SLIC, VARS, kernel, like, on, uefi
from rows_second import LOCAL_DISK, OVER, mode, there
from scenario import SHARED_DISK, VOLUME, Scenario as S

QEMU = 64055                            # libvirt-qemu
KVM = grp.getgrnam("kvm").gr_gid        # a group that it is in
NOT_LABELLED = "<seclabel type='none' model='dac'/>"
AS_ROOT = "<seclabel type='static' model='dac' relabel='{}'><label>root:root</label></seclabel>"
KEEPS = "<seclabel model='dac' relabel='no'/>"
DENIED = (1, "Permission denied")


def kept(kind="qcow2", inside="", bus="virtio", target="vda", name="kept"):
    """A disk that keeps its owner, root."""
    path = f"{SHARED}/{name}.{kind}"
    return Device(f"<disk type='file' device='disk'><driver name='qemu' type='{kind}'/><source file='{path}'>{KEEPS}"
                  f"</source><target dev='{target}' bus='{bus}'/>{inside}</disk>", (path, kind, "1M"))


def image(name, bits, user=0, group=0):
    """An image on the shared storage as it is from now on."""
    def step(_):
        os.chown(SHARED / name, user, group)
        (SHARED / name).chmod(bits)
    return step


def block_node(host, bits):
    return lambda _: (BY_NAME[host].folder / "local/block").chmod(bits)


def files(hosts, name, bits):
    """The same file on hosts; on the last one with this mode."""
    return (*on(hosts, name), mode(hosts[-1], name, bits))


def folders(host, bits):
    return (outside.folder("alpha", "folder"), outside.folder(host, "folder"), mode(host, "folder", bits))


def socket(kind):
    return Guest((Device(f"<graphics type='{kind}'><listen type='socket' socket='{LOCAL}/folder/g.sock'/></graphics>"),))


KEPT, KEPT_RAW = Guest((kept(),)), Guest((kept("raw", "<readonly/>"),))
RAW = Guest((disk(kind="raw", inside="<readonly/>"),))
BLOCK = Guest((guests.block_disk(LOCAL / "block"),))
TOP = Guest((guests.plain_disk(SHARED / "top.qcow2"),))
CHAIN = (outside.backing_chain(SHARED / "base.qcow2"), image("top.qcow2", 0o666))
FW_CFG = Guest(more=arguments("-fw_cfg", f"name=opt/lab,file={LOCAL}/config"))
ROM = Guest((Device(f"<interface type='user'><model type='virtio'/><rom file='{LOCAL}/rom'/></interface>"),))
OWN_CODE = uefi(loader=f"{LOCAL}/code.fd")
OWN_BIOS = Guest(boot=f"<loader type='rom'>{LOCAL}/bios.bin</loader>")
BIOS = "/usr/share/seabios/bios-256k.bin"
SLIC_TABLE = Guest(boot=f"<acpi><table type='slic'>{LOCAL}/slic</table></acpi>")
SHARED_VARS = uefi(nvram=f"<nvram template='{VARS}'>{SHARED}/vars.fd</nvram>")
BOTH, THETA = ("alpha", "delta"), ("alpha", "theta")
BLOCKS = (outside.block_device("alpha"), outside.block_device("theta"))
ATTIC = {host: prepare.pool(host, "attic", LOCAL) for host in ("beta", "delta", "theta")}
TANKS = (prepare.pool("alpha", "tank"), prepare.pool("theta", "tank"))
REFUSED = dict(finds=("VSM4901",), probed="disk vda", refused=DENIED)


def refused(path):
    return dict(finds=("VSM4901",), probed=path, refused=(1, ""))


ROWS = (
    # A disk that keeps its owner
    S("disk that keeps its owner", KEPT, to="delta", **REFUSED),
    S("disk that keeps its owner, resume", KEPT, to="delta", type="resume", **REFUSED),
    S("disk that keeps its owner, restart", KEPT, to="delta", type="restart", **REFUSED),
    S("disk that keeps its owner, offline", KEPT, to="delta", type="offline", state="off"),
    S("disk that keeps its owner, paused", KEPT, to="zeta", state="paused", hosts=(image("kept.qcow2", 0o666),),
      warns=("VSM5025",)),
    S("disk that keeps its owner, QEMU's", KEPT, to="delta", hosts=(image("kept.qcow2", 0o600, QEMU),)),
    S("disk that keeps its owner, of QEMU's group", KEPT, to="delta", hosts=(image("kept.qcow2", 0o660, 0, QEMU),)),
    S("disk that keeps its owner, of a further group", KEPT, to="delta", hosts=(image("kept.qcow2", 0o660, 0, KVM),)),
    S("disk that keeps its owner, of everybody", KEPT, to="delta", hosts=(image("kept.qcow2", 0o666),)),
    S("disk that keeps its owner, of everybody, restart", KEPT, to="delta", type="restart",
      hosts=(image("kept.qcow2", 0o666),)),
    S("disk that keeps its owner, same user", KEPT),
    S("disk that keeps its owner, read only", KEPT_RAW, to="delta"),
    S("disk that keeps its owner, read only, hidden", KEPT_RAW, to="delta", hosts=(image("kept.raw", 0o600),), **REFUSED),
    S("disk of SATA that keeps its owner", Guest((kept("raw", bus="sata", target="sda"),), machine="pc-q35-7.2"),
      to="delta", finds=("VSM4901",), probed="disk sda", refused=DENIED),
    S("second disk keeps its owner, commas", Guest((disk(), kept(name="a,b,,c", target="vdb"))), to="zeta",
      finds=("VSM4901",), probed="disk vdb", refused=DENIED),
    S("second disk keeps its owner, of everybody", Guest((disk(), kept(name="a,b,,c", target="vdb"))), to="zeta",
      hosts=(image("a,b,,c.qcow2", 0o666),)),
    S("not labelled", Guest((disk(),), more=NOT_LABELLED), to="delta", **REFUSED),
    S("not labelled, restart", Guest((disk(),), more=NOT_LABELLED), to="zeta", type="restart", **REFUSED),
    S("not labelled, of everybody", Guest((disk(),), more=NOT_LABELLED), to="delta", hosts=(image("disk.qcow2", 0o666),)),
    S("not labelled, same user", Guest((disk(),), more=NOT_LABELLED)),
    S("always root", Guest((disk(),), more=AS_ROOT.format("no")), to="delta", hosts=(image("disk.qcow2", 0o600),)),
    S("always root, relabelled", Guest((disk(),), more=AS_ROOT.format("yes")), to="zeta",
      hosts=(image("disk.qcow2", 0o600),)),

    # A host that gives nothing away
    S("disk given to QEMU", SHARED_DISK, to="delta", hosts=(image("disk.qcow2", 0o600),)),
    S("disk given to nobody", SHARED_DISK, to="theta", **REFUSED),
    S("disk given to nobody, restart", SHARED_DISK, to="theta", type="restart", **REFUSED),
    S("disk given to nobody, of everybody", SHARED_DISK, to="theta", hosts=(image("disk.qcow2", 0o666),)),
    S("disk given to nobody, always root", Guest((disk(),), more=AS_ROOT.format("no")), to="theta"),
    S("disk given to nobody, read only", RAW, to="theta"),
    S("disk given to nobody, read only, hidden", RAW, to="theta", hosts=(image("disk.raw", 0o600),), **REFUSED),
    S("CD given to nobody, hidden", Guest((guests.cdrom(SHARED / "cd.iso"),)), to="theta",
      hosts=(image("cd.iso", 0o600),), finds=("VSM4901",), probed="disk hda", refused=DENIED),
    S("lower image given to nobody, hidden", TOP, to="theta", hosts=(*CHAIN, image("base.qcow2", 0o600)), **REFUSED),
    S("lower image given to nobody", TOP, to="theta", hosts=CHAIN),
    S("block device given to nobody", BLOCK, to="theta", hosts=BLOCKS, **REFUSED),
    S("block device given to nobody, of everybody", BLOCK, to="theta", hosts=(*BLOCKS, block_node("theta", 0o666))),
    S("volume given to nobody", VOLUME, to="theta", hosts=TANKS, **REFUSED),
    S("volume given to nobody, of everybody", VOLUME, to="theta", hosts=(*TANKS, image("tank.qcow2", 0o666))),
    S("copy given to nobody", LOCAL_DISK, to="theta", type="with storage", hosts=(ATTIC["theta"],), **REFUSED),
    S("copy given to nobody, over root's", LOCAL_DISK, to="theta", type="with storage", settings=OVER,
      hosts=(there("theta", "disk.qcow2"), ATTIC["theta"]), finds=("VSM4901",), warns=("VSM4313",), probed="disk vda",
      refused=(1, "read-only")),
    S("copy given to nobody, over everybody's", LOCAL_DISK, to="theta", type="with storage", settings=OVER,
      hosts=(there("theta", "disk.qcow2"), mode("theta", "disk.qcow2", 0o666), ATTIC["theta"]), warns=("VSM4313",)),
    S("copy given to QEMU", LOCAL_DISK, to="delta", type="with storage", hosts=(ATTIC["delta"],)),
    S("copy that keeps its owner", Guest((disk(folder=LOCAL),), more=NOT_LABELLED), to="delta", type="with storage",
      hosts=(ATTIC["delta"],), finds=("VSM4901",), refused=DENIED),
    S("copy that keeps its owner, root", Guest((disk(folder=LOCAL),), more=NOT_LABELLED), type="with storage",
      hosts=(ATTIC["beta"],)),

    # Files of other kinds
    S("QEMU argument, file hidden", FW_CFG, to="delta", hosts=files(BOTH, "config", 0o600), **refused("config")),
    S("QEMU argument, file shown", FW_CFG, to="delta", hosts=files(BOTH, "config", 0o644)),
    S("boot ROM hidden", ROM, to="delta", hosts=files(BOTH, "rom", 0o600), **refused("rom")),
    S("boot ROM shown", ROM, to="delta", hosts=files(BOTH, "rom", 0o644)),
    S("loader hidden", OWN_CODE, to="delta", hosts=(*like(BOTH, "code.fd", CODE), mode("delta", "code.fd", 0o600)),
      **refused("code.fd|firmware")),
    S("loader shown", OWN_CODE, to="delta", hosts=like(BOTH, "code.fd", CODE)),
    S("BIOS hidden", OWN_BIOS, to="delta", hosts=(*like(BOTH, "bios.bin", BIOS), mode("delta", "bios.bin", 0o600)),
      **refused("bios.bin|firmware")),
    S("kernel hidden, given to QEMU", kernel(), to="delta", hosts=files(BOTH, "kernel", 0o600)),
    S("kernel hidden, given to nobody", kernel(), to="theta", hosts=files(THETA, "kernel", 0o600), **refused("kernel")),
    S("kernel shown, given to nobody", kernel(), to="theta", hosts=files(THETA, "kernel", 0o644)),
    S("kernel hidden, not labelled", Guest(boot=f"<kernel>{LOCAL}/kernel</kernel>", more=NOT_LABELLED), to="delta",
      hosts=files(BOTH, "kernel", 0o600), **refused("kernel")),
    S("ACPI table hidden, given to QEMU", SLIC_TABLE, to="delta", hosts=(*on(BOTH, "slic", SLIC), mode("delta", "slic", 0o600))),
    S("NVRAM given to nobody", SHARED_VARS, to="theta", **refused("vars.fd")),
    S("NVRAM given to QEMU", SHARED_VARS, to="delta"),
    S("NVRAM given to nobody, absent", uefi(nvram=f"<nvram template='{VARS}'>{LOCAL}/folder/vars.fd</nvram>"), to="theta",
      hosts=folders("theta", 0o755)),
    S("VNC's socket in a folder of root's", socket("vnc"), to="delta", hosts=folders("delta", 0o755), **refused("folder")),
    S("VNC's socket in a folder of root's, restart", socket("vnc"), to="delta", type="restart",
      hosts=folders("delta", 0o755), **refused("folder")),
    S("VNC's socket in a folder of everybody's", socket("vnc"), to="delta", hosts=folders("delta", 0o777)),
    S("SPICE's socket in a folder of root's", socket("spice"), to="theta", hosts=folders("theta", 0o755), **refused("folder")),
    S("SPICE's socket in a folder of everybody's", socket("spice"), to="theta", hosts=folders("theta", 0o777)),
)
