"""A lab as its tests see it: the hosts' connections, and the daemons that are asked."""

import signal
import traceback

import libvirt

import hosts
import prepare
import worlds
from daemon import Daemon


class World:
    def __init__(self, options, number):
        """number: which one of the labs that run at once."""
        self.program = options.vsmigd
        self.logs = options.vsmigd.parent / f"lab/{number}"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.connections = hosts.bring_up()
        self.spoilt = False     # nobody can clean up any more
        # The same, and one may not probe, and one may not try a migration.
        self.daemon = self.unprobed = self.untried = None
        if not options.judge_only:
            self.daemon = Daemon(self.program, self.logs / "vsmigd.log", options.probe)
        if not options.judge_only and options.probe != "off":
            self.unprobed = Daemon(self.program, self.logs / "vsmigd-unprobed.log", "off", name="unprobed")
            self.untried = Daemon(self.program, self.logs / "vsmigd-untried.log", options.probe, name="untried",
                                  migration="no")

    def tidy(self):
        """Takes back what a test did to the hosts; returns what could not be."""
        for attempts_left in (2, 1, 0):
            try:
                self.reconnect()
                prepare.wipe(self.connections)
                return []
            except (OSError, hosts.LabError, libvirt.libvirtError) as error:
                if attempts_left and not all(self.is_connected(host.name) for host in hosts.HOSTS):
                    continue
                self.spoilt = True
                return [f"left behind: {type(error).__name__}: {error}"]

    def is_connected(self, name):
        return hosts.is_up(name) and self.connections[name].isAlive()

    def reconnect(self):
        """To who was killed by a test, and who ended by itself: libvirtd 9.0 sometimes does when the QEMU of a
        migration that does not end is killed."""
        for host in hosts.HOSTS:
            if not hosts.is_up(host.name):
                self.connections[host.name] = hosts.start_again(host.name)
            elif not self.connections[host.name].isAlive():
                self.connections[host.name] = hosts.connect(host)

    def stop(self):
        """What was wrong with how the daemons ended."""
        daemons = (self.daemon, self.unprobed, self.untried)
        return [complaint for daemon in daemons if daemon and (complaint := daemon.stop())]


def work(options, items, number, queue, sender):
    """What one lab does in its namespaces: items, until there are none. Returns its exit status."""
    libvirt.registerErrorHandler(lambda *_: None, None)
    world, sound = None, True
    for item in queue:
        sender.begun(item)
        world = world or World(options, number)
        well, text = attempt(items[item], world)
        sender.done(item, well, text)
        if world.spoilt:
            break
    if world and options.keep:
        wait_for_signal()
    for complaint in world.stop() if world else ():
        sender.complain(complaint)
        sound = False
    if world and world.spoilt:
        return worlds.AGAIN
    return 0 if sound else 1


def attempt(item, world):
    try:
        return item(world)
    except Exception:           # whatever it is, it is this item's failure and not that of the others
        world.spoilt = True
        return False, traceback.format_exc()


def wait_for_signal():
    print("kept: `nsenter -a -t $(pgrep -nf lab/run)` enters the source host; Ctrl-C ends everything", flush=True)
    signal.pause()
