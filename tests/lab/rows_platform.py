"""What the hosts are and the guest asks of them: platform, CPU and memory."""

import guests
from guests import Guest
from hosts import SPARE_EMULATOR
from scenario import UEFI, Scenario as S

ROWS = (
    S("emulator absent", Guest(emulator=str(SPARE_EMULATOR)), to="gamma", finds=("VSM4112",),
      refused=(38, "Cannot check QEMU binary")),
    S("emulator present", Guest(emulator=str(SPARE_EMULATOR))),
    S("machine type absent", Guest(machine="pc-i440fx-3.0"), to="gamma", finds=("VSM4103",), refused=(67, "machine")),
    S("machine type present", Guest(machine="pc-i440fx-3.0")),
    S("CPU feature absent", Guest(cpu=guests.cpu_with("adx")), to="gamma", finds=("VSM4104",), refused=(9, "adx")),
    S("CPU feature present", Guest(cpu=guests.cpu_with("adx"))),
    S("host's CPU model, smaller there", Guest(cpu="<cpu mode='host-model'/>"), to="gamma", finds=("VSM4104",),
      refused=(9, "adx")),
    S("host's CPU model", Guest(cpu="<cpu mode='host-model'/>")),
    S("CPU feature absent, restart", Guest(cpu=guests.cpu_with("adx")), type="restart", to="gamma"),
    S("largest CPU, smaller there", Guest(cpu="<cpu mode='maximum'/>"), to="gamma"),
    S("firmware absent", UEFI, to="gamma", finds=("VSM4114",), refused=(38, "OVMF")),
    S("firmware present", UEFI, warns=("VSM5023",)),
    S("too much memory", Guest(memory_mib=2048), to="gamma", finds=("VSM4201",), refused=(1, "allocate memory")),
    S("much memory", Guest(memory_mib=2048)),
)
