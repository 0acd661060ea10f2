"""What the hosts are and the guest asks of them: platform, CPU and memory."""

import os

import guests
import outside
import prepare
from guests import Device, Guest
from hosts import LOCAL, SHARED, SPARE_EMULATOR
from scenario import UEFI, Scenario as S

CPUS = min(os.cpu_count(), 255)
ROOM = "<maxMemory slots='4' unit='MiB'>256</maxMemory>"
LABEL = "<seclabel type='static' model='{model}' relabel='no'><label>{label}</label></seclabel>"
FW_CFG = f"<sysinfo type='fwcfg'><entry name='opt/lab' file='{LOCAL}/config'/></sysinfo>"

ROWS = (
    S("emulator absent", Guest(emulator=str(SPARE_EMULATOR)), to="gamma", finds=("VSM4112",),
      refused=(38, "Cannot check QEMU binary")),
    S("emulator present", Guest(emulator=str(SPARE_EMULATOR))),
    S("machine type absent", Guest(machine="pc-i440fx-3.0"), to="gamma", finds=("VSM4103",), refused=(67, "machine")),
    S("machine type present", Guest(machine="pc-i440fx-3.0")),
    S("CPU feature absent", Guest(cpu=guests.cpu_with("adx")), to="gamma", finds=("VSM4104",), refused=(9, "adx")),
    S("CPU feature present", Guest(cpu=guests.cpu_with("adx"))),
    S("CPU that is strictly matched", Guest(cpu="<cpu mode='custom' match='strict'><model fallback='forbid'>kvm64</model></cpu>")),
    S("CPU of another vendor", Guest(cpu="<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model>"
                                         "<vendor>Intel</vendor></cpu>")),
    S("host's CPU model, smaller there", Guest(cpu="<cpu mode='host-model'/>"), to="gamma", finds=("VSM4104",),
      refused=(9, "adx")),
    S("host's CPU model", Guest(cpu="<cpu mode='host-model'/>")),
    S("CPU feature absent, restart", Guest(cpu=guests.cpu_with("adx")), type="restart", to="gamma"),
    S("largest CPU, smaller there", Guest(cpu="<cpu mode='maximum'/>"), to="gamma"),
    S("CPU feature absent, but only wished for", Guest(cpu=guests.cpu_with("adx", "optional")), to="gamma",
      finds=("VSM4104",), refused=(9, "adx")),
    S("CPU feature absent, and unwanted", Guest(cpu=guests.cpu_with("adx", "disable")), to="gamma"),
    S("host's own CPU, offline", Guest(cpu="<cpu mode='host-passthrough'/>"), type="offline", state="off"),
    S("machine type by its short name", Guest(machine="pc"), to="gamma"),
    S("other machine type by its short name", Guest(machine="q35")),
    S("more vCPUs than CPUs", Guest(vcpus=8), warns=("VSM5003",)),
    S("more vCPUs than CPUs, of all together", Guest(vcpus=CPUS),
      hosts=(prepare.domain("beta", "neighbour", guest=Guest(vcpus=CPUS), active=True),), warns=("VSM5024",)),
    S("memory scarce there", Guest(memory_mib=1010), to="gamma", warns=("VSM5004",)),
    S("pinned to CPUs that are there", Guest(more="<cputune><vcpupin vcpu='0' cpuset='0'/>"
                                                  "<emulatorpin cpuset='0'/></cputune>")),
    S("pinned to CPUs of which one is there", Guest(more="<cputune><vcpupin vcpu='0' cpuset='0,700'/></cputune>"),
      warns=("VSM4111",)),
    S("pinned to an absent CPU, offline", Guest(more="<cputune><vcpupin vcpu='0' cpuset='700'/></cputune>"),
      type="offline", state="off", warns=("VSM4111",)),
    S("guest with NUMA", Guest(cpu=guests.NUMA_CPU)),
    S("placed on a NUMA node", Guest(more="<numatune><memory mode='strict' nodeset='0'/></numatune>")),
    S("placed on an absent NUMA node, offline", Guest(
        more="<numatune><memory mode='strict' nodeset='63'/></numatune>"), type="offline", state="off",
      warns=("VSM4204",)),
    S("memory as a file descriptor", Guest(more="<memoryBacking><source type='memfd'/></memoryBacking>")),
    S("memory in a file, allocated at once", Guest(
        more="<memoryBacking><source type='file'/><allocation mode='immediate'/></memoryBacking>")),
    S("huge pages, offline", Guest(more="<memoryBacking><hugepages/></memoryBacking>"), type="offline", state="off"),
    S("memory module", Guest((Device("<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target>"
                                     "</memory>"),), cpu=guests.NUMA_CPU, more=ROOM)),
    S("persistent memory", Guest((guests.nvdimm(SHARED / "nvdimm.raw"),), cpu=guests.NUMA_CPU, more=ROOM),
      warns=("VSM4206",)),
    S("persistent memory, absent", Guest((guests.nvdimm(LOCAL / "nvdimm.raw"),), cpu=guests.NUMA_CPU, more=ROOM),
      finds=("VSM4206",), policy="QEMU makes a new file there"),
    S("persistent memory, absent, owned", Guest((guests.nvdimm(LOCAL / "nvdimm.raw"),), cpu=guests.NUMA_CPU, more=ROOM),
      to="zeta", finds=("VSM4206",), refused=(38, "nvdimm")),
    S("persistent memory, owned", Guest((guests.nvdimm(LOCAL / "nvdimm.raw"),), cpu=guests.NUMA_CPU, more=ROOM),
      to="zeta", hosts=(outside.sparse_file("zeta", "nvdimm.raw", 128 << 20),), warns=("VSM4206",)),
    S("persistent memory of another size", Guest((guests.nvdimm(LOCAL / "nvdimm.raw"),), cpu=guests.NUMA_CPU, more=ROOM),
      hosts=(outside.file("beta", "nvdimm.raw"),), warns=("VSM4206",), unseen="size", refused=(1, "does not match")),
    S("memory partly given back", Guest(memory_mib=64, more="<currentMemory unit='MiB'>32</currentMemory>")),
    S("fixed label, DAC", Guest(more=LABEL.format(model="dac", label="+0:+0"))),
    S("fixed label of an absent model, offline", Guest(more=LABEL.format(model="selinux", label="a:b:c:s0")),
      type="offline", state="off", warns=("VSM4602",)),
    S("harmless QEMU arguments", Guest(more=guests.arguments("-name", "debug-threads=on")), warns=("VSM5022",)),
    S("NVMe drive in QEMU arguments", Guest(more=guests.arguments(
        "-blockdev", "driver=null-co,node-name=drive", "-device", "nvme,drive=drive,serial=1,addr=0x10")),
      finds=("VSM4515",), refused=(55, "nvme")),
    S("file for the firmware, absent", Guest(more=FW_CFG), hosts=(outside.file("alpha", "config"),),
      finds=("VSM4116",), refused=(1, "config")),
    S("file for the firmware, present", Guest(more=FW_CFG), hosts=(outside.file("alpha", "config"),
                                                                   outside.file("beta", "config"))),
    S("firmware absent, offline", UEFI, to="gamma", type="offline", state="off"),
    S("firmware absent, restart", UEFI, to="gamma", type="restart", finds=("VSM4114",),
      refused=(38, "OVMF")),
    S("firmware absent", UEFI, to="gamma", finds=("VSM4114", "VSM4116"), refused=(38, "OVMF")),
    S("firmware present", UEFI, warns=("VSM5023",)),
    S("too much memory", Guest(memory_mib=2048), to="gamma", finds=("VSM4201",), refused=(1, "allocate memory")),
    S("much memory", Guest(memory_mib=2048)),
    S("CPU feature forced, absent", Guest(cpu=guests.cpu_with("adx", "force")), to="gamma", finds=("VSM4104",),
      probed="adx", refused=(9, "adx")),
    S("CPU feature forced", Guest(cpu=guests.cpu_with("adx", "force"))),
    S("CPU unchecked, feature absent", Guest(cpu=guests.cpu_with("adx").replace("match='exact'", "match='exact' check='none'")),
      to="gamma", finds=("VSM4104",), refused=(9, "adx")),
    S("CPU at least, feature absent", Guest(cpu="<cpu mode='custom' match='minimum'><model fallback='allow'>qemu64</model>"
                                            "</cpu>"), to="gamma", finds=("VSM4104",), refused=(9, "adx")),
    S("no CPU named, lesser host", Guest(cpu=""), to="gamma"),
    S("CPU's topology and address width", Guest(vcpus=2, cpu=(
        "<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model>"
        "<topology sockets='1' dies='1' cores='2' threads='1'/><maxphysaddr mode='emulate' bits='40'/></cpu>"))),
    S("memory of virtio", Guest((Device("<memory model='virtio-mem'><target><size unit='MiB'>64</size><node>0</node>"
                                        "<block unit='MiB'>2</block><requested unit='MiB'>16</requested></target></memory>"),),
                                cpu=guests.NUMA_CPU, more=ROOM, machine="pc-q35-7.2")),
    S("old machine", Guest(machine="pc-q35-3.0"), to="gamma"),
)
