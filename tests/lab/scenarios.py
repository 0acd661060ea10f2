"""The table: one row a scenario. A refused VM has, wherever there is one, a twin with the cause cured that arrives.

finds    the ids of every finding with an effect that the daemon must have, and no others (`may`: it may have these)
warns    ids of findings that it must have too, without effect
code     the return code, when it is not 0
refused  (libvirt's error code, a regular expression for its text) of the real move; None: the VM arrives
policy   why the daemon refuses what libvirt carries out (VERDICT.md, "policy")
"""

import dataclasses

import guests
import prepare
import settings
from guests import Device, Guest, disk, nic, uuid_of
from hosts import LOCAL, SHARED, SPARE_EMULATOR


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    guest: Guest = Guest()
    to: str = "beta"
    type: str = "live"          # live, resume, restart, offline, with storage
    state: str = "running"      # running, paused, off
    hosts: tuple = ()           # steps that change the hosts, before the VM is there
    vm: tuple = ()              # steps that change the VM
    settings: tuple = ()
    code: int = 0
    finds: tuple = ()
    may: tuple = ()
    warns: tuple = ()
    policy: str = ""
    refused: tuple | None = None
    asked: str = ""             # the VM's UUID as the caller gives it, when not the guest's
    timeout: int = 0            # OperationTimeout in seconds

    @property
    def uuid(self):
        return self.asked or uuid_of(self.name)


BLUE = (nic("network=blue"),)
BLUE_HERE = (prepare.network("alpha", "blue"),)
BOTH_SECRETS = (prepare.secret("alpha"), prepare.secret("beta"))
SHARED_DISK = Guest((disk(),))
TWO_VCPUS = Guest(vcpus=2)
LUKS = Guest((guests.luks_disk(),))
VOLUME = Guest((guests.volume("tank", "tank.qcow2"),))
UEFI = Guest(firmware="efi", machine="pc-q35-7.2")
FILTERED = Guest((nic("bridge=br-red", inside="<filterref filter='lab'/>"),))
RED = (prepare.bridge("alpha", "br-red"), prepare.bridge("beta", "br-red"))
FIXED_PORT = Guest((guests.vnc("0.0.0.0", 5977),))
OTHER_UUID = uuid_of("somebody else")
DOMAIN_EXISTS = r"domain '.*' (already exists|is already defined) with uuid"
S = Scenario

