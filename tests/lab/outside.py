"""What is on the hosts besides libvirt: device nodes, servers, busy ports, and guests that do something.

Each function gives a step, as those of prepare.py; stop() ends what they started.
"""

import dataclasses
import fcntl
import os
import pathlib
import stat
import struct
import subprocess
import sys
import threading

from guests import make_image
from hosts import BY_NAME, SHARED, SMALL, processes, sh, wait_until
from sandbox import BASE

LOOP_CONTROL, LOOP_MAJOR = os.makedev(10, 237), 7
LOOP_GET_FREE, LOOP_SET_FD, LOOP_SET_STATUS, LOOP_AUTOCLEAR = 0x4C82, 0x4C00, 0x4C04, 4
BOOT = SHARED / "boot.img"
LISTEN = """import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", int(sys.argv[1]))); s.listen(); print(flush=True); time.sleep(60)"""
# What the guest does as soon as it runs, as 16-bit code of a boot sector.
PANIC = "ba0505 b001 ee f4"                             # tells the ISA panic device that all is lost
SLEEP = "ba0406 b80024 ef f4"                           # asks the chipset for S3, suspend to memory
WRITE = "b80103 bb007c b90100 ba8000 cd13 ebfe"         # writes the first sector of the hard disk
WRITE_ON = ("31c0 8ed8 be207c b443 b000 b280 cd13 66ff4408 ebf2" + " f4" * 11      # one sector after the other
            + "10000100007c0000" + "00" * 8)            # where: the packet of INT 13h, AH=43h
started, undone = [], []


def stop():
    while started:
        process = started.pop()
        process.kill()
        process.wait()
    while undone:
        sh(undone.pop())


def closed(host, verdict, ports="49152:49215", large=False):
    """A firewall of the host's: what is sent to these ports, or only what is large, is dropped without a word, or
    refused."""
    size = "-m length --length 1000:65535 " if large else ""
    command = f"ip netns exec {BY_NAME[host].netns} iptables -%s INPUT -p tcp --dport {ports} {size}-j {verdict}"

    def step(_):
        sh(command % "A")
        undone.append(command % "D")
    return step


def no_way(host, address):
    """The host's routes lead nowhere for this one."""
    command = f"ip -n {BY_NAME[host].netns} route %s unreachable {address}"

    def step(_):
        sh(command % "add")
        undone.append(command % "del")
    return step


