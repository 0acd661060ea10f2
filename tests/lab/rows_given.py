"""What the caller gives with the move: settings of the migration, and new settings that cure or spoil it."""

import libvirt

import guests
import prepare
import settings
from guests import Guest, disk, uuid_of
from hosts import LOCAL, SHARED
from scenario import BLUE, BLUE_HERE, OTHER_UUID, Scenario as S

BLUE_BOTH = (*BLUE_HERE, prepare.network("beta", "blue"))
ELSEWHERE = f"{SHARED}/elsewhere.qcow2"
MOVED_DISK = (settings.disk_at("vda", ELSEWHERE),)


def change_stored(vm):
    vm.setMemoryFlags(48 * 1024, libvirt.VIR_DOMAIN_AFFECT_CONFIG | libvirt.VIR_DOMAIN_MEM_MAXIMUM)


def image(vm):
    guests.make_image(ELSEWHERE, "qcow2", "1M")


ROWS = (
    S("local disk, new shared path", Guest((disk(folder=LOCAL),)), vm=(image,), settings=MOVED_DISK,
      finds=("VSM4301",), refused=(81, "Unsafe|shared")),
    S("local disk, new shared path, restart", Guest((disk(folder=LOCAL),)), type="restart", vm=(image,),
      settings=MOVED_DISK),
    S("shared disk, new shared path", Guest((disk(),)), vm=(image,), settings=MOVED_DISK),
    S("shared disk, new path absent", Guest((disk(),)), hosts=(prepare.pool("beta", "tank"),),
      settings=(settings.disk_at("vda", f"{SHARED}/absent.qcow2"),),
      code=6, finds=("VSM3013",), probed="disk vda", refused=(1, "absent")),
    S("other interface model", Guest(BLUE), hosts=BLUE_BOTH,
      settings=(settings.nic_model("e1000"),), code=6, finds=("VSM3009",), refused=(67, "model|type")),
    S("other MAC address", Guest(BLUE), hosts=BLUE_BOTH, settings=(settings.nic_mac("52:54:00:77:00:99"),), code=6,
      finds=("VSM3009",), refused=(67, "mac")),
    S("disk made read-only", Guest((disk(),)), settings=(settings.read_only("vda"),), code=6, finds=("VSM3009",),
      refused=(67, "read-only|readonly|access mode")),
    S("new name and new network", Guest(BLUE),
      hosts=(*BLUE_HERE, prepare.network("beta", "green"),
             prepare.domain("beta", "new name and new network", OTHER_UUID)),
      settings=(settings.Rename("renamed"), settings.nic_on("green"))),
    S("changes pending", vm=(change_stored,), warns=("VSM5006",)),
    S("bandwidth in bits", settings=(settings.bandwidth(800, "bit / second * 10^6", 95),)),
    S("bandwidth too large", settings=(settings.bandwidth(8, "byte / second * 2^60", 2**43),), code=6,
      finds=("VSM3018",), policy="libvirt takes the number for another one"),
    S("transport TCP", settings=(settings.transport(5),), warns=("VSM5015",)),
    S("transport rdma, memory not limited",
      settings=(settings.transport(1, "rdma", uri="rdma://10.77.0.12"),), code=6, finds=("VSM3006",),
      refused=(55, "hard_limit|memory locking|hard limit")),
    S("priority", settings=(settings.Migration((("Priority", 3),)),), warns=("VSM5018",)),
    S("compressed", settings=(settings.Migration((("EnableCompression", True),),
                                                 flags=libvirt.VIR_MIGRATE_COMPRESSED),)),
    S("address of the target", settings=(settings.address("10.77.0.12"),)),
    S("planned there", hosts=(prepare.domain("beta", "planned there", None),), warns=("VSM5009",),
      settings=(settings.Migration((("DestinationPlannedVirtualSystemId", uuid_of("planned there")),)),)),
    S("planned, not there", code=6, finds=("VSM3015",), policy="libvirt knows no planned virtual systems",
      settings=(settings.Migration((("DestinationPlannedVirtualSystemId", uuid_of("planned, not there")),)),)),
    S("local disk, copied over a file", Guest((disk(folder=LOCAL),)), type="with storage", finds=("VSM4313",),
      hosts=(prepare.file("beta", "disk.qcow2", "qcow2"), prepare.pool("beta", "attic", LOCAL)),
      policy="what was there is lost"),
    S("local disk, copied over a file as asked", Guest((disk(folder=LOCAL),)), type="with storage", warns=("VSM4313",),
      hosts=(prepare.file("beta", "disk.qcow2", "qcow2"), prepare.pool("beta", "attic", LOCAL)),
      settings=(settings.Migration((("AllowOverwriteExistingFile", True),)),)),
    S("address of nobody", settings=(settings.address("127.0.0.1"),), code=6, finds=("VSM3016",),
      refused=(38, "unable to connect|refused")),
    S("transport TLS, no credentials", way=True, settings=(settings.transport(3, flags=libvirt.VIR_MIGRATE_TLS),), code=6,
      finds=("VSM3004",), probed="TLS",
      refused=(1, "credentials")),
    S("compressed, resume", type="resume", settings=(settings.Migration((("EnableCompression", True),),
                                                                        flags=libvirt.VIR_MIGRATE_COMPRESSED),)),
    S("own name as new name", settings=(settings.Rename("own name as new name"),)),
    S("new name taken too", hosts=(prepare.domain("beta", "other", OTHER_UUID),), settings=(settings.Rename("other"),),
      finds=("VSM4001",), refused=(9, "already exists")),
)