SCENARIOS = (
    # State and type
    S("live"),
    S("paused", state="paused", warns=("VSM5025",)),
    S("resume", type="resume"),
    S("offline", type="offline", state="off"),
    S("restart", type="restart"),
    S("live of a VM that is off", state="off", code=5, finds=("VSM2001",), refused=(55, "domain is not running")),
    S("offline of a running VM", type="offline", code=5, finds=("VSM2001",),
      policy="it would be defined on both hosts and keep running on the source"),
    S("offline with a saved image", type="offline", vm=(prepare.save,), code=5, finds=("VSM2021",),
      policy="the saved image stays behind"),
    S("snapshot", SHARED_DISK, vm=(prepare.snapshot,), finds=("VSM4310",), refused=(55, "snapshot")),
    S("snapshot, offline", SHARED_DISK, type="offline", state="off", vm=(prepare.snapshot,), finds=("VSM4310",),
      refused=(55, "snapshot")),
    S("checkpoint", SHARED_DISK, vm=(prepare.checkpoint,), warns=("VSM5007",)),
    S("block job", SHARED_DISK, vm=(prepare.copy_block,), code=5, finds=("VSM2008",), refused=(55, "block job")),
    S("backup job", SHARED_DISK, vm=(prepare.back_up,), code=5, finds=("VSM2009",), may=("VSM2008", "VSM2003"),
      refused=(68, "state change lock")),
    S("migration under way", Guest(memory_mib=2048), vm=(prepare.move_slowly,), code=5, finds=("VSM2002",),
      may=("VSM2018", "VSM2019"), refused=(55, "another migration job")),
    S("transient VM", state="transient", warns=("VSM5005",)),

    # Identity and destination
    S("name taken", hosts=(prepare.domain("beta", "name taken", OTHER_UUID),), finds=("VSM4001",),
      refused=(9, DOMAIN_EXISTS)),
    S("name taken, new name", hosts=(prepare.domain("beta", "name taken, new name", OTHER_UUID),),
      settings=(settings.Rename("another name"),)),
    S("UUID taken", hosts=(prepare.domain("beta", "somebody", uuid_of("UUID taken")),), finds=("VSM4002",),
      refused=(9, DOMAIN_EXISTS)),
    S("same VM inactive there", hosts=(prepare.domain("beta", "same VM inactive there", None),), warns=("VSM5009",)),
    S("same VM active there", hosts=(prepare.domain("beta", "same VM active there", None, active=True),), code=5,
      finds=("VSM2018",), refused=(55, "already active")),
    S("source is target", to="alpha", code=6, finds=("VSM3001",), may=("VSM2018",),
      refused=(1, "to the same host")),
    S("everything at once", Guest((*BLUE, disk(inside="<transient/>"), guests.usb_sound())), to="gamma",
      hosts=(*BLUE_HERE, prepare.domain("gamma", "everything at once", OTHER_UUID)),
      finds=("VSM4001", "VSM4306", "VSM4401", "VSM4508"), refused=(55, "transient|usb-audio")),
    S("host in maintenance", to="resting", code=5, finds=("VSM2015",), policy="its operator said so"),
    S("by full name", to="beta.lab"),
    S("by address", to="10.77.0.12"),
    S("UUID in capitals", asked=uuid_of("UUID in capitals").upper()),
    S("malformed destination", to="beta lab", code=4, finds=("VSM1004",), refused=(1, "parse URI")),
    S("destination not allowed", to="10.99.0.1", code=5, finds=("VSM2012",), refused=(38, "unreachable")),
    S("port closed", to="closed", code=5, finds=("VSM2014",), refused=(38, "Connection refused")),
    S("name does not resolve", to="nowhere", code=5, finds=("VSM2011",), refused=(38, "resolve|service not known")),
    S("silent destination", to="silent", timeout=2, code=3, finds=("VSM9003",), refused=(0, "no answer")),
    S("no such VM", asked=uuid_of("nobody"), code=4, finds=("VSM1003",), refused=(42, "no domain")),

    # Platform, CPU and memory
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

    # Storage
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

    # Network
    S("network absent", Guest(BLUE), hosts=BLUE_HERE, finds=("VSM4401",), refused=(43, "blue")),
    S("network absent, restart", Guest(BLUE), type="restart", hosts=BLUE_HERE, finds=("VSM4401",),
      refused=(43, "blue")),
    S("network absent, offline", Guest(BLUE), type="offline", state="off", hosts=BLUE_HERE),
    S("network inactive", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue", active=False)),
      finds=("VSM4402",), refused=(55, "not active")),
    S("network present", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue"))),
    S("network absent, another given", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "green")),
      settings=(settings.nic_on("green"),)),
    S("network given, absent too", Guest(BLUE), hosts=(*BLUE_HERE, prepare.network("beta", "blue")),
      settings=(settings.nic_on("green"),), code=6, finds=("VSM3013",), refused=(43, "green")),
    S("bridge absent", Guest((nic("bridge=br-red"),)), hosts=(prepare.bridge("alpha", "br-red"),),
      finds=("VSM4404",), refused=(38, "br-red")),
    S("bridge present", Guest((nic("bridge=br-red"),)), hosts=RED),
    S("filter absent", FILTERED, hosts=(*RED, prepare.nwfilter("alpha", "lab")), finds=("VSM4405",),
      refused=(1, "filter 'lab' is missing")),
    S("filter present", FILTERED, hosts=(*RED, prepare.nwfilter("alpha", "lab"), prepare.nwfilter("beta", "lab"))),

    S("MAC address in use there", Guest(BLUE),
      hosts=(*BLUE_HERE, prepare.network("beta", "blue"),
             prepare.domain("beta", "neighbour", guest=Guest(BLUE), active=True)),
      warns=("VSM4409",)),

    # Devices
    S("PCI device, offline", Guest((guests.pci_device(),)), type="offline", state="off"),
    S("shared memory, peer", Guest((guests.shmem("peer"),)), finds=("VSM4503",), refused=(55, "")),
    S("shared memory, master", Guest((guests.shmem("master"),))),
    S("USB sound card", Guest((guests.usb_sound(),)), finds=("VSM4508",), refused=(55, "usb-audio")),
    S("USB sound card, restart", Guest((guests.usb_sound(),)), type="restart"),
    S("clipboard agent", Guest((guests.clipboard(),)), finds=("VSM4516",), refused=(55, "vdagent")),
    S("9p share", Guest((guests.share_9p("/usr/share/misc"),)), warns=("VSM5012",)),
    S("serial port to a file", Guest((guests.serial_file(),)), warns=("VSM5013",)),
    S("emulated TPM", Guest((guests.tpm(),))),
    S("VNC on the source's address", Guest((guests.vnc("10.77.0.11"),)), finds=("VSM4511",),
      refused=(1, "Cannot assign requested address")),
    S("VNC on every address", Guest((guests.vnc("0.0.0.0"),))),

    S("VNC port in use there", FIXED_PORT,
      hosts=(prepare.domain("beta", "neighbour", guest=FIXED_PORT, active=True),), finds=("VSM4512",),
      refused=(1, "Failed to (find|reserve)")),
    S("VNC port free there", FIXED_PORT),

    S("some of everything", guests.RICH, hosts=(*BLUE_HERE, prepare.network("beta", "blue"), *BOTH_SECRETS,
                                                prepare.file("beta", "rich.iso")),
      warns=("VSM5010", "VSM5013")),

    # New settings
    S("other number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(3),), code=6, finds=("VSM3009",),
      refused=(67, "vCPU|vcpu")),
    S("same number of vCPUs", TWO_VCPUS, settings=(settings.vcpus(2),)),
    S("other number of vCPUs, restart", TWO_VCPUS, type="restart", settings=(settings.vcpus(3),), code=6,
      finds=("VSM3009",), refused=(67, "vCPU|vcpu")),
    S("other memory", settings=(settings.memory(64),), code=6, finds=("VSM3009",), refused=(67, "memory")),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
assert len(BY_NAME) == len(SCENARIOS), "two scenarios have one name"