def start(host, *command, ready):
    process = subprocess.Popen(["ip", "netns", "exec", BY_NAME[host].netns, *map(str, command)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    started.append(process)
    ready(process)


def listener(host, port):
    """Some other program has the port."""
    return lambda _: start(host, sys.executable, "-c", LISTEN, port, ready=lambda process: process.stdout.readline())


def nbd_server(host, address, port=10809, more=(), name="nbd.raw"):
    def step(_):
        if not (SHARED / name).exists():
            make_image(SHARED / name, name.rpartition(".")[2], "1M")
        start(host, "qemu-nbd", "-t", "-e", 5, "-f", "raw", "-b", address, "-p", port, "-x", "lab", *more,
              SHARED / name,
              ready=lambda process: wait_until("qemu-nbd listens", lambda: any(
                  line.split()[1].endswith(f":{port:04X}")
                  for line in pathlib.Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()[1:])))
    return step


@dataclasses.dataclass
class Undone:
    """What a host is to be rid of again, as a command that is run there."""
    host: str
    command: str

    def kill(self):
        subprocess.run(on(self.host, self.command), check=True)

    def wait(self):
        pass


def on(host, command):
    """A shell command in the namespaces of a host."""
    return ["nsenter", "-t", str(processes[host].pid), "-m", "-n", "sh", "-ec", command]


def done(host, command, undo):
    def step(_):
        subprocess.run(on(host, command), check=True)
        started.append(Undone(host, undo))
    return step


def read_only(host, folder):
    """The folder of the shared storage, which this host may only read."""
    return done(host, f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}", f"umount -l {folder}")


def other_files(host, folder, name):
    """Another file system there, with 64 KiB of nothing by that name."""
    return done(host, f"mount -t tmpfs vsmlab-other {folder} && truncate -s 64K {folder}/{name}", f"umount -l {folder}")


def same_image(host, folder, name):
    """Likewise, with an image of the same format."""
    return done(host, f"mount -t tmpfs vsmlab-other {folder} && qemu-img create -q -f qcow2 {folder}/{name} 1M",
                f"umount -l {folder}")


def ends(host, name):
    """A network device that is no bridge."""
    return done(host, f"ip link add {name} type veth peer name {name}-end && ip link set {name} up",
                f"ip link del {name}")


def no_file(host, name):
    return lambda _: (BY_NAME[host].folder / "local" / name).unlink()


def folder(host, name):
    return lambda _: (BY_NAME[host].folder / "local" / name).mkdir()


def file(host, name, content=bytes(65536)):
    return lambda _: (BY_NAME[host].folder / "local" / name).write_bytes(content)


def block_device(host, name="block"):
    """A block device of 1 MiB under a name of this host's; it is the same device on each host that has it."""
    return lambda _: os.mknod(BY_NAME[host].folder / "local" / name, 0o600 | stat.S_IFBLK, loop_device())


def loop_device():
    """The kernel takes the loop device back when the lab ends, however it ends: nobody else has it open."""
    if not hasattr(loop_device, "handle"):
        os.mknod(BASE / "loop-control", 0o600 | stat.S_IFCHR, LOOP_CONTROL)
        number = fcntl.ioctl(os.open(BASE / "loop-control", os.O_RDWR), LOOP_GET_FREE)
        os.mknod(BASE / "loop", 0o600 | stat.S_IFBLK, os.makedev(LOOP_MAJOR, number))
        make_image(BASE / "loop.raw", "raw", "1M")
        backing = os.open(BASE / "loop.raw", os.O_RDWR)
        loop_device.handle = os.open(BASE / "loop", os.O_RDWR)
        fcntl.ioctl(loop_device.handle, LOOP_SET_FD, backing)
        fcntl.ioctl(loop_device.handle, LOOP_SET_STATUS, struct.pack("52xI176x", LOOP_AUTOCLEAR))
        os.close(backing)
    return os.fstat(loop_device.handle).st_rdev


def sparse_file(host, name, size):
    def step(_):
        path = BY_NAME[host].folder / "local" / name
        path.touch()
        os.truncate(path, size)
    return step


def character_device(host, name):
    """What /dev/null is."""
    return lambda _: os.mknod(BY_NAME[host].folder / "local" / name, 0o666 | stat.S_IFCHR, os.makedev(1, 3))


def boot_sector(code):
    def step(_):
        sector = bytes.fromhex(code).ljust(510, b"\xf4") + b"\x55\xaa"
        BOOT.write_bytes(sector.ljust(1440 * 1024, b"\0"))
    return step


def full_storage(_):
    """SMALL / "disk.raw" is 1 MiB large, and not a byte more fits."""
    os.truncate(os.open(SMALL / "disk.raw", os.O_CREAT | os.O_WRONLY, 0o600), 1 << 20)
    try:
        (SMALL / "rest").write_bytes(bytes(1 << 20))
    except OSError:
        pass


def backing_chain(base, top=SHARED / "top.qcow2"):
    """`top`, with `base` below."""
    def step(_):
        make_image(base, "qcow2", "1M")
        make_image(top, "qcow2", "1M", "-b", base, "-F", "qcow2")
    return step


def link(name, image):
    def step(_):
        make_image(image, "qcow2", "1M")
        name.symlink_to(image)
    return step


class TapNodes(threading.Thread):
    """Does udev's work for macvtap devices: gives them nodes in /dev, which all hosts share."""

    def __init__(self, host):
        super().__init__(daemon=True)
        process = (BY_NAME[host].folder / "run/libvirtd.pid").read_text().strip()
        self.devices = pathlib.Path(f"/proc/{process}/root/sys/class/macvtap")
        self.over = threading.Event()
        self.start()

    def run(self):
        known = {}
        while not self.over.wait(0.004):
            for device in self.devices.glob("tap*"):
                try:
                    number = os.makedev(*map(int, (device / "dev").read_text().split(":")))
                except FileNotFoundError:       # gone meanwhile
                    continue
                if known.get(device.name) != number:
                    node = pathlib.Path("/dev") / device.name
                    node.unlink(missing_ok=True)
                    os.mknod(node, 0o600 | stat.S_IFCHR, number)
                    known[device.name] = number

    def kill(self):
        self.over.set()

    def wait(self):
        self.join()


def tap_nodes(*hosts):
    return lambda _: started.extend(TapNodes(host) for host in hosts)
