"""What a scenario changes on its hosts before it asks. Each function gives a step, called with the connections.

wipe() takes everything back; a step does not have to.
"""

import shutil
import threading
import time
import uuid

import libvirt

from guests import SECRET, SPACE, Guest, make_image
from hosts import BY_NAME, HOSTS, SHARED, SMALL, LabError, sh, wait_until

PATIENCE = 90                   # seconds until a host is given up

UNDEFINE = (libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM |
            libvirt.VIR_DOMAIN_UNDEFINE_TPM)


links = []                      # (host, name) of the devices that were made


def bridge(host, name):
    def step(_):
        sh(f"ip -n {BY_NAME[host].netns} link add {name} type bridge &&"
           f" ip -n {BY_NAME[host].netns} link set {name} up")
        links.append((host, name))
    return step


def tap(host, name):
    def step(_):
        sh(f"ip -n {BY_NAME[host].netns} tuntap add dev {name} mode tap")
        links.append((host, name))
    return step


def network(host, name, active=True, inside=""):
    """A libvirt network on a bridge of its own, the same on every host that has it."""
    def step(hosts):
        bridge(host, f"br-{name}")(hosts)
        defined = hosts[host].networkDefineXML(
            f"<network><name>{name}</name><uuid>{uuid.uuid5(SPACE, name)}</uuid><forward mode='bridge'/>"
            f"<bridge name='br-{name}'/>{inside}</network>")
        if active:
            defined.create()
    return step


def isolated_network(host, name):
    """A network of the same name that leads nowhere."""
    return lambda hosts: hosts[host].networkDefineXML(
        f"<network><name>{name}</name><bridge name='br-{name}'/></network>").create()


def lending_network(host, name, bridge_name):
    """A network on a bridge that somebody else makes, or does not."""
    return lambda hosts: hosts[host].networkDefineXML(
        f"<network><name>{name}</name><forward mode='bridge'/><bridge name='{bridge_name}'/></network>").create()


def macvtap_network(host, *devices):
    interfaces = "".join(f"<interface dev='{device}'/>" for device in devices)
    return lambda hosts: hosts[host].networkDefineXML(
        f"<network><name>blue</name><forward mode='bridge'>{interfaces}</forward></network>").create()


def own_network(host, mode):
    """A network "blue" with a bridge and addresses of libvirt's."""
    return lambda hosts: hosts[host].networkDefineXML(
        f"<network><name>blue</name><forward mode='{mode}'/><bridge name='br-blue'/>"
        "<ip address='192.168.99.1' netmask='255.255.255.0'/></network>").create()


def secret(host, usage="", value=b"sesame", kind="volume"):
    """The secret of luks_disk(), known by its UUID and, when given, as that of a volume, or of a target of iSCSI."""
    def step(hosts):
        user = {"volume": "volume", "iscsi": "target"}[kind]
        used = f"<usage type='{kind}'><{user}>{usage}</{user}></usage>" if usage else ""
        defined = hosts[host].secretDefineXML(
            f"<secret ephemeral='no' private='no'><uuid>{SECRET}</uuid>{used}</secret>")
        if value:
            defined.setValue(value)
    return step


def pool(host, name, target=SHARED, active=True):
    def step(hosts):
        defined = hosts[host].storagePoolDefineXML(
            f"<pool type='dir'><name>{name}</name><target><path>{target}</path></target></pool>")
        if active:
            defined.create()
    return step


def file(host, name, kind="raw"):
    """A file among the local ones of a host, or on the shared storage when host is None."""
    def step(_):
        folder = BY_NAME[host].folder / "local" if host else SHARED
        make_image(f"{folder}/{name}", kind, "1M")
    return step


def nwfilter(host, name, variable=""):
    """variable: what an interface must say, if anything."""
    def step(hosts):
        port = f"<tcp dstportstart='${variable}'/>" if variable else ""
        hosts[host].nwfilterDefineXML(f"<filter name='{name}'><uuid>{uuid.uuid5(SPACE, name)}</uuid>"
                                      f"<rule action='accept' direction='inout'>{port}</rule></filter>")
    return step


