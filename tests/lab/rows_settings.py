"""New settings for the VM, given with the move."""

import settings
from hosts import SHARED
from scenario import OTHER_UUID, SHARED_DISK, TWO_VCPUS, Scenario as S

FURTHER = SHARED / "further.qcow2"

ROWS = (
    S("other number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(3),), code=6, finds=("VSM3009",),
      refused=(67, "vCPU|vcpu")),
    S("same number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(2),)),
    S("other number of vCPUs, restart", TWO_VCPUS, type="restart", settings=(settings.vcpus(3),), code=6,
      finds=("VSM3009",), refused=(67, "vCPU|vcpu")),
    S("other memory", settings=(settings.memory(64),), code=6, finds=("VSM3009",), refused=(67, "memory")),
    S("other UUID", settings=(settings.system_uuid(OTHER_UUID),), code=6, finds=("VSM3008",), refused=(67, "uuid")),
    S("a disk that it does not have", SHARED_DISK, settings=(settings.one_disk_more("vdz", FURTHER, named=True),), code=6,
      finds=("VSM3010",), refused=(67, "disk count")),
    S("a disk more", SHARED_DISK, settings=(settings.one_disk_more("vdz", FURTHER, named=False),), code=6,
      finds=("VSM3011",), refused=(67, "disk count")),
    S("new name of a dot", settings=(settings.Rename("."),), code=6, finds=("VSM3012",), refused=(38, "")),
    S("new name of two dots", settings=(settings.Rename(".."),), code=6, finds=("VSM3012",), refused=(38, "")),
    S("new name that is too long", settings=(settings.Rename("n" * 248),), code=6, finds=("VSM3012",),
      refused=(38, "too long")),
    S("new name as long as can be", settings=(settings.Rename("n" * 247),)),
    S("new name of blanks", settings=(settings.Rename("   "),)),
    S("transport SMB", settings=(settings.transport(32768, uri="smb://10.77.0.12"),), code=6, finds=("VSM3004",),
      refused=(74, "scheme")),
    S("transport that nobody knows", settings=(settings.transport(1, "pigeon", uri="pigeon://10.77.0.12"),), code=6,
      finds=("VSM3004",), refused=(74, "scheme")),
    S("setting that is ignored", settings=(settings.Migration((("RetainVhdCopiesOnSource", False),)),),
      warns=("VSM5019",)),
    S("type that is not told", settings=(settings.Migration((("MigrationType", 0),)),), warns=("VSM6004",)),
)
