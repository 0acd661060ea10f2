"""What a host can do with images: read them as what they are, write to them, make them; and interfaces that a network
has more to do with than to put them on a bridge."""

import functools

import guests
import outside
import prepare
import settings
from guests import Device, Guest, cdrom, disk, make_image, nic, plain_disk
from hosts import LOCAL, SHARED
from scenario import BOTH_SECRETS, LUKS, SHARED_DISK, Scenario as S

ATTIC = prepare.pool("beta", "attic", LOCAL)
DEEP = SHARED / "deep"              # another file system than the rest, where a row says so
RAW, QCOW2 = DEEP / "disk.raw", DEEP / "disk.qcow2"
WRITTEN = "write to"
GIVEN = Guest((disk(), disk("other", target="vdb")))


def image(path, kind, size="1M", *further):
    def step(_):
        path.parent.mkdir(exist_ok=True)
        make_image(path, kind, size, *further)
    return step


def with_data(path):
    """An image whose data are in a file of their own."""
    return image(QCOW2, "qcow2", "1M", "-o", f"data_file={path}")


def below(path):
    """What an administrator writes, who knows the images below a disk."""
    return f"<backingStore type='file'><format type='qcow2'/><source file='{path}'/><backingStore/></backingStore>"


def local(kind, inside="", device="disk", target="vda", bus="virtio", size="1M"):
    path = f"{LOCAL}/disk.{kind}"
    return Device(f"<disk type='file' device='{device}'><driver name='qemu' type='{kind}'/><source file='{path}'>{inside}"
                  f"</source><target dev='{target}' bus='{bus}'/></disk>", (path, kind, size))


def slice_of(path, offset):
    return Device("<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                  f"<source file='{path}'><slices><slice type='storage' offset='{offset}' size='65536'/></slices></source>"
                  "<target dev='vda' bus='virtio'/></disk>")


def encrypted(kind):
    secret = f"<encryption format='luks'><secret type='passphrase' uuid='{guests.SECRET}'/></encryption>"
    return Guest((Device(local(kind, secret).xml, (f"{LOCAL}/disk.{kind}", kind, "1M", "--object",
                                                  "secret,id=s,data=sesame", "-o",
                                                  "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10")),))


def given(device, kind, path, change):
    return (settings.Resource(device, (("ResourceType", kind), ("HostResource", [str(path)])), change),)


def network(host, forward, inside):
    def step(hosts):
        hosts[host].networkDefineXML(f"<network><name>blue</name><forward mode='{forward}'>{inside[0]}</forward>"
                                     f"{inside[1]}</network>").create()
    return step


LENT = functools.partial(network, forward="passthrough", inside=("<interface dev='lent'/>", ""))
SWITCHED = ("", "<bridge name='br-blue'/><virtualport type='openvswitch'/>")
BLUE_HERE, BRIDGE_THERE = prepare.network("alpha", "blue"), prepare.bridge("beta", "br-blue")
BLUE = Guest((nic("network=blue"),))
TAPS = outside.tap_nodes("alpha", "beta")
FILTERED = Guest((nic("bridge=br-red", inside="<filterref filter='lab'><parameter name='ONE' value='80'/></filterref>"),))
RED = (prepare.bridge("alpha", "br-red"), prepare.bridge("beta", "br-red"))
NEW_ISO = (r"<source file='[^']*cd.iso'", f"<source file='{SHARED}/new.iso'")

