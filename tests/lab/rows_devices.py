"""All other devices."""

import guests
import outside
import prepare
from guests import Device, Guest
from hosts import LOCAL
from scenario import BLUE_HERE, BOTH_SECRETS, FIXED_PORT, Scenario as S

FIXED_SPICE = Guest((guests.vnc("0.0.0.0", 5978, "spice"),))
SHARED_MEMORY = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
SEALED = f"<encryption secret='{guests.SECRET}'/>"

ROWS = (
    S("PCI device, offline", Guest((guests.pci_device(),)), type="offline", state="off"),
    S("shared memory, peer", Guest((guests.shmem("peer"),)), finds=("VSM4503",), refused=(55, "")),
    S("shared memory, master", Guest((guests.shmem("master"),))),
    S("USB sound card", Guest((guests.usb_sound(),)), finds=("VSM4508",), refused=(55, "usb-audio")),
    S("USB sound card, restart", Guest((guests.usb_sound(),)), type="restart"),
    S("clipboard agent", Guest((guests.clipboard(),)), finds=("VSM4516",), refused=(55, "vdagent")),
    S("guest agent that is silent", Guest((Device(
        "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"),)), warns=("VSM5014",)),
    S("9p share", Guest((guests.share_9p("/usr/share/misc"),)), warns=("VSM5012",)),
    S("serial port to a file", Guest((guests.serial_file(),)), warns=("VSM5013",)),
    S("emulated TPM", Guest((guests.tpm(),))),
    S("VNC on the source's address", Guest((guests.vnc("10.77.0.11"),)), finds=("VSM4511",),
      refused=(1, "Cannot assign requested address")),
    S("serial port of USB", Guest((guests.usb("<serial type='pty'><target type='usb-serial' port='0'/></serial>"),)),
      finds=("VSM4508",), refused=(55, "usb-serial")),
    S("virtiofs share", Guest((guests.virtiofs("/usr/share/misc"),), more=SHARED_MEMORY), finds=("VSM4504",),
      refused=(55, "vhost-user-fs")),
    S("9p share absent", Guest((guests.share_9p(LOCAL / "share"),)), hosts=(outside.folder("alpha", "share"),),
      finds=("VSM4116",), refused=(1, "9p")),
    S("9p share present", Guest((guests.share_9p(LOCAL / "share"),)),
      hosts=(outside.folder("alpha", "share"), outside.folder("beta", "share")), warns=("VSM5012",)),
    S("watchdog, random numbers, panic device, sound", Guest(tuple(map(Device, (
        "<watchdog model='i6300esb' action='none'/>", "<panic model='isa'/>", "<sound model='ich6'/>",
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"))))),
    S("IOMMU", Guest((Device("<iommu model='intel'/>"),), machine="pc-q35-7.2")),
    S("TPM with an absent secret", Guest((guests.tpm(SEALED),)), hosts=BOTH_SECRETS[:1], finds=("VSM4314",),
      refused=(66, "secret")),
    S("TPM with a secret", Guest((guests.tpm(SEALED),)), hosts=BOTH_SECRETS),
    S("lease", Guest((Device("<lease><lockspace>area</lockspace><key>lab</key><target path='/run/lab'/></lease>"),))),
    S("serial port on a device", Guest((guests.serial_device("/dev/null"),)), warns=("VSM5026",)),
    S("serial port on a device, absent", Guest((guests.serial_device(LOCAL / "tty"),)),
      hosts=(outside.character_device("alpha", "tty"),), finds=("VSM4510",), refused=(1, "tty")),
    S("serial port on a device, absent, owned", Guest((guests.serial_device(LOCAL / "tty"),)), to="zeta",
      hosts=(outside.character_device("alpha", "tty"),), finds=("VSM4510",), refused=(38, "tty")),
    S("serial port on a device of both", Guest((guests.serial_device(LOCAL / "tty"),)), warns=("VSM5026",),
      hosts=(outside.character_device("alpha", "tty"), outside.character_device("beta", "tty"))),
    S("serial port on a device, absent, offline", Guest((guests.serial_device(LOCAL / "tty"),)), type="offline",
      state="off", warns=("VSM4510",)),
    S("serial port on a socket", Guest((guests.serial_socket(LOCAL / "serial.sock"),))),
    S("serial port on a socket, folder absent", Guest((guests.serial_socket(LOCAL / "folder/serial.sock"),)),
      hosts=(outside.folder("alpha", "folder"),), finds=("VSM4116",), refused=(38, "folder")),
    S("serial port to a file, folder absent", Guest((guests.serial_file(LOCAL / "folder/serial.log"),)),
      hosts=(outside.folder("alpha", "folder"),), finds=("VSM4116",), refused=(38, "folder")),
    S("serial port on TCP", Guest((guests.serial_tcp(7001),))),
    S("serial port on TCP, taken by a VM", Guest((guests.serial_tcp(7001),)),
      hosts=(prepare.domain("beta", "neighbour", guest=Guest((guests.serial_tcp(7001),)), active=True),),
      finds=("VSM4512",), refused=(1, "Address already in use")),
    S("serial port on TCP, taken by a VM elsewhere", Guest((guests.serial_tcp(7001, "127.0.0.1"),)),
      hosts=(prepare.domain("beta", "neighbour", guest=Guest((guests.serial_tcp(7001, "127.0.0.2"),)), active=True),)),
    S("serial port on TCP, taken", Guest((guests.serial_tcp(7001),)), hosts=(outside.listener("beta", 7001),),
      finds=("VSM4512",), probed="7001", refused=(1, "Address already in use")),
    S("VNC port taken", FIXED_PORT, hosts=(outside.listener("beta", 5977),), finds=("VSM4512",), probed="5977",
      refused=(1, "Address already in use")),
    S("SPICE", Guest((guests.vnc("0.0.0.0", kind="spice"),))),
    S("SPICE port in use there", FIXED_SPICE,
      hosts=(prepare.domain("beta", "neighbour", guest=FIXED_SPICE, active=True),), finds=("VSM4512",),
      refused=(1, "Failed to (find|reserve)")),
    S("VNC on the source's IPv6 address", Guest((guests.vnc("fd77::11"),)), finds=("VSM4511",),
      refused=(1, "Cannot assign requested address")),
    S("VNC on every IPv6 address", Guest((guests.vnc("::"),))),
    S("VNC on every address", Guest((guests.vnc("0.0.0.0"),))),
    S("VNC port in use there", FIXED_PORT,
      hosts=(prepare.domain("beta", "neighbour", guest=FIXED_PORT, active=True),), finds=("VSM4512",),
      refused=(1, "Failed to (find|reserve)")),
    S("VNC port free there", FIXED_PORT),
    S("some of everything", guests.RICH, hosts=(*BLUE_HERE, prepare.network("beta", "blue"), *BOTH_SECRETS,
                                                prepare.file("beta", "rich.iso")),
      warns=("VSM5010", "VSM5013")),
)
