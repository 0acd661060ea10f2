"""The guests of the lab: small domains without an operating system, built from short pieces of libvirt XML."""

import dataclasses
import subprocess
import uuid
from xml.sax.saxutils import escape

from hosts import EMULATOR, LOCAL, SHARED, SOURCE, LabError

SPACE = uuid.UUID("a5a5a5a5-0077-4000-8000-00000000000a")

SECRET = "a5a5a5a5-0077-4000-8000-00000000005e"


@dataclasses.dataclass(frozen=True)
class Device:
    xml: str
    image: tuple = ()           # (path, format, size, further arguments of qemu-img)


@dataclasses.dataclass(frozen=True)
class Guest:
    devices: tuple = ()
    memory_mib: int = 32
    vcpus: int = 1
    machine: str = "pc-i440fx-7.2"
    firmware: str = ""          # "efi", or what the machine has
    cpu: str = "<cpu mode='custom' match='exact'><model fallback='forbid'>qemu64</model></cpu>"
    emulator: str = str(EMULATOR)
    more: str = ""              # further children of <domain>
    boot: str = ""              # further children of <os>
    features: str = "<acpi/>"
    balloon: str = "none"       # its model

    def xml(self, name, identity=None):
        firmware = f" firmware='{self.firmware}'" if self.firmware else ""
        devices = "\n    ".join(device.xml for device in self.devices)
        return f"""<domain type='qemu'>
  <name>{escape(name)}</name>
  <uuid>{identity or uuid_of(name)}</uuid>
  <memory unit='MiB'>{self.memory_mib}</memory>
  <vcpu>{self.vcpus}</vcpu>
  <os{firmware}><type arch='x86_64' machine='{self.machine}'>hvm</type>{self.boot}</os>
  <features>{self.features}</features>
  {self.cpu}{self.more}
  <devices>
    <emulator>{self.emulator}</emulator>
    {devices}
    <memballoon model='{self.balloon}'/>
  </devices>
</domain>
"""

    def make_images(self):
        for device in self.devices:
            if device.image:
                make_image(*device.image)


def make_image(path, kind, size, *further):
    command = ["qemu-img", "create", "-q", "-f", kind, *further, path, size]
    for _ in range(20):         # qemu-img gives up on LUKS when its key derivation takes less than a clock tick
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if "accurate CPU usage" not in done.stderr:
            break
    if done.returncode:
        raise LabError(f"{' '.join(map(str, command))}: {done.stderr}")


def uuid_of(name):
    return str(uuid.uuid5(SPACE, name))


def mac_of(number):
    return f"52:54:00:77:00:{number:02x}"


def disk(name="disk", folder=SHARED, kind="qcow2", target="vda", inside="", driver="", bus="virtio", size="1M"):
    path = f"{folder}/{name}.{kind}"
    return Device(f"<disk type='file' device='disk'><driver name='qemu' type='{kind}'{driver}/><source file='{path}'/>"
                  f"<target dev='{target}' bus='{bus}'/>{inside}</disk>", (path, kind, size))


def empty_cdrom():
    return Device("<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/></disk>")


def cdrom(path, policy=""):
    starts = f" startupPolicy='{policy}'" if policy else ""
    return Device(f"<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
                  f"<source file='{path}'{starts}/>"
                  f"<target dev='hda' bus='ide'/><readonly/></disk>", (path, "raw", "1M"))


def floppy(path):
    """The guest boots from it."""
    return Device(f"<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='{path}'/>"
                  "<target dev='fda' bus='fdc'/><boot order='1'/></disk>", (path, "raw", "1440K"))


def plain_disk(path, bus="virtio", target="vda"):
    """A disk whose image somebody else makes."""
    kind = str(path).rpartition(".")[2]
    return Device(f"<disk type='file' device='disk'><driver name='qemu' type='{kind}'/><source file='{path}'/>"
                  f"<target dev='{target}' bus='{bus}'/></disk>")


def block_disk(path, cache="none"):
    return Device(f"<disk type='block' device='disk'><driver name='qemu' type='raw' cache='{cache}'/>"
                  f"<source dev='{path}'/><target dev='vda' bus='virtio'/></disk>")


def nbd_disk(address, port=10809):
    return Device("<disk type='network' device='disk'><driver name='qemu' type='raw'/>"
                  f"<source protocol='nbd' name='lab'><host name='{address}' port='{port}'/></source>"
                  "<target dev='vda' bus='virtio'/></disk>")


def volume(pool, name):
    return Device(f"<disk type='volume' device='disk'><driver name='qemu' type='qcow2'/>"
                  f"<source pool='{pool}' volume='{name}'/><target dev='vda' bus='virtio'/></disk>",
                  (f"{SHARED}/{name}", "qcow2", "1M"))


def luks_disk(secret=f"uuid='{SECRET}'"):
    path = f"{SHARED}/secret.luks"
    return Device(f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'>"
                  f"<encryption format='luks'><secret type='passphrase' {secret}/></encryption>"
                  "</source>"
                  f"<target dev='vda' bus='virtio'/></disk>",
                  (path, "luks", "1M", "--object", "secret,id=s,data=sesame",
                   "-o", "key-secret=s,iter-time=10,hash-alg=sha512"))


