"""What a guest meets on its way that no list of libvirt's shows: what a host's QEMU was built with, its qemu.conf and
hooks, and how large its files are. The host eta is such a one."""

import guests
import outside
import prepare
from guests import Guest, disk, nic
from hosts import BY_NAME, LOCAL
from rows_places import CODE, Q35, VARS, like, with_
from scenario import Scenario as S

SIZE, TRIED = "of the same size", "models of all devices"
# The target's QEMU ends: libvirt there is first to know, or the source's QEMU, which writes on, or its libvirt, or who asks
# the target's QEMU to go on.
MISMATCH = ((1, 9), "Size mismatch|write to socket|unexpectedly failed|not finalized yet")
SMALL_BIOS, BIOS = "/usr/share/seabios/bios.bin", "/usr/share/seabios/bios-256k.bin"
OWN_BIOS = Guest(boot=f"<loader type='rom'>{LOCAL}/bios.bin</loader>")
OTHER_BIOS = like(("alpha",), "bios.bin", BIOS) + like(("beta",), "bios.bin", SMALL_BIOS)
OWN_NVRAM = Guest(machine=Q35, boot=f"<loader readonly='yes' type='pflash'>{CODE}</loader><nvram>{LOCAL}/vars.fd</nvram>")
OWN_ROM = Guest((nic("bridge=br-red", inside=f"<rom file='{LOCAL}/boot.rom'/>"),))
RED = (prepare.bridge("alpha", "br-red"), prepare.bridge("beta", "br-red"))
CARD = Guest((nic("bridge=br-red"),))
PATIENT = with_("<serial type='tcp'><source mode='connect' host='127.0.0.1' service='4603'><reconnect enabled='yes'"
                " timeout='5'/></source><protocol type='raw'/></serial>")
LOG = with_(f"<serial type='file'><source path='{LOCAL}/place/serial.log'/></serial>")
PLACE = (outside.folder("alpha", "place"),)
CPU = "<cpu mode='custom' match='{}'><model fallback='allow'>{}</model>{}</cpu>"
OWN_EMULATOR = Guest(emulator=str(LOCAL / "qemu"))
PROGRAM = b'#!/bin/sh\nexec /usr/bin/qemu-system-x86_64 "$@"\n'
DISPLAY = with_("<graphics type='vnc' autoport='yes'/><video><model type='vga'/></video>")
REFUSE = b'#!/bin/sh\n[ "$2" != prepare ]\n'


def program(host, text=PROGRAM, mode=0o755, name="qemu"):
    def step(_):
        path = BY_NAME[host].folder / "local" / name
        path.write_bytes(text)
        path.chmod(mode)
    return step


def rom(host, size):
    return outside.file(host, "boot.rom", b"\x55\xaa" + bytes(size - 2))


def arguments(*words):
    return Guest(more=guests.arguments(*words))


