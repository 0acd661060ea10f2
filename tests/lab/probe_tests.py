"""The probe, seen from the hosts: it harms neither the running VM nor the destination, and leaves nothing behind.

Both hosts run QEMU as an unprivileged user with dynamic ownership. A slow emulator makes a probe long enough for
something to happen in its middle.
"""

import contextlib
import hashlib
import itertools
import os
import signal
import socket
import stat
import subprocess
import threading
import time
import uuid

import libvirt
import libvirt_qemu

import guests
import hosts
import outside
import prepare
from client import Fault
from daemon import Daemon
from guests import Device, Guest, disk, nic, uuid_of
from hosts import BY_NAME, SHARED, LabError, wait_until
from sandbox import BASE, NEW_NET, checked, libc
from scenario import Scenario

HERE, THERE = BY_NAME["delta"], BY_NAME["zeta"]
PREFIX, NAMESPACE = "vsmigd-probe-", "urn:vsmigd:probe:1"
SLOW_EMULATOR, SLOW = BASE / "spare/slow-qemu", BASE / "slow"      # slow holds for how many seconds
NUMBERS = itertools.count(1)
NETS = (prepare.network(HERE.name, "blue"), prepare.network(THERE.name, "blue"))
TYPICAL = Guest((disk("one"), disk("two", target="vdb"), nic("network=blue"), nic("network=blue", 2)))
SLOWLY = Guest((disk("slow"),), emulator=str(SLOW_EMULATOR))


