"""Images of formats where no file is opened by its path alone: volumes, devices, servers, with keys."""

import guests
import outside
import prepare
from guests import Device, Guest, nbd_disk, plain_disk
from hosts import LOCAL, SHARED
from rows_images import image
from scenario import BOTH_SECRETS, LUKS, Scenario as S

DEEP = SHARED / "deep"
TOP = DEEP / "disk.qcow2"
OF_DEEP = Guest((plain_disk(TOP),))
NO_IMAGE = (1, "Image is not in qcow2 format")
IN_NBD = Guest((Device(nbd_disk("127.0.0.1").xml.replace("type='raw'", "type='qcow2'")),))
NBD = Guest((nbd_disk("127.0.0.1"),))
HERE = (prepare.secret("alpha"),)
QCOW2_LUKS = Guest((guests.encrypted_qcow2(),))
LVM = Guest((Device(guests.block_disk(LOCAL / "block").xml.replace("type='raw'", "type='qcow2'")),))
DEVICES = (outside.block_device("alpha"), outside.block_device("beta"))
VOLUME = Guest((Device(guests.volume("tank", "disk.qcow2").xml),))
ENCRYPTED_BASE = Guest((
    Device(plain_disk(SHARED / "top.qcow2").xml.replace(
        "<target", "<backingStore type='file'><format type='qcow2'/>"
        f"<source file='{SHARED}/encrypted.qcow2'><encryption format='luks'><secret type='passphrase' uuid='{guests.SECRET}'/>"
        "</encryption></source><backingStore/></backingStore><target")),
    Device("", guests.encrypted_qcow2().image)))


def pools(there):
    return (image(TOP, "qcow2"), prepare.pool("alpha", "tank", DEEP), there, prepare.pool("beta", "tank", DEEP))


def above_encrypted(_):
    guests.make_image(SHARED / "top.qcow2", "qcow2", "1M", "-u", "-b", SHARED / "encrypted.qcow2", "-F", "qcow2")


def formatted(_):
    """The device that both hosts have."""
    guests.make_image(outside.BY_NAME["alpha"].folder / "local/block", "qcow2", "512K")


ROWS = (
    S("image of the same format there", OF_DEEP,
      hosts=(image(TOP, "qcow2"), outside.same_image("beta", DEEP, "disk.qcow2"))),
    S("image of another format there, restart", OF_DEEP, type="restart",
      hosts=(image(TOP, "qcow2"), outside.other_files("beta", DEEP, "disk.qcow2")), finds=("VSM4901",), refused=NO_IMAGE,
      probed="disk vda"),
    S("volume of another format there", VOLUME, hosts=pools(outside.other_files("beta", DEEP, "disk.qcow2")),
      finds=("VSM4901",), refused=NO_IMAGE, probed="disk vda"),
    S("volume of the same format there", VOLUME, hosts=pools(outside.same_image("beta", DEEP, "disk.qcow2"))),
    S("image on a device of both", LVM, hosts=(*DEVICES, formatted)),
    S("encrypted image below", ENCRYPTED_BASE, hosts=(*BOTH_SECRETS, above_encrypted)),
    S("NBD of another format there", IN_NBD, finds=("VSM4901",), refused=NO_IMAGE, probed="disk vda",
      hosts=(outside.nbd_server("alpha", "127.0.0.1", name="nbd.qcow2"), outside.nbd_server("beta", "127.0.0.1"))),
    S("NBD of the same format there", IN_NBD,
      hosts=(outside.nbd_server("alpha", "127.0.0.1", name="nbd.qcow2"),
             outside.nbd_server("beta", "127.0.0.1", name="other.qcow2"))),
    S("NBD to be written on both", NBD,
      hosts=(outside.nbd_server("alpha", "127.0.0.1"), outside.nbd_server("beta", "127.0.0.1"))),
    S("secret of another value there", LUKS, hosts=(*HERE, prepare.secret("beta", value=b"other")), finds=("VSM4314",),
      refused=(1, "cannot unlock any keyslot"), probed="secret"),
    S("secret of another value there, qcow2", QCOW2_LUKS, hosts=(*HERE, prepare.secret("beta", value=b"other")),
      unseen="secret of disk vda", refused=(1, "cannot unlock any keyslot")),
    S("secret without a value there", LUKS, hosts=(*HERE, prepare.secret("beta", value=b"")), finds=("VSM4314",),
      refused=(66, "does not have a value"), probed="secret"),
)