ROWS = (
    S("image with data of its own", Guest((plain_disk(QCOW2),)), hosts=(with_data(DEEP / "data"),)),
    S("image with data of its own, absent", Guest((plain_disk(QCOW2),)), hosts=(with_data(LOCAL / "data"),),
      finds=("VSM4901",), probed=WRITTEN, refused=(1, "data")),
    S("image of another format there", Guest((plain_disk(QCOW2),)),
      hosts=(image(QCOW2, "qcow2"), outside.other_files("beta", DEEP, "disk.qcow2")), finds=("VSM4901",),
      probed=WRITTEN, refused=(1, "not in qcow2")),
    S("file system read-only there", Guest((plain_disk(RAW),)),
      hosts=(image(RAW, "raw"), outside.read_only("beta", DEEP)), finds=("VSM4901",), probed=WRITTEN,
      refused=(1, "Read-only")),
    S("file system read-only there, restart", Guest((plain_disk(RAW),)), type="restart",
      hosts=(image(RAW, "raw"), outside.read_only("beta", DEEP)), finds=("VSM4901",), probed=WRITTEN,
      refused=(1, "Read-only")),
    S("file system read-only there, as the disk", Guest((Device(disk("disk", DEEP, "raw", inside="<readonly/>").xml),)),
      hosts=(image(RAW, "raw"), outside.read_only("beta", DEEP))),
    S("slice beyond the end there", Guest((slice_of(RAW, 524288),)),
      hosts=(image(RAW, "raw"), outside.other_files("beta", DEEP, "disk.raw")), finds=("VSM4901",), probed=WRITTEN,
      refused=(1, "Offset")),
    S("listed by a pool, and gone", Guest((disk("gone", LOCAL, "raw", inside="<readonly/>"),)),
      hosts=(prepare.file("beta", "gone.raw"), ATTIC, outside.no_file("beta", "gone.raw")), finds=("VSM4302",),
      refused=(38, "gone")),
    S("server lets read there", Guest((guests.nbd_disk("127.0.0.1"),)),
      hosts=(outside.nbd_server("alpha", "127.0.0.1"), outside.nbd_server("beta", "127.0.0.1", more=("-r",))),
      finds=("VSM4901",), probed="vda", refused=(1, "read-only")),
    S("secret of another use", LUKS, hosts=(prepare.secret("alpha"), prepare.secret("beta", "lab", kind="iscsi")),
      finds=("VSM4314",), refused=(8, "iscsi")),
    S("copy of an encrypted image", encrypted("qcow2"), type="with storage",
      hosts=(*BOTH_SECRETS, ATTIC), finds=("VSM4312",), refused=(1, "encrypt|LUKS")),
    S("copy of a slice", Guest((slice_of(LOCAL / "s.raw", 65536),)), type="with storage",
      hosts=(prepare.file("alpha", "s.raw"), ATTIC), finds=("VSM4312",), refused=(1, "smaller or equal")),
    S("copy of a floppy", Guest((local("raw", device="floppy", target="fda", bus="fdc", size="1440K"),)),
      type="with storage", hosts=(ATTIC,)),
    S("copy over an image of another size, unlisted", Guest((local("raw"),)), type="with storage",
      hosts=(outside.file("beta", "disk.raw"),), settings=(settings.Migration((("AllowOverwriteExistingFile", True),)),),
      finds=("VSM4901",), probed="size", refused=(9, "different sizes")),
    S("copy to a file of its own", SHARED_DISK, type="with storage", hosts=(ATTIC,),
      settings=(settings.disk_at("vda", f"{LOCAL}/new.qcow2"),)),
    S("copy, and an image below by name", Guest((disk(folder=LOCAL, inside=below(LOCAL / "base.qcow2")),)),
      type="with storage", hosts=(prepare.file("alpha", "base.qcow2", "qcow2"), ATTIC), finds=("VSM4302",),
      probed="base.qcow2", refused=(1, "base.qcow2")),
    S("two disks with one image", GIVEN, settings=(given("vdb", 31, SHARED / "disk.qcow2", (r"other\.qcow2", "disk.qcow2"))),
      finds=("VSM4901",), refused=(1, "lock")),
    S("new path, to another guest's image", SHARED_DISK,
      hosts=(prepare.domain("beta", "owner", guest=Guest((disk("his"),)), active=True, images=True),),
      settings=(settings.disk_at("vda", f"{SHARED}/his.qcow2"),), finds=("VSM4901",), probed=WRITTEN, refused=(1, "lock")),
    S("new path, to the same image", SHARED_DISK, hosts=(outside.link(SHARED / "link.qcow2", SHARED / "disk.qcow2"),),
      settings=(settings.disk_at("vda", f"{SHARED}/link.qcow2"),)),
    S("another CD, beside a disk", Guest((disk(), cdrom(LOCAL / "cd.iso"))), hosts=(prepare.file(None, "new.iso"),),
      settings=(settings.NewDevice("", (("ResourceType", 16), ("HostResource", [f"{SHARED}/new.iso"])), NEW_ISO),)),
    S("network with devices, none left", BLUE,
      hosts=(BLUE_HERE, outside.ends("beta", "lent"), LENT("beta"), TAPS,
             prepare.domain("beta", "first", guest=Guest((nic("network=blue", 5),)), active=True)),
      finds=("VSM4901",), warns=("VSM5020",), refused=(1, "none are available")),
    S("network with devices, one left", BLUE, hosts=(BLUE_HERE, outside.ends("beta", "lent"), LENT("beta"), TAPS),
      warns=("VSM5020",)),
    S("network of a switch that is not there", BLUE, hosts=(BLUE_HERE, BRIDGE_THERE, network("beta", "bridge", SWITCHED)),
      finds=("VSM4901",), probed="network blue", refused=(1, "OVS")),
    S("bridge that is none there", Guest((nic("bridge=br-red"),)),
      hosts=(prepare.bridge("alpha", "br-red"), outside.ends("beta", "br-red")), finds=("VSM4901",), probed="br-red",
      refused=(38, "br-red")),
    S("filter that wants more there", FILTERED,
      hosts=(*RED, prepare.nwfilter("alpha", "lab"), prepare.nwfilter("beta", "lab", "TWO")), finds=("VSM4901",),
      probed="filter lab", refused=(1, "TWO")),
)
