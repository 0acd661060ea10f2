"""The hosts of the lab: real libvirtd and QEMU, each in a network, mount and UTS namespace of its own.

A further host is one more row in HOSTS. What a host lacks is said there: the libvirt of that host really sees it
missing, because files are replaced in its mount namespace, and its QEMU really refuses.
"""

import dataclasses
import os
import pathlib
import re
import socket
import subprocess
import time

import libvirt

from sandbox import BASE, NEW_MOUNT, NEW_NET, NEW_UTS, checked, libc, sh

SUBNET, SUBNET6 = "10.77.0", "fd77:"
BRIDGE = "vsmlab0"
SHARED = BASE / "shared"        # a cluster file system to libvirt: the same files on every host
SMALL = SHARED / "small"       # a file system of its own in there, of 64 KiB
PKI = pathlib.Path("/etc/pki")  # other files on every host
LOCAL = BASE / "local"          # other files on every host
EMULATOR = pathlib.Path("/usr/bin/qemu-system-x86_64")
SPARE_EMULATOR = BASE / "spare/qemu-system-x86_64"
QEMU_ITSELF_MIB = 1536          # address space that QEMU takes beside the guest's memory
BOOT_ROM = pathlib.Path("/usr/lib/ipxe/qemu/efi-virtio.rom")
FIRMWARE = pathlib.Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
FOLDERS = {"etc": "/etc/libvirt", "lib": "/var/lib/libvirt", "cache": "/var/cache/libvirt",
           "log": "/var/log/libvirt", "run": "/run/libvirt"}


LIBVIRT_PORT = 16509
LIBVIRTD = ("libvirtd", "--listen", "-p", "/run/libvirt/libvirtd.pid")
NAMESPACES = {"net": NEW_NET, "uts": NEW_UTS, "mnt": NEW_MOUNT}
# Destinations where nobody answers, by how they do not, and further addresses of the host that does.
DEAD = {"refused": [f"{SUBNET}.{number}" for number in (201, 202, 203)],
        "silent": [f"{SUBNET}.{number}" for number in (211, 212, 213)],
        "unreachable": [f"{SUBNET}.{number}" for number in (221, 222)],
        "dropped": [f"{SUBNET}.{number}" for number in (231, 232)]}
MORE_ADDRESSES = [f"{SUBNET}.{number}" for number in range(101, 111)]
processes, namespaces = {}, {}      # by the host's name
silent = []


@dataclasses.dataclass(frozen=True)
class Host:
    name: str
    number: int
    hide: tuple = ()            # files that this host does not have
    no_machines: tuple = ()     # machine types that its QEMU does not know
    no_features: tuple = ()     # CPU features that it cannot give a guest
    no_devices: tuple = ()      # device models that its QEMU was built without
    memory_mib: int = 0         # physical memory, when not the machine's
    only_ipv6: bool = False
    user: str = "root"          # whom QEMU runs as; another than root owns what its guests have,
    owns: bool = True           # unless the host gives nothing away
    settings: str = ""          # further lines of its qemu.conf
    large_rom: bool = False     # the boot ROM of its network cards of virtio is larger than elsewhere
    small_memory: bool = False  # there is little room for memory in files
    hooks: bool = False         # a program "hook" among its local files is asked about every guest

    @property
    def addresses(self):
        both = [f"{SUBNET}.{self.number}", f"{SUBNET6}:{self.number}"]
        return both[1:] if self.only_ipv6 else both

    @property
    def address(self):
        return self.addresses[0]

    @property
    def netns(self):
        return f"vsmlab-{self.name}"

    @property
    def folder(self):
        return BASE / "hosts" / self.name

    @property
    def uuid(self):
        return f"a5a5a5a5-0077-4000-8000-0000000000{self.number:02d}"

    @property
    def socket_uri(self):
        return f"qemu+unix:///system?socket={self.folder}/run/libvirt-sock"


HOSTS = (
    Host("alpha", 11),
    Host("beta", 12),
    Host("gamma", 13, hide=(SPARE_EMULATOR, FIRMWARE), no_machines=("pc-i440fx-3.0",), no_features=("adx",),
         memory_mib=1024),
    Host("epsilon", 15, only_ipv6=True, settings="set_process_name = 1\n"),
    Host("delta", 14, user="libvirt-qemu"),
    Host("zeta", 16, user="libvirt-qemu"),
    Host("eta", 17, no_devices=("virtio-balloon-pci", "lsi53c895a"), small_memory=True, hooks=True, large_rom=True,
         settings='vnc_listen = "203.0.113.5"\nmemory_backing_dir = "/run/vsmlab/memory"\n'
                  'migration_port_min = 49300\nmigration_port_max = 49301\n'),
    Host("theta", 18, user="libvirt-qemu", owns=False),
    Host("iota", 19, settings="migrate_tls_force = 1\n"),
)
BY_NAME = {host.name: host for host in HOSTS}
SOURCE = HOSTS[0]