def everything():
    """A guest with all that a second one could spoil."""
    return Guest((
        disk("root"), Device(*ide_disk(SHARED / "ide.raw")), second_luks(),
        guests.serial_file(SHARED / "serial.log"),
        Device(f"<console type='pty'><log file='{SHARED}/console.log' append='on'/>"
               "<target type='virtio' port='1'/></console>"),
        Device(f"<channel type='unix'><source mode='bind' path='{SHARED}/agent.sock'/>"
               "<target type='virtio' name='org.qemu.guest_agent.0'/></channel>"),
        guests.vnc("0.0.0.0"), guests.tpm(), nic("network=blue"),
        Device("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
    ), firmware="efi", machine="pc-q35-7.2")


def ide_disk(path):
    return (f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'/>"
            "<target dev='sda' bus='sata'/></disk>", (path, "raw", "1M"))


def second_luks():
    luks = guests.luks_disk()
    return Device(luks.xml.replace("dev='vda'", "dev='vdb'"), luks.image)


class World:
    """The hosts, a daemon or more on the source, and what one test makes of them."""

    def __init__(self, lab):
        self.hosts, self.program, self.logs = lab.connections, lab.program, lab.logs
        self.here, self.there = self.hosts[HERE.name], self.hosts[THERE.name]
        self.daemons, self.notes = [], []

    def daemon(self, **settings):
        name = f"probe{next(NUMBERS)}"
        log = self.logs / f"{name}.log"
        made = Daemon(self.program, log, **{"probe": "always", "migration": "no", "name": name, "source": HERE, **settings})
        self.daemons.append(made)
        return made

    def vm(self, name, guest, steps=()):
        guest.make_images()
        for step in steps:
            step(self.hosts)
        vm = self.here.defineXML(guest.xml(name))
        vm.create()
        return vm

    def start_again(self):
        self.there = self.hosts[THERE.name] = hosts.start_again(THERE.name)

    def close(self):
        for made in self.daemons:
            made.process.kill()
            made.process.wait()
        self.daemons.clear()
        SLOW.unlink(missing_ok=True)


def ask(daemon, name, to=THERE.name, timeout=0, given=()):
    """(the answer, its findings' ids, the seconds it took)"""
    began = time.monotonic()
    answer = daemon.client.explain(Scenario(name, to=to, timeout=timeout, settings=given))
    answer.seconds = time.monotonic() - began
    return answer


def started(answer):
    return shows(answer, "was started")


def tried(answer):
    return shows(answer, "moved from the source")


def shows(answer, what):
    return any(finding["MessageID"] == "VSM6001" and what in finding["Message"] for finding in answer.findings)


def twins(connection):
    return [vm for vm in connection.listAllDomains() if vm.name().startswith(PREFIX)]


def processes():
    found = []
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            words = open(f"/proc/{entry}/cmdline", "rb").read() if entry.isdigit() else b""
            found += [entry] if PREFIX.encode() in words else []
    return found


def links(host):
    text = sh_text("ip", "-n", host.netns, "-br", "link")
    return sorted(line.split("@")[0].split()[0] for line in text.splitlines())


def sh_text(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def leftovers(host):
    """Files of a twin on a host, but for the log that libvirt keeps of every name."""
    return [str(path) for folder in ("lib", "run", "cache") for path in (host.folder / folder).rglob(f"*{PREFIX}*")]


def nothing_left(world):
    def gone():
        return not any((twins(world.there), twins(world.here), processes(), leftovers(THERE), leftovers(HERE)))
    wait_until("nothing is left of the probe", gone, 20)


def picture(*folders):
    """What is in files, whose they are, and when they changed."""
    seen = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            about = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(about.st_mode) else ""
            changed = None if stat.S_ISDIR(about.st_mode) else (about.st_size, about.st_mtime_ns)
            seen[str(path)] = (about.st_mode, about.st_uid, about.st_gid, changed, content)
    return seen


def difference(before, after):
    return [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]


def listening(host):
    return sorted(sh_text("ip", "netns", "exec", host.netns, "ss", "-Hltn").split("\n"))


def space(connection):
    """What is in the pools of a host, and how much it takes."""
    found = {}
    for pool in connection.listAllStoragePools():
        pool.refresh()
        found |= {(pool.name(), volume.name()): volume.info() for volume in pool.listAllVolumes()}
    return found


class Sniffer:
    """Source addresses of all frames that pass an interface of a host."""

    def __init__(self, host, interface):
        self.seen, self.ready, self.running = set(), threading.Event(), True
        self.thread = threading.Thread(target=self.run, args=(host, interface), daemon=True)
        self.thread.start()
        self.ready.wait(5)

    def run(self, host, interface):
        namespace = os.open(f"/run/netns/{host.netns}", os.O_RDONLY)
        checked(libc.setns(namespace, NEW_NET))         # this thread alone
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        listener.bind((interface, 0))
        listener.settimeout(0.1)
        self.ready.set()
        while self.running:
            with contextlib.suppress(TimeoutError):
                self.seen.add(listener.recv(2048)[6:12].hex(":"))

    def stop(self):
        self.running = False
        self.thread.join()
        return self.seen


# The tests: each returns what is wrong, as a list.

def running_vm_is_unharmed(world):
    daemon = world.daemon(migration="yes")
    vm = world.vm("unharmed", everything(), (*NETS, prepare.secret(HERE.name), prepare.secret(THERE.name),
                                             prepare.pool(THERE.name, "tank")))
    volumes = space(world.there)
    places = (SHARED, HERE.folder / "local", THERE.folder / "local", HERE.folder / "lib",
              THERE.folder / "lib/swtpm", THERE.folder / "lib/qemu/nvram")
    before, xml, ports, devices = picture(*places), vm.XMLDesc(), listening(THERE), links(THERE)
    sniffer = Sniffer(THERE, "br-blue")
    answer = ask(daemon, "unharmed")
    nothing_left(world)
    heard = [mac for mac in sniffer.stop() if mac.startswith("02:") or mac == guests.mac_of(1)]
    # The VM's own swtpm takes its lock anew when the firmware resets the machine, seconds after it began.
    wrong = [f"{path} changed" for path in difference(before, picture(*places))
             if not (path.endswith("/.lock") and path.startswith(str(HERE.folder)))]
    wrong += [f"heard of {heard}"] if heard else []
    wrong += [] if started(answer) else [f"no probe: {answer.findings}"]
    wrong += [] if vm.XMLDesc() == xml and vm.isActive() else ["the VM changed"]
    wrong += [] if space(world.there) == volumes else ["the pool's volumes changed there"]
    wrong += [] if (listening(THERE), links(THERE)) == (ports, devices) else ["ports or interfaces changed there"]
    locked = subprocess.run(["qemu-img", "info", str(SHARED / "root.qcow2")], capture_output=True, text=True)
    wrong += [] if "lock" in locked.stderr else ["the VM's image is not locked any more"]
    return wrong + arrives(vm, "unharmed")


def written_image_is_no_false_alarm(world, times=8):
    """Its header and tables change while the probe reads them: the guest fills an image of which all is kept late."""
    daemon = world.daemon()
    lazy = Device(disk("lazy", inside="<boot order='2'/>").xml, (f"{SHARED}/lazy.qcow2", "qcow2", "64M", "-o",
                                                                 "lazy_refcounts=on,cluster_size=512"))
    boot = guests.floppy(outside.BOOT)
    boot = Device(boot.xml.replace("<boot ", "<readonly/><boot "), boot.image)
    vm = world.vm("writes", Guest((lazy, boot)), (outside.boot_sector(outside.WRITE_ON),))
    sizes, answers = [vm.blockInfo("vda")[1]], []
    for _ in range(times):
        answers.append(ask(daemon, "writes"))
        sizes.append(vm.blockInfo("vda")[1])
    nothing_left(world)
    wrong = [f"{answer.findings}" for answer in answers if not (started(answer) and answer.migratable)]
    return wrong + ([] if sizes[-1] > sizes[0] else [f"it wrote nothing: {sizes}"])


def servers_are_left_alone(world):
    """A device that connects to a server of its own host: the twin looks whether there is one over there, and does not
    connect to it. A port on which a device listens is free again afterwards."""
    daemon = world.daemon()
    servers = [Server(host, 4001) for host in (HERE, THERE)]
    serials = ("<serial type='tcp'><source mode='connect' host='127.0.0.1' service='4001'/><protocol type='raw'/></serial>",
               "<serial type='tcp'><source mode='bind' host='0.0.0.0' service='4002'/><protocol type='raw'/></serial>")
    world.vm("connected", Guest(tuple(map(Device, serials))))
    ports = listening(THERE)
    answer = ask(daemon, "connected")
    nothing_left(world)
    afterwards, calls = listening(THERE), [server.stop() for server in servers]
    wrong = [] if started(answer) and answer.migratable else [f"no probe: {answer.findings}"]
    wrong += [] if calls == [1, 0] else [f"the servers were called {calls} times"]
    return wrong + ([] if afterwards == ports else ["ports changed there"])


class Server:
    """Counts who connects to a port of a host."""

    def __init__(self, host, port):
        self.calls, self.ready, self.running = 0, threading.Event(), True
        self.thread = threading.Thread(target=self.run, args=(host, port), daemon=True)
        self.thread.start()
        self.ready.wait(5)

    def run(self, host, port):
        checked(libc.setns(os.open(f"/run/netns/{host.netns}", os.O_RDONLY), NEW_NET))         # this thread alone
        listener, callers = socket.create_server(("127.0.0.1", port)), []
        listener.settimeout(0.1)
        self.ready.set()
        while self.running:
            with contextlib.suppress(TimeoutError):
                callers.append(listener.accept())
        self.calls = len(callers)

    def stop(self):
        self.running = False
        self.thread.join()
        return self.calls


def owners_stay(world):
    """Files of a host whose QEMU is another user: a second guest on them would make them its own."""
    daemon = world.daemon(source=hosts.SOURCE)
    world.here = world.hosts[hosts.SOURCE.name]
    guest = Guest((disk("one"), Device(*ide_disk(SHARED / "ide.raw")), guests.serial_file(SHARED / "serial.log")),
                  machine="pc-q35-7.2")
    world.vm("owners", guest)
    before = picture(SHARED)
    answer = ask(daemon, "owners")
    nothing_left(world)
    wrong = [f"{path} changed" for path in difference(before, picture(SHARED))]
    return wrong + ([] if started(answer) else [f"no probe: {answer.findings}"])


def opened_files_stay(world):
    """Disks that keep their owner, and files of QEMU's own, as another user: a probe opens them for writing while the
    VM runs with them, writes and locks nothing, and the VM writes on, before and after it has moved."""
    daemon = world.daemon(source=hosts.SOURCE)
    world.here = world.hosts[hosts.SOURCE.name]
    folder = SHARED / "sockets"
    folder.mkdir()
    folder.chmod(0o777)
    keeps = guests.disk("keeps")
    guest = Guest((Device(keeps.xml.replace("qcow2'/><target", "qcow2'><seclabel model='dac' relabel='no'/></source><target"),
                          keeps.image),
                   guests.disk("given", target="vdb", kind="raw"),
                   Device(f"<graphics type='vnc'><listen type='socket' socket='{folder}/vnc.sock'/></graphics>")),
                  more=guests.arguments("-fw_cfg", f"name=opt/lab,file={SHARED}/config"))
    (SHARED / "config").write_text("lab")
    vm = world.vm("opened", guest, (lambda _: (SHARED / "keeps.qcow2").chmod(0o666),))
    write(vm, 0)
    before, locks = picture(SHARED), locks_of(SHARED / "keeps.qcow2", SHARED / "given.raw")
    answer = ask(daemon, "opened")
    nothing_left(world)
    wrong = [f"{path} changed" for path in difference(before, picture(SHARED))]
    wrong += [] if started(answer) and answer.migratable else [f"no probe: {answer.findings}"]
    wrong += [f"not evaluated: {finding['Message']}" for finding in answer.findings if "may " in finding["Message"]]
    after = locks_of(SHARED / "keeps.qcow2", SHARED / "given.raw")
    wrong += [] if after == locks and locks else [f"the locks changed: {locks}, {after}"]
    write(vm, 1)
    wrong += arrives(vm, "opened")
    write(world.there.lookupByName("opened"), 2)
    return wrong


def one_twin_shows_it_all(world):
    """Images, and what QEMU opens as another user, where it may: as few are started as can be."""
    daemon = world.daemon(source=hosts.SOURCE)
    world.here = world.hosts[hosts.SOURCE.name]
    guest = Guest((disk("one"),), more=guests.arguments("-fw_cfg", f"name=opt/lab,file={SHARED}/config"))
    (SHARED / "config").write_text("lab")
    world.vm("one", guest, (lambda _: (SHARED / "one.qcow2").chmod(0o666),))
    wrong = started_twins(world, daemon, 1)
    (SHARED / "config").chmod(0o600)
    return wrong + started_twins(world, daemon, 2, finds="VSM4901")     # and then the VM's alone


def started_twins(world, daemon, number, finds=None):
    before = starts_of_twins(THERE)
    answer = ask(daemon, "one")
    nothing_left(world)
    starts = starts_of_twins(THERE) - before
    found = [finding["MessageID"] for finding in answer.findings]
    wrong = [] if starts == number else [f"{starts} twins were started instead of {number}"]
    wrong += [f"not evaluated: {finding['Message']}" for finding in answer.findings if "may " in finding["Message"]
              and not finds]
    return wrong + ([] if (finds in found if finds else started(answer) and answer.migratable) else [f"{answer.findings}"])


def starts_of_twins(host):
    return sum(path.read_text(errors="replace").count(": starting up ")
               for path in (host.folder / "log/qemu").glob(f"{PREFIX}*.log"))


def locks_of(*paths):
    files = {f"{os.major(about.st_dev)}:{os.minor(about.st_dev)} {about.st_ino}" for about in map(os.stat, paths)}
    lines = sh_text("lslocks", "--noheadings", "--raw", "-o", "MAJ:MIN,INODE,START,END,MODE").splitlines()
    return sorted(line for line in lines if line.rsplit(" ", 3)[0] in files)


def write(vm, block):
    """As the guest would, to each of its disks."""
    place = f"{block * 65536} 65536"
    for number, (kind, image) in enumerate((("qcow2", "keeps.qcow2"), ("raw", "given.raw"))):
        said = "".join(libvirt_qemu.qemuMonitorCommand(
            vm, f'qemu-io -d /machine/peripheral/virtio-disk{number}/virtio-backend "{command}"',
            libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) for command in (f"write -P 7 {place}", "flush"))
        found = sh_text("qemu-io", "-U", "-r", "-f", kind, "-c", f"read -P 7 {place}", str(SHARED / image))
        if said.strip() or "verification failed" in found or "read 65536/65536" not in found:
            raise LabError(f"{vm.name()} cannot write to {image}: {said} {found}")


def arrives(vm, name):
    """The real thing still works afterwards."""
    target = libvirt.open(f"qemu+tcp://{THERE.name}/system")
    flags = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PERSIST_DEST | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE
    vm.migrate3(target, {}, flags)
    return [] if target.lookupByUUIDString(uuid_of(name)).isActive() else ["it did not arrive"]


def typical_vm_takes_no_time(world):
    daemon = world.daemon(probe="auto", migration="yes")
    world.vm("typical", TYPICAL, NETS)
    ask(daemon, "typical")                              # opens the connections
    answer = ask(daemon, "typical")
    world.notes.append(f"a check with a probe, two disks and two interfaces: {answer.seconds * 1000:.0f} ms")
    return ([] if started(answer) and answer.migratable else [f"{answer.findings}"]) + (
        [] if answer.seconds < 3 else [f"took {answer.seconds:.1f} s"])


def slow_probe(world, seconds=5, given=(), **settings):
    """A daemon, and a thread that asks it; returns when the twin is on its way."""
    daemon = world.daemon(**settings)
    world.vm("slowly", SLOWLY)
    SLOW.write_text(str(seconds))
    box = {}

    def run():
        try:
            box["answer"] = ask(daemon, "slowly", settings.get("to", THERE.name), given=given)
        except (Fault, OSError) as error:
            box["error"] = error
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_until("the twin is on its way", lambda: twins(world.there) and processes())
    return daemon, thread, box


def stopped_probe(world):
    """The daemon stands still just when its twin has been started, before it can destroy it."""
    daemon, thread, box = slow_probe(world, seconds=1)
    stop_when_started(daemon, world.there)
    return daemon, thread, box


def what_has_gone_is_noticed(world):
    """What the target's guests may have is asked anew by each check: a program that goes and comes back, for one."""
    daemon = world.daemon(probe="off")
    world.vm("sealed", Guest((guests.tpm(),)))
    there = f"nsenter -m -t {hosts.processes[THERE.name].pid}"
    before = ask(daemon, "sealed")
    hosts.sh(f"{there} mount --bind /dev/null /usr/bin/swtpm")
    try:
        without = ask(daemon, "sealed")
    finally:
        hosts.sh(f"{there} umount -l /usr/bin/swtpm")
    after = ask(daemon, "sealed")
    found = [finding["MessageID"] for finding in without.findings if finding["Effect"] != "None"]
    said = [before.migratable, without.migratable, found, after.migratable]
    return [] if said == [True, False, ["VSM4514"], True] else [f"said {said}"]


def stop_when_started(daemon, connection):
    daemon.process.send_signal(signal.SIGSTOP)
    wait_until("the twin has been started", lambda: [
        vm for vm in twins(connection) if vm.state()[1] not in
        (libvirt.VIR_DOMAIN_PAUSED_STARTING_UP, libvirt.VIR_DOMAIN_PAUSED_UNKNOWN)])


def killed(world, daemon, thread):
    daemon.process.kill()
    thread.join()
    nothing_left(world)
    return []


def daemon_is_killed_at_the_start(world):
    daemon, thread, _ = slow_probe(world, seconds=2)
    return killed(world, daemon, thread)


def daemon_is_killed_later(world):
    daemon, thread, _ = stopped_probe(world)
    return killed(world, daemon, thread)


def connection_breaks(world):
    with Forwarder(THERE.address) as forwarder:
        daemon = world.daemon(hosts=f"through = qemu+tcp://{forwarder.address}/system")
        world.vm("slowly", SLOWLY)
        SLOW.write_text("3")
        box = {}
        thread = threading.Thread(target=lambda: box.update(answer=ask(daemon, "slowly", "through")), daemon=True)
        thread.start()
        wait_until("the twin is on its way", lambda: twins(world.there) and processes())
        forwarder.cut()
        thread.join()
        nothing_left(world)
    answer = box["answer"]
    known = answer.code in (2, 3, 5) or any(f["MessageID"] == "VSM6002" and "starts there" in f["Message"]
                                           for f in answer.findings)
    return [] if known else [f"said {answer}"]


class Forwarder:
    """A way to a host's libvirtd that can be cut."""

    def __init__(self, to):
        self.to, self.sockets = to, []
        self.listener = socket.create_server((HERE_ADDRESS, 0))
        self.address = "%s:%d" % self.listener.getsockname()[:2]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                ours = self.listener.accept()[0]
                theirs = socket.create_connection((self.to, hosts.LIBVIRT_PORT))
                self.sockets += [ours, theirs]
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self.copy, args=pair, daemon=True).start()

    @staticmethod
    def copy(one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def cut(self):
        for end in self.sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()


HERE_ADDRESS = hosts.SOURCE.address                     # the lab, and so the daemon, is on that host


def libvirtd_is_killed_at_the_start(world):
    daemon, thread, box = slow_probe(world, seconds=4)
    hosts.kill(THERE.name)
    thread.join()
    world.start_again()
    nothing_left(world)
    return works_again(world, daemon, box)


def libvirtd_is_killed_later(world):
    """It forgets autodestroy, and finds the twin again: the daemon sweeps it, without another check."""
    daemon, thread, box = stopped_probe(world)
    hosts.kill(THERE.name)
    world.start_again()
    wrong = [] if twins(world.there) else ["the twin went by itself: nothing is shown by this"]
    daemon.process.send_signal(signal.SIGCONT)
    thread.join()
    nothing_left(world)
    return wrong + works_again(world, daemon, box)


def works_again(world, daemon, box):
    wrong = [] if "answer" in box and box["answer"].code in (0, 2, 3, 5) else [f"said {box}"]
    SLOW.unlink()
    return wrong + ([] if ask(daemon, "slowly").migratable else ["the next check does not work"])


def deadline_passes(world):
    daemon = world.daemon(timeout="3s")
    world.vm("slowly", SLOWLY)
    ask(daemon, "slowly")
    SLOW.write_text("6")
    answer = ask(daemon, "slowly")
    late = any("did not end in time" in finding["Message"] for finding in answer.findings)
    wrong = [] if late and answer.code == 0 and answer.seconds < 3.5 else [f"{answer.seconds:.1f} s: {answer}"]
    nothing_left(world)
    return wrong


def twenty_at_once(world):
    daemon = world.daemon(migration="yes")
    names = ["first", "second", "third"]
    for number, name in enumerate(names):
        world.vm(name, Guest((disk(name),)))
    answers = []
    threads = [threading.Thread(target=lambda name=names[i % 3]: answers.append(ask(daemon, name)))
               for i in range(20)]
    began = time.monotonic()
    most = 0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, len(twins(world.there)))
        time.sleep(0.01)
    world.notes.append(f"twenty checks of three VMs at once: {time.monotonic() - began:.1f} s")
    nothing_left(world)
    wrong = [] if len(answers) == 20 and all(started(a) and a.migratable for a in answers) else [
        f"{sum(map(started, answers))} of {len(answers)} had a probe"]
    return wrong + ([] if most <= 1 else [f"{most} twins at once"])


def two_daemons(world):
    both = [world.daemon(migration="yes"), world.daemon(migration="yes")]
    for name in ("first", "second"):
        world.vm(name, Guest((disk(name),)))
    answers = []

    def run(daemon, name):
        for _ in range(4):
            answers.append(ask(daemon, name))
    threads = [threading.Thread(target=run, args=pair) for pair in zip(both, ("first", "second"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    nothing_left(world)
    return [] if len(answers) == 8 and all(started(answer) and tried(answer) for answer in answers) else [
        str([f for answer in answers if not (started(answer) and tried(answer)) for f in answer.findings])]


def left_by_others(world):
    """Expired ones, and those of a dead daemon of this host, go, on either host; those of others stay."""
    boot = open("/proc/sys/kernel/random/boot_id").read().strip()
    where = f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"
    far, past = int(time.time()) + 3600, int(time.time()) - 1
    dead, living = f"{where}/4194000/1", f"{where}/{os.getpid()}/{start_time(os.getpid())}"
    rows = {"expired": (uuid.uuid4(), living, past), "dead": (HERE.uuid, dead, far),
            "of another host": (uuid.uuid4(), dead, far), "of a living daemon": (HERE.uuid, living, far)}
    for name, (host, instance, expires) in rows.items():
        mark = (f"<metadata><p:probe xmlns:p='{NAMESPACE}' host='{host}' instance='{instance}' expires='{expires}'/>"
                "</metadata>")
        for connection in (world.there, world.here):
            connection.createXML(Guest(more=mark).xml(PREFIX + name))
    mark = f"<metadata><p:probe xmlns:p='{NAMESPACE}' host='{HERE.uuid}' instance='{dead}' expires='{far}'/></metadata>"
    for connection in (world.there, world.here):
        connection.createXML(Guest().xml(PREFIX + "without a mark"))
        connection.createXML(Guest(more=mark).xml("of another name"), libvirt.VIR_DOMAIN_START_PAUSED)
    stay = {PREFIX + name for name in ("of another host", "of a living daemon", "without a mark")}

    def are_there(connection):
        return {vm.name() for vm in connection.listAllDomains()} - {"plain"}
    daemon = world.daemon(probe="off")
    wait_until("what may go of its own host is gone before anybody asks", lambda: are_there(world.here) == stay, 10)
    world.vm("plain", Guest())
    ask(daemon, "plain")
    try:
        wait_until("what may go is gone", lambda: are_there(world.there) == are_there(world.here) == stay, 10)
    except LabError:
        return [f"there are {are_there(world.there)}, here {are_there(world.here)}"]
    return []


def start_time(pid):
    return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[19]


TESTS = (running_vm_is_unharmed, written_image_is_no_false_alarm, servers_are_left_alone, owners_stay, opened_files_stay,
         one_twin_shows_it_all, what_has_gone_is_noticed,
         typical_vm_takes_no_time, daemon_is_killed_at_the_start, daemon_is_killed_later, connection_breaks,
         libvirtd_is_killed_at_the_start, libvirtd_is_killed_later, deadline_passes, twenty_at_once, two_daemons,
         left_by_others)


def name_of(test):
    return "probe: " + test.__name__.replace("_", " ")


def run(test, lab):
    """(whether it went well, what to print)"""
    hosts.script(SLOW_EMULATOR, f'case "$*" in *guest={PREFIX}*) [ ! -e {SLOW} ] || sleep "$(cat {SLOW})";; esac\n'
                                f'exec {hosts.EMULATOR} "$@"')
    world, began = World(lab), time.monotonic()
    try:
        wrong = test(world)
    except (libvirt.libvirtError, LabError, Fault, OSError, KeyError) as error:
        wrong = [f"{type(error).__name__}: {error}"]
    world.close()
    wrong += lab.tidy()
    line = f"{name_of(test):60} {'no' if wrong else 'yes':4} {(time.monotonic() - began) * 1000:6.0f} ms"
    return not wrong, "\n    ".join([line, *world.notes, *(complaint[:600] for complaint in wrong)])
