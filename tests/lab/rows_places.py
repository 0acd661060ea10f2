"""Where guests listen, what they connect to, and the files of theirs that are no disks."""

import os
import sys

import guests
import outside
import prepare
from guests import Device, Guest
from hosts import BY_NAME, LOCAL, SHARED
from scenario import Scenario as S

Q35 = "pc-q35-7.2"
FOLDER = (outside.folder("alpha", "folder"),)
CODE, VARS = "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"
SLIC = b"SLIC" + (60).to_bytes(4, "little") + bytes(52)
USB = "<controller type='usb' index='0' model='qemu-xhci'/>"
SHARED_NVRAM = SHARED / "vars.fd"
LISTEN = ("import socket, time; s = socket.socket(socket.AF_UNIX); s.bind('{}'); s.listen(); print(flush=True);"
          " time.sleep(60)")


def with_(*xml, **more):
    return Guest(tuple(map(Device, xml)), **more)


def on(hosts, name, content=bytes(65536)):
    return tuple(outside.file(host, name, content) for host in hosts)


def like(hosts, name, original):
    """A copy of a file of this machine."""
    def step(host):
        return lambda _: (BY_NAME[host].folder / "local" / name).write_bytes(open(original, "rb").read())
    return tuple(step(host) for host in hosts)


def unix_server(host, name):
    path = BY_NAME[host].folder / "local" / name
    return lambda _: outside.start(host, sys.executable, "-c", LISTEN.format(path),
                                   ready=lambda process: process.stdout.readline())


def pipe(host, name):
    return lambda _: [os.mkfifo(BY_NAME[host].folder / "local" / f"{name}.{end}") for end in ("in", "out")]


def uefi(loader=CODE, nvram=f"<nvram template='{VARS}'/>"):
    return Guest(machine=Q35, boot=f"<loader readonly='yes' type='pflash'>{loader}</loader>{nvram}")


def kernel(path=LOCAL / "kernel"):
    return Guest(boot=f"<kernel>{path}</kernel>")


def connects(kind, port, attributes="", host="127.0.0.1"):
    return (f"<{kind} {attributes} type='tcp'><source mode='connect' host='{host}' service='{port}'/>"
            f"<protocol type='raw'/></{kind}>")


def binds(kind, port, attributes=""):
    return (f"<{kind} {attributes} type='tcp'><source mode='bind' host='0.0.0.0' service='{port}'/>"
            f"<protocol type='raw'/></{kind}>")


CHANNEL = f"<channel type='unix'><source mode='{{}}' path='{LOCAL}/{{}}'/><target type='virtio' name='lab'/></channel>"
EGD = ("<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='127.0.0.1' service='1234'/>"
       "</backend></rng>")
SERVER = ("<interface type='server'><source address='0.0.0.0' port='5558'/><model type='virtio'/></interface>")
SMARTCARD, REDIRECTED = binds("smartcard", 2001, "mode='passthrough'"), connects("redirdev", 4000, "bus='usb'")
ELSEWHERE = connects("serial", 4005, host=BY_NAME["gamma"].address)
WEBSOCKET = ("<graphics type='vnc' port='5990' autoport='no' websocket='5700'><listen type='address' address='0.0.0.0'/>"
             "</graphics>")
VNC_SOCKET = f"<graphics type='vnc'><listen type='socket' socket='{LOCAL}/folder/vnc.sock'/></graphics>"
SLIC_TABLE = Guest(boot=f"<acpi><table type='slic'>{LOCAL}/slic</table></acpi>")
OWN_BIOS = Guest(boot=f"<loader type='rom'>{LOCAL}/bios.bin</loader>")
LOCAL_NVRAM = f"<nvram template='{VARS}'>{LOCAL}/folder/vars.fd</nvram>"
LOCAL_TEMPLATE = f"<nvram template='{LOCAL}/vars.fd'/>"
HERE_TEMPLATE = like(("alpha",), "vars.fd", VARS)
FW_CFG = Guest(more=guests.arguments("-fw_cfg", f"name=opt/lab,file={LOCAL}/config"))
DRIVE = Guest(more=guests.arguments("-drive", f"file={LOCAL}/d.raw,format=raw,if=none,id=d9,readonly=on"))
CHARDEV = Guest(more=guests.arguments("-chardev", "socket,id=c9,host=0.0.0.0,port=7009,server=on,wait=off"))
FORWARD = Guest(more=guests.arguments("-netdev", "user,id=n9,hostfwd=tcp::2222-:22",
                                      "-device", "e1000,netdev=n9,addr=0x11"))
