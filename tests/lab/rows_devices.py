"""All other devices."""

import guests
import prepare
from guests import Guest
from scenario import BLUE_HERE, BOTH_SECRETS, FIXED_PORT, Scenario as S

ROWS = (
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
)