ROWS = (
    S("BIOS of another size there", OWN_BIOS, hosts=OTHER_BIOS, finds=("VSM4901",), probed=SIZE, refused=MISMATCH),
    S("BIOS of another size there, restart", OWN_BIOS, type="restart", hosts=OTHER_BIOS),
    S("NVRAM of another size there", OWN_NVRAM, hosts=like(("alpha",), "vars.fd", VARS) +
      like(("beta",), "vars.fd", VARS.replace("_4M", "")), finds=("VSM4901",), probed=SIZE, refused=MISMATCH),
    S("boot ROM that needs more room there", OWN_ROM, hosts=(*RED, rom("alpha", 65536), rom("beta", 200000)),
      finds=("VSM4901",), probed=SIZE, refused=MISMATCH),
    S("boot ROM that needs the same room", OWN_ROM, hosts=(*RED, rom("alpha", 65536), rom("beta", 60000))),
    S("network card with a larger ROM there", CARD, to="eta", hosts=(RED[0], prepare.bridge("eta", "br-red")),
      finds=("VSM4901",), probed="boot ROMs", refused=MISMATCH),
    S("network card with a larger ROM there, restart", CARD, to="eta", type="restart",
      hosts=(RED[0], prepare.bridge("eta", "br-red"))),
    S("network card without a ROM", Guest((nic("bridge=br-red", inside="<rom enabled='no'/>"),)), to="eta",
      hosts=(RED[0], prepare.bridge("eta", "br-red"))),
    S("emulator that may not be run", OWN_EMULATOR, hosts=(program("alpha"), program("beta", mode=0o644)),
      finds=("VSM4112",), refused=(38, "not executable")),
    S("emulator that does not run, offline", OWN_EMULATOR, type="offline", state="off",
      hosts=(program("alpha"), program("beta", b"#!/bin/sh\nexit 3\n")), finds=("VSM4112",), refused=(1, "for probing")),
    S("emulator of a host's own", OWN_EMULATOR, hosts=(program("alpha"), program("beta"))),
    S("CPU that is to have no more", Guest(cpu=CPU.format("strict", "kvm64", ""))),
    S("CPU of a vendor", Guest(cpu=CPU.format("exact", "Westmere", "<vendor>Intel</vendor>"))),
    S("serial port to a server, absent, patient", PATIENT, hosts=(outside.listener("alpha", 4603),)),
    S("serial port to a file, a file for its folder", LOG, hosts=(*PLACE, outside.file("beta", "place")),
      finds=("VSM4116",), refused=(38, "Not a directory")),
    S("serial port to a file, a folder in its place", LOG, hosts=(
        *PLACE, outside.folder("beta", "place"), outside.folder("beta", "place/serial.log")),
      finds=("VSM4116",), refused=(38, "Is a directory")),
    S("QEMU argument, monitor's folder absent", arguments("-monitor", f"unix:{LOCAL}/place/m,server=on,wait=off"),
      hosts=PLACE, finds=("VSM4116",), refused=(1, "bind socket")),
    S("QEMU argument, display taken", arguments("-vnc", "0.0.0.0:77"), hosts=(outside.listener("beta", 5977),),
      finds=("VSM4512",), probed="free of other programs", refused=(1, "already in use")),
    S("QEMU argument, configuration absent", arguments("-readconfig", f"{LOCAL}/qemu.cfg"),
      hosts=(outside.file("alpha", "qemu.cfg", b""),), finds=("VSM4116",), refused=(1, "qemu.cfg")),
    S("shared memory in QEMU arguments", arguments(
        "-object", "memory-backend-ram,id=m,size=1M,share=on", "-device", "ivshmem-plain,memdev=m,addr=0x1d"),
      finds=("VSM4515",), refused=(55, "peer mode")),
    S("display where the host lets it", DISPLAY),
    S("display where the host lets it, elsewhere", DISPLAY, to="eta", finds=("VSM4901",),
      probed=TRIED, refused=(1, "requested address")),
    S("balloon that QEMU lacks there", Guest((disk(),), balloon="virtio"), to="eta", finds=("VSM4514",), probed=TRIED,
      refused=(1, "virtio-balloon")),
    S("SCSI controller that QEMU lacks there", with_("<controller type='scsi' model='lsilogic'/>"), to="eta",
      finds=("VSM4514",), probed="controller lsilogic", refused=(67, "LSI")),
    S("hook that refuses", Guest((disk(),)), to="eta", hosts=(program("eta", REFUSE, name="hook"),), finds=("VSM4901",),
      probed="hooks", refused=(70, "Hook script")),
    S("hook that refuses, offline", Guest((disk(),)), to="eta", type="offline", state="off",
      hosts=(program("eta", REFUSE, name="hook"),)),
    S("host with settings of its own", Guest((disk(),)), to="eta"),
    S("memory in files, no room there", Guest(
        memory_mib=64, more="<memoryBacking><source type='file'/><allocation mode='immediate'/></memoryBacking>"),
      to="eta", unseen="has room for", refused=(1, "prealloc")),
)
