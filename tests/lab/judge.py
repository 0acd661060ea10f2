"""The judge: moves the VM with libvirt, as shared/checks/VERDICT.md says for each type, and tells what happened."""

import dataclasses
import os
import re
import signal
import threading
import time

import libvirt

from hosts import SOURCE, LabError, wait_until

KEEP = libvirt.VIR_MIGRATE_PERSIST_DEST | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE
OFFLINE = libvirt.VIR_MIGRATE_OFFLINE | KEEP
FLAGS = {"live": libvirt.VIR_MIGRATE_LIVE | KEEP, "resume": KEEP, "restart": OFFLINE, "offline": OFFLINE,
         "with storage": libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_NON_SHARED_DISK | KEEP}


@dataclasses.dataclass
class Outcome:
    arrived: bool
    code: int = 0
    text: str = ""
    seconds: float = 0

    def refused_with(self, code, pattern):
        codes = code if isinstance(code, tuple) else (code,)
        return not self.arrived and self.code in codes and re.search(pattern, self.text, re.IGNORECASE)

    def __str__(self):
        return "arrived" if self.arrived else f"{self.code}: {self.text}"


class Silent(Exception):
    """libvirt did not answer before the deadline."""


def move(source, vm_uuid, destination, kind, settings=(), patience=45):
    """Moves the VM; destination is what the caller of the daemon would name."""
    began = time.monotonic()
    try:
        arrived(source, vm_uuid, destination, kind, settings, patience)
        outcome = Outcome(True)
    except libvirt.libvirtError as error:
        outcome = Outcome(False, error.get_error_code(), error.get_error_message() or "")
    except Silent as error:
        outcome = Outcome(False, 0, str(error))
    outcome.seconds = time.monotonic() - began
    return outcome


def arrived(source, vm_uuid, destination, kind, settings, patience):
    vm = source.lookupByUUIDString(vm_uuid)
    target = within(3, lambda: libvirt.open(uri_of(destination)), "no answer from the destination")
    vm_name = vm.name()
    state = libvirt.VIR_DOMAIN_SHUTOFF if kind == "offline" else vm.state()[0]
    if state == libvirt.VIR_DOMAIN_CRASHED:
        state = libvirt.VIR_DOMAIN_RUNNING      # only the source's libvirt knows of the crash
    parameters = {}
    for setting in settings:
        parameters.update(setting.parameters(vm))
    if kind == "restart":
        vm.destroy()
    flags = FLAGS[kind] if vm.isPersistent() else FLAGS[kind] & ~KEEP
    for setting in settings:
        flags |= setting.flags
    within(patience, lambda: vm.migrate3(target, parameters, flags), "the migration does not end",
           lambda: kill_process(vm_name))
    moved = target.lookupByUUIDString(vm_uuid)
    if kind == "restart":
        moved.create()
        state = libvirt.VIR_DOMAIN_RUNNING
    wait_until(f"{moved.name()} is in state {state} on {destination}", lambda: moved.state()[0] == state, 5)
    lost = [setting for setting in settings if not setting.holds(moved)]
    if lost:
        raise LabError(f"{moved.name()} arrived without {lost}")
    if kind != "offline" and vm_uuid in active(source):
        raise LabError(f"{moved.name()} still runs on the source too")


def kill_process(vm_name):
    """libvirtd itself may hang on a VM that does not migrate, and let nobody abort it."""
    pid = (SOURCE.folder / "run/qemu" / f"{vm_name}.pid").read_text()
    os.kill(int(pid), signal.SIGKILL)


def uri_of(destination):
    if destination == "toy":        # as daemon.py has it
        return "test:///default"
    return f"qemu+tcp://{f'[{destination}]' if ':' in destination else destination}/system"


def active(connection):
    return [vm.UUIDString() for vm in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)]


def within(seconds, work, complaint, give_up=None):
    """work()'s result or exception; Silent when it takes too long: a libvirt call cannot be cancelled."""
    box = {}

    def run():
        try:
            box["result"] = work()
        except Exception as error:
            box["error"] = error
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        if give_up:
            give_up()
        raise Silent(complaint)
    if "error" in box:
        raise box["error"]
    return box["result"]