LIBVIRTD_CONF = """\
host_uuid = "{host.uuid}"
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_rw = "none"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
"""
QEMU_CONF = """\
user = "{host.user}"
group = "{host.user}"
dynamic_ownership = {owns}
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
remember_owner = 0
swtpm_user = "root"
swtpm_group = "root"
migration_address = "{listen}"
migration_host = "{host.address}"
"""


class LabError(Exception):
    pass


def wait_until(what, condition, seconds=30):
    """Polls condition() until it gives something true, which is returned; LabError after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise LabError(f"gave up after {seconds} s: {what}")
        time.sleep(0.02)


def bring_up():
    """Starts every host; returns {name: libvirt connection}, made over each host's own socket."""
    make_common()
    for host in HOSTS:
        make_network(host)
    for host in HOSTS:
        processes[host.name] = start(host)
    connections = {host.name: connect(host) for host in HOSTS}
    for name, process in processes.items():
        namespaces[name] = {kind: os.open(f"/proc/{process.pid}/ns/{kind}", os.O_RDONLY) for kind in NAMESPACES}
    for kind, handle in namespaces[SOURCE.name].items():    # what the lab starts from here on is on that host
        checked(libc.setns(handle, NAMESPACES[kind]))
    return connections


def is_up(name):
    return processes[name].poll() is None


def kill(name):
    processes[name].kill()
    processes[name].wait()


def start_again(name, as_it_is=False):
    """libvirtd of a host where it was killed; returns a connection. The VMs have been running on."""
    if not as_it_is:
        forget_unborn(BY_NAME[name])
    handles = namespaces[name]
    options = [f"--{option}=/proc/self/fd/{handles[kind]}" for option, kind in
               (("net", "net"), ("uts", "uts"), ("mount", "mnt"))]
    processes[name] = subprocess.Popen(["nsenter", *options, *LIBVIRTD], stdin=subprocess.DEVNULL,
                                       pass_fds=handles.values())
    return connect(BY_NAME[name])


def forget_unborn(host):
    """What libvirtd 9.0 cannot forget by itself: killed while it starts a guest, after it wrote the guest's record and
    before it knew its QEMU's process, it finds the record again, and a domain without a process in a job that nobody
    ends. Every call that would change it waits 30 s and fails, for as long as the record is there."""
    for record in (host.folder / "run/qemu").glob("*.xml"):
        if re.search("<domstatus [^>]*pid='0'", record.read_text()):
            record.unlink()


def make_common():
    for folder in (SHARED, LOCAL, BASE / "store", SPARE_EMULATOR.parent, BASE / "etc"):
        folder.mkdir(parents=True)
    (BASE / "store/small").mkdir()
    sh(f"mount -t tmpfs -o size=64k vsmlab-small {BASE}/store/small")
    PKI.mkdir(exist_ok=True)
    sh(f"bindfs -o subtype=glusterfs {BASE}/store {SHARED}")
    script(SPARE_EMULATOR, f'exec {EMULATOR} "$@"')
    lines = ["127.0.0.1 localhost"]
    lines += [f"{address} {host.name}.lab {host.name}" for host in HOSTS for address in host.addresses]
    lines += [f"{SUBNET}.1 closed.lab closed", f"{SUBNET}.2 silent.lab silent",
              f"{BY_NAME['beta'].address} resting.lab resting narrow.lab narrow"]
    replace("/etc/hosts", "\n".join(lines) + "\n")
    replace("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n")
    replace("/etc/resolv.conf", "")
    sh(f"ip link set lo up && ip link add {BRIDGE} type bridge && ip addr add {SUBNET}.1/24 dev {BRIDGE} &&"
       f" ip addr add {SUBNET}.2/24 dev {BRIDGE} && ip addr add {SUBNET6}:1/64 dev {BRIDGE} nodad &&"
       f" ip link set {BRIDGE} up")
    for host in HOSTS:
        sh(f"ip netns add {host.netns}")
    for address in (*DEAD["refused"], *DEAD["silent"], *DEAD["dropped"]):
        sh(f"ip addr add {address}/24 dev {BRIDGE}")
    for address in (f"{SUBNET}.2", *DEAD["silent"]):
        listen_and_be_silent(address)
    for address in DEAD["dropped"]:
        sh(f"iptables -A INPUT -d {address} -p tcp --dport {LIBVIRT_PORT} -j DROP")


def listen_and_be_silent(address):
    """A host that lets connect, and never says a word."""
    listener = socket.socket()
    listener.bind((address, LIBVIRT_PORT))
    listener.listen()
    silent.append(listener)     # open as long as the lab


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def replace(path, text):
    ours = BASE / "etc" / os.path.basename(path)
    ours.write_text(text)
    sh(f"touch {path} && mount --bind {ours} {path}")


def make_network(host):
    veth = f"veth{host.number}"
    sh(f"ip link add {veth} type veth peer name eth0 netns {host.netns} &&"
       f" ip link set {veth} master {BRIDGE} up && ip -n {host.netns} link set lo up &&"
       f" ip -n {host.netns} link set eth0 up")
    further = MORE_ADDRESSES if host.name == "beta" else []
    for address in (*host.addresses, *further):
        sh(f"ip -n {host.netns} addr add dev eth0 " + (f"{address}/64 nodad" if ":" in address else f"{address}/24"))


