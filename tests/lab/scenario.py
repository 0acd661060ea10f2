"""What a scenario is, and the pieces that several of them share. The tables are in rows_*.py.

finds    the ids of every finding with an effect that the daemon must have, and no others (`may`: it may have these)
warns    ids of findings that it must have too, without effect
code     the return code, when it is not 0
refused  (libvirt's error code or several, a regular expression for its text) of the real move; None: the VM arrives
unseen   what of the cause neither libvirt nor the probe shows, as a regular expression: a daemon that says yes all the
         same must have a finding "not evaluated" with such a text
probed   the same for what only the probe shows, of a daemon that may not probe
way      a daemon is asked that tries a migration; of the others every twenty-fourth is asked of such a one
policy   why the daemon refuses what libvirt carries out (VERDICT.md, "policy")
"""

import dataclasses

import guests
import prepare
from guests import Guest, disk, nic, uuid_of


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    guest: Guest = Guest()
    called: str = ""            # the VM's name, when not the scenario's
    to: str = "beta"
    type: str = "live"          # live, resume, restart, offline, with storage
    state: str = "running"      # running, paused, off
    hosts: tuple = ()           # steps that change the hosts, before the VM is there
    vm: tuple = ()              # steps that change the VM
    settings: tuple = ()
    code: int = 0
    finds: tuple = ()
    may: tuple = ()
    warns: tuple = ()
    unseen: str = ""
    probed: str = ""
    policy: str = ""
    way: bool = False           # it is about how a migration gets there
    refused: tuple | None = None
    asked: str = ""             # the VM's UUID as the caller gives it, when not the guest's
    timeout: int = 0            # OperationTimeout in seconds
    patience: int = 45          # how many seconds the move may take; libvirt itself waits 30 s for a job to end

    @property
    def uuid(self):
        return self.asked or uuid_of(self.name)


BLUE = (nic("network=blue"),)
BLUE_HERE = (prepare.network("alpha", "blue"),)
BOTH_SECRETS = (prepare.secret("alpha"), prepare.secret("beta"))
SHARED_DISK = Guest((disk(),))
TWO_VCPUS = Guest(vcpus=2)
LUKS = Guest((guests.luks_disk(),))
VOLUME = Guest((guests.volume("tank", "tank.qcow2"),))
UEFI = Guest(firmware="efi", machine="pc-q35-7.2")
FILTERED = Guest((nic("bridge=br-red", inside="<filterref filter='lab'/>"),))
RED = (prepare.bridge("alpha", "br-red"), prepare.bridge("beta", "br-red"))
FIXED_PORT = Guest((guests.vnc("0.0.0.0", 5977),))
OTHER_UUID = uuid_of("somebody else")
DOMAIN_EXISTS = r"domain '.*' (already exists|is already defined) with uuid"