def encrypted_qcow2():
    path = f"{SHARED}/encrypted.qcow2"
    return Device(f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'>"
                  f"<encryption format='luks'><secret type='passphrase' uuid='{SECRET}'/></encryption></source>"
                  "<target dev='vda' bus='virtio'/></disk>",
                  (path, "qcow2", "1M", "--object", "secret,id=s,data=sesame",
                   "-o", "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10"))


def nic(source, number=1, inside=""):
    """source: "network=NAME" or "bridge=NAME"."""
    kind, name = source.split("=")
    return Device(f"<interface type='{kind}'><mac address='{mac_of(number)}'/><source {kind}='{name}'/>"
                  f"<model type='virtio'/>{inside}</interface>")


def user_nic(model, inside=""):
    return Device(f"<interface type='user'><model type='{model}'/>{inside}</interface>")


def direct_nic(device):
    return Device(f"<interface type='direct'><mac address='{mac_of(9)}'/><source dev='{device}' mode='bridge'/>"
                  "<model type='virtio'/></interface>")


def serial_tcp(port, host="0.0.0.0"):
    return Device(f"<serial type='tcp'><source mode='bind' host='{host}' service='{port}'/><protocol type='raw'/>"
                  "</serial>")


def serial_socket(path):
    return Device(f"<serial type='unix'><source mode='bind' path='{path}'/></serial>")


def serial_device(path):
    return Device(f"<serial type='dev'><source path='{path}'/></serial>")


def serial_file(path=LOCAL / "serial.log"):
    return Device(f"<serial type='file'><source path='{path}'/></serial>")


SHMEM = "<shmem name='vsmlab' role='{role}'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>"


def shmem(role):
    return Device(SHMEM.format(role=role))


def vnc(listen, port=0, kind="vnc"):
    auto = f"port='{port}' autoport='no'" if port else "autoport='yes'"
    return Device(f"<graphics type='{kind}' {auto}><listen type='address' address='{listen}'/></graphics>"
                  "<video><model type='vga'/></video>")


def usb_sound():
    return Device("<controller type='usb' model='qemu-xhci'/><sound model='usb'/>")


def clipboard():
    return Device("<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/></source>"
                  "<target type='virtio' name='com.redhat.spice.0'/></channel>")


def share_9p(path):
    return Device(f"<filesystem type='mount' accessmode='mapped'><source dir='{path}'/><target dir='share'/>"
                  "</filesystem>")


def virtiofs(path):
    return Device("<filesystem type='mount' accessmode='passthrough'><driver type='virtiofs'/>"
                  f"<source dir='{path}'/><target dir='share'/></filesystem>")


def tpm(inside=""):
    return Device(f"<tpm model='tpm-tis'><backend type='emulator' version='2.0'>{inside}</backend></tpm>")


def usb(xml):
    """A device at the first port of a USB controller."""
    return Device(f"<controller type='usb' index='0' model='qemu-xhci'/>{xml}")


def nvdimm(path):
    return Device(f"<memory model='nvdimm'><source><path>{path}</path></source>"
                  "<target><size unit='MiB'>128</size><node>0</node></target></memory>", (path, "raw", "128M"))


def absent_usb_device():
    return Device("<hostdev mode='subsystem' type='usb'><source startupPolicy='optional'>"
                  "<vendor id='0x1234'/><product id='0x5678'/></source></hostdev>")


def pci_device():
    return Device("<hostdev mode='subsystem' type='pci' managed='yes'><source>"
                  "<address domain='0' bus='0' slot='0x1e' function='0'/></source></hostdev>")


def arguments(*words):
    """Arguments for QEMU that libvirt passes on as they are."""
    return ("<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
            + "".join(f"<qemu:arg value='{word}'/>" for word in words) + "</qemu:commandline>")


def cpu_with(feature, policy="require"):
    return (f"<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model>"
            f"<feature policy='{policy}' name='{feature}'/></cpu>")


NUMA_CPU = ("<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model>"
            "<numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>")


# On a host with the network "green": what the target lacks or cannot take of it is seven things.
SEVEN_PROBLEMS = Guest((disk("c", kind="vmdk"), disk("d", target="vdb", inside="<transient/>"),
                        disk("e", target="vdc", folder=LOCAL), nic("network=green"), usb_sound(),
                        shmem("peer"), vnc(SOURCE.address)))

RICH = Guest((
    disk("root", target="vdc"), disk("data", target="vdb"), luks_disk(),
    cdrom(LOCAL / "rich.iso"), nic("network=blue", 2), nic("bridge=br-blue", 3), serial_file(),
    vnc("0.0.0.0"), shmem("master"),
    Device("<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"),
    Device("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
    Device("<controller type='scsi' model='virtio-scsi'/>"), Device("<input type='tablet' bus='usb'/>"),
    Device("<console type='pty'/>")), vcpus=2, memory_mib=64,
    more="<title>A guest with some of everything</title>"
         "<metadata><lab:note xmlns:lab='http://vsmigd.example/lab'>x</lab:note></metadata>")