def start(host):
    for folder in FOLDERS:
        (host.folder / folder).mkdir(parents=True)
    (host.folder / "etc/libvirtd.conf").write_text(LIBVIRTD_CONF.format(host=host))
    listen = "::" if host.only_ipv6 else host.address
    (host.folder / "etc/qemu.conf").write_text(QEMU_CONF.format(host=host, listen=listen, owns=int(host.owns and host.user != "root")) +
                                              host.settings)
    if host.hooks:
        make_hook(host)
    steps = [f"hostname {host.name}"]
    steps += [f"mkdir -p {target} && mount --bind {host.folder / ours} {target}" for ours, target in FOLDERS.items()]
    for name, place in (("local", LOCAL), ("pki", PKI)):
        (host.folder / name).mkdir()
        steps.append(f"mount --bind {host.folder / name} {place}")
    steps.append("mount -t tmpfs vsmlab-shm /dev/shm")     # the shared memory of a guest is its host's alone
    steps += differences(host)
    steps.append("exec " + " ".join(LIBVIRTD))
    return subprocess.Popen(["ip", "netns", "exec", host.netns, "unshare", "--mount", "--uts",
                             "sh", "-ec", "\n".join(steps)], stdin=subprocess.DEVNULL)


def make_hook(host):
    folder = host.folder / "etc/hooks"
    folder.mkdir()
    script(folder / "qemu", f'[ ! -x {LOCAL}/hook ] || exec {LOCAL}/hook "$@"')


def connect(host):
    process = processes[host.name]

    def attempt():
        if process.poll() is not None:
            raise LabError(f"libvirtd of {host.name} ended with status {process.returncode}")
        try:
            return libvirt.open(host.socket_uri)
        except libvirt.libvirtError:
            return None
    return wait_until(f"libvirtd of {host.name} answers", attempt)


def differences(host):
    """Shell commands that take away from a host, in its mount namespace, what its row says it lacks."""
    steps = [f"mount -t tmpfs vsmlab-hidden {path.parent}" for path in host.hide]
    if host.memory_mib:
        steps += [f"mount --bind {meminfo(host, 'Node 0 ')} /sys/devices/system/node/node0/meminfo",
                  f"mount --bind {meminfo(host, '')} /proc/meminfo"]
    if host.large_rom:
        larger = host.folder / "boot.rom"
        larger.write_bytes(BOOT_ROM.read_bytes().ljust(1 << 20, b"\0"))
        steps.append(f"mount --bind {larger} {BOOT_ROM}")
    if host.small_memory:
        steps.append("mkdir -p /run/vsmlab/memory && mount -t tmpfs -o size=16m vsmlab-memory /run/vsmlab/memory")
    if host.memory_mib or host.no_machines or host.no_features or host.no_devices:
        steps.append(f"mount --bind {lesser_emulator(host)} {EMULATOR}")
    return steps


def meminfo(host, prefix):
    total, free = host.memory_mib * 1024, host.memory_mib * 1000
    path = host.folder / f"meminfo{len(prefix)}"
    path.write_text(f"{prefix}MemTotal: {total} kB\n{prefix}MemFree: {free} kB\n{prefix}MemAvailable: {free} kB\n"
                    f"{prefix}Buffers: 0 kB\n{prefix}Cached: 0 kB\n")
    return path


def lesser_emulator(host):
    """A QEMU without some machine types (their names are changed in the binary), CPU features and memory."""
    tree = host.folder / "usr"
    (tree / "bin").mkdir(parents=True)
    for name in ("lib", "share"):           # QEMU looks for its modules and firmware beside its own folder
        (tree / name).symlink_to(f"/usr/{name}")
    program = EMULATOR.read_bytes()
    for machine in host.no_machines:
        program = program.replace(f"\0{machine}-machine\0".encode(), f"\0{machine[:-1]}X-machine\0".encode())
    binary = tree / "bin/qemu"
    for device in host.no_devices:
        program = program.replace(f"\0{device}\0".encode(), f"\0{device[:-1]}X\0".encode())
    binary.write_bytes(program)
    binary.chmod(0o755)
    lines = [f"ulimit -v {(host.memory_mib + QEMU_ITSELF_MIB) * 1024}"] if host.memory_mib else []
    off = "".join(f",{name}=off" for name in host.no_features)
    globals_ = " ".join(f"-global max-x86_64-cpu.{name}=off" for name in host.no_features)     # for libvirt's probe
    lines += ["before=", "for word do", "shift", f'[ "$before" != -cpu ] || word="$word{off}"', "before=$word",
              'set -- "$@" "$word"', "done", f'exec {binary} "$@" {globals_}']
    wrapper = host.folder / "qemu"
    script(wrapper, "\n".join(lines))
    return wrapper
