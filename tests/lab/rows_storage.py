"""Disks, images, pools, volumes and secrets."""

import guests
import outside
import prepare
from guests import Device, Guest, disk
from hosts import LOCAL, SHARED
from scenario import BOTH_SECRETS, LUKS, SHARED_DISK, VOLUME, Scenario as S

ATTIC = prepare.pool("beta", "attic", LOCAL)
TOP = Guest((guests.plain_disk(SHARED / "top.qcow2"),))
BLOCK = Guest((guests.block_disk(LOCAL / "block"),))
OPTIONAL_CD = Guest((guests.cdrom(LOCAL / "cd.iso", "optional"),))
REQUISITE_CD = Guest((guests.cdrom(LOCAL / "cd.iso", "requisite"),))
FOLDER_DISK = Guest((Device("<disk type='dir' device='disk'><driver name='qemu' type='fat'/>"
                            f"<source dir='{LOCAL}/folder'/><target dev='vda' bus='virtio'/><readonly/></disk>"),))
ENCRYPTED = Guest((guests.encrypted_qcow2(),))
TOP_HERE = Guest((guests.plain_disk(LOCAL / "top.qcow2"),))
NAMED_LUKS = Guest((guests.luks_disk("usage='lab'"),))

ROWS = (
    S("local disk", Guest((disk(folder=LOCAL),)), finds=("VSM4301", "VSM4302"), refused=(81, "Unsafe|shared")),
    S("local disk, offline", Guest((disk(folder=LOCAL),)), type="offline", state="off"),
    S("local disk, to be copied", Guest((disk(folder=LOCAL),)), type="with storage",
      hosts=(prepare.pool("beta", "attic", LOCAL),)),
    S("local disk, nowhere to copy", Guest((disk(folder=LOCAL),)), type="with storage", finds=("VSM4312",),
      refused=(49, "no storage pool")),
    S("shared disk", SHARED_DISK),
    S("local CD", Guest((guests.cdrom(LOCAL / "cd.iso"),)), hosts=(prepare.file("beta", "cd.iso"),),
      warns=("VSM5010",)),
    S("local CD absent", Guest((guests.cdrom(LOCAL / "cd.iso"),)), hosts=(prepare.pool("beta", "attic", LOCAL),),
      finds=("VSM4316",), probed="hda", refused=(38, "cd.iso")),
    S("transient disk", Guest((disk(inside="<transient/>"),)), finds=("VSM4306",), refused=(55, "transient")),
    S("vmdk image", Guest((disk(kind="vmdk"),)), finds=("VSM4307",), refused=(55, "vmdk")),
    S("vmdk image, restart", Guest((disk(kind="vmdk"),)), type="restart"),
    S("qcow image", Guest((disk(kind="qcow"),)), finds=("VSM4307",), refused=(55, "qcow")),
    S("qcow image, restart", Guest((disk(kind="qcow"),)), type="restart"),
    S("vpc image", Guest((disk(kind="vpc"),)), finds=("VSM4307",), refused=(55, "vpc")),
    S("qed image", Guest((disk(kind="qed"),))),
    S("every bus", Guest((disk("a", target="sda", bus="sata"), disk("b", target="sdb", bus="scsi"),
                          disk("c", target="sdc", bus="usb"), disk("d", target="vda"),
                          Device("<controller type='scsi' model='virtio-scsi'/>")), machine="pc-q35-7.2")),
    S("image on top of another", TOP, hosts=(outside.backing_chain(SHARED / "base.qcow2"),)),
    S("image on top of one that is not there", TOP, hosts=(outside.backing_chain(LOCAL / "base.qcow2"),),
      finds=("VSM4302",), probed="base.qcow2", refused=(38, "base.qcow2")),
    S("image on top of one that a pool there lacks", TOP, hosts=(outside.backing_chain(LOCAL / "base.qcow2"), ATTIC),
      finds=("VSM4302",), probed="base.qcow2", refused=(38, "base.qcow2")),
    S("image on top of a local one", TOP, hosts=(outside.backing_chain(LOCAL / "base.qcow2"),
                                                 prepare.file("beta", "base.qcow2", "qcow2"))),
    S("block device", BLOCK, hosts=(outside.block_device("alpha"), outside.block_device("beta"))),
    S("block device, cached", Guest((guests.block_disk(LOCAL / "block", "writeback"),)),
      hosts=(outside.block_device("alpha"), outside.block_device("beta"))),
    S("block device absent", BLOCK, hosts=(outside.block_device("alpha"),), finds=("VSM4302",), probed="disk vda",
      refused=(38, "block")),
    S("block device absent in a pool", BLOCK, hosts=(outside.block_device("alpha"), ATTIC), finds=("VSM4302",), probed="disk vda",
      refused=(38, "block")),
    S("block device absent, offline", BLOCK, type="offline", state="off", hosts=(outside.block_device("alpha"),)),
    S("block device, to be copied", BLOCK, type="with storage", hosts=(outside.block_device("alpha"), ATTIC),
      finds=("VSM4312",), refused=(1, "precreate")),
    S("network disk", Guest((guests.nbd_disk("10.77.0.11"),)), hosts=(outside.nbd_server("alpha", "10.77.0.11"),)),
    S("network disk of the source itself", Guest((guests.nbd_disk("127.0.0.1"),)),
      hosts=(outside.nbd_server("alpha", "127.0.0.1"),), finds=("VSM4901",), probed="disk vda", refused=(1, "nbd")),
    S("CD absent, optional", OPTIONAL_CD, hosts=(ATTIC,), warns=("VSM5010",)),
    S("CD absent, optional, restart", OPTIONAL_CD, type="restart", hosts=(ATTIC,), warns=("VSM5010",)),
    S("CD absent, requisite", REQUISITE_CD, hosts=(ATTIC,), warns=("VSM5010",)),
    S("CD absent, requisite, restart", REQUISITE_CD, type="restart", hosts=(ATTIC,), finds=("VSM4316",), probed="hda",
      refused=(38, "cd.iso")),
    S("CD absent, mandatory", Guest((guests.cdrom(LOCAL / "cd.iso", "mandatory"),)), hosts=(ATTIC,),
      finds=("VSM4316",), probed="hda", refused=(38, "cd.iso")),
    S("floppy, local", Guest((guests.floppy(LOCAL / "floppy.img"),)), hosts=(ATTIC,), finds=("VSM4301", "VSM4316"),
      refused=(81, "Unsafe|shared")),
    S("shared disk, to be copied", SHARED_DISK, type="with storage", hosts=(ATTIC,), code=6, finds=("VSM3005",),
      refused=(1, "read-only|lock")),
    S("two disks, one shared, to be copied", Guest((disk("a", folder=LOCAL), disk("b", target="vdb"))),
      type="with storage", hosts=(ATTIC,), code=6, finds=("VSM3005",), refused=(1, "read-only|lock")),
    S("large disk, to be copied", Guest((disk(folder=LOCAL, size="1T"),)), type="with storage", hosts=(ATTIC,),
      finds=("VSM4311",), refused=(1, "resize|allocate|No space")),
    S("large raw disk, to be copied", Guest((disk(folder=LOCAL, kind="raw", size="1T"),)), type="with storage",
      hosts=(ATTIC,), finds=("VSM4311",), refused=(38, "allocate")),
    S("vmdk image, to be copied", Guest((disk(folder=LOCAL, kind="vmdk"),)), type="with storage", hosts=(ATTIC,),
      finds=("VSM4307",), refused=(55, "vmdk")),
    S("shareable disk, to be copied", Guest((disk(folder=LOCAL, kind="raw", inside="<shareable/>"),)),
      type="with storage", hosts=(ATTIC,), finds=("VSM4301", "VSM4302"), refused=(81, "Unsafe|shared")),
    S("local disk, pool inactive, to be copied", Guest((disk(folder=LOCAL),)), type="with storage",
      hosts=(prepare.pool("beta", "attic", LOCAL, active=False),), finds=("VSM4312",),
      refused=(49, "no storage pool")),
    S("snapshot, to be copied", Guest((disk(folder=LOCAL),)), type="with storage", hosts=(ATTIC,),
      vm=(prepare.snapshot,), finds=("VSM4310",), refused=(55, "snapshot")),
    S("secret of a name, absent", NAMED_LUKS, hosts=(prepare.secret("alpha", "lab"),), finds=("VSM4314",),
      refused=(66, "lab")),
    S("secret of a name, present", NAMED_LUKS, hosts=(prepare.secret("alpha", "lab"), prepare.secret("beta", "lab"))),
    S("thread of its own, limits, serial number", Guest((disk(
        driver=" iothread='1' discard='unmap'",
        inside="<iotune><total_iops_sec>100</total_iops_sec></iotune><serial>lab-1</serial>"),),
        more="<iothreads>1</iothreads>")),
    S("vdi image", Guest((disk(kind="vdi"),)), finds=("VSM4307",), refused=(55, "vdi")),
    S("secret absent", LUKS, hosts=BOTH_SECRETS[:1], finds=("VSM4314",), refused=(66, "")),
    S("secret present", LUKS, hosts=BOTH_SECRETS),
    S("local disk, read only", Guest((disk(folder=LOCAL, kind="raw", inside="<readonly/>"),)),
      hosts=(prepare.file("beta", "disk.raw"),)),
    S("empty CD drive", Guest((guests.empty_cdrom(),))),
    S("shared disk, write-back cache", Guest((disk(driver=" cache='writeback'"),))),
    S("pool absent", VOLUME, hosts=(prepare.pool("alpha", "tank"),), finds=("VSM4303",), refused=(49, "tank")),
    S("pool inactive", VOLUME, hosts=(prepare.pool("alpha", "tank"), prepare.pool("beta", "tank", active=False)),
      finds=("VSM4304",), refused=(67, "not active")),
    S("pool present", VOLUME, hosts=(prepare.pool("alpha", "tank"), prepare.pool("beta", "tank"))),
    S("folder as a disk", FOLDER_DISK, hosts=(outside.folder("alpha", "folder"), outside.folder("beta", "folder"))),
    S("folder as a disk, absent", FOLDER_DISK, hosts=(outside.folder("alpha", "folder"),), finds=("VSM4302",),
      refused=(38, "folder")),
    S("encrypted qcow2", ENCRYPTED, hosts=BOTH_SECRETS),
    S("encrypted qcow2, secret absent", ENCRYPTED, hosts=BOTH_SECRETS[:1], finds=("VSM4314",), refused=(66, "")),
    S("volume that its pool there lacks", VOLUME, hosts=(prepare.pool("alpha", "tank"),
                                                         prepare.pool("beta", "tank", LOCAL)),
      finds=("VSM4302",), refused=(50, "tank.qcow2")),
    S("local disk by a shared name", Guest((guests.plain_disk(SHARED / "link.qcow2"),)),
      hosts=(outside.link(SHARED / "link.qcow2", LOCAL / "real.qcow2"),), finds=("VSM4301",), may=("VSM4302",),
      refused=(81, "Unsafe|shared")),
    S("local disk and CD, to be copied", Guest((disk(folder=LOCAL), guests.cdrom(LOCAL / "cd.iso"))),
      type="with storage", hosts=(ATTIC,), finds=("VSM4316",), refused=(38, "cd.iso")),
    S("local chain, to be copied", TOP_HERE, type="with storage",
      hosts=(ATTIC, outside.backing_chain(LOCAL / "base.qcow2", LOCAL / "top.qcow2"))),
    S("part of an image, copied on read", Guest((Device(
        f"<disk type='file' device='disk'><driver name='qemu' type='raw' copy_on_read='on'/><source file='{SHARED}/s.raw'>"
        "<slices><slice type='storage' offset='65536' size='262144'/></slices></source>"
        "<target dev='vda' bus='virtio'/></disk>", (f"{SHARED}/s.raw", "raw", "1M")),))),
    S("threads, queues and caches of disks", Guest((
        disk("a", driver=" iothread='1' cache='none' io='native' queues='2'"),
        disk("b", target="sda", bus="scsi", driver=" discard='unmap' detect_zeroes='unmap'"),
        disk("c", target="vdb", kind="raw", driver=" cache='directsync'"),
        Device("<controller type='scsi' model='virtio-scsi'><driver iothread='2' queues='2'/></controller>")),
        more="<iothreads>2</iothreads>")),
)
