"""Disks, images, pools, volumes and secrets."""

import guests
import prepare
from guests import Guest, disk
from hosts import LOCAL
from scenario import BOTH_SECRETS, LUKS, SHARED_DISK, VOLUME, Scenario as S

ROWS = (
    S("local disk", Guest((disk(folder=LOCAL),)), finds=("VSM4301",), refused=(81, "Unsafe|shared")),
    S("local disk, offline", Guest((disk(folder=LOCAL),)), type="offline", state="off"),
    S("local disk, to be copied", Guest((disk(folder=LOCAL),)), type="with storage",
      hosts=(prepare.pool("beta", "attic", LOCAL),)),
    S("local disk, nowhere to copy", Guest((disk(folder=LOCAL),)), type="with storage", finds=("VSM4312",),
      refused=(49, "no storage pool")),
    S("shared disk", SHARED_DISK),
    S("local CD", Guest((guests.cdrom(LOCAL / "cd.iso"),)), hosts=(prepare.file("beta", "cd.iso"),),
      warns=("VSM5010",)),
    S("local CD absent", Guest((guests.cdrom(LOCAL / "cd.iso"),)), hosts=(prepare.pool("beta", "attic", LOCAL),),
      finds=("VSM4316",), refused=(38, "cd.iso")),
    S("transient disk", Guest((disk(inside="<transient/>"),)), finds=("VSM4306",), refused=(55, "transient")),
    S("vmdk image", Guest((disk(kind="vmdk"),)), finds=("VSM4307",), refused=(55, "vmdk")),
    S("vmdk image, restart", Guest((disk(kind="vmdk"),)), type="restart"),
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
)