def domain(host, name, identity=None, guest=Guest(), active=False, images=False):
    def step(hosts):
        if images:
            guest.make_images()
        defined = hosts[host].defineXML(guest.xml(name, identity))
        if active:
            defined.create()
    return step


# What is done with the VM itself, once it is there.

def snapshot(vm):
    vm.snapshotCreateXML("<domainsnapshot><name>before</name></domainsnapshot>")


def checkpoint(vm):
    vm.checkpointCreateXML("<domaincheckpoint><name>monday</name></domaincheckpoint>")


def copy_block(vm):
    vm.blockCopy("vda", f"<disk type='file'><source file='{SHARED}/copy.qcow2'/><driver type='qcow2'/></disk>",
                 flags=libvirt.VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB)


def back_up(vm):
    vm.backupBegin("<domainbackup mode='pull'><server transport='unix' socket='/run/libvirt/backup.sock'/>"
                   "</domainbackup>", None)


def move_slowly(vm, to="beta"):
    """A migration is under way, at 1 MiB/s; it ends with the VM."""
    target = libvirt.open(f"qemu+tcp://{to}/system")

    def move():
        try:
            vm.migrate3(target, {libvirt.VIR_MIGRATE_PARAM_BANDWIDTH: 1}, libvirt.VIR_MIGRATE_LIVE)
        except libvirt.libvirtError:
            pass
    threading.Thread(target=move, daemon=True).start()
    wait_until("the migration has begun", lambda: vm.jobStats().get("operation"))


def moving_to(host, guest):
    """Another VM is on its way there."""
    def step(hosts):
        vm = hosts["alpha"].defineXML(guest.xml("on its way"))
        vm.create()
        move_slowly(vm, host)
        wait_until(f"{host} knows of it", lambda: hosts[host].listAllDomains())
    return step


def save(vm):
    vm.managedSave()


def autostart(vm):
    vm.setAutostart(True)


def measure_memory(vm):
    vm.startDirtyRateCalc(1)
    wait_until("QEMU has measured how fast memory changes", lambda: 2 == vm.connect().domainListGetStats(
        [vm], libvirt.VIR_DOMAIN_STATS_DIRTYRATE)[0][1].get("dirtyrate.calc_status"))


def until(*state):
    """The guest has brought itself into that state."""
    return lambda vm: wait_until(f"{vm.name()} is in state {state}", lambda: vm.state()[:len(state)] == list(state))


def wipe(hosts):
    for host in HOSTS:
        wipe_libvirt(hosts[host.name])
        for name in ("local", "pki"):
            remove((host.folder / name).iterdir())
    while links:
        host, name = links.pop()
        sh(f"ip -n {BY_NAME[host].netns} link del {name}")
    remove(path for path in (*SHARED.iterdir(), *SMALL.iterdir()) if path != SMALL)


def remove(paths):
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def wipe_libvirt(connection):
    """What goes by itself in the meantime, as transient things do, is an error of one attempt. libvirt itself may wait
    30 s for a job of a VM."""
    deadline = time.monotonic() + PATIENCE
    while error := what_is_left(connection):
        if time.monotonic() > deadline or not connection.isAlive():
            raise LabError(f"{connection.getURI()} does not let go of all that a scenario made: {error}")
        time.sleep(0.02)


def what_is_left(connection):
    try:
        for vm in connection.listAllDomains():
            persistent = vm.isPersistent()
            if vm.isActive():
                vm.destroy()
            if persistent:
                vm.undefineFlags(UNDEFINE)
        for thing in connection.listAllNetworks() + connection.listAllStoragePools():
            if thing.isActive():
                thing.destroy()
            thing.undefine()
        for thing in connection.listAllSecrets() + connection.listAllNWFilters():
            thing.undefine()
        return None
    except libvirt.libvirtError as error:
        return error