BOTH = ("alpha", "beta")

ROWS = (
    # Firmware and boot
    S("loader by its path", uefi(), warns=("VSM5023",)),
    S("loader by its path, absent", uefi(), to="gamma", finds=("VSM4114", "VSM4116"), refused=(38, "OVMF")),
    S("secure boot", Guest(machine=Q35, firmware="efi", features="<acpi/><smm state='on'/>", boot="<firmware>"
                           "<feature enabled='yes' name='secure-boot'/></firmware><loader secure='yes'/>")),
    S("NVRAM in a folder that is absent", uefi(nvram=LOCAL_NVRAM), hosts=FOLDER, finds=("VSM4116",),
      refused=(38, "folder")),
    S("NVRAM in a folder of both", uefi(nvram=LOCAL_NVRAM), hosts=(*FOLDER, outside.folder("beta", "folder"))),
    S("NVRAM's template absent", uefi(nvram=LOCAL_TEMPLATE), hosts=HERE_TEMPLATE, finds=("VSM4116",),
      refused=(38, "vars.fd")),
    S("NVRAM's template absent, restart", uefi(nvram=LOCAL_TEMPLATE), type="restart", hosts=HERE_TEMPLATE,
      finds=("VSM4116",), refused=(38, "vars.fd")),
    S("NVRAM's template absent, NVRAM there", uefi(
        nvram=f"<nvram template='{LOCAL}/vars.fd'>{SHARED_NVRAM}</nvram>"), hosts=HERE_TEMPLATE),
    S("BIOS of its own", OWN_BIOS, hosts=like(BOTH, "bios.bin", "/usr/share/seabios/bios-256k.bin")),
    S("BIOS of its own, absent", OWN_BIOS, hosts=like(("alpha",), "bios.bin", "/usr/share/seabios/bios-256k.bin"),
      finds=("VSM4114",), refused=(1, "bios.bin")),
    S("kernel", kernel(), hosts=on(BOTH, "kernel")),
    S("kernel absent", kernel(), hosts=on(("alpha",), "kernel"), finds=("VSM4116",), refused=(1, "kernel")),
    S("ACPI table", SLIC_TABLE, hosts=on(BOTH, "slic", SLIC)),
    S("ACPI table absent", SLIC_TABLE, hosts=on(("alpha",), "slic", SLIC), finds=("VSM4116",), refused=(1, "slic")),

    # Arguments for QEMU
    S("QEMU argument, file absent", FW_CFG, hosts=on(("alpha",), "config"), finds=("VSM4116",), refused=(1, "config")),
    S("QEMU argument, file there", FW_CFG, hosts=on(BOTH, "config")),
    S("QEMU argument, drive absent", DRIVE, hosts=on(("alpha",), "d.raw"), finds=("VSM4116",), refused=(1, "d.raw")),
    S("QEMU argument, port taken", CHARDEV, hosts=(outside.listener("beta", 7009),), finds=("VSM4512",), probed="7009",
      refused=(1, "Address already in use")),
    S("QEMU argument, port free", CHARDEV),
    S("QEMU argument, forwarded port taken", FORWARD, hosts=(outside.listener("beta", 2222),), finds=("VSM4512",),
      probed="2222", refused=(1, "forward")),
    S("QEMU argument, forwarded port free", FORWARD),

    # Servers, sockets, pipes
    S("random numbers of a server", with_(EGD), hosts=(outside.listener("alpha", 1234), outside.listener("beta", 1234))),
    S("random numbers of a server, absent", with_(EGD), hosts=(outside.listener("alpha", 1234),), finds=("VSM4901",),
      probed="1234", refused=(1, "Connection refused")),
    S("serial port to a server", with_(connects("serial", 4001)),
      hosts=(outside.listener("alpha", 4001), outside.listener("beta", 4001))),
    S("serial port to a server, absent", with_(connects("serial", 4001)), hosts=(outside.listener("alpha", 4001),),
      finds=("VSM4901",), probed="4001", refused=(1, "Connection refused")),
    S("serial port to a server of a third host", with_(ELSEWHERE), hosts=(outside.listener("gamma", 4005),)),
    S("serial port to a server without a route there", with_(ELSEWHERE), to="epsilon", hosts=(outside.listener("gamma", 4005),),
      finds=("VSM4901",), probed="4005", refused=(1, "Network is unreachable")),
    S("serial port to a server without a route there, restart", with_(ELSEWHERE), called="logs", to="epsilon", type="restart",
      hosts=(outside.listener("gamma", 4005),), finds=("VSM4901",), probed="4005", refused=(1, "Network is unreachable")),
    S("USB redirected to a server, absent", with_(USB, REDIRECTED), hosts=(outside.listener("alpha", 4000),),
      finds=("VSM4901",), probed="4000", refused=(1, "Connection refused")),
    S("smart card on TCP", with_(SMARTCARD)),
    S("smart card on TCP, taken", with_(SMARTCARD), hosts=(outside.listener("beta", 2001),), finds=("VSM4512",),
      probed="2001", refused=(1, "Address already in use")),
    S("interface that is a server", with_(SERVER)),
    S("interface that is a server, port taken", with_(SERVER), hosts=(outside.listener("beta", 5558),),
      finds=("VSM4512",), probed="5558", refused=(1, "Address already in use")),
    S("VNC's websocket taken", with_(WEBSOCKET), hosts=(outside.listener("beta", 5700),), finds=("VSM4512",),
      probed="5700", refused=(1, "Address already in use")),
    S("VNC's websocket", with_(WEBSOCKET)),
    S("VNC on a socket, folder absent", with_(VNC_SOCKET), hosts=FOLDER, finds=("VSM4116",), refused=(1, "folder")),
    S("VNC on a socket", with_(VNC_SOCKET), hosts=(*FOLDER, outside.folder("beta", "folder"))),
    S("channel to a socket", with_(CHANNEL.format("connect", "s.sock")),
      hosts=(unix_server("alpha", "s.sock"), unix_server("beta", "s.sock"))),
    S("channel to a socket, absent", with_(CHANNEL.format("connect", "s.sock")), hosts=(unix_server("alpha", "s.sock"),),
      finds=("VSM4116",), refused=(1, "s.sock")),
    S("channel on a socket, folder absent", with_(CHANNEL.format("bind", "folder/s.sock")), hosts=FOLDER,
      finds=("VSM4116",), refused=(38, "folder")),
    S("serial port to a pipe", with_(f"<serial type='pipe'><source path='{LOCAL}/pipe'/></serial>"),
      hosts=(pipe("alpha", "pipe"), pipe("beta", "pipe"))),
    S("serial port to a pipe, absent", with_(f"<serial type='pipe'><source path='{LOCAL}/pipe'/></serial>"),
      hosts=(pipe("alpha", "pipe"),), finds=("VSM4116",), refused=(1, "pipe")),
    S("parallel port to a file, folder absent", with_(
        f"<parallel type='file'><source path='{LOCAL}/folder/p.log'/></parallel>"), hosts=FOLDER, finds=("VSM4116",),
      refused=(38, "folder")),
    S("log of a serial port, folder absent", with_(
        f"<serial type='pty'><log file='{LOCAL}/folder/c.log' append='on'/></serial>"), hosts=FOLDER, finds=("VSM4116",),
      refused=(38, "folder")),
    S("sound to a file, folder absent", with_(
        "<sound model='ich9'/>", f"<audio id='1' type='file' path='{LOCAL}/folder/a.wav'/>"), hosts=FOLDER),
    S("low port, QEMU is another user there", Guest((guests.serial_tcp(801),)), to="delta", finds=("VSM4901",),
      probed="801", refused=(1, "Permission denied")),
)
