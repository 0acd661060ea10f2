"""New settings for the VM, given with the move."""

import settings
from scenario import TWO_VCPUS, Scenario as S

ROWS = (
    S("other number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(3),), code=6, finds=("VSM3009",),
      refused=(67, "vCPU|vcpu")),
    S("same number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(2),)),
    S("other number of vCPUs, restart", TWO_VCPUS, type="restart", settings=(settings.vcpus(3),), code=6,
      finds=("VSM3009",), refused=(67, "vCPU|vcpu")),
    S("other memory", settings=(settings.memory(64),), code=6, finds=("VSM3009",), refused=(67, "memory")),
)
