"""What no public interface of libvirt shows, and a move meets all the same."""

import json

import libvirt
import libvirt_qemu

import prepare
from guests import Guest
from scenario import Scenario as S

MARKED = (55, "auto destroy")
PCI = Guest(machine="pc-i440fx-7.2")


def started_for_its_owner(vm):
    """It ends with the lab's connection, which stays open."""
    vm.createWithFlags(libvirt.VIR_DOMAIN_START_AUTODESTROY)


def transient_for_its_owner(vm):
    xml = vm.XMLDesc()
    vm.destroy()
    vm.connect().createXML(xml, libvirt.VIR_DOMAIN_START_AUTODESTROY)


def plug_nvme(vm):
    """Behind the back of libvirt, whose configuration does not show it."""
    command = {"execute": "device_add", "arguments": {"driver": "nvme", "serial": "1", "id": "behind"}}
    libvirt_qemu.qemuMonitorCommand(vm, json.dumps(command), 0)


ROWS = (
    S("auto-destroy", state="off", vm=(started_for_its_owner,), unseen="connection that started it", refused=MARKED),
    S("auto-destroy, resume", type="resume", state="off", vm=(started_for_its_owner,),
      unseen="connection that started it", refused=MARKED),
    S("auto-destroy, paused", state="off", vm=(started_for_its_owner, lambda vm: vm.suspend()),
      unseen="connection that started it", refused=MARKED),
    S("auto-destroy, transient", state="transient", vm=(transient_for_its_owner,), unseen="connection that started it",
      refused=MARKED),
    S("auto-destroy, restart", type="restart", state="off", vm=(started_for_its_owner,)),
    S("auto-destroy, offline once it is off", type="offline", state="off",
      vm=(started_for_its_owner, lambda vm: vm.destroy())),
    S("blocker of QEMU's own", PCI, vm=(plug_nvme,), unseen="QEMU has a reason", refused=(55, "cannot migrate|nvme")),
    S("blocker of QEMU's own, restart", PCI, type="restart", vm=(plug_nvme,)),
)
